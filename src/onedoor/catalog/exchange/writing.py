"""Items as files: sorted as they come, the same bytes for the same catalogue, every element of the record in them."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterable
from dataclasses import MISSING
from typing import IO, Any

from django.utils.translation import gettext_lazy as _

from onedoor.catalog.exchange.books import new_book
from onedoor.catalog.exchange.cells import MARK, is_too_long
from onedoor.catalog.exchange.columns import ON_THE_SPOT, OWNER, TABLES, Column, columns_of
from onedoor.catalog.exchange.given import ROW_COLUMNS
from onedoor.catalog.exchange.items_file import ITEMS
from onedoor.catalog.exchange.kinds import Profile
from onedoor.catalog.exchange.records import ItemRecord
from onedoor.kernel.errors import Refused

Writer = Callable[[Iterable[ItemRecord], IO[bytes], Profile], None]
_EXACT = 10**15


class TooLongForCell(Refused):
    """A text is longer than a cell of a workbook can be."""

    code = "too_long_for_cell"
    http_status = 422
    default = _("A text is longer than a cell of a workbook can be. Take the catalogue out as CSV or JSON.")


def write_csv(records: Iterable[ItemRecord], out: IO[bytes], profile: Profile) -> None:
    """Write a table in UTF-8 with mark, as spreadsheets expect it; lists of rows stand in their cells as JSON."""
    lines = io.TextIOWrapper(out, encoding="utf-8-sig", newline="", write_through=True)
    try:
        table = csv.writer(lines, lineterminator="\n")
        columns = columns_of(profile)
        table.writerow([column.named(profile) for column in columns])
        for record in records:
            table.writerow([_cell(record, column, profile) for column in columns])
    finally:
        lines.detach()


def write_json(records: Iterable[ItemRecord], out: IO[bytes], profile: Profile) -> None:
    """Write a list of objects, an element a line, so that two of them can be compared line by line."""
    between = "[\n"
    for record in records:
        said = {column.named(profile): _plain(record, column, profile) for column in columns_of(profile)}
        out.write((between + json.dumps(said, ensure_ascii=False, indent=1)).encode())
        between = ",\n"
    out.write(b"[]\n" if between == "[\n" else b"\n]\n")


def write_xlsx(records: Iterable[ItemRecord], out: IO[bytes], profile: Profile) -> None:
    """Write a workbook: a sheet of items, and a sheet for each list of rows (papers, steps, questions …), by the item's code."""
    with new_book(out) as book:
        heads = book.add_format({"bold": True, "bg_color": "#EAF1F8", "num_format": "@"})
        as_text = book.add_format({"num_format": "@"})
        items = [column for column in columns_of(profile) if column.rows is None]
        owner = items[0].exchange if profile is Profile.EXCHANGE else OWNER
        sheets = [_Sheet(book.add_worksheet(ITEMS), [column.named(profile) for column in items], heads, as_text)]
        for table in TABLES:
            names = [owner, *(column.name for column in ROW_COLUMNS[table.name])]
            sheets.append(_Sheet(book.add_worksheet(table.named(profile)), names, heads, as_text))
        for record in records:
            sheets[0].add([_cell(record, column, profile) for column in items])
            for table, sheet in zip(TABLES, sheets[1:], strict=True):
                for row in record.value_of(table):
                    sheet.add([record.code, *_cells_of_row(row, table, profile)])


WRITERS: dict[str, Writer] = {"csv": write_csv, "json": write_json, "xlsx": write_xlsx}


def _cell(record: ItemRecord, column: Column, profile: Profile) -> str | int:
    value = record.value_of(column)
    if column.name in ("legal_unit", "promise_unit") and profile is Profile.OWN and value == "working-days":
        limit = record.legal_limit if column.name == "legal_unit" else record.promise_limit
        return column.kind.cell(value, profile) if limit else ON_THE_SPOT
    return _cell_of(column.kind, value, column.default, profile)


def _cells_of_row(row: Any, table: Column, profile: Profile) -> Iterable[str | int]:
    for column in ROW_COLUMNS[table.name]:
        value = row
        for part in column.path:
            value = getattr(value, part)
        yield _cell_of(column.kind, value, column.default, profile)


def _cell_of(kind: Any, value: Any, default: Any, profile: Profile) -> str | int:
    """Return a cell; an empty text where nothing said means something else is marked, because an empty cell says the default."""
    if value == "" and default != "":
        return MARK
    cell: str | int = kind.cell(value, profile)
    return "[]" if cell == "" and default is MISSING else cell  # what has no default must not be empty


def _plain(record: ItemRecord, column: Column, profile: Profile) -> Any:
    value = record.value_of(column)
    return None if value is None else column.kind.plain(value, profile)


class _Sheet:
    """A sheet that is written row after row; columns are text, so that no spreadsheet makes a number of a code."""

    def __init__(self, sheet: Any, names: list[str], heads: Any, as_text: Any) -> None:
        self._sheet, self._row = sheet, 0
        sheet.freeze_panes(1, 1)
        sheet.set_column(0, 0, 22, as_text)
        if len(names) > 1:
            sheet.set_column(1, len(names) - 1, 18, as_text)
        self._as_text = as_text
        for place, name in enumerate(names):
            sheet.write_string(0, place, name, heads)

    def add(self, cells: Iterable[str | int]) -> None:
        self._row += 1
        for place, cell in enumerate(cells):
            if isinstance(cell, int) and abs(cell) < _EXACT:
                self._sheet.write_number(self._row, place, cell)
            elif cell != "":
                text = str(cell)
                if is_too_long(text):
                    raise TooLongForCell
                self._sheet.write_string(self._row, place, text, self._as_text)
