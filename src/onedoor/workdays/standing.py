"""How one limit stands, for people: its light, what is left, and the sum written out so that an inspector can do it again."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.utils.translation import gettext, ngettext, pgettext

from onedoor.kernel.clock import local_date
from onedoor.look.words import day_text, moment_text
from onedoor.workdays import arithmetic
from onedoor.workdays.arithmetic import Due, Light, Pause, Unit
from onedoor.workdays.calendars import WorkCalendar
from onedoor.workdays.names import amount, festival


@dataclass(frozen=True, slots=True)
class PauseView:
    """A time that does not count, with its reason."""

    started_at: datetime
    ended_at: datetime | None
    reason: str


@dataclass(frozen=True, slots=True)
class LimitView:
    """One limit as pages show it. ``due_at`` leaves an open pause out; while it is paused, there is no due date to show."""

    id: UUID
    kind: str
    unit: Unit
    length: int
    extension: int
    started_at: datetime
    not_after: date | None
    due_at: datetime
    confirmed: bool
    paused: bool
    ended_at: datetime | None
    pauses: tuple[PauseView, ...]
    calendar: WorkCalendar

    @property
    def due_date(self) -> date:
        return local_date(self.due_at)

    @property
    def due(self) -> Due:
        return Due(self.due_at, self.due_date)

    def light(self, now: datetime) -> Light:
        """Return the state: ``ok``, ``due`` (soon), ``late`` or ``pause``; of an ended limit, whether it was kept."""
        if self.paused:
            return Light.PAUSE
        if self.ended_at:
            return Light.LATE if arithmetic.is_late(self.unit, self.due, self.ended_at) else Light.OK
        return arithmetic.light(self.calendar, self.unit, self.length, self.due, now)

    def late_wd(self, now: datetime) -> int:
        """Return by how many working days the limit is or was missed."""
        return 0 if self.paused else arithmetic.late_wd(self.calendar, self.unit, self.due, self.ended_at or now)

    def used_wd(self, now: datetime) -> int:
        """Return the working days used so far, pauses left out."""
        return arithmetic.used_wd(self.calendar, self.started_at, self.ended_at or now, self.spans())

    def left_text(self, now: datetime) -> str:
        """Return what is left, in words: ``2 working days left``, ``Due today``, ``1 working day late``."""
        if self.paused:
            return gettext("Paused, %(left)s left") % {"left": self._left(self._pause_start())}
        if self.ended_at:
            late = self.late_wd(self.ended_at)
            if not late:
                return gettext("Finished in time")
            return ngettext("Finished %(n)d working day late", "Finished %(n)d working days late", late) % {"n": late}
        if late := self.late_wd(now):
            return ngettext("%(n)d working day late", "%(n)d working days late", late) % {"n": late}
        if not self.unit.counts_hours and local_date(now) == self.due_date:
            return gettext("Due today")
        return gettext("%(left)s left") % {"left": self._left(now)}

    def _left(self, now: datetime) -> str:
        """Return the time from ``now`` to the due moment in the unit of the limit, natural days for months and years."""
        if self.unit is Unit.WORKING_DAYS:
            return amount(Unit.WORKING_DAYS, max(0, arithmetic.left_wd(self.calendar, self.due, now)))
        if not self.unit.counts_hours:
            return amount(Unit.NATURAL_DAYS, max(0, (self.due_date - local_date(now)).days))
        office = self.unit is Unit.WORKING_HOURS
        seconds = self.calendar.office_seconds(now, self.due_at) if office else int((self.due_at - now).total_seconds())
        if 0 <= seconds < 3600:
            return ngettext("%(n)d minute", "%(n)d minutes", seconds // 60) % {"n": seconds // 60}
        return amount(self.unit, max(0, seconds // 3600))

    def _pause_start(self) -> datetime:
        return next((each.started_at for each in self.pauses if each.ended_at is None), self.due_at)

    def spans(self) -> list[Pause]:
        return [Pause(each.started_at, each.ended_at) for each in self.pauses]

    def if_extended(self, length: int) -> Due:
        """Return when the limit would be due if it were extended by ``length`` of its unit; an open pause is left out."""
        closed = [each for each in self.spans() if each.end]
        return arithmetic.due(
            self.calendar, self.unit, self.length, self.started_at, pauses=closed, extension=length, not_after=self.not_after
        )

    @property
    def arithmetic(self) -> list[str]:
        """The sum, line by line, in the language of the moment: start, length, pauses, what was left out, end."""
        return list(_lines(self))


def _lines(view: LimitView) -> Iterator[str]:
    if view.unit.counts_hours:
        yield gettext("Starts at %(moment)s.") % {"moment": _moment(view.started_at)}
        yield _hours_line(view)
    else:
        yield gettext("Starts on %(day)s; this day itself does not count.") % {"day": _day(local_date(view.started_at))}
    yield gettext("Length: %(amount)s.") % {"amount": amount(view.unit, view.length)}
    if view.extension:
        yield gettext("Extended by %(amount)s.") % {"amount": amount(view.unit, view.extension)}
    yield from _pause_lines(view)
    if view.unit is Unit.WORKING_DAYS:
        yield from _days_left_out(view)
    elif not view.unit.counts_hours:
        yield from _rolled(view)
    yield _end_line(view)
    if not view.confirmed:
        yield gettext("Provisional: the holidays on the way are not announced yet. The date is computed anew when they are.")


def _hours_line(view: LimitView) -> str:
    if view.unit is Unit.HOURS:
        return gettext("Hours run on by day and by night, on days off too.")
    periods = pgettext("between words", ", ").join(
        f"{opens:%H:%M}–{closes:%H:%M}" for opens, closes in view.calendar.office.periods
    )
    return gettext("Working hours run on working days from %(periods)s.") % {"periods": periods}


def _pause_lines(view: LimitView) -> Iterator[str]:
    for each in view.pauses:
        words = {"start": _when(view, each.started_at), "reason": each.reason}
        if each.ended_at is None:
            yield gettext("Paused since %(start)s: %(reason)s. The end is known when work resumes.") % words
            continue
        out = arithmetic.paused(view.calendar, view.unit, [Pause(each.started_at, each.ended_at)])
        words |= {"end": _when(view, each.ended_at), "amount": _taken_out(view.unit, out)}
        yield gettext("Paused from %(start)s to %(end)s: %(amount)s left out. %(reason)s") % words


def _taken_out(unit: Unit, out: int) -> str:
    if unit is Unit.WORKING_DAYS:
        return amount(unit, out)
    if not unit.counts_hours:
        return amount(Unit.NATURAL_DAYS, out)
    return ngettext("%(n)d minute", "%(n)d minutes", out // 60) % {"n": out // 60}


def _days_left_out(view: LimitView) -> Iterator[str]:
    """Say what lies between start and end: days, weekends, festivals, so that the working days can be counted again."""
    first, last = local_date(view.started_at), view.due_date
    days = [first + timedelta(days=n) for n in range(1, (last - first).days + 1)]
    weekend = sum(1 for day in days if not view.calendar.is_workday(day) and not view.calendar.name(day) and day.weekday() >= 5)
    yield gettext(
        "From then to %(day)s: %(all)d days, %(weekend)d of them at weekends off, %(holidays)d holidays, %(rest)d working days."
    ) % {
        "day": _day(last),
        "all": len(days),
        "weekend": weekend,
        "holidays": len(days) - weekend - view.calendar.workdays(first, last),
        "rest": view.calendar.workdays(first, last),
    }
    for name, start, end in _runs(view.calendar, days, working=False):
        yield gettext("Off: %(days)s %(name)s.") % {"days": _span(start, end), "name": festival(name)}
    for name, start, end in _runs(view.calendar, days, working=True):
        yield gettext("Worked in exchange: %(days)s (%(name)s).") % {"days": _span(start, end), "name": festival(name)}


def _runs(calendar: WorkCalendar, days: list[date], *, working: bool) -> Iterator[tuple[str, date, date]]:
    """Yield the unbroken runs of days that the week does not explain, each with its festival."""
    run: tuple[str, date, date] | None = None
    for day in days:
        if not calendar.name(day) or calendar.is_workday(day) is not working:
            continue
        if run and run[0] == calendar.name(day) and day - run[2] == timedelta(days=1):
            run = (run[0], run[1], day)
            continue
        if run:
            yield run
        run = (calendar.name(day), day, day)
    if run:
        yield run


def _rolled(view: LimitView) -> Iterator[str]:
    raw = arithmetic.natural_end(view.unit, view.length + view.extension, local_date(view.started_at))
    raw += timedelta(days=arithmetic.paused(view.calendar, view.unit, [each for each in view.spans() if each.end]))
    if raw == view.due_date:
        return
    if view.not_after and view.due_date <= view.not_after < raw:
        return
    name = view.calendar.name(raw)
    off = festival(name) if name else gettext("a weekend day")
    yield gettext("That would be %(day)s, %(off)s; it gives way to the next working day.") % {"day": _day(raw), "off": off}


def _end_line(view: LimitView) -> str:
    words = {"moment": _moment(view.due_at)}
    if view.not_after:
        words["day"] = _day(view.not_after)
        return gettext("Ends on %(moment)s; the permit to be renewed is valid until %(day)s.") % words
    return gettext("Ends on %(moment)s.") % words


def _when(view: LimitView, moment: datetime) -> str:
    return _moment(moment) if view.unit.counts_hours else _day(local_date(moment))


def _day(day: date) -> str:
    return day_text(day, today=date.min)


def _moment(moment: datetime) -> str:
    return moment_text(moment, today=date.min)


def _span(start: date, end: date) -> str:
    return _day(start) if start == end else f"{_day(start)} – {_day(end)}"
