"""What a subject is called on the auditor's page: each room names its own, masked, so that no room needs to be known here."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from uuid import UUID

from onedoor.kernel.subjects import Subject

Namer = Callable[[Collection[UUID]], Mapping[UUID, str]]
_namers: dict[str, Namer] = {}


def register_namer(kind: str, namer: Namer) -> None:
    """Set the function that names the subjects of a kind, masked and in one query; called once, when its application starts."""
    _namers[kind] = namer


def names_of(subjects: Iterable[Subject]) -> dict[Subject, str]:
    """Return the names of subjects as far as their rooms name them. One call for each kind."""
    by_kind: dict[str, set[UUID]] = {}
    for subject in subjects:
        by_kind.setdefault(subject.kind, set()).add(subject.id)
    return {
        Subject(kind, key): name for kind, keys in by_kind.items() if kind in _namers for key, name in _namers[kind](keys).items()
    }
