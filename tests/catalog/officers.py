"""Two people who keep the catalogue, at the desk of the very small city."""

from __future__ import annotations

from django.test import Client

from onedoor.kernel.actor import Actor
from onedoor.network import entries, services
from onedoor.network import queries as network
from onedoor.people import services as people
from tests.casework.desk import at_desk
from tests.casework.situations import HOUSE, MONDAY
from tests.people.factories import GOOD_PASSWORD


def an_officer(number: str) -> Actor:
    """Return somebody new in a post that writes and publishes items."""
    services.create_posts(
        [entries.NewPost(f"BIZ{number}", f"业务岗{number}", "SP", "center_biz", site="QHD-C-0001", duties=("catalog.publish",))],
        by=HOUSE, at=MONDAY,
    )  # fmt: skip
    account = people.create_staff(
        username=number, name=f"业务{number}", password=GOOD_PASSWORD, must_change=False, by=HOUSE, at=MONDAY
    )
    services.post_people([entries.NewPosting(account.id, f"BIZ{number}", starts_at=MONDAY)], by=HOUSE, at=MONDAY)
    return network.actor_for(account.id, at=MONDAY)


def desk_of(actor: Actor) -> Client:
    """Return the browser of an officer."""
    return at_desk(actor)
