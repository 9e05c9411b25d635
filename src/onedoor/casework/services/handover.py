"""Handing over the result, at a window or online, and taking an application back."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from onedoor.casework import acts, messages, papers, states
from onedoor.casework.models import Application
from onedoor.casework.permissions import require_owner, require_result
from onedoor.casework.services import consulting, core, special
from onedoor.casework.services.intake import require_reason
from onedoor.casework.services.tolerance import close_gaps
from onedoor.casework.states import Outcome
from onedoor.documents import services as documents
from onedoor.kernel.actor import Actor
from onedoor.kernel.errors import Refused
from onedoor.network import queries as network
from onedoor.notify import services as notify
from onedoor.workdays import services as limits

CLOCKS = ("notice", "correction", "legal", "promise", "stage", "special", "tolerance", "delivery")
WITHDRAWN = "申请人撤回申请"  # the result of a special procedure that the application did not live to see
WAYS = {"window": _("At a window"), "post": _("By post"), "online": _("Online")}


@core.recorded_act(acts.DELIVER)
def deliver_application(*, application_id: UUID, way: str, recipient: str, by: Actor, at: datetime) -> Application:
    """Hand the result over to somebody named, at a window or by post; the receipt of delivery is issued.

    :raises NotAllowed: when the post may not deliver results of this item.
    :raises WrongState: when the application ended without a decision.
    :raises Refused: when nobody is named.
    """
    application = core.lock_one(application_id)
    core.authorise([application], states.DELIVER, by=by, at=at)
    require_result(application)
    if not recipient.strip():
        raise Refused(_("Please write who takes the result."))
    application.delivered_at, application.stage = at, ""
    entries = core.move(
        [application], states.DELIVER, acts.DELIVER, by=by, at=at, fields=("delivered_at", "stage"),
        facts={application.id: {"way": way, "recipient": recipient.strip()}},
    )  # fmt: skip
    limits.end_limits([application.id], ["delivery"], at)
    documents.issue_papers(
        [papers.delivery_receipt(application, way, recipient.strip(), by.label, entries[application.id])], by=by, at=at
    )
    return application


@transaction.atomic(durable=True)
def collect_result(*, application_id: UUID, by: Actor, at: datetime) -> Application:
    """Collect the result online, which counts as delivery; collecting again changes nothing.

    :raises NotAllowed: when somebody else than the applicant tries.
    :raises WrongState: when the application ended without a decision.
    """
    application = core.lock_one(application_id)
    require_owner(by, [application], at=at)
    if application.delivered_at is None:
        require_result(application)
        application.delivered_at, application.stage = at, ""
        core.move(
            [application], states.COLLECT, acts.COLLECT, by=by, at=at, fields=("delivered_at", "stage"),
            facts={application.id: {"way": "online"}},
        )  # fmt: skip
        limits.end_limits([application.id], ["delivery"], at)
    return application


@transaction.atomic(durable=True)
def withdraw_application(*, application_id: UUID, reason: str, by: Actor, at: datetime) -> Application:
    """Take an application back before it is decided; all clocks stop.

    :raises NotAllowed: when somebody else than the applicant tries.
    :raises WrongState: when it is already decided.
    """
    application = core.lock_one(application_id)
    require_owner(by, [application], at=at)
    application.reason, application.outcome, application.closed_at = require_reason(reason), Outcome.WITHDRAWN, at
    special.stop_for([application], result=WITHDRAWN, by=by, at=at)
    if application.is_asked_about:
        consulting.stop_for([application], by=by, at=at)
    holder = network.account_of(application.taken_by) if application.taken_by else None
    application.taken_by, application.stage = None, ""
    close_gaps([application], at=at)
    entries = core.move(
        [application], states.WITHDRAW, acts.WITHDRAW, by=by, at=at,
        fields=("reason", "outcome", "closed_at", "taken_by", "stage", "has_gap"),
    )  # fmt: skip
    core.end_open_runs([application], at=at)
    limits.end_limits([application.id], CLOCKS, at)
    documents.issue_papers([papers.withdrawal(application, entries[application.id])], by=by, at=at)
    notify.tell([*messages.closed(application), *messages.withdrawn(application, holder)], at=at)
    return application
