"""Situations of the journal: entries that were recorded, and what somebody with all rights in the database can do to them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from uuid import UUID

from django.db import connection, transaction
from django.utils import timezone

from onedoor.journal import acts, merkle, queries, roots, services
from onedoor.journal.canonical import COLUMNS, EntryFields, entry_text
from onedoor.journal.models import Batch
from onedoor.kernel.actor import Actor, system_actor
from onedoor.kernel.ids import new_id
from onedoor.kernel.subjects import Subject

ACT = acts.register("test.accept", "%(actor)s accepted paper %(n)s", personal=["name", "phone"])
CLERK = Actor(client="desk", account=new_id(), posting=new_id(), site=new_id(), region="130302000000", label="李华")


def recorded(count: int = 1, *, by: Actor = CLERK, subject: Subject | None = None, **personal: str) -> list[UUID]:
    """Record some entries in a transaction of their own."""
    records = [services.Record(subject or Subject("test.paper", new_id()), {"n": n, **personal}) for n in range(count)]
    with transaction.atomic():
        return services.record_many(ACT, records, by=by, at=timezone.now())


def sealed(count: int = 1, **personal: str) -> list[UUID]:
    """Record some entries and seal them."""
    ids = recorded(count, **personal)
    services.seal(at=timezone.now())
    return ids


def findings(*, kept: bool = True) -> list[queries.Finding]:
    """Verify everything, with the roots kept in the data folder or without any."""
    file = roots.folder() / "roots.txt"
    return list(queries.Verification(kept=roots.read(file) if kept else (), now=timezone.now()).findings())


@contextmanager
def all_rights() -> Iterator[None]:
    """Switch off what refuses changes, as the owner of the tables can."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent = 'journal_entry'::regclass")
        tables = [name for (name,) in cursor.fetchall()]
        tables += ["journal_entry", "journal_leaf", "journal_batch", "journal_personalfacts"]
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for table in tables:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        yield
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for table in tables:
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")


def tamper(statement: str, *values: object) -> None:
    """Run a statement behind the journal's back."""
    with all_rights(), connection.cursor() as cursor:
        cursor.execute(statement, values)


def insert_by_hand(key: UUID, recorded_at: datetime, *, queued: bool) -> None:
    """Copy the newest entry under another key and moment."""
    names = ", ".join(EntryFields._fields)
    changed = names.replace("recorded_at", "%s").replace("id,", "%s,", 1)
    tamper(f"INSERT INTO journal_entry ({names}) SELECT {changed} FROM journal_entry ORDER BY id DESC LIMIT 1", key, recorded_at)
    if queued:
        tamper("INSERT INTO journal_unsealed VALUES (%s)", key)


def seal_everything_anew() -> None:
    """Do what an administrator can who knows the whole format: compute all leaves, roots and the chain again."""
    with all_rights(), connection.cursor() as cursor:
        previous = merkle.START
        for batch in Batch.objects.order_by("number"):
            leaves = f"SELECT {COLUMNS} FROM journal_leaf l JOIN journal_entry e ON e.id = l.entry_id"
            cursor.execute(f"{leaves} WHERE l.batch_id = %s ORDER BY position", [batch.number])
            entries = [EntryFields(*row) for row in cursor.fetchall()]
            digests = [merkle.leaf(entry_text(each)) for each in entries]
            for place, (each, digest) in enumerate(zip(entries, digests, strict=True)):
                cursor.execute("UPDATE journal_leaf SET digest = %s, position = %s WHERE entry_id = %s", [digest, place, each.id])
            root = merkle.root(digests)
            chained = merkle.chain(previous, root, batch.number, len(entries), batch.sealed_at)
            cursor.execute(
                "UPDATE journal_batch SET root = %s, previous = %s, chained = %s, count = %s WHERE number = %s",
                [root, previous, chained, len(entries), batch.number],
            )
            previous = chained


SYSTEM = system_actor("test")
