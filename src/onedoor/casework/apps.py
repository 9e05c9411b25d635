"""What casework registers with the rooms below: who may open its files, and where its messages lead."""

from __future__ import annotations

from functools import lru_cache
from uuid import UUID

from django.apps import AppConfig
from django.urls import reverse
from django.utils import timezone

from onedoor.kernel.actor import Actor
from onedoor.kernel.subjects import Subject


class CaseworkConfig(AppConfig):
    name = "onedoor.casework"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from django.utils.translation import gettext_lazy as _

        from onedoor.casework import (
            acts,  # noqa: F401 registers the sentences of the journal
            held,
        )
        from onedoor.casework.identity_papers import marks_of_files
        from onedoor.casework.services import dropping
        from onedoor.casework.states import KIND
        from onedoor.documents import guards, infections, marks
        from onedoor.look import rail
        from onedoor.notify import templates
        from onedoor.people import closing, mandates, permissions, records

        guards.register(KIND, _may_open)
        infections.register(KIND, "casework.turn_away_infected")
        marks.register(KIND, marks_of_files)
        rail.register(_("My work"), "casework:desk_work", _works, _to_do, icon="file-check-2", order=10, is_work_list=True)
        rail.register(_("To decide"), "casework:desk_to_decide", _decides, _to_decide, icon="stamp", order=15)
        rail.register(
            _("Special procedures"), "casework:desk_special_kinds", _keeps_kinds, icon="calendar-clock", group="house", order=60
        )
        rail.register(_("Opinions asked of us"), "casework:desk_opinions", _gives_opinions, _to_answer, icon="file-text", order=16)
        rail.register(_("Window intake"), "casework:desk_start", _receives, icon="file-text", order=20)
        rail.register(_("Persons and mandates"), "casework:desk_persons", permissions.keeps_persons, icon="users", order=25)
        guards.register("people.mandate_paper", lambda actor, _paper: permissions.keeps_persons(actor))
        rail.register_search("casework:desk_search")
        templates.register_link(KIND, _page_of)
        templates.register_link(KIND, _desk_page_of, at_desk=True)
        templates.register_link(mandates.MANDATE, lambda mandate_id: reverse("casework:mandate", args=[mandate_id]))
        records.register_provider("casework", held.records_about)
        closing.register(obstacle=held.obstacles, keeper=held.is_kept, closer=dropping.drop_drafts_of)
        records.register_looks("casework", "casework.unmask", _applications_of)
        records.register_looks("casework files", "casework.open_original", _applications_of)


def _may_open(actor: Actor, application_id: UUID) -> bool:
    from onedoor.casework import queries

    return queries.may_see(actor=actor, application_id=application_id, at=timezone.now())


def _applications_of(person_id: UUID) -> list[Subject]:
    from onedoor.casework import queries
    from onedoor.casework.states import KIND

    return [Subject(KIND, each) for each in queries.applications_looked_into(person_id)]


def _page_of(application_id: UUID) -> str:
    return reverse("casework:mine", args=[application_id])


def _desk_page_of(application_id: UUID) -> str:
    return reverse("casework:desk_case", args=[application_id])


def _works(actor: Actor) -> bool:
    """Tell whether a post works on applications at all."""
    return bool(_stages(actor))


def _receives(actor: Actor) -> bool:
    """Tell whether a post takes applications in."""
    return "receive" in _stages(actor)


def _decides(actor: Actor) -> bool:
    """Tell whether a post decides what others ask for."""
    return actor.has("casework.head") or "approve" in _stages(actor)


def _to_decide(actor: Actor) -> int:
    from onedoor.casework import requests

    return requests.count_to_decide(actor, timezone.now())


def _gives_opinions(actor: Actor) -> bool:
    """Tell whether a post gives the opinion of its office, where somebody asks for it."""
    from onedoor.casework.permissions import HEAD

    return actor.agency is not None and (actor.has(HEAD) or bool(_stages(actor) & {"handle", "review", "approve"}))


def _to_answer(actor: Actor) -> int:
    from onedoor.casework import consulting

    return consulting.count_to_answer(actor)


def _keeps_kinds(actor: Actor) -> bool:
    return actor.has("casework.keep_kinds")


@lru_cache(maxsize=32)
def _stages(actor: Actor) -> frozenset[str]:
    """Return the stages of a post; asked once a request, since each request has an actor of its own."""
    from onedoor.network import queries as network

    return network.stages_held(actor)


def _to_do(actor: Actor) -> int:
    from onedoor.casework import worklist

    return worklist.count_to_do(actor, timezone.now())
