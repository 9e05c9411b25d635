"""Acceptance against a promise (容缺受理) at the desk: what follows, until when, the letter; and the papers taken in later."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST

from onedoor.casework import forms, gaps, states
from onedoor.casework.models import MaterialState
from onedoor.casework.queries import CasePage
from onedoor.casework.services import intake, tolerance, window
from onedoor.casework.states import Status
from onedoor.casework.views.desk import intake as counter
from onedoor.casework.views.desk import page
from onedoor.casework.views.desk.acts import add_scans, ask_context, kept_checks
from onedoor.casework.views.public.apply import actor_of
from onedoor.kernel.clock import local_date
from onedoor.kernel.doors import Door, door
from onedoor.kernel.errors import NotAllowed, NotFound, Refused, Text
from onedoor.workdays import queries as calendars


@door(Door.STAFF)
@require_http_methods(["GET", "POST"])
def tolerate(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Show what may follow until when, and the promise; accept against it. Ticks of the case's page come along."""
    by, at = actor_of(request), timezone.now()
    if request.POST.get("send"):
        found = page.load(request, case_id)
        checks, answers = forms.posted_checks(found.materials, request.POST), forms.posted_norm(request.POST)
        signed = request.POST.get("signed") == "on"
        act = tolerance.tolerate_application
        if found.application.status == Status.SUBMITTED:
            act = tolerance.receive_and_tolerate
        try:
            act(application_id=case_id, signed=signed, checks=checks, answers=answers, by=by, at=at)
        except tolerance.NotPromised as refusal:
            return _page(request, case_id, {"id_signed": refusal.message})
        except (NotAllowed, NotFound):
            raise
        except Refused as refusal:
            return page.refused(request, case_id, refusal)
        messages.success(
            request, gettext("Accepted against the promise. Both letters are being made; the limit runs from the next day.")
        )
        return redirect("casework:desk_case", case_id)
    return _page(request, case_id, {})


def _page(request: HttpRequest, case_id: UUID, errors: dict[str, Text]) -> HttpResponse:
    found, at = page.load(request, case_id), timezone.now()
    if states.NOT_ACCEPT not in found.next_acts:
        return redirect("casework:desk_case", case_id)
    _lay_ticks(request, found)
    offer = gaps.offer(found.application, at=at, rows=found.materials)
    if offer is None:
        refusal = tolerance.NothingFollows()
        return page.refused(request, case_id, refusal)
    day = calendars.calendar().add_wd(local_date(at), offer.days)
    context = {
        **ask_context(found), "gap": offer, "last_day": day, "errors": errors, "kept": kept_checks(request),
        "is_signed": request.POST.get("signed") == "on",
    }  # fmt: skip
    return render(request, "casework/desk/tolerate.html", context, status=422 if errors else 200)


def _lay_ticks(request: HttpRequest, found: CasePage) -> None:
    """Lay what was ticked on the page before over the papers, for this page only; nothing is kept."""
    ticked = {check.key: check.accepted for check in forms.posted_checks(found.materials, request.POST)}
    for row in found.materials:
        if row.key in ticked:
            row.state = MaterialState.CHECKED if ticked[row.key] else MaterialState.REJECTED


@door(Door.STAFF)
@require_POST
def from_intake(request: HttpRequest, draft_id: UUID) -> HttpResponse:
    """Submit and receive what a clerk wrote down although papers are missing that may follow, and go on to the promise."""
    found, answer = counter.ready(request, draft_id)
    if answer is not None:
        return answer
    checks, answers = forms.posted_checks(found.materials, request.POST), forms.posted_norm(request.POST)
    try:
        window.pass_on_at_window(application_id=draft_id, checks=checks, answers=answers, by=actor_of(request), at=timezone.now())
    except (NotAllowed, NotFound):
        raise
    except Refused as refusal:
        return counter.not_done(request, draft_id, refusal)
    return redirect("casework:desk_tolerate", draft_id)


@door(Door.STAFF)
@require_http_methods(["GET", "POST"])
def fill(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Take in at the window the papers that were to follow: scans and checks."""
    found, errors = page.load(request, case_id), dict[str, Text]()
    if not found.application.has_gap or found.promise is None:
        return redirect("casework:desk_case", case_id)
    if request.method == "POST":
        errors = add_scans(request, case_id, found)
        if not errors:
            by, at = actor_of(request), timezone.now()
            checks = forms.posted_checks(found.materials, request.POST)
            try:
                tolerance.fill_gap(application_id=case_id, checks=checks, by=by, at=at)
            except intake.MaterialsMissing as refusal:
                errors["points"] = refusal.message
            else:
                messages.success(request, gettext("Taken in. The result need not wait for papers any more."))
                return redirect("casework:desk_case", case_id)
            found = page.load(request, case_id)
    keys = found.promise.keys if found.promise else []
    context = {
        **ask_context(found), "promise": found.promise, "errors": errors,
        "materials": [
            row for row in page.material_rows(found, request.POST if request.method == "POST" else None)
            if row["material"].key in keys
        ],
        "limit": next((view for view in found.limits if view.kind == tolerance.LIMIT and view.ended_at is None), None),
    }  # fmt: skip
    return render(request, "casework/desk/fill.html", context, status=422 if errors else 200)
