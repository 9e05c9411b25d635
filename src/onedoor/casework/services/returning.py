"""Sending an application back to the stage before, with the opinion that says what has to be done there."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from onedoor.casework import acts, messages, stages, states
from onedoor.casework.models import Application, StageRun
from onedoor.casework.permissions import require_four_eyes, require_state
from onedoor.casework.services import core
from onedoor.casework.services.intake import require_reason
from onedoor.casework.services.review import authorise_stage, begin_steps, end_runs, require_in_hand
from onedoor.catalog import queries as catalog
from onedoor.kernel.actor import Actor
from onedoor.kernel.errors import WrongState
from onedoor.network import queries as network
from onedoor.notify import services as notify


class FirstStage(WrongState):
    """There is no stage before the first one."""

    code = "first_stage"
    default = _("This is the first stage, so there is none to send it back to. What is missing is asked of the applicant.")


@core.recorded_act(acts.RETURN_STAGE)
def return_stage(*, application_id: UUID, opinion: str, by: Actor, at: datetime, position: int | None = None) -> Application:
    """Send an application back to the stage before (退回上一环节), with the opinion that says why; no limit but the stage's begins anew.

    ``position`` is the stage that the officer saw. It comes back to who had finished that stage, as long as he may work on it.

    :raises NotAllowed: when the post may not work on this item at this stage, or four eyes forbid it.
    :raises WrongState: when it is not in review, a colleague has it in hand, or it has moved on meanwhile.
    :raises FirstStage: when nothing comes before the current stage.
    :raises Refused: when no opinion says why.
    """
    application = core.lock_one(application_id)
    authorise_stage(application, by=by, at=at)
    require_state([application], states.RETURN_STAGE)
    require_in_hand(application, by=by)
    if position is not None and position != application.stage_position:
        raise WrongState
    return_many([application], opinion=opinion, by=by, at=at)
    return application


@transaction.atomic(savepoint=False)
def return_many(applications: Sequence[Application], *, opinion: str, by: Actor, at: datetime) -> None:
    """Send locked applications back, each to the stage before its own.

    Raises as ``return_stage`` does.
    """
    said = require_reason(opinion)
    runs = list(StageRun.objects.filter(application__in=applications, posting_id__isnull=False).order_by("ended_at", "pk"))
    _require_other_eyes(applications, runs, by=by)
    steps = [(application, _before(application)) for application in applications]
    finishers = {(run.application_id, run.position): run for run in runs if not run.is_returned}
    rights = network.rights_of_postings(
        {run.posting_id for run in finishers.values() if run.posting_id},
        {(each.item_code, each.agency_id) for each in applications},
        at,
    )
    facts = {}
    for application, step in steps:
        facts[application.id] = {"from": application.stage, "to": step.stage, "opinion": said}
        finisher = finishers.get((application.id, step.position))
        application.taken_by = _whose(finisher, application, rights)
        application.stage, application.stage_position = step.stage, step.position
    end_runs(applications, opinion=said, by=by, at=at, is_returned=True)
    core.move(
        applications,
        states.RETURN_STAGE,
        acts.RETURN_STAGE,
        by=by,
        at=at,
        fields=("stage", "stage_position", "taken_by"),
        facts=facts,
    )
    begin_steps(steps, at=at)
    told = [
        (application, finishers[application.id, step.position].account_id) for application, step in steps if application.taken_by
    ]
    notify.tell([each for application, officer in told for each in messages.returned(application, officer)], at=at)


def _before(application: Application) -> stages.StageStep:
    steps = stages.worked_steps(catalog.case_terms(application.version_id).steps)
    found = stages.step_before(steps, -1 if application.stage_position is None else application.stage_position)
    if found is None:
        raise FirstStage
    return found


def _require_other_eyes(applications: Sequence[Application], runs: Sequence[StageRun], *, by: Actor) -> None:
    for application in applications:
        if application.stage == stages.APPROVE:
            require_four_eyes(application, [run for run in runs if run.application_id == application.id], by)


def _whose(finisher: StageRun | None, application: Application, rights: Collection[tuple[UUID, str, str, UUID]]) -> UUID | None:
    """Return in whose hand an application comes back; in nobody's where who finished the stage has left his post since."""
    if finisher is None or finisher.posting_id is None:
        return None
    right = (finisher.posting_id, finisher.stage, application.item_code, application.agency_id)
    return finisher.posting_id if right in rights else None
