"""Which offices were asked for their opinion, and what waits for the opinion of one's own office."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from onedoor.casework import stages
from onedoor.casework.models import Application, Consultation
from onedoor.casework.permissions import HEAD
from onedoor.catalog import queries as catalog
from onedoor.kernel.actor import Actor
from onedoor.kernel.errors import NotFound
from onedoor.network import queries as network
from onedoor.workdays import queries as limits
from onedoor.workdays.standing import LimitView

KIND, LIMIT = "casework.consultation", "consultation"
MOST_DAYS, USUAL_DAYS = 30, 5  # no law sets them: the office that asks says how long it can wait
MOST_SHOWN = 100
NOT_SHOWN = ("application__answers", "application__query_code", "application__query_hash")


@dataclass(frozen=True, slots=True)
class Asked:
    """One question to another office: until when it is to be answered, and how it stands."""

    consultation: Consultation
    limit: LimitView | None
    terms: catalog.Terms | None = None


def answers_for_office(actor: Actor) -> bool:
    """Tell whether a post gives the opinion of its office: the head, and whoever works on stages of a review."""
    return actor.is_staff and actor.agency is not None and (actor.has(HEAD) or bool(network.stages_held(actor) & stages.WORKED_ON))


def of_case(application: Application) -> list[Asked]:
    """Return what was asked of other offices about a case, oldest first. Two statements, one where nothing was."""
    if application.accepted_at is None:
        return []
    found = list(Consultation.objects.filter(application=application).select_related("office").order_by("asked_at", "pk"))
    return _with_limits(found)


def lines_of(application: Application) -> list[Consultation]:
    """Return the questions to other offices as the page of progress tells them."""
    if application.accepted_at is None:
        return []
    found = Consultation.objects.filter(application=application).select_related("office").order_by("asked_at", "pk")
    return list(found.defer("question", "answer"))


def to_answer(actor: Actor) -> list[Asked]:
    """Return what the actor's office is asked and has not answered, by due moment. Two statements."""
    found = list(_open(actor).select_related("application", "application__agency").defer(*NOT_SHOWN)[:MOST_SHOWN])
    return sorted(_with_limits(found), key=_due)


def count_to_answer(actor: Actor) -> int:
    """Return how much the actor's office is asked and has not answered."""
    return len(_open(actor).values_list("pk")[:MOST_SHOWN])


def question_for(*, actor: Actor, consultation_id: UUID) -> Asked:
    """Return a question to the actor's own office, open or answered.

    :raises NotFound: for everybody else.
    """
    if not answers_for_office(actor):
        raise NotFound
    found = Consultation.objects.filter(pk=consultation_id, office=actor.agency)
    consultation = found.select_related("office", "application", "application__agency").first()
    if consultation is None:
        raise NotFound
    return _with_limits([consultation])[0]


def is_asked(actor: Actor, application_id: UUID) -> bool:
    """Tell whether the actor's office is asked about an application now, and so may open its files."""
    return answers_for_office(actor) and _open(actor).filter(application=application_id).exists()


def offices_to_ask(application: Application, asked: Iterable[Asked]) -> list[tuple[UUID, str]]:
    """Return the offices that may be asked: all others that are open and are not being asked already."""
    busy = {each.consultation.office_id for each in asked if each.consultation.is_open} | {application.agency_id}
    return [(each.id, each.name) for each in network.agencies() if each.id not in busy]


def _open(actor: Actor) -> QuerySet[Consultation]:
    return Consultation.objects.filter(office=actor.agency, ended_at__isnull=True).order_by("asked_at", "pk")


def _with_limits(consultations: Sequence[Consultation]) -> list[Asked]:
    views = limits.limits_of([each.pk for each in consultations]) if consultations else {}
    return [
        Asked(each, next(iter(views.get(each.pk, ())), None), catalog.case_terms(each.application.version_id))
        for each in consultations
    ]


def _due(asked: Asked) -> tuple[datetime, UUID]:
    return asked.limit.due_at if asked.limit is not None else asked.consultation.asked_at, asked.consultation.pk
