"""The editor of forms: sections, questions and columns, written from an empty page without script and by keyboard (S13).

Each request that writes is one act: it takes the form as it stands, changes one thing and saves the part, so that of two people
who write at once the second learns of the first.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import quote

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from onedoor.catalog import form_changes as change
from onedoor.catalog import prefill
from onedoor.catalog.conditions import Condition
from onedoor.catalog.content import Form, FormField, Section
from onedoor.catalog.definition import users_of
from onedoor.catalog.field_forms import TYPES, NewQuestionForm, QuestionForm, SectionForm
from onedoor.catalog.form_drafts import FormDraft, form_draft
from onedoor.catalog.services import editing
from onedoor.catalog.services.editing import PartChanged
from onedoor.catalog.views.desk.doorway import actor_of
from onedoor.kernel.doors import Door, door
from onedoor.kernel.errors import NotFound

STEPS = {"up": change.UP, "down": change.DOWN}


def save_form(request: HttpRequest, draft: FormDraft, form: Form) -> None:
    """Save the form of a draft, as somebody who read the page before.

    :raises PartChanged: when somebody else saved the form since the page was read.
    """
    editing.save_part(
        draft.version_id, part_key="form", changes={"form": form}, mark=request.POST.get("mark", "")[:40],
        by=actor_of(request), at=timezone.now(),
    )  # fmt: skip


def changed_meanwhile(request: HttpRequest) -> None:
    """Say that somebody else was faster; the page that follows shows the form as it is now."""
    messages.warning(request, _("Somebody else has changed the form meanwhile. Here is how it stands now; please do it once more."))


@door(Door.STAFF)
@require_http_methods(["GET", "HEAD", "POST"])
def draft_form(request: HttpRequest, code: str) -> HttpResponse:
    """Show the form of a draft whole; POST adds, moves or copies one of its parts."""
    draft = form_draft(actor_of(request), code)
    if request.method != "POST":
        return _page(request, draft)
    act = request.POST.get("act", "")
    if act == "add_section":
        return _add_section(request, draft)
    if act == "add_field":
        return _add_field(request, draft)
    done = _rearranged(draft, act, request.POST.get("key", ""))
    try:
        save_form(request, draft, done.form)
    except PartChanged:
        changed_meanwhile(request)
    return _to_form(code, done.place)


@dataclass(frozen=True, slots=True)
class _Done:
    """A form after a change, and the place on the page where the eye should stay."""

    form: Form
    place: str


def _rearranged(draft: FormDraft, act: str, key: str) -> _Done:
    """Return the form with a section or question moved or copied.

    :raises NotFound: when somebody else took it away, or nothing like this can be done.
    """
    step, _under, kind = act.partition("_")
    form = draft.form
    if kind == "section" and change.section_of(form, key) is not None:
        if step in STEPS:
            return _Done(change.move_section(form, key, STEPS[step]), f"section-{key}")
        if step == "copy":
            return _Done(change.copy_section(form, key, taken=draft.taken), f"section-{key}")
    if kind == "field" and change.field_of(form, key) is not None:
        if step in STEPS:
            return _Done(change.move_field(form, key, STEPS[step]), f"field-{key}")
        if step == "copy":
            return _Done(change.copy_field(form, key, taken=draft.taken), f"field-{key}")
    raise NotFound


def _to_form(code: str, place: str = "") -> HttpResponse:
    return redirect(reverse("catalog:draft_form", args=[code]) + (f"#{quote(place)}" if place else ""))


def _page(
    request: HttpRequest,
    draft: FormDraft,
    *,
    section: SectionForm | None = None,
    question: NewQuestionForm | None = None,
    at: str = "",
) -> HttpResponse:
    """Show the form; a section or question that could not be added stays in its place as it was typed."""
    form = draft.form
    context = {
        "draft": draft,
        "mark": draft.marks["form"],
        "faults": draft.faults,
        "sections": [_shown(draft, each, question if at == each.key else None) for each in form.sections],
        "new_section": section or SectionForm(prefix="section"),
        "asked_elsewhere": [
            *(_user(draft, "material", each.key, each.name, each.when) for each in draft.content.materials),
            *(_user(draft, "option", each.code, each.name, each.condition) for each in draft.content.options),
            *(_user(draft, "fee", str(place), each.name, each.when) for place, each in enumerate(draft.content.fees, start=1)),
        ],
        "form": form,
        "has_errors": section is not None or question is not None,
    }
    return render(request, "catalog/desk/form.html", context, status=422 if section or question else 200)


def _user(draft: FormDraft, kind: str, key: str, name: str, condition: Condition | None) -> dict[str, str]:
    return {"kind": kind, "key": key, "name": name, "condition": condition.tell(draft.form) if condition is not None else ""}


def _shown(draft: FormDraft, section: Section, question: NewQuestionForm | None) -> dict[str, Any]:
    faults = draft.faults
    rows = [
        {
            "field": field,
            "type": TYPES.get(field.type, field.type),
            "condition": field.condition.tell(draft.form) if field.condition is not None else "",
            "prefill": prefill.told(field.prefill) if field.prefill else "",
            "faults": [each.reason for each in faults if each.place == f"field-{field.key}"],
        }
        for key in section.fields
        if (field := change.field_of(draft.form, key)) is not None
    ]
    return {
        "section": section,
        "rows": rows,
        "faults": [each.reason for each in faults if each.place == f"section-{section.key}"],
        "new": question or NewQuestionForm(prefix=section.key),
    }


def _add_section(request: HttpRequest, draft: FormDraft) -> HttpResponse:
    typed = SectionForm(request.POST, prefix="section")
    if not typed.is_valid():
        return _page(request, draft, section=typed)
    key = change.free_key("s", {each.key for each in draft.form.sections})
    try:
        save_form(request, draft, change.put_section(draft.form, typed.written(Section(key, "", ()))))
    except PartChanged as refused:
        typed.add_error(None, str(refused))
        return _page(request, draft, section=typed)
    return _to_form(draft.code, f"add-{key}")


def _add_field(request: HttpRequest, draft: FormDraft) -> HttpResponse:
    """Add a question and go on to its page, where its type has more to say; simple ones are finished at once."""
    section = change.section_of(draft.form, request.POST.get("key", ""))
    if section is None:
        raise NotFound
    typed = NewQuestionForm(request.POST, prefix=section.key)
    if not typed.is_valid():
        return _page(request, draft, question=typed, at=section.key)
    field = FormField(change.free_key("q", draft.taken), typed.cleaned_data["label"], typed.cleaned_data["type"])
    try:
        save_form(request, draft, change.add_field(draft.form, section.key, field))
    except PartChanged as refused:
        typed.add_error(None, str(refused))
        return _page(request, draft, question=typed, at=section.key)
    return redirect("catalog:draft_form_field", draft.code, field.key)


@door(Door.STAFF)
@require_http_methods(["GET", "HEAD", "POST"])
def section(request: HttpRequest, code: str, key: str) -> HttpResponse:
    """Write title and kind of a section."""
    draft = form_draft(actor_of(request), code)
    found = change.section_of(draft.form, key)
    if found is None:
        raise NotFound
    typed = SectionForm(request.POST) if request.method == "POST" else SectionForm.of(found)
    context = {"draft": draft, "section": found, "form": typed, "mark": draft.marks["form"]}
    if request.method == "POST" and typed.is_valid():
        try:
            save_form(request, draft, change.put_section(draft.form, typed.written(found)))
        except PartChanged as refused:
            typed.add_error(None, str(refused))
            context["theirs"] = found.title
        else:
            return _to_form(code, f"section-{key}")
    return render(request, "catalog/desk/form_section.html", context, status=422 if typed.errors else 200)


@door(Door.STAFF)
@require_http_methods(["GET", "HEAD", "POST"])
def field(request: HttpRequest, code: str, key: str) -> HttpResponse:
    """Write a question: words, choices, source, rules; of a table its columns."""
    draft = form_draft(actor_of(request), code)
    found = change.field_of(draft.form, key)
    if found is None:
        raise NotFound
    if request.method == "POST" and request.POST.get("act", "save") != "save":
        return _change_columns(request, draft, found)
    return _question_page(request, draft, found, lambda written: change.put_field(draft.form, written))


@door(Door.STAFF)
@require_http_methods(["GET", "HEAD", "POST"])
def column(request: HttpRequest, code: str, key: str, column_key: str) -> HttpResponse:
    """Write a column of a table."""
    draft = form_draft(actor_of(request), code)
    table = change.field_of(draft.form, key)
    found = next((each for each in table.columns if each.key == column_key), None) if table is not None else None
    if table is None or found is None:
        raise NotFound
    return _question_page(
        request, draft, found, lambda written: change.put_field(draft.form, change.put_column(table, written)), table=table
    )


def _question_page(
    request: HttpRequest, draft: FormDraft, found: FormField, put: Callable[[FormField], Form], *, table: FormField | None = None,
    new_column: NewQuestionForm | None = None,
) -> HttpResponse:  # fmt: skip
    is_saving = request.method == "POST" and new_column is None
    typed = QuestionForm(request.POST if is_saving else None, field=found, is_column=table is not None)
    theirs = None
    if is_saving and typed.is_valid():
        written = typed.written()
        try:
            save_form(request, draft, put(written))
        except PartChanged as refused:
            typed.add_error(None, str(refused))
            theirs = found
        else:
            return _onward(draft, written, found, table)
    context = {
        "draft": draft,
        "field": found,
        "table": table,
        "form": typed,
        "mark": draft.marks["form"],
        "theirs": theirs,
        "their_type": TYPES.get(found.type, found.type),
        "condition": found.condition.tell(draft.form) if found.condition is not None else "",
        "columns": [(each, TYPES.get(each.type, each.type)) for each in found.columns],
        "new_column": new_column or NewQuestionForm(prefix="column", is_column=True),
        "faults": [each.reason for each in draft.faults if each.place == f"field-{(table or found).key}"],
    }
    has_errors = bool(typed.errors) or new_column is not None
    return render(request, "catalog/desk/form_field.html", context, status=422 if has_errors else 200)


def _onward(draft: FormDraft, written: FormField, before: FormField, table: FormField | None) -> HttpResponse:
    """Stay where another type has other things to say, else go back to where the question stands."""
    if table is not None:
        if written.type != before.type:
            return redirect("catalog:draft_form_column", draft.code, table.key, written.key)
        return redirect(reverse("catalog:draft_form_field", args=[draft.code, table.key]) + "#columns")
    if written.type != before.type:
        return redirect("catalog:draft_form_field", draft.code, written.key)
    return _to_form(draft.code, f"field-{written.key}")


def _change_columns(request: HttpRequest, draft: FormDraft, table: FormField) -> HttpResponse:
    act, key = request.POST.get("act", ""), request.POST.get("key", "")
    to = reverse("catalog:draft_form_field", args=[draft.code, table.key]) + "#columns"
    if act == "add_column":
        typed = NewQuestionForm(request.POST, prefix="column", is_column=True)
        if not typed.is_valid():
            return _question_page(request, draft, table, lambda _written: draft.form, new_column=typed)
        fresh = change.free_key("c", {each.key for each in table.columns})
        written = change.put_column(table, FormField(fresh, typed.cleaned_data["label"], typed.cleaned_data["type"]))
        to = reverse("catalog:draft_form_column", args=[draft.code, table.key, fresh])
    elif not any(each.key == key for each in table.columns):
        raise NotFound
    elif act in STEPS:
        written = change.move_column(table, key, STEPS[act])
    elif act == "copy":
        written = change.copy_column(table, key)
    elif act == "remove":
        written = change.remove_column(table, key)
    else:
        raise NotFound
    try:
        save_form(request, draft, change.put_field(draft.form, replace(written)))
    except PartChanged:
        changed_meanwhile(request)
        to = reverse("catalog:draft_form_field", args=[draft.code, table.key])
    return redirect(to)


@door(Door.STAFF)
@require_http_methods(["GET", "HEAD", "POST"])
def remove(request: HttpRequest, code: str, kind: str, key: str) -> HttpResponse:
    """Ask before a section or a question is taken away, with what refers to it; then take it away."""
    draft = form_draft(actor_of(request), code)
    form = draft.form
    found = change.section_of(form, key) if kind == "section" else change.field_of(form, key) if kind == "field" else None
    if found is None:
        raise NotFound
    if request.method == "POST":
        try:
            save_form(request, draft, change.remove_section(form, key) if kind == "section" else change.remove_field(form, key))
        except PartChanged:
            changed_meanwhile(request)
        return _to_form(code)
    gone = form.fields_of(found) if isinstance(found, Section) else (found,)
    names = {each.text for each in gone}
    users = [name for each in gone for name in users_of(draft.content, each.key) if name not in names]
    context = {
        "draft": draft,
        "kind": kind,
        "found": found,
        "gone": gone,
        "users": list(dict.fromkeys(users)),
        "mark": draft.marks["form"],
    }
    return render(request, "catalog/desk/form_remove.html", context)
