"""Intake at a window: one dense page from the applicant's paper to the certificate, which the keyboard drives alone (S01)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from onedoor.casework import counter, forms, journey, known, queries, stages, tolerance, worklist
from onedoor.casework.counter import KEPT_APPLICANT, KEPT_CHECKS, Counter
from onedoor.casework.models import Application
from onedoor.casework.queries import CasePage
from onedoor.casework.services import drafts, intake, review, submission, window
from onedoor.casework.services.norm import NormNotMet, NormOpen
from onedoor.casework.states import KIND, Status
from onedoor.casework.views.desk import check_list, page
from onedoor.casework.views.desk.acts import add_scans, kept_checks, notice_rows
from onedoor.casework.views.public.apply import actor_of, region_options
from onedoor.catalog import form_rules
from onedoor.catalog import queries as catalog
from onedoor.catalog.content import Content, FormField
from onedoor.catalog.scenario import Case, case_for, read_answers, scanned
from onedoor.kernel.clock import local_date
from onedoor.kernel.doors import Door, door
from onedoor.kernel.errors import Invalid, NotAllowed, NotFound, Refused, Text, WrongState
from onedoor.kernel.identity import IdentityKind
from onedoor.kernel.ids import id_from, new_id
from onedoor.kernel.subjects import Subject
from onedoor.network import queries as network
from onedoor.people.services import NameDiffers

LONGEST_ADDRESS = 2000
WIDE = frozenset({"textarea", "repeat", "multichoice", "address"})


@door(Door.STAFF)
@require_http_methods(["GET", "POST"])
def start(request: HttpRequest) -> HttpResponse:
    """Find the item that somebody at the counter wants, and begin its intake."""
    by, at = actor_of(request), timezone.now()
    if request.method == "POST":
        service_item, draft_id = id_from(request.POST.get("service_item")), id_from(request.POST.get("draft"))
        if service_item is None or draft_id is None:
            return redirect("casework:desk_start")
        application = drafts.open_draft(
            service_item_id=service_item, applicant=None, answers=_brought(request.POST.get("guide", "")), channel="window",
            draft_id=draft_id, site_id=by.site, window_id=network.window_of(by.posting) if by.posting else None, by=by, at=at,
        )  # fmt: skip
        return redirect("casework:desk_intake", application.id)
    typed = request.GET.get("q", "")[:LONGEST_ADDRESS].strip()
    brought = scanned(typed)
    text = brought[0] if brought else typed[:60]
    choices = worklist.items_to_receive(actor=by, text=text, at=at)
    context = {
        "q": text,
        "guide": typed if brought else "",
        "case": _case_brought(brought),
        "most": worklist.OFFERED_AT_MOST,
        "choices": [(each, new_id()) for each in choices],
        "unfinished": worklist.unfinished_intakes(actor=by) if not text else [],
    }
    is_part = request.headers.get("HX-Request") == "true"
    return render(request, "casework/desk/_items.html" if is_part else "casework/desk/start.html", context)


def _case_brought(brought: tuple[str, Mapping[str, Sequence[str]]] | None) -> Case | None:
    """Return what somebody answered in the guide at home, whose code the clerk has scanned."""
    try:
        return case_for(catalog.published_guide(brought[0]).content, brought[1]) if brought else None
    except NotFound:
        return None


def _brought(address: str) -> dict[str, object]:
    """Return the first answers of an intake: those of the guide's address that was scanned."""
    case = _case_brought(scanned(address[:LONGEST_ADDRESS]))
    return known.with_guide({}, case.answers) if case is not None else {}


def _own(request: HttpRequest, draft_id: UUID) -> CasePage:
    """Return the intake of the clerk of the request.

    :raises NotFound: when it is somebody else's.
    """
    found = page.load(request, draft_id)
    if found.application.filed_by_id != actor_of(request).account:
        raise NotFound
    return found


@door(Door.STAFF)
@require_http_methods(["GET", "POST"])
def write(request: HttpRequest, draft_id: UUID) -> HttpResponse:
    """Show the intake; save it, by itself while typing or by the button."""
    found = _own(request, draft_id)
    if found.application.status != Status.DRAFT:
        return redirect("casework:desk_done", draft_id)
    if request.method == "POST":
        errors = _save(request, found)
        if "autosave" in request.POST:
            return HttpResponse(status=204)
        if errors:
            return _page(request, _own(request, draft_id), errors)
        return redirect("casework:desk_intake", draft_id)
    return _page(request, found, {})


@door(Door.STAFF)
@require_POST
def asked(request: HttpRequest, draft_id: UUID) -> HttpResponse:
    """Say which questions and papers are asked, given what stands in the page; nothing is kept."""
    found = _own(request, draft_id)
    form = found.terms.content.form
    who = counter.counter_of(form, _posted_applicant(request))
    answers = {**_posted_answers(request, found), **counter.known_answers(form, who)}
    return JsonResponse({"asked": [*_asked(found.terms.content, answers), f"applicant:{who.kind}"]})


def _asked(content: Content, answers: Mapping[str, object]) -> list[str]:
    """Return the keys of the questions and papers that are asked for, and the option that the answers decide."""
    papers = journey.papers_asked(content, answers)
    option = content.settled_option(read_answers(content, answers)) or "none"
    return [
        *(each.key for each in form_rules.visible_fields(content.form, answers)), *(_paper_mark(key) for key in papers),
        f"option:{option}",
    ]  # fmt: skip


def _paper_mark(key: str) -> str:
    return f"material:{key}"


def _posted_applicant(request: HttpRequest) -> dict[str, object]:
    return {name: request.POST.get(f"applicant-{name}", "") for name in counter.NAMES}


def _posted_answers(request: HttpRequest, found: CasePage) -> dict[str, object]:
    form = found.terms.content.form
    fields = [each for each in form.fields if each.key not in counter.known_keys(form) and each.type != "file"]
    return forms.posted_answers(fields, request.POST)


def _save(request: HttpRequest, found: CasePage) -> dict[str, Text]:
    """Keep everything that stands in the page; return what could not be kept (scans that are no files of a known kind)."""
    form, by, at = found.terms.content.form, actor_of(request), timezone.now()
    who = counter.counter_of(form, _posted_applicant(request))
    answers = {
        **_posted_answers(request, found),
        **counter.known_answers(form, who),
        KEPT_APPLICANT: who.as_dict(),
        KEPT_CHECKS: dict(kept_checks(request)) | check_list.all_met(found, request.POST, page.material_rows(found)),
    }
    option = request.POST.get("option") if found.terms.options else None
    drafts.save_answers(application_id=found.application.id, answers=answers, option_code=option, by=by, at=at)
    return add_scans(request, found.application.id, found) if request.FILES else {}


def _kept(application: Application, name: str) -> dict[str, Any]:
    kept = application.answers.get(name)
    return dict(kept) if isinstance(kept, Mapping) else {}


def _page(request: HttpRequest, found: CasePage, errors: Mapping[str, Text], *, marked: Sequence[str] = ()) -> HttpResponse:
    """Show the intake with what is wrong at its place and at the top."""
    application, terms = found.application, found.terms
    form = terms.content.form
    who = counter.counter_of(form, _kept(application, KEPT_APPLICANT))
    shown = set(_asked(terms.content, application.answers))
    kept = _kept(application, KEPT_CHECKS)
    points = check_list.at_intake(found, kept, marked=marked, errors=errors)
    context = {
        "case": found, "application": application, "terms": terms, "is_instant": application.case_kind == stages.INSTANT,
        "passes_on": terms.is_passed_on_at(actor_of(request).level),
        "may_follow": tolerance.knows_gaps(terms, application.case_kind) and not terms.is_passed_on_at(actor_of(request).level),
        "who": who, "kinds": counter.kinds_for(form), "identity_kinds": IdentityKind.choices,
        "applicant_errors": {name.removeprefix("applicant-"): text for name, text in errors.items() if name.startswith("applicant-")},
        "sections": _sections(found, shown, errors), "materials": _materials(found, shown, kept or None, points), "norm": points,
        "errors": _summary(found, errors), "scan_errors": errors, "may_check": True, "may_scan": True,
        "to_choose": [each for each in terms.options if each.condition is None],
        "settled": [
            (each, each.code != application.option_code) for each in terms.options if each.condition is not None
        ],
        "window": network.window_by_id(application.window_id) if application.window_id else None,
    }  # fmt: skip
    return render(request, "casework/desk/intake.html", context, status=422 if errors else 200)


def _sections(found: CasePage, shown: set[str], errors: Mapping[str, Text]) -> list[dict[str, Any]]:
    form, answers = found.terms.content.form, found.application.answers
    of_record, regions = counter.known_keys(form), region_options()
    sections = []
    for section in form.sections:
        fields = [each for each in form.fields_of(section) if each.key not in of_record and each.type != "file"]
        if fields:
            sections.append({
                "title": section.text, "key": section.key,
                "fields": [_drawn(each, answers, shown, errors, regions) for each in fields],
            })  # fmt: skip
    return sections


def _drawn(
    field: FormField, answers: Mapping[str, object], shown: set[str], errors: Mapping[str, Text], regions: list[tuple[str, str]]
) -> dict[str, Any]:
    drawn = forms.drawn(field, answers.get(field.key), error=errors.get(field.key, ""), regions=regions) | {"rows": 2}
    if field.type == "date":
        # A clerk types 2026-11-25 in one go; a date picker wants the mouse, and its order of digits hangs on the browser.
        drawn |= {
            "type": "text",
            "help": drawn["help"] or _("Such as 2026-11-25"),
            "attrs": {"inputmode": "numeric", "maxlength": 12},
        }
    return {
        "key": field.key,
        "is_wide": field.type in WIDE,
        "is_off": field.key not in shown,
        "field": drawn,
        "rows": forms.rows_drawn(field, answers.get(field.key), errors, regions=regions) if field.type == "repeat" else None,
    }


def _materials(
    found: CasePage, shown: set[str], kept: Mapping[str, str] | None, points: check_list.CheckList
) -> list[dict[str, Any]]:
    """Return all papers, those of questions that are not asked now too, to be hidden until they are."""
    questions = {journey.file_key(each.key): each for each in found.terms.content.form.file_questions}
    rows = page.material_rows(found, kept, every=True)
    for row in rows:
        question = questions.get(row["material"].key)
        is_conditional = row["norm"] is not None and row["norm"].when is not None
        row["field"] = question.key if question else _paper_mark(row["material"].key) if is_conditional else ""
        row["is_off"] = bool(row["field"]) and row["field"] not in shown
        row["file_field"] = f"file-{row['material'].key}"
        row["points"] = points.of(row["material"].key)
    return rows


def _summary(found: CasePage, errors: Mapping[str, Text]) -> list[tuple[str, Text]]:
    """Return the faults with the input at which each is put right."""
    files = {each.key: journey.file_key(each.key) for each in found.terms.content.form.file_questions}
    links = []
    for key, text in errors.items():
        if key.startswith("material:"):
            links.append((f"paper-{key.removeprefix('material:')}", text))
        elif key.startswith(("norm-", "why-")):
            links.append((key, text))
        elif key in files:
            links.append((f"paper-{files[key]}", text))
        elif key == "applicant" or key in counter.known_keys(found.terms.content.form):
            links.append(("id_applicant-name", text))
        else:
            links.append((f"id_{key}", forms.named_fault(found.terms.content.form, key, text)))
    return links


def _name(request: HttpRequest, found: CasePage) -> dict[str, Text]:
    """Name the applicant by the paper on the counter; return what is missing or wrong of it."""
    form, by, at = found.terms.content.form, actor_of(request), timezone.now()
    who: Counter = counter.counter_of(form, _posted_applicant(request))
    faults = counter.judge(who, today=local_date(at))
    if not faults:
        try:
            window.name_applicant_at_window(
                application_id=found.application.id, applicant=counter.applicant_named_by(who),
                answers=counter.known_answers(form, who), by=by, at=at,
            )  # fmt: skip
        except NameDiffers as refusal:
            faults = {"name" if who.is_person else "org_name": refusal.message}
        except (NotAllowed, NotFound, WrongState):
            raise
        except Refused as refusal:
            faults = {"name" if who.is_person else "org_name": refusal.message}
    return {f"applicant-{name}": text for name, text in faults.items()}


def _wrong_answers(found: CasePage, *, strict: bool) -> dict[str, Text]:
    """Return what is wrong with the answers; papers are judged with the ticks, by the act itself."""
    files = {each.key for each in found.terms.content.form.file_questions}
    try:
        submission.check_answers(found.application, found.materials, at=timezone.now(), strict=strict)
    except Invalid as refusal:
        faults = refusal.errors.items()
        return {key: text for key, text in faults if key not in files and key != "applicant" and not key.startswith("material:")}
    return {}


def ready(request: HttpRequest, draft_id: UUID, *, strict: bool = True) -> tuple[CasePage, HttpResponse | None]:
    """Keep what stands in the page and name the applicant; the second value is the answer where that did not work out.

    A wrong applicant is told together with what is wrong below: nobody at a counter is asked twice.
    """
    found = _own(request, draft_id)
    if found.application.status != Status.DRAFT:
        return found, redirect("casework:desk_done", draft_id)
    errors = _save(request, found)
    errors |= _name(request, found)
    found = _own(request, draft_id)
    if not errors:
        return found, None
    return found, _page(request, found, errors | _wrong_answers(found, strict=strict))


@door(Door.STAFF)
@require_POST
def finish(request: HttpRequest, draft_id: UUID) -> HttpResponse:
    """Receive, decide and issue an instant item while the applicant waits (S01)."""
    found, answer = ready(request, draft_id)
    if answer is not None:
        return answer
    checks, answers = forms.posted_checks(found.materials, request.POST), forms.posted_norm(request.POST)
    by, at = actor_of(request), timezone.now()
    try:
        review.finish_on_the_spot(
            application_id=draft_id, checks=checks, answers=answers, by=by, at=at,
            opinion=_("Complete and in the legal form; granted on the spot."),
        )  # fmt: skip
    except (NotAllowed, NotFound):
        raise
    except Refused as refusal:
        return not_done(request, draft_id, refusal)
    return redirect("casework:desk_done", draft_id)


@door(Door.STAFF)
@require_POST
def accept(request: HttpRequest, draft_id: UUID) -> HttpResponse:
    """Submit, receive and accept an item that has a review."""
    found, answer = ready(request, draft_id)
    if answer is not None:
        return answer
    checks, answers = forms.posted_checks(found.materials, request.POST), forms.posted_norm(request.POST)
    by, at = actor_of(request), timezone.now()
    try:
        window.accept_at_window(application_id=draft_id, checks=checks, answers=answers, by=by, at=at)
    except (NotAllowed, NotFound):
        raise
    except Refused as refusal:
        return not_done(request, draft_id, refusal)
    return redirect("casework:desk_done", draft_id)


@door(Door.STAFF)
@require_POST
def pass_on(request: HttpRequest, draft_id: UUID) -> HttpResponse:
    """Submit and receive what this place only passes on to the office in charge."""
    found, answer = ready(request, draft_id)
    if answer is not None:
        return answer
    checks, answers = forms.posted_checks(found.materials, request.POST), forms.posted_norm(request.POST)
    try:
        window.pass_on_at_window(application_id=draft_id, checks=checks, answers=answers, by=actor_of(request), at=timezone.now())
    except (NotAllowed, NotFound):
        raise
    except Refused as refusal:
        return not_done(request, draft_id, refusal)
    return redirect("casework:desk_done", draft_id)


def not_done(request: HttpRequest, draft_id: UUID, refusal: Refused) -> HttpResponse:
    """Show the intake with what is missing, or how it stands where a second click came too late."""
    found = _own(request, draft_id)
    if found.application.status != Status.DRAFT:
        return redirect("casework:desk_done", draft_id)
    if isinstance(refusal, Invalid):
        return _page(request, found, refusal.errors)
    if isinstance(refusal, NormOpen | NormNotMet):
        return _page(request, found, {f"norm-{refusal.points[0]}": refusal.message}, marked=refusal.points)
    return _page(request, found, {"applicant": refusal.message})


@door(Door.STAFF)
@require_POST
def notice(request: HttpRequest, draft_id: UUID) -> HttpResponse:
    """Show everything that is missing, ticked already; then submit, receive and tell it at once in writing."""
    errors: dict[str, Text] = {}
    if "listed" in request.POST:
        found = _own(request, draft_id)
        if found.application.status != Status.DRAFT:
            return redirect("casework:desk_done", draft_id)
    else:
        found, answer = ready(request, draft_id, strict=False)
        if answer is not None:
            return answer
    rows = notice_rows(found, request)
    if "send" in request.POST:
        checks, by, at = forms.posted_checks(found.materials, request.POST), actor_of(request), timezone.now()
        points = [row.as_point for row in rows if row.is_ticked]
        try:
            answers = forms.posted_norm(request.POST)
            window.tell_at_window(application_id=draft_id, checks=checks, points=points, answers=answers, by=by, at=at)
        except (NotAllowed, NotFound):
            raise
        except Invalid as refusal:
            return _page(request, found, refusal.errors)
        except WrongState:
            return redirect("casework:desk_done", draft_id)
        except Refused as refusal:
            errors["rows"] = refusal.message
        else:
            return redirect("casework:desk_done", draft_id)
    context = {
        "case": found, "application": found.application, "terms": found.terms,
        "applicant": found.application.masked_applicant, "rows": rows, "errors": errors, "kept": kept_checks(request),
        "chosen": [row for row in rows if row.is_ticked], "is_preview": "preview" in request.POST,
        "length": intake.CORRECTION_WORKING_DAYS, "back": request.path.replace("/notice/", "/"),
    }  # fmt: skip
    return render(request, "casework/desk/notice.html", context, status=422 if errors else 200)


@door(Door.STAFF)
@require_safe
def done(request: HttpRequest, draft_id: UUID) -> HttpResponse:
    """Show what the applicant takes home: papers to print as soon as they are sealed, the query code, the hand-over."""
    found = page.load(request, draft_id)
    application = found.application
    if application.status == Status.DRAFT:
        return redirect("casework:desk_intake", draft_id)
    context = page.case_context(request, found) | {
        "again": new_id(), "subject": Subject(KIND, application.id),
        "promise": next((view for view in found.limits if view.kind == "promise" and view.ended_at is None), None),
        "track_url": queries.tracking_address(application),
        "offer": catalog.service_offer(application.service_item_id),
    }  # fmt: skip
    return render(request, "casework/desk/done.html", context)
