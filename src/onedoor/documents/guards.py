"""Who may open the files and papers of a subject: the room that owns the subject says so, here, at start-up."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from onedoor.kernel.actor import Actor
from onedoor.kernel.subjects import Subject

Guard = Callable[[Actor, UUID], bool]

_guards: dict[str, Guard] = {}


def register(subject_kind: str, guard: Guard) -> None:
    """Let ``guard`` answer whether an actor may open what belongs to a subject of ``subject_kind``.

    :raises ValueError: when another guard was registered for the kind.
    """
    if _guards.setdefault(subject_kind, guard) is not guard:
        raise ValueError(f"two guards for {subject_kind}")


def may_open(actor: Actor, subject: Subject) -> bool:
    """Return whether ``actor`` may open what belongs to ``subject``; without a guard nobody may."""
    guard = _guards.get(subject.kind)
    return guard is not None and guard(actor, subject.id)
