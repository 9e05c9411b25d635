"""Looking at masked data, at the desk: with a reason, once, recorded."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from onedoor.kernel.doors import Door, door
from onedoor.kernel.errors import NotFound, Refused
from onedoor.kernel.subjects import Subject
from onedoor.people import permissions, queries, services
from onedoor.people.forms import UnmaskForm


@door(Door.STAFF)
@never_cache
@require_http_methods(["GET", "POST"])
def unmask(request: HttpRequest, kind: str, subject_id: UUID, field: str) -> HttpResponse:
    """Show one masked value in full after a reason was given: a page, and with htmx the part that stands in its place."""
    actor = request.actor  # type: ignore[attr-defined]
    subject = Subject(f"people.{kind}", subject_id)
    form = UnmaskForm(request.POST if request.method == "POST" else None)
    value = None
    if request.method == "POST" and form.is_valid():
        try:
            value = services.unmask(subject=subject, field=field, reason=form.cleaned_data["reason"], by=actor, at=timezone.now())
        except Refused as refusal:
            if refusal.http_status != 422:
                raise
            form.refuse(refusal, "reason")
    elif not permissions.may_unmask(actor):
        raise NotFound
    template = "people/_unmask.html" if request.headers.get("HX-Request") == "true" else "people/unmask.html"
    context = {"form": form, "value": value, "label": queries.masked_field_name(subject.kind, field), "action": request.path}
    return render(request, template, context, status=422 if form.is_bound and form.errors else 200)
