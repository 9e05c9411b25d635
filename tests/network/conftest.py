from __future__ import annotations

import pytest

from onedoor.network import opening
from tests.network.factories import SmallCity, a_small_city


@pytest.fixture
def city(db: None) -> SmallCity:
    opening.forget()
    return a_small_city()
