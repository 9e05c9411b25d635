"""Who may build the network and hand out rights."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from onedoor.kernel.actor import Actor
from onedoor.kernel.errors import NotAllowed

MANAGE = "network.manage"
AUTHORISE = "network.authorise"
# Who runs the house, who keeps its accounts and who audits both are three people (三权分立, domain.md 9.1).
SEPARATED: tuple[frozenset[str], ...] = (
    frozenset({MANAGE, "people.manage_clients"}),
    frozenset({"people.manage_accounts"}),
    frozenset({"journal.audit", "journal.shred"}),
)


def powers_of(duties: Iterable[str]) -> frozenset[int]:
    """Return which of the three separated powers lie in some duties: system, security, audit."""
    held = set(duties)
    return frozenset(index for index, power in enumerate(SEPARATED) if power & held)


def keeps_network(actor: Actor) -> bool:
    """Tell whether the actor builds the network: by duty of the post, or as the house itself (command line, sample)."""
    return actor.has(MANAGE) or actor.client.startswith("system:")


def require_manager(by: Actor) -> None:
    """Let only those pass whose post keeps the network.

    :raises NotAllowed: when the post has no such duty.
    """
    if not keeps_network(by):
        raise NotAllowed(_("Your post may not change offices, places and posts. Ask the business section of the centre."))


def hands_out_rights(actor: Actor) -> bool:
    """Tell whether the actor hands out rights anywhere."""
    return actor.has(MANAGE) or actor.has(AUTHORISE)


def may_authorise(actor: Actor, agency: UUID) -> bool:
    """Tell whether the actor may say who works on the applications of ``agency``: its head, or who keeps the network."""
    return keeps_network(actor) or (actor.has(AUTHORISE) and actor.agency == agency)


def require_authoriser(by: Actor, agencies: set[UUID]) -> None:
    """Let only those pass who may hand out rights in all the ``agencies``.

    :raises NotAllowed: when one of them is not theirs.
    """
    if not all(may_authorise(by, agency) for agency in agencies):
        raise NotAllowed(_("Only the head of the office may say who works on its applications."))
