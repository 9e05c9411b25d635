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

        from onedoor.casework.states import KIND
        from onedoor.documents import guards
        from onedoor.look import rail
        from onedoor.notify import templates
        from onedoor.people import records

        guards.register(KIND, _may_open)
        rail.register(_("My work"), "casework:desk_work", _works, _to_do, icon="file-check-2", order=10, is_work_list=True)
        rail.register(_("Window intake"), "casework:desk_start", _works, icon="file-text", order=20)
        rail.register_search("casework:desk_search")
        templates.register_link(KIND, _page_of)
        records.register_looks("casework", "casework.unmask", _applications_of)


def _may_open(actor: Actor, application_id: UUID) -> bool:
    from onedoor.casework import queries

    return queries.may_see(actor=actor, application_id=application_id, at=timezone.now())


def _applications_of(person_id: UUID) -> list[Subject]:
    from onedoor.casework import queries
    from onedoor.casework.states import KIND

    return [Subject(KIND, each) for each in queries.applications_looked_into(person_id)]


def _page_of(application_id: UUID) -> str:
    return reverse("casework:mine", args=[application_id])


@lru_cache(maxsize=32)
def _works(actor: Actor) -> bool:
    """Tell whether a post works on applications at all; asked once a request, since each request has an actor of its own."""
    from onedoor.network import queries as network

    return network.has_rights(actor)


def _to_do(actor: Actor) -> int:
    from onedoor.casework import worklist

    return worklist.count_to_do(actor, timezone.now())
