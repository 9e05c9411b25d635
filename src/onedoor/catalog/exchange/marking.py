"""A workbook that shows where a file is wrong: a list of the faults, and the file's own cells with the faulty ones in red."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, suppress
from typing import IO, Any

from django.utils.translation import gettext as _

from onedoor.catalog.exchange import csv_reading, sources
from onedoor.catalog.exchange.books import new_book
from onedoor.catalog.exchange.cells import LONGEST_CELL, unprotected
from onedoor.catalog.exchange.faults import Fault, Unreadable
from onedoor.catalog.exchange.items_file import FAULTS, ITEMS
from onedoor.catalog.exchange.xlsx_parts import Parts
from onedoor.catalog.exchange.xlsx_reading import SheetReader, letters_of

_Lines = Iterator[tuple[int, Mapping[int, str]]]


def write_marked(items: IO[bytes], name: str, faults: Sequence[Fault], out: IO[bytes]) -> None:
    """Write the workbook. Of a file that is no table there is only the list of its faults."""
    with new_book(out) as book:
        marks = _Marks(book, faults)
        listed = book.add_worksheet(FAULTS)
        with suppress(Unreadable):  # from there on the file cannot be read, and the list says so
            for sheet, rows in _sheets(items, name):
                marks.copy(sheet, rows)
        marks.list_on(listed)


def _sheets(items: IO[bytes], name: str) -> Iterator[tuple[str, _Lines]]:
    kind = sources.format_of(items, name)
    if kind == "csv":
        yield ITEMS, ((number, dict(enumerate(cells))) for number, cells in csv_reading.rows(items))
    elif kind == "xlsx":
        with zipfile.ZipFile(items) as package, closing(Parts(package)) as parts:
            for sheet in parts.sheets:
                if not sheet.is_hidden and sheet.name.lower() != FAULTS:
                    yield sheet.name, ((row.number, row.cells | _places(row)) for row in SheetReader(parts, sheet).rows())


def _places(row: Any) -> dict[int, str]:
    """Return empty cells for formulas, so that they can be marked."""
    return {place: "" for place in row.formulas if place not in row.cells}


class _Marks:
    """Copies sheets and marks what is wrong in them. Faults are looked up by row, so the file need not be in memory."""

    def __init__(self, book: Any, faults: Sequence[Fault]) -> None:
        self._book, self._faults = book, faults
        self._red = book.add_format({"bg_color": "#F4CCCC", "border": 1, "border_color": "#B42318", "num_format": "@"})
        self._bold = book.add_format({"bold": True})
        self._links: dict[int, str] = {}
        self._by_row: dict[tuple[str, str], list[int]] = {}
        for number, fault in enumerate(faults):
            self._by_row.setdefault((fault.sheet, fault.row), []).append(number)

    def copy(self, name: str, rows: _Lines) -> None:
        """Copy a sheet; a mark says in its note what is wrong."""
        sheet = self._book.add_worksheet(name)
        heading: Mapping[int, str] | None = None
        for number, cells in rows:
            heading = cells if heading is None else heading
            notes = self._notes(name, number, cells, heading)
            for place in sorted({*cells, *notes}):
                text = cells.get(place, "")[:LONGEST_CELL]
                if place in notes:
                    sheet.write(number - 1, place, text or None, self._red)
                    sheet.write_comment(number - 1, place, "\n".join(notes[place])[:2000])
                else:
                    sheet.write_string(number - 1, place, text)

    def _notes(self, sheet: str, row: int, cells: Mapping[int, str], heading: Mapping[int, str]) -> dict[int, list[str]]:
        codes = [place for place, text in heading.items() if unprotected(text) in ("code", "local_task_code", "item")]
        code = unprotected(cells.get(codes[0], "")) if codes else ""
        found: dict[int, list[str]] = {}
        for key in dict.fromkeys(((sheet, str(row)), ("", str(row)), ("", code))):
            for number in self._by_row.get(key, ()):
                if number in self._links or not key[1]:
                    continue
                fault = self._faults[number]
                place = _place_of(fault.column, heading)
                found.setdefault(place, []).append(f"{fault.column}: {fault.reason}" if fault.column else fault.reason)
                self._links[number] = f"internal:'{sheet}'!{letters_of(place)}{row}"
        return found

    def list_on(self, sheet: Any) -> None:
        """Write the list, each fault with a link to its cell."""
        for place, (title, width) in enumerate(
            ((_("Sheet"), 18), (_("Row"), 22), (_("Column"), 28), (_("What to put right"), 90), ("", 8))
        ):
            sheet.set_column(place, place, width)
            sheet.write_string(0, place, title, self._bold)
        for number, fault in enumerate(self._faults):
            for place, text in enumerate((fault.sheet, fault.row, fault.column, fault.reason)):
                sheet.write_string(number + 1, place, text[:LONGEST_CELL])
            if number in self._links:
                sheet.write_url(number + 1, 4, self._links[number], string=_("Show"))


def _place_of(column: str, heading: Mapping[int, str]) -> int:
    """Return where a fault's column stands: by its name, by the list that it is a part of, or by its letters."""
    names = {unprotected(text): place for place, text in heading.items()}
    while column:
        if column in names:
            return names[column]
        if column.isascii() and column.isalpha() and column.isupper() and len(column) < 4:
            return next((place for place in range(16_384) if letters_of(place) == column), 0)
        column = column.rpartition(".")[0]
    return 0
