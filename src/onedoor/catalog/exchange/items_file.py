"""A file of items, whatever its format, read item by item with every fault told."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from typing import IO, Any

from django.utils.translation import gettext as _

from onedoor.catalog.exchange import csv_reading, guides, json_reading, sources
from onedoor.catalog.exchange.cells import unprotected
from onedoor.catalog.exchange.columns import BY_ANY_NAME, BY_NAME, FEES, OWNER, TABLES
from onedoor.catalog.exchange.faults import Faults, Unreadable
from onedoor.catalog.exchange.given import ROW_COLUMNS, Given, from_cells, from_object, take_rows
from onedoor.catalog.exchange.scratch import Scratch
from onedoor.catalog.exchange.xlsx_parts import DAMAGED, Parts, Sheet
from onedoor.catalog.exchange.xlsx_reading import Row, SheetReader, letters_of

ITEMS = "items"
FAULTS = "faults"
MOST_ITEMS = 100_000
GUIDES = "guides"
_SHEETS = {name: column.name for column in TABLES for name in (column.exchange, column.name)}


@dataclass(slots=True)
class _Found:
    """A row of a sheet: its cells by our names, the names of the file, and whether something in it is no cell of a table."""

    number: int
    cells: dict[str, str]
    heading: dict[str, str]
    heading_row: int
    is_odd: bool


class ItemsFile:
    """Items as they are read; ``share`` says how much of the file is behind, from 0 to 1."""

    def __init__(self, stream: IO[bytes], faults: Faults, *, name: str = "", guides: IO[bytes] | None = None) -> None:
        self._stream, self._guides, self._name, self._faults = stream, guides, name, faults
        self._share: Callable[[], float] = lambda: 0.0
        self._items_shown = ""  # how the sheet of items is named in faults: not at all where it is the only one

    @property
    def share(self) -> float:
        return min(1.0, self._share())

    def __iter__(self) -> Iterator[Given]:
        """Yield the items that have a code of their own; what is wrong with the file is told and ends the reading."""
        scratch = Scratch()
        try:
            yield from self._checked(scratch)
        except Unreadable as end:
            self._faults.blame(end.row, end.column, end.reason, end.sheet)
        except DAMAGED:
            self._faults.blame("", "", _("This file is damaged. Open it, save it again and hand in the new one."))
        finally:
            scratch.close()

    def _checked(self, scratch: Scratch) -> Iterator[Given]:
        kind = sources.format_of(self._stream, self._name)
        if self._guides is not None:
            self._keep_guides(self._guides, scratch)
        for count, given in enumerate(self._read(kind, scratch), start=1):
            if count > MOST_ITEMS:
                raise Unreadable(_("The file has more than %(n)d items. Split it into several files.") % {"n": MOST_ITEMS})
            earlier = scratch.first_seen(given.code, given.row)
            if earlier is not None:
                words = {"code": given.code, "row": earlier}
                given.blame("code", _("%(code)s already stands in row %(row)s.") % words)
                continue
            if self._guides is not None:
                for _sheet, _row, guide in scratch.parts_of(given.code):
                    guides.take_guide(given, guide)
            yield given
        for code, sheet, row in scratch.ownerless():
            if self._guides is not None:
                reason = _("There is a guide for %(code)s, but the table has no such item.") % {"code": code}
            else:
                reason = _("There is no item %(code)s in the sheet of items.") % {"code": code}
            self._faults.blame(
                row, "code" if self._guides is not None else OWNER, reason, "" if self._guides is not None else sheet
            )
        if not scratch.has_seen_any() and not self._faults:
            self._faults.blame(1, "", _("The file has a heading but no items."))

    def _read(self, kind: str, scratch: Scratch) -> Iterator[Given]:
        if kind == "xlsx":
            yield from self._read_xlsx(scratch)
            return
        size = max(1, self._stream.seek(0, 2))
        self._stream.seek(0)
        self._share = lambda: self._stream.tell() / size
        if kind == "json":
            for number, found in enumerate(json_reading.objects(self._stream), start=1):
                yield from_object(number, found, self._faults)
        else:
            yield from self._read_csv()

    def _read_csv(self) -> Iterator[Given]:
        lines = csv_reading.rows(self._stream)
        _number, heading = next(lines, (1, []))
        columns = self._columns([name.strip() for name in heading], 1, "")
        if columns is None:
            return
        names = {ours: heading[place].strip() for place, ours in columns.items()}
        for number, cells in lines:
            if len(cells) != len(heading):
                words = {"count": len(cells), "n": len(heading)}
                reason = _("The row has %(count)d cells, the heading %(n)d. Is a comma not in quotes?") % words
                self._faults.blame(number, "", reason)
                continue
            yield from_cells(str(number), {ours: cells[place] for place, ours in columns.items()}, self._faults, heading=names)

    def _columns(self, heading: list[str], row: int, sheet: str, table: str = "", *, gaps: bool = False) -> dict[int, str] | None:
        """Return which of our columns stands where in a heading, or None after its faults were told."""
        known: Mapping[str, Any] = _names_of(table)
        found: dict[int, str] = {}
        is_wrong = False
        for place, given in enumerate(heading):
            name = unprotected(given)
            if not name and gaps:
                continue
            ours = known.get(name)
            if ours is None:
                self._faults.blame(row, name[:60], _("This column is unknown. Is its name misspelt?"), sheet)
                is_wrong = True
            elif ours in found.values():
                self._faults.blame(row, name, _("This column is there twice."), sheet)
                is_wrong = True
            else:
                found[place] = ours
        key = OWNER if table else "code"
        if key not in found.values():
            self._faults.blame(row, key, _("This column is missing."), sheet)
            is_wrong = True
        return None if is_wrong else found

    def _keep_guides(self, guides: IO[bytes], scratch: Scratch) -> None:
        is_list = _("The guides must be a list of objects, each with its code.")
        try:
            kind = sources.format_of(guides)
            for guide in json_reading.objects(guides) if kind == "json" else [{}]:
                code = guide.get("code")
                if not isinstance(code, str):
                    self._faults.blame(GUIDES, "", is_list)
                    return
                if next(scratch.parts_of(code), None) is not None:
                    self._faults.blame(code, "code", _("There are two guides with this code."))
                else:
                    scratch.keep(code, GUIDES, code, guide)
        except Unreadable as end:
            raise Unreadable(end.reason, GUIDES) from end

    def _read_xlsx(self, scratch: Scratch) -> Iterator[Given]:
        self._stream.seek(0)
        with zipfile.ZipFile(self._stream) as package, closing(Parts(package)) as parts:
            items, tables = self._chosen(parts)
            readers = [SheetReader(parts, sheet) for sheet in (*tables.values(), items)]
            size = max(1, sum(reader.size for reader in readers))
            self._share = lambda: sum(reader.read for reader in readers) / size
            for table, reader in zip(tables, readers, strict=False):
                for found in self._rows_of(reader, table):
                    code = unprotected(found.cells.pop(OWNER, ""))
                    scratch.keep(code, table, found.number, (found.cells, found.is_odd))
            has_broken_sheet = self._faults.count > 0  # rows of it may be missing: what they would say cannot be judged
            self._items_shown = items.name if tables else ""
            for found in self._rows_of(readers[-1], ""):
                row = str(found.number)
                given = from_cells(
                    row, found.cells, self._faults, sheet=self._items_shown, heading=found.heading, heading_row=found.heading_row
                )
                given.is_wrong |= found.is_odd or has_broken_sheet
                self._take_sheets(given, scratch, tables)
                yield given

    def _take_sheets(self, given: Given, scratch: Scratch, tables: Mapping[str, Sheet]) -> None:
        found: dict[str, list[tuple[str, dict[str, str]]]] = {table: [] for table in tables}
        for table, row, value in scratch.parts_of(given.code):
            cells, is_odd = value
            found[table].append((row, cells))
            given.is_wrong |= is_odd
        for table, rows in found.items():
            take_rows(given, table, tables[table].name, rows)

    def _chosen(self, parts: Parts) -> tuple[Sheet, dict[str, Sheet]]:
        """Return the sheet of the items and the sheets of their rows."""
        visible = [sheet for sheet in parts.sheets if not sheet.is_hidden]
        by_name = {sheet.name.strip().lower(): sheet for sheet in parts.sheets}
        ours = {name: sheet for name, sheet in by_name.items() if name == ITEMS or name in _SHEETS}
        for sheet in ours.values():
            if sheet.is_hidden:
                raise Unreadable(_("This sheet is hidden. Show it and check what it says, or delete it."), sheet=sheet.name)
        if not visible:
            raise Unreadable(_("The workbook has no sheet."))
        items = ours.get(ITEMS) or next((sheet for sheet in visible if sheet not in ours.values()), visible[0])
        for sheet in visible:
            if (
                sheet is not items
                and sheet not in ours.values()
                and sheet.name.lower() != FAULTS
                and _holds_something(parts, sheet)
            ):
                self._faults.blame(
                    "", "", _("This sheet is unknown. Is its name misspelt? Delete it if it is only a note."), sheet.name
                )
        return items, {_SHEETS[name]: sheet for name, sheet in ours.items() if name != ITEMS and sheet is not items}

    def _rows_of(self, reader: SheetReader, table: str) -> Iterator[_Found]:
        """Yield the rows below the heading of a sheet."""
        sheet = reader.sheet.name if table else self._items_shown
        rows = reader.rows()
        first = next(rows, None)
        if first is None:
            if not table:
                raise Unreadable(_("The sheet is empty."), sheet=sheet)
            return
        heading = [first.cells.get(place, "") for place in range(max(first.cells, default=0) + 1)]
        self._blame_odd_cells(first, dict(enumerate(heading)), sheet)
        columns = self._columns(heading, first.number, sheet, table, gaps=True)
        if columns is None:
            return
        shown = {place: heading[place].strip() for place in columns}
        names = {ours: shown[place] for place, ours in columns.items()}
        for place, name in shown.items():
            if reader.is_hidden_column(place):
                self._faults.blame(first.number, name, _("This column is hidden. Show it and check what it says."), sheet)
        for row in rows:
            is_odd = self._blame_odd_cells(row, shown, sheet)
            if table:  # an empty cell of a row of papers, steps … is as good as none
                cells = {columns[place]: text for place, text in row.cells.items() if place in columns}
            else:
                cells = {ours: row.cells.get(place, "") for place, ours in columns.items()}
            yield _Found(row.number, cells, names, first.number, is_odd)
        for each in reader.merged:
            reason = _("The cells %(cells)s are merged. Part them, and fill in each of them.") % {"cells": each.reference}
            self._faults.blame(each.row, shown.get(each.column, letters_of(each.column)), reason, sheet)

    def _blame_odd_cells(self, row: Row, shown: Mapping[int, str], sheet: str) -> bool:
        """Tell what no cell of a table may be; return whether the row cannot be used for it."""
        before = self._faults.count
        for place in row.formulas:
            reason = _("This cell holds a formula. Copy the cells and paste them as values.")
            self._faults.blame(row.number, shown.get(place) or letters_of(place), reason, sheet)
        for place in row.errors:
            reason = _("This cell holds an error: %(value)s") % {"value": row.cells.get(place, "")}
            self._faults.blame(row.number, shown.get(place) or letters_of(place), reason, sheet)
        for place in row.cells:
            if place not in shown:
                self._faults.blame(row.number, letters_of(place), _("This column has no heading."), sheet)
        if row.is_hidden:
            self._faults.blame(row.number, "", _("This row is hidden. Show it and check what it says, or delete it."), sheet)
        return self._faults.count > before


def _names_of(table: str) -> dict[str, str]:
    """Return our name for each name that a column may have, in a table of items or of their rows."""
    if not table:
        return {name: column.name for name, column in BY_ANY_NAME.items()} | {FEES: FEES}
    return {column.name: column.name for column in ROW_COLUMNS[table]} | {OWNER: OWNER, BY_NAME["code"].exchange: OWNER}


def _holds_something(parts: Parts, sheet: Sheet) -> bool:
    return next(SheetReader(parts, sheet).rows(), None) is not None
