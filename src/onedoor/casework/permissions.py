"""Who may see and do what with an application: one rule for buttons, lists and acts."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from onedoor.casework import stages, states
from onedoor.casework.models import Application, Asked, Channel, StageRun
from onedoor.casework.states import Door, Status, Transition
from onedoor.kernel.actor import Actor
from onedoor.kernel.errors import NotAllowed, WrongState
from onedoor.kernel.subjects import Subject
from onedoor.people import queries as people

if TYPE_CHECKING:
    from onedoor.catalog.queries import Version

STAGE_OF_ACT = {
    states.RECEIVE: stages.RECEIVE,
    states.ASK_FOR_CORRECTION: stages.RECEIVE,
    states.CORRECT: stages.RECEIVE,
    states.ACCEPT: stages.RECEIVE,
    states.TOLERATE: stages.RECEIVE,
    states.FILL_GAP: stages.RECEIVE,
    states.NOT_ACCEPT: stages.RECEIVE,
    states.ENTRY_ERROR: stages.RECEIVE,
    states.CLOSE: stages.ISSUE,
    states.DELIVER: stages.DELIVER,
    states.START_SPECIAL: stages.APPROVE,
    states.REFUSE_SPECIAL: stages.APPROVE,
}
KEEP_KINDS = "casework.keep_kinds"  # the duty of keeping what the centre decides about all cases
HEAD = "casework.head"  # the duty of whoever heads an agency (本机关负责人)
OF_THE_HEAD = frozenset({states.EXTEND, states.REFUSE_EXTENSION})
ALSO_OF_THE_HEAD = frozenset({states.START_SPECIAL, states.REFUSE_SPECIAL})

VOID = "casework.void"  # the duty of declaring what is no application at all void (作废)
OF_THE_CENTRE = frozenset({states.VOID})

WITHOUT_THE_CASE = OF_THE_HEAD | ALSO_OF_THE_HEAD | OF_THE_CENTRE  # done by others than who has the case in hand
ON_PAGES_OF_THEIR_OWN = frozenset({states.ANSWER_CONSULTATION, states.RECALL_CONSULTATION})
HAND_OVER = frozenset({states.DELIVER, states.COLLECT})


class FourEyes(NotAllowed):
    """The same person would handle and approve a commitment item."""

    code = "four_eyes"
    default = _("You worked on this application before, so somebody else has to approve it (four-eyes rule).")


class NotTakenHere(NotAllowed):
    """The item is not taken in at the level of the clerk's place (domain.md 1.3, 46)."""

    code = "not_taken_here"
    default = _("Places of your level do not take this service in. The guide says where people can go with it.")


class PassedOn(NotAllowed):
    """The clerk's place only takes the item in; a level that implements it accepts it."""

    code = "passed_on"
    default = _("Your place takes this service in and passes it on. The office in charge decides whether it is accepted.")


# What a place may do with an item that it takes in and passes on: everything at the counter but the answer whether it is accepted.
AT_THE_COUNTER = frozenset({states.RECEIVE, states.ASK_FOR_CORRECTION, states.CORRECT, states.FILL_GAP})
ANSWERED_IN_CHARGE = frozenset({states.ACCEPT, states.TOLERATE, states.NOT_ACCEPT})


def refusal_at_level(actor: Actor, transition: Transition, version: Version) -> NotAllowed | None:
    """Return why a place of the actor's level may not do a transition with an item, None where it may.

    What each level implements, receives or passes on is said by the version that the application was filed under.
    Who stands at no place (an applicant, another system, the house itself) is not asked.
    """
    if not actor.level or transition not in AT_THE_COUNTER | ANSWERED_IN_CHARGE:
        return None
    if not version.is_taken_at(actor.level):
        return NotTakenHere()
    return PassedOn() if transition in ANSWERED_IN_CHARGE and version.is_passed_on_at(actor.level) else None


class OwnRequest(FourEyes):
    """Who asks for something does not grant it."""

    default = _("You asked for this yourself, so somebody else has to decide it (four-eyes rule).")


class NotHead(NotAllowed):
    """Only the head of the agency in charge may do this."""

    code = "not_head"
    default = _("Only the head of the agency in charge may do this. Ask the head to decide it.")


class Paused(WrongState):
    """Work waits for a special procedure or a hearing."""

    code = "paused"
    default = _("The limits stand still until the special procedure has ended. Enter its result first; nothing was changed.")


class NotPaused(WrongState):
    """There is no pause to end."""

    code = "not_paused"
    default = _("The limits do not stand still: there is no special procedure to end.")


def heads(actor: Actor, application: Application) -> bool:
    """Tell whether the actor is the head of the agency in charge of an application."""
    return actor.is_staff and actor.has(HEAD) and actor.agency == application.agency_id


def may_void(actor: Actor) -> bool:
    """Tell whether the actor may declare applications void, whoever works on them."""
    return actor.is_staff and actor.has(VOID)


def require_head(actor: Actor, applications: Iterable[Application]) -> None:
    """Let only the head of the agency in charge pass.

    :raises NotHead: for everybody else.
    """
    if not all(heads(actor, application) for application in applications):
        raise NotHead


class OpinionAwaited(WrongState):
    """Another office was asked and has not answered."""

    code = "opinion_awaited"
    default = _("Another office was asked for its opinion and has not answered. Wait for it, or take the question back first.")


def require_heard(applications: Iterable[Application]) -> None:
    """Let only applications pass about which no other office is being asked: what was asked is weighed before the decision.

    :raises OpinionAwaited: when one is.
    """
    if any(application.is_asked_about for application in applications):
        raise OpinionAwaited


def require_others_request(request: Asked, actor: Actor) -> None:
    """Let nobody decide what he asked for himself.

    :raises OwnRequest: when he tries.
    """
    if request.asked_account == actor.account:
        raise OwnRequest


def require_keeper(actor: Actor) -> None:
    """Let only a post pass that keeps the kinds of special procedure.

    :raises NotAllowed: for everybody else.
    """
    if not actor.has(KEEP_KINDS):
        raise NotAllowed


def stage_for(transition: Transition, application: Application) -> str:
    """Return the stage for which a post must be authorised to do ``transition``; worked stages follow the application."""
    if transition is states.DECIDE:
        return stages.APPROVE
    return STAGE_OF_ACT.get(transition) or application.stage


def owns(actor: Actor, application: Application, *, at: datetime) -> bool:
    """Tell whether an application is the actor's at a moment: its own, of another system, or of somebody it acts for.

    An organisation's application belongs to whoever may act for it today: colleagues see it, and who left no longer does. One for
    somebody else is the proxy's as long as the mandate lasts. A clerk owns what the clerk began at a window.
    """
    if actor.client_id is not None:
        return application.client_id == actor.client_id
    applicant = applicant_of(application)
    if actor.is_staff or applicant is None:
        return actor.account is not None and application.filed_by_id == actor.account
    if applicant.kind == people.PERSON and applicant.id == actor.person:
        return True
    return actor.account is not None and people.may_act_for(actor.account, applicant, item_code=application.item_code, at=at)


def applicant_of(application: Application) -> Subject | None:
    """Return who applies: a person or an organisation, or nobody yet."""
    if application.applicant_organisation_id is not None:
        return Subject(people.ORGANISATION, application.applicant_organisation_id)
    return None if application.applicant_person_id is None else Subject(people.PERSON, application.applicant_person_id)


def acts_as_proxy(actor: Actor, application: Application) -> bool:
    """Tell whether somebody who owns an application acts for its applicant by a mandate: neither the person nor its staff."""
    applicant = applicant_of(application)
    if applicant is None or actor.is_staff or actor.client_id is not None or actor.account is None:
        return False
    if applicant.kind == people.PERSON:
        return applicant.id != actor.person and not people.is_same_person(actor.person, applicant.id)
    return not people.is_member(actor.account, applicant.id)


def require_owner(actor: Actor, applications: Iterable[Application], *, at: datetime) -> None:
    """Let only the applicant pass, or who acts for the applicant today.

    :raises NotAllowed: when somebody else tries.
    """
    for application in applications:
        if not owns(actor, application, at=at):
            raise NotAllowed(_("Only the applicant may do this, or somebody whose mandate is still good."))


def require_state(applications: Iterable[Application], transition: Transition) -> None:
    """Let only applications pass that stand where the transition begins.

    :raises WrongState: when one does not.
    :raises Paused: when its limits stand still and the transition has to wait for that.
    :raises NotPaused: when they do not, and it would end that.
    """
    for application in applications:
        if Status(application.status) not in transition.sources:
            raise WrongState
        if transition.needs_pause is False and application.is_paused:
            raise Paused
        if transition.needs_pause and not application.is_paused:
            raise NotPaused


def require_four_eyes(application: Application, runs: Iterable[StageRun], actor: Actor) -> None:
    """Let nobody approve a commitment item whom the earlier stages know.

    :raises FourEyes: when the actor handled or reviewed the application.
    """
    if not stages.needs_four_eyes(application.case_kind):
        return
    if any(run.account_id == actor.account for run in runs if run.stage != stages.APPROVE and run.account_id):
        raise FourEyes


def may_with(
    actor: Actor, move: Transition, application: Application, stages_held: frozenset[str], *, barred: frozenset[str]
) -> bool:
    """Tell whether a post that works on some stages may do a transition; ``barred`` are those that four eyes keep from it."""
    if move in OF_THE_CENTRE:
        return may_void(actor)
    if move in OF_THE_HEAD:
        return heads(actor, application)
    if move in ALSO_OF_THE_HEAD:
        return stages.APPROVE in stages_held or heads(actor, application)
    return stage_for(move, application) in stages_held - barred


def offered(application: Application, door: Door) -> list[Transition]:
    """Return the transitions that begin where the application stands, for one door; rights are asked apart."""
    status = Status(application.status)
    moves = [
        move for move in states.TRANSITIONS if move.door is door and status in move.sources and move not in ON_PAGES_OF_THEIR_OWN
    ]
    moves = [move for move in moves if move.needs_pause in (None, application.is_paused)]
    moves = [move for move in moves if application.has_gap or not move.of_gap]
    if application.channel != Channel.WINDOW:
        moves = [move for move in moves if move is not states.ENTRY_ERROR]
    return moves if has_result(application) else [move for move in moves if move not in HAND_OVER]


def has_result(application: Application) -> bool:
    """Tell whether there is something to hand over: what was taken back, not accepted or lapsed was never decided."""
    return application.decided_at is not None


def require_result(application: Application) -> None:
    """Let no application pass that ended without a decision.

    :raises WrongState: when there is nothing to hand over.
    """
    if application.status == Status.CLOSED and not has_result(application):
        raise WrongState(_("There is no result to hand over: this application ended without a decision."))
