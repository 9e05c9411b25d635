"""Progress without an account: reference and query code, and the receipt's QR code (lessons: one call in four asks only this)."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from onedoor.casework import queries, tracking
from onedoor.casework.models import Application
from onedoor.casework.states import KIND
from onedoor.catalog import queries as catalog
from onedoor.documents import access
from onedoor.kernel import masking, references
from onedoor.kernel.doors import Door, door
from onedoor.kernel.errors import NotFound, Text
from onedoor.kernel.subjects import Subject


@door(Door.ANYONE)
@never_cache
@sensitive_post_parameters("query_code")
@require_http_methods(["GET", "POST"])
def track(request: HttpRequest) -> HttpResponse:
    """Show how an application stands to whoever has its reference and query code."""
    reference = request.POST.get("reference", request.GET.get("reference", ""))
    code = request.POST.get("query_code", "")
    errors: dict[str, Text] = {}
    if request.method == "POST":
        if references.parse_reference(reference) is None:
            errors["id_reference"] = _("A reference has 12 digits. One of yours is missing or wrong; it stands on the receipt.")
        elif not code.strip():
            errors["id_query_code"] = _("Please enter the query code; it stands below the reference on the receipt.")
        else:
            tracking.spend_tries(request.META.get("REMOTE_ADDR", ""), reference, at=timezone.now())
            try:
                application = queries.tracked(reference=reference, query_code=code)
            except NotFound:
                errors["id_query_code"] = _(
                    "Reference and query code do not belong together. Please compare both with the receipt."
                )
            else:
                access.grant(request, application.id)
                return render(request, "casework/track/progress.html", progress_context(application))
    context = {"reference": reference, "query_code": code, "errors": errors}
    return render(request, "casework/track/ask.html", context, status=422 if errors else 200)


def progress_context(application: Application) -> dict[str, Any]:
    """Return what the progress page says: until when, where it is now, whether the applicant must act, who used the time."""
    now = timezone.now()
    return {
        "application": application,
        "terms": catalog.case_terms(application.version_id),
        "holder": masking.mask_holder(application.applicant_name, is_person=application.applicant_person_id is not None),
        "progress": queries.progress_of(application, now=now),
        "papers": queries.papers_of(application),
        "subject": Subject(KIND, application.id),
        "entry": queries.submission_entry(application),
    }
