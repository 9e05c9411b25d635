"""How many promises of time were kept: counted from the limits that ended, never from a mark beside them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, F, Q
from django.db.models.functions import TruncDate

from onedoor.kernel.clock import SHANGHAI
from onedoor.workdays.models import Limit


@dataclass(frozen=True, slots=True)
class Keeping:
    """How many limits ended in a period, and how many of them in time."""

    ended: int
    in_time: int


def keeping(*, subject_kind: str, kind: str, since: datetime) -> Keeping:
    """Return how the limits of one kind were kept that ended since a moment.

    Lateness is judged by the local date (domain.md 2.6).
    """
    ended_on, due_on = TruncDate("ended_at", tzinfo=SHANGHAI), TruncDate("due_at", tzinfo=SHANGHAI)
    found = Limit.objects.filter(subject_kind=subject_kind, kind=kind, ended_at__gte=since).annotate(
        ended_on=ended_on, due_on=due_on
    )
    counted = found.aggregate(ended=Count("pk"), in_time=Count("pk", filter=Q(ended_on__lte=F("due_on"))))
    return Keeping(counted["ended"], counted["in_time"])
