from __future__ import annotations

import pytest
from django.test import Client

from tests.casework.situations import City


@pytest.fixture
def city(furnished: City, db: None) -> City:
    return furnished


@pytest.fixture
def web() -> Client:
    """Another system: no cookies, no referrer."""
    return Client(headers={"Accept-Language": "en"})
