"""The kinds of special procedure, kept at the desk of the centre."""

from __future__ import annotations

from dataclasses import asdict
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from onedoor.casework import forms, requests
from onedoor.casework.permissions import KEEP_KINDS
from onedoor.casework.services import special_kinds
from onedoor.casework.services.special_kinds import KindTerms
from onedoor.casework.views.desk.requests import number
from onedoor.casework.views.public.apply import actor_of
from onedoor.kernel.doors import Door, door
from onedoor.kernel.errors import Invalid, NotFound


@door(Door.STAFF, duty=KEEP_KINDS)
@require_safe
def kinds(request: HttpRequest) -> HttpResponse:
    """List the kinds with what nobody has checked yet marked."""
    found = requests.kinds()
    unchecked = sum(not each.is_verified for each in found)
    return render(request, "casework/desk/special_kinds.html", {"kinds": found, "unchecked": unchecked})


@door(Door.STAFF, duty=KEEP_KINDS)
@require_http_methods(["GET", "POST"])
def kind(request: HttpRequest, kind_id: UUID) -> HttpResponse:
    """Change one kind."""
    found = next((each for each in requests.kinds() if each.id == kind_id), None)
    if found is None:
        raise NotFound
    errors = {}
    if request.method == "POST":
        terms = _posted(request)
        try:
            special_kinds.change_special_kind(kind_id=kind_id, terms=terms, by=actor_of(request), at=timezone.now())
        except Invalid as refusal:
            errors = {f"id_{key}": text for key, text in refusal.errors.items()}
        else:
            messages.success(request, _("Kept. Procedures that were asked for before keep what they began with."))
            return redirect("casework:desk_special_kinds")
        for name, value in asdict(terms).items():
            setattr(found, name, value)
    context = {"kind": found, "errors": errors}
    return render(request, "casework/desk/special_kind.html", context, status=422 if errors else 200)


def _posted(request: HttpRequest) -> KindTerms:
    posted = request.POST
    return KindTerms(
        name_en=forms.posted_text(posted, "name_en", 60), basis=forms.posted_text(posted, "basis", 200),
        max_length=number(request, "max_length"), unit=posted.get("unit", ""), is_excluded="is_excluded" in posted,
        needs_item="needs_item" in posted, is_offered="is_offered" in posted, is_verified="is_verified" in posted,
    )  # fmt: skip
