"""Who may change the catalogue."""

from __future__ import annotations

from onedoor.kernel.actor import Actor
from onedoor.kernel.errors import NotAllowed

PUBLISH_DUTY = "catalog.publish"


def may_publish(actor: Actor) -> bool:
    """Return whether the actor's post may publish versions; the command line of the house may."""
    return actor.has(PUBLISH_DUTY) or (actor.account is None and actor.client.startswith("system:"))


def require_publisher(actor: Actor) -> None:
    """Let only publishers pass.

    :raises NotAllowed: when the actor has not the duty ``catalog.publish``.
    """
    if not may_publish(actor):
        raise NotAllowed
