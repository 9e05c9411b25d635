"""Reads item tables and guides as they come from departments, and says for each row and column what is wrong. No database."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from onedoor.catalog import defaults, guide_reading
from onedoor.catalog.content import Content, Fee, Phones, Remedies, Result
from onedoor.catalog.topics import BOARD_OF_WORD, topics_of

COLUMNS = (
    "code name name_en plain_name dept item_type catalogue board module case_kind legal_limit legal_unit promise_limit "  # noqa: SIM905
    "promise_unit objects channels visit_count levels status result_name fee_fen_summary keywords".split()
)
UNITS = {
    "工作日": "working-days",
    "日": "natural-days",
    "自然日": "natural-days",
    "即时": "working-days",
    "月": "months",
    "年": "years",
    "小时": "hours",
}
ITEM_TYPES = {"01", "05", "07", "08", "09", "10", "20", "21", "22"}
STATUSES = ("published", "suspended", "cancelled", "handed_down")
LEVELS = ("city", "county", "township", "village")
LONGEST_LIMIT = 3650
_CODE = re.compile(r"(\d{6})-([A-Z]{2}\d?)-(\d{2})-(\d{4})")
_FEE = re.compile(r"(?P<name>[^=]+)=(?P<fen>\d{1,12})(?P<more>起)?(?:/(?P<unit>.+))?")


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong, with its place: the row as a spreadsheet counts it (the heading is row 1), or an item's code."""

    row: str
    column: str
    reason: str


@dataclass(frozen=True, slots=True)
class Parsed:
    """An item of the table with its guide, checked and converted."""

    code: str
    name: str
    name_en: str
    item_type: str
    department_code: str
    board: str
    topics: list[str]
    status: str
    case_kind: str
    legal_length: int
    legal_unit: str
    promise_length: int
    promise_unit: str
    levels: list[str]
    accepts_online: bool
    is_complete: bool
    content: Content


@dataclass(slots=True)
class Reading:
    """What was read and what was wrong with it."""

    items: list[Parsed] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)

    def blame(self, row: object, column: str, reason: str) -> None:
        self.faults.append(Fault(str(row), column, reason))


def read(items: bytes, guides: bytes | None = None) -> Reading:
    """Return the items of a table, with their full guides where there are some."""
    reading = Reading()
    full = _guides_by_code(guides, reading) if guides is not None else {}
    seen: dict[str, int] = {}
    for number, row in _rows(items, reading):
        code = row["code"]
        if code in seen:
            reading.blame(number, "code", _("%(code)s already stands in row %(row)d.") % {"code": code, "row": seen[code]})
            continue
        seen[code] = number
        parsed = _RowReader(number, row, full.pop(code, None), reading).parse()
        if parsed is not None:
            reading.items.append(parsed)
    for code in full:
        reading.blame(code, "code", _("There is a guide for %(code)s, but the table has no such item.") % {"code": code})
    if not seen and not reading.faults:
        reading.blame(1, "", _("The file has a heading but no items."))
    return reading


def decoded(data: bytes) -> str | None:
    """Return the text of a file in UTF-8 (with or without mark) or GB 18030, None when it is neither."""
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    return None


def _rows(data: bytes, reading: Reading) -> Iterator[tuple[int, dict[str, str]]]:
    text = decoded(data)
    if text is None or "\x00" in text:
        reading.blame(1, "", _("This is no text file. Save the table as CSV in UTF-8 or GB 18030."))
        return
    lines = csv.reader(io.StringIO(text), strict=True)
    try:
        heading = [name.strip() for name in next(lines, [])]
        if not _heading_is_right(heading, reading):
            return
        for number, cells in enumerate(lines, start=2):
            if not any(cell.strip() for cell in cells):
                continue
            if len(cells) != len(heading):
                words = {"count": len(cells), "n": len(heading)}
                reading.blame(number, "", _("The row has %(count)d cells, the heading %(n)d. Is a comma not in quotes?") % words)
                continue
            yield number, {name: cell.strip() for name, cell in zip(heading, cells, strict=True)}
    except csv.Error as error:
        reading.blame(lines.line_num, "", _("The table cannot be read from here on: %(reason)s") % {"reason": error})


def _heading_is_right(heading: list[str], reading: Reading) -> bool:
    missing = [name for name in COLUMNS if name not in heading]
    unknown = [name for name in heading if name not in COLUMNS]
    for name in missing:
        reading.blame(1, name, _("This column is missing."))
    for name in unknown:
        reading.blame(1, name, _("This column is unknown. Is its name misspelt?"))
    for name in {name for name in heading if heading.count(name) > 1}:
        reading.blame(1, name, _("This column is there twice."))
    return not missing and not unknown and len(set(heading)) == len(heading)


def _guides_by_code(data: bytes, reading: Reading) -> dict[str, Mapping[str, Any]]:
    text = decoded(data)
    try:
        guides = json.loads(text or "")
    except ValueError as error:
        reading.blame("guides", "", _("The guides are no JSON: %(reason)s") % {"reason": error})
        return {}
    if not isinstance(guides, list) or not all(isinstance(each, dict) and isinstance(each.get("code"), str) for each in guides):
        reading.blame("guides", "", _("The guides must be a list of objects, each with its code."))
        return {}
    found: dict[str, Mapping[str, Any]] = {}
    for guide in guides:
        if guide["code"] in found:
            reading.blame(guide["code"], "code", _("There are two guides with this code."))
        found[guide["code"]] = guide
    return found


@dataclass(slots=True)
class _RowReader:
    """Reads one row; every fault of the row is reported, not only the first."""

    number: int
    row: dict[str, str]
    guide: Mapping[str, Any] | None
    reading: Reading
    is_wrong: bool = False

    def parse(self) -> Parsed | None:
        row = self.row
        self._check_code()
        name = self._text("name", 200)
        self._one_of("item_type", ITEM_TYPES)
        self._one_of("case_kind", {"1", "2"})
        status = self._one_of("status", STATUSES)
        board = self._one_of("board", BOARD_OF_WORD)
        legal, legal_unit = self._limit("legal")
        promise, promise_unit = self._limit("promise")
        self._check_limits(legal, legal_unit, promise, promise_unit)
        levels = self._several("levels", LEVELS)
        channels = self._several("channels", "12349")
        objects = self._several("objects", "123456")
        text = self._content(name, objects, channels, promise, promise_unit)
        if self.is_wrong or text is None:
            return None
        return Parsed(
            code=row["code"],
            name=name,
            name_en=row["name_en"][:300],
            item_type=row["item_type"],
            department_code=row["dept"],
            board=BOARD_OF_WORD[board],
            topics=topics_of(name, row["plain_name"], row["dept"], row["module"], BOARD_OF_WORD[board]),
            status=status,
            case_kind=row["case_kind"],
            legal_length=legal,
            legal_unit=legal_unit,
            promise_length=promise,
            promise_unit=promise_unit,
            levels=levels,
            accepts_online=bool({"2", "3"} & set(channels)),
            is_complete=self.guide is not None,
            content=text,
        )

    def blame(self, column: str, reason: str) -> None:
        self.is_wrong = True
        self.reading.blame(self.number, column, reason)

    def _check_code(self) -> None:
        found = _CODE.fullmatch(self.row["code"])
        if found is None:
            self.blame("code", _("A code looks like 130300-FG-10-0001; this is “%(value)s”.") % {"value": self.row["code"]})
            return
        if found[2] != self.row["dept"]:
            self.blame("dept", _("The code names department %(a)s, this column %(b)s.") % {"a": found[2], "b": self.row["dept"]})
        if found[3] != self.row["item_type"]:
            self.blame(
                "item_type", _("The code names type %(a)s, this column %(b)s.") % {"a": found[3], "b": self.row["item_type"]}
            )

    def _text(self, column: str, longest: int) -> str:
        value = self.row[column]
        if not value:
            self.blame(column, _("This must not be empty."))
        elif len(value) > longest:
            self.blame(column, _("At most %(n)d characters; these are %(count)d.") % {"n": longest, "count": len(value)})
        return value

    def _one_of(self, column: str, known: Any) -> str:
        value = self.row[column]
        if value not in known:
            words = {"value": value, "known": "、".join(sorted(known))}
            self.blame(column, _("“%(value)s” is unknown. Known are: %(known)s") % words)
        return value

    def _several(self, column: str, known: Any) -> list[str]:
        values = [each.strip() for each in self.row[column].split(";") if each.strip()]
        unknown = [each for each in values if each not in known]
        if not values:
            self.blame(column, _("This must not be empty."))
        if unknown:
            words = {"value": unknown[0], "known": "、".join(known)}
            self.blame(column, _("“%(value)s” is unknown. Known are: %(known)s") % words)
        return list(dict.fromkeys(values))

    def _whole(self, column: str, most: int) -> int:
        value = self.row[column]
        if not re.fullmatch(r"[0-9]{1,6}", value) or int(value) > most:
            self.blame(column, _("This must be a whole number from 0 to %(n)d; it is “%(value)s”.") % {"n": most, "value": value})
            return 0
        return int(value)

    def _limit(self, kind: str) -> tuple[int, str]:
        length = self._whole(f"{kind}_limit", LONGEST_LIMIT)
        word = self.row[f"{kind}_unit"]
        if word not in UNITS:
            self.blame(
                f"{kind}_unit", _("“%(value)s” is unknown. Known are: %(known)s") % {"value": word, "known": "、".join(UNITS)}
            )
            return length, "working-days"
        if (word == "即时") != (length == 0):
            self.blame(f"{kind}_unit", _("The unit 即时 goes with the number 0, and 0 with 即时."))
        return length, UNITS[word]

    def _check_limits(self, legal: int, legal_unit: str, promise: int, promise_unit: str) -> None:
        if legal_unit == promise_unit and legal and promise > legal:
            self.blame(
                "promise_limit", _("The promise (%(p)d) is longer than the law allows (%(l)d).") % {"p": promise, "l": legal}
            )
        if (self.row["case_kind"] == "1") != (promise == 0):
            self.blame("case_kind", _("On the spot (1) means a promise of 0, and a promise of 0 means on the spot."))

    def _fees(self) -> tuple[Fee, ...]:
        fees = []
        for part in (each.strip() for each in self.row["fee_fen_summary"].split(";")):
            found = _FEE.fullmatch(part)
            if found:
                fees.append(Fee(found["name"], int(found["fen"]), found["unit"] or "", text="起" if found["more"] else ""))
            elif "=" in part:
                self.blame("fee_fen_summary", _("“%(value)s” should be name=fen, as in 换领=2000.") % {"value": part})
            elif part not in ("0", ""):
                fees.append(Fee(part, text=part))
        return tuple(fees)

    def _content(self, name: str, objects: list[str], channels: list[str], promise: int, unit: str) -> Content | None:
        row = self.row
        common: dict[str, Any] = {
            "plain_name": row["plain_name"],
            "keywords": tuple(each.strip() for each in row["keywords"].split(";") if each.strip()),
            "board": BOARD_OF_WORD.get(row["board"], ""),
            "module": row["module"],
            "catalogue": row["catalogue"],
            "objects": tuple(objects),
            "channels": tuple(channels),
            "visit_count": self._whole("visit_count", 9),
            "fees": self._fees(),
        }
        if self.guide is None:
            return Content(
                **common,
                steps=defaults.default_steps(promise, unit),
                form=defaults.default_form(tuple(objects)),
                materials=defaults.default_materials(tuple(objects)),
                result=Result(row["result_name"]),
                phones=Phones(),
                remedies=Remedies(),
            )
        found = guide_reading.read_guide(self.guide, common, promise=promise, promise_unit=unit, case_kind=row["case_kind"])
        for fault in found.faults:
            self.is_wrong = True
            self.reading.blame(row["code"], fault.place, fault.reason)
        if self.guide.get("name") not in (None, name):
            self.is_wrong = True
            self.reading.blame(row["code"], "name", _("The guide calls the item “%(name)s”.") % {"name": self.guide["name"]})
        return found.content
