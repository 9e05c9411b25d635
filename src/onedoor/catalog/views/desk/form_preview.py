"""A form as applicants will see it: as wide as a phone, and on paper."""

from __future__ import annotations

from typing import Any

from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from onedoor.catalog import form_rules, prefill
from onedoor.catalog.blank_form import blank_form
from onedoor.catalog.content import Form, FormField
from onedoor.catalog.form_drafts import form_draft
from onedoor.catalog.views.desk.doorway import actor_of
from onedoor.documents import blanks
from onedoor.kernel.doors import Door, door

# As the pages of applications draw them; regions are a list there, and here a line to write in.
_KINDS = {"idcard": "identity", "uscc": "identity", "address": "text", "region": "text"}


@door(Door.STAFF)
@never_cache
@require_safe
def draft_form_preview(request: HttpRequest, code: str) -> HttpResponse:
    """Show the form in a frame as wide as a phone; ``?answers`` of choices show what depends on them."""
    draft = form_draft(actor_of(request), code)
    answers = _answers(draft.form, request)
    asked = {each.key for each in form_rules.visible_fields(draft.form, answers)}
    sections = [
        {"section": section, "fields": [_drawn(each, answers) for each in draft.form.fields_of(section) if each.key in asked]}
        for section in draft.form.sections
    ]
    context = {
        "draft": draft,
        "sections": [each for each in sections if each["fields"]],
        "hidden": len(draft.form.fields) - len(asked),
    }
    return render(request, "catalog/desk/form_preview.html", context)


def _answers(form: Form, request: HttpRequest) -> dict[str, object]:
    """Return what was tried out in the preview; nothing of it is kept."""
    return {
        each.key: request.GET.getlist(each.key) if each.type == "multichoice" else request.GET.get(each.key, "")[:200]
        for each in form.fields
        if each.key in request.GET
    }


def _drawn(field: FormField, answers: dict[str, object]) -> dict[str, Any]:
    return {
        "is_table": field.type == "repeat",
        "label": field.text,
        "field": _part(field, field.key, answers.get(field.key, "")),
        "columns": [_part(each, f"{field.key}.1.{each.key}", "") for each in field.columns],
        "prefill": prefill.told(field.prefill) if field.prefill else "",
    }


def _part(field: FormField, key: str, value: object) -> dict[str, Any]:
    return {
        "key": key,
        "type": _KINDS.get(field.type, field.type),
        "label": field.text,
        "help": field.help,
        "required": field.required,
        "value": value,
        "choices": [(each.value, each.text) for each in field.choices],
    }


@door(Door.STAFF)
@never_cache
@require_safe
def draft_form_paper(request: HttpRequest, code: str) -> HttpResponse | FileResponse:
    """Give the blank form as a PDF to print."""
    draft = form_draft(actor_of(request), code)
    words = blank_form(draft.content, draft.title)
    back = reverse("catalog:draft_form", args=[code])
    return blanks.blank_form(words, title=draft.title, name=f"{_('Blank form')}.pdf", back=back, request=request)
