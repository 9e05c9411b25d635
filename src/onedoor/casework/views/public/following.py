"""Papers that follow an acceptance (容缺): the applicant promises them, and hands them in from home."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from onedoor.casework import gaps, queries
from onedoor.casework.models import Application
from onedoor.casework.services import intake, tolerance
from onedoor.casework.views.public.apply import actor_of, draft_of, paper_rows
from onedoor.catalog import queries as catalog
from onedoor.kernel.doors import Door, door
from onedoor.kernel.errors import Refused, Text


def to_promise(application: Application) -> str:
    """Return the papers that are missing, may follow and were not promised yet, in one line; nothing where there are none."""
    found = gaps.offer(application, at=timezone.now())
    return "" if found is None or found.promise is not None or found.is_barred else found.names


@door(Door.CITIZEN)
@require_http_methods(["GET", "POST"])
def promise(request: HttpRequest, draft_id: UUID) -> HttpResponse:
    """Show what would be promised; promise it."""
    application, errors = draft_of(request, draft_id), dict[str, Text]()
    if request.method == "POST":
        if request.POST.get("promise") == "on":
            tolerance.promise_papers(application_id=application.id, by=actor_of(request), at=timezone.now())
            return redirect("casework:mine", application.id)
        errors["promise"] = _("Please tick the promise, or go back and hand in the papers when the window asks for them.")
    found = gaps.offer(application, at=timezone.now())
    if found is None or found.promise is not None or found.is_barred:
        return redirect("casework:mine", application.id)
    context = {
        "application": application, "terms": catalog.case_terms(application.version_id), "gap": found, "errors": errors,
    }  # fmt: skip
    return render(request, "casework/my/promise.html", context, status=422 if errors else 200)


@door(Door.CITIZEN)
@require_http_methods(["GET", "POST"])
def fill(request: HttpRequest, draft_id: UUID) -> HttpResponse:
    """Hand in the papers that were to follow: they are added on this page, and handed in together."""
    application = draft_of(request, draft_id)
    if not application.has_gap:
        return redirect("casework:mine", application.id)
    if request.method != "POST":
        return fill_page(request, application)
    try:
        tolerance.fill_gap(application_id=application.id, by=actor_of(request), at=timezone.now())
    except intake.MaterialsMissing as refusal:
        return fill_page(request, application, refusal=refusal)
    return redirect("casework:mine", application.id)


def fill_page(
    request: HttpRequest,
    application: Application,
    *,
    refusal: Refused | None = None,
    file_errors: Mapping[str, Text] | None = None,
) -> HttpResponse:
    """Show the papers that are to follow with a place to add each."""
    own = queries.promise_of(application)
    faults = [("#points", refusal.message)] if refusal else []
    faults += [(f"#id_file-{key}", text) for key, text in (file_errors or {}).items()]
    context = {
        "application": application, "terms": catalog.case_terms(application.version_id), "promise": own,
        "limit": queries.limit_of_kind(application, tolerance.LIMIT),
        "papers": [row for row in paper_rows(application) if own is not None and row["material"].key in own.keys],
        "faults": faults, "file_errors": file_errors or {},
    }  # fmt: skip
    return render(request, "casework/my/fill.html", context, status=422 if faults else 200)
