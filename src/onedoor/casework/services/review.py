"""Review: stages worked on one after another by authorised posts, and the decision."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from onedoor.casework import acts, messages, papers, stages, states
from onedoor.casework.models import Application, StageRun
from onedoor.casework.norm import NOTHING, Given, Standing
from onedoor.casework.permissions import require_four_eyes, require_heard, require_state
from onedoor.casework.services import core, norm
from onedoor.casework.services.intake import Check, accept_many, receive_many, require_reason, write_checks
from onedoor.casework.services.submission import submit_many
from onedoor.casework.services.tolerance import GapOpen, close_gaps
from onedoor.casework.states import Outcome, Status
from onedoor.catalog import queries as catalog
from onedoor.documents import services as documents
from onedoor.kernel.actor import Actor
from onedoor.kernel.errors import Invalid, NotAllowed, Refused, WrongState
from onedoor.network import queries as network
from onedoor.notify import services as notify
from onedoor.workdays import services as limits

MOVED_ON = _("This stage is finished already; the application has moved on.")
DELIVERY_WORKING_DAYS = 10  # 行政许可法 art. 44


@core.recorded_act(acts.TAKE)
def take_stage(*, application_id: UUID, by: Actor, at: datetime) -> Application:
    """Take the open stage of an application in hand, so that colleagues see who has it; again, it changes nothing.

    :raises NotAllowed: when the post may not work on this item at this stage, or four eyes forbid it.
    :raises WrongState: when somebody else has taken it or it is not waiting for a stage.
    """
    application = core.lock_one(application_id)
    authorise_stage(application, by=by, at=at)
    if application.taken_by is not None and application.taken_by != by.posting:
        raise WrongState(_("A colleague has already taken this application in hand."))
    if application.taken_by is not None:
        return application
    _require_other_eyes([application], by=by)
    application.taken_by = by.posting
    if application.status == Status.ACCEPTED:
        core.move([application], states.ASSIGN, acts.ASSIGN, by=by, at=at, fields=("taken_by",))
    elif application.status == Status.IN_REVIEW:
        core.write([application], ("taken_by",))
        core.record([application], acts.TAKE, by=by, at=at)
    else:
        raise WrongState
    return application


class GrantedAgainstNorm(Refused):
    """Something was answered with no, and the decision to grant does not say why it is granted all the same."""

    code = "granted_against_norm"
    http_status = 422
    default = _("A point of the check list is not met. Write in your opinion why it is granted all the same, or refuse it.")


@core.recorded_act(acts.CHECK)
def answer_check_list(*, application_id: UUID, answers: Given, by: Actor, at: datetime) -> Application:
    """Answer points of the check list of the stage at which an application stands; what is answered already may be changed.

    :raises NotAllowed: when the post may not work on this item at this stage, or four eyes forbid it.
    :raises WrongState: when it is nobody's turn, or a colleague has it in hand.
    :raises AnsweredMeanwhile: when a colleague answered one of the points otherwise since the page was read.
    :raises Invalid: when a *no* does not say what is wrong.
    """
    application = core.lock_one(application_id)
    if application.stage == stages.RECEIVE and application.status in (Status.SUBMITTED, Status.RECEIVED):
        core.authorise([application], states.ACCEPT, by=by, at=at)
    elif application.stage == stages.APPROVE:
        core.authorise([application], states.DECIDE, by=by, at=at)
        require_in_hand(application, by=by)
        _require_other_eyes([application], by=by)
    else:
        authorise_stage(application, by=by, at=at)
        require_in_hand(application, by=by)
    norm.keep_answers(application, answers, by=by, at=at)
    return application


@core.recorded_act(acts.PASS_STAGE)
def pass_stage(
    *, application_id: UUID, opinion: str, by: Actor, at: datetime, position: int | None = None, answers: Given = NOTHING
) -> Application:
    """Finish the current stage with an opinion and lay the application before the next one.

    ``position`` is the stage that the officer saw: a second click must not pass the following stage too. ``answers`` are
    those of its check list; what was answered with no goes along, the opinion says what follows from it.

    :raises NotAllowed: when the post may not work on this item at this stage.
    :raises WrongState: when the current stage is the one that decides, or a colleague has it in hand.
    :raises NormOpen: when a point of the check list is not answered.
    """
    application = core.lock_one(application_id)
    authorise_stage(application, by=by, at=at)
    require_in_hand(application, by=by)
    require_state([application], states.PASS_STAGE)
    if position is not None and position != application.stage_position:
        raise WrongState
    steps = stages.worked_steps(catalog.case_terms(application.version_id).steps)
    following = stages.next_step(steps, _position(application))
    if following is None:
        raise WrongState(_("This is the last stage: it ends with the decision."))
    finished = application.stage
    norm.require_answered(norm.keep_answers(application, answers, by=by, at=at))
    end_runs([application], opinion=require_reason(opinion), by=by, at=at)
    application.stage, application.stage_position, application.taken_by = following.stage, following.position, None
    core.move(
        [application], states.PASS_STAGE, acts.PASS_STAGE, by=by, at=at, fields=("stage", "stage_position", "taken_by"),
        facts={application.id: {"from": finished, "to": following.stage, "opinion": opinion}},
    )  # fmt: skip
    begin_steps([(application, following)], at=at)
    return application


class LateWithoutReason(Invalid):
    """A unit that exceeds its limit says publicly why (优化营商环境条例 art. 37)."""

    code = "late_without_reason"

    def __init__(self) -> None:
        text = _("The limit is over. Write why it was exceeded; everybody who sees the progress of the case can read it.")
        super().__init__({"late_reason": text}, text)


@core.recorded_act(acts.DECIDE)
def decide_application(
    *,
    application_id: UUID,
    granted: bool,
    reason: str,
    by: Actor,
    at: datetime,
    answers: Given = NOTHING,
    late_reason: str = "",
) -> Application:
    """Decide an application, which stops the clocks: granted, or refused with reasons and remedies (行政许可法 art. 38).

    ``answers`` are those of the check list of the decision. Granting needs all of it answered, and an opinion where
    anything was answered with no, at this stage or before; a refusal has its reason. ``late_reason`` says publicly why
    the limit was exceeded; it is kept only where it was.

    :raises NotAllowed: when the post may not approve this item for this agency.
    :raises FourEyes: when the same person handled a commitment item.
    :raises Refused: when a refusal has no reason.
    :raises WrongState: when another stage is open.
    :raises NormOpen: when it is granted and a point of the check list is not answered.
    :raises GrantedAgainstNorm: when it is granted although a point is not met, and no opinion says why.
    :raises LateWithoutReason: when the promise or the law is exceeded and nobody says why.
    :raises GapOpen: when it is granted although promised papers are still to follow.
    """
    application = core.lock_one(application_id)
    core.authorise([application], states.DECIDE, by=by, at=at)
    require_in_hand(application, by=by)
    require_state([application], states.DECIDE)
    if application.stage == stages.APPROVE:
        _weigh(norm.keep_answers(application, answers, by=by, at=at), granted=granted, opinion=reason)
    decide_many([application], granted=granted, reason=reason, late_reason=late_reason, by=by, at=at)
    notify.tell(messages.decided(application), at=at)
    return application


@core.recorded_act(acts.CLOSE)
def close_application(*, application_id: UUID, by: Actor, at: datetime) -> Application:
    """Register the result: the certificate of a granted application is issued and waits for delivery.

    :raises NotAllowed: when the post may not issue results of this item.
    """
    application = core.lock_one(application_id)
    close_many([application], by=by, at=at)
    notify.tell(messages.closed(application), at=at)
    return application


@core.recorded_act(acts.DECIDE)
def finish_on_the_spot(
    *, application_id: UUID, checks: Sequence[Check], opinion: str, by: Actor, at: datetime, answers: Given = NOTHING
) -> Application:
    """Receive, accept, grant and close an instant item in one visit, from a draft or a submitted application (S01).

    Every step leaves its own entry and paper; the applicant goes home with certificate and receipt.

    :raises NotAllowed: when the post lacks authority for one of the steps.
    :raises Invalid: when answers or papers of a draft are missing; all of them are told at once.
    :raises MaterialsMissing: when a required material is not there.
    :raises Refused: when the item is not decided on the spot.
    :raises NormOpen: when a point of the check list is not answered.
    :raises NormNotMet: when one that forbids acceptance was answered with no.
    """
    application = core.lock_one(application_id)
    if application.case_kind != stages.INSTANT:
        raise Refused(_("This item has a review and cannot be decided on the spot."))
    if application.status == Status.DRAFT:
        if application.filed_by_id != by.account:
            raise NotAllowed
        core.authorise([application], states.RECEIVE, by=by, at=at)
        write_checks({application.id: checks}, by=by)
        submit_many([application], by=by, at=at, must_be_complete=True, tell=False)
        checks = ()
    if application.status == Status.SUBMITTED:
        receive_many([application], {application.id: checks}, by=by, at=at)
    require_state([application], states.ACCEPT)
    standing = norm.keep_answers_on_the_spot(application, answers, by=by, at=at)
    accept_many([application], {application.id: standing}, by=by, at=at)
    core.authorise([application], states.PASS_STAGE, by=by, at=at)
    application.taken_by = by.posting
    core.move([application], states.ASSIGN, acts.ASSIGN, by=by, at=at, fields=("taken_by",))
    _hurry_to_decision(application, opinion=opinion, by=by, at=at)
    core.authorise([application], states.DECIDE, by=by, at=at)
    decide_many([application], granted=True, reason=opinion, by=by, at=at)
    close_many([application], by=by, at=at)
    notify.tell(messages.closed(application), at=at)
    return application


def _hurry_to_decision(application: Application, *, opinion: str, by: Actor, at: datetime) -> None:
    """Pass the worked stages of an instant item at once: one person may do them all (行政许可法 art. 34)."""
    steps = stages.worked_steps(catalog.case_terms(application.version_id).steps)
    while (following := stages.next_step(steps, _position(application))) is not None:
        core.authorise([application], states.PASS_STAGE, by=by, at=at)
        end_runs([application], opinion=opinion, by=by, at=at)
        application.stage, application.stage_position = following.stage, following.position
        core.move(
            [application], states.PASS_STAGE, acts.PASS_STAGE, by=by, at=at, fields=("stage", "stage_position"),
            facts={application.id: {"to": following.stage}},
        )  # fmt: skip
        StageRun.objects.bulk_create([
            StageRun(
                application=application, position=following.position, stage=following.stage, name=following.name, started_at=at
            )
        ])  # fmt: skip


@transaction.atomic(savepoint=False)
def decide_many(
    applications: Sequence[Application], *, granted: bool, reason: str, by: Actor, at: datetime, late_reason: str = ""
) -> None:
    """Decide locked applications that stand before their last stage, when everybody who was asked has answered.

    :raises LateWithoutReason: when one is late and nobody says why.
    """
    require_heard(applications)
    _require_other_eyes(applications, by=by)
    for application in applications:
        if application.stage != stages.APPROVE:
            raise WrongState(_("The stages before the decision are not finished yet."))
        if granted and application.has_gap:
            raise GapOpen
        application.outcome = Outcome.GRANTED if granted else Outcome.REFUSED
        application.reason = "" if granted else require_reason(reason)
        application.late_reason = late_reason.strip() if application.is_late(at) else ""
        if application.is_late(at) and not application.late_reason:
            raise LateWithoutReason
        application.decided_at = at
        application.taken_by = None
        application.stage = stages.ISSUE
    close_gaps(applications, at=at)
    end_runs(applications, opinion=reason, by=by, at=at)
    entries = core.move(
        applications, states.DECIDE, acts.DECIDE, by=by, at=at,
        fields=("outcome", "reason", "late_reason", "decided_at", "taken_by", "stage", "has_gap"),
        facts={each.id: {"outcome": each.outcome, "reason": each.reason, **_said_late(each)} for each in applications},
    )  # fmt: skip
    limits.end_limits([each.id for each in applications], ["legal", "promise", "stage"], at)
    limits.start_limits([
        limits.NewLimit(
            subject=core.subject_of(each), kind="delivery", unit="working-days", length=DELIVERY_WORKING_DAYS,
            started_at=at, region=each.region,
        )
        for each in applications
    ])  # fmt: skip
    documents.issue_papers([papers.decision(each, entries[each.id]) for each in applications], by=by, at=at)


def _said_late(application: Application) -> dict[str, str]:
    return {"late_reason": application.late_reason} if application.late_reason else {}


@transaction.atomic(savepoint=False)
def close_many(applications: Sequence[Application], *, by: Actor, at: datetime) -> None:
    """Register the results of locked, decided applications and issue what was granted."""
    core.authorise(applications, states.CLOSE, by=by, at=at)
    for application in applications:
        application.closed_at = at
        application.stage = stages.DELIVER
    entries = core.move(
        applications, states.CLOSE, acts.CLOSE, by=by, at=at, fields=("closed_at", "stage"),
        facts={each.id: {"outcome": each.outcome} for each in applications},
    )  # fmt: skip
    granted = [each for each in applications if each.outcome == Outcome.GRANTED]
    documents.issue_papers(
        [papers.certificate(each, at, entries[each.id]) for each in granted if papers.has_certificate(each)], by=by, at=at
    )


def begin_steps(steps: Sequence[tuple[Application, stages.StageStep]], *, at: datetime) -> None:
    """Open the run of a step for each application, and the step's own limit in the place of that of the step before."""
    StageRun.objects.bulk_create([
        StageRun(application=application, position=step.position, stage=step.stage, name=step.name, started_at=at)
        for application, step in steps
    ])  # fmt: skip
    limits.end_limits([application.id for application, _step in steps], ["stage"], at)
    limits.start_limits([
        limits.NewLimit(
            subject=core.subject_of(application), kind="stage", unit=step.unit, length=step.length, started_at=at,
            region=application.region,
        )
        for application, step in steps
    ])  # fmt: skip


def authorise_stage(application: Application, *, by: Actor, at: datetime) -> None:
    """Let only a post pass that may work on the current stage.

    Whoever may work on a stage that lies behind clicked twice or came late: that is told, and is no act without authority.

    :raises NotAllowed: when the post may not work on this item at this stage.
    :raises WrongState: when the stage that it may work on is over.
    """
    try:
        core.authorise([application], states.PASS_STAGE, by=by, at=at)
    except NotAllowed:
        behind = StageRun.objects.filter(application=application, ended_at__isnull=False).values_list("stage", flat=True)
        if network.stages_of(by, application.item_code, application.agency_id, at).isdisjoint(behind):
            raise
        raise WrongState(MOVED_ON) from None


def _weigh(standing: Standing, *, granted: bool, opinion: str) -> None:
    if not granted:
        return
    norm.require_answered(standing)
    if standing.says_no and not opinion.strip():
        raise GrantedAgainstNorm


def _position(application: Application) -> int:
    return -1 if application.stage_position is None else application.stage_position


def require_in_hand(application: Application, *, by: Actor) -> None:
    """Let only a post pass that has a case in review in hand, or finds it in nobody's.

    :raises WrongState: when it is not in review, or a colleague has it.
    """
    if application.status != Status.IN_REVIEW:
        raise WrongState
    if application.taken_by is not None and application.taken_by != by.posting:
        raise WrongState(_("A colleague has already taken this application in hand."))


def _require_other_eyes(applications: Sequence[Application], *, by: Actor) -> None:
    watched = [each for each in applications if each.stage == stages.APPROVE and stages.needs_four_eyes(each.case_kind)]
    if not watched:
        return
    runs = list(StageRun.objects.filter(application__in=watched).order_by("position"))
    for application in watched:
        require_four_eyes(application, [run for run in runs if run.application_id == application.id], by)


def end_runs(applications: Sequence[Application], *, opinion: str, by: Actor, at: datetime, is_returned: bool = False) -> None:
    """End the open stage of each application by an officer, with an opinion."""
    StageRun.objects.filter(application__in=applications, ended_at__isnull=True).update(
        ended_at=at, posting_id=by.posting, account_id=by.account, actor_label=by.label, opinion=opinion, is_returned=is_returned
    )
