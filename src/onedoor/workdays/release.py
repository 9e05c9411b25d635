"""The calendar that the release carries: published years and a projection of some later ones (made by checks/make_calendar.py).

It needs no database, so the command line answers at once, and it is the ground on which the database's own days are laid.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable
from datetime import date
from functools import cache
from pathlib import Path

from onedoor.workdays.calendars import OFFICE_HOURS, DayKind, OfficeHours, SpecialDay, WorkCalendar

OFFICIAL = "official"
FILE = Path(__file__).parent / "data" / "days.csv"


@cache
def release_calendar(office: OfficeHours = OFFICE_HOURS) -> WorkCalendar:
    """Return the release's calendar, read once in a process."""
    special: dict[date, SpecialDay] = {}
    years: dict[str, set[int]] = {"package": set(), "projected": set()}
    with FILE.open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            day = date.fromisoformat(row["date"])
            special[day] = SpecialDay(DayKind(row["kind"]), row["name"])
            years[row["source"]].add(day.year)
    return WorkCalendar(special, frozenset(years["package"]), frozenset(years["projected"]), office=office)


def with_notices(
    base: WorkCalendar, notices: Iterable[tuple[int, int, str]], days: Iterable[tuple[date, str, str]]
) -> WorkCalendar:
    """Return a calendar with what was entered here laid over it.

    ``notices`` are number, year and source; ``days`` are date, kind and name of the days that notices decided.
    """
    entered = sorted(notices)
    if not entered:
        return base
    official = {year for _, year, source in entered if source == OFFICIAL}
    return base.with_days(
        {day: special_day(DayKind(kind), name) for day, kind, name in days},
        confirmed_years=base.confirmed_years | official,
        projected_years=base.projected_years - official,
        edition=entered[-1][0],
    )


def special_day(kind: DayKind, name: str) -> SpecialDay | None:
    """Return the day as a calendar keeps it: nothing when the week says the same."""
    return SpecialDay(kind, name) if kind in {DayKind.HOLIDAY, DayKind.MAKEUP} else None
