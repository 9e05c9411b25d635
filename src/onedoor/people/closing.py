"""Closing an account: rooms say what stands against it, what has to be kept by law, and let go of what need not be kept."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from uuid import UUID

from onedoor.kernel.actor import Actor
from onedoor.kernel.errors import Text

Obstacle = Callable[[UUID, UUID], Sequence[Text]]
Keeper = Callable[[UUID], bool]
Closer = Callable[[UUID, Actor, datetime], None]
_obstacles: list[Obstacle] = []
_keepers: list[Keeper] = []
_closers: list[Closer] = []


def register(*, obstacle: Obstacle | None = None, keeper: Keeper | None = None, closer: Closer | None = None) -> None:
    """Let a room have its say; once, when its application starts.

    ``obstacle`` gets account and person and returns what has to be done first. ``keeper`` gets the person and tells whether the law
    lets the room forget them. ``closer`` gets the account and lets go, in the transaction of the closing.
    """
    if obstacle is not None:
        _obstacles.append(obstacle)
    if keeper is not None:
        _keepers.append(keeper)
    if closer is not None:
        _closers.append(closer)


def obstacles(account_id: UUID, person_id: UUID) -> list[Text]:
    """Return what has to be done before an account can be closed."""
    return [text for obstacle in _obstacles for text in obstacle(account_id, person_id)]


def is_kept(person_id: UUID) -> bool:
    """Tell whether some room has to keep who the person is."""
    return any(keeper(person_id) for keeper in _keepers)


def let_go(account_id: UUID, *, by: Actor, at: datetime) -> None:
    """Let all rooms let go of what an account leaves behind."""
    for closer in _closers:
        closer(account_id, by, at)
