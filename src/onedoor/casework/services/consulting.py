"""Asking another office for its opinion (征求意见), answering it, and taking the question back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from onedoor.casework import acts, messages, states
from onedoor.casework.consulting import KIND, LIMIT, MOST_DAYS, answers_for_office
from onedoor.casework.models import Application, Consultation, Stance
from onedoor.casework.permissions import require_state
from onedoor.casework.services import core
from onedoor.casework.services.asking import AlreadyAsked
from onedoor.casework.services.intake import require_reason
from onedoor.casework.services.review import require_in_hand
from onedoor.kernel.actor import Actor
from onedoor.kernel.errors import AlreadyDone, Invalid, NotAllowed, NotFound, Text
from onedoor.kernel.subjects import Subject
from onedoor.network import queries as network
from onedoor.notify import services as notify
from onedoor.workdays import services as limits

OVER = "办件已终结，不再需要意见。"
ENDED = ("ended_at", "ended_by", "ended_account", "ended_label", "stance", "answer")


class NotAsked(NotAllowed):
    """The actor's office was not asked, or his post does not speak for it."""

    code = "not_asked"
    default = _("Your office is not asked about this application, or your post does not answer for it.")


class AnsweredAlready(AlreadyDone):
    """A question is answered once."""

    code = "consultation_ended"
    default = _("This question was answered or taken back meanwhile. What you wrote was not kept.")


@core.recorded_act(acts.CONSULT)
def consult(*, application_id: UUID, office: UUID, question: str, length: int, by: Actor, at: datetime) -> Consultation:
    """Ask another office for its opinion within ``length`` working days; law and promise run on (it is no pause of art. 45).

    :raises NotAllowed: when the post may not work on this item at this stage.
    :raises WrongState: when the application is not in review or in other hands.
    :raises AlreadyAsked: when the office is asked already and has not answered.
    :raises Invalid: when office, question or length are missing.
    """
    application = core.lock_one(application_id)
    core.authorise([application], states.CONSULT, by=by, at=at)
    require_state([application], states.CONSULT)
    require_in_hand(application, by=by)
    name = _require_plausible(application, office, question, length)
    if Consultation.objects.filter(application=application, office=office, ended_at__isnull=True).exists():
        raise AlreadyAsked
    asked = Consultation(
        application=application, office_id=office, question=question.strip(), length=length, asked_at=at,
        asked_by=by.posting, asked_account=by.account, asked_label=by.label,
    )  # fmt: skip
    asked.save(force_insert=True)
    facts = {"consultation": str(asked.id), "office": name, "days": length, "question": asked.question}
    core.move([application], states.CONSULT, acts.CONSULT, by=by, at=at, facts={application.id: facts})
    limits.start_limits([
        limits.NewLimit(
            subject=Subject(KIND, asked.id), kind=LIMIT, unit="working-days", length=length, started_at=at, region=application.region
        )
    ])  # fmt: skip
    return asked


@core.recorded_act(acts.ANSWER_CONSULTATION)
def answer_consultation(
    *, application_id: UUID, consultation_id: UUID, stance: str, opinion: str, by: Actor, at: datetime
) -> Consultation:
    """Give the opinion of the office that was asked; who asked is told.

    :raises NotAsked: when it is not the actor's office, or his post does not speak for it.
    :raises NotFound: when nothing such was asked about the application.
    :raises AnsweredAlready: when it was answered or taken back.
    :raises Invalid: when stance or opinion are missing.
    """
    application = core.lock_one(application_id)
    asked = Consultation.objects.select_related("office").filter(application=application, pk=consultation_id).first()
    if not answers_for_office(by) or (asked is not None and asked.office_id != by.agency):
        raise NotAsked
    if asked is None:
        raise NotFound
    if not asked.is_open:
        raise AnsweredAlready
    errors: dict[str, Text] = {}
    if stance not in Stance.values:
        errors["stance"] = _("Choose how your office stands to it.")
    if not opinion.strip():
        errors["opinion"] = _("Write the opinion of your office. It stays in the file of the case.")
    if errors:
        raise Invalid(errors)
    facts = {"consultation": str(asked.id), "office": asked.office.name, "stance": stance, "opinion": opinion.strip()}
    core.move(
        [application], states.ANSWER_CONSULTATION, acts.ANSWER_CONSULTATION, by=by, at=at, facts={application.id: facts}
    )  # fmt: skip
    _end([asked], stance=stance, words=opinion.strip(), by=by, at=at)
    notify.tell(messages.consulted(application, asked), at=at)
    return asked


@core.recorded_act(acts.RECALL_CONSULTATION)
def recall_consultation(*, application_id: UUID, consultation_id: UUID, reason: str, by: Actor, at: datetime) -> Consultation:
    """Take a question to another office back, with the reason: it is not needed any more, or the office is silent too long.

    :raises NotAllowed: when the post may not work on this item at this stage.
    :raises WrongState: when the application is not in review or in other hands.
    :raises NotFound: when nothing such was asked about the application.
    :raises AnsweredAlready: when it was answered or taken back.
    :raises Refused: when there is no reason.
    """
    application = core.lock_one(application_id)
    core.authorise([application], states.RECALL_CONSULTATION, by=by, at=at)
    require_state([application], states.RECALL_CONSULTATION)
    require_in_hand(application, by=by)
    asked = Consultation.objects.filter(application=application, pk=consultation_id).first()
    if asked is None:
        raise NotFound
    if not asked.is_open:
        raise AnsweredAlready
    said = require_reason(reason)
    core.move(
        [application], states.RECALL_CONSULTATION, acts.RECALL_CONSULTATION, by=by, at=at,
        facts={application.id: {"consultation": str(asked.id), "reason": said}},
    )  # fmt: skip
    _end([asked], stance="", words=said, by=by, at=at)
    return asked


@transaction.atomic(savepoint=False)
def stop_for(applications: Sequence[Application], *, by: Actor, at: datetime) -> None:
    """Take back what is still asked about locked applications that come to their end. One statement where nothing is."""
    running = list(Consultation.objects.filter(application__in=applications, ended_at__isnull=True))
    if running:
        _end(running, stance="", words=OVER, by=by, at=at)


def _end(asked: Sequence[Consultation], *, stance: str, words: str, by: Actor, at: datetime) -> None:
    for each in asked:
        each.ended_at, each.ended_by, each.ended_account, each.ended_label = at, by.posting, by.account, by.label
        each.stance, each.answer = stance, words
    Consultation.objects.bulk_update(asked, ENDED)
    limits.end_limits([each.id for each in asked], [LIMIT], at)


def _require_plausible(application: Application, office: UUID, question: str, length: int) -> str:
    """Return the name of the office that is asked.

    :raises Invalid: with everything that is wrong.
    """
    errors: dict[str, Text] = {}
    names = {each.id: each.name for each in network.agencies()}
    if office not in names or office == application.agency_id:
        errors["office"] = _("Choose the office that you ask.")
    if not question.strip():
        errors["question"] = _("Write what you want to know. The office sees it beside the papers of the case.")
    if not 0 < length <= MOST_DAYS:
        errors["length"] = format_lazy(_("Write within how many working days, at most {most}."), most=MOST_DAYS)
    if errors:
        raise Invalid(errors)
    return names[office]
