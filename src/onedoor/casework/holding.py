"""Who held an application how long: window, applicant, each step, and the time that stood still; with the days that count.

The counted days of the steps, taken together, are what a limit in working days has used: no second clock, the same calendar and the same
pauses as the limits have (domain.md 2.6).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.translation import gettext_lazy as _

from onedoor.casework.models import Application, CorrectionNotice, StageRun
from onedoor.kernel.clock import local_date
from onedoor.kernel.errors import Text
from onedoor.workdays import queries as limits
from onedoor.workdays.calendars import WorkCalendar
from onedoor.workdays.standing import LimitView, PauseView

WINDOW, APPLICANT, DEPARTMENT, STOPPED = "win", "app", "dep", "stop"


@dataclass(frozen=True, slots=True)
class Held:
    """One stretch of the time: who had it, since when and until when, how long by the clock, how many days of it count."""

    who: str
    name: Text
    time: timedelta
    since: datetime | None = None
    until: datetime | None = None
    days: int | None = None
    run: StageRun | None = None

    @property
    def text(self) -> str:
        """Return the time in words, in the two largest units."""
        minutes = int(self.time.total_seconds() // 60)
        days, hours, rest = minutes // 1440, minutes % 1440 // 60, minutes % 60
        if days and not hours:
            return _("%(days)d d") % {"days": days}
        if days:
            return _("%(days)d d %(hours)d h") % {"days": days, "hours": hours}
        if hours:
            return _("%(hours)d h %(minutes)d min") % {"hours": hours, "minutes": rest}
        if rest:
            return _("%(minutes)d min") % {"minutes": rest}
        return str(_("less than a minute"))


@dataclass(frozen=True, slots=True)
class Holding:
    """All stretches of an application in the order of time, and what of it counts."""

    stretches: Sequence[Held]
    counted: int | None
    taken_out: int

    @property
    def pairs(self) -> list[tuple[str, float]]:
        """Return who held it how many minutes, as the bar is drawn."""
        return [(each.who, each.time.total_seconds() / 60) for each in self.stretches]

    @property
    def longest(self) -> Sequence[Held]:
        """Return the time of each of the four, for a list beside a case."""
        names = {WINDOW: _("Window"), APPLICANT: _("Applicant"), DEPARTMENT: _("Department"), STOPPED: _("Clock stands still")}
        sums = {who: sum((each.time for each in self.stretches if each.who == who), timedelta()) for who in names}
        return [Held(who, names[who], time) for who, time in sums.items() if time]


def holding_of(
    application: Application,
    runs: Sequence[StageRun],
    corrections: Sequence[CorrectionNotice],
    views: Sequence[LimitView],
    *,
    now: datetime,
) -> Holding:
    """Return who held an application how long so far. ``views`` are its limits, ended ones too."""
    if application.submitted_at is None:
        return Holding((), None, 0)
    end = application.closed_at or now
    pauses = _pauses(views)
    calendar = views[0].calendar if views else limits.calendar()
    stretches = [*_before(application, corrections, end), *_steps(runs, pauses, calendar, end), *_after(application, end)]
    stretches = [each for each in stretches if each.time > timedelta() or each.run is not None]
    if not runs:
        return Holding(stretches, None, 0)
    return Holding(
        stretches,
        counted=sum(each.days or 0 for each in stretches if each.who == DEPARTMENT),
        taken_out=sum(each.days or 0 for each in stretches if each.who == STOPPED),
    )


def _pauses(views: Sequence[LimitView]) -> Sequence[PauseView]:
    """Return the times that stood still: law and promise have the same ones."""
    return max((view.pauses for view in views if view.kind in ("legal", "promise")), key=len, default=())


def _before(application: Application, corrections: Sequence[CorrectionNotice], end: datetime) -> Iterator[Held]:
    """Yield window and applicant in turn until the acceptance."""
    since, until = application.submitted_at or end, application.accepted_at or end
    for notice in corrections:
        answered = notice.answered_at or end
        yield Held(WINDOW, _("Window"), notice.told_at - since, since, notice.told_at)
        yield Held(APPLICANT, _("Applicant"), answered - notice.told_at, notice.told_at, answered)
        since = answered
    yield Held(WINDOW, _("Window"), max(until - since, timedelta()), since, until)


def _steps(runs: Sequence[StageRun], pauses: Sequence[PauseView], calendar: WorkCalendar, end: datetime) -> Iterator[Held]:
    """Yield each step without the time that stood still in it, and that time behind it."""
    for run in runs:
        until = run.ended_at or end
        inside = [each for each in pauses if run.started_at <= each.started_at < until]
        stops = [
            Held(
                STOPPED, each.reason, (each.ended_at or end) - each.started_at, each.started_at, each.ended_at,
                _days(calendar, each.started_at, each.ended_at or end),
            )
            for each in inside
        ]  # fmt: skip
        time = until - run.started_at - sum((each.time for each in stops), timedelta())
        days = _days(calendar, run.started_at, until) - sum(each.days or 0 for each in stops)
        yield Held(DEPARTMENT, run.title, max(time, timedelta()), run.started_at, run.ended_at, days, run)
        yield from stops


def _after(application: Application, end: datetime) -> Iterator[Held]:
    """Yield the making of the result, which no longer counts towards the decision."""
    if application.decided_at is not None:
        yield Held(DEPARTMENT, _("The result is made"), end - application.decided_at, application.decided_at, application.closed_at)


def _days(calendar: WorkCalendar, since: datetime, until: datetime) -> int:
    return calendar.workdays(local_date(since), local_date(until))
