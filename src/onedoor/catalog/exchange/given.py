"""One item as a file gives it: typed values by column, and where each of them stands."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from onedoor.catalog.exchange import typed
from onedoor.catalog.exchange.cells import unprotected
from onedoor.catalog.exchange.columns import BY_ANY_NAME, BY_NAME, FEES, ON_THE_SPOT, TABLES, Column, RowColumn, columns_of_rows
from onedoor.catalog.exchange.faults import Faults
from onedoor.catalog.exchange.kinds import spelt_in

ROW_COLUMNS: dict[str, tuple[RowColumn, ...]] = {column.name: columns_of_rows(column.rows) for column in TABLES}
_FLAT = frozenset(table for table, columns in ROW_COLUMNS.items() if all(len(column.path) == 1 for column in columns))
"""The lists whose rows have no parts of their own."""
_PLACE = "form.fields"


@dataclass(slots=True)
class Given:
    """What a file says about an item. A column that it does not have is not among ``values``."""

    row: str
    code: str
    faults: Faults
    sheet: str = ""
    values: dict[str, Any] = field(default_factory=dict)
    fees: str | None = None
    has_guide: bool = False
    is_wrong: bool = False
    sheet_rows: dict[str, list[str]] = field(default_factory=dict)
    sheet_names: dict[str, str] = field(default_factory=dict)
    heading: Mapping[str, str] = field(default_factory=dict)
    heading_row: str = ""
    faulty: set[str] = field(default_factory=set)
    on_the_spot: set[str] = field(default_factory=set)

    def blame_missing(self, column: str, reason: str) -> None:
        """Tell once that a table has not the column that a new item needs."""
        self.is_wrong = True
        self.faults.blame_once(self.heading_row or self.row, column, reason, self.sheet)

    def blame(self, column: str, reason: str) -> None:
        """Tell what is wrong with the item's own row."""
        self.is_wrong = True
        self.faulty.add(column)
        self.faults.blame(self.row, self.heading.get(column, column), reason, self.sheet)

    def blame_part(self, table: str, number: int, part: str, reason: str) -> None:
        """Tell what is wrong with the nth entry (from 1) of a list, where the file has it: in a sheet of rows, or in a cell."""
        self.is_wrong = True
        rows = self.sheet_rows.get(table)
        if rows is not None and 0 < number <= len(rows):
            self.faults.blame(rows[number - 1], part, reason, self.sheet_names[table])
        elif table == _PLACE and number:
            self.faults.blame(self._row_of_parts, f"form.{self._key_of_field(number) or number}", reason, self.sheet)
        else:
            place = ".".join(each for each in (table, str(number) if number else "", part) if each)
            self.faults.blame(self._row_of_parts, place, reason, self.sheet)

    @property
    def _row_of_parts(self) -> str:
        return self.code if self.has_guide else self.row

    def _key_of_field(self, number: int) -> str:
        fields = self.values.get(_PLACE) or ()
        return getattr(fields[number - 1], "key", "") if number <= len(fields) else ""


def blame_table(given: Given, table: str, place: str, reason: str, raw: Any) -> None:
    """Tell a fault of a list in JSON: ``place`` is as ``typed`` gives it, ``raw`` is the list."""
    first, _dot, rest = place.partition(".")
    number = int(first) if first.isdecimal() else 0
    if table == _PLACE and number:
        entry = raw[number - 1] if isinstance(raw, list) and number <= len(raw) else None
        key = str(entry.get("key") or number)[:60] if isinstance(entry, dict) else str(number)
        given.is_wrong = True
        told = reason if not rest else f"{rest}: {reason}"
        given.faults.blame(given._row_of_parts, f"form.{key}", told, given.sheet)  # noqa: SLF001  its own module
    else:
        given.blame_part(table, number, rest, reason)


def from_cells(
    row: str, cells: Mapping[str, str], faults: Faults, *, sheet: str = "", heading: Mapping[str, str], heading_row: int = 1
) -> Given:
    """Return what a row of a table says; ``cells`` are by our names, ``heading`` tells the names of the file."""
    given = Given(row, unprotected(cells.get("code", "")), faults, sheet, heading=heading, heading_row=str(heading_row))
    for name, cell in cells.items():
        if name == FEES:
            given.fees = unprotected(cell)
            continue
        column = BY_NAME[name]
        if column.is_told:
            continue
        if not cell.strip():
            given.values[name] = None
            continue
        if column.rows is not None:
            _read_spelt(given, column, cell)
            continue
        if cell.strip() == ON_THE_SPOT:
            given.on_the_spot.add(name)
        try:
            given.values[name] = column.kind.value(cell)
        except ValueError as wrong:
            given.blame(name, str(wrong))
    return given


def _read_spelt(given: Given, column: Column, cell: str) -> None:
    try:
        spelt = spelt_in(cell)
    except ValueError as wrong:
        given.blame(column.name, str(wrong))
        return
    read_table(given, column.name, spelt)


def from_object(number: int, found: Mapping[str, Any], faults: Faults) -> Given:
    """Return what an object of JSON says; its faults are told by its code, or by its number where it has none."""
    code = found.get("code", found.get("local_task_code"))
    row = code if isinstance(code, str) and code else str(number)
    given = Given(row, code if isinstance(code, str) else "", faults)
    for name, value in found.items():
        column = BY_ANY_NAME.get(name)
        if column is None:
            given.blame(name[:60], _("This column is unknown. Is its name misspelt?"))
        elif column.is_told:
            continue
        elif column.rows is not None:
            read_table(given, column.name, value)
        elif value is None:
            given.values[column.name] = None
        else:
            try:
                given.values[column.name] = column.kind.checked(value)
            except ValueError as wrong:
                given.blame(column.name, str(wrong))
    return given


def read_table(given: Given, table: str, value: Any) -> None:
    """Take over a list of rows that came as JSON."""
    rows: Any = BY_NAME[table].rows
    spelt: Any = BY_NAME[table].kind
    given.values[table] = typed.typed_list(
        rows,
        [] if value is None else spelt.in_our_codes(value),
        lambda place, reason: blame_table(given, table, place, reason, value),
    )


def take_rows(given: Given, table: str, sheet: str, rows: list[tuple[str, dict[str, str]]]) -> None:
    """Take over the rows of a sheet that belong to the item."""
    given.sheet_rows[table] = [row for row, _cells in rows]
    given.sheet_names[table] = sheet
    kind, columns = BY_NAME[table].rows, ROW_COLUMNS[table]
    if len(rows) > typed.MOST_ROWS:
        words = {"n": typed.MOST_ROWS, "count": len(rows)}
        given.blame_part(table, 1, "", _("At most %(n)d entries; these are %(count)d.") % words)
        return
    given.values[table] = tuple(
        _row_record(given, table, number, kind, columns, cells) for number, (_row, cells) in enumerate(rows, start=1)
    )


def _row_record(given: Given, table: str, number: int, kind: Any, columns: tuple[RowColumn, ...], cells: Mapping[str, str]) -> Any:
    values: dict[tuple[str, ...], Any] = {}
    for column in columns:
        cell = cells.get(column.name)
        if cell is None:
            if column.default is dataclasses.MISSING:
                given.blame_part(table, number, column.name, _("This must not be empty."))
            continue
        try:
            values[column.path] = column.kind.value(cell)
        except ValueError as wrong:
            given.blame_part(table, number, column.name, str(wrong))
    if given.is_wrong:
        return None
    return kind(**{path[0]: value for path, value in values.items()}) if table in _FLAT else assembled(kind, values)


def assembled(kind: Any, values: Mapping[tuple[str, ...], Any], before: tuple[str, ...] = ()) -> Any:
    """Return a dataclass made of the values of its leaves; what is not among them has its default."""
    found = {}
    for name, hint, _may_be_left_out in typed.parts_of(kind):
        path = (*before, name)
        if typed.is_record(hint):
            found[name] = assembled(hint, values, path)
        elif path in values:
            found[name] = values[path]
    return kind(**found)
