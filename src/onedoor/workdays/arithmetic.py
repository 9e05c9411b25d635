"""When a limit ends, whether it was kept, how much is left (domain.md 2.6). No clock, no database: dates decide, time is passed in.

The day of the event is not counted; limits in working days leave out statutory holidays (行政许可法 art. 82); limits in natural
days, months and years that end on a day off give way to the next working day (民法典 art. 200 to 204).
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from onedoor.kernel.clock import local, local_date
from onedoor.workdays.calendars import LAST_YEAR, OutOfReach, WorkCalendar

__all__ = ["Due", "OutOfReach", "OverlappingPauses", "Pause", "Unit", "WorkCalendar", "due"]


class Unit(StrEnum):
    """Units of a limit."""

    WORKING_DAYS = "working-days"
    NATURAL_DAYS = "natural-days"
    MONTHS = "months"
    YEARS = "years"
    WORKING_HOURS = "working-hours"
    HOURS = "hours"

    @property
    def counts_hours(self) -> bool:
        return self in {Unit.WORKING_HOURS, Unit.HOURS}


class OverlappingPauses(ValueError):
    """Two pauses share time, or one ends before it starts."""


class Pause(NamedTuple):
    """A time ``[start, end)`` that does not count; ``end`` is None while it is open."""

    start: datetime
    end: datetime | None


@dataclass(frozen=True, slots=True)
class Due:
    """The end of a limit: the moment shown and used for reminders, and the local date by which lateness is judged.

    Provisional (not ``confirmed``) when it rests on days of ``unconfirmed_years``, whose holidays nobody has announced yet.
    """

    moment: datetime
    date: date
    unconfirmed_years: tuple[int, ...] = ()

    @property
    def confirmed(self) -> bool:
        return not self.unconfirmed_years

    @property
    def reason(self) -> str:
        """Why the due date may still move, in English; nothing when it is confirmed."""
        if self.confirmed:
            return ""
        years = ", ".join(map(str, self.unconfirmed_years))
        return f"holidays of {years} not announced yet"


def due(
    calendar: WorkCalendar,
    unit: Unit,
    length: int,
    start: datetime,
    *,
    pauses: Sequence[Pause] = (),
    extension: int = 0,
    now: datetime | None = None,
    not_after: date | None = None,
) -> Due:
    """Return when a limit of ``length`` + ``extension`` in ``unit`` that began at ``start`` ends.

    An open pause counts up to ``now``, and takes nothing out when ``now`` is not given. ``not_after`` is the last valid day of
    the permit that is to be renewed (行政许可法 art. 50): the limit then ends at the latest on the last working day up to it.

    :raises OverlappingPauses: when two pauses share time.
    :raises OutOfReach: when the limit ends beyond the calendar.
    """
    closed = _closed(pauses, start, now)
    total = length + extension
    if unit.counts_hours:
        return _due_in_hours(calendar, unit, total, start, closed)
    first = local_date(start)
    if unit is Unit.WORKING_DAYS:
        last = calendar.add_wd(first, total + paused(calendar, unit, closed))
        touched = [(first + timedelta(days=1), last), *((_day_after(each.start), local_date(each.end)) for each in closed)]
    else:
        raw = _later(natural_end(unit, total, first), paused(calendar, unit, closed))
        last = calendar.roll(raw)
        touched = [(raw, last)]
    if not_after is not None and (latest := calendar.roll_back(not_after)) < last:
        last = latest
        touched.append((latest, not_after))
    years = {year for first_, last_ in touched for year in calendar.unconfirmed_years(first_, last_)}
    return Due(calendar.close_of(last), last, tuple(sorted(years)))


class _Closed(NamedTuple):
    start: datetime
    end: datetime


def _closed(pauses: Sequence[Pause], start: datetime, now: datetime | None) -> list[_Closed]:
    """Return the pauses in order, none before ``start``, open ones ended ``now``."""
    closed: list[_Closed] = []
    for pause in sorted(pauses, key=lambda each: each.start):
        end = pause.end or max(now or pause.start, pause.start)
        if end < pause.start or (closed and pause.start < closed[-1].end):
            raise OverlappingPauses
        closed.append(_Closed(pause.start, end))
    return [_Closed(max(each.start, start), max(each.end, start)) for each in closed]


def paused(calendar: WorkCalendar, unit: Unit, pauses: Iterable[Pause | _Closed], now: datetime | None = None) -> int:
    """Return what pauses take out, in the unit of the limit: working days, calendar days, or seconds for limits in hours.

    The day on which a pause starts still counts as used, the day on which work resumes is free; an open pause counts up to ``now``.
    """
    total = 0
    for pause in pauses:
        end = pause.end or max(now or pause.start, pause.start)
        if unit is Unit.WORKING_DAYS:
            total += calendar.workdays(local_date(pause.start), local_date(end))
        elif unit is Unit.WORKING_HOURS:
            total += calendar.office_seconds(pause.start, end)
        elif unit is Unit.HOURS:
            total += int((end - pause.start).total_seconds())
        else:
            total += (local_date(end) - local_date(pause.start)).days
    return total


def _due_in_hours(calendar: WorkCalendar, unit: Unit, hours: int, start: datetime, pauses: list[_Closed]) -> Due:
    seconds = hours * 3600 + paused(calendar, unit, pauses)
    if unit is Unit.HOURS:
        try:
            moment = local(start + timedelta(seconds=seconds))
        except OverflowError:
            raise OutOfReach(hours) from None
        return Due(moment, _within_reach(moment.date()))
    moment = calendar.add_office_seconds(start, seconds)
    years = {year for each in pauses for year in calendar.unconfirmed_years(local_date(each.start), local_date(each.end))}
    if seconds:
        years.update(calendar.unconfirmed_years(local_date(start), moment.date()))
    return Due(moment, moment.date(), tuple(sorted(years)))


def natural_end(unit: Unit, length: int, first: date) -> date:
    """Return the day on which natural days, months or years end: the same day number, else the month's last (民法典 art. 202)."""
    if unit is Unit.NATURAL_DAYS:
        return _later(first, length)
    months = length * (12 if unit is Unit.YEARS else 1) + first.month - 1
    year, month = first.year + months // 12, months % 12 + 1
    if year > LAST_YEAR:
        raise OutOfReach(length)
    return date(year, month, min(first.day, monthrange(year, month)[1]))


def _within_reach(day: date) -> date:
    if day.year > LAST_YEAR:
        raise OutOfReach(day)
    return day


def _later(day: date, days: int) -> date:
    """Return the date ``days`` calendar days after ``day``."""
    try:
        return _within_reach(day + timedelta(days=days))
    except OverflowError:
        raise OutOfReach(days) from None


def _day_after(moment: datetime) -> date:
    return local_date(moment) + timedelta(days=1)


def is_late(unit: Unit, due: Due, end: datetime) -> bool:
    """Return whether ``end`` missed the limit: by local date, whatever the hour; limits in hours by the moment."""
    return end > due.moment if unit.counts_hours else local_date(end) > due.date


def late_wd(calendar: WorkCalendar, unit: Unit, due: Due, end: datetime) -> int:
    """Return by how many working days ``end`` missed the limit: at least 1 when late, 0 when not."""
    return max(1, calendar.workdays(due.date, local_date(end))) if is_late(unit, due, end) else 0


def used_wd(calendar: WorkCalendar, start: datetime, end: datetime, pauses: Sequence[Pause] = ()) -> int:
    """Return the working days used from ``start`` to ``end``, pauses left out."""
    closed = _closed(pauses, start, end)
    return calendar.workdays(local_date(start), local_date(end)) - paused(calendar, Unit.WORKING_DAYS, closed)


def left_wd(calendar: WorkCalendar, due: Due, now: datetime) -> int:
    """Return the working days left after today: 0 on the due date itself, negative afterwards."""
    return calendar.workdays(local_date(now), due.date)


class Light(StrEnum):
    """How a limit stands, as shape, word and colour show it."""

    OK = "ok"
    DUE = "due"
    LATE = "late"
    PAUSE = "pause"


def light(calendar: WorkCalendar, unit: Unit, length: int, due: Due, now: datetime) -> Light:
    """Return how a running limit stands: soon due with a fifth of its working days left, at least one; one day for other units."""
    if is_late(unit, due, now):
        return Light.LATE
    margin = max(1, length // 5) if unit is Unit.WORKING_DAYS else 1
    return Light.DUE if left_wd(calendar, due, now) <= margin else Light.OK


def earliest(dues: Iterable[Due]) -> Due:
    """Return the due date that binds: the promise can end after the law (Spring Festival), then the law binds."""
    return min(dues, key=lambda each: each.moment)
