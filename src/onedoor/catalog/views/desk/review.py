"""From the draft to the version in force: comparing, handing in, deciding."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from onedoor.catalog import exchange_runs, life
from onedoor.catalog.next_acts import next_acts
from onedoor.catalog.services import editing
from onedoor.catalog.telling import differences
from onedoor.catalog.views.desk.doorway import actor_of, clean, done, publisher, sheet_for
from onedoor.kernel.actor import Actor
from onedoor.kernel.clock import local_date
from onedoor.kernel.doors import Door, door
from onedoor.kernel.errors import Invalid, NotFound, Text


@door(Door.STAFF)
@require_safe
def compare(request: HttpRequest, code: str) -> HttpResponse:
    """Show two versions of an item side by side, element by element: what is coming and what is in force, or any two."""
    sheet = sheet_for(request, code)
    ids = [row.id for row in sheet.versions]
    newest = ids[0] if ids else None
    right = _chosen(request, "right", ids) or (sheet.coming.id if sheet.coming else newest)
    others = [each for each in ids if each != right]
    left = _chosen(request, "left", ids) or (
        sheet.current.id if sheet.current and sheet.current.id != right else next(iter(others), None)
    )
    context = {
        "sheet": sheet,
        "coming": None if sheet.coming is None else life.version_line(sheet.coming),
        "acts": next_acts(sheet, actor_of(request)),
        "today": local_date(timezone.now()),
        "left_id": left,
        "right_id": right,
        "left_line": next((row for row in sheet.versions if row.id == left), None),
        "right_line": next((row for row in sheet.versions if row.id == right), None),
        "found": differences(*life.standards_of(sheet.item, left, right)),
    }
    return render(request, "catalog/desk/compare.html", context)


def _chosen(request: HttpRequest, name: str, ids: list[UUID]) -> UUID | None:
    return next((each for each in ids if str(each) == request.GET.get(name)), None)


@door(Door.STAFF)
@require_safe
def waiting(request: HttpRequest) -> HttpResponse:
    """List what departments and files have brought, the longest waiting first, and what waits for its day."""
    publisher(request)
    return render(request, "catalog/desk/review.html", {"rows": life.handed_in(), "runs": exchange_runs.proposed_runs()})


@dataclass(frozen=True, slots=True)
class Act:
    """An act on the coming version: what is done with what was posted, and what is said then."""

    do: Callable[[UUID, HttpRequest, Actor, datetime], object]
    said: Text


def _day(request: HttpRequest) -> date:
    try:
        return date.fromisoformat(request.POST.get("effective_from", ""))
    except ValueError:
        raise Invalid({"effective_from": _("Give the day on which it comes into force.")}) from None


def _reason(request: HttpRequest) -> str:
    return clean(request.POST.get("reason", ""), 500)


ACTS = {
    "submit": Act(
        lambda version, request, by, at: editing.submit_for_review(version, effective_from=_day(request), by=by, at=at),
        _("Handed in. The centre reviews it now."),
    ),
    "take-back": Act(
        lambda version, _request, by, at: editing.take_back(version, by=by, at=at), _("Taken back. It is a draft again.")
    ),
    "discard": Act(lambda version, _request, by, at: editing.discard_draft(version, by=by, at=at), _("The draft is discarded.")),
    "update": Act(
        lambda version, _request, by, at: editing.rebase_draft(version, by=by, at=at),
        _("The draft is up to date. Where both had changed the same, it says what the draft said: look at the comparison."),
    ),
    "send-back": Act(
        lambda version, request, by, at: editing.send_back(version, reason=_reason(request), by=by, at=at),
        _("Sent back to the department."),
    ),
    "approve": Act(
        lambda version, request, by, at: editing.approve(version, reason=_reason(request), by=by, at=at),
        _("Approved."),
    ),
}


@door(Door.STAFF)
@require_POST
def act(request: HttpRequest, code: str, act: str) -> HttpResponse:
    """Do one act on the coming version of an item."""
    sheet = sheet_for(request, code)
    chosen = ACTS.get(act)
    version = sheet.coming
    if chosen is None or version is None:
        raise NotFound
    by, at = actor_of(request), timezone.now()
    return done(request, lambda: chosen.do(version.id, request, by, at), chosen.said, "catalog:desk_item", sheet.item.code)
