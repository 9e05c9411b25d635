"""Opening hours as a sign at the door says them: days with the same hours in one line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

if TYPE_CHECKING:
    from onedoor.network.opening import Period

WEEKDAYS = (
    gettext_lazy("Monday"),
    gettext_lazy("Tuesday"),
    gettext_lazy("Wednesday"),
    gettext_lazy("Thursday"),
    gettext_lazy("Friday"),
    gettext_lazy("Saturday"),
    gettext_lazy("Sunday"),
)


@dataclass(frozen=True, slots=True)
class Line:
    """Some days in a row and their hours."""

    days: str
    hours: tuple[str, ...]


def lines(week: Mapping[int, Sequence[Period]]) -> list[Line]:
    """Return the lines of a sign: ``周一至周五  08:30–17:30``."""
    days = [(weekday, _periods(week[weekday])) for weekday in sorted(week) if week[weekday]]
    # Days in a row have the same distance from their place in the list.
    rows = groupby(enumerate(days), key=lambda at: (at[1][1], at[1][0] - at[0]))
    return [Line(_days([day for _index, (day, _hours) in row]), hours) for (hours, _gap), row in rows]


def _periods(periods: Sequence[Period]) -> tuple[str, ...]:
    return tuple(f"{period.opens:%H:%M}–{period.closes:%H:%M}" for period in periods)


def _days(days: Sequence[int]) -> str:
    first, last = WEEKDAYS[days[0]], WEEKDAYS[days[-1]]
    return str(first) if len(days) == 1 else _("%(first)s to %(last)s") % {"first": first, "last": last}
