"""What the calendar says and how limits stand."""

from __future__ import annotations

from calendar import Calendar
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from uuid import UUID

from django.conf import settings
from django.db.models import Exists, Max, Min, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from onedoor.kernel.clock import SHANGHAI, local_date
from onedoor.kernel.subjects import Subject
from onedoor.workdays.arithmetic import Pause, Unit
from onedoor.workdays.calendars import DayKind, OfficeHours, WorkCalendar
from onedoor.workdays.models import CalendarDay, Limit, LimitPause, Notice
from onedoor.workdays.names import festival
from onedoor.workdays.release import release_calendar, with_notices
from onedoor.workdays.standing import LimitView, PauseView
from onedoor.workdays.states import DaySource

__all__ = [
    "LimitView",
    "calendar",
    "due_before",
    "due_of",
    "is_paused",
    "limits_of",
    "overdue_subjects",
    "provisional_years",
    "unconfirmed_year_warning",
    "unit_of",
]

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
    notices = list(Notice.objects.order_by("number").values_list("number", "year", "source"))
    rows = CalendarDay.objects.filter(source=DaySource.OFFICIAL).order_by("date").values_list("date", "kind", "name")
    return with_notices(release_calendar(office_hours()), notices, rows if notices else ())


EDITION = Subquery(Notice.objects.order_by("-number").values("number")[:1])
"""The database's edition of the calendar, as a column of another query."""


def unconfirmed_year_warning(today: date) -> int | None:
    """Return the next year if it is November or later and its holidays are not announced here yet, for a banner."""
    year = today.year + 1
    return year if today.month >= 11 and year not in calendar().confirmed_years else None


def provisional_years() -> tuple[int, ...]:
    """Return the years without announced holidays that running limits reach into, whose dates are provisional. One statement."""
    open_ones = Limit.objects.filter(ended_at__isnull=True, confirmed=False)
    span = open_ones.aggregate(first=Min("started_at"), last=Max("due_at"), edition=Max(EDITION))
    if span["last"] is None:
        return ()
    return calendar(span["edition"] or 0).unconfirmed_years(local_date(span["first"]), local_date(span["last"]))


@dataclass(frozen=True, slots=True)
class DayCell:
    """A day as the picture of a year shows it."""

    date: date
    kind: DayKind
    festival: str
    is_today: bool

    @property
    def is_plain(self) -> bool:
        """Whether nothing is said of the day but its number, as of most of them."""
        return not self.is_today and self.kind not in {DayKind.HOLIDAY, DayKind.MAKEUP}


@dataclass(frozen=True, slots=True)
class FestivalRow:
    """A festival of a year: its days off, and the days worked in exchange."""

    name: str
    off: tuple[date, ...]
    makeups: tuple[date, ...]


@dataclass(frozen=True, slots=True)
class YearPicture:
    """A year of the calendar: twelve months of weeks, the festivals, and whether all of it is announced."""

    year: int
    is_confirmed: bool
    is_projected: bool
    months: list[tuple[date, list[list[DayCell | None]]]]
    festivals: list[FestivalRow]
    working_days: int
    notices: list[Notice]


def year_picture(year: int, *, today: date) -> YearPicture:
    """Return a year of the calendar as it stands in the database."""
    current = calendar(latest_edition())
    weeks = Calendar().monthdatescalendar
    months = [
        (date(year, month, 1), [[_cell(current, day, month, today) for day in week] for week in weeks(year, month)])
        for month in range(1, 13)
    ]
    return YearPicture(
        year=year,
        is_confirmed=year in current.confirmed_years,
        is_projected=year in current.projected_years,
        months=months,
        festivals=_festivals(current, year),
        working_days=current.workdays(date(year - 1, 12, 31), date(year, 12, 31)),
        notices=list(Notice.objects.filter(year=year, source=DaySource.OFFICIAL).order_by("-number")),
    )


def _cell(current: WorkCalendar, day: date, month: int, today: date) -> DayCell | None:
    return DayCell(day, current.kind(day), festival(current.name(day)), day == today) if day.month == month else None


def _festivals(current: WorkCalendar, year: int) -> list[FestivalRow]:
    """Return the festivals of a year in the order of their first day off, New Year's days before it included."""
    days: dict[str, list[date]] = {}
    for day, special in sorted(current.special.items()):
        if day.year + (special.name == "元旦" and day.month == 12) == year:
            days.setdefault(special.name, []).append(day)
    rows = [
        FestivalRow(
            festival(name),
            tuple(day for day in named if not current.is_workday(day)),
            tuple(day for day in named if current.is_workday(day)),
        )
        for name, named in days.items()
    ]
    return sorted(rows, key=lambda row: row.off[:1])


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
    moment: datetime,
    limit: int,
    *,
    kind: str,
    subject_kind: str = "",
    after: tuple[datetime, UUID] | None = None,
    since: datetime | None = None,
    unless: Exists | None = None,
) -> list[DueRow]:
    """Return running limits of a kind that are due before ``moment``, earliest first, the page behind ``after``.

    ``since`` leaves out those due before another moment, ``unless`` those for which another table has a row.

    Costs as much as there is to report. Paused limits are left out: they have no due date.
    """
    found = Limit.objects.filter(kind=kind, due_at__lt=moment, ended_at__isnull=True, paused=False)
    if subject_kind:
        found = found.filter(subject_kind=subject_kind)
    if since:
        found = found.filter(due_at__gte=since)
    if unless is not None:
        found = found.filter(~unless)
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


def unit_of(*kinds: str, outer: str = "pk") -> Subquery:
    """Return the unit of the limit whose due moment ``due_of`` returns."""
    running = Limit.objects.filter(subject_id=OuterRef(outer), kind__in=kinds, ended_at__isnull=True)
    return Subquery(running.order_by("due_at").values("unit")[:1])


def is_paused(*kinds: str, outer: str = "pk") -> Exists:
    """Return whether a running limit of ``kinds`` stands still, as a column of a query about their subjects."""
    return Exists(Limit.objects.filter(subject_id=OuterRef(outer), kind__in=kinds, ended_at__isnull=True, paused=True))


def latest_edition() -> int:
    """Return the edition of the calendar in the database."""
    return int(Notice.objects.aggregate(number=Max("number"))["number"] or 0)
