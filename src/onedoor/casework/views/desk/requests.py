"""What officers ask for in a case and others decide: special procedures, more time; and what waits for my decision."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from onedoor.casework import forms, papers, requests, states
from onedoor.casework.queries import CasePage
from onedoor.casework.requests import Foreseen
from onedoor.casework.services import extension, special
from onedoor.casework.states import Transition
from onedoor.casework.views.desk import page
from onedoor.casework.views.public.apply import actor_of
from onedoor.documents import preview
from onedoor.kernel.doors import Door, door
from onedoor.kernel.errors import Invalid, NotAllowed, NotFound, Refused, Text


def number(request: HttpRequest, name: str) -> int:
    """Return a number of a form; 0 for what is none."""
    text = request.POST.get(name, "")
    return int(text) if text.isdecimal() and len(text) < 5 else 0


def done(request: HttpRequest, case_id: UUID, act: Callable[[], object], said: Text) -> HttpResponse | dict[str, Text]:
    """Do one act and lead back to the case; what is wrong with the form is returned, every other refusal shows the case."""
    try:
        act()
    except (NotAllowed, NotFound):
        raise
    except Invalid as refusal:
        return {f"id_{key}": text for key, text in refusal.errors.items()}
    except Refused as refusal:
        return page.refused(request, case_id, refusal)
    messages.success(request, str(said))
    return redirect("casework:desk_case", case_id)


def form_page(
    request: HttpRequest, template: str, case: CasePage, errors: dict[str, Text] | None = None, **more: Any
) -> HttpResponse:
    """Show the page of one act, with what was typed and what is wrong with it."""
    context = {
        "case": case, "application": case.application, "terms": case.terms, "applicant": case.application.masked_applicant,
        "errors": errors or {}, "typed": request.POST, **more,
    }  # fmt: skip
    return render(request, template, context, status=422 if errors else 200)


def gone(case: CasePage, *moves: Transition) -> HttpResponse | None:
    """Return the way back to the case when none of some acts may be done there any more."""
    return None if set(moves) & set(case.next_acts) else redirect("casework:desk_case", case.application.id)


@door(Door.STAFF)
@require_http_methods(["GET", "POST"])
def special_ask(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Ask for a special procedure: which one, how long, why."""
    by, at, errors = actor_of(request), timezone.now(), {}
    if request.method == "POST":
        answer = done(
            request, case_id,
            lambda: special.ask_special(
                application_id=case_id, choice=request.POST.get("choice", ""), length=number(request, "length"),
                reason=forms.posted_text(request.POST, "reason"), by=by, at=at,
            ),
            _("Asked for. The limits stand still as soon as somebody else has approved it."),
        )  # fmt: skip
        if isinstance(answer, HttpResponse):
            return answer
        errors = answer
    case = page.load(request, case_id)
    back = gone(case, states.ASK_SPECIAL)
    choices = requests.choices(case.application)
    return back or form_page(request, "casework/desk/special_ask.html", case, errors, choices=choices)


@door(Door.STAFF)
@require_http_methods(["GET", "POST"])
def special_decide(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Approve or refuse a special procedure that somebody else asked for, beside what the notice would say."""
    by, at, errors = actor_of(request), timezone.now(), {}
    if request.method == "POST":
        answer = _decision(
            request, case_id,
            lambda: special.start_special(application_id=case_id, by=by, at=at),
            _("Approved. The limits stand still, and the applicant gets the notice."),
            lambda reason: special.refuse_special(application_id=case_id, reason=reason, by=by, at=at),
        )  # fmt: skip
        if isinstance(answer, HttpResponse):
            return answer
        errors = answer
    case = page.load(request, case_id)
    asked = case.requests.open_special
    back = gone(case, states.START_SPECIAL, states.REFUSE_SPECIAL)
    if back or asked is None:
        return back or redirect("casework:desk_case", case_id)
    foreseen = requests.end_of(asked.length, asked.unit, at)
    paper = preview.body_of(papers.special_procedure(case.application, asked, foreseen, case.application.id))
    return form_page(request, "casework/desk/special_decide.html", case, errors, asked=asked, due=foreseen, paper=paper)


def _decision(
    request: HttpRequest, case_id: UUID, grant: Callable[[], object], said: Text, refuse: Callable[[str], object]
) -> HttpResponse | dict[str, Text]:
    """Grant or refuse as the button says; refusing needs a reason."""
    if "refuse" not in request.POST:
        return done(request, case_id, grant, said)
    reason = forms.posted_text(request.POST, "reason")
    if not reason:
        return {"id_reason": _("Write why, so that your colleague knows how to go on.")}
    return done(request, case_id, lambda: refuse(reason), _("Refused. Your colleague is told."))


@door(Door.STAFF)
@require_http_methods(["GET", "POST"])
def special_end(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Enter the result of a special procedure."""
    by, at, errors = actor_of(request), timezone.now(), {}
    if request.method == "POST":
        result = forms.posted_text(request.POST, "result")
        answer: HttpResponse | dict[str, Text] = {"id_result": _("Write what came out of it.")}
        if result:
            answer = done(
                request, case_id, lambda: special.end_special(application_id=case_id, result=result, by=by, at=at),
                _("The limits run on from tomorrow; the applicant is told the new last day."),
            )  # fmt: skip
        if isinstance(answer, HttpResponse):
            return answer
        errors = answer
    case = page.load(request, case_id)
    running = case.requests.running_special
    own = next((view for view in case.limits if view.kind == special.LIMIT and view.ended_at is None), None)
    back = gone(case, states.END_SPECIAL)
    return back or form_page(request, "casework/desk/special_end.html", case, errors, running=running, limit=own)


@door(Door.STAFF)
@require_http_methods(["GET", "POST"])
def extension_ask(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Ask the head of the agency for more time."""
    by, at, errors = actor_of(request), timezone.now(), {}
    if request.method == "POST":
        answer = done(
            request, case_id,
            lambda: extension.ask_extension(
                application_id=case_id, length=number(request, "length"), reason=forms.posted_text(request.POST, "reason"),
                by=by, at=at,
            ),
            _("Asked for. The head of the agency decides it."),
        )  # fmt: skip
        if isinstance(answer, HttpResponse):
            return answer
        errors = answer
    case = page.load(request, case_id)
    back = gone(case, states.ASK_EXTENSION)
    legal = _legal(case)
    return back or form_page(
        request, "casework/desk/extension_ask.html", case, errors, legal=legal, most=extension.MOST_DAYS
    )  # fmt: skip


@door(Door.STAFF)
@require_http_methods(["GET", "POST"])
def extension_decide(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Grant or refuse more time as head of the agency, beside what the notice would say."""
    by, at, errors = actor_of(request), timezone.now(), {}
    if request.method == "POST":
        answer = _decision(
            request, case_id,
            lambda: extension.extend_application(application_id=case_id, by=by, at=at),
            _("Extended. The applicant gets the notice with the reason."),
            lambda reason: extension.refuse_extension(application_id=case_id, reason=reason, by=by, at=at),
        )  # fmt: skip
        if isinstance(answer, HttpResponse):
            return answer
        errors = answer
    case = page.load(request, case_id)
    asked, legal = case.requests.open_extension, _legal(case)
    back = gone(case, states.EXTEND, states.REFUSE_EXTENSION)
    if back or asked is None:
        return back or redirect("casework:desk_case", case_id)
    paper = None
    if legal is not None:
        then = legal.if_extended(asked.length)
        paper = preview.body_of(
            papers.extension(case.application, asked, Foreseen(then.moment, then.confirmed), case.application.id)
        )
    return form_page(request, "casework/desk/extension_decide.html", case, errors, asked=asked, legal=legal, paper=paper)


def _legal(case: CasePage) -> Any:
    return next((view for view in case.limits if view.kind == "legal" and view.ended_at is None), None)


@door(Door.STAFF)
@require_safe
def to_decide(request: HttpRequest) -> HttpResponse:
    """List what colleagues asked for and I may decide."""
    rows = requests.to_decide(actor_of(request), timezone.now())
    return render(request, "casework/desk/to_decide.html", {"rows": rows})
