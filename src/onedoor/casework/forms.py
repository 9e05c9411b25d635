"""What a browser sends, turned into answers: one question, a whole form, a list of checks."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol

from django.http import QueryDict
from django.utils.translation import gettext as _

from onedoor.casework import journey
from onedoor.casework.models import Verdict
from onedoor.casework.norm import LONGEST_NOTE, Answer, Given
from onedoor.casework.services.intake import Check, Point
from onedoor.catalog.content import Form, FormField
from onedoor.kernel.errors import Text

ROWS_SHOWN_AT_FIRST = 1
SPARE_ROWS = 1


def posted_text(posted: QueryDict, name: str, longest: int = 4000) -> str:
    """Return a text as it can be kept: without blanks around it and without the one character that PostgreSQL refuses."""
    return posted.get(name, "").replace("\x00", "").strip()[:longest]


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
        kind, choices = "select", regions
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


def rows_drawn(
    field: FormField, value: object, errors: Mapping[str, Text], *, regions: Sequence[tuple[str, str]] = ()
) -> list[list[dict[str, Any]]]:
    """Return the rows of a repetition to draw, with one spare row to fill in."""
    rows = [row for row in value if isinstance(row, Mapping)] if isinstance(value, list) else []
    spare = SPARE_ROWS if rows else max(ROWS_SHOWN_AT_FIRST, field.validation.min_rows or 1)
    return [
        [
            {
                **drawn(column, row.get(column.key), error=errors.get(f"{field.key}.{number}.{column.key}", ""), regions=regions),
                "key": f"{field.key}.{number}.{column.key}",
            }
            for column in field.columns
        ]
        for number, row in enumerate([*rows, *({} for _ in range(spare))], start=1)
    ]


KEPT_NAMES = ("check-", "copies-", "original-", "remark-", "norm-", "why-", "at-once")
"""How the inputs begin that say what was seen of papers and answered of the norm."""


def posted_norm(posted: QueryDict) -> Given:
    """Return what was answered of the check list.

    ``norm-<point>`` yes, no or na; ``why-<point>``; ``at-once`` names the points that one key answered together, ``all-met``
    answers the open ones without a script, ``seen-answer`` is the newest answer that the page showed.
    """
    at_once = frozenset(posted.get("at-once", "").split())
    answers = {}
    for name, verdict in posted.items():
        key = name.removeprefix("norm-")
        if key != name and verdict in Verdict.values:
            note = "" if verdict == Verdict.YES else posted_text(posted, f"why-{key}", LONGEST_NOTE)
            answers[key] = Answer(str(verdict), note, is_at_once=key in at_once and verdict == Verdict.YES)
    return Given(answers, rest_is_met="all-met" in posted, seen=posted.get("seen-answer"))


class HasKey(Protocol):
    """What the rows of a check list have in common: norms, and the materials of an application."""

    @property
    def key(self) -> str: ...


def posted_checks(materials: Iterable[HasKey], posted: QueryDict) -> list[Check]:
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
                    copies=min(int(copies), 999) if copies.isdecimal() and len(copies) < 6 else 0,
                    is_original_seen=posted.get(f"original-{material.key}") == "on",
                    remark=posted_text(posted, f"remark-{material.key}", 300),
                )
            )
    return checks


@dataclass(frozen=True, slots=True)
class NoticeRow:
    """One line of the one-time notice to be: a material or an answer, whether it is told, what is wrong, how to mend it."""

    key: str
    name: str
    is_ticked: bool
    problem: Text
    how: Text

    @property
    def as_point(self) -> Point:
        return Point(key=self.key, name=self.name, problem=str(self.problem), how=str(self.how))


def notice_rows(
    materials: Iterable[tuple[str, str, bool, str]],
    form: Form,
    answers: Mapping[str, object],
    *,
    today: date,
    posted: QueryDict,
    not_met: Collection[str] = (),
) -> list[NoticeRow]:
    """Return all materials and questions as lines of a notice; what is missing or wrong is ticked, unless ticks were posted.

    ``not_met`` are the papers of which a point of the norm was answered with no.
    """
    faults = journey.faults(form, answers, today=today)
    asked = [
        (f"field:{each.field.key}", each.field.text, each.field.key in faults, faults.get(each.field.key, ""))
        for each in journey.questions(form, answers)
    ]
    is_posted = "listed" in posted
    ticked = set(posted.getlist("point"))
    rows = []
    for key, name, is_open, problem in [*materials, *asked]:
        is_bad = posted.get(f"check-{key}") == "bad" or key in not_met
        is_ok = posted.get(f"check-{key}") == "ok"
        is_told = key in ticked if is_posted else is_bad or (is_open and not is_ok)
        words = problem or (_("Not handed in.") if is_told and not is_bad else "")
        rows.append(
            NoticeRow(
                key=key,
                name=name,
                is_ticked=is_told,
                problem=posted_text(posted, f"problem-{key}", 300) if is_posted else words,
                how=posted_text(posted, f"how-{key}", 300) if is_posted else _how(key) if is_told else "",
            )
        )
    return rows


def _how(key: str) -> Text:
    if key.startswith("field:"):
        return _("Tell the right answer online under your application, or at the window.")
    return _("Add it online under your application, or bring it to the window.")


def named_fault(form: Form, key: str, text: Text) -> Text:
    """Name the question of a fault, and the entry and column of a repetition, where its text does not."""
    question, *place = key.split(".")
    labels = {each.key: each.text for each in form.fields}
    if question not in labels or labels[question] in str(text):
        return text
    name = labels[question]
    if len(place) == 2:
        columns = {each.key: each.text for each in form.field(question).columns}
        name = _("%(question)s, entry %(n)s, %(column)s") % {
            "question": name, "n": place[0], "column": columns.get(place[1], place[1])
        }  # fmt: skip
    return _("%(question)s: %(fault)s") % {"question": name, "fault": text}
