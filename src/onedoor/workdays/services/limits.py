"""Acts on limits. Cores of other rooms' acts: they take many at once, never commit, and leave the journal to the act they serve.

Budgets, for any number of limits: start 1 statement, end 1, pause 3, resume and extend 4.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, connection, transaction
from django.db.models import QuerySet
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from onedoor.kernel.actor import Actor
from onedoor.kernel.clock import local_date
from onedoor.kernel.errors import AlreadyDone, Invalid, Refused
from onedoor.kernel.ids import new_id
from onedoor.kernel.subjects import Subject
from onedoor.workdays.arithmetic import Due, OutOfReach, Pause, Unit, due
from onedoor.workdays.calendars import WorkCalendar
from onedoor.workdays.models import Limit, LimitPause
from onedoor.workdays.queries import EDITION, as_pauses, calendar, pauses_of

LEGAL, PROMISE = "legal", "promise"


class LimitRuns(AlreadyDone):
    code = "limit_runs"
    default = _("This limit is already running.")


class AlreadyPaused(AlreadyDone):
    code = "already_paused"
    default = _("The limit is already paused. It can be paused again after work has resumed.")


class NotPaused(AlreadyDone):
    code = "not_paused"
    default = _("The limit is not paused.")


class PauseTooEarly(Refused):
    code = "pause_too_early"
    http_status = 422
    default = _("This moment lies before the last pause ended or before the limit began. Check the date.")


class NoLimitRuns(Refused):
    code = "no_limit_runs"
    default = _("There is no running limit to extend.")


class AlreadyExtended(AlreadyDone):
    code = "already_extended"
    default = _("The limit was already extended. The law allows it once.")


class PausedLimit(Refused):
    code = "paused_limit"
    default = _("The limit is paused, so its end is not known. Extend it after work has resumed.")


class ExtendedTooLate(Refused):
    code = "extended_too_late"
    default = _("The legal limit is over. It can no longer be extended; say publicly why it was exceeded.")


class LimitTooLong(Invalid):
    code = "limit_too_long"

    def __init__(self) -> None:
        super().__init__({"length": _("This limit would end after the year 2199.")})


@dataclass(frozen=True, slots=True)
class NewLimit:
    """A limit to be started: ``length`` in ``unit``, from the event at ``started_at``, whose own day is not counted.

    ``not_after`` is the last valid day of a permit that is to be renewed.
    """

    subject: Subject
    kind: str
    unit: Unit | str
    length: int
    started_at: datetime
    region: str = ""
    not_after: date | None = None


_INSERT = """
INSERT INTO workdays_limit (id, subject_kind, subject_id, kind, unit, length, started_at, not_after, due_at, confirmed, region,
    edition, extension, paused)
SELECT new.*, %s, 0, false
FROM unnest(%s::uuid[], %s::text[], %s::uuid[], %s::text[], %s::text[], %s::int[], %s::timestamptz[], %s::date[], %s::timestamptz[],
    %s::boolean[], %s::text[]) AS new
RETURNING (SELECT coalesce(max(number), 0) FROM workdays_notice)
"""


@transaction.atomic(savepoint=False)
def start_limits(new: Sequence[NewLimit]) -> list[Limit]:
    """Start limits, in one statement for any number.

    The statement answers with the database's edition of the calendar. When a notice was entered since this process read its
    calendar, the new limits are computed again at once (docs/limits.md says why none can slip through).

    :raises LimitRuns: when the subject already has a running limit of that kind.
    :raises LimitTooLong: when a limit would end after 2199.
    """
    if not new:
        return []
    limits = [_new_limit(each, calendar()) for each in new]
    edition = _insert(limits)
    if edition != limits[0].edition:
        _compute(limits, {}, calendar(edition))
        _save_dues(limits)
    return limits


def _new_limit(new: NewLimit, current: WorkCalendar) -> Limit:
    limit = Limit(
        id=new_id(),
        subject_kind=new.subject.kind,
        subject_id=new.subject.id,
        kind=new.kind,
        unit=Unit(new.unit),
        length=new.length,
        started_at=new.started_at,
        not_after=new.not_after,
        region=new.region,
    )
    _set_due(limit, [], current)
    limit._state.adding = False  # noqa: SLF001 the row is written by the statement below
    return limit


def _insert(limits: list[Limit]) -> int:
    """Write the rows and return the edition of the calendar that the database has."""
    columns = (
        "id",
        "subject_kind",
        "subject_id",
        "kind",
        "unit",
        "length",
        "started_at",
        "not_after",
        "due_at",
        "confirmed",
        "region",
    )
    values: list[Any] = [[getattr(each, name) for each in limits] for name in columns]
    values[4] = [str(unit) for unit in values[4]]
    try:
        with connection.cursor() as cursor:
            cursor.execute(_INSERT, [limits[0].edition, *values])
            return int(cursor.fetchone()[0])
    except IntegrityError as error:
        if "workdays_limit_one_open_of_a_kind" in str(error):
            raise LimitRuns from error
        raise


def _set_due(limit: Limit, pauses: Sequence[LimitPause], current: WorkCalendar) -> Due:
    """Compute the due moment from the row's own numbers; an open pause is left out."""
    closed = [Pause(each.started_at, each.ended_at) for each in pauses if each.ended_at]
    try:
        found = due(
            current,
            Unit(limit.unit),
            limit.length,
            limit.started_at,
            pauses=closed,
            extension=limit.extension,
            not_after=limit.not_after,
        )
    except OutOfReach as error:
        raise LimitTooLong from error
    limit.due_at, limit.confirmed, limit.edition = found.moment, found.confirmed, current.edition
    return found


def _compute(limits: Iterable[Limit], pauses: dict[UUID, list[LimitPause]], current: WorkCalendar) -> None:
    for limit in limits:
        _set_due(limit, pauses.get(limit.pk, []), current)


_UPDATE = """
UPDATE workdays_limit SET due_at = new.due_at, confirmed = new.confirmed, edition = new.edition, paused = new.paused,
    extension = new.extension, extended_at = new.extended_at, extended_by = new.extended_by
FROM unnest(%s::uuid[], %s::timestamptz[], %s::boolean[], %s::int[], %s::boolean[], %s::int[], %s::timestamptz[], %s::uuid[])
    AS new (id, due_at, confirmed, edition, paused, extension, extended_at, extended_by)
WHERE workdays_limit.id = new.id
"""


def _save_dues(limits: Sequence[Limit]) -> None:
    """Write what computing, pausing and extending change, in one statement for any number."""
    columns = ("id", "due_at", "confirmed", "edition", "paused", "extension", "extended_at", "extended_by")
    with connection.cursor() as cursor:
        cursor.execute(_UPDATE, [[getattr(each, name) for each in limits] for name in columns])


_END = """
WITH found AS (
    SELECT id, paused FROM workdays_limit
    WHERE subject_id = ANY(%s) AND kind = ANY(%s) AND ended_at IS NULL ORDER BY id FOR UPDATE
)
UPDATE workdays_limit SET ended_at = %s, paused = false FROM found WHERE workdays_limit.id = found.id
RETURNING workdays_limit.id, found.paused
"""


@transaction.atomic(savepoint=False)
def end_limits(subjects: Sequence[UUID], kinds: Iterable[str], at: datetime) -> int:
    """End the running limits of the subjects and return how many there were; an open pause ends with its limit.

    One statement for any number, three more when some of them were paused.
    """
    with connection.cursor() as cursor:
        cursor.execute(_END, [list(subjects), list(kinds), at])
        ended = cursor.fetchall()
    if still_paused := [id_ for id_, was_paused in ended if was_paused]:
        _close_pauses(list(_with_edition(Limit.objects.filter(pk__in=still_paused))), by=None, at=at)
    return len(ended)


@transaction.atomic(savepoint=False)
def pause_limits(subjects: Sequence[UUID], kinds: Iterable[str], reason: str, by: Actor, at: datetime) -> list[Limit]:
    """Stop the clock of the running limits of the subjects; today still counts as used.

    :raises AlreadyPaused: when one of them is paused.
    :raises PauseTooEarly: when ``at`` lies in an earlier pause or before the limit began.
    """
    limits = _locked(subjects, kinds)
    if any(each.paused for each in limits):
        raise AlreadyPaused
    if any(at < each.started_at for each in limits):
        raise PauseTooEarly
    if not limits:
        return []
    pauses = [LimitPause(limit=each, started_at=at, reason=reason, started_by=by.account) for each in limits]
    try:
        LimitPause.objects.bulk_create(pauses)
    except IntegrityError as error:
        if "workdays_limitpause_no_overlap" in str(error):
            raise PauseTooEarly from error
        raise
    Limit.objects.filter(pk__in=[each.pk for each in limits]).update(paused=True)
    for limit in limits:
        limit.paused = True
    return limits


@transaction.atomic(savepoint=False)
def resume_limits(subjects: Sequence[UUID], kinds: Iterable[str], by: Actor, at: datetime) -> list[Limit]:
    """Let the clock of the paused limits run on: from tomorrow days count again, and the due dates move by what the pause took.

    :raises NotPaused: when none of them is paused.
    :raises PauseTooEarly: when ``at`` lies before the pause began.
    """
    limits = [each for each in _locked(subjects, kinds) if each.paused]
    if not limits:
        raise NotPaused
    _close_pauses(limits, by=by, at=at)
    return limits


def _close_pauses(limits: list[Limit], *, by: Actor | None, at: datetime) -> None:
    """End the open pauses of locked limits and compute their due moments anew. Three statements."""
    pauses = pauses_of([each.pk for each in limits])
    open_ones = [each for rows in pauses.values() for each in rows if each.ended_at is None]
    if any(at < each.started_at for each in open_ones):
        raise PauseTooEarly
    account = by.account if by else None
    LimitPause.objects.filter(pk__in=[each.pk for each in open_ones]).update(ended_at=at, ended_by=account)
    for pause in open_ones:
        pause.ended_at = at
    for limit in limits:
        limit.paused = False
    _compute(limits, pauses, calendar(_edition(limits)))
    _save_dues(limits)


@transaction.atomic(savepoint=False)
def extend_limits(subjects: Sequence[UUID], kind: str, length: int, by: Actor, at: datetime) -> list[Limit]:
    """Extend a running limit of each subject, once; a promise moves with the law only where it is as long as the law.

    Source: 行政许可法 art. 42 (the law); domain.md 2.6 (the promise).
    :raises NoLimitRuns: when a subject has no running limit of that kind.
    :raises AlreadyExtended: when it was extended before.
    :raises PausedLimit: when a pause is open.
    :raises ExtendedTooLate: after the due date.
    """
    if length <= 0:
        raise Invalid({"length": _("Say by how many days the limit is extended.")})
    found = _locked(subjects, {kind, PROMISE} if kind == LEGAL else {kind})
    limits = {each.subject_id: each for each in found if each.kind == kind}
    if set(subjects) - set(limits):
        raise NoLimitRuns
    for limit in limits.values():
        _require_extendable(limit, at)
    moved = [each for each in found if each.kind == kind or _is_as_long(each, limits[each.subject_id])]
    for limit in moved:
        limit.extension, limit.extended_at, limit.extended_by = length, at, by.account
    _compute(moved, pauses_of([each.pk for each in moved]), calendar(_edition(moved)))
    _save_dues(moved)
    return moved


@transaction.atomic(savepoint=False)
def require_extendable(subjects: Sequence[UUID], kind: str, at: datetime) -> None:
    """Let only subjects pass whose running limit could be extended now, before somebody is asked to do it.

    Raises as ``extend_limits`` does.
    """
    limits = {each.subject_id: each for each in _locked(subjects, {kind})}
    if set(subjects) - set(limits):
        raise NoLimitRuns
    for limit in limits.values():
        _require_extendable(limit, at)


def extend_limit(subject: UUID, kind: str, length: int, by: Actor, at: datetime) -> list[Limit]:
    """Extend the running limit of one subject and return what moved: the limit, and a promise that is as long as the law."""
    return extend_limits([subject], kind, length, by, at)


def _require_extendable(limit: Limit, at: datetime) -> None:
    if limit.extension:
        raise AlreadyExtended
    if limit.paused:
        raise PausedLimit
    if local_date(at) > local_date(limit.due_at):
        raise ExtendedTooLate


def _is_as_long(promise: Limit, law: Limit) -> bool:
    return (promise.length, promise.unit, promise.extension) == (law.length, law.unit, 0)


def _locked(subjects: Sequence[UUID], kinds: Iterable[str]) -> list[Limit]:
    """Return the running limits, locked in the order of their keys so that two acts never wait for each other."""
    running = Limit.objects.filter(subject_id__in=subjects, kind__in=list(kinds), ended_at__isnull=True)
    return list(_with_edition(running).select_for_update(of=("self",)))


def _with_edition(limits: QuerySet[Limit]) -> QuerySet[Any]:
    return limits.annotate(calendar_edition=Coalesce(EDITION, 0)).order_by("id")


def _edition(limits: Sequence[Any]) -> int:
    return int(limits[0].calendar_edition)


@dataclass(frozen=True, slots=True)
class Recomputed:
    """How many running limits there are, how many moved, and how many became certain or uncertain without moving."""

    limits: int = 0
    moved: int = 0
    marked: int = 0

    def __add__(self, other: Recomputed) -> Recomputed:
        return Recomputed(self.limits + other.limits, self.moved + other.moved, self.marked + other.marked)


BATCH = 2000


@transaction.atomic(savepoint=False)
def recompute_limits(current: WorkCalendar, *, save: bool = True) -> Recomputed:
    """Compute all running limits anew with a calendar, two or three statements for each 2,000; with ``save`` off, only count."""
    total, last = Recomputed(), UUID(int=0)
    while True:
        running = Limit.objects.filter(ended_at__isnull=True, pk__gt=last).order_by("pk")
        batch = list((running.select_for_update() if save else running)[:BATCH])
        if not batch:
            return total
        before = {each.pk: (each.due_at, each.confirmed) for each in batch}
        _compute(batch, pauses_of([each.pk for each in batch]), current)
        if save:
            _save_dues(batch)
        total += _compare(batch, before)
        last = batch[-1].pk


def _compare(limits: Sequence[Limit], before: dict[UUID, tuple[datetime, bool]]) -> Recomputed:
    moved = sum(1 for each in limits if each.due_at != before[each.pk][0])
    marked = sum(1 for each in limits if each.due_at == before[each.pk][0] and each.confirmed != before[each.pk][1])
    return Recomputed(len(limits), moved, marked)


__all__ = ["NewLimit", "as_pauses", "end_limits", "extend_limit", "pause_limits", "resume_limits", "start_limits"]
