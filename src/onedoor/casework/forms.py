"""What a browser sends, turned into answers: one question, a whole form, a list of checks."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.http import QueryDict

from onedoor.casework.services.intake import Check, Point
from onedoor.catalog.content import FormField, Material
from onedoor.kernel.errors import Text

ROWS_SHOWN_AT_FIRST = 1
SPARE_ROWS = 1


def posted_answers(fields: Iterable[FormField], posted: QueryDict) -> dict[str, object]:
    """Return the answers to the fields that were on the page; a field that was not sent is left alone."""
    return {field.key: _posted(field, posted) for field in fields if _was_on_page(field, posted)}


def _was_on_page(field: FormField, posted: QueryDict) -> bool:
    """Unticked boxes send nothing, so every field also sends its name in ``asked``."""
    return field.key in posted.getlist("asked") or field.key in posted


def _posted(field: FormField, posted: QueryDict) -> object:
    if field.type == "multichoice":
        return [value for value in posted.getlist(field.key) if value]
    if field.type == "repeat":
        return _posted_rows(field, posted)
    return posted.get(field.key, "").strip()


def _posted_rows(field: FormField, posted: QueryDict) -> list[dict[str, str]]:
    """Return the rows of a repetition; rows with nothing in them are dropped."""
    pattern = re.compile(rf"{re.escape(field.key)}\.(\d+)\.(.+)")
    rows: dict[int, dict[str, str]] = {}
    for name in posted:
        found = pattern.fullmatch(name)
        if found:
            rows.setdefault(int(found[1]), {})[found[2]] = posted.get(name, "").strip()
    return [rows[number] for number in sorted(rows) if any(rows[number].values())]


def drawn(field: FormField, value: object, *, error: Text = "", regions: Sequence[tuple[str, str]] = ()) -> dict[str, Any]:
    """Return a field as the parts of the page draw it."""
    choices: Sequence[tuple[str, Text]] = [(each.value, each.text) for each in field.choices]
    kind = field.type
    if kind == "region":
        kind, choices = "select", [("", ""), *regions]
    return {
        "key": field.key,
        "type": _KINDS.get(kind, kind),
        "label": field.text,
        "help": field.help,
        "required": field.required,
        "value": value,
        "choices": choices,
        "error": error,
        "width": _WIDTHS.get(field.type, ""),
        "attrs": _attributes(field),
    }


_KINDS = {"idcard": "identity", "uscc": "identity", "address": "text"}
_WIDTHS = {"idcard": "20", "uscc": "20", "phone": "20", "number": "10", "money": "10"}


def _attributes(field: FormField) -> dict[str, object]:
    found: dict[str, object] = {}
    if field.validation.max_length:
        found["maxlength"] = field.validation.max_length
    if field.type in ("idcard", "uscc"):
        # Room for the blanks and full-width digits that people paste; the rules fold them.
        found["maxlength"], found["autocomplete"] = 40, "off"
    return found


def rows_drawn(field: FormField, value: object, errors: Mapping[str, Text]) -> list[list[dict[str, Any]]]:
    """Return the rows of a repetition to draw, with one spare row to fill in."""
    rows = [row for row in value if isinstance(row, Mapping)] if isinstance(value, list) else []
    spare = SPARE_ROWS if rows else max(ROWS_SHOWN_AT_FIRST, field.validation.min_rows or 1)
    return [
        [
            {
                **drawn(column, row.get(column.key), error=errors.get(f"{field.key}.{number}.{column.key}", "")),
                "key": f"{field.key}.{number}.{column.key}",
            }
            for column in field.columns
        ]
        for number, row in enumerate([*rows, *({} for _ in range(spare))], start=1)
    ]


def posted_checks(materials: Iterable[Material], posted: QueryDict) -> list[Check]:
    """Return what the clerk ticked for each material: ``check-<key>`` ok or bad, copies, original seen, remark."""
    checks = []
    for material in materials:
        verdict = posted.get(f"check-{material.key}")
        if verdict in ("ok", "bad"):
            copies = posted.get(f"copies-{material.key}", "")
            checks.append(
                Check(
                    key=material.key,
                    accepted=verdict == "ok",
                    copies=int(copies) if copies.isdecimal() else material.copies_original + material.copies_photo,
                    is_original_seen=posted.get(f"original-{material.key}") == "on",
                    remark=posted.get(f"remark-{material.key}", "").strip()[:300],
                )
            )
    return checks


def posted_points(materials: Iterable[Material], fields: Iterable[FormField], posted: QueryDict) -> list[Point]:
    """Return the points of a one-time notice: every material or answer with a tick, its problem and how to mend it."""
    wanted = set(posted.getlist("point"))
    named = [(each.key, each.name) for each in materials] + [(f"field:{each.key}", each.label) for each in fields]
    return [
        Point(
            key=key,
            name=name,
            problem=posted.get(f"problem-{key}", "").strip()[:300],
            how=posted.get(f"how-{key}", "").strip()[:300],
        )
        for key, name in named
        if key in wanted
    ]
