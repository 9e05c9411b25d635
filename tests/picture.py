"""A picture of a database, and putting the database back as it was then: much cheaper than copying its template anew."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db import connection, transaction
from django.db.utils import ProgrammingError

TABLES = """
SELECT n.nspname || '.' || quote_ident(c.relname) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind = 'r' AND n.nspname = 'public' ORDER BY 1
"""
# Whoever makes, drops or changes a table, an index, a trigger, a rule or a function writes to one of these.
CATALOGUES = (
    "pg_class", "pg_attribute", "pg_attrdef", "pg_constraint", "pg_index", "pg_inherits", "pg_trigger", "pg_proc", "pg_rewrite",
    "pg_sequence",
)  # fmt: skip
OTHERS = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity
WHERE datname = current_database() AND usename = current_user AND pid <> pg_backend_pid()
"""


class Picture:
    """What the connected database holds. Rows changed later are told by the number of the transaction that wrote them."""

    def __init__(self) -> None:
        self.tables = [row[0] for row in _ask(TABLES)]
        self.sequences = [row[0] for row in _ask("SELECT quote_ident(sequencename) FROM pg_sequences WHERE schemaname = 'public'")]
        self.made = self._made()
        self.counted = self._counted()
        self.stood = self._stood()
        self.rows = {table: _copied_out(table) for table, _count in self.counted if _count}
        self.since = _now()

    def restore(self) -> bool:
        """Put back every row and every sequence; say whether it could be done, since what was made or altered cannot be."""
        _ask(OTHERS)
        if self._made() != self.made:
            return False
        wanted = dict(self.counted)
        changed = [table for table, count, fresh in self._seen() if fresh or count != wanted[table]]
        stood = self._stood()
        moved = [each for each, was in stood.items() if was != self.stood[each]]
        if not changed and not moved:
            return True
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute("SET LOCAL session_replication_role = replica")  # neither triggers nor foreign keys
                for table in changed:
                    cursor.execute(f"DELETE FROM {table}")
                    if table in self.rows:
                        _copy_in(cursor, table, self.rows[table])
                for each in moved:
                    cursor.execute("SELECT setval(%s, %s, %s)", [each, *self.stood[each]])
        except ProgrammingError:  # an outside server does not allow it
            return False
        self.since = _now()
        return True

    def _made(self) -> list[tuple[Any, ...]]:
        """Return a fingerprint of everything that is made, not filled."""
        each = "SELECT '{0}', count(*), max(xmin::text::bigint) FROM {0}"
        return _ask(" UNION ALL ".join(each.format(name) for name in CATALOGUES))

    def _counted(self) -> list[tuple[str, int]]:
        return _ask(" UNION ALL ".join(f"SELECT '{table}', count(*) FROM {table}" for table in self.tables))  # type: ignore[return-value]

    def _seen(self) -> Iterator[tuple[str, int, int]]:
        each = "SELECT '{0}', count(*), count(*) FILTER (WHERE xmin::text::bigint >= {1}) FROM {0}"
        yield from _ask(" UNION ALL ".join(each.format(table, self.since) for table in self.tables))

    def _stood(self) -> dict[str, tuple[int, bool]]:
        each = "SELECT '{0}', last_value, is_called FROM {0}"
        return {name: (value, is_called) for name, value, is_called in _ask(" UNION ALL ".join(map(each.format, self.sequences)))}


def _ask(statement: str) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return list(cursor.fetchall())


def _now() -> int:
    """Return the number of a transaction that begins now."""
    return int(_ask("SELECT pg_current_xact_id()::text")[0][0])


def _copied_out(table: str) -> bytes:
    with connection.cursor() as cursor, cursor.copy(f"COPY {table} TO STDOUT (FORMAT binary)") as copy:
        return b"".join(bytes(part) for part in copy)


def _copy_in(cursor: Any, table: str, rows: bytes) -> None:
    with cursor.copy(f"COPY {table} FROM STDIN (FORMAT binary)") as copy:
        copy.write(rows)
