"""What casework registers with the rooms below: who may open its files, and where its messages lead."""

from __future__ import annotations

from uuid import UUID

from django.apps import AppConfig
from django.urls import reverse
from django.utils import timezone

from onedoor.kernel.actor import Actor


class CaseworkConfig(AppConfig):
    name = "onedoor.casework"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from onedoor.casework.states import KIND
        from onedoor.documents import guards
        from onedoor.notify import templates

        guards.register(KIND, _may_open)
        templates.register_link(KIND, _page_of)


def _may_open(actor: Actor, application_id: UUID) -> bool:
    from onedoor.casework import queries

    return queries.may_see(actor=actor, application_id=application_id, at=timezone.now())


def _page_of(application_id: UUID) -> str:
    return reverse("casework:mine", args=[application_id])
