"""Moments at which the sample's people act: within opening hours, each step after the one before, and never later than now."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from random import Random

from onedoor.kernel.clock import SHANGHAI, local, local_date
from onedoor.workdays import queries as workdays

OPENS, CLOSES = time(8, 35), time(17, 20)
NOON, AFTERNOON = time(11, 55), time(13, 35)
PAUSE = timedelta(minutes=4)


@dataclass
class OfficeTime:
    """The working days up to now, counted back from the last one on which somebody could have acted."""

    now: datetime
    random: Random = field(default_factory=lambda: Random(2516))  # noqa: S311  a made-up past, no secrets

    def __post_init__(self) -> None:
        self.calendar = workdays.calendar()
        today = local_date(self.now)
        opened = datetime.combine(today, OPENS, SHANGHAI) + timedelta(minutes=30) <= self.now
        self.last_day = self.calendar.roll_back(today if opened else today - timedelta(days=1))
        self.next_day = self.calendar.roll(today)

    def day(self, back: int) -> date:
        """Return the working day that lies ``back`` working days before the last one."""
        return self.calendar.sub_wd(self.last_day, back) if back else self.last_day

    def start_for(self, length: int, left: int) -> date:
        """Return the day on which a limit of ``length`` working days began that has ``left`` working days left, 0 being today."""
        if length - left <= 0:
            return self.last_day
        return min(self.calendar.sub_wd(self.next_day, length - left), self.last_day)

    def after(self, day: date, working_days: int) -> date:
        """Return the working day some working days later, but no later than the last one."""
        return min(self.calendar.add_wd(day, working_days) if working_days else self.calendar.roll(day), self.last_day)

    def moment(self, day: date, after: datetime | None = None) -> datetime:
        """Return a moment within the opening hours of a day, some minutes after ``after`` at the earliest."""
        first = datetime.combine(day, OPENS, SHANGHAI)
        last = min(datetime.combine(day, CLOSES, SHANGHAI), local(self.now) - PAUSE)
        if after is not None:
            first = max(first, local(after) + timedelta(minutes=1))
        if first >= last:
            return min(first, local(self.now) - timedelta(seconds=1))
        found = first + (last - first) * min(self.random.random(), self.random.random())
        if NOON < found.time() < AFTERNOON:
            found = max(first, datetime.combine(day, NOON, SHANGHAI) - timedelta(minutes=self.random.randint(0, 50)))
        return found.replace(microsecond=0)

    def evening(self, day: date) -> datetime:
        """Return a moment in the evening before a day, when people apply from home."""
        before = datetime.combine(day - timedelta(days=1), time(19, 0), SHANGHAI)
        return before + timedelta(minutes=self.random.randint(0, 170))
