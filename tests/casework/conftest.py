from __future__ import annotations

from datetime import timedelta

import pytest

from onedoor.kernel.actor import Actor
from onedoor.network import entries
from onedoor.network import queries as network
from onedoor.network import services as network_services
from onedoor.people import services as people
from tests.casework.situations import HOUSE, MONDAY, City
from tests.people.factories import GOOD_PASSWORD


@pytest.fixture
def city(furnished: City, db: None) -> City:
    return furnished


@pytest.fixture
def colleague(city: City) -> Actor:
    """Return another clerk at the clerk's post."""
    account = people.create_staff(
        username="10009", name="岗9", password=GOOD_PASSWORD, must_change=False, by=HOUSE, at=MONDAY - timedelta(days=30)
    )
    network_services.post_people(
        [entries.NewPosting(account.id, "clerk", starts_at=MONDAY - timedelta(days=30))], by=HOUSE, at=MONDAY
    )
    return network.actor_for(account.id, at=MONDAY)
