"""Applying from home: where and for whom, the list of tasks, one question a page, papers, check, submit, done (S15)."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from onedoor.casework import forms, gaps, journey, known, queries, trust
from onedoor.casework.models import Application, MaterialState
from onedoor.casework.services import drafts, following, submission, tolerance
from onedoor.casework.states import KIND, Status
from onedoor.catalog import form_rules
from onedoor.catalog import queries as catalog
from onedoor.catalog.content import OptionText
from onedoor.catalog.scenario import case_for, given_by
from onedoor.kernel.actor import Actor
from onedoor.kernel.clock import local_date
from onedoor.kernel.doors import Door, door
from onedoor.kernel.errors import Invalid, NotAllowed, NotFound, Text
from onedoor.kernel.ids import id_from, new_id
from onedoor.kernel.subjects import Subject
from onedoor.network import queries as network
from onedoor.people import kept_form
from onedoor.people import queries as people

CITY = "130300000000"


def actor_of(request: HttpRequest) -> Actor:
    """Return who acts, as the middleware found out."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    return actor


@door(Door.CITIZEN)
@require_http_methods(["GET", "POST"])
def start(request: HttpRequest, code: str) -> HttpResponse:
    """Ask where and for whom, then begin a draft."""
    guide = catalog.published_guide(code)
    case = case_for(guide.content, given_by(request.GET.lists()))
    offers = catalog.service_items_for(code)
    applicants = people.applicants_for(request.user, at=timezone.now(), item_code=code)  # type: ignore[arg-type]
    if request.method == "POST":
        by, at = actor_of(request), timezone.now()
        chosen = next((each for each in applicants if each.value == request.POST.get("applicant")), None)
        offer = next((each for each in offers if str(each.service_item_id) == request.POST.get("service_item")), None)
        errors = _start_errors(chosen, offer)
        if chosen and offer:
            application = drafts.open_draft(
                service_item_id=offer.service_item_id,
                applicant=drafts.applicant_of(chosen.subject, chosen.name),
                channel="online",
                option_code=request.POST.get("option", "")[:2],
                draft_id=id_from(request.POST.get("draft")),
                answers=known.with_guide(_known_answers(chosen.subject, guide.version_id), case.answers),
                by=by,
                at=at,
            )
            return redirect("casework:tasks", application.id)
    else:
        errors = {}
    context = {
        "guide": guide, "offers": offers, "applicants": applicants, "errors": errors, "draft": new_id(), "case": case,
        "to_choose": [each for each in guide.content.options if each.condition is None],
        "chosen_item": request.POST.get("service_item", ""), "chosen_applicant": request.POST.get("applicant", ""),
    }  # fmt: skip
    return render(request, "casework/apply/start.html", context, status=422 if errors else 200)


def _start_errors(applicant: object, offer: object) -> dict[str, Text]:
    errors: dict[str, Text] = {}
    if applicant is None:
        errors["applicant"] = _("Please choose for whom you apply.")
    if offer is None:
        errors["service_item"] = _("Please choose the place that shall handle it.")
    return errors


def _known_answers(subject: Subject, guide_version: UUID) -> dict[str, object]:
    """Return what the city knows already, so that it is not asked again (lessons: ask only for what is not known)."""
    facts = people.applicant_facts([subject]).get(subject)
    if facts is None:
        return {}
    if facts.code_kind == "credit_code":
        known = {"org_name": facts.name, "org_uscc": facts.code, "org_legal": facts.legal_representative}
    else:
        known = {
            "applicant_name": facts.name,
            "applicant_id": facts.code,
            "applicant_phone": facts.phone,
            "contact_phone": facts.phone,
        }
    known["applicant_kind"] = "organisation" if facts.code_kind == "credit_code" else "person"
    asked = {field.key for field in catalog.version_form(guide_version).fields}
    return {key: value for key, value in known.items() if value and key in asked}


def draft_of(request: HttpRequest, draft_id: UUID) -> Application:
    """Return one's own application.

    :raises NotFound: when it is not one's own.
    """
    return queries.application_for(actor=actor_of(request), application_id=draft_id, at=timezone.now())


def current_draft(request: HttpRequest, draft_id: UUID) -> Application:
    """Return one's own application, a draft led to the version in force and what changed with that said on the page."""
    application = draft_of(request, draft_id)
    if application.status != Status.DRAFT or catalog.is_open(application.version, today=_today()):
        return application
    led = following.follow_version(application_id=draft_id, by=actor_of(request), at=timezone.now())
    if led is None:
        return application
    messages.warning(
        request, _("The guide of this item has changed. Your draft goes on under the new one; please look it through.")
    )
    names = _(", ")
    if led.dropped:
        said = _("These questions are not in the guide any more; your answers to them were dropped: %(names)s")
        messages.warning(request, said % {"names": names.join(led.dropped)})
    if led.added:
        messages.info(request, _("These questions are new: %(names)s") % {"names": names.join(led.added)})
    return draft_of(request, draft_id)


def is_editable(application: Application) -> bool:
    """Tell whether its applicant may still write in it."""
    return application.status in (Status.DRAFT, Status.CORRECTING)


def whole(application: Application) -> str:
    """Return the name of the page that shows all that is to be done: the tasks, the points of the notice, or the confirmation."""
    return {Status.DRAFT: "casework:tasks", Status.CORRECTING: "casework:correct"}.get(Status(application.status), "casework:done")


@door(Door.CITIZEN)
@require_GET
def tasks(request: HttpRequest, draft_id: UUID) -> HttpResponse:
    """Show the parts of the application as tasks with their state."""
    application = current_draft(request, draft_id)
    if application.status != Status.DRAFT:
        return redirect(whole(application), application.id)
    terms = catalog.case_terms(application.version_id)
    parts = journey.parts(terms.content.form, application.answers, today=local_date(timezone.now()))
    materials = paper_rows(application)
    context = {
        "application": application, "terms": terms, "parts": [_task(application, part) for part in parts],
        "papers": materials, "papers_task": _papers_task(application, materials),
        "is_ready": all(part.state == "done" for part in parts) and not any(row["is_open"] for row in materials),
    }  # fmt: skip
    return render(request, "casework/apply/tasks.html", context)


_LIGHTS = {"done": "ok", "begun": "run", "seen": "due", "todo": "idle", "wait": "idle"}


def _task(application: Application, part: journey.Part) -> dict[str, Any]:
    return {
        "label": part.section.text,
        "hint": _("%(answered)s of %(asked)s answered") % {"answered": part.answered, "asked": part.asked},
        "url": reverse("casework:ask", args=[application.id, part.go_on]),
        "light": _LIGHTS[part.state],
        "state": part.state_text,
    }


def _papers_task(application: Application, rows: list[dict[str, Any]]) -> dict[str, Any]:
    wanted = [row for row in rows if row["is_handed_in"]]
    there = [row for row in wanted if row["files"]]
    still_open = any(row["is_open"] for row in wanted)
    state = "done" if not still_open else "begun" if there else "todo"
    return {
        "label": _("Papers"),
        "hint": _("%(there)s of %(wanted)s added; a photo taken with the phone will do")
        % {"there": len(there), "wanted": len(wanted)},
        "url": reverse("casework:papers", args=[application.id]),
        "light": _LIGHTS[state],
        "state": journey.TASK_STATES[state],
    }


def paper_rows(application: Application) -> list[dict[str, Any]]:
    """Return each material with its place in the guide, its files and whether something is still wanted."""
    terms = catalog.case_terms(application.version_id)
    norm = {each.key: each for each in terms.materials}
    needed = journey.papers_asked(terms.content, application.answers)
    rows = []
    for material in queries.materials_of(application):
        wanted = norm.get(material.key)
        asked = journey.asks_for_file(terms.content.form, application.answers, material.key)
        if (wanted is None and asked is None) or (wanted is not None and wanted.key not in needed):
            continue
        handed_in = material.certificate is None and (wanted.is_handed_in if wanted else True)
        required = wanted.is_required if wanted else bool(asked and asked.required)
        rows.append({
            "material": material, "norm": wanted, "files": (used := list(material.files.all())),
            "pages": [each.file for each in used], "level": trust.level_of(material, wanted), "is_handed_in": handed_in,
            "is_absent": material.state == MaterialState.MISSING,
            "is_open": handed_in
            and (material.state == MaterialState.REJECTED or (required and material.state == MaterialState.MISSING)),
        })  # fmt: skip
    return rows


@door(Door.CITIZEN)
@require_http_methods(["GET", "POST"])
def ask(request: HttpRequest, draft_id: UUID, key: str) -> HttpResponse:
    """Ask one question; an answer that cannot stay is shown again with what to do."""
    application = current_draft(request, draft_id)
    if not is_editable(application):
        return redirect("casework:done", application.id)
    form = catalog.case_terms(application.version_id).content.form
    asked = journey.question(form, application.answers, key)
    if asked is None or not _is_open(application, key):
        return redirect(whole(application), application.id)
    errors: dict[str, Text] = {}
    answers = dict(application.answers)
    typed_before = kept_form.take(request) if request.method == "GET" else None
    if typed_before is not None:
        answers |= forms.posted_answers([asked.field], typed_before)
    if request.method == "POST":
        if key not in known.locked(application.answers):
            answers |= forms.posted_answers([asked.field], request.POST)
        clean, faults = form_rules.validate(form, answers, today=_today(), only=[key])
        errors = {name: text for name, text in faults.items() if name.split(".")[0] == key}
        is_draft_save = "autosave" in request.POST or "later" in request.POST
        if is_draft_save or not errors:
            kept = answers.get(key) if errors else clean.get(key, "")
            application = drafts.save_answers(
                application_id=application.id, answers={key: kept}, by=actor_of(request), at=timezone.now()
            )
        if "autosave" in request.POST:
            return HttpResponse(status=204)
        if "later" in request.POST:
            return redirect(whole(application), application.id)
        if "more" in request.POST:
            return redirect("casework:ask", application.id, key)
        if not errors:
            return _onward(request, application, key)
    return render(
        request, "casework/apply/question.html",
        {**_question_context(application, asked, answers, errors), "was_kept": typed_before is not None},
        status=422 if errors else 200,
    )  # fmt: skip


def _is_open(application: Application, key: str) -> bool:
    """Tell whether a question may be answered: in a draft each may, in a correction those that the notice opens."""
    return application.status == Status.DRAFT or key in queries.correctable(application, at=timezone.now()).questions


def _onward(request: HttpRequest, application: Application, key: str) -> HttpResponse:
    if application.status == Status.CORRECTING:
        return redirect("casework:correct", application.id)
    form = catalog.case_terms(application.version_id).content.form
    if request.GET.get("back") == "check":
        return redirect("casework:check", application.id)
    following = journey.after(form, application.answers, key)
    if following:
        return redirect("casework:ask", application.id, following)
    return redirect(
        "casework:papers" if any(row["is_open"] for row in paper_rows(application)) else "casework:check", application.id
    )


def _question_context(
    application: Application, asked: journey.Question, answers: dict[str, object], errors: dict[str, Text]
) -> dict[str, Any]:
    form = catalog.case_terms(application.version_id).content.form
    field, regions = asked.field, region_options()
    return {
        "application": application,
        "terms": catalog.case_terms(application.version_id),
        "asked": asked,
        "field": forms.drawn(field, answers.get(field.key), error=errors.get(field.key, ""), regions=regions),
        "rows": forms.rows_drawn(field, answers.get(field.key), errors, regions=regions) if field.type == "repeat" else None,
        "errors": [(f"id_{name}", text) for name, text in errors.items()],
        "known_from": known.source_told(answers, field.key),
        "is_locked": field.key in known.locked(answers),
        "is_from_guide": known.is_from_guide(answers, field.key),
        "before": _previous(application, journey.before(form, answers, field.key)),
    }


def _previous(application: Application, key: str | None) -> str:
    """Return the page before a question; in a correction that is the notice."""
    if key is None or application.status == Status.CORRECTING:
        return reverse(whole(application), args=[application.id])
    return reverse("casework:ask", args=[application.id, key])


def region_options() -> list[tuple[str, str]]:
    """Return the regions of the city to choose from: counties with their townships below."""
    return network.region_tree(CITY)


def _today() -> date:
    return local_date(timezone.now())


@door(Door.CITIZEN)
@require_http_methods(["GET", "POST"])
def check(request: HttpRequest, draft_id: UUID) -> HttpResponse:
    """Show all answers to be checked; submit them."""
    errors: dict[str, Text] = {}
    if request.method == "POST":
        if request.POST.get("truth") == "on":
            try:
                errors = _submit(request, draft_id)
            except submission.ItemChanged:
                if catalog.is_open(current_draft(request, draft_id).version, today=_today()):
                    return redirect("casework:tasks", draft_id)
                raise
            if not errors:
                if request.POST.get("promise") == "on":
                    tolerance.promise_papers(application_id=draft_id, by=actor_of(request), at=timezone.now())
                return redirect("casework:done", draft_id)
        else:
            errors = {"truth": _("Please confirm that what you wrote is true.")}
    application = current_draft(request, draft_id)
    if application.status != Status.DRAFT:
        return redirect("casework:done", application.id)
    context = {
        "application": application, "terms": catalog.case_terms(application.version_id),
        "cards": answer_cards(application, masked=False), "papers": paper_rows(application), "option": option_of(application),
        "promise": catalog.case_terms(application.version_id).promised(application.option_code),
        "errors": fault_links(application, errors), "gap": gaps.offer(application, at=timezone.now()),
        "is_promised": request.POST.get("promise") == "on",
    }  # fmt: skip
    return render(request, "casework/apply/check.html", context, status=422 if errors else 200)


def option_of(application: Application) -> OptionText | None:
    """Return the handling option that an application is, where it is one."""
    options = catalog.case_terms(application.version_id).options
    return next((each for each in options if each.code == application.option_code), None)


def _submit(request: HttpRequest, draft_id: UUID) -> dict[str, Text]:
    """Submit and return what is missing or wrong; the act itself finds the draft, so that it is read once.

    :raises NotFound: when it is somebody else's, as everywhere.
    """
    try:
        submission.submit_application(application_id=draft_id, by=actor_of(request), at=timezone.now())
    except Invalid as refusal:
        return dict(refusal.errors)
    except NotAllowed:
        raise NotFound from None
    return {}


def fault_links(application: Application, faults: Mapping[str, Text]) -> list[tuple[str, Text]]:
    """Return the faults of an application with where each is put right, each naming its question."""
    form = catalog.case_terms(application.version_id).content.form
    return [(fault_link(application, key), forms.named_fault(form, key, text)) for key, text in faults.items()]


def fault_link(application: Application, key: str) -> str:
    """Return where a fault of an application is put right."""
    if key == "truth":
        return "#truth"
    files = {each.key for each in catalog.case_terms(application.version_id).content.form.file_questions}
    if key in files:
        return reverse("casework:papers", args=[application.id]) + f"#paper-{journey.file_key(key)}"
    if key.startswith("material:"):
        return reverse("casework:papers", args=[application.id]) + f"#paper-{key.removeprefix('material:')}"
    if key == "applicant":
        return reverse("casework:tasks", args=[application.id])
    return reverse("casework:ask", args=[application.id, key.split(".", maxsplit=1)[0]]) + "?back=check"


def answer_cards(application: Application, *, masked: bool, only: Collection[str] | None = None) -> list[dict[str, Any]]:
    """Return the answers as cards of a summary, one for each part of the form; ``only`` names questions where not all are wanted."""
    form = catalog.case_terms(application.version_id).content.form
    names = dict(region_options())
    asked = journey.questions(form, application.answers)
    cards = []
    for section in form.sections:
        rows = [
            {
                "label": each.field.text,
                "value": form_rules.display_value(
                    each.field, application.answers.get(each.field.key), masked=masked, region_name=lambda code: names.get(code, code)
                ),
                "url": reverse("casework:ask", args=[application.id, each.field.key]) + "?back=check"
                if is_editable(application) else "",
            }
            for each in asked
            if each.section.key == section.key and (only is None or each.field.key in only)
        ]  # fmt: skip
        if rows:
            cards.append({"title": section.text, "ident": f"part-{section.key}", "rows": rows})
    return cards


@door(Door.CITIZEN)
@require_GET
def done(request: HttpRequest, draft_id: UUID) -> HttpResponse:
    """Confirm the submission: reference, query code, what happens next and until when."""
    application = draft_of(request, draft_id)
    if application.reference is None:
        return redirect("casework:tasks", application.id)
    return render(request, "casework/apply/done.html", confirmation_context(application))


def confirmation_context(application: Application) -> dict[str, Any]:
    """Return what the confirmation page says, at home and at the window."""
    return {
        "application": application,
        "terms": catalog.case_terms(application.version_id),
        "notice_limit": queries.limit_of_kind(application, "notice"),
        "papers": queries.papers_of(application),
        "promise": catalog.case_terms(application.version_id).promised(application.option_code),
        "subject": Subject(KIND, application.id),
        "track_url": queries.tracking_address(application),
    }
