from __future__ import annotations

import pytest

from tests.casework.situations import City


@pytest.fixture
def city(furnished: City, db: None) -> City:
    return furnished
