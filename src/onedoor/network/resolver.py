"""Who a civil servant is in a request: the post that was chosen in this session, or the one held longest."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from onedoor.network import queries

if TYPE_CHECKING:
    from django.http import HttpRequest

    from onedoor.kernel.actor import Actor
    from onedoor.people.models import Account

CHOSEN = "posting"
WEB = "web"


def staff_actor(account: Account, request: HttpRequest) -> Actor:
    """Return the actor of a civil servant at the post chosen in this session."""
    chosen = request.session.get(CHOSEN)
    return queries.actor_for(account.id, UUID(chosen) if chosen else None, WEB)


def choose(request: HttpRequest, posting: UUID) -> None:
    """Remember the post from which this session acts."""
    request.session[CHOSEN] = str(posting)
