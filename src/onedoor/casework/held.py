"""What casework holds about a person, for the person: applications with what was written, handed in and issued."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from onedoor.casework.models import Application, CaseMessage
from onedoor.casework.states import KIND, Status
from onedoor.catalog import queries as catalog
from onedoor.documents import exporting as documents
from onedoor.kernel.errors import Text
from onedoor.people import queries as people
from onedoor.people.records import HeldRecord

OVER = (Status.CLOSED, Status.DELIVERED)


def records_about(person_id: UUID) -> list[HeldRecord]:
    """Return the applications of a person, newest first. Four queries for any number."""
    persons = [person_id, *people.absorbed_by(person_id)]
    found = list(Application.objects.filter(applicant_person__in=persons).select_related("agency").order_by("-pk"))
    keys = [each.id for each in found]
    files, said = documents.files_of_subjects(keys), _messages(keys)
    return [
        HeldRecord(
            kind=KIND,
            title=catalog.case_terms(each.version_id).title,
            at=each.submitted_at or each.edited_at,
            facts={
                _("Reference"): each.reference or _("Draft"),
                _("How it stands"): str(each.get_status_display()),
                _("Handled by"): each.agency.name,
            },
            url=reverse("casework:mine", args=[each.id]),
            data=_data(each, said.get(each.id, [])),
            files=files[each.id],
        )
        for each in found
    ]


def _data(application: Application, said: Sequence[dict[str, Any]]) -> dict[str, Any]:
    names = ("reference", "item_code", "status", "outcome", "channel", "applicant_name", "submitted_at", "accepted_at", "decided_at",
             "closed_at", "delivered_at", "reason", "answers")  # fmt: skip
    return {**{name: getattr(application, name) for name in names}, "agency": application.agency.name, "messages": said}


def _messages(keys: Sequence[UUID]) -> dict[UUID, list[dict[str, Any]]]:
    found: dict[UUID, list[dict[str, Any]]] = {}
    for each in CaseMessage.objects.filter(application__in=keys).order_by("pk"):
        found.setdefault(each.application_id, []).append({"at": each.written_at, "from": each.side, "text": each.text})
    return found


def obstacles(account_id: UUID, person_id: UUID) -> list[Text]:
    """Return the applications that have to be finished or taken back before an account is closed; drafts are none."""
    mine = Q(applicant_person=person_id) | Q(filed_by=account_id, applicant_person__isnull=True)
    found = Application.objects.filter(mine).exclude(status__in=(Status.DRAFT, *OVER)).order_by("pk")
    text = gettext_lazy("%(title)s (%(reference)s) is still open: wait for the result, or take it back.")
    return [text % {"title": catalog.case_terms(each.version_id).title, "reference": each.reference} for each in found[:20]]


def is_kept(person_id: UUID) -> bool:
    """Tell whether an application was handed in, which the law on archives keeps with who applied."""
    return Application.objects.filter(applicant_person=person_id).exclude(status=Status.DRAFT).exists()
