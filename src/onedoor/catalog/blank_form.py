"""A form as paper, for those who write by hand: what stands in each row. Paper is in Chinese, the language of the hall."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils import translation

from onedoor.catalog.content import Content, FormField
from onedoor.catalog.form_rules import display_rows, display_value

BOXES = {"idcard": 18, "uscc": 18}
ROWS_ON_PAPER = 3


def blank_form(content: Content, title: str, answers: Mapping[str, object] | None = None) -> dict[str, Any]:
    """Return what the blank form of a version says: its sections with their rows, each with how its answer is written.

    :param answers: made-up answers, which make it a sample, filled in: questions that these do not ask are left out.
    """
    with translation.override("zh-hans"):
        form = content.form
        sections = [
            {
                "title": section.title,
                "is_scenario": section.scenario,
                "rows": [
                    _row(each, content, (answers or {}).get(each.key))
                    for each in form.fields_of(section)
                    if answers is None or each.key in answers
                ],
            }
            for section in form.sections
        ]
    return {
        "title": content.name or title,
        "sections": [each for each in sections if each["rows"]],
        "is_sample": answers is not None,
    }


def _row(field: FormField, content: Content, value: object) -> dict[str, Any]:
    return {
        "label": field.label,
        "is_optional": not field.required,
        "help": field.help,
        "only_if": field.condition.tell(content.form) if field.condition is not None else "",
        **_answer(field),
        **_filled(field, value),
        "columns": [{"label": each.label, **_answer(each)} for each in field.columns],
        "empty_rows": () if value else range(max(field.validation.min_rows or 0, ROWS_ON_PAPER)) if field.columns else (),
    }


def _answer(field: FormField) -> dict[str, Any]:
    return {
        "type": field.type,
        "choices": [each.label for each in field.choices],
        "boxes": range(BOXES.get(field.type, 0)),
    }


def _filled(field: FormField, value: object) -> dict[str, Any]:
    """Return an answer as it is written by hand: ticks, characters in boxes, text, rows."""
    if field.type == "repeat":
        return {"filled_rows": display_rows(field, value, masked=False) if isinstance(value, (list, tuple)) else ()}
    text = display_value(field, value, masked=False)
    chosen = value if isinstance(value, (list, tuple)) else [value]
    return {
        "answer": "" if field.choices else text,
        "marked": [each.label for each in field.choices if each.value in chosen],
        "characters": list(text) if field.type in BOXES else (),
    }
