"""Figures about ourselves: value, period and definition in one place, counted anew every few minutes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.translation import gettext_lazy as _

from onedoor.casework import figures as casework
from onedoor.kernel.errors import Text
from onedoor.look.kept import Kept
from onedoor.network import overview

PERIOD = timedelta(days=365)
KEPT_SECONDS = 300


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure with its unit and what is counted."""

    label: Text
    value: str
    unit: Text
    definition: Text


def current() -> tuple[Figure, ...]:
    """Return the figures; a share without anything to count is left out."""
    return _kept.get()


def share(part: int, whole: int) -> str:
    """Return a percentage rounded down to one decimal: 100 is printed only when it is exactly so (look.md, "Words")."""
    per_mille = part * 1000 // whole
    return "100" if part == whole else f"{per_mille // 10}.{per_mille % 10}"


def _count(now: datetime) -> tuple[Figure, ...]:
    since = now - PERIOD
    closed, legal, hall = casework.closings(since=since), casework.legal_limits(since=since), overview.main_hall()
    places = hall.places if hall else 0
    found = []
    if legal.ended:
        found.append(
            Figure(
                _("Decided within the legal limit"),
                share(legal.in_time, legal.ended),
                "%",
                _("Of all legal limits that ended in the last 365 days: those that ended no later than their due date."),
            )
        )
    if closed.closed:
        found.append(
            Figure(
                _("Done on the day it came in"),
                share(closed.same_day, closed.closed),
                "%",
                _("Of all applications decided and closed in the last 365 days: those closed on the day on which they came in."),
            )
        )
        found.append(
            Figure(
                _("Applications closed in a year"),
                f"{closed.closed:,}",
                _("applications"),
                _("Applications decided and closed in the last 365 days; those withdrawn or not accepted are not counted."),
            )
        )
    if places:
        definition = _("City, county and township centres, village and community rooms that are in service.")
        found.append(Figure(_("Places that serve"), f"{places:,}", _("places"), definition))
    return tuple(found)


_kept: Kept[tuple[Figure, ...]] = Kept(KEPT_SECONDS, (), _count)
