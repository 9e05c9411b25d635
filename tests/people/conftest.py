"""People who register, clerks who log in, and the messages that would have been sent."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pytest
from django.utils import translation

from onedoor.kernel.actor import Actor, system_actor
from onedoor.kernel.ids import new_id
from onedoor.people import codes, services
from onedoor.people.codes import CodeMessage
from onedoor.people.models import Account
from tests.people.factories import GOOD_PASSWORD, a_card, a_phone

AT = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)


@pytest.fixture(autouse=True, scope="module")
def english() -> Iterator[None]:
    """Read refusals in the language of their source."""
    with translation.override("en"):
        yield


@pytest.fixture(autouse=True)
def sent(monkeypatch: pytest.MonkeyPatch) -> list[CodeMessage]:
    """Return the codes that were handed over for sending."""
    messages: list[CodeMessage] = []
    monkeypatch.setattr(codes, "_senders", [lambda message, _at: messages.append(message)])
    return messages


@pytest.fixture
def anybody() -> Actor:
    return Actor(client="web")


@pytest.fixture
def house() -> Actor:
    return system_actor("test")


@pytest.fixture
def citizen(db: None, anybody: Actor) -> Account:
    return services.register_citizen(
        name="张小三", identity_kind="111", identity=a_card(771), phone=a_phone(5072), password=GOOD_PASSWORD, by=anybody, at=AT
    )


@pytest.fixture
def clerk_account(db: None, house: Actor) -> Account:
    """Return a civil servant who has set up everything."""
    account = services.create_staff("B1024", "李四", GOOD_PASSWORD, by=house, at=AT, must_change=False)
    services.set_second_factor(account=account, by=house, at=AT)
    return account


@pytest.fixture
def clerk(clerk_account: Account) -> Callable[..., Actor]:
    """Return a maker of the actor of a clerk with the given duties."""

    def make(*duties: str) -> Actor:
        return Actor(client="web", account=clerk_account.id, posting=new_id(), label="李四", duties=frozenset(duties))

    return make
