from __future__ import annotations

import pytest

from tests.casework.situations import City, furnish


@pytest.fixture
def city(db: None) -> City:
    return furnish()
