from __future__ import annotations

import pytest
from django.test import Client

from tests.casework.situations import City, furnish


@pytest.fixture
def city(db: None) -> City:
    return furnish()


@pytest.fixture
def web() -> Client:
    """Another system: no cookies, no referrer."""
    return Client(headers={"Accept-Language": "en"})
