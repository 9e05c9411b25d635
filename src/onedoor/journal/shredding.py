"""Who else keeps personal facts of a subject: rooms register how theirs are shredded, history tables included."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from onedoor.kernel.subjects import Subject

Shredder = Callable[[Sequence[Subject]], int]

_shredders: dict[str, Shredder] = {}


def register(name: str, shredder: Shredder) -> None:
    """Register how one room shreds what it keeps about subjects: in the same transaction, returning how many rows went."""
    _shredders[name] = shredder


def shredders() -> dict[str, Shredder]:
    """Return all shredders by name."""
    return dict(_shredders)
