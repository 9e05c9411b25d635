"""What time itself does: silence counts as acceptance, and papers that never come close an application.

Running these twice, late or at once from several workers changes nothing more.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from onedoor.casework import acts, messages, papers, states
from onedoor.casework.models import Application, CorrectionNotice
from onedoor.casework.services import consulting, core, special
from onedoor.casework.services.handover import CLOCKS
from onedoor.casework.services.intake import begin_handling
from onedoor.casework.services.tolerance import LIMIT
from onedoor.casework.states import Outcome, Status
from onedoor.documents import services as documents
from onedoor.kernel.actor import Actor
from onedoor.kernel.clock import local
from onedoor.network import queries as network
from onedoor.notify import services as notify
from onedoor.workdays import queries as limit_queries
from onedoor.workdays import services as limits

AT_ONCE = 200
LAPSED = "容缺材料逾期未补，终止办理"  # the result of a special procedure that the application did not live to see


@transaction.atomic(durable=True)
def deem_accepted(*, by: Actor, at: datetime) -> int:
    """Accept, as of the arrival of the materials, what nobody answered within five working days (行政许可法 art. 32).

    Returns how many were accepted; call again until it returns 0.
    """
    waiting = _due("notice", (Status.SUBMITTED, Status.RECEIVED), at=at)
    for application in waiting:
        application.accepted_at = application.arrived_at
        application.accepted_as_deemed = True
    if waiting:
        begin_handling(waiting, states.DEEM_ACCEPTED, acts.DEEM_ACCEPTED, by=by, at=at)
        notify.tell([each for application in waiting for each in messages.accepted(application)], at=at)
    return len(waiting)


@transaction.atomic(durable=True)
def lapse_corrections(*, by: Actor, at: datetime) -> int:
    """Close applications whose missing papers did not come within the applicant's limit. Returns how many."""
    waiting = _due("correction", (Status.CORRECTING,), at=at)
    for application in waiting:
        application.outcome, application.closed_at, application.stage = Outcome.LAPSED, at, ""
    if waiting:
        entries = core.move(waiting, states.LAPSE, acts.LAPSE, by=by, at=at, fields=("outcome", "closed_at", "stage"))
        unanswered = CorrectionNotice.objects.filter(application__in=waiting, answered_at__isnull=True)
        told = [each for application in waiting for each in messages.closed(application)]
        told += messages.lapsed(waiting, dict(unanswered.values_list("application", "told_by")))
        unanswered.update(answered_at=at)
        limits.end_limits([each.id for each in waiting], ["correction"], at)
        documents.issue_papers([papers.closed(each, entries[each.id]) for each in waiting], by=by, at=at)
        notify.tell(told, at=at)
    return len(waiting)


@transaction.atomic(durable=True)
def lapse_gaps(*, by: Actor, at: datetime) -> int:
    """Close applications whose promised papers did not come in time: the result was to wait for them. Returns how many."""
    waiting = [each for each in _due(LIMIT, (Status.ACCEPTED, Status.IN_REVIEW), at=at) if each.has_gap]
    hands = {each.id: each.taken_by for each in waiting if each.taken_by is not None}
    for application in waiting:
        application.outcome, application.closed_at, application.stage, application.taken_by = Outcome.LAPSED, at, "", None
        application.has_gap = False
    if waiting:
        special.stop_for(waiting, result=LAPSED, by=by, at=at)
        consulting.stop_for(waiting, by=by, at=at)
        entries = core.move(
            waiting, states.LAPSE_GAP, acts.LAPSE_GAP, by=by, at=at,
            fields=("outcome", "closed_at", "stage", "taken_by", "has_gap"),
        )  # fmt: skip
        core.end_open_runs(waiting, at=at)
        limits.end_limits([each.id for each in waiting], CLOCKS, at)
        documents.issue_papers([papers.closed(each, entries[each.id]) for each in waiting], by=by, at=at)
        accounts = network.accounts_of(list(hands.values())) if hands else {}
        told = messages.gap_lapsed(waiting, {key: accounts.get(posting) for key, posting in hands.items()})
        notify.tell(told, at=at)
    return len(waiting)


def _due(kind: str, statuses: tuple[Status, ...], *, at: datetime) -> list[Application]:
    """Lock the applications whose open limit of a kind ended on a day before today, passing over what others hold.

    A limit is over at 00:00 after its due date (domain.md 2.6), however early in the day its due moment lies.
    """
    midnight = local(at).replace(hour=0, minute=0, second=0, microsecond=0)
    due = [each.subject.id for each in limit_queries.due_before(midnight, AT_ONCE, kind=kind, subject_kind=states.KIND)]
    locked = list(
        Application.objects.select_for_update(of=("self",), skip_locked=True)
        .select_related("version", "service_item", "agency")
        .annotate(stands_still=limit_queries.is_paused(*states.CLOCKS_THAT_PAUSE))
        .filter(pk__in=due, status__in=statuses)
        .order_by("pk")
    )
    return _still_due(locked, kind, midnight) if locked else []


def _still_due(applications: Sequence[Application], kind: str, midnight: datetime) -> list[Application]:
    """Return those whose limit is over now that nobody else can touch it; it may have been ended or paused before the lock."""
    limits_now = limit_queries.limits_of([each.id for each in applications])
    return [
        application
        for application in applications
        if any(
            limit.kind == kind and limit.ended_at is None and not limit.paused and limit.due_at < midnight
            for limit in limits_now.get(application.id, ())
        )
    ]
