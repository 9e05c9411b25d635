"""The calendar that the release carries: published years and a projection of some later ones (made by checks/make_calendar.py).

It needs no database, so the command line answers at once, and it is the ground on which the database's own days are laid.
"""

from __future__ import annotations

import csv
from datetime import date
from functools import cache
from pathlib import Path

from onedoor.workdays.calendars import OFFICE_HOURS, DayKind, OfficeHours, SpecialDay, WorkCalendar

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
