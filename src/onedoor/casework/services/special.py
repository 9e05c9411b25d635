"""Special procedures (特别程序, 行政许可法 art. 45): asked for by who handles a case, approved by somebody else, ended with a result.

Meanwhile the limits stand still, a limit of its own runs, and the applicant has been told in writing how long it takes.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from onedoor.casework import acts, messages, papers, requests, states
from onedoor.casework.models import Application, SpecialProcedure
from onedoor.casework.permissions import heads, require_others_request, require_state
from onedoor.casework.requests import Choice
from onedoor.casework.services import core
from onedoor.casework.services.asking import DECIDED, AlreadyAsked, decide_request
from onedoor.casework.services.intake import require_reason
from onedoor.casework.services.review import require_in_hand
from onedoor.casework.states import CLOCKS_THAT_PAUSE, Transition
from onedoor.documents import services as documents
from onedoor.kernel.actor import Actor
from onedoor.kernel.errors import Invalid, Refused, Text, WrongState
from onedoor.notify import services as notify
from onedoor.workdays import services as limits

LIMIT = "special"


class NothingToPause(Refused):
    """A case without a running limit of its own has nothing that could stand still."""

    code = "nothing_to_pause"
    default = _("No limit of this application runs, so there is nothing that could stand still.")


@core.recorded_act(acts.ASK_SPECIAL)
def ask_special(*, application_id: UUID, choice: str, length: int, reason: str, by: Actor, at: datetime) -> SpecialProcedure:
    """Ask for a special procedure of at most ``length`` of the choice's unit; nothing stands still until it is approved.

    ``choice`` is a key of ``requests.choices``.

    :raises NotAllowed: when the post may not work on this item at this stage.
    :raises WrongState: when the application is not in review, stands paused or is in other hands.
    :raises AlreadyAsked: when one waits for its approval.
    :raises Invalid: when kind, length or reason are missing or more is asked for than the kind allows.
    """
    application = core.lock_one(application_id)
    core.authorise([application], states.ASK_SPECIAL, by=by, at=at)
    require_state([application], states.ASK_SPECIAL)
    require_in_hand(application, by=by)
    chosen = _require_plausible(requests.choices(application), choice, length=length, reason=reason)
    if requests.open_special(application) is not None:
        raise AlreadyAsked
    procedure = SpecialProcedure(
        application=application, kind_id=chosen.kind_id, name=chosen.name, length=length, unit=chosen.unit, basis=chosen.basis,
        reason=reason.strip(), asked_at=at, asked_by=by.posting, asked_account=by.account, asked_label=by.label,
    )  # fmt: skip
    SpecialProcedure.objects.bulk_create([procedure])
    core.move([application], states.ASK_SPECIAL, acts.ASK_SPECIAL, by=by, at=at, facts={application.id: _facts(procedure)})
    return procedure


def _require_plausible(choices: Sequence[Choice], key: str, *, length: int, reason: str) -> Choice:
    """Return what was chosen when its time fits and the reason is there."""
    chosen = next((each for each in choices if each.key == key), None)
    errors: dict[str, Text] = {}
    if chosen is None:
        errors["choice"] = _("Choose which special procedure it is.")
    elif not 0 < length <= chosen.max_length:
        errors["length"] = format_lazy(_("Write how many days it takes, at most {most}."), most=chosen.max_length)
    if not reason.strip():
        errors["reason"] = _("Write why it is needed. The applicant reads it in the notice.")
    if errors or chosen is None:
        raise Invalid(errors)
    return chosen


@core.recorded_act(acts.START_SPECIAL)
def start_special(*, application_id: UUID, by: Actor, at: datetime) -> SpecialProcedure:
    """Approve the special procedure that was asked for: the limits stand still, and the applicant is told how long.

    :raises NotAllowed: when the post may neither approve this item nor heads the agency.
    :raises OwnRequest: when it asked for it itself.
    :raises WrongState: when nothing waits for approval, or the limits stand still already.
    :raises NothingToPause: when no limit runs.
    """
    application, procedure = _asked(application_id, states.START_SPECIAL, by=by, at=at)
    start_many([(application, procedure)], by=by, at=at)
    return procedure


@transaction.atomic(savepoint=False)
def start_many(asked: Sequence[tuple[Application, SpecialProcedure]], *, by: Actor, at: datetime) -> None:
    """Approve special procedures of locked applications, whose limits stand still from now on."""
    applications = [application for application, _procedure in asked]
    for _application, procedure in asked:
        decide_request(procedure, granted=True, by=by, at=at)
    entries = core.move(
        applications, states.START_SPECIAL, acts.START_SPECIAL, by=by, at=at,
        facts={application.id: _facts(procedure) for application, procedure in asked},
    )  # fmt: skip
    SpecialProcedure.objects.bulk_update([procedure for _application, procedure in asked], DECIDED)
    stopped = set()
    for name in dict.fromkeys(procedure.name for _application, procedure in asked):
        subjects = [application.id for application, procedure in asked if procedure.name == name]
        stopped |= {each.subject_id for each in limits.pause_limits(subjects, CLOCKS_THAT_PAUSE, name, by, at)}
    if stopped != {each.id for each in applications}:
        raise NothingToPause
    started = limits.start_limits([
        limits.NewLimit(
            subject=core.subject_of(application), kind=LIMIT, unit=procedure.unit, length=procedure.length, started_at=at,
            region=application.region,
        )
        for application, procedure in asked
    ])  # fmt: skip
    documents.issue_papers(
        [
            papers.special_procedure(application, procedure, limit, entries[application.id])
            for (application, procedure), limit in zip(asked, started, strict=True)
        ],
        by=by, at=at,
    )  # fmt: skip
    notify.tell(
        [
            message
            for (application, procedure), limit in zip(asked, started, strict=True)
            for message in messages.special_started(application, procedure, limit.due_at)
        ],
        at=at,
    )


@core.recorded_act(acts.REFUSE_SPECIAL)
def refuse_special(*, application_id: UUID, reason: str, by: Actor, at: datetime) -> SpecialProcedure:
    """Refuse the special procedure that was asked for, with the reason; the limits run on.

    :raises NotAllowed: when the post may neither approve this item nor heads the agency.
    :raises OwnRequest: when it asked for it itself.
    :raises WrongState: when nothing waits for approval.
    """
    application, procedure = _asked(application_id, states.REFUSE_SPECIAL, by=by, at=at)
    decide_request(procedure, granted=False, answer=require_reason(reason), by=by, at=at)
    procedure.save(update_fields=DECIDED)
    core.move(
        [application], states.REFUSE_SPECIAL, acts.REFUSE_SPECIAL, by=by, at=at,
        facts={application.id: {"name": procedure.name, "reason": procedure.answer}},
    )  # fmt: skip
    notify.tell(messages.special_decided(application, procedure), at=at)
    return procedure


@core.recorded_act(acts.END_SPECIAL)
def end_special(*, application_id: UUID, result: str, by: Actor, at: datetime) -> SpecialProcedure:
    """Enter the result of the special procedure: from tomorrow days count again, and the due dates move by what it took.

    :raises NotAllowed: when the post may not work on this item at this stage.
    :raises NotPaused: when the limits do not stand still.
    :raises WrongState: when the application is in other hands.
    :raises Refused: when there is no result text.
    """
    application = core.lock_one(application_id)
    core.authorise([application], states.END_SPECIAL, by=by, at=at)
    require_state([application], states.END_SPECIAL)
    require_in_hand(application, by=by)
    procedure = requests.running_special(application)
    if procedure is None:
        raise WrongState
    core.move(
        [application],
        states.END_SPECIAL,
        acts.END_SPECIAL,
        by=by,
        at=at,
        facts=_end([procedure], require_reason(result), by=by, at=at),
    )
    moved = limits.resume_limits([application.id], CLOCKS_THAT_PAUSE, by, at)
    limits.end_limits([application.id], [LIMIT], at)
    promises = [each.due_at for each in moved if each.kind != "stage"]
    notify.tell(messages.special_ended(application, procedure, min(promises or [each.due_at for each in moved])), at=at)
    return procedure


@transaction.atomic(savepoint=False)
def stop_for(applications: Sequence[Application], *, result: str, by: Actor, at: datetime) -> None:
    """End the special procedures of locked applications that end otherwise; their limits are ended by the caller."""
    paused = [each for each in applications if each.is_paused]
    if not paused:
        return
    running = list(SpecialProcedure.objects.filter(application__in=paused, is_granted=True, ended_at__isnull=True).order_by("pk"))
    facts = _end(running, result, by=by, at=at)
    core.record([each for each in paused if each.id in facts], acts.END_SPECIAL, by=by, at=at, facts=facts)


def _end(running: Sequence[SpecialProcedure], result: str, *, by: Actor, at: datetime) -> dict[UUID, dict[str, object]]:
    """Write the end of procedures into their rows and return what the journal keeps of it."""
    for each in running:
        each.ended_at, each.ended_account, each.ended_label, each.result = at, by.account, by.label, result
    SpecialProcedure.objects.bulk_update(running, ["ended_at", "ended_account", "ended_label", "result"])
    return {each.application_id: {"name": each.name, "result": result} for each in running}


def _asked(application_id: UUID, transition: Transition, *, by: Actor, at: datetime) -> tuple[Application, SpecialProcedure]:
    """Lock an application and return it with the request that waits, for somebody who may decide it."""
    application = core.lock_one(application_id)
    if not heads(by, application):
        core.authorise([application], transition, by=by, at=at)
    require_state([application], transition)
    procedure = requests.open_special(application)
    if procedure is None:
        raise WrongState
    require_others_request(procedure, by)
    return application, procedure


def _facts(procedure: SpecialProcedure) -> dict[str, object]:
    return {"name": procedure.name, "length": procedure.length, "unit": procedure.unit, "reason": procedure.reason}
