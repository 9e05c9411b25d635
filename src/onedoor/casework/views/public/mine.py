"""What is mine: applications, what waits for me, results to collect, taking back (``/my/``)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from onedoor.casework import queries, states, talk
from onedoor.casework.models import Application, Side
from onedoor.casework.services import handover, intake
from onedoor.casework.states import Status
from onedoor.casework.views.public import following
from onedoor.casework.views.public.apply import actor_of, answer_cards, draft_of, fault_links, paper_rows
from onedoor.casework.views.public.track import progress_context
from onedoor.casework.views.talking import Written, post_message
from onedoor.catalog import queries as catalog
from onedoor.kernel.doors import Door, door
from onedoor.kernel.errors import Invalid, Refused, Text
from onedoor.kernel.ids import id_from
from onedoor.people import mandates


@door(Door.CITIZEN)
@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """List my applications: what waits for me first, then what runs, then what is done."""
    actor, at, after = actor_of(request), timezone.now(), id_from(request.GET.get("after"))
    page = queries.my_applications(actor=actor, at=at, after=after)
    rows = queries.my_rows(page.rows)
    context = {
        "page": page,
        "rows": rows,
        "last": page.rows[-1].id if page.rows else "",
        "first": [row for row in rows if row.waits_for_me and not row.is_draft],
        "drafts": [row for row in rows if row.is_draft and not row.is_asked],
        "others": [row for row in rows if not row.waits_for_me],
        "is_first_page": after is None,
        "certificates": queries.my_certificates(actor=actor, at=at) if after is None else [],
        "mandates": mandates.mandates_of(actor.account, at=at) if actor.account and after is None else None,
    }
    return render(request, "casework/my/home.html", context)


@door(Door.CITIZEN)
@require_GET
def detail(request: HttpRequest, draft_id: UUID) -> HttpResponse:
    """Show one of my applications: progress, papers, what I wrote, what I may do."""
    application = draft_of(request, draft_id)
    if application.status == Status.DRAFT:
        return redirect("casework:tasks", application.id)
    offered = queries.next_acts(actor=actor_of(request), application=application, runs=[], at=timezone.now())
    context = {
        **progress_context(application),
        "cards": answer_cards(application, masked=True),
        "materials": paper_rows(application),
        "may_correct": states.CORRECT in offered,
        "may_fill": states.FILL_GAP in offered,
        "to_promise": following.to_promise(application),
        "may_collect": states.COLLECT in offered,
        "may_withdraw": states.WITHDRAW in offered,
        "talk": talk.talk_of(application, reader=Side.APPLICANT),
    }
    return render(request, "casework/my/detail.html", context)


@door(Door.CITIZEN)
@require_http_methods(["GET", "POST"])
def correct(request: HttpRequest, draft_id: UUID) -> HttpResponse:
    """Put right what the one-time notice names: papers are added on this page, answers by their questions."""
    application = draft_of(request, draft_id)
    notice = queries.open_correction(application)
    if application.status != Status.CORRECTING or notice is None:
        return redirect("casework:mine", application.id)
    if request.method != "POST":
        return correction_page(request, application)
    try:
        intake.correct_application(application_id=application.id, answers={}, by=actor_of(request), at=timezone.now())
    except Invalid as refusal:
        faults = fault_links(application, refusal.errors)
    except Refused as refusal:
        faults = [("#points", refusal.message)]
    else:
        return redirect("casework:mine", application.id)
    return correction_page(request, application, faults=faults)


def correction_page(
    request: HttpRequest,
    application: Application,
    *,
    faults: Sequence[tuple[str, Text]] = (),
    file_errors: Mapping[str, Text] | None = None,
) -> HttpResponse:
    """Show the notice with a place to put each of its points right; ``faults`` come with the places that they lead to."""
    terms, notice = catalog.case_terms(application.version_id), queries.open_correction(application)
    asked = queries.correctable(application, at=timezone.now())
    faults = [*faults, *((f"#id_file-{key}", text) for key, text in (file_errors or {}).items())]
    context = {
        "application": application, "terms": terms, "notice": notice,
        "limit": queries.limit_of_kind(application, "correction"),
        "papers": [row for row in paper_rows(application) if row["material"].key in asked.materials],
        "cards": answer_cards(application, masked=False, only=asked.questions),
        "faults": faults, "file_errors": file_errors or {},
    }  # fmt: skip
    return render(request, "casework/my/correct.html", context, status=422 if faults else 200)


@door(Door.CITIZEN)
@require_http_methods(["GET", "POST"])
def withdraw(request: HttpRequest, draft_id: UUID) -> HttpResponse:
    """Take an application back, after one question."""
    application = draft_of(request, draft_id)
    errors: dict[str, Text] = {}
    if request.method == "POST":
        reason = request.POST.get("reason", "").strip()
        if reason:
            handover.withdraw_application(application_id=application.id, reason=reason, by=actor_of(request), at=timezone.now())
            return redirect("casework:mine", application.id)
        errors["id_reason"] = _("Please write in a few words why you take it back.")
    context = {"application": application, "terms": catalog.case_terms(application.version_id), "errors": errors}
    return render(request, "casework/my/withdraw.html", context, status=422 if errors else 200)


@door(Door.CITIZEN)
@require_POST
def collect(request: HttpRequest, draft_id: UUID) -> HttpResponse:
    """Collect the result online."""
    application = draft_of(request, draft_id)
    handover.collect_result(application_id=application.id, by=actor_of(request), at=timezone.now())
    return redirect("casework:mine", application.id)


@door(Door.CITIZEN)
@require_http_methods(["GET", "POST"])
def messages(request: HttpRequest, draft_id: UUID) -> HttpResponse:
    """Show what the office and I wrote to each other about an application, and write more."""
    application, written = draft_of(request, draft_id), Written(needs_answer=True)
    if application.status == Status.DRAFT:
        return redirect("casework:tasks", application.id)
    if request.method == "POST":
        written = post_message(request, application, by=actor_of(request))
        if not written.errors:
            return redirect(reverse("casework:messages", args=[application.id]) + "#last")
    said = talk.talk_of(application, reader=Side.APPLICANT)
    if request.method == "GET":
        written.needs_answer = said.to_answer is None
    context = {
        "application": application, "terms": catalog.case_terms(application.version_id), "talk": said, "written": written,
        "action": reverse("casework:messages", args=[application.id]), "who": application.agency.name,
    }  # fmt: skip
    return render(request, "casework/my/messages.html", context, status=written.status)
