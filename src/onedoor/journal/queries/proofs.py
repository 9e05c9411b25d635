"""The proof that one entry is in the sealed journal, to be checked by anybody who holds a root."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection

from onedoor.journal import merkle
from onedoor.journal.canonical import COLUMNS, EntryFields, entry_text, moment_text
from onedoor.journal.models import Batch, Leaf

FORMAT = "onedoor-journal-proof-1"


@dataclass(frozen=True, slots=True)
class Proof:
    """An entry as its leaf, the path to the root of its batch, and the batch's place in the chain. Holds no personal facts."""

    entry: str
    position: int
    path: list[merkle.Step]
    number: int
    sealed_at: datetime
    count: int
    root: bytes
    previous: bytes
    chained: bytes

    @property
    def holds(self) -> bool:
        """Compute root and chain value again from the entry as it is now."""
        climbed = merkle.climb(merkle.leaf(self.entry), self.path)
        return climbed == self.root and self.chained == merkle.chain(
            self.previous, self.root, self.number, self.count, self.sealed_at
        )

    def as_json(self) -> dict[str, Any]:
        """Return the proof as the document that ``docs/check_proof.py`` checks."""
        return {
            "format": FORMAT,
            "entry": self.entry,
            "position": self.position,
            "path": [[side, digest.hex()] for side, digest in self.path],
            "batch": {
                "number": self.number,
                "sealed_at": moment_text(self.sealed_at),
                "count": self.count,
                "root": self.root.hex(),
                "previous": self.previous.hex(),
                "chained": self.chained.hex(),
            },
        }


def proof_of(entry_id: UUID) -> Proof | None:
    """Return the proof of an entry, or None when there is no such entry or it is not sealed yet. Three statements."""
    leaf = Leaf.objects.filter(entry_id=entry_id).select_related("batch").first()
    entry = _entry(entry_id)
    if leaf is None or entry is None:
        return None
    batch: Batch = leaf.batch
    digests = [bytes(each) for each in Leaf.objects.filter(batch=batch).order_by("position").values_list("digest", flat=True)]
    return Proof(
        entry=entry_text(entry),
        position=leaf.position,
        path=merkle.path(digests, leaf.position),
        number=batch.number,
        sealed_at=batch.sealed_at,
        count=batch.count,
        root=bytes(batch.root),
        previous=bytes(batch.previous),
        chained=bytes(batch.chained),
    )


def _entry(entry_id: UUID) -> EntryFields | None:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {COLUMNS} FROM journal_entry e WHERE e.id = %s", [entry_id])  # noqa: S608  constant columns
        row = cursor.fetchone()
    return EntryFields(*row) if row else None


@dataclass(frozen=True, slots=True)
class RootView:
    """A published root."""

    number: int
    sealed_at: datetime
    count: int
    root: str
    chained: str

    @property
    def line(self) -> str:
        return f"{self.number} {moment_text(self.sealed_at)} {self.count} {self.root} {self.chained}"


def roots_before(number: int | None, size: int) -> list[RootView]:
    """Return up to ``size`` roots below a number (or the newest), newest first."""
    found = Batch.objects.all() if number is None else Batch.objects.filter(number__lt=number)
    return [_root_view(each) for each in found.order_by("-number")[:size]]


def roots_after(number: int, size: int) -> list[RootView]:
    """Return up to ``size`` roots above a number, oldest first."""
    return [_root_view(each) for each in Batch.objects.filter(number__gt=number).order_by("number")[:size]]


def _root_view(batch: Batch) -> RootView:
    return RootView(batch.number, batch.sealed_at, batch.count, bytes(batch.root).hex(), bytes(batch.chained).hex())
