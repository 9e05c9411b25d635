"""A form as paper, for those who write by hand: what stands in each row. Paper is in Chinese, the language of the hall."""

from __future__ import annotations

from typing import Any

from django.utils import translation

from onedoor.catalog.content import Content, FormField

BOXES = {"idcard": 18, "uscc": 18}
ROWS_ON_PAPER = 3


def blank_form(content: Content, title: str) -> dict[str, Any]:
    """Return what the blank form of a version says: its sections with their rows, each with how its answer is written."""
    with translation.override("zh-hans"):
        form = content.form
        sections = [
            {
                "title": section.title,
                "is_scenario": section.scenario,
                "rows": [_row(each, content) for each in form.fields_of(section)],
            }
            for section in form.sections
        ]
    return {"title": content.name or title, "sections": [each for each in sections if each["rows"]]}


def _row(field: FormField, content: Content) -> dict[str, Any]:
    return {
        "label": field.label,
        "is_optional": not field.required,
        "help": field.help,
        "only_if": field.condition.tell(content.form) if field.condition is not None else "",
        **_answer(field),
        "columns": [{"label": each.label, **_answer(each)} for each in field.columns],
        "empty_rows": range(max(field.validation.min_rows or 0, ROWS_ON_PAPER)) if field.columns else (),
    }


def _answer(field: FormField) -> dict[str, Any]:
    return {
        "type": field.type,
        "choices": [each.label for each in field.choices],
        "boxes": range(BOXES.get(field.type, 0)),
    }
