"""The pages on which a record is declared void, or closed as entered by mistake."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from onedoor.casework import forms, states
from onedoor.casework.services import voiding
from onedoor.casework.states import Transition
from onedoor.casework.views.desk import acts, page
from onedoor.casework.views.public.apply import actor_of
from onedoor.kernel.doors import Door, door
from onedoor.kernel.errors import Text


@door(Door.STAFF)
@require_http_methods(["GET", "POST"])
def void(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Ask why a record is no application, and declare it void."""
    return _ask(request, case_id, states.VOID, voiding.void_application, _("Declared void. The applicant gets the notice."))


@door(Door.STAFF)
@require_http_methods(["GET", "POST"])
def entry_error(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Ask what was entered wrongly, and close the record."""
    return _ask(request, case_id, states.ENTRY_ERROR, voiding.close_entry_error, _("Closed as entered by mistake."))


def _ask(request: HttpRequest, case_id: UUID, move: Transition, act: Callable[..., object], said: Text) -> HttpResponse:
    reason, errors = forms.posted_text(request.POST, "reason"), dict[str, Text]()
    if request.POST.get("send"):
        if reason:
            by, at = actor_of(request), timezone.now()
            return acts.done(request, case_id, lambda: act(application_id=case_id, reason=reason, by=by, at=at), said)
        errors["id_reason"] = acts.NO_REASON
    found = page.load(request, case_id)
    if move not in found.next_acts:
        return redirect("casework:desk_case", case_id)
    context = {**acts.ask_context(found), "reason": reason, "errors": errors, "is_void": move is states.VOID}
    return render(request, "casework/desk/void.html", context, status=422 if errors else 200)
