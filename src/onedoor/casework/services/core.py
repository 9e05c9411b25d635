"""What every act on applications shares: locking in one order, moving with a record, and remembering who was refused."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from functools import wraps
from typing import ParamSpec, TypeVar
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, Func, IntegerField, OuterRef, QuerySet

from onedoor.casework.models import Application, Consultation, StageRun
from onedoor.casework.permissions import acts_as_proxy, refusal_at_level, require_state, stage_for
from onedoor.casework.states import CLOCKS_THAT_PAUSE, CLOCKS_TO_DECIDE, KIND, Transition
from onedoor.catalog import queries as catalog
from onedoor.journal import services as journal
from onedoor.journal.acts import Act
from onedoor.kernel import jobs
from onedoor.kernel.actor import Actor
from onedoor.kernel.errors import NotAllowed, NotFound
from onedoor.kernel.prepared import Prepared
from onedoor.kernel.subjects import Subject
from onedoor.network.queries import require_authorised
from onedoor.workdays import queries as limits

P = ParamSpec("P")
R = TypeVar("R")


def subject_of(application: Application) -> Subject:
    """Return the application as journal, limits and papers know it."""
    return Subject(KIND, application.id)


def recorded_act(what: Act) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Make a function one act: one durable transaction, and a record in a transaction of its own when it was not allowed.

    What it leaves to the worker is queued in one statement at its end.

    A refusal for want of authority is evidence (S03): it stays although everything else was rolled back.
    """

    def make(function: Callable[P, R]) -> Callable[P, R]:
        @wraps(function)
        def act(*args: P.args, **kwargs: P.kwargs) -> R:
            try:
                with transaction.atomic(durable=True), jobs.queued_together():
                    return function(*args, **kwargs)
            except NotAllowed as refusal:
                _remember(refusal, what, kwargs)
                raise

        return act

    return make


def _remember(refusal: NotAllowed, what: Act, arguments: Mapping[str, object]) -> None:
    application, by, at = arguments.get("application_id"), arguments.get("by"), arguments.get("at")
    if isinstance(application, UUID) and isinstance(by, Actor) and isinstance(at, datetime):
        journal.record_refusal(what, subject=Subject(KIND, application), by=by, at=at, reason=refusal.code)


def _locking(keys: Sequence[UUID], *, with_serial: bool = False) -> QuerySet[Application]:
    rows = (
        Application.objects.select_for_update(of=("self",))
        .select_related("version", "agency", "service_item")
        .defer("version__content")
    )
    rows = rows.annotate(
        awaits_opinion=Exists(Consultation.objects.filter(application=OuterRef("pk"), ended_at__isnull=True)),
        stands_still=limits.is_paused(*CLOCKS_THAT_PAUSE),
        decide_by=limits.due_of(*CLOCKS_TO_DECIDE),
        decide_unit=limits.unit_of(*CLOCKS_TO_DECIDE),
    )
    if with_serial:
        rows = rows.annotate(serial=Func(function="nextval", template="nextval('casework_serial')", output_field=IntegerField()))
    return rows.filter(pk__in=keys).order_by("pk")


_one = Prepared(lambda key: _locking([key]), UUID(int=1))
_one_numbered = Prepared(lambda key: _locking([key], with_serial=True), UUID(int=1))


def lock(application_ids: Iterable[UUID], *, with_serial: bool = False) -> list[Application]:
    """Lock applications in the order of their keys, with their version, agency and service item, in one statement.

    ``with_serial`` takes a serial for each of them as ``serial``, in the same statement.

    :raises NotFound: when one does not exist.
    """
    wanted = sorted(set(application_ids))
    one = _one_numbered if with_serial else _one
    found = one.rows(*wanted) if len(wanted) == 1 else list(_locking(wanted, with_serial=with_serial))
    if len(found) != len(wanted):
        raise NotFound
    return found


def lock_one(application_id: UUID) -> Application:
    """Lock one application.

    :raises NotFound: when it does not exist.
    """
    (application,) = lock([application_id])
    return application


def authorise(applications: Sequence[Application], transition: Transition, *, by: Actor, at: datetime) -> None:
    """Let only a post pass that may do the transition for the items and agencies of all applications, in one query a stage.

    :raises NotAllowed: when it may not for one of them, by its rights or by the level of its place.
    """
    for version in {each.version_id for each in applications} if by.level else ():
        if refusal := refusal_at_level(by, transition, catalog.case_terms(version)):
            raise refusal
    for stage in sorted({stage_for(transition, application) for application in applications}):
        pairs = {(each.item_code, each.agency_id) for each in applications if stage_for(transition, each) == stage}
        require_authorised(by, stage, pairs, at)


def move(
    applications: Sequence[Application],
    transition: Transition,
    act: Act,
    *,
    by: Actor,
    at: datetime,
    fields: Iterable[str] = (),
    facts: Mapping[UUID, Mapping[str, object]] | None = None,
) -> dict[UUID, UUID]:
    """Check where the applications stand, set the target, write the status with ``fields``, and record one entry for each.

    Returns the key of the journal entry of each application.

    :raises WrongState: when one does not stand where the transition begins.
    """
    require_state(applications, transition)
    for application in applications:
        application.status = transition.target or application.status
    write(applications, {"status", *fields})
    return record(applications, act, by=by, at=at, facts=facts)


def write(applications: Sequence[Application], fields: Iterable[str]) -> None:
    """Write the named columns of the applications in one statement."""
    names = sorted(fields)
    if len(applications) == 1:
        applications[0].save(update_fields=names)
    elif applications:
        Application.objects.bulk_update(applications, names)


def record(
    applications: Sequence[Application],
    act: Act,
    *,
    by: Actor,
    at: datetime,
    facts: Mapping[UUID, Mapping[str, object]] | None = None,
) -> dict[UUID, UUID]:
    """Write one journal entry for each application, in one statement, and return their keys."""
    entries = journal.record_many(
        act,
        [
            journal.Record(
                subject=subject_of(application),
                facts={"reference": application.reference, **_as_proxy(application, by), **(facts or {}).get(application.id, {})},
                on_behalf_of=_represented(application, by),
            )
            for application in applications
        ],
        by=by,
        at=at,
    )
    return dict(zip((application.id for application in applications), entries, strict=True))


def _represented(application: Application, by: Actor) -> UUID | None:
    holder = application.applicant_organisation_id or application.applicant_person_id
    return None if by.is_staff or holder == by.person else holder


def _as_proxy(application: Application, by: Actor) -> dict[str, object]:
    return {"proxy": True} if acts_as_proxy(by, application) else {}


def open_runs(applications: Sequence[Application]) -> dict[UUID, StageRun]:
    """Return the open stage run of each application."""
    runs = StageRun.objects.filter(application__in=applications, ended_at__isnull=True)
    return {run.application_id: run for run in runs}


def end_open_runs(applications: Sequence[Application], *, at: datetime) -> None:
    """End the open stage of applications that are taken back; nobody finished it, so nobody is named."""
    StageRun.objects.filter(application__in=applications, ended_at__isnull=True).update(ended_at=at)
