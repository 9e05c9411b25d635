"""Acts on the calendar: a notice makes a new edition, by which all running limits are computed anew in the same transaction."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta

from django.db import OperationalError, connection, transaction
from django.utils.translation import gettext_lazy as _

from onedoor.journal.services import record
from onedoor.kernel.actor import Actor
from onedoor.kernel.errors import AlreadyDone, Refused
from onedoor.kernel.ids import new_id
from onedoor.kernel.subjects import Subject
from onedoor.look import strip
from onedoor.workdays import acts
from onedoor.workdays.calendars import DayKind, SpecialDay, WorkCalendar
from onedoor.workdays.models import CalendarDay, Notice
from onedoor.workdays.notices import ParsedNotice, UnreadableNotice, parse_notice
from onedoor.workdays.permissions import require_calendar_keeper
from onedoor.workdays.queries import forget_calendar, load_calendar, office_hours
from onedoor.workdays.release import release_calendar
from onedoor.workdays.services.limits import Recomputed, recompute_limits
from onedoor.workdays.states import DaySource

TITLE_LENGTH = 200
LOCK_TIMEOUT = "10s"


class NoticeKnown(AlreadyDone):
    code = "notice_known"
    default = _("This notice is already in the calendar. Nothing was changed.")


class LimitsBusy(Refused):
    code = "limits_busy"
    http_status = 503
    default = _("Limits are being written by a long piece of work. Please try again in a minute. Nothing was changed.")


@dataclass(frozen=True, slots=True)
class DayChange:
    """A day that is something else after the notice."""

    date: date
    before: DayKind
    after: DayKind
    name: str


@dataclass(frozen=True, slots=True)
class NoticeOutcome:
    """What a notice changes: days, and limits that move or become certain."""

    notice: ParsedNotice
    changes: tuple[DayChange, ...]
    limits: Recomputed


def preview_notice(text: str) -> NoticeOutcome:
    """Return what entering the notice would change, without changing anything.

    :raises UnreadableNotice: as for ``enter_notice``.
    """
    notice = parse_notice(text)
    current = load_calendar()
    after = _with_notice(current, notice)
    return NoticeOutcome(notice, _changes(current, after, notice), recompute_limits(after, save=False))


@transaction.atomic(durable=True)
def enter_notice(*, text: str, by: Actor, at: datetime) -> NoticeOutcome:
    """Enter the State Council's notice: the year is confirmed, and every running limit is computed anew.

    A corrected notice is entered in the same way; one that names only some festivals changes those of an announced year.

    :raises NotAllowed: when the actor does not keep the calendar.
    :raises UnreadableNotice: when a sentence cannot be read, or festivals are missing in a year not announced before.
    :raises NoticeKnown: when it says nothing new.
    :raises LimitsBusy: when running work on limits does not end within ten seconds.
    """
    require_calendar_keeper(by)
    notice = parse_notice(text)
    _lock_limits()
    current = load_calendar()
    after = _with_notice(current, notice)
    changes = _changes(current, after, notice)
    if not changes and Notice.objects.filter(year=notice.year, source=DaySource.OFFICIAL).exists():
        raise NoticeKnown
    _write_days(_days_of(notice, changes), after, DaySource.OFFICIAL)
    row = Notice.objects.create(
        id=new_id(),
        number=after.edition,
        year=notice.year,
        source=DaySource.OFFICIAL,
        title=_title(text),
        text=text,
        entered_at=at,
        entered_by=by.account,
    )
    limits = recompute_limits(after)
    facts = {"year": notice.year, "edition": after.edition, "changed": len(changes), **asdict(limits)}
    record(acts.ENTER_NOTICE, subject=Subject("workdays.notice", row.pk), by=by, at=at, facts=facts)
    _renew_calendar()
    return NoticeOutcome(notice, changes, limits)


def _lock_limits() -> None:
    """Wait for all writers of limits and let none begin before the end: whoever comes later sees the new edition.

    EXCLUSIVE, because an act that has only locked rows so far would otherwise wait for this one while this one waits for it.
    """
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('lock_timeout', %s, true)", [LOCK_TIMEOUT])
            cursor.execute("LOCK TABLE workdays_limit IN EXCLUSIVE MODE")
    except OperationalError as error:
        raise LimitsBusy from error


def _renew_calendar() -> None:
    forget_calendar()
    transaction.on_commit(forget_calendar)
    transaction.on_commit(strip.desk_notice.forget)


def _with_notice(current: WorkCalendar, notice: ParsedNotice) -> WorkCalendar:
    """Return the calendar after the notice. The festivals it names are laid anew; a projection gives way as a whole."""
    announced = notice.year in current.confirmed_years
    if not announced and not notice.is_complete:
        raise UnreadableNotice(_("This year is not announced yet, so the notice must name all seven festivals."))
    days: dict[date, SpecialDay | None] = {
        day: None for day, special in current.special.items() if _is_replaced(day, special, notice, announced=announced)
    }
    days.update(notice.days)
    return current.with_days(
        days,
        confirmed_years=current.confirmed_years | {notice.year},
        projected_years=current.projected_years - {notice.year},
        edition=current.edition + 1,
    )


def _is_replaced(day: date, special: SpecialDay, notice: ParsedNotice, *, announced: bool) -> bool:
    """Tell whether a day laid down before gives way: its festival is named anew, or its year was projected.

    New Year's days at the end of a year belong to the notice of the year after.
    """
    year = day.year + 1 if special.name == "元旦" and day.month == 12 else day.year
    if year != notice.year:
        return False
    return not announced or notice.is_complete or bool(notice.festivals & set(special.name.split("、")))


def _changes(current: WorkCalendar, after: WorkCalendar, notice: ParsedNotice) -> tuple[DayChange, ...]:
    found = ((day, current.kind(day), after.kind(day), after.name(day) or current.name(day)) for day in _span(notice.year))
    return tuple(DayChange(day, was, becomes, name) for day, was, becomes, name in found if was is not becomes)


def _span(year: int) -> Iterator[date]:
    """Yield the days that the notice of a year may speak of: the year, and December before it."""
    first = date(year - 1, 12, 1)
    return (first + timedelta(days=n) for n in range((date(year, 12, 31) - first).days + 1))


def _days_of(notice: ParsedNotice, changes: tuple[DayChange, ...]) -> list[date]:
    """Return the days to be written as official: all of the year, and those of December before it that the notice decides."""
    decided = {*notice.days, *(each.date for each in changes)}
    return [day for day in _span(notice.year) if day.year == notice.year or day in decided]


def _write_days(days: list[date], calendar: WorkCalendar, source: DaySource) -> None:
    rows = [
        CalendarDay(
            date=day, kind=calendar.kind(day), name=calendar.name(day), source=source, confirmed=source != DaySource.PROJECTED
        )
        for day in days
    ]
    CalendarDay.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["date"], update_fields=["kind", "name", "source", "confirmed"]
    )


def _title(text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return next((line for line in lines if "通知" in line), lines[0])[:TITLE_LENGTH]


@transaction.atomic(durable=True)
def seed_calendar(*, by: Actor, at: datetime) -> int:
    """Lay the release's calendar down in the table and return how many days are new or other than before.

    Days of an entered notice stay. Where a newer release knows a year that was projected, running limits are computed anew.

    :raises NotAllowed: when the actor does not keep the calendar.
    """
    require_calendar_keeper(by)
    _lock_limits()
    base = release_calendar(office_hours())
    there = {row[0]: row[1:] for row in CalendarDay.objects.values_list("date", "kind", "name", "source")}
    wanted = {day: (base.kind(day).value, base.name(day), source) for day, source in _release_days(base)}
    other = _differing(wanted, there)
    if not other:
        return 0
    for source in (DaySource.PACKAGE, DaySource.PROJECTED):
        _write_days([day for day in other if wanted[day][2] == source], base, source)
    changed = sorted(set(other) & set(there))
    subject = Subject("workdays.calendar", new_id())
    if changed:
        current = load_calendar()
        newer = current.with_days(
            {}, confirmed_years=current.confirmed_years, projected_years=current.projected_years, edition=current.edition + 1
        )
        Notice.objects.create(
            id=subject.id,
            number=newer.edition,
            year=changed[-1].year,
            source=DaySource.PACKAGE,
            entered_at=at,
            entered_by=by.account,
        )
        recompute_limits(newer)
    record(acts.SEED_CALENDAR, subject=subject, by=by, at=at, facts={"days": len(other)})
    _renew_calendar()
    return len(other)


def _release_days(base: WorkCalendar) -> Iterator[tuple[date, DaySource]]:
    """Yield every day of the years that the release knows or projects, with its source."""
    for year in sorted(base.confirmed_years | base.projected_years):
        source = DaySource.PACKAGE if year in base.confirmed_years else DaySource.PROJECTED
        first = date(year, 1, 1)
        yield from ((first + timedelta(days=n), source) for n in range((date(year + 1, 1, 1) - first).days))


Row = tuple[str, str, str]


def _differing(wanted: Mapping[date, Row], there: Mapping[date, Row]) -> list[date]:
    """Return the days to be written: missing ones, and others that no notice has decided."""
    return [day for day, row in wanted.items() if day not in there or (there[day] != row and there[day][2] != DaySource.OFFICIAL)]


@transaction.atomic(durable=True)
def renew_due_dates(*, by: Actor, at: datetime) -> Recomputed:
    """Compute all running limits anew with the calendar as it is, for an operator who changed the office hours.

    :raises NotAllowed: when the actor does not keep the calendar.
    """
    require_calendar_keeper(by)
    _lock_limits()
    done = recompute_limits(load_calendar())
    record(acts.RENEW_DUE_DATES, subject=Subject("workdays.calendar", new_id()), by=by, at=at, facts=asdict(done))
    return done
