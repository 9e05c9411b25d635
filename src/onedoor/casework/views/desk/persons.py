"""What a window enters of persons after their papers: mandates, guardians, deaths, double entries, merged companies."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from onedoor.casework.person_forms import FORMS, GuardianForm, PaperMandateForm, WindowForm
from onedoor.casework.views.public.apply import actor_of
from onedoor.documents import services as documents
from onedoor.kernel.actor import Actor
from onedoor.kernel.clock import local_date
from onedoor.kernel.doors import Door, door
from onedoor.kernel.errors import NotAllowed, NotFound, Refused
from onedoor.kernel.identity import parse_identity
from onedoor.kernel.ids import id_from, new_id
from onedoor.kernel.subjects import Subject
from onedoor.people import mandates, permissions
from onedoor.people import queries as people_queries
from onedoor.people import services as people

MANDATE_PAPER = "people.mandate_paper"


@door(Door.STAFF, duty=permissions.KEEP_PERSONS)
@require_safe
def persons(request: HttpRequest) -> HttpResponse:
    """List what a window can enter of persons."""
    return render(request, "casework/desk/persons.html", {"forms": FORMS.items()})


@door(Door.STAFF, duty=permissions.KEEP_PERSONS)
@never_cache
@require_http_methods(["GET", "POST"])
def enter(request: HttpRequest, kind: str) -> HttpResponse:
    """Enter one thing of a person, with the paper at hand."""
    if kind not in FORMS:
        raise NotFound
    form = FORMS[kind](request.POST or None)
    found: list[mandates.MandateView] = []
    if request.method == "POST" and form.is_valid():
        by, at = actor_of(request), timezone.now()
        try:
            if kind == "end-mandate":
                found = _mandates(form, at)
            if kind != "end-mandate" or _chosen(request, found):
                _ACTS[kind](request, form, by, at)
                messages.success(request, _("Entered. It counts from now on, and stands in the journal."))
                return redirect("casework:desk_persons")
        except NotAllowed:
            raise
        except Refused as refusal:
            form.refuse(refusal)
    context = {"form": form, "found": found, "kind": kind}
    return render(request, "casework/desk/person_form.html", context, status=422 if form.errors else 200)


@contextmanager
def _paper(request: HttpRequest, by: Actor, at: datetime) -> Iterator[UUID]:
    """Keep the scan of the paper under a subject of its own; it is let go where the act refuses."""
    upload = request.FILES.get("paper")
    if upload is None:
        raise Refused(_("Please add the scan of the paper."))
    file = documents.store_upload(upload, by=by, at=at, subject=Subject(MANDATE_PAPER, new_id()))
    try:
        yield file.id
    except Refused:
        documents.release_files([file.id], at=at)
        raise


def _mandate(request: HttpRequest, form: Any, by: Actor, at: datetime) -> None:
    assert isinstance(form, PaperMandateForm)  # noqa: S101
    given = form.cleaned_data
    with _paper(request, by, at) as paper_id:
        people.record_mandate(
            principal=form.principal(), proxy=form.person("proxy"), items=given["items"], last_day=given["last_day"], paper_id=paper_id,
            by=by, at=at,
        )  # fmt: skip


def _guardian(request: HttpRequest, form: Any, by: Actor, at: datetime) -> None:
    assert isinstance(form, GuardianForm)  # noqa: S101
    with _paper(request, by, at) as paper_id:
        people.record_guardian(child=form.person("child"), guardian=form.person("proxy"), paper_id=paper_id, by=by, at=at)


def _death(_request: HttpRequest, form: WindowForm, by: Actor, at: datetime) -> None:
    given = form.cleaned_data
    people.record_death(
        name=given["person_name"], identity_kind=given["person_kind"], identity=given["person_number"], died_day=given["day"],
        reason=given["reason"], by=by, at=at,
    )  # fmt: skip


def _undo_death(_request: HttpRequest, form: WindowForm, by: Actor, at: datetime) -> None:
    given = form.cleaned_data
    people.undo_death(
        name=given["person_name"], identity_kind=given["person_kind"], identity=given["person_number"], reason=given["reason"], by=by,
        at=at,
    )  # fmt: skip


def _same_person(_request: HttpRequest, form: WindowForm, by: Actor, at: datetime) -> None:
    people.merge_persons(double=form.person("double"), kept=form.person("kept"), reason=form.cleaned_data["reason"], by=by, at=at)


def _merged(_request: HttpRequest, form: WindowForm, by: Actor, at: datetime) -> None:
    given = form.cleaned_data
    people.merge_organisations(credit_code=given["credit_code"], into_code=given["into_code"], reason=given["reason"], by=by, at=at)


def _end(request: HttpRequest, form: WindowForm, by: Actor, at: datetime) -> None:
    mandate = id_from(request.POST.get("mandate"))
    if mandate is None:
        raise NotFound
    people.end_mandate_at_window(mandate_id=mandate, reason=form.cleaned_data["reason"], by=by, at=at)


def _mandates(form: WindowForm, at: datetime) -> list[mandates.MandateView]:
    kind, number = form.cleaned_data["person_kind"], form.cleaned_data["person_number"]
    digest = people_queries.identity_hash(kind, parse_identity(kind, number, today=local_date(at)))
    found = mandates.open_mandates_of_person(form.cleaned_data["person_name"].strip(), digest, at=at)
    if not found:
        raise NotFound(_("No mandate of a person with this name and number is open."))
    return found


def _chosen(request: HttpRequest, found: list[mandates.MandateView]) -> bool:
    return request.POST.get("mandate") in {str(each.id) for each in found}


_ACTS: dict[str, Callable[[HttpRequest, WindowForm, Actor, datetime], None]] = {
    "mandate": _mandate,
    "guardian": _guardian,
    "end-mandate": _end,
    "death": _death,
    "undo-death": _undo_death,
    "same-person": _same_person,
    "merged": _merged,
}
