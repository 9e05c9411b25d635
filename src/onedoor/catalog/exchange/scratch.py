"""What has to be looked up again while a file is read: kept in a nameless file on disk, so that it does not fill the memory."""

from __future__ import annotations

import marshal  # what is read was written here a moment ago: nothing of a file, and nothing that outlives the process
import sqlite3
from collections.abc import Iterator
from typing import Any

_TABLES = """
PRAGMA journal_mode = OFF;
PRAGMA synchronous = OFF;
CREATE TABLE seen (code TEXT PRIMARY KEY, row TEXT) WITHOUT ROWID;
CREATE TABLE part (code TEXT, sheet TEXT, row TEXT, value BLOB);
CREATE INDEX part_code ON part (code);
"""


class Scratch:
    """The codes met so far, and rows or guides that wait for their item."""

    def __init__(self) -> None:
        self._kept = sqlite3.connect("")
        self._kept.executescript(_TABLES)

    def close(self) -> None:
        self._kept.close()

    def first_seen(self, code: str, row: object) -> str | None:
        """Note that an item was met in a row; return the row where it was met before."""
        found: tuple[str] | None = self._kept.execute("SELECT row FROM seen WHERE code = ?", (code,)).fetchone()
        if found is None:
            self._kept.execute("INSERT INTO seen VALUES (?, ?)", (code, str(row)))
            return None
        return found[0]

    def has_seen_any(self) -> bool:
        return self._kept.execute("SELECT 1 FROM seen LIMIT 1").fetchone() is not None

    def keep(self, code: str, sheet: str, row: object, value: Any) -> None:
        """Keep a part of an item until the item is met."""
        self._kept.execute("INSERT INTO part VALUES (?, ?, ?, ?)", (code, sheet, str(row), marshal.dumps(value)))

    def parts_of(self, code: str) -> Iterator[tuple[str, str, Any]]:
        """Yield sheet, row and value of the parts of an item, in the order in which they were kept."""
        for sheet, row, value in self._kept.execute("SELECT sheet, row, value FROM part WHERE code = ? ORDER BY rowid", (code,)):
            yield sheet, row, marshal.loads(value)  # noqa: S302  see the import

    def ownerless(self) -> Iterator[tuple[str, str, str]]:
        """Yield code, sheet and row of parts whose item was not met."""
        found = self._kept.execute(
            "SELECT code, sheet, row FROM part WHERE NOT EXISTS (SELECT 1 FROM seen WHERE seen.code = part.code) ORDER BY rowid"
        )
        yield from found
