"""Reading the State Council's yearly notice on holidays as it is really written.

``一、元旦：1月1日（周四）至3日（周六）放假调休，共3天。1月4日（周日）上班。``
Everything that can be checked is: weekdays against dates, the number of days, make-up days against the week, festivals against the
law. What cannot be read is refused with its line.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import zip_longest

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from onedoor.kernel.errors import Invalid, Text
from onedoor.workdays.calendars import FIRST_YEAR, LAST_YEAR, DayKind, SpecialDay

FESTIVALS = ("元旦", "春节", "清明节", "劳动节", "端午节", "中秋节", "国庆节")
ALWAYS_OFF = {"元旦": (1, 1), "劳动节": (5, 1), "国庆节": (10, 1)}
LONGEST_BREAK_DAYS = 12

_HEADING = re.compile(r"[一二三四五六七八九十]+、([^:、]{2,6}(?:、[^:、]{2,6})*):")
_YEAR = re.compile(r"(\d{4})年(?:部分)?(?:节假日|元旦|[^。\d]{0,10}放假)")
_WEEKDAYS = "一二三四五六日天"
_DATE = r"(?:(?P<{0}y>\d{{4}})年)?(?:(?P<{0}m>\d{{1,2}})月)?(?P<{0}d>\d{{1,2}})日(?:\((?P<{0}w>[^)]*)\))?"
_SPAN = re.compile(f"{_DATE.format('a')}(?:(?:至|到|-|—|–|~){_DATE.format('b')})?")
_COUNT = re.compile(r"(?:共|放假)(\d{1,2})天")
_CLOSING = re.compile("节假日期间|国务院办公厅")  # what follows the last festival, on a line of its own or not
_WEEKDAY = re.compile(r"(?:周|星期)([一二三四五六日天])")


class UnreadableNotice(Invalid):
    """The notice cannot be taken as it stands; ``line`` is the sentence that shows why."""

    code = "unreadable_notice"

    def __init__(self, why: Text, line: str = "") -> None:
        message = format_lazy("{why} {line}", why=why, line=f"「{line}」") if line else why
        super().__init__({"text": message}, message)
        self.line = line


@dataclass(frozen=True, slots=True)
class ParsedNotice:
    """What a notice says: the year, the festivals it names, and the days that are off or made up for them."""

    year: int
    festivals: frozenset[str]
    days: dict[date, SpecialDay]

    @property
    def is_complete(self) -> bool:
        return self.festivals.issuperset(FESTIVALS)

    @property
    def makeups(self) -> list[date]:
        return sorted(day for day, special in self.days.items() if special.kind is DayKind.MAKEUP)


def parse_notice(text: str) -> ParsedNotice:
    """Return what a notice says, pasted whole or only its numbered items with a line that names the year.

    :raises UnreadableNotice: when a sentence cannot be read or contradicts itself, the week or the law.
    """
    plain = re.sub(r"[ \t\u3000]+", "", unicodedata.normalize("NFKC", text))
    year = _year(plain)
    days: dict[date, SpecialDay] = {}
    festivals: set[str] = set()
    for name, body in _items(plain):
        for part in name.split("、"):
            if part not in FESTIVALS and "纪念日" not in part:
                raise UnreadableNotice(_("This festival is not known:"), name)
        festivals.update(name.split("、"))
        for day, kind, sentence in _days_of(body, year):
            if day in days:
                raise UnreadableNotice(_("This day is named twice:"), sentence)
            days[day] = SpecialDay(kind, name)
    if not festivals:
        raise UnreadableNotice(
            _("No festival was found. A notice has lines like 一、元旦：1月1日（周四）至3日（周六）放假调休，共3天。")
        )
    _require_lawful(year, festivals, days)
    return ParsedNotice(year, frozenset(festivals), days)


def _year(plain: str) -> int:
    found = _YEAR.search(plain)
    if not found or not FIRST_YEAR < int(found[1]) < LAST_YEAR:
        raise UnreadableNotice(
            _("The year is missing. Paste the notice with its title, for example 关于2027年部分节假日安排的通知.")
        )
    return int(found[1])


def _items(plain: str) -> Iterator[tuple[str, str]]:
    """Yield each numbered festival with its sentences; a line that speaks of days off goes on with the item above it."""
    headings = list(_HEADING.finditer(plain))
    for heading, following in zip_longest(headings, headings[1:]):
        body = plain[heading.end() : following.start() if following else len(plain)]
        first, *rest = _CLOSING.split(body, maxsplit=1)[0].split("\n")
        yield heading[1], "".join([first, *(line for line in rest if re.search(r"\d日.*(?:放假|上班|补休)", line))])


def _days_of(body: str, year: int) -> Iterator[tuple[date, DayKind, str]]:
    """Yield the days of one item, each with the sentence that names it."""
    found_break = False
    for sentence in filter(None, re.split(r"[。;]", body)):
        spans = list(_SPAN.finditer(sentence))
        if not spans or "鼓励" in sentence:
            continue
        if "上班" in sentence:
            kind = DayKind.MAKEUP
        elif "放假" in sentence or "补休" in sentence:
            kind, found_break = DayKind.HOLIDAY, True
        else:
            raise UnreadableNotice(_("This says neither 放假 nor 上班:"), sentence)
        named = list(_named_days(spans, year, sentence))
        if kind is DayKind.HOLIDAY:
            _require_count(named, sentence)
        for day in named:
            if kind is DayKind.MAKEUP and day.weekday() < 5:
                raise UnreadableNotice(_("A make-up working day must be a Saturday or a Sunday:"), sentence)
            yield day, kind, sentence
    if not found_break:
        raise UnreadableNotice(_("This festival has no days off:"), body[:60])


def _named_days(spans: list[re.Match[str]], year: int, sentence: str) -> Iterator[date]:
    """Yield the days of the spans; a date without month or year has those of the date before it."""
    month = 0
    current = year
    for span in spans:
        current = int(span["ay"] or current)
        month = int(span["am"] or month)
        first = last = _date(current, month, int(span["ad"]), span["aw"], sentence)
        if span["bd"]:
            current = int(span["by"] or current)
            month = int(span["bm"] or month)
            last = _date(current, month, int(span["bd"]), span["bw"], sentence)
        if not 0 <= (last - first).days < LONGEST_BREAK_DAYS:
            raise UnreadableNotice(_("This span ends before it starts, or is longer than any holiday:"), sentence)
        if first < date(year - 1, 12, 1) or last > date(year, 12, 31):
            raise UnreadableNotice(_("This day does not belong to the year of the notice:"), sentence)
        yield from (first + timedelta(days=n) for n in range((last - first).days + 1))


def _date(year: int, month: int, day: int, brackets: str | None, sentence: str) -> date:
    try:
        found = date(year, month, day)
    except ValueError:
        raise UnreadableNotice(_("There is no such date:"), sentence) from None
    weekday = _WEEKDAY.search(brackets or "")
    if weekday and min(_WEEKDAYS.index(weekday[1]), 6) != found.weekday():
        raise UnreadableNotice(
            format_lazy(_("{day} is a {right}, not a {wrong}:"), day=f"{found:%Y-%m-%d}", right=_chinese(found), wrong=weekday[0]),
            sentence,
        )
    return found


def _chinese(day: date) -> str:
    return f"周{_WEEKDAYS[day.weekday()]}"


def _require_count(days: list[date], sentence: str) -> None:
    count = _COUNT.search(sentence)
    if count and int(count[1]) != len(days):
        raise UnreadableNotice(format_lazy(_("It says {said} days, but names {named}:"), said=count[1], named=len(days)), sentence)


def _require_lawful(year: int, festivals: set[str], days: dict[date, SpecialDay]) -> None:
    """Check that the statutory days with a fixed date are off. Source: 全国年节及纪念日放假办法 art. 2."""
    for name, (month, day) in ALWAYS_OFF.items():
        special = days.get(date(year, month, day))
        if name in festivals and (special is None or special.kind is not DayKind.HOLIDAY):
            raise UnreadableNotice(format_lazy(_("{month}月{day}日 must be off for {name}."), month=month, day=day, name=name))
