"""What a version says, element by element, as lines for people; and in which lines two versions differ."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import pairwise
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from onedoor.catalog.code_sets import WORDS_OF
from onedoor.catalog.conditions import Condition
from onedoor.catalog.content import Content, Form, in_language
from onedoor.catalog.elements import name_of
from onedoor.catalog.parts import COLUMNS, PARTS, fields_that_differ
from onedoor.catalog.topics import TOPIC_BY_CODE
from onedoor.kernel.errors import Text
from onedoor.look.words import amount_text

KEPT, GONE, NEW = "", "gone", "new"


@dataclass(frozen=True, slots=True)
class Line:
    """A line of an element; ``depth`` 1 belongs to the row above it; ``mark`` says on which side alone it stands."""

    text: str
    depth: int = 0
    mark: str = KEPT


@dataclass(frozen=True, slots=True)
class Difference:
    """An element in which two versions differ, with what each says."""

    element: str
    part: Text
    name: Text
    left: Sequence[Line]
    right: Sequence[Line]


def differences(left: Mapping[str, Any], right: Mapping[str, Any]) -> list[Difference]:
    """Return the elements in which two standards (``parts.standard_of``) differ, in the order of the parts."""
    differing = set(fields_that_differ(left, right))
    one, other = _typed(left), _typed(right)
    found = []
    for part in PARTS:
        for element in (*part.columns, *part.fields):
            if element in differing:
                lines = _marked(told(element, one), told(element, other))
                found.append(Difference(element, part.title, name_of(element), *lines))
    return found


def _typed(standard: Mapping[str, Any]) -> dict[str, Any]:
    content = Content.from_json({name: value for name, value in standard.items() if name not in COLUMNS})
    columns = {name: standard[name] for name in COLUMNS if name in standard}
    return {**{each.name: getattr(content, each.name) for each in dataclasses.fields(content)}, **columns}


def told(element: str, said: Mapping[str, Any]) -> list[Line]:
    """Return what is said in an element, as lines; empty where it says nothing."""
    form = said.get("form")
    words = form if isinstance(form, Form) else Form()
    value = said.get(element)
    if isinstance(value, Form):
        return list(_form_lines(value))
    if isinstance(value, (tuple, list)) and value and dataclasses.is_dataclass(value[0]):
        return [line for row in value for line in _row_lines(element, row, words)]
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return [Line(text) for text in _pairs(element, value, words)]
    if isinstance(value, (tuple, list)):
        return [Line(_plain(element, each, words)) for each in value]
    text = _plain(element, value, words)
    return [Line(each) for each in text.splitlines() if each.strip()]


def _row_lines(element: str, row: Any, words: Form) -> Iterator[Line]:
    names = [each.name for each in dataclasses.fields(row) if each.name not in ("key", "code")]
    first = "name" if "name" in names else names[0]
    head = _plain(f"{element}.{first}", getattr(row, first), words)
    code = getattr(row, "code", "")
    yield Line(f"{code} {head}" if code else head)
    for text in _pairs(element, row, words, without=first):
        yield Line(text, depth=1)


def _pairs(element: str, row: Any, words: Form, without: str = "") -> Iterator[str]:
    """Yield what a row or a group says, without what says nothing."""
    for each in dataclasses.fields(row):
        value = getattr(row, each.name)
        if each.name in ("key", "code", without) or value in ("", None, (), 0, False):
            continue
        place = f"{element}.{each.name}"
        if isinstance(value, (tuple, list)):
            said = in_language("；", "; ").join(_plain(place, one, words) for one in value)
        else:
            said = _plain(place, value, words)
        yield f"{name_of(place)}{_(': ')}{said}"


def _plain(element: str, value: Any, words: Form) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return pgettext("answer", "yes") if value else pgettext("answer", "no")
    if isinstance(value, Condition):
        return value.tell(words)
    if element == "fees.amount_fen":
        return amount_text(value)
    if element == "topics" and value in TOPIC_BY_CODE:
        return str(TOPIC_BY_CODE[value].name)
    known = WORDS_OF.get(element)
    return str(dict(known).get(str(value), value)) if known else str(value)


def _form_lines(form: Form) -> Iterator[Line]:
    for section in form.sections:
        yield Line(section.text)
        for field in form.fields_of(section):
            parts = [field.text, field.type, *(choice.text for choice in field.choices)]
            if field.condition is not None:
                parts.append(_("only if %(condition)s") % {"condition": field.condition.tell(form)})
            parts += [column.text for column in field.columns]
            yield Line(" · ".join([*parts, field.help] if field.help else parts), depth=1)


def _marked(left: list[Line], right: list[Line]) -> tuple[list[Line], list[Line]]:
    """Mark the lines that stand on one side only."""
    same_left: set[int] = set()
    same_right: set[int] = set()
    matcher = SequenceMatcher(None, left, right, autojunk=False)
    for block in matcher.get_matching_blocks():
        same_left |= set(range(block.a, block.a + block.size))
        same_right |= set(range(block.b, block.b + block.size))
    return (
        _folded([dataclasses.replace(line, mark=KEPT if place in same_left else GONE) for place, line in enumerate(left)]),
        _folded([dataclasses.replace(line, mark=KEPT if place in same_right else NEW) for place, line in enumerate(right)]),
    )


def _folded(lines: list[Line]) -> list[Line]:
    """Leave of a row that both sides say alike only its name, so that what differs is seen among many rows."""
    edges = [*(place for place, line in enumerate(lines) if line.depth == 0), len(lines)]
    kept: list[Line] = []
    for start, end in pairwise(edges):
        row = lines[start:end]
        if len(row) > 1 and not any(line.mark for line in row):
            row = [Line(_("%(name)s (unchanged)") % {"name": row[0].text})]
        kept += row
    return kept
