"""Roots and leaves kept outside the database: files that are only ever appended to, so that a changed database can be told.

``roots.txt`` holds one line for each batch: number, moment, count, root, chain value. ``leaves/<month>.txt`` holds for each batch
the digests of its entries; it need not be trusted, because it counts only where it leads to a kept root, and then it tells which
entry of the batch is not what it was.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from uuid import UUID

from django.conf import settings

from onedoor.journal import merkle
from onedoor.journal.canonical import moment_text
from onedoor.kernel.clock import local_date

_LINE_BYTES = 512  # longer than any line of the roots file


@dataclass(frozen=True, slots=True)
class Root:
    """One kept root."""

    number: int
    sealed_at: datetime
    count: int
    root: bytes
    chained: bytes

    def line(self) -> str:
        return f"{self.number} {moment_text(self.sealed_at)} {self.count} {self.root.hex()} {self.chained.hex()}\n"


def folder() -> Path:
    """Return the folder of the data folder in which the journal keeps its roots."""
    return Path(settings.ONEDOOR_DATA) / "journal"


def read(file: Path) -> Iterator[Root]:
    """Return the roots of a file one by one; lines that are not whole (a crash while writing) are passed over."""
    with file.open(encoding="ascii", errors="replace") as lines:
        for line in lines:
            if found := _parsed(line):
                yield found


def last(file: Path) -> Root | None:
    """Return the last whole root of a file, or None when there is none. Costs the same however long the file is."""
    try:
        with file.open("rb") as lines:
            lines.seek(max(0, lines.seek(0, os.SEEK_END) - 4 * _LINE_BYTES))
            tail = lines.read().decode("ascii", "replace").splitlines()
    except FileNotFoundError:
        return None
    return next((found for line in reversed(tail) if (found := _parsed(line))), None)


@contextmanager
def appending() -> Iterator[None]:
    """Let one process at a time append."""
    folder().mkdir(parents=True, exist_ok=True)
    with (folder() / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def append(root: Root, leaves: Iterable[tuple[UUID, bytes]]) -> None:
    """Keep one batch: first its leaves, then its root, each on the disk before this returns."""
    month = folder() / "leaves" / f"{local_date(root.sealed_at):%Y-%m}.txt"
    month.parent.mkdir(mode=0o700, exist_ok=True)
    if root.count:
        _append(month, f"# {root.number}\n" + "".join(f"{key.hex} {digest.hex()}\n" for key, digest in leaves))
    _append(folder() / "roots.txt", root.line())


def kept_leaves(number: int, root: bytes) -> Sequence[tuple[UUID, bytes]] | None:
    """Return the entries and digests of a batch as they were kept, if the files hold any that lead to this root."""
    for month in sorted((folder() / "leaves").glob("*.txt")):
        with month.open(encoding="ascii", errors="replace") as lines:
            for found in _sections(lines, f"# {number}"):
                if merkle.root([digest for _, digest in found]) == root:
                    return found
    return None


def _sections(lines: Iterable[str], heading: str) -> Iterator[list[tuple[UUID, bytes]]]:
    section: list[tuple[UUID, bytes]] | None = None
    for line in lines:
        if line.startswith("#"):
            if section is not None:
                yield section
            section = [] if line.rstrip() == heading else None
        elif section is not None and len(words := line.split()) == 2:
            try:
                section.append((UUID(words[0]), bytes.fromhex(words[1])))
            except ValueError:
                continue  # torn by a crash: the batch was written again below
    if section is not None:
        yield section


def _append(file: Path, text: str) -> None:
    with file.open("ab+") as out:
        if out.tell() and (out.seek(-1, os.SEEK_END), out.read(1))[1] != b"\n":
            text = "\n" + text  # a crash tore the last line: it stays as it is, nothing written is ever changed
        out.write(text.encode("ascii"))
        out.flush()
        os.fsync(out.fileno())


def _parsed(line: str) -> Root | None:
    try:
        number, sealed_at, count, root, chained = line.split()
        if len(root) != 64 or len(chained) != 64:
            return None
        return Root(int(number), datetime.fromisoformat(sealed_at), int(count), bytes.fromhex(root), bytes.fromhex(chained))
    except ValueError:
        return None
