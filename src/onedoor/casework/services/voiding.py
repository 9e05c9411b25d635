"""Records that are no applications: junk or empty submissions (作废), and what a window entered by mistake (录入错误).

Nothing is deleted: the row, its journal and its papers stay, and say why (domain.md 2.3, 2.4).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from onedoor.casework import acts, messages, papers, states
from onedoor.casework.models import Application, Channel, CorrectionNotice
from onedoor.casework.permissions import may_void, require_state
from onedoor.casework.services import consulting, core, special
from onedoor.casework.services.handover import CLOCKS
from onedoor.casework.services.intake import require_reason
from onedoor.casework.services.tolerance import close_gaps
from onedoor.casework.states import Outcome, Transition
from onedoor.documents import services as documents
from onedoor.journal.acts import Act
from onedoor.kernel.actor import Actor
from onedoor.kernel.errors import NotAllowed, Refused
from onedoor.network import queries as network
from onedoor.notify import services as notify
from onedoor.workdays import services as limits

DECLARED_VOID = "办件作废"  # the result of a special procedure that the application did not live to see


class NotEnteredHere(Refused):
    """What an applicant or another system filed was not entered by mistake at a window."""

    code = "not_entered_here"
    default = _("The applicant filed this, so it is no mistake of a window. Tell what is missing, or do not accept it.")


@core.recorded_act(acts.VOID)
def void_application(*, application_id: UUID, reason: str, by: Actor, at: datetime) -> Application:
    """Declare void, before any decision, what is no application: junk, or empty and deemed accepted.

    :raises NotAllowed: when the post does not declare void.
    :raises WrongState: when it is decided, or ended already.
    :raises Refused: when no reason is given.
    """
    application = core.lock_one(application_id)
    if not may_void(by):
        raise NotAllowed(_("Only the service centre may declare an application void."))
    close_as([application], Outcome.VOID, states.VOID, acts.VOID, reason=reason, by=by, at=at)
    return application


@core.recorded_act(acts.ENTRY_ERROR)
def close_entry_error(*, application_id: UUID, reason: str, by: Actor, at: datetime) -> Application:
    """Close what a window entered by mistake, such as twice or under the wrong item, before it is accepted.

    :raises NotAllowed: when the post may not receive this item for this agency.
    :raises WrongState: when it is accepted, or ended already.
    :raises NotEnteredHere: when it was not a window that entered it.
    :raises Refused: when no reason is given.
    """
    application = core.lock_one(application_id)
    core.authorise([application], states.ENTRY_ERROR, by=by, at=at)
    require_state([application], states.ENTRY_ERROR)
    if application.channel != Channel.WINDOW:
        raise NotEnteredHere
    close_as([application], Outcome.ENTRY_ERROR, states.ENTRY_ERROR, acts.ENTRY_ERROR, reason=reason, by=by, at=at)
    return application


@transaction.atomic(savepoint=False)
def close_as(
    applications: Sequence[Application], outcome: Outcome, transition: Transition, act: Act, *, reason: str, by: Actor, at: datetime
) -> None:
    """Close locked applications without a decision: clocks, stages and requests end, the notice says why."""
    require_state(applications, transition)
    why = require_reason(reason)
    special.stop_for(applications, result=DECLARED_VOID, by=by, at=at)
    consulting.stop_for(applications, by=by, at=at)
    hands = {each.id: each.taken_by for each in applications if each.taken_by is not None}
    for application in applications:
        application.reason, application.outcome, application.closed_at = why, outcome, at
        application.taken_by, application.stage = None, ""
    close_gaps(applications, at=at)
    entries = core.move(
        applications, transition, act, by=by, at=at,
        fields=("reason", "outcome", "closed_at", "taken_by", "stage", "has_gap"),
        facts={each.id: {"reason": why} for each in applications},
    )  # fmt: skip
    core.end_open_runs(applications, at=at)
    CorrectionNotice.objects.filter(application__in=applications, answered_at__isnull=True).update(answered_at=at)
    limits.end_limits([each.id for each in applications], CLOCKS, at)
    documents.issue_papers([papers.closed(each, entries[each.id]) for each in applications], by=by, at=at)
    accounts = network.accounts_of(list(hands.values())) if hands else {}
    holders = {key: accounts.get(posting) for key, posting in hands.items()}
    notify.tell([told for each in applications for told in messages.voided(each, holders.get(each.id))], at=at)
