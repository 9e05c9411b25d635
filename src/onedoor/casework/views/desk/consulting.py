"""Asking other offices at the desk, and answering for one's own."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from onedoor.casework import consulting, forms, queries, states
from onedoor.casework.models import Stance
from onedoor.casework.services import consulting as services
from onedoor.casework.views.desk import acts, page
from onedoor.casework.views.desk.requests import done, form_page, gone, number
from onedoor.casework.views.public.apply import actor_of
from onedoor.kernel.doors import Door, door
from onedoor.kernel.errors import Invalid, NotAllowed, NotFound, Refused, Text


@door(Door.STAFF)
@require_http_methods(["GET", "POST"])
def ask(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Ask another office for its opinion: which one, what, until when."""
    by, at, errors = actor_of(request), timezone.now(), {}
    if request.method == "POST":
        answer = done(
            request, case_id,
            lambda: services.consult(
                application_id=case_id, office=_key(request, "office"), question=forms.posted_text(request.POST, "question"),
                length=number(request, "length"), by=by, at=at,
            ),
            _("Asked. The office finds it in its own list; you hear when it has answered."),
        )  # fmt: skip
        if isinstance(answer, HttpResponse):
            return answer
        errors = answer
    case = page.load(request, case_id)
    back = gone(case, states.CONSULT)
    asked = consulting.of_case(case.application)
    return back or form_page(
        request, "casework/desk/consult.html", case, errors, offices=consulting.offices_to_ask(case.application, asked),
        chosen=request.POST.get("office", ""), usual=consulting.USUAL_DAYS, most=consulting.MOST_DAYS,
    )  # fmt: skip


@door(Door.STAFF)
@require_POST
def recall(request: HttpRequest, case_id: UUID, consultation_id: UUID) -> HttpResponse:
    """Take a question to another office back."""
    by, at, reason = actor_of(request), timezone.now(), forms.posted_text(request.POST, "reason")
    return acts.done(
        request, case_id,
        lambda: services.recall_consultation(
            application_id=case_id, consultation_id=consultation_id, reason=reason, by=by, at=at
        ),
        _("Taken back."),
    )  # fmt: skip


@door(Door.STAFF)
@require_safe
def opinions(request: HttpRequest) -> HttpResponse:
    """List what other offices ask mine."""
    by = actor_of(request)
    if not consulting.answers_for_office(by):
        raise NotAllowed
    return render(request, "casework/desk/opinions.html", {"rows": consulting.to_answer(by), "now": timezone.now()})


@door(Door.STAFF)
@require_http_methods(["GET", "POST"])
def opinion(request: HttpRequest, consultation_id: UUID) -> HttpResponse:
    """Show a question to my office beside the papers of the case, and answer it."""
    by, at = actor_of(request), timezone.now()
    asked = consulting.question_for(actor=by, consultation_id=consultation_id)
    application, errors, refusal = asked.consultation.application, dict[str, Text](), None
    if request.method == "POST":
        try:
            services.answer_consultation(
                application_id=application.id, consultation_id=consultation_id, stance=request.POST.get("stance", ""),
                opinion=forms.posted_text(request.POST, "opinion"), by=by, at=at,
            )  # fmt: skip
        except (NotAllowed, NotFound):
            raise
        except Invalid as wrong:
            errors = {f"id_{key}": text for key, text in wrong.errors.items()}
        except Refused as wrong:
            refusal = wrong
        else:
            messages.success(request, _("Answered. Whoever asked is told."))
            return redirect("casework:desk_opinions")
        asked = consulting.question_for(actor=by, consultation_id=consultation_id)
    is_open = asked.consultation.is_open
    context = {
        "asked": asked, "application": application, "terms": asked.terms, "applicant": application.masked_applicant,
        "materials": [each for each in queries.materials_of(application) if each.files.all()] if is_open else [],
        "stances": Stance.choices, "typed": request.POST, "errors": errors, "refusal": refusal,
    }  # fmt: skip
    status = 422 if errors else refusal.http_status if refusal else 200
    return render(request, "casework/desk/opinion.html", context, status=status)


def _key(request: HttpRequest, name: str) -> UUID:
    """Return a key of a form; the one that nothing has for what is none."""
    try:
        return UUID(request.POST.get(name, ""))
    except ValueError:
        return UUID(int=0)
