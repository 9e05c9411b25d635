"""Sheets of a workbook, row by row: what Excel, WPS and LibreOffice write, in memory that does not grow with the file.

A formula is refused, because what it shows depends on who opens the file; so are merged cells, hidden rows and hidden columns that
hold something, because whoever checked the table has not seen what they say. Real dates read as ``2026-11-24``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import lru_cache

from onedoor.catalog.exchange.xlsx_parts import LONGEST_TEXT, Parts, Plain, Sheet, parse, unescaped, whole

_REFERENCE = re.compile(r"([A-Za-z]{1,3})([0-9]{1,7})")
_WHOLE = re.compile(r"-?[0-9]{1,15}")
MOST_COLUMNS = 16_384
_TEXTS = frozenset({"v", "t"})
_EPOCH, _EPOCH_1904 = datetime(1899, 12, 30), datetime(1904, 1, 1)  # noqa: DTZ001  a date of a table has no zone


@dataclass(slots=True)
class Row:
    """A row with something in it: texts by column (0 is A), and the columns that hold formulas or errors."""

    number: int
    is_hidden: bool
    cells: dict[int, str] = field(default_factory=dict)
    formulas: list[int] = field(default_factory=list)
    errors: list[int] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Merged:
    row: int
    column: int
    reference: str


class SheetReader:
    """Reads one sheet. What stands before or after the rows is known once they are read: ``merged``, ``is_hidden_column``."""

    def __init__(self, parts: Parts, sheet: Sheet) -> None:
        self.sheet = sheet
        self.size = parts.size(sheet.part)
        self.read = 0
        self.merged: list[Merged] = []
        self._hidden: list[tuple[int, int]] = []
        self._parts = parts
        self._ready: list[Row] = []
        self._row: Row | None = None
        self._number, self._is_hidden = 0, False
        self._column = -1
        self._type = ""
        self._style = "0"
        self._has_formula = False
        self._takes = False
        self._text = ""
        self._phonetic = 0
        self._plain = Plain()

    def rows(self) -> Iterator[Row]:
        """Yield the rows that hold something."""
        with self._parts.open(self.sheet.part) as stream:
            for count in parse(stream, self._start, self._end, self._data):
                self.read += count
                yield from self._ready
                self._ready.clear()

    def is_hidden_column(self, column: int) -> bool:
        return any(first <= column + 1 <= last for first, last in self._hidden)

    def _start(self, name: str, given: Mapping[str, str]) -> None:
        plain = self._plain[name]
        if plain == "c":
            reference = given.get("r")
            self._column = self._column + 1 if reference is None else _column(reference.rstrip("0123456789"))
            self._type, self._style = given.get("t", "n"), given.get("s", "0")
            self._has_formula = False
            if self._text:
                self._text = ""
        elif plain in _TEXTS:
            self._takes = self._phonetic == 0
        elif plain == "row":
            self._number = whole(given.get("r", ""), self._number + 1)
            self._is_hidden = given.get("hidden") in ("1", "true")
            self._row = None
            self._column = -1
        elif plain == "f":
            self._has_formula = True
        elif plain == "rPh":
            self._phonetic += 1
        elif plain == "col" and given.get("hidden") in ("1", "true"):
            self._hidden.append((whole(given.get("min", ""), 0), whole(given.get("max", ""), 0)))
        elif plain == "mergeCell":
            place = _place(given.get("ref", ""))
            if place and len(self.merged) < MOST_COLUMNS:
                self.merged.append(Merged(*place, given["ref"]))

    def _end(self, name: str) -> None:
        plain = self._plain[name]
        if plain in _TEXTS:
            self._takes = False
        elif plain == "c":
            if self._has_formula and self._column < MOST_COLUMNS:
                self._filled_row().formulas.append(self._column)
            elif self._text:
                self._end_cell()
        elif plain == "row":
            if self._row is not None:
                self._ready.append(self._row)
        elif plain == "rPh":
            self._phonetic -= 1

    def _data(self, text: str) -> None:
        if self._takes and len(self._text) < LONGEST_TEXT:
            self._text += text

    def _end_cell(self) -> None:
        if self._column >= MOST_COLUMNS:
            return
        text = self._value(self._text)
        if self._type == "e":
            self._filled_row().errors.append(self._column)
        if text and not text.isspace():
            self._filled_row().cells[self._column] = text

    def _filled_row(self) -> Row:
        if self._row is None:
            self._row = Row(self._number, self._is_hidden)
        return self._row

    def _value(self, text: str) -> str:
        if self._type == "s":
            return self._parts.texts[whole(text.strip(), -1)]
        if self._type in ("inlineStr", "str"):
            return unescaped(text)
        if self._type == "d":
            return text.removesuffix("T00:00:00").removesuffix("T00:00:00.000")
        if self._type == "n":
            return self._of_number(text.strip())
        return text

    def _of_number(self, text: str) -> str:
        try:
            number = float(text)
        except ValueError:
            return text
        if self._style in self._parts.dates and 0 <= number < 2_958_466:
            return self._of_date(number)
        if _WHOLE.fullmatch(text):
            return text
        return str(int(number)) if number.is_integer() and abs(number) < 1e15 else repr(number)

    def _of_date(self, days: float) -> str:
        moment = (_EPOCH_1904 if self._parts.starts_1904 else _EPOCH) + timedelta(seconds=round(days * 86_400))
        if moment.time() == datetime.min.time():
            return moment.date().isoformat()
        return moment.isoformat(" ", "minutes" if not moment.second else "seconds")


@lru_cache(MOST_COLUMNS)
def _column(letters: str) -> int:
    """Return the number of a column (A is 0); what is no column lies beyond all of them."""
    column = 0
    for letter in letters.upper():
        column = column * 26 + ord(letter) - 64
    return column - 1 if letters.isascii() and letters.isalpha() and len(letters) < 4 else MOST_COLUMNS


def _place(reference: str) -> tuple[int, int] | None:
    """Return row (from 1) and column (from 0) of ``B7`` or of the beginning of ``B7:C9``."""
    found = _REFERENCE.match(reference)
    if found is None:
        return None
    return int(found[2]), _column(found[1])


def letters_of(column: int) -> str:
    """Return the letters of a column (0 is A)."""
    text = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        text = chr(65 + rest) + text
    return text
