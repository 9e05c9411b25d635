"""What the page of a case shows to an officer: acts with their keys, materials, facts, limits, who held it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from onedoor.casework import consulting, journey, progress, queries, stages, states, talk, tolerance, trust
from onedoor.casework.holding import holding_of
from onedoor.casework.models import Application, MaterialState, Side, StageRun
from onedoor.casework.queries import CasePage
from onedoor.casework.services.window import UNMASK_DUTY
from onedoor.casework.states import CLOCKS_TO_DECIDE, KIND, Status, Transition
from onedoor.casework.views.desk import check_list
from onedoor.casework.views.public.apply import actor_of, region_options
from onedoor.catalog import form_rules
from onedoor.journal import queries as journal
from onedoor.kernel.errors import Refused, Text
from onedoor.kernel.subjects import Subject
from onedoor.network import queries as network


@dataclass(frozen=True, slots=True)
class Button:
    """One act that may be done now: its word, its key, where it goes, and which form's inputs go along."""

    word: Text
    key: str
    url: str
    kind: str = ""
    sends: bool = True
    simple: bool = False
    rare: bool = False


def limit_name(kind: str) -> str:
    """Return how officers call a kind of limit."""
    names = {
        "notice": _("First answer"),
        "correction": _("Missing papers"),
        "legal": _("Legal limit"),
        "promise": _("Promised limit"),
        "stage": _("This step"),
        "tolerance": _("Papers to follow"),
        "delivery": _("Hand-over"),
        "special": _("Special procedure"),
    }
    return names.get(kind, kind)


def load(request: HttpRequest, case_id: UUID) -> CasePage:
    """Return the case for the officer of the request.

    :raises NotFound: when he may not see it.
    """
    return queries.case_page(actor=actor_of(request), application_id=case_id, at=timezone.now())


def buttons(case: CasePage) -> list[Button]:
    """Return the acts that may be done now in the order of their keys; the first one is the main act."""
    application = case.application

    def url(name: str) -> str:
        return reverse(f"casework:desk_{name}", args=[application.id])

    acts = set(case.next_acts)
    found: list[Button] = []
    if states.RECEIVE in acts and states.NOT_ACCEPT not in acts:
        found.append(Button(_("Receive and pass on"), "F2", url("receive")))
    elif states.RECEIVE in acts:
        found.append(Button(pgettext("act", "Receive and accept"), "F2", url("accept")))
        found.append(Button(_("Only receive"), "F3", url("receive")))
    elif states.ACCEPT in acts:
        found.append(Button(_("Accept"), "F2", url("accept")))
    if states.ASK_FOR_CORRECTION in acts:
        found.append(Button(_("Tell what is missing"), "F4", url("notice")))
    if may_tolerate(case):
        found.append(Button(_("Accept, papers follow"), "F6", url("tolerate")))
    if states.FILL_GAP in acts:
        found.append(Button(_("Take in the papers that follow"), "F6", url("fill"), sends=False))
    if states.CORRECT in acts:
        found.append(Button(_("Take in missing papers"), "F2", url("bring"), sends=False))
    if states.ASSIGN in acts:
        found.append(Button(_("Take in hand"), "F2", url("take"), simple=True))
    if states.PASS_STAGE in acts:
        found.append(Button(_("Agree, pass to “%(step)s”") % {"step": _next_step(case)}, "F2", url("pass")))
    if states.DECIDE in acts:
        found.append(Button(_("Grant"), "F2", url("grant")))
    if acts & {states.PASS_STAGE, states.DECIDE} and application.taken_by is None:
        found.append(Button(_("Take in hand"), "F3", url("take"), simple=True))
    if states.RETURN_STAGE in acts:
        found.append(Button(_("Send back"), "B", url("return"), sends=False))
    if check_list.may_answer(case):
        found.append(Button(_("Keep the check list"), "F7", url("check")))
    if states.CLOSE in acts:
        found.append(
            Button(
                _("Register the result") if application.outcome != "granted" else _("Close and issue"),
                "F2",
                url("close"),
                simple=True,
            )
        )
    if states.DELIVER in acts:
        found.append(Button(_("Hand over"), "F2", url("deliver")))
    found += _of_requests(acts, url)
    if states.NOT_ACCEPT in acts:
        found.append(Button(_("Do not accept"), "F9", url("not_accept"), kind="warning"))
    if states.DECIDE in acts:
        found.append(Button(_("Refuse"), "F9", url("refuse"), kind="warning"))
    return found


def is_late(case: CasePage) -> bool:
    """Tell whether a decision now would come after the promise or the law, so that it has to say publicly why."""
    running = [view for view in case.limits if view.ended_at is None and view.kind in CLOCKS_TO_DECIDE]
    return any(view.light(timezone.now()) == "late" for view in running)


def _of_requests(acts: set[Transition], url: Callable[[str], str]) -> list[Button]:
    """Return what is asked for and decided beside the way of the case: what waits comes first, what is rare stands in the fold."""
    found = []
    if states.END_SPECIAL in acts:
        found.append(Button(_("Enter the result of the special procedure"), "F2", url("special_end"), sends=False))
    if states.START_SPECIAL in acts:
        found.append(Button(_("Decide on the special procedure"), "F6", url("special_decide"), sends=False))
    if acts & {states.EXTEND, states.REFUSE_EXTENSION}:
        found.append(Button(_("Decide on more time"), "T", url("extension_decide"), sends=False))
    for move, word, key, name in RARE:
        if move in acts:
            found.append(Button(word, key, url(name), sends=False, rare=True))
    return found


# The acts in the fold "More acts": each has a page of its own, and a letter that works once the fold is open.
RARE: tuple[tuple[Transition, Text, str, str], ...] = (
    (states.CONSULT, gettext_lazy("Ask another office"), "O", "consult"),
    (states.ASK_SPECIAL, gettext_lazy("Ask for a special procedure"), "S", "special_ask"),
    (states.ASK_EXTENSION, gettext_lazy("Ask for more time"), "E", "extension_ask"),
    (states.ENTRY_ERROR, gettext_lazy("Close as entered by mistake"), "D", "entry_error"),
    (states.VOID, gettext_lazy("Declare void"), "V", "void"),
)


def may_tolerate(case: CasePage) -> bool:
    """Tell whether the case may be answered here, and papers are asked for that may follow and are not there."""
    may_answer = states.NOT_ACCEPT in case.next_acts
    if not may_answer or not tolerance.knows_gaps(case.terms, case.application.case_kind):
        return False
    return bool(tolerance.gap_of(case.terms.content, case.application.answers, case.materials).follows)


def _next_step(case: CasePage) -> str:
    steps = stages.worked_steps(case.terms.steps)
    position = case.application.stage_position
    following = stages.next_step(steps, -1 if position is None else position)
    return following.name if following else ""


def case_context(request: HttpRequest, case: CasePage, **more: Any) -> dict[str, Any]:
    """Return everything the page of a case says."""
    actor, now = actor_of(request), timezone.now()
    application = case.application
    acts = set(case.next_acts)
    every, materials = buttons(case), material_rows(case)
    holding = holding_of(application, case.runs, case.corrections, case.limits, now=now)
    other = application.taken_by is not None and application.taken_by != actor.posting
    return {
        "case": case,
        "application": application,
        "terms": case.terms,
        "applicant": application.masked_applicant,
        "light": progress.LIGHT[Status(application.status)],
        "limit": queries.binding(case.limits) or _correction(case),
        "buttons": [each for each in every if not each.rare],
        "rare": [each for each in every if each.rare],
        "requests": case.requests,
        "special_limit": next((view for view in case.limits if view.kind == "special" and view.ended_at is None), None),
        "holder": network.holder_of(application.taken_by) if other and application.taken_by else "",
        "consultations": consulting.of_case(application),
        "may_consult": states.CONSULT in acts,
        "sent_back": _sent_back(case),
        "is_mine": application.taken_by is not None and not other,
        "may_check": bool(acts & {states.RECEIVE, states.ACCEPT}),
        "may_opine": bool(acts & {states.PASS_STAGE, states.DECIDE}),
        "asks_why_late": states.DECIDE in acts and is_late(case),
        "may_deliver": states.DELIVER in acts,
        "may_unmask": actor.has(UNMASK_DUTY),
        "unseen": [row["material"].name for row in materials if trust.wants_original(row["material"], row["norm"])],
        "originals": identity_files(case) if actor.has(UNMASK_DUTY) else [],
        "materials": materials,
        "norm": check_list.of_case(case),
        "facts": facts(application, case),
        "option": next((each for each in case.terms.options if each.code == application.option_code), None),
        "limits": [(limit_name(view.kind), view) for view in case.limits if view.ended_at is None],
        "past_limits": [(limit_name(view.kind), view) for view in case.limits if view.ended_at is not None],
        "log": journal.folded(case.entries),
        "is_sealed": all(entry.sealed for entry in case.entries),
        "holding": holding,
        "runs": case.runs,
        "subject": Subject(KIND, application.id),
        "now": now,
        "proxy": queries.proxy_of(application),
        "talk": talk.talk_of(application, reader=Side.OFFICER),
        **more,
    }


def _sent_back(case: CasePage) -> StageRun | None:
    """Return the run that sent the case back to the stage that is open now."""
    ended = [run for run in case.runs if run.ended_at is not None]
    last = max(ended, key=lambda run: (run.ended_at, run.pk), default=None)
    return last if last is not None and last.is_returned and case.application.status == Status.IN_REVIEW else None


def identity_files(case: CasePage) -> list[Any]:
    """Return the files of identity papers, which are only shown with their mark."""
    marked = {each.key for each in case.terms.materials if each.is_identity}
    return [used.file for material in case.materials if material.key in marked for used in material.files.all()]


def _correction(case: CasePage) -> Any:
    return next((view for view in case.limits if view.kind == "correction" and view.ended_at is None), None)


def material_rows(case: CasePage, posted: Mapping[str, str] | None = None, *, every: bool = False) -> list[dict[str, Any]]:
    """Return each material with its norm, its files and what the clerk ticked so far; ``every`` keeps those not asked for now."""
    terms, answers = case.terms, case.application.answers
    norm = {each.key: each for each in terms.materials}
    needed = journey.papers_asked(terms.content, answers)
    points = check_list.of_case(case, posted)
    rows = []
    for material in case.materials:
        wanted = norm.get(material.key)
        asked = journey.asks_for_file(terms.content.form, answers, material.key)
        is_asked = wanted.key in needed if wanted is not None else asked is not None
        if not every and not is_asked and material.state in (MaterialState.MISSING, MaterialState.NOT_NEEDED):
            continue
        required = is_asked and (wanted.is_required if wanted else bool(asked and asked.required))
        handed_in = material.certificate is None and (wanted.is_handed_in if wanted else True)
        rows.append({
            "material": material,
            "norm": wanted,
            "level": trust.level_of(material, wanted),
            "files": [used.file for used in material.files.all()],
            "is_required": required,
            "is_handed_in": handed_in,
            "is_open": handed_in and required and material.state in (MaterialState.MISSING, MaterialState.REJECTED),
            "is_wanted": handed_in and material.state in (MaterialState.MISSING, MaterialState.REJECTED)
            and (required or (is_asked and wanted is not None and wanted.is_owed)),
            "verdict": (posted or {}).get(f"check-{material.key}", _VERDICTS.get(material.state, "")),
            "remark": (posted or {}).get(f"remark-{material.key}", material.remark),
            "copies": (posted or {}).get(f"copies-{material.key}", material.copies or _copies(wanted)),
            "original": f"original-{material.key}" in posted if posted else material.is_original_seen,
            "points": points.of(material.key),
        })  # fmt: skip
    return rows


_VERDICTS: dict[str, str] = {MaterialState.CHECKED: "ok", MaterialState.REJECTED: "bad"}


def _copies(wanted: Any) -> int:
    return (wanted.copies_original + wanted.copies_photo) or 1 if wanted else 1


def facts(application: Application, case: CasePage) -> list[dict[str, Any]]:
    """Return the answers, part by part, numbers that tell who somebody is hidden."""
    form = case.terms.content.form
    names = dict(region_options())
    asked = journey.questions(form, application.answers)
    found = []
    for section in form.sections:
        rows = [
            {
                "key": each.field.key,
                "label": each.field.text,
                "hidden": each.field.is_personal and bool(application.answers.get(each.field.key)),
                "value": form_rules.display_value(
                    each.field, application.answers.get(each.field.key), masked=True, region_name=lambda code: names.get(code, code)
                ),
            }
            for each in asked
            if each.section.key == section.key
        ]  # fmt: skip
        if rows:
            found.append({"title": section.text, "rows": rows})
    return found


def refused(request: HttpRequest, case_id: UUID, refusal: Refused) -> HttpResponse:
    """Show the case as it stands now, with why the act was refused; what was typed stays on the page."""
    case = load(request, case_id)
    faults = getattr(refusal, "errors", {})
    context = case_context(
        request, case,
        refusal=refusal, faults=faults, typed=request.POST.get("opinion", ""), typed_late=request.POST.get("late_reason", ""),
        latest=case.entries[0] if case.entries else None,
    )  # fmt: skip
    context["materials"] = material_rows(case, request.POST)
    context["norm"] = check_list.of_case(case, request.POST, marked=getattr(refusal, "points", ()), errors=faults)
    for row in context["materials"]:
        row["points"] = context["norm"].of(row["material"].key)
    return render(request, "casework/desk/case.html", context, status=refusal.http_status)
