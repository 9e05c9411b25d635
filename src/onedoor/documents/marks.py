"""What is written across a file whenever it is shown: the room that owns its subject says so, here, at start-up."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING
from uuid import UUID

if TYPE_CHECKING:
    from onedoor.documents.models import File

Marker = Callable[[Sequence[UUID]], Mapping[UUID, str]]

_markers: dict[str, Marker] = {}


def register(subject_kind: str, marker: Marker) -> None:
    """Let ``marker`` say which files of subjects of a kind are only shown with a mark, and what it says.

    :raises ValueError: when another marker was registered for the kind.
    """
    if _markers.setdefault(subject_kind, marker) is not marker:
        raise ValueError(f"two markers for {subject_kind}")


def marks_of(files: Iterable[File]) -> dict[UUID, str]:
    """Return what is written across files; one that is not in it is shown as it is."""
    by_kind: dict[str, list[UUID]] = {}
    for file in files:
        by_kind.setdefault(file.subject_kind, []).append(file.id)
    found: dict[UUID, str] = {}
    for kind, ids in by_kind.items():
        marker = _markers.get(kind)
        found |= marker(ids) if marker is not None else {}
    return found
