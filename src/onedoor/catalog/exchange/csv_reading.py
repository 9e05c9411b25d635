"""Tables of text: CSV in UTF-8 (with or without mark), UTF-16 (with mark, as Excel's “Unicode text”) or GB 18030."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterator
from typing import IO

from django.utils.translation import gettext as _

from onedoor.catalog.exchange.faults import Unreadable

LONGEST_CELL = 4_000_000
_PIECE = 262_144


def rows(stream: IO[bytes]) -> Iterator[tuple[int, list[str]]]:
    """Yield the rows with the number of the line where each begins in a spreadsheet; rows without content are left out.

    :raises Unreadable: when it is no text, or cannot be read from some row on.
    """
    encoding = encoding_of(stream)
    stream.seek(0)
    csv.field_size_limit(LONGEST_CELL)
    lines = io.TextIOWrapper(stream, encoding=encoding, newline="")
    number = 0
    try:
        table = csv.reader(lines, strict=True, delimiter=_delimiter(lines))
        for number, cells in enumerate(table, start=1):
            if any(cell.strip() for cell in cells):
                yield number, cells
    except csv.Error as error:
        raise Unreadable(_("The table cannot be read from here on: %(reason)s") % {"reason": error}, number + 1) from error
    finally:
        lines.detach()


def encoding_of(stream: IO[bytes]) -> str:
    """Return in which of the encodings the whole of a file is text.

    :raises Unreadable: when it is text in none of them.
    """
    stream.seek(0)
    head = stream.read(3)
    for encoding in ("utf-16",) if head[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE) else ("utf-8-sig", "gb18030"):
        if _is_text(stream, encoding):
            return encoding
    raise Unreadable(_("This is no text file. Save the table as XLSX, or as CSV in UTF-8 or GB 18030."))


def _is_text(stream: IO[bytes], encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    stream.seek(0)
    try:
        while piece := stream.read(_PIECE):
            if "\x00" in decoder.decode(piece):
                return False
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _delimiter(lines: io.TextIOWrapper) -> str:
    """Return what parts the cells of the first line: a comma, or the tab of Excel's “Unicode text”."""
    first = lines.readline(10_000)
    lines.seek(0)
    return "\t" if "\t" in first and "," not in first else ","
