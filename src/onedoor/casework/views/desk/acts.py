"""The acts of the desk: each has one address, calls one service, and leads back to the case with a sentence."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from onedoor.casework import forms, queries
from onedoor.casework.queries import CasePage
from onedoor.casework.services import drafts, handover, intake, review, window
from onedoor.casework.states import KIND, Status
from onedoor.casework.views.desk import check_list, page
from onedoor.casework.views.public.apply import actor_of, region_options
from onedoor.documents import sending
from onedoor.documents import services as documents
from onedoor.kernel.actor import Actor
from onedoor.kernel.clock import SHANGHAI
from onedoor.kernel.doors import Door, door
from onedoor.kernel.errors import NotAllowed, NotFound, Refused, Text
from onedoor.kernel.ids import id_from
from onedoor.kernel.subjects import Subject


@door(Door.STAFF)
@require_safe
def case(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Show a case whole, with the acts that may be done now."""
    found = page.load(request, case_id)
    if found.application.status == Status.DRAFT:
        return redirect("casework:desk_intake", case_id)
    return render(request, "casework/desk/case.html", page.case_context(request, found))


@door(Door.STAFF)
@require_safe
def preview(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Show a case beside the list: who, what, until when, and the next acts."""
    found = page.load(request, case_id)
    return render(request, "casework/desk/_preview.html", page.case_context(request, found))


Act = Callable[[HttpRequest, UUID, Actor, datetime], object]
View = Callable[[HttpRequest, UUID], HttpResponse]


def _act(said: Text) -> Callable[[Act], View]:
    """Make the address of one act: it takes a POST, calls the act, and leads back to the case with a sentence."""

    def make(act: Act) -> View:
        @door(Door.STAFF)
        @require_POST
        @wraps(act)
        def view(request: HttpRequest, case_id: UUID) -> HttpResponse:
            by, at = actor_of(request), timezone.now()
            return done(request, case_id, lambda: act(request, case_id, by, at), said)

        return view

    return make


def done(
    request: HttpRequest, case_id: UUID, act: Callable[[], object], said: Text, *, on_form: type[Refused] = NotFound
) -> HttpResponse:
    """Do one act and say so; a refusal that is no want of right, nor ``on_form``, shows the case as it stands now."""
    try:
        act()
    except (NotAllowed, NotFound, on_form):
        raise
    except Refused as refusal:
        return page.refused(request, case_id, refusal)
    messages.success(request, str(said))
    return redirect("casework:desk_case", case_id)


def posted_checks(request: HttpRequest, case_id: UUID) -> list[intake.Check]:
    """Return what was ticked for the materials of a case that the officer may see."""
    application = queries.application_for(actor=actor_of(request), application_id=case_id, at=timezone.now())
    return forms.posted_checks(queries.materials_of(application), request.POST)


def _late_reason(request: HttpRequest) -> str:
    return forms.posted_text(request.POST, "late_reason", 1000)


def _opinion(request: HttpRequest) -> str:
    return forms.posted_text(request.POST, "opinion")


@_act(_("Received. The applicant gets a receipt."))
def receive(request: HttpRequest, case_id: UUID, by: Actor, at: datetime) -> None:
    """Receive a submitted application with what was seen of its materials."""
    checks, answers = posted_checks(request, case_id), forms.posted_norm(request.POST)
    intake.receive_application(application_id=case_id, checks=checks, answers=answers, by=by, at=at)


@_act(_("Accepted. The limit runs from the next day; the applicant gets the notice of acceptance."))
def accept(request: HttpRequest, case_id: UUID, by: Actor, at: datetime) -> None:
    """Accept an application, received just now or before; from tomorrow the clocks run."""
    checks = posted_checks(request, case_id)
    status = queries.application_for(actor=by, application_id=case_id, at=at).status
    act = intake.receive_and_accept if status == Status.SUBMITTED else intake.accept_application
    act(application_id=case_id, checks=checks, answers=forms.posted_norm(request.POST), by=by, at=at)


@_act(_("The check list is kept."))
def check(request: HttpRequest, case_id: UUID, by: Actor, at: datetime) -> None:
    """Keep what was answered of the check list so far, or everything still open as the norm asks."""
    review.answer_check_list(application_id=case_id, answers=forms.posted_norm(request.POST), by=by, at=at)


@_act(_("It is in your hand now."))
def take(_request: HttpRequest, case_id: UUID, by: Actor, at: datetime) -> None:
    """Take the open stage in hand, so that colleagues see who has it."""
    review.take_stage(application_id=case_id, by=by, at=at)


@_act(_("Passed on with your opinion."))
def pass_on(request: HttpRequest, case_id: UUID, by: Actor, at: datetime) -> None:
    """Finish the stage with an opinion and pass the case on."""
    seen = request.POST.get("position", "")
    position = int(seen) if seen.isdecimal() and len(seen) < 4 else -1
    answers = forms.posted_norm(request.POST)
    review.pass_stage(application_id=case_id, opinion=_opinion(request), position=position, answers=answers, by=by, at=at)


@_act(_("Granted. The decision is being made and sealed."))
def grant(request: HttpRequest, case_id: UUID, by: Actor, at: datetime) -> None:
    """Grant what was applied for."""
    answers = forms.posted_norm(request.POST)
    review.decide_application(
        application_id=case_id, granted=True, reason=_opinion(request), answers=answers, late_reason=_late_reason(request),
        by=by, at=at,
    )  # fmt: skip


@_act(_("Registered. The result waits to be handed over."))
def close(_request: HttpRequest, case_id: UUID, by: Actor, at: datetime) -> None:
    """Register the result and issue the certificate of what was granted."""
    review.close_application(application_id=case_id, by=by, at=at)


@_act(_("Handed over. The receipt of delivery is being made."))
def deliver(request: HttpRequest, case_id: UUID, by: Actor, at: datetime) -> None:
    """Hand the result over to somebody named."""
    way = request.POST.get("way", "window")
    handover.deliver_application(
        application_id=case_id, way=way if way in ("window", "post") else "window",
        recipient=forms.posted_text(request.POST, "recipient", 100), by=by, at=at,
    )  # fmt: skip


NO_REASON = _("Please write the reason. The applicant has a right to know it.")


def _ask(
    request: HttpRequest, case_id: UUID, template: str, act: Callable[[str], object], said: Text, **more: object
) -> HttpResponse:
    """Ask for the reason of an act against the applicant and show the remedies that its paper will name; then do it."""
    reason = forms.posted_text(request.POST, "reason") or _opinion(request)
    errors: dict[str, Text] = {}
    if request.POST.get("send"):  # before anything is looked up: a try without the right is the act's to refuse and to record
        if reason.strip():
            try:
                return done(request, case_id, lambda: act(reason), said, on_form=review.LateWithoutReason)
            except review.LateWithoutReason as refusal:
                errors["id_late_reason"] = refusal.message
        else:
            errors["id_reason"] = NO_REASON
    found = page.load(request, case_id)
    context = {
        **ask_context(found), "is_late": page.is_late(found), "reason": reason, "errors": errors,
        "remedies": found.terms.content.remedies, **more,
    }  # fmt: skip
    return render(request, template, context, status=422 if errors else 200)


@door(Door.STAFF)
@require_http_methods(["GET", "POST"])
def refuse(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Refuse what was applied for, with the reason."""
    by, at = actor_of(request), timezone.now()
    return _ask(
        request, case_id, "casework/desk/refuse.html",
        lambda reason: review.decide_application(
            application_id=case_id, granted=False, reason=reason, late_reason=_late_reason(request), by=by, at=at
        ),
        _("Refused. The decision names reason and remedies."), late_reason=_late_reason(request),
    )  # fmt: skip


@door(Door.STAFF)
@require_http_methods(["GET", "POST"])
def not_accept(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Do not accept an application, with the reason and the office in charge."""
    by, at, competent = actor_of(request), timezone.now(), forms.posted_text(request.POST, "competent", 200)
    return _ask(
        request, case_id, "casework/desk/not_accept.html",
        lambda reason: intake.not_accept_application(
            application_id=case_id, reason=reason, competent=competent, by=by, at=at
        ),
        _("Not accepted. The notice names reason, office in charge and remedies."), competent=competent,
    )  # fmt: skip


def ask_context(found: CasePage) -> dict[str, Any]:
    """Return what the head of a page says that asks for more before an act."""
    return {
        "case": found, "application": found.application, "terms": found.terms,
        "applicant": found.application.masked_applicant,
    }  # fmt: skip


@door(Door.STAFF)
@require_POST
@never_cache
def unmask(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Show one hidden answer in full, this once, for a reason that is kept."""
    by, at, key = actor_of(request), timezone.now(), request.POST.get("key", "")
    found = page.load(request, case_id)
    try:
        value = window.unmask_answer(
            application_id=case_id, key=key, reason=forms.posted_text(request.POST, "reason"), by=by, at=at
        )
    except (NotAllowed, NotFound):
        raise
    except Refused as refusal:
        return page.refused(request, case_id, refusal)
    return render(request, "casework/desk/case.html", page.case_context(request, found, shown_key=key, shown_value=value))


@door(Door.STAFF)
@require_POST
@never_cache
def original(request: HttpRequest, case_id: UUID) -> HttpResponse | FileResponse:
    """Send an identity paper without its mark, this once, for a reason that is kept."""
    by, at, file_id = actor_of(request), timezone.now(), id_from(request.POST.get("file"))
    page.load(request, case_id)
    if file_id is None:
        raise NotFound
    reason = forms.posted_text(request.POST, "reason")
    try:
        window.open_original(application_id=case_id, file_id=file_id, reason=reason, by=by, at=at)
    except (NotAllowed, NotFound):
        raise
    except Refused as refusal:
        return page.refused(request, case_id, refusal)
    return sending.original(file_id, subject=Subject(KIND, case_id))


@door(Door.STAFF)
@require_http_methods(["GET", "POST"])
def notice(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """List everything that may be missing, with what is missing ticked already; show the notice; send it."""
    found = page.load(request, case_id)
    checks = forms.posted_checks(found.materials, request.POST)
    rows = notice_rows(found, request)
    errors: dict[str, Text] = {}
    if "send" in request.POST:
        by, at, points = actor_of(request), timezone.now(), [row.as_point for row in rows if row.is_ticked]
        answers = forms.posted_norm(request.POST)
        if points:
            return done(
                request, case_id,
                lambda: intake.ask_for_correction(
                    application_id=case_id, points=points, checks=checks, answers=answers, by=by, at=at
                ),
                _("Told in writing, everything at once. The clock of the city stands still until the papers come."),
            )  # fmt: skip
        errors["rows"] = _("Please mark at least one material or answer that has to be put right.")
    context = {
        **ask_context(found), "rows": rows, "errors": errors, "kept": kept_checks(request),
        "chosen": [row for row in rows if row.is_ticked], "is_preview": "preview" in request.POST,
        "length": intake.CORRECTION_WORKING_DAYS, "back": reverse("casework:desk_case", args=[case_id]),
    }  # fmt: skip
    return render(request, "casework/desk/notice.html", context, status=422 if errors else 200)


def notice_rows(found: CasePage, request: HttpRequest) -> list[forms.NoticeRow]:
    """Return the materials and questions of a case to be ticked: as posted, or with what is missing ticked already."""
    form = found.terms.content.form
    told = check_list.told(found, request.POST if request.method == "POST" else None)
    materials = [
        (row["material"].key, row["material"].name, row["is_wanted"], "；".join(filter(None, (told.get(row["material"].key), row["remark"]))))
        for row in page.material_rows(found, request.POST if request.method == "POST" else None)
        if row["is_handed_in"] or row["material"].key in told or row["material"].key in request.POST.getlist("point")
    ]  # fmt: skip
    answers, today = found.application.answers, timezone.now().astimezone(SHANGHAI).date()
    return forms.notice_rows(materials, form, answers, today=today, posted=request.POST, not_met=told)


def kept_checks(request: HttpRequest) -> list[tuple[str, str]]:
    """Return what was ticked for materials on the page before, to be sent along."""
    return [(name, request.POST[name]) for name in request.POST if name.startswith(forms.KEPT_NAMES)]


@door(Door.STAFF)
@require_http_methods(["GET", "POST"])
def bring(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Take in at the window what was missing: scans and checks for the points of the notice, answers put right."""
    found = page.load(request, case_id)
    if found.application.status != Status.CORRECTING:
        return redirect("casework:desk_case", case_id)
    points = {point["key"]: point for each in found.corrections if each.answered_at is None for point in each.points}
    errors: dict[str, Text] = {}
    if request.method == "POST":
        errors = add_scans(request, case_id, found)
        if not errors:
            by, at = actor_of(request), timezone.now()
            checks = forms.posted_checks(found.materials, request.POST)
            fields = [each for each in found.terms.content.form.fields if f"field:{each.key}" in points]
            answers = forms.posted_answers(fields, request.POST)
            try:
                intake.correct_application(application_id=case_id, answers=answers, checks=checks, by=by, at=at)
            except intake.MaterialsMissing as refusal:
                errors["points"] = refusal.message
            else:
                messages.success(request, gettext("Taken in. The city answers within five working days."))
                return redirect("casework:desk_case", case_id)
            found = page.load(request, case_id)
    context = {
        **ask_context(found),
        "points": points,
        "materials": [
            row for row in page.material_rows(found, request.POST if request.method == "POST" else None)
            if row["material"].key in points
        ],
        "questions": [
            forms.drawn(each, found.application.answers.get(each.key), regions=region_options())
            for each in found.terms.content.form.fields
            if f"field:{each.key}" in points
        ],
        "limit": next((view for view in found.limits if view.kind == "correction" and view.ended_at is None), None),
        "errors": errors,
    }  # fmt: skip
    return render(request, "casework/desk/bring.html", context, status=422 if errors else 200)


def add_scans(request: HttpRequest, case_id: UUID, found: CasePage) -> dict[str, Text]:
    """Store the scans of a window and put them to their materials; one that cannot be taken is refused by name."""
    by, at = actor_of(request), timezone.now()
    errors: dict[str, Text] = {}
    for material in found.materials:
        for upload in request.FILES.getlist(f"file-{material.key}"):
            try:
                file = documents.store_upload(upload, by=by, at=at, subject=Subject(KIND, case_id))
                drafts.attach_file(application_id=case_id, key=material.key, file_id=file.id, by=by, at=at)
            except (documents.WrongFile, documents.StoreFull, drafts.TooManyFiles) as refusal:
                errors[f"file-{material.key}"] = f"{upload.name}：{refusal}"
    return errors
