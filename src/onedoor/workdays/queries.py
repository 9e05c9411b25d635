"""What the calendar says and how limits stand."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from uuid import UUID

from django.conf import settings
from django.db.models import Max, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from onedoor.kernel.clock import SHANGHAI
from onedoor.kernel.subjects import Subject
from onedoor.workdays.arithmetic import Pause, Unit
from onedoor.workdays.calendars import DayKind, OfficeHours, SpecialDay, WorkCalendar
from onedoor.workdays.models import CalendarDay, Limit, LimitPause, Notice
from onedoor.workdays.release import release_calendar
from onedoor.workdays.standing import LimitView, PauseView
from onedoor.workdays.states import DaySource

__all__ = ["LimitView", "calendar", "due_before", "due_of", "limits_of", "overdue_subjects", "unconfirmed_year_warning"]

_kept: list[WorkCalendar] = []


def calendar(edition: int | None = None) -> WorkCalendar:
    """Return the calendar with all notices; kept by the process, so that it costs no statement.

    Whoever reads or writes limits learns in the same statement which ``edition`` the database has (``EDITION``) and passes it on: a
    notice entered by another process is then read before anything is computed.
    """
    if not _kept or (edition is not None and _kept[0].edition != edition):
        _kept[:] = [load_calendar()]
    return _kept[0]


def forget_calendar() -> None:
    """Let the next question read the calendar again."""
    _kept.clear()


def office_hours() -> OfficeHours:
    """Return the office hours of this installation."""
    return OfficeHours.parse(settings.ONEDOOR_OFFICE_HOURS)


def load_calendar() -> WorkCalendar:
    """Return the release's calendar with the days of all entered notices laid over it."""
    base = release_calendar(office_hours())
    notices = list(Notice.objects.order_by("number").values_list("number", "year", "source"))
    if not notices:
        return base
    official = {year for _, year, source in notices if source == DaySource.OFFICIAL}
    rows = CalendarDay.objects.filter(source=DaySource.OFFICIAL).order_by("date").values_list("date", "kind", "name")
    return base.with_days(
        {day: special_day(DayKind(kind), name) for day, kind, name in rows},
        confirmed_years=base.confirmed_years | official,
        projected_years=base.projected_years - official,
        edition=notices[-1][0],
    )


def special_day(kind: DayKind, name: str) -> SpecialDay | None:
    """Return the day as a calendar keeps it: nothing when the week says the same."""
    return SpecialDay(kind, name) if kind in {DayKind.HOLIDAY, DayKind.MAKEUP} else None


EDITION = Subquery(Notice.objects.order_by("-number").values("number")[:1])
"""The database's edition of the calendar, as a column of another query."""


def unconfirmed_year_warning(today: date) -> int | None:
    """Return the next year if it is November or later and its holidays are not announced here yet, for a banner."""
    year = today.year + 1
    return year if today.month >= 11 and year not in calendar().confirmed_years else None


def limits_of(subject_ids: Sequence[UUID]) -> dict[UUID, list[LimitView]]:
    """Return the limits of each subject, running and ended, in the order in which they started. Two statements for any number."""
    found = list(
        Limit.objects.filter(subject_id__in=subject_ids)
        .annotate(calendar_edition=Coalesce(EDITION, 0))
        .order_by("started_at", "id")
    )
    if not found:
        return {}
    current = calendar(found[0].calendar_edition)
    pauses = pauses_of([each.pk for each in found])
    views: dict[UUID, list[LimitView]] = {}
    for limit in found:
        views.setdefault(limit.subject_id, []).append(_view(limit, pauses.get(limit.pk, []), current))
    return views


def pauses_of(limit_ids: Sequence[UUID]) -> dict[UUID, list[LimitPause]]:
    """Return the pauses of each limit in the order of time, in one statement."""
    pauses: dict[UUID, list[LimitPause]] = {}
    for pause in LimitPause.objects.filter(limit_id__in=limit_ids).order_by("started_at", "id"):
        pauses.setdefault(pause.limit_id, []).append(pause)
    return pauses


def as_pauses(pauses: Iterable[LimitPause]) -> list[Pause]:
    """Return rows as the arithmetic takes them."""
    return [Pause(each.started_at, each.ended_at) for each in pauses]


def _view(limit: Limit, pauses: Sequence[LimitPause], current: WorkCalendar) -> LimitView:
    return LimitView(
        id=limit.pk,
        kind=limit.kind,
        unit=Unit(limit.unit),
        length=limit.length,
        extension=limit.extension,
        started_at=limit.started_at,
        not_after=limit.not_after,
        due_at=limit.due_at,
        confirmed=limit.confirmed,
        paused=limit.paused,
        ended_at=limit.ended_at,
        pauses=tuple(PauseView(each.started_at, each.ended_at, each.reason) for each in pauses),
        calendar=current,
    )


@dataclass(frozen=True, slots=True)
class DueRow:
    """A running limit as a sweep sees it; ``key`` is where the next page starts."""

    id: UUID
    subject: Subject
    kind: str
    due_at: datetime
    confirmed: bool
    region: str

    @property
    def key(self) -> tuple[datetime, UUID]:
        return (self.due_at, self.id)


def due_before(
    moment: datetime, limit: int, *, kind: str, subject_kind: str = "", after: tuple[datetime, UUID] | None = None
) -> list[DueRow]:
    """Return running limits of a kind that are due before ``moment``, earliest first, the page behind ``after``.

    Costs as much as there is to report. Paused limits are left out: they have no due date.
    """
    found = Limit.objects.filter(kind=kind, due_at__lt=moment, ended_at__isnull=True, paused=False)
    if subject_kind:
        found = found.filter(subject_kind=subject_kind)
    if after:
        found = found.extra(where=["(due_at, id) > (%s, %s)"], params=list(after))
    columns = found.order_by("due_at", "id").values_list(
        "id", "subject_kind", "subject_id", "kind", "due_at", "confirmed", "region"
    )
    return [
        DueRow(id_, Subject(what, which), kind_, due, sure, region)
        for id_, what, which, kind_, due, sure, region in columns[:limit]
    ]


def overdue_subjects(subject_kind: str, kinds: Iterable[str], *, today: date) -> QuerySet[Limit, UUID]:
    """Return the ids of subjects with a running limit that ended before today, to be used in ``pk__in``."""
    midnight = datetime.combine(today, time(), SHANGHAI)
    running = Limit.objects.filter(subject_kind=subject_kind, kind__in=list(kinds), ended_at__isnull=True, paused=False)
    return running.filter(due_at__lt=midnight).order_by("due_at", "id").values_list("subject_id", flat=True)


def due_of(*kinds: str, outer: str = "pk") -> Subquery:
    """Return the due moment that binds among the running limits of ``kinds``, as a column of a query about their subjects.

    ``qs.annotate(due_at=due_of("promise", "legal")).order_by("due_at", "pk")`` is a work list by due moment.
    """
    running = Limit.objects.filter(subject_id=OuterRef(outer), kind__in=kinds, ended_at__isnull=True)
    return Subquery(running.order_by("due_at").values("due_at")[:1])


def latest_edition() -> int:
    """Return the edition of the calendar in the database."""
    return int(Notice.objects.aggregate(number=Max("number"))["number"] or 0)
