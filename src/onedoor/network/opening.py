"""When a place is open: weekly hours, special days and the work calendar put together. No clock, no database.

Opening days are not the legal working days (domain.md 3.3): a hall may open on Saturday mornings. On public holidays it is
closed unless a special day says otherwise; on weekend days worked in exchange a place that is open from Monday to Friday keeps
Monday's hours.
"""

from __future__ import annotations

import time as clock
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Protocol

from django.utils.translation import gettext as _

from onedoor.kernel.clock import SHANGHAI, local, local_date
from onedoor.look.words import moment_text

LOOK_AHEAD_DAYS = 30
KEEP_SECONDS = 60.0


class Calendar(Protocol):
    """What opening needs of the work calendar."""

    def kind(self, day: date) -> str: ...


@dataclass(frozen=True, slots=True)
class Period:
    """Time of a day in which a place is open, ``[opens, closes)``."""

    opens: time
    closes: time
    by_appointment: bool = False


@dataclass(frozen=True, slots=True)
class Schedule:
    """Hours of one code: by weekday, and of the special dates."""

    weekly: Mapping[int, Sequence[Period]] = field(default_factory=dict)
    special: Mapping[date, Sequence[Period]] = field(default_factory=dict)

    def on(self, day: date, calendar: Calendar) -> Sequence[Period]:
        """Return the periods of ``day`` in order; none when closed."""
        if day in self.special:
            return self.special[day]
        kind = calendar.kind(day)
        if kind == "holiday":
            return ()
        if kind == "makeup" and all(self.weekly.get(weekday) for weekday in range(5)):
            return self.weekly[0]
        return self.weekly.get(day.weekday(), ())


@dataclass(frozen=True, slots=True)
class OpenState:
    """Whether a place is open at a moment, until when, and when it opens next."""

    is_open: bool
    asked_at: datetime
    until: datetime | None = None
    opens: datetime | None = None
    out_of_service: bool = False

    @property
    def text(self) -> str:
        """Return the state as people read it: until when today, or when it opens."""
        if self.is_open and self.until is not None:
            if self.opens is not None and local_date(self.opens) == local_date(self.asked_at):
                return _("until %(closes)s, again from %(opens)s") % {
                    "closes": f"{local(self.until):%H:%M}",
                    "opens": f"{local(self.opens):%H:%M}",
                }
            return _("until %(closes)s today") % {"closes": f"{local(self.until):%H:%M}"}
        if self.out_of_service:
            return _("closed until further notice")
        if self.opens is None:
            return _("no opening in the next weeks")
        return self._opens_text(self.opens)

    @property
    def sentence(self) -> str:
        """Return the state as a sentence of its own, for pages on which nothing else says "open"."""
        return _("Open now, %(until)s") % {"until": self.text} if self.is_open else self.text

    def _opens_text(self, opens: datetime) -> str:
        days = (local_date(opens) - local_date(self.asked_at)).days
        hour = f"{local(opens):%H:%M}"
        if days == 0:
            return _("opens today at %(time)s") % {"time": hour}
        if days == 1:
            return _("opens tomorrow at %(time)s") % {"time": hour}
        return _("opens on %(moment)s") % {"moment": moment_text(opens, today=local_date(self.asked_at))}


def state(schedule: Schedule, calendar: Calendar, now: datetime) -> OpenState:
    """Return whether a place with these hours is open at ``now``; periods by appointment do not count as open."""
    here = local(now)
    until = None
    for offset in range(LOOK_AHEAD_DAYS):
        day = here.date() + timedelta(days=offset)
        for period in schedule.on(day, calendar):
            if period.by_appointment:
                continue
            opens, closes = _moment(day, period.opens), _moment(day, period.closes)
            if opens <= here < closes:
                until = closes
            elif opens > here:
                return OpenState(is_open=until is not None, asked_at=now, until=until, opens=opens)
    return OpenState(is_open=until is not None, asked_at=now, until=until)


def _moment(day: date, at: time) -> datetime:
    return datetime.combine(day, at, tzinfo=SHANGHAI)


_kept: tuple[float, Mapping[str, Schedule]] | None = None


def schedules(load: Callable[[], Mapping[str, Schedule]]) -> Mapping[str, Schedule]:
    """Return the hours of all codes, loaded again after a minute: hours change rarely and every page asks."""
    global _kept  # noqa: PLW0603 - one small cache for each process
    if _kept is None or clock.monotonic() >= _kept[0]:
        _kept = (clock.monotonic() + KEEP_SECONDS, load())
    return _kept[1]


def forget() -> None:
    """Load the hours anew at the next question."""
    global _kept  # noqa: PLW0603
    _kept = None
