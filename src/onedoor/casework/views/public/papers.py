"""Papers of an application at home: added and taken away, in a draft and in a correction."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from onedoor.casework.models import Application
from onedoor.casework.services import drafts
from onedoor.casework.states import KIND, Status
from onedoor.casework.views.public.apply import actor_of, draft_of, paper_rows, whole
from onedoor.casework.views.public.following import fill_page
from onedoor.casework.views.public.mine import correction_page
from onedoor.catalog import queries as catalog
from onedoor.documents import services as documents
from onedoor.kernel.doors import Door, door
from onedoor.kernel.errors import Text
from onedoor.kernel.subjects import Subject


@door(Door.CITIZEN)
@require_GET
def papers(request: HttpRequest, draft_id: UUID) -> HttpResponse:
    """List the papers with what is there, what is wanted, and a place to add each."""
    application = draft_of(request, draft_id)
    if application.status != Status.DRAFT:
        return redirect(whole(application), application.id)
    return _page(request, application)


def _page(request: HttpRequest, application: Application, errors: dict[str, Text] | None = None) -> HttpResponse:
    """Show the page on which papers are added: in a correction that is the notice."""
    if application.status == Status.CORRECTING:
        return correction_page(request, application, file_errors=errors)
    if application.has_gap:
        return fill_page(request, application, file_errors=errors)
    context: dict[str, Any] = {
        "application": application, "terms": catalog.case_terms(application.version_id),
        "papers": paper_rows(application), "file_errors": errors or {}, "errors": file_error_links(errors),
    }  # fmt: skip
    return render(request, "casework/apply/papers.html", context, status=422 if errors else 200)


def file_error_links(errors: dict[str, Text] | None) -> list[tuple[str, Text]]:
    """Return the faults of files with the places where they are put right."""
    return [(f"id_file-{key}", text) for key, text in (errors or {}).items()]


@door(Door.CITIZEN)
@require_POST
def add_file(request: HttpRequest, draft_id: UUID, key: str) -> HttpResponse:
    """Take files for one paper; one that cannot be taken is refused by name and the others stay."""
    application = draft_of(request, draft_id)
    by, at = actor_of(request), timezone.now()
    uploads = request.FILES.getlist(f"file-{key}")
    if not uploads:
        return _page(request, application, {key: _("Please choose a file first.")})
    refused = []
    for upload in uploads:
        try:
            file = documents.store_upload(upload, by=by, at=at, subject=Subject(KIND, application.id))
            drafts.attach_file(application_id=application.id, key=key, file_id=file.id, by=by, at=at)
        except (documents.WrongFile, documents.StoreFull, drafts.TooManyFiles) as refusal:
            refused.append(_("%(name)s: %(reason)s") % {"name": upload.name, "reason": refusal})
    if refused:
        return _page(request, application, {key: " ".join(refused)})
    return redirect(_place(application, key))


@door(Door.CITIZEN)
@require_POST
def remove_file(request: HttpRequest, draft_id: UUID, key: str, file_id: UUID) -> HttpResponse:
    """Take a file away again."""
    application = draft_of(request, draft_id)
    drafts.detach_file(application_id=application.id, key=key, file_id=file_id, by=actor_of(request), at=timezone.now())
    return redirect(_place(application, key))


@door(Door.CITIZEN)
@require_POST
def move_file(request: HttpRequest, draft_id: UUID, key: str, file_id: UUID) -> HttpResponse:
    """Move a page before or behind its neighbour."""
    application = draft_of(request, draft_id)
    step = -1 if request.POST.get("to") == "up" else 1
    drafts.move_file(application_id=application.id, key=key, file_id=file_id, step=step, by=actor_of(request), at=timezone.now())
    return redirect(_place(application, key))


def _place(application: Application, key: str) -> str:
    page = "casework:correct" if application.status == Status.CORRECTING else "casework:papers"
    page = "casework:fill" if application.has_gap else page
    return reverse(page, args=[application.id]) + f"#paper-{key}"
