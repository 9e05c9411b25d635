"""Acceptance against a promise (容缺受理): promised by the applicant, accepted by a window, filled in time, or over.

The clocks of law and promise run from the acceptance, as always; the result waits for the papers (domain.md 2.7).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from onedoor.casework import acts, messages, papers, stages, states, tolerance
from onedoor.casework.models import Application, Material, MaterialState, Tolerance
from onedoor.casework.norm import NOTHING, Given, Standing
from onedoor.casework.permissions import owns, require_owner, require_state
from onedoor.casework.services import bars, core, norm
from onedoor.casework.services.intake import Check, MaterialsMissing, begin_handling, receive_many, write_checks
from onedoor.casework.states import Status
from onedoor.casework.tolerance import Gap
from onedoor.catalog import queries as catalog
from onedoor.documents import services as documents
from onedoor.kernel.actor import Actor
from onedoor.kernel.errors import Refused, WrongState
from onedoor.network import queries as network
from onedoor.notify import services as notify
from onedoor.workdays import queries as calendars
from onedoor.workdays import services as limits

LIMIT = "tolerance"


class NothingFollows(Refused):
    """There is nothing to promise: no paper that may follow is missing."""

    code = "nothing_follows"
    default = _("No paper is missing that may follow, so there is nothing to promise.")


class NoRoom(Refused):
    """The promise of the item is too short for anything to follow."""

    code = "no_room"
    default = _("This item is decided too soon for papers to follow. Tell the applicant in writing what is missing.")


class NotPromised(Refused):
    """The applicant has not signed the letter yet."""

    code = "not_promised"
    http_status = 422
    default = _("The applicant has not signed the promise yet. Without it, tell in writing what is missing.")


class GapOpen(Refused):
    """The result waits for the papers that were promised."""

    code = "gap_open"
    default = _("Papers that the applicant promised are still to follow. It can be granted as soon as they are there.")


@core.recorded_act(acts.PROMISE_PAPERS)
def promise_papers(*, application_id: UUID, by: Actor, at: datetime) -> Tolerance:
    """Promise, as the applicant, to hand in the papers that may follow; promising again changes nothing.

    :raises NotAllowed: when somebody else than the applicant tries.
    :raises WrongState: when the application was answered already.
    :raises NothingFollows: when no paper that may follow is missing.
    :raises Barred: when the applicant broke a promise before.
    """
    application = core.lock_one(application_id)
    require_owner(by, [application], at=at)
    if application.status not in (Status.SUBMITTED, Status.RECEIVED):
        raise WrongState
    known = Tolerance.objects.filter(application=application).first()
    if known is not None:
        return known
    gap = gap_of(application)
    if not gap.follows or application.case_kind == stages.INSTANT:
        raise NothingFollows
    bars.require_credit([application], at=at)
    made = _promise(application, gap, by=by, at=at)
    core.record([application], acts.PROMISE_PAPERS, by=by, at=at, facts={application.id: {"papers": made.keys}})
    return made


def gap_of(application: Application) -> Gap:
    """Return what is missing in an application now. One statement."""
    rows = Material.objects.filter(application=application).order_by("key")
    return tolerance.gap_of(catalog.case_terms(application.version_id).content, application.answers, rows)


def _promise(application: Application, gap: Gap, *, by: Actor, at: datetime, at_window: bool = False) -> Tolerance:
    made = Tolerance(
        application=application, papers=papers.following(application, gap.follows), promised_at=at, promised_by=by.account,
        promised_label=application.applicant_name if at_window else by.label, is_signed_at_window=at_window,
    )  # fmt: skip
    Tolerance.objects.bulk_create([made])
    return made


@core.recorded_act(acts.TOLERATE)
def tolerate_application(
    *, application_id: UUID, signed: bool, by: Actor, at: datetime, checks: Sequence[Check] = (), answers: Given = NOTHING
) -> Application:
    """Accept a received application in which only papers are missing that may follow.

    ``signed`` says that the applicant signs the promise at the window; else it has to have been made online.

    :raises NotAllowed: when the post may not accept this item for this agency.
    :raises WrongState: when it is not waiting for acceptance.
    :raises MaterialsMissing: when a paper is missing that may not follow.
    :raises NothingFollows: when nothing is missing that may follow.
    :raises NotPromised: when nobody made the promise.
    :raises Barred: when the applicant broke a promise before.
    :raises NoRoom: when the item's promise is too short.
    :raises NormOpen: when a point of the check list is not answered.
    :raises NormNotMet: when one that forbids acceptance was answered with no.
    """
    application = core.lock_one(application_id)
    core.authorise([application], states.TOLERATE, by=by, at=at)
    write_checks({application.id: checks}, by=by)
    _tolerate_checked(application, answers, signed=signed, by=by, at=at)
    return application


@core.recorded_act(acts.TOLERATE)
def receive_and_tolerate(
    *, application_id: UUID, signed: bool, by: Actor, at: datetime, checks: Sequence[Check] = (), answers: Given = NOTHING
) -> Application:
    """Receive an application and accept it with papers to follow in one go. Raises as ``tolerate_application`` does."""
    application = core.lock_one(application_id)
    receive_many([application], {application.id: checks}, by=by, at=at)
    _tolerate_checked(application, answers, signed=signed, by=by, at=at)
    return application


def _tolerate_checked(application: Application, answers: Given, *, signed: bool, by: Actor, at: datetime) -> None:
    require_state([application], states.TOLERATE)
    standing = norm.keep_answers(application, answers, by=by, at=at)
    tolerate_many([application], {application.id: standing}, signed=signed, by=by, at=at)


@transaction.atomic(savepoint=False)
def tolerate_many(
    applications: Sequence[Application], lists: Mapping[UUID, Standing], *, signed: bool, by: Actor, at: datetime
) -> None:
    """Accept locked applications against the promise of their applicants."""
    core.authorise(applications, states.TOLERATE, by=by, at=at)
    bars.require_credit(applications, at=at)
    made = {each.application_id: each for each in Tolerance.objects.filter(application__in=applications)}
    calendar = calendars.calendar()
    for application in applications:
        norm.require_met(lists[application.id])
        gap = _require_only_following(application)
        if application.id not in made:
            if not signed:
                raise NotPromised
            made[application.id] = _promise(application, gap, by=by, at=at, at_window=True)
        own = made[application.id]
        own.papers, own.accepted_at = papers.following(application, gap.follows), at
        terms = catalog.case_terms(application.version_id)
        own.length = tolerance.working_days(terms, application.option_code, own.keys, at=at, calendar=calendar)
        if not own.length:
            raise NoRoom
        norm.require_answered(lists[application.id])
        application.accepted_at, application.has_gap = at, True
    rows = [made[each.id] for each in applications]
    Tolerance.objects.bulk_update(rows, ["papers", "accepted_at", "length"])
    entries = begin_handling(
        applications, states.TOLERATE, acts.TOLERATE, by=by, at=at,
        facts={each.application_id: {"papers": each.keys, "length": each.length} for each in rows},
    )  # fmt: skip
    started = limits.start_limits([
        limits.NewLimit(
            subject=core.subject_of(each), kind=LIMIT, unit="working-days", length=made[each.id].length or 0, started_at=at,
            region=each.region,
        )
        for each in applications
    ])  # fmt: skip
    due = {limit.subject_id: limit for limit in started}
    documents.issue_papers(
        [paper for each in applications for paper in papers.of_tolerance(each, made[each.id], due[each.id], entries[each.id])],
        by=by, at=at,
    )  # fmt: skip
    notify.tell([told for each in applications for told in messages.tolerated(each, made[each.id], due[each.id].due_at)], at=at)


def _require_only_following(application: Application) -> Gap:
    gap = gap_of(application)
    if application.case_kind == stages.INSTANT:
        raise NoRoom
    if gap.core:
        raise MaterialsMissing(
            _("Not there yet, and may not follow: %(names)s. Tell the applicant in writing what is missing.")
            % {"names": gap.core_names}
        )
    if not gap.follows:
        raise NothingFollows
    return gap


@core.recorded_act(acts.FILL_GAP)
def fill_gap(*, application_id: UUID, by: Actor, at: datetime, checks: Sequence[Check] = ()) -> Application:
    """Hand in the papers that were to follow, all of them: the result need not wait any more.

    The applicant does it online; at a window a clerk does it with ``checks`` of what was brought.

    :raises NotAllowed: when neither the applicant nor a post that may receive it acts.
    :raises WrongState: when no paper is to follow.
    :raises MaterialsMissing: when one of them is not there.
    """
    application = core.lock_one(application_id)
    if not owns(by, application, at=at):
        core.authorise([application], states.FILL_GAP, by=by, at=at)
    if not application.has_gap:
        raise WrongState
    write_checks({application.id: checks}, by=by)
    own = Tolerance.objects.get(application=application)
    open_rows = Material.objects.filter(application=application, key__in=own.keys).exclude(
        state__in=(MaterialState.PROVIDED, MaterialState.CHECKED)
    )
    names = "、".join(open_rows.order_by("key").values_list("name", flat=True))
    if names:
        raise MaterialsMissing(_("Still open: %(names)s.") % {"names": names})
    own.filled_at, application.has_gap = at, False
    own.save(update_fields=["filled_at"])
    core.write([application], ("has_gap",))
    core.record([application], acts.FILL_GAP, by=by, at=at, facts={application.id: {"papers": own.keys}})
    limits.end_limits([application.id], [LIMIT], at)
    holder = network.account_of(application.taken_by) if application.taken_by else None
    notify.tell(messages.gap_filled(application, holder), at=at)
    return application


def close_gaps(applications: Sequence[Application], *, at: datetime) -> None:
    """Let nothing follow any more in locked applications that end otherwise; the caller writes ``has_gap``."""
    open_ones = [each for each in applications if each.has_gap]
    for application in open_ones:
        application.has_gap = False
    if open_ones:
        limits.end_limits([each.id for each in open_ones], [LIMIT], at)
