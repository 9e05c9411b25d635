"""What is offered to somebody whose papers may follow (容缺): which papers, how many days, and whether a bar forbids it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from onedoor.casework import queries, tolerance
from onedoor.casework.models import Application, Material, Tolerance
from onedoor.casework.services import bars
from onedoor.casework.states import Status
from onedoor.casework.tolerance import Gap
from onedoor.catalog import queries as catalog
from onedoor.workdays import queries as calendars


@dataclass(frozen=True, slots=True)
class Offer:
    """The papers that may follow, and within how many working days of the acceptance."""

    gap: Gap
    days: int
    is_barred: bool
    promise: Tolerance | None

    @property
    def papers(self) -> Sequence[Material]:
        return self.gap.follows

    @property
    def names(self) -> str:
        """Return the names of the papers in one line."""
        return "、".join(row.name for row in self.papers)

    @property
    def may_be_accepted(self) -> bool:
        """Whether nothing but the promise is wanted for an acceptance."""
        return bool(self.papers) and not self.gap.core and not self.is_barred


def offer(application: Application, *, at: datetime, rows: Sequence[Material] | None = None) -> Offer | None:
    """Return what may follow in an application that is not accepted yet; None where nothing may, or nothing is missing.

    ``rows`` are its materials where they are known already. Two statements, none for items in which nothing may follow.
    """
    terms = catalog.case_terms(application.version_id)
    if not tolerance.knows_gaps(terms, application.case_kind):
        return None
    if application.status not in (Status.DRAFT, Status.SUBMITTED, Status.RECEIVED):
        return None
    if rows is None:
        rows = list(Material.objects.filter(application=application).order_by("key"))
    gap = tolerance.gap_of(terms.content, application.answers, rows)
    keys = [row.key for row in gap.follows]
    days = tolerance.working_days(terms, application.option_code, keys, at=at, calendar=calendars.calendar())
    if not keys or not days:
        return None
    return Offer(gap, days, bool(bars.barring([application], at=at)), queries.promise_of(application))
