"""Who acts in a request. Citizens are known here; for civil servants ``network`` registers a resolver, since it knows posts."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from onedoor.kernel.actor import Actor

if TYPE_CHECKING:
    from django.http import HttpRequest

    from onedoor.people.models import Account

WEB = "web"
StaffResolver = Callable[["Account", "HttpRequest"], Actor]
_resolvers: list[StaffResolver] = []


def register_staff_resolver(resolver: StaffResolver) -> None:
    """Set the function that makes the actor of a civil servant; the last one registered counts."""
    _resolvers[:] = [resolver]


def citizen(account: Account, *, client: str = WEB) -> Actor:
    """Return the actor of a citizen, without a name: what the journal writes down cannot be taken back."""
    return Actor(client=client, account=account.id, person=account.person_id)


def without_post(account: Account, *, client: str = WEB) -> Actor:
    """Return the actor of a civil servant who may do nothing yet: before the second factor, or without a posting."""
    return Actor(client=client, account=account.id, person=account.person_id, label=account.display_name)


def staff(account: Account, request: HttpRequest) -> Actor:
    """Return the actor of a civil servant who has passed the second factor."""
    return _resolvers[0](account, request) if _resolvers else without_post(account)
