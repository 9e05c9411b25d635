"""The proof of the whole chain: everything is read once, in the order in which it was sealed, in constant memory."""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal, NamedTuple
from uuid import UUID

from cryptography.exceptions import InvalidTag
from django.db import connection

from onedoor.journal import merkle
from onedoor.journal.canonical import BATCH_SIZE, COLUMNS, EntryFields, entry_text, personal_hash
from onedoor.journal.models import Batch
from onedoor.journal.roots import Root, kept_leaves
from onedoor.kernel import vault
from onedoor.kernel.ids import moment_of

ALLOWANCE = timedelta(minutes=15)  # between key, recording and commit of one entry: the longest transaction and clocks apart
_BATCHES_AT_ONCE = 500

Kind = Literal["altered", "dropped", "inserted", "back-dated", "resealed", "chain", "personal"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is not as it was recorded: which entry, or which batch when no more can be known."""

    kind: Kind
    text: str
    batch: int | None = None
    entry_id: UUID | None = None

    def __str__(self) -> str:
        return f"{self.kind}: {self.text}"


@dataclass(slots=True)
class Counts:
    """What was read while verifying."""

    entries: int = 0
    batches: int = 0
    waiting: int = 0
    compared: int = 0
    shredded: int = 0
    oldest_waiting: datetime | None = None
    last: Batch | None = None
    standstills: list[str] = field(default_factory=list)


class _Row(NamedTuple):
    """A leaf with its entry, if that is still there, and its personal facts, if they were not shredded."""

    batch: int
    position: int
    leaf_id: UUID
    digest: bytes
    salt: bytes | None
    personal: bytes | None
    entry: EntryFields | None


_ROWS = f"""
SELECT l.batch_id, l.position, l.entry_id, l.digest, p.salt, p.facts, {COLUMNS}
FROM journal_leaf l
LEFT JOIN LATERAL (SELECT * FROM journal_entry WHERE id = l.entry_id OFFSET 0) e ON true
LEFT JOIN LATERAL (SELECT * FROM journal_personalfacts WHERE entry_id = l.entry_id OFFSET 0) p ON true
WHERE l.batch_id BETWEEN %s AND %s ORDER BY l.batch_id, l.position
"""  # noqa: S608  constant columns
_PARTITIONS = "SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent = 'journal_entry'::regclass ORDER BY 1"
_STRAY = """
SELECT {columns} FROM {partition} e
WHERE NOT EXISTS (SELECT FROM journal_leaf WHERE entry_id = e.id)
  AND NOT EXISTS (SELECT FROM journal_unsealed WHERE entry_id = e.id)
ORDER BY e.id
"""
_WAITING = f"""
SELECT u.entry_id, EXISTS (SELECT FROM journal_leaf WHERE entry_id = u.entry_id), {COLUMNS} FROM journal_unsealed u
LEFT JOIN LATERAL (SELECT * FROM journal_entry WHERE id = u.entry_id OFFSET 0) e ON true ORDER BY u.entry_id
"""  # noqa: S608  constant columns


class Verification:
    """One walk over the whole journal, comparing with roots that were kept outside it."""

    def __init__(self, *, kept: Iterable[Root] = (), now: datetime, progress: Callable[[int], object] = lambda _: None) -> None:
        self.counts = Counts()
        self._kept = iter(kept)
        self._next_kept = next(self._kept, None)
        self._now = now
        self._progress = progress
        self._before: Batch | None = None
        self._swept_at: datetime | None = None  # the newest batch that left nothing over

    def findings(self) -> Iterator[Finding]:
        """Yield everything that is not as it was recorded; afterwards ``counts`` tell what was read."""
        for batches in self._groups():
            rows = _rows(batches[0].number, batches[-1].number)
            yield from self._orphans(batches, rows)
            for batch in batches:
                yield from self._check_batch(batch, rows.get(batch.number, []))
                self._progress(batch.count)
        yield from self._lost_batches()
        yield from self._strays()
        yield from self._check_waiting()

    def _groups(self) -> Iterator[list[Batch]]:
        group: list[Batch] = []
        after = 0
        while page := list(Batch.objects.filter(number__gt=after).order_by("number")[:_BATCHES_AT_ONCE]):
            after = page[-1].number
            for batch in page:
                group.append(batch)
                if sum(each.count for each in group) >= BATCH_SIZE or len(group) >= _BATCHES_AT_ONCE:
                    yield group
                    group = []
        if group:
            yield group

    def _orphans(self, batches: list[Batch], rows: dict[int, list[_Row]]) -> Iterator[Finding]:
        for number in rows.keys() - {each.number for each in batches}:
            yield Finding("dropped", f"batch {number} is gone, its {len(rows[number])} leaves are still there", number)

    def _check_batch(self, batch: Batch, rows: list[_Row]) -> Iterator[Finding]:
        yield from self._check_chain(batch)
        kept = self._kept_root_of(batch)
        reference = kept.root if kept else bytes(batch.root)
        present = [(row.leaf_id, merkle.leaf(entry_text(row.entry))) for row in rows if row.entry]
        is_whole = len(rows) == batch.count and present == [(row.leaf_id, bytes(row.digest)) for row in rows]
        named = False
        if not is_whole or reference != merkle.root([digest for _, digest in present]):
            named = yield from self._name_changes(batch, rows, present, reference)
        yield from self._differs_from_kept(batch, kept, named=named)
        for row in rows:
            if row.entry:
                yield from self._check_dates(row.entry, batch.sealed_at, batch.number)
                yield from self._check_personal(row, row.entry)
        self.counts.entries += len(rows)
        self.counts.batches += 1
        self.counts.last = self._before = batch
        if batch.count < BATCH_SIZE:
            self._note_standstill(batch)
            self._swept_at = batch.sealed_at

    def _check_chain(self, batch: Batch) -> Iterator[Finding]:
        before, number = self._before, batch.number
        expected = before.number + 1 if before else 1
        if number != expected:
            yield Finding("dropped", f"batches {expected} to {number - 1} are gone", number)
        elif bytes(batch.previous) != (bytes(before.chained) if before else merkle.START):
            yield Finding("chain", f"batch {number} is not chained to the batch before it", number)
        if bytes(batch.chained) != merkle.chain(bytes(batch.previous), bytes(batch.root), number, batch.count, batch.sealed_at):
            yield Finding("chain", f"batch {number} was altered: its chain value is not that of its root, count and moment", number)
        if before and batch.sealed_at < before.sealed_at:
            yield Finding("back-dated", f"batch {number} says it was sealed before batch {before.number}", number)

    def _kept_root_of(self, batch: Batch) -> Root | None:
        while self._next_kept and self._next_kept.number < batch.number:
            self._next_kept = next(self._kept, None)
        kept = self._next_kept
        if kept is None or kept.number != batch.number:
            return None
        self.counts.compared += 1
        return kept

    def _differs_from_kept(self, batch: Batch, kept: Root | None, *, named: bool) -> Iterator[Finding]:
        if kept is None:
            return
        if kept.root != bytes(batch.root):
            more = "" if named else "; which entries it held then was not kept here, so none can be named"
            text = f"batch {batch.number} was sealed anew: its root is not the one that was kept{more}"
            yield Finding("resealed", text, batch.number)
        elif kept.chained != bytes(batch.chained):
            yield Finding("resealed", f"batch {batch.number} was chained anew: something before it was changed", batch.number)

    def _name_changes(
        self, batch: Batch, rows: list[_Row], present: list[tuple[UUID, bytes]], reference: bytes
    ) -> Generator[Finding, None, bool]:
        """Yield which entries of a batch changed, and return whether any could be named."""
        leaves = [(row.leaf_id, bytes(row.digest)) for row in rows]
        if merkle.root([digest for _, digest in leaves]) != reference:
            leaves = list(kept_leaves(batch.number, reference) or leaves)  # the leaves in the database were changed as well
        then, entries = dict(leaves), {row.leaf_id: row.entry for row in rows}
        number, named = batch.number, False
        for key, digest in present:
            who = _described(key, entries[key])
            if key not in then:
                yield Finding("inserted", f"{who} was not there when batch {number} was sealed", number, key)
            elif then[key] != digest:
                yield Finding("altered", f"{who} is not as it was sealed in batch {number}", number, key)
            named = named or then.get(key) != digest
        for key in then.keys() - {key for key, _ in present}:
            named = True
            yield Finding("dropped", f"{_described(key, None)} was sealed in batch {number} and is gone", number, key)
        if not named:
            text = f"batch {number} is not what was sealed: {batch.count} entries then, {len(rows)} now, or root or order changed"
            yield Finding("altered", text, number)
        return named

    def _check_dates(self, entry: EntryFields, sealed_at: datetime, batch: int | None) -> Iterator[Finding]:
        made_at = moment_of(entry.id)
        if abs(made_at - entry.recorded_at) > ALLOWANCE:
            text = f"{_described(entry.id, entry)} has a key made {made_at:%Y-%m-%d %H:%M:%SZ}"
            yield Finding("back-dated", text, batch, entry.id)
        elif self._swept_at and entry.recorded_at + ALLOWANCE < self._swept_at:
            text = f"{_described(entry.id, entry)} was not there when everything was sealed at {self._swept_at:%Y-%m-%d %H:%M:%SZ}"
            yield Finding("back-dated", text, batch, entry.id)
        elif entry.recorded_at > sealed_at + ALLOWANCE:
            yield Finding("back-dated", f"{_described(entry.id, entry)} was sealed before it was recorded", batch, entry.id)

    def _check_personal(self, row: _Row, entry: EntryFields) -> Iterator[Finding]:
        if row.salt is None or row.personal is None:
            self.counts.shredded += entry.personal_hash is not None
            return
        try:
            facts = json.loads(vault.decrypt(row.personal))
            is_same = personal_hash(bytes(row.salt), facts) == bytes(entry.personal_hash or b"")
        except (InvalidTag, ValueError):
            is_same = False
        if not is_same:
            text = f"{_described(entry.id, entry)} has personal facts that are not those recorded"
            yield Finding("personal", text, row.batch, entry.id)

    def _note_standstill(self, batch: Batch) -> None:
        if self._swept_at and batch.sealed_at - self._swept_at > 4 * ALLOWANCE:
            self.counts.standstills.append(f"{self._swept_at:%Y-%m-%d %H:%MZ} to {batch.sealed_at:%Y-%m-%d %H:%MZ}")

    def _lost_batches(self) -> Iterator[Finding]:
        """Batches behind the last one whose roots were kept."""
        after = self._before.number if self._before else 0
        while self._next_kept and self._next_kept.number <= after:
            self._next_kept = next(self._kept, None)
        if first := self._next_kept:
            final = [*deque(self._kept, maxlen=1), first]
            yield Finding("dropped", f"batches {first.number} to {final[0].number}, whose roots were kept, are gone", first.number)

    def _strays(self) -> Iterator[Finding]:
        """Entries that neither were sealed nor wait: they did not come through ``record``."""
        with connection.cursor() as cursor:
            cursor.execute(_PARTITIONS)
            partitions = [name for (name,) in cursor.fetchall()]
            for partition in partitions:
                cursor.execute(_STRAY.format(columns=COLUMNS, partition=partition))
                for row in cursor:
                    entry = EntryFields(*row)
                    yield Finding("inserted", f"{_described(entry.id, entry)} was never given to be sealed", None, entry.id)

    def _check_waiting(self) -> Iterator[Finding]:
        with connection.cursor() as cursor:
            cursor.execute(_WAITING)
            for key, is_sealed, *columns in cursor:
                entry = EntryFields(*columns) if columns[0] else None
                if entry is None:
                    yield Finding("dropped", f"{_described(key, None)} waited for its seal and is gone", None, key)
                elif is_sealed:
                    yield Finding("inserted", f"{_described(key, entry)} is sealed and waits to be sealed again", None, key)
                else:
                    self.counts.waiting += 1
                    self.counts.oldest_waiting = min(self.counts.oldest_waiting or entry.recorded_at, entry.recorded_at)
                    yield from self._check_dates(entry, self._now, None)


def total() -> int:
    """Return how many entries are sealed, which is what a verification has to read."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(sum(count), 0) FROM journal_batch")
        return int(cursor.fetchone()[0])


def _rows(first: int, last: int) -> dict[int, list[_Row]]:
    found: dict[int, list[_Row]] = {}
    with connection.cursor() as cursor:
        cursor.execute(_ROWS, [first, last])
        for batch, position, leaf_id, digest, salt, personal, *columns in cursor:
            entry = EntryFields(*columns) if columns[0] else None
            found.setdefault(batch, []).append(_Row(batch, position, leaf_id, digest, salt, personal, entry))
    return found


def _described(key: UUID, entry: EntryFields | Sequence[Any] | None) -> str:
    if not isinstance(entry, EntryFields):
        return f"entry {key} (key made {moment_of(key):%Y-%m-%d %H:%M:%SZ})"
    when = f"at {entry.at:%Y-%m-%d %H:%M:%SZ}, recorded {entry.recorded_at:%Y-%m-%d %H:%M:%SZ}"
    return f"entry {key} ({entry.act} on {entry.subject_kind} {entry.subject_id}, {when})"
