"""What the house tells about its casework, counted from the applications themselves."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, F, Q
from django.db.models.functions import Coalesce, TruncDate

from onedoor.casework.models import Application
from onedoor.casework.states import Outcome
from onedoor.kernel.clock import SHANGHAI
from onedoor.workdays.keeping import Keeping, keeping

DECIDED = (Outcome.GRANTED, Outcome.REFUSED, Outcome.DONE)
SUBJECT_KIND = "casework.application"
LEGAL = "legal"


@dataclass(frozen=True, slots=True)
class Closings:
    """How many applications were decided and closed in a period, and how many of them on the day they came in."""

    closed: int
    same_day: int


def closings(*, since: datetime) -> Closings:
    """Return how many applications were decided and closed since a moment."""
    closed_on = TruncDate("closed_at", tzinfo=SHANGHAI)
    came_on = TruncDate(Coalesce("arrived_at", "submitted_at"), tzinfo=SHANGHAI)
    found = Application.objects.filter(closed_at__gte=since, outcome__in=DECIDED).annotate(closed_on=closed_on, came_on=came_on)
    counted = found.aggregate(closed=Count("pk"), same_day=Count("pk", filter=Q(closed_on=F("came_on"))))
    return Closings(counted["closed"], counted["same_day"])


def legal_limits(*, since: datetime) -> Keeping:
    """Return how the legal limits of applications were kept that ended since a moment."""
    return keeping(subject_kind=SUBJECT_KIND, kind=LEGAL, since=since)
