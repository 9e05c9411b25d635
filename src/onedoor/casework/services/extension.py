"""More time (延长, 行政许可法 art. 42): asked for by who handles a case, granted once by the head, told with its reason."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import transaction
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from onedoor.casework import acts, messages, papers, requests, states
from onedoor.casework.models import Application, Extension
from onedoor.casework.permissions import require_head, require_others_request, require_state
from onedoor.casework.services import core
from onedoor.casework.services.asking import DECIDED, AlreadyAsked, decide_request
from onedoor.casework.services.intake import require_reason
from onedoor.casework.services.review import require_in_hand
from onedoor.casework.states import Transition
from onedoor.documents import services as documents
from onedoor.kernel.actor import Actor
from onedoor.kernel.errors import Invalid, Text, WrongState
from onedoor.notify import services as notify
from onedoor.workdays import services as limits

if TYPE_CHECKING:
    from onedoor.workdays.models import Limit

MOST_DAYS, UNIT = 10, "working-days"  # 行政许可法 art. 42 and 82; joint handling, which has 15, is decided elsewhere


@core.recorded_act(acts.ASK_EXTENSION)
def ask_extension(*, application_id: UUID, length: int, reason: str, by: Actor, at: datetime) -> Extension:
    """Ask the head of the agency for up to ten working days more; the limit moves when it is granted.

    :raises NotAllowed: when the post may not work on this item at this stage.
    :raises WrongState: when the application is not in review, stands paused or is in other hands.
    :raises AlreadyAsked: when one waits for the head.
    :raises AlreadyExtended: when it was extended before; the law allows it once.
    :raises NoLimitRuns: when the application has no legal limit.
    :raises ExtendedTooLate: after the legal due date.
    :raises Invalid: when length or reason are missing.
    """
    application = core.lock_one(application_id)
    core.authorise([application], states.ASK_EXTENSION, by=by, at=at)
    require_state([application], states.ASK_EXTENSION)
    require_in_hand(application, by=by)
    errors: dict[str, Text] = {}
    if not 0 < length <= MOST_DAYS:
        errors["length"] = format_lazy(_("Write how many working days more it takes, at most {most}."), most=MOST_DAYS)
    if not reason.strip():
        errors["reason"] = _("Write why the legal limit cannot be kept. The applicant reads it in the notice.")
    if errors:
        raise Invalid(errors)
    if requests.open_extension(application) is not None:
        raise AlreadyAsked
    limits.require_extendable([application.id], "legal", at)
    request = Extension(
        application=application, length=length, unit=UNIT, reason=reason.strip(), asked_at=at, asked_by=by.posting,
        asked_account=by.account, asked_label=by.label,
    )  # fmt: skip
    Extension.objects.bulk_create([request])
    core.move([application], states.ASK_EXTENSION, acts.ASK_EXTENSION, by=by, at=at, facts={application.id: _facts(request)})
    return request


@core.recorded_act(acts.EXTEND)
def extend_application(*, application_id: UUID, by: Actor, at: datetime) -> Extension:
    """Extend the legal limit as head of the agency in charge; the applicant is told in writing until when, and why.

    :raises NotHead: when somebody else than the head tries.
    :raises OwnRequest: when the head asked for it.
    :raises WrongState: when nothing waits for the head, or the limits stand still.
    :raises ExtendedTooLate: after the legal due date.
    """
    application, request = _asked(application_id, states.EXTEND, by=by)
    extend_many([(application, request)], by=by, at=at)
    return request


@transaction.atomic(savepoint=False)
def extend_many(asked: Sequence[tuple[Application, Extension]], *, by: Actor, at: datetime) -> None:
    """Extend the legal limits of locked applications, each by what was asked for."""
    for _application, request in asked:
        decide_request(request, granted=True, by=by, at=at)
    applications = [application for application, _request in asked]
    entries = core.move(
        applications, states.EXTEND, acts.EXTEND, by=by, at=at,
        facts={application.id: _facts(request) for application, request in asked},
    )  # fmt: skip
    Extension.objects.bulk_update([request for _application, request in asked], DECIDED)
    legal: dict[UUID, Limit] = {}
    for length in dict.fromkeys(request.length for _application, request in asked):
        subjects = [application.id for application, request in asked if request.length == length]
        legal |= {each.subject_id: each for each in limits.extend_limits(subjects, "legal", length, by, at) if each.kind == "legal"}
    documents.issue_papers(
        [papers.extension(application, request, legal[application.id], entries[application.id]) for application, request in asked],
        by=by, at=at,
    )  # fmt: skip
    told = [messages.extended(application, request, legal[application.id].due_at) for application, request in asked]
    notify.tell([message for each in told for message in each], at=at)


@core.recorded_act(acts.REFUSE_EXTENSION)
def refuse_extension(*, application_id: UUID, reason: str, by: Actor, at: datetime) -> Extension:
    """Refuse more time, with the reason; the limit stays as it is.

    :raises NotHead: when somebody else than the head tries.
    :raises OwnRequest: when the head asked for it.
    :raises WrongState: when nothing waits for the head.
    """
    application, request = _asked(application_id, states.REFUSE_EXTENSION, by=by)
    decide_request(request, granted=False, answer=require_reason(reason), by=by, at=at)
    request.save(update_fields=DECIDED)
    core.move(
        [application], states.REFUSE_EXTENSION, acts.REFUSE_EXTENSION, by=by, at=at,
        facts={application.id: {"reason": request.answer}},
    )  # fmt: skip
    notify.tell(messages.extension_refused(application, request), at=at)
    return request


def _asked(application_id: UUID, transition: Transition, *, by: Actor) -> tuple[Application, Extension]:
    application = core.lock_one(application_id)
    require_head(by, [application])
    require_state([application], transition)
    request = requests.open_extension(application)
    if request is None:
        raise WrongState
    require_others_request(request, by)
    return application, request


def _facts(request: Extension) -> dict[str, object]:
    return {"length": request.length, "unit": request.unit, "reason": request.reason}
