"""Sealing entries into chained batches, and keeping the roots outside the database."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper

from onedoor.journal import merkle, roots
from onedoor.journal.canonical import BATCH_SIZE, COLUMNS, EntryFields, entry_text
from onedoor.journal.models import Batch, Leaf

HEARTBEAT = timedelta(minutes=15)  # without entries an empty batch says so, lest one be slipped into a quiet night
MONTHS_AHEAD = 12
_LOCK = 0x6A6F75726E616C  # "journal": one sealer at a time

logger = logging.getLogger(__name__)

# Row by row through the primary key of the partition (OFFSET 0 keeps the planner from joining whole tables): costs what is waiting.
_WAITING = f"""
SELECT {COLUMNS} FROM (SELECT entry_id FROM journal_unsealed ORDER BY entry_id) waiting
CROSS JOIN LATERAL (SELECT * FROM journal_entry WHERE id = waiting.entry_id OFFSET 0) e
WHERE NOT EXISTS (SELECT FROM journal_leaf WHERE entry_id = waiting.entry_id) LIMIT %s
"""  # noqa: S608  constant columns
_LEAVES = """
INSERT INTO journal_leaf (entry_id, batch_id, position, digest)
SELECT id, %s, place - 1, digest FROM unnest(%s::uuid[], %s::bytea[]) WITH ORDINALITY AS given(id, digest, place)
"""


def seal(*, at: datetime) -> int:
    """Seal every entry that waits, keep the roots outside the database, and return how many were sealed.

    Entries whose transaction commits later are sealed the next time. May run anywhere at any time: sealers wait for each other.
    """
    sealed = 0
    while True:
        batch = _seal_batch(at=at)
        keep_roots()
        if batch is None or batch.count < BATCH_SIZE:
            return sealed + (batch.count if batch else 0)
        sealed += batch.count


@transaction.atomic(durable=True)
def _seal_batch(*, at: datetime) -> Batch | None:
    with connection.cursor() as cursor:
        _wait_for_other_sealers(cursor)
        before = Batch.objects.order_by("-number").first()
        cursor.execute(_WAITING, [BATCH_SIZE])
        entries = [EntryFields(*row) for row in cursor.fetchall()]
        if not entries and before and at < before.sealed_at + HEARTBEAT:
            return None
        ids = [each.id for each in entries]
        digests = [merkle.leaf(entry_text(each)) for each in entries]
        batch = _next_batch(before, digests, at)
        if entries:
            cursor.execute(_LEAVES, [batch.number, ids, digests])
            cursor.execute("DELETE FROM journal_unsealed WHERE entry_id = ANY(%s)", [ids])
        return batch


def _wait_for_other_sealers(cursor: CursorWrapper) -> None:
    cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])


def _next_batch(before: Batch | None, digests: list[bytes], at: datetime) -> Batch:
    number = before.number + 1 if before else 1
    previous = bytes(before.chained) if before else merkle.START
    sealed_at = max(at, before.sealed_at) if before else at
    tree_root = merkle.root(digests)
    chained = merkle.chain(previous, tree_root, number, len(digests), sealed_at)
    return Batch.objects.create(
        number=number, sealed_at=sealed_at, count=len(digests), root=tree_root, previous=previous, chained=chained
    )


def keep_roots() -> int:
    """Append the roots that the file outside the database does not have yet, and return how many.

    It runs after the batch was committed and makes up for what an earlier run could not write; what is written stays.
    """
    with roots.appending():
        kept = roots.last(roots.folder() / "roots.txt")
        if kept and _differs(kept):
            logger.error("the journal's batch %s is not the one whose root was kept: run `onedoor journal verify`", kept.number)
        missing = Batch.objects.filter(number__gt=kept.number if kept else 0).order_by("number")
        count = 0
        for batch in missing.iterator(chunk_size=500):
            leaves = Leaf.objects.filter(batch=batch).order_by("position").values_list("entry_id", "digest")
            kept_root = roots.Root(batch.number, batch.sealed_at, batch.count, bytes(batch.root), bytes(batch.chained))
            roots.append(kept_root, ((key, bytes(digest)) for key, digest in leaves))
            count += 1
        return count


def _differs(kept: roots.Root) -> bool:
    chained: Any = Batch.objects.filter(number=kept.number).values_list("chained", flat=True).first()
    return chained is None or bytes(chained) != kept.chained


def make_months(*, at: datetime) -> int:
    """Make the partitions of the coming months and return how many were missing. One statement."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT journal_make_months(%s, %s)", [at, MONTHS_AHEAD])
        return int(cursor.fetchone()[0])
