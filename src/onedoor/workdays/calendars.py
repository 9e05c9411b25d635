"""The calendar as a value: which days are working days, what the office hours are, and for which years that is announced.

No clock and no database. Every question costs a binary search; a calendar is built in a few milliseconds and then kept.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from calendar import isleap
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from itertools import compress
from types import MappingProxyType
from typing import NamedTuple

from onedoor.kernel.clock import SHANGHAI, local

FIRST_YEAR, LAST_YEAR = 1950, 2199
_FIRST = date(FIRST_YEAR, 1, 1).toordinal()
_LAST = date(LAST_YEAR, 12, 31).toordinal()
_WEEKS = bytes((1, 1, 1, 1, 1, 0, 0)) * 54
FIXED_HOLIDAYS = ((1, 1), (5, 1), (5, 2), (10, 1), (10, 2), (10, 3))
"""Statutory days that need no lunar calendar (全国年节及纪念日放假办法, 2024): all that is known of years nobody has projected."""


class OutOfReach(ValueError):
    """A date before 1950 or after 2199: no limit of an office lies there."""


class DayKind(StrEnum):
    """What a date is. Working are ``workday`` and ``makeup``."""

    WORKDAY = "workday"
    WEEKEND = "weekend"
    HOLIDAY = "holiday"
    MAKEUP = "makeup"

    @property
    def is_working(self) -> bool:
        return self in {DayKind.WORKDAY, DayKind.MAKEUP}


class SpecialDay(NamedTuple):
    """A day that is not what its place in the week says: off, or worked in exchange, for the festival ``name``."""

    kind: DayKind
    name: str


@dataclass(frozen=True, slots=True)
class OfficeHours:
    """Periods of a working day in which working hours run; the last one's end closes the office and ends every day's limit."""

    periods: tuple[tuple[time, time], ...] = ((time(8, 30), time(12)), (time(13, 30), time(17, 30)))

    @classmethod
    def parse(cls, text: str) -> OfficeHours:
        """Return the hours written as ``08:30-12:00,13:30-17:30``.

        :raises ValueError: when a period is empty, or two overlap or stand in the wrong order.
        """
        periods: list[tuple[time, time]] = []
        for part in text.split(","):
            opens, closes = (time.fromisoformat(each.strip()) for each in part.split("-"))
            if opens >= closes or (periods and opens < periods[-1][1]):
                raise ValueError(text)
            periods.append((opens, closes))
        return cls(tuple(periods))

    @property
    def close(self) -> time:
        return self.periods[-1][1]

    @property
    def seconds(self) -> int:
        """Length of a working day."""
        return sum(_seconds(closes) - _seconds(opens) for opens, closes in self.periods)

    def elapsed(self, clock: time) -> int:
        """Return the seconds of office time that are over at ``clock``."""
        now = _seconds(clock)
        return sum(max(0, min(now, _seconds(closes)) - _seconds(opens)) for opens, closes in self.periods)

    def clock_after(self, elapsed: int) -> timedelta:
        """Return the time of day at which ``elapsed`` seconds are over; the end of a period rather than the next one's start."""
        left = elapsed
        for opens, closes in self.periods:
            span = _seconds(closes) - _seconds(opens)
            if left <= span:
                return timedelta(seconds=_seconds(opens) + left)
            left -= span
        raise OutOfReach(elapsed)


def _seconds(clock: time) -> int:
    return clock.hour * 3600 + clock.minute * 60 + clock.second


OFFICE_HOURS = OfficeHours()


@dataclass(frozen=True)
class WorkCalendar:
    """Working days as published, projected where nothing is published yet; it answers for every year and says which it knows.

    ``special`` holds the days that differ from Monday to Friday, ``projected_years`` those worked out from the statutory days,
    ``confirmed_years`` those that the State Council has announced. ``edition`` is the number of the last notice in it.
    """

    special: Mapping[date, SpecialDay]
    confirmed_years: frozenset[int]
    projected_years: frozenset[int] = frozenset()
    edition: int = 0
    office: OfficeHours = OFFICE_HOURS
    _working: array[int] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "special", MappingProxyType(dict(self.special)))
        object.__setattr__(self, "_working", self._working_ordinals())

    def _working_ordinals(self) -> array[int]:
        flags = bytearray()
        known = self.confirmed_years | self.projected_years
        for year in range(FIRST_YEAR, LAST_YEAR + 1):
            weekday, start = date(year, 1, 1).weekday(), len(flags)
            flags += _WEEKS[weekday : weekday + 365 + isleap(year)]
            if year not in known:
                for month, day in FIXED_HOLIDAYS:
                    flags[start + date(year, month, day).timetuple().tm_yday - 1] = 0
        for day_, special in self.special.items():
            flags[day_.toordinal() - _FIRST] = special.kind.is_working
        return array("l", compress(range(_FIRST, _LAST + 1), flags))

    def kind(self, day: date) -> DayKind:
        """Return what kind of day ``day`` is."""
        if special := self.special.get(day):
            return special.kind
        if self.is_workday(day):
            return DayKind.WORKDAY
        return DayKind.WEEKEND if day.weekday() >= 5 else DayKind.HOLIDAY

    def name(self, day: date) -> str:
        """Return the festival for which ``day`` is off or made up, else nothing."""
        special = self.special.get(day)
        return special.name if special else ""

    def is_workday(self, day: date) -> bool:
        return self.roll(day) == day

    def add_wd(self, start: date, working_days: int) -> date:
        """Return the ``working_days``-th working day after ``start``; ``start`` itself for none, also when it is a day off.

        Source: 行政许可法 art. 82, 民法典 art. 201 (the day of the event is not counted).
        :raises OutOfReach: when that lies beyond 2199.
        """
        if working_days <= 0:
            return start
        return self._at(bisect_right(self._working, _ordinal(start)) + working_days - 1)

    def sub_wd(self, end: date, working_days: int) -> date:
        """Return the latest day from which ``working_days`` working days are left until ``end``, which is counted."""
        return self._at(bisect_right(self._working, _ordinal(end)) - 1 - working_days)

    def roll(self, day: date) -> date:
        """Return ``day`` if it is a working day, else the next one. Source: 民法典 art. 203."""
        return self._at(bisect_left(self._working, _ordinal(day)))

    def roll_back(self, day: date) -> date:
        """Return ``day`` if it is a working day, else the one before."""
        return self._at(bisect_right(self._working, _ordinal(day)) - 1)

    def workdays(self, after: date, until: date) -> int:
        """Return the number of working days d with ``after`` < d <= ``until``; negative when ``until`` is the earlier one."""
        return bisect_right(self._working, _ordinal(until)) - bisect_right(self._working, _ordinal(after))

    def office_seconds(self, start: datetime, end: datetime) -> int:
        """Return the office time between two moments, in seconds."""
        return self._office_position(end) - self._office_position(start)

    def add_office_seconds(self, start: datetime, seconds: int) -> datetime:
        """Return the moment at which ``seconds`` of office time are over; ``start`` itself for none."""
        if seconds <= 0:
            return local(start)
        days, rest = divmod(self._office_position(start) + seconds - 1, self.office.seconds)
        return datetime.combine(self._at(days), time(), SHANGHAI) + self.office.clock_after(rest + 1)

    def _office_position(self, moment: datetime) -> int:
        """Return the office time since the calendar's first day, in seconds."""
        here = local(moment)
        day = _ordinal(here.date())
        before = bisect_left(self._working, day)
        today = before < len(self._working) and self._working[before] == day
        return before * self.office.seconds + (self.office.elapsed(here.time()) if today else 0)

    def close_of(self, day: date) -> datetime:
        """Return the close of office on ``day``."""
        return datetime.combine(day, self.office.close, SHANGHAI)

    def unconfirmed_years(self, first: date, last: date) -> tuple[int, ...]:
        """Return the years of the days from ``first`` to ``last``, both included, that nobody has announced yet."""
        if last < first:
            return ()
        return tuple(year for year in range(first.year, last.year + 1) if year not in self.confirmed_years)

    def with_days(
        self,
        days: Mapping[date, SpecialDay | None],
        *,
        confirmed_years: frozenset[int],
        projected_years: frozenset[int],
        edition: int,
    ) -> WorkCalendar:
        """Return a calendar in which ``days`` are as given (``None``: as the week says)."""
        merged = {**self.special, **days}
        special = {day: what for day, what in merged.items() if what is not None}
        return WorkCalendar(special, confirmed_years, projected_years, edition, self.office)

    def _at(self, index: int) -> date:
        if not 0 <= index < len(self._working):
            raise OutOfReach(index)
        return date.fromordinal(self._working[index])


def _ordinal(day: date) -> int:
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise OutOfReach(day)
    return day.toordinal()
