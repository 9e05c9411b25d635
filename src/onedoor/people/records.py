"""What the city holds about a person: every room registers one provider, so that no room needs to know another for it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import IO, Any
from uuid import UUID

from onedoor.kernel.errors import Text
from onedoor.kernel.subjects import Subject


@dataclass(frozen=True, slots=True)
class HeldFile:
    """A file that belongs to a record: its name, and how its bytes are opened when they are wanted."""

    name: str
    open: Callable[[], IO[bytes]]


@dataclass(frozen=True, slots=True)
class HeldRecord:
    """One record about a person: what it is, since when, its facts as (label, value), and where to read more.

    ``data`` is the whole of it, for the export alone: plain values, nothing masked. ``files`` go along in a ZIP.
    """

    kind: str
    title: Text
    at: datetime | None = None
    facts: Mapping[str, str] = field(default_factory=dict)
    url: str = ""
    data: Mapping[str, Any] = field(default_factory=dict, repr=False)
    files: Sequence[HeldFile] = ()


Provider = Callable[[UUID], Iterable[HeldRecord]]
_providers: dict[str, Provider] = {}


def register_provider(room: str, provider: Provider) -> None:
    """Add the records of a room; called once, when its application starts."""
    _providers[room] = provider


SubjectsOf = Callable[[UUID], Iterable[Subject]]
_looked_at: dict[str, tuple[str, SubjectsOf]] = {}


def register_looks(room: str, act: str, subjects_of: SubjectsOf) -> None:
    """Let a room say under which act, and on which of its subjects, hidden data of a person are looked at."""
    _looked_at[room] = (act, subjects_of)


def looked_at(person_id: UUID) -> list[tuple[str, Subject]]:
    """Return the subjects of all rooms that hold hidden data of a person, each with the act of looking."""
    return [(act, subject) for act, subjects_of in _looked_at.values() for subject in subjects_of(person_id)]


def records_about(person_id: UUID) -> dict[str, list[HeldRecord]]:
    """Return all records about a person by room: who the person is first."""
    rooms = sorted(_providers, key=lambda room: (room != "people", room))
    return {room: list(_providers[room](person_id)) for room in rooms}
