from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.utils import translation


@pytest.fixture(autouse=True, scope="module")
def english() -> Iterator[None]:
    """Read refusals in the language of their source."""
    with translation.override("en"):
        yield
