"""Intake: what the window does with an application until its clock runs, or until the applicant must come back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from onedoor.casework import acts, messages, papers, queries, stages, states, tolerance
from onedoor.casework.correction import NotAsked
from onedoor.casework.models import Application, CorrectionNotice, Material, MaterialState, StageRun
from onedoor.casework.norm import NOTHING, Given, Standing
from onedoor.casework.permissions import owns, require_state
from onedoor.casework.services import core, norm
from onedoor.casework.services.submission import check_correction, start_notice_limit, submit_many
from onedoor.casework.states import Outcome, Status
from onedoor.casework.trust import level_after_check
from onedoor.catalog import queries as catalog
from onedoor.documents import services as documents
from onedoor.journal.acts import Act
from onedoor.kernel.actor import Actor
from onedoor.kernel.errors import NotAllowed, Refused
from onedoor.notify import services as notify
from onedoor.workdays import services as limits

CORRECTION_WORKING_DAYS = 15  # 国 rules set none: the applicant's own time, decided in domain.md 2.4


class MaterialsMissing(Refused):
    """A required material is neither there nor checked; ``details`` name all of them."""

    code = "materials_missing"
    default = _("Not everything that is required is there yet. Tell the applicant in writing what is missing.")


class MayFollow(MaterialsMissing):
    """What is missing may follow, but only on the applicant's promise."""

    code = "may_follow"


class NothingMissing(Refused):
    """A notice of what is missing has to name something."""

    code = "nothing_missing"
    http_status = 422
    default = _("Please mark at least one material or answer that has to be put right.")


class NotBroughtUp(Refused):
    """A further notice asks for what the first one could have asked for."""

    code = "not_brought_up"
    http_status = 422

    def __init__(self, names: str) -> None:
        super().__init__(
            gettext(
                "Not asked for at first, so it may not be asked for now: %(names)s. A further notice is only about what the new papers bring up."
            )
            % {"names": names}
        )


@dataclass(frozen=True, slots=True)
class Check:
    """What a clerk saw of one material."""

    key: str
    accepted: bool
    copies: int = 0
    is_original_seen: bool = False
    remark: str = ""


@dataclass(frozen=True, slots=True)
class Point:
    """One thing to be put right: a material (``m…``) or an answer (``field:…``), what is wrong, how to mend it."""

    key: str
    name: str
    problem: str
    how: str


@core.recorded_act(acts.RECEIVE)
def receive_application(
    *, application_id: UUID, checks: Sequence[Check], by: Actor, at: datetime, answers: Given = NOTHING
) -> Application:
    """Receive a submitted application and its materials; the applicant gets a receipt that lists them.

    ``answers`` are those of the check list so far; here it may stay open.

    :raises NotAllowed: when the post may not receive this item for this agency.
    :raises WrongState: when it was already received.
    """
    application = core.lock_one(application_id)
    receive_many([application], {application.id: checks}, by=by, at=at)
    norm.keep_answers(application, answers, by=by, at=at)
    return application


@core.recorded_act(acts.ACCEPT)
def accept_application(
    *, application_id: UUID, by: Actor, at: datetime, checks: Sequence[Check] = (), answers: Given = NOTHING
) -> Application:
    """Accept an application, which starts the clocks of law and promise on the following day.

    ``checks`` say what was seen of materials that came after the receipt, ``answers`` are those of the check list.

    :raises NotAllowed: when the post may not accept this item for this agency.
    :raises WrongState: when it was not received and waiting for acceptance.
    :raises MaterialsMissing: when a required material is not there.
    :raises NormOpen: when a point of the check list is not answered.
    :raises NormNotMet: when one that forbids acceptance was answered with no.
    """
    application = core.lock_one(application_id)
    core.authorise([application], states.ACCEPT, by=by, at=at)
    write_checks({application.id: checks}, by=by)
    accept_checked(application, answers, by=by, at=at)
    return application


@core.recorded_act(acts.ACCEPT)
def receive_and_accept(
    *, application_id: UUID, checks: Sequence[Check], by: Actor, at: datetime, answers: Given = NOTHING
) -> Application:
    """Receive and accept in one go, as at a window where everything is there: one transaction, an entry for each step.

    Raises as ``accept_application`` does.
    """
    application = core.lock_one(application_id)
    receive_many([application], {application.id: checks}, by=by, at=at)
    accept_checked(application, answers, by=by, at=at)
    return application


@transaction.atomic(savepoint=False)
def accept_checked(application: Application, answers: Given, *, by: Actor, at: datetime) -> None:
    """Keep the answers of the check list and accept a locked application if they let it. Raises as ``accept_application`` does."""
    require_state([application], states.ACCEPT)
    standing = norm.keep_answers(application, answers, by=by, at=at)
    accept_many([application], {application.id: standing}, by=by, at=at)


@core.recorded_act(acts.SUBMIT)
def submit_at_window(*, application_id: UUID, by: Actor, at: datetime) -> Application:
    """Submit a draft that a clerk wrote for somebody at the window; missing papers are told in writing afterwards.

    :raises NotAllowed: when the clerk did not open it or may not receive this item.
    """
    application = core.lock_one(application_id)
    if not owns(by, application, at=at):
        raise NotAllowed
    core.authorise([application], states.RECEIVE, by=by, at=at)
    if application.reference is None:
        submit_many([application], by=by, at=at, must_be_complete=False)
    return application


@core.recorded_act(acts.ASK_FOR_CORRECTION)
def ask_for_correction(
    *,
    application_id: UUID,
    points: Sequence[Point],
    by: Actor,
    at: datetime,
    checks: Sequence[Check] = (),
    answers: Given = NOTHING,
) -> Application:
    """Tell the applicant, once and in writing, everything that is missing or wrong (行政许可法 art. 32).

    ``checks`` say what was seen of the other materials, ``answers`` are those of the check list.

    :raises NotAllowed: when the post may not receive this item for this agency.
    :raises NothingMissing: when no point is named.
    :raises WrongState: when the application is not waiting for its first answer.
    """
    application = core.lock_one(application_id)
    core.authorise([application], states.ASK_FOR_CORRECTION, by=by, at=at)
    write_checks({application.id: checks}, by=by)
    require_state([application], states.ASK_FOR_CORRECTION)
    norm.keep_answers(application, answers, by=by, at=at)
    ask_one(application, points, by=by, at=at)
    return application


@transaction.atomic(savepoint=False)
def ask_one(application: Application, points: Sequence[Point], *, by: Actor, at: datetime) -> None:
    """Tell what is missing in a locked application whose post was let pass: notice, the applicant's own time, paper, message.

    :raises NotBroughtUp: when a further notice asks for what an earlier one did not ask for.
    """
    if not points:
        raise NothingMissing
    _require_brought_up(application, points)
    application.corrections_asked += 1
    application.stage = ""
    entries = core.move(
        [application], states.ASK_FOR_CORRECTION, acts.ASK_FOR_CORRECTION, by=by, at=at, fields=("corrections_asked", "stage"),
        facts={application.id: {"points": [point.key for point in points], "number": application.corrections_asked}},
    )  # fmt: skip
    notice = CorrectionNotice(
        application=application,
        number=application.corrections_asked,
        told_at=at,
        told_by=by.account,
        points=[{"key": each.key, "name": each.name, "problem": each.problem, "how": each.how} for each in points],
    )
    CorrectionNotice.objects.bulk_create([notice])
    wanted = {each.key for each in catalog.case_terms(application.version_id).materials if not each.is_handed_in}
    rejected = [
        each.key for each in points if each.key not in wanted
    ]  # the others nobody can replace: their answers or records are
    Material.objects.filter(application=application, key__in=rejected).update(state=MaterialState.REJECTED)
    limits.end_limits([application.id], ["notice"], at)
    (limit,) = limits.start_limits(
        [
            limits.NewLimit(
                subject=core.subject_of(application),
                kind="correction",
                unit="working-days",
                length=CORRECTION_WORKING_DAYS,
                started_at=at,
                region=application.region,
            )
        ]
    )
    documents.issue_papers([papers.one_time_notice(application, notice, limit, entries[application.id])], by=by, at=at)
    notify.tell(messages.correction_asked(application, notice, limit.due_at), at=at)


@core.recorded_act(acts.CORRECT)
def correct_application(
    *, application_id: UUID, answers: Mapping[str, object], checks: Sequence[Check] = (), by: Actor, at: datetime
) -> Application:
    """Hand in what was missing: the materials arrive anew and the city has five working days again.

    The applicant does it online; at a window a clerk does it with ``checks`` of what was brought.

    :raises NotAllowed: when neither the applicant nor a post that may receive it acts.
    :raises Invalid: when an answer is missing or wrong, with every fault at once.
    :raises MaterialsMissing: when a point of the notice is still open.
    :raises NotAsked: when the notice asks for one of the answers not at all.
    """
    application = core.lock_one(application_id)
    if not owns(by, application, at=at):
        core.authorise([application], states.RECEIVE, by=by, at=at)
    correct_locked(application, answers, checks, by=by, at=at)
    return application


@transaction.atomic(savepoint=False)
def correct_locked(
    application: Application, answers: Mapping[str, object], checks: Sequence[Check] = (), *, by: Actor, at: datetime
) -> None:
    """Hand in what was missing for a locked application; the caller has made sure that the actor may.

    :raises MaterialsMissing: when a point of the notice is still open.
    :raises NotAsked: when the notice asks for one of the answers not at all.
    """
    if answers.keys() - queries.correctable(application, at=at).questions:
        raise NotAsked
    notice = queries.open_correction(application)
    write_checks({application.id: checks}, by=by)
    if notice is not None:
        _require_answered(application, notice)
        notice.answered_at = at
        notice.save(update_fields=["answered_at"])
        norm.ask_again(application, [point["key"] for point in notice.points], at=at)
    application.answers = {**application.answers, **answers}
    if owns(by, application, at=at):
        application.answers = check_correction(application, _materials(application), at=at)
    application.arrived_at, application.stage = at, stages.RECEIVE
    core.move([application], states.CORRECT, acts.CORRECT, by=by, at=at, fields=("answers", "arrived_at", "stage"))
    limits.end_limits([application.id], ["correction"], at)
    start_notice_limit([application], at=at)
    told = [*messages.corrected(application), *messages.answered(application, notice, by=by)]
    notify.tell(told, at=at)


@core.recorded_act(acts.NOT_ACCEPT)
def not_accept_application(*, application_id: UUID, reason: str, competent: str, by: Actor, at: datetime) -> Application:
    """Do not accept an application: with the reason, the office in charge where there is one, and the remedies.

    :raises NotAllowed: when the post may not receive this item for this agency.
    :raises Refused: when no reason is given (行政许可法 art. 32, 38).
    """
    application = core.lock_one(application_id)
    core.authorise([application], states.NOT_ACCEPT, by=by, at=at)
    application.reason, application.outcome, application.closed_at = require_reason(reason), Outcome.NOT_ACCEPTED, at
    application.stage = ""
    entries = core.move(
        [application], states.NOT_ACCEPT, acts.NOT_ACCEPT, by=by, at=at, fields=("reason", "outcome", "closed_at", "stage"),
        facts={application.id: {"competent": competent}},
    )  # fmt: skip
    limits.end_limits([application.id], ["notice"], at)
    documents.issue_papers([papers.not_accepted(application, competent, entries[application.id])], by=by, at=at)
    notify.tell(messages.closed(application), at=at)
    return application


def require_reason(reason: str) -> str:
    """Return a reason without blanks around it.

    :raises Refused: when there is none.
    """
    if not reason.strip():
        raise Refused(_("Please write the reason. The applicant has a right to know it."))
    return reason.strip()


@transaction.atomic(savepoint=False)
def receive_many(applications: Sequence[Application], checks: Mapping[UUID, Sequence[Check]], *, by: Actor, at: datetime) -> None:
    """Receive locked applications with what was seen of their materials."""
    core.authorise(applications, states.RECEIVE, by=by, at=at)
    entries = core.move(applications, states.RECEIVE, acts.RECEIVE, by=by, at=at)
    write_checks(checks, by=by)
    documents.issue_papers(
        [papers.receipt(each, _materials(each), by.label, entries[each.id]) for each in applications], by=by, at=at
    )


@transaction.atomic(savepoint=False)
def accept_many(applications: Sequence[Application], lists: Mapping[UUID, Standing], *, by: Actor, at: datetime) -> None:
    """Accept locked applications whose required materials are there as the norm asks, and lay them before the first stage.

    ``lists`` are their check lists as they count now: what is complete and in the legal form is accepted (行政许可法 art. 32).

    :raises MaterialsMissing: when a required material is not there.
    :raises NormOpen: when a point of a check list is not answered.
    :raises NormNotMet: when one that forbids acceptance was answered with no.
    """
    core.authorise(applications, states.ACCEPT, by=by, at=at)
    for application in applications:
        norm.require_met(lists[application.id])
        _require_complete(application)
        norm.require_answered(lists[application.id])
        application.accepted_at = at
    begin_handling(applications, states.ACCEPT, acts.ACCEPT, by=by, at=at)
    notify.tell([each for application in applications for each in messages.accepted(application)], at=at)


def begin_handling(
    applications: Sequence[Application],
    transition: states.Transition,
    act: Act,
    *,
    by: Actor,
    at: datetime,
    facts: Mapping[UUID, Mapping[str, object]] | None = None,
) -> dict[UUID, UUID]:
    """Move applications to accepted: clocks of law and promise run from ``accepted_at``, the first stage is open.

    Returns the journal entry of each.
    """
    for application in applications:
        first = stages.worked_steps(catalog.case_terms(application.version_id).steps)[0]
        application.stage, application.stage_position = first.stage, first.position
    entries = core.move(
        applications, transition, act, by=by, at=at,
        fields=("accepted_at", "accepted_as_deemed", "stage", "stage_position", "has_gap"), facts=facts,
    )  # fmt: skip
    limits.end_limits([each.id for each in applications], ["notice"], at)
    started = limits.start_limits([limit for each in applications for limit in _clocks(each, at=at)])
    StageRun.objects.bulk_create(_first_run(each, at=at) for each in applications)
    target = {
        each.id: min(
            (limit for limit in started if limit.subject_id == each.id and limit.kind in ("legal", "promise")),
            key=lambda limit: limit.due_at,
        )
        for each in applications
    }
    documents.issue_papers([papers.acceptance(each, target[each.id], entries[each.id]) for each in applications], by=by, at=at)
    return entries


def _clocks(application: Application, *, at: datetime) -> list[limits.NewLimit]:
    terms = catalog.case_terms(application.version_id)
    started_at = application.accepted_at or at
    first = stages.worked_steps(terms.steps)[0]
    lengths = [
        ("legal", terms.legal_length, terms.legal_unit),
        ("promise", terms.promised_length(application.option_code), terms.promise_unit),
    ]
    if application.case_kind != stages.INSTANT:
        lengths.append(("stage", first.length, first.unit))
    return [
        limits.NewLimit(
            subject=core.subject_of(application), kind=kind, unit=unit, length=length, started_at=started_at,
            region=application.region,
        )
        for kind, length, unit in lengths
    ]  # fmt: skip


def _first_run(application: Application, *, at: datetime) -> StageRun:
    first = stages.worked_steps(catalog.case_terms(application.version_id).steps)[0]
    return StageRun(application=application, position=first.position, stage=first.stage, name=first.name, started_at=at)


def _materials(application: Application) -> list[Material]:
    return list(Material.objects.filter(application=application).order_by("key"))


def write_checks(checks: Mapping[UUID, Sequence[Check]], *, by: Actor) -> None:
    """Write what was seen of the materials of applications, by their keys, in two statements.

    :raises Refused: when a check is about a material that the item does not ask for.
    """
    found = Material.objects.filter(application__in=list(checks)).annotate(version_id=F("application__version_id"))
    rows = {(row.application_id, row.key): row for row in found}
    changed = []
    for application_id, seen in checks.items():
        for check in seen:
            row = rows.get((application_id, check.key))
            if row is None:
                raise Refused(_("This item asks for no such material."))
            row.state = MaterialState.CHECKED if check.accepted else MaterialState.REJECTED
            row.copies, row.is_original_seen, row.remark = check.copies, check.is_original_seen, check.remark
            norm = next((each for each in catalog.case_terms(row.version_id).materials if each.key == row.key), None)
            row.trust_level = level_after_check(row, norm, is_original_seen=check.is_original_seen, by_clerk=by.is_staff)
            changed.append(row)
    if changed:
        Material.objects.bulk_update(changed, ["state", "copies", "is_original_seen", "remark", "trust_level"])


def missing_materials(application: Application) -> list[Material]:
    """Return the materials that are owed and neither handed in nor checked, those that may follow included."""
    return tolerance.missing(catalog.case_terms(application.version_id).content, application.answers, _materials(application))


def _require_complete(application: Application) -> None:
    missing = missing_materials(application)
    if not missing:
        return
    names = {"names": "、".join(row.name for row in missing)}
    if tolerance.may_all_follow(catalog.case_terms(application.version_id).content, missing):
        raise MayFollow(
            _(
                "Not there yet, but may follow: %(names)s. Accept against the applicant's promise, or tell in writing what is missing."
            )
            % names
        )
    raise MaterialsMissing(_("Not there yet: %(names)s. Tell the applicant in writing what is missing.") % names)


def _require_answered(application: Application, notice: CorrectionNotice) -> None:
    asked = {point["key"] for point in notice.points}
    open_rows = [row.name for row in _materials(application) if row.key in asked and row.state == MaterialState.REJECTED]
    if open_rows:
        raise MaterialsMissing(_("Still open: %(names)s.") % {"names": "、".join(open_rows)})


def _require_brought_up(application: Application, points: Sequence[Point]) -> None:
    """Let a further notice only be about what was handed in anew: everything else was to be told at once (行政许可法 art. 32)."""
    if not application.corrections_asked:
        return
    earlier = CorrectionNotice.objects.filter(application=application).order_by("number").values_list("points", flat=True)
    asked = {point["key"] for told in earlier for point in told}
    others = [each.name for each in points if each.key not in asked]
    if others:
        raise NotBroughtUp("、".join(others))


def is_waiting_for_intake(application: Application) -> bool:
    """Tell whether the window has still to answer."""
    return application.status in (Status.SUBMITTED, Status.RECEIVED)
