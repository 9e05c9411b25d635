"""Changes of a form as pure functions: each takes a form and returns another one.

A key is given once and stays: what a question is called may change, its key, under which open drafts keep their answers, may not.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace
from typing import TypeVar

from onedoor.catalog.content import Choice, Form, FormField, Section

UP, DOWN = -1, 1
Each = TypeVar("Each")


def free_key(prefix: str, taken: Collection[str]) -> str:
    """Return the first key ``q1``, ``q2`` … that nobody has or had."""
    number = 1
    while f"{prefix}{number}" in taken:
        number += 1
    return f"{prefix}{number}"


def section_of(form: Form, key: str) -> Section | None:
    """Return the section with a key."""
    return next((each for each in form.sections if each.key == key), None)


def field_of(form: Form, key: str) -> FormField | None:
    """Return the question with a key."""
    return next((each for each in form.fields if each.key == key), None)


def put_section(form: Form, section: Section) -> Form:
    """Return the form with a section changed, or added at the end; situations stand before all other sections."""
    sections = [section if each.key == section.key else each for each in form.sections]
    if section not in sections:
        sections.append(section)
    return _with_sections(form, sections)


def move_section(form: Form, key: str, step: int) -> Form:
    """Return the form with a section moved up or down; situations stay before all other sections."""
    return _with_sections(form, _moved(form.sections, [each.key for each in form.sections].index(key), step))


def copy_section(form: Form, key: str, *, taken: Collection[str]) -> Form:
    """Return the form with a copy of a section behind it; conditions between its questions point within the copy."""
    section = next(each for each in form.sections if each.key == key)
    used, renamed = set(taken), {}
    for each in section.fields:
        renamed[each] = free_key("q", used)
        used.add(renamed[each])
    copies = [
        replace(field, key=renamed[field.key], condition=None if field.condition is None else field.condition.renamed(renamed))
        for field in form.fields_of(section)
    ]
    fresh = replace(
        section, key=free_key("s", {each.key for each in form.sections}), fields=tuple(renamed[each] for each in section.fields)
    )
    place = form.sections.index(section) + 1
    return Form((*form.sections[:place], fresh, *form.sections[place:]), (*form.fields, *copies))


def remove_section(form: Form, key: str) -> Form:
    """Return the form without a section and its questions."""
    gone = {each for section in form.sections if section.key == key for each in section.fields}
    return Form(
        tuple(each for each in form.sections if each.key != key), tuple(each for each in form.fields if each.key not in gone)
    )


def add_field(form: Form, section_key: str, field: FormField) -> Form:
    """Return the form with a question at the end of a section."""
    sections = [replace(each, fields=(*each.fields, field.key)) if each.key == section_key else each for each in form.sections]
    return Form(tuple(sections), (*form.fields, field))


def put_field(form: Form, field: FormField) -> Form:
    """Return the form with a question changed."""
    return replace(form, fields=tuple(field if each.key == field.key else each for each in form.fields))


def move_field(form: Form, key: str, step: int) -> Form:
    """Return the form with a question moved up or down, at the edge of its section into the one beside it."""
    sections = [list(each.fields) for each in form.sections]
    row = next(number for number, keys in enumerate(sections) if key in keys)
    place = sections[row].index(key)
    if 0 <= place + step < len(sections[row]):
        sections[row] = list(_moved(sections[row], place, step))
    elif 0 <= row + step < len(sections):
        sections[row].remove(key)
        beside = sections[row + step]
        beside.insert(len(beside) if step == UP else 0, key)
    return replace(
        form, sections=tuple(replace(each, fields=tuple(keys)) for each, keys in zip(form.sections, sections, strict=True))
    )


def copy_field(form: Form, key: str, *, taken: Collection[str]) -> Form:
    """Return the form with a copy of a question behind it."""
    field = replace(form.field(key), key=free_key("q", taken))
    sections = []
    for section in form.sections:
        keys = list(section.fields)
        if key in keys:
            keys.insert(keys.index(key) + 1, field.key)
        sections.append(replace(section, fields=tuple(keys)))
    return Form(tuple(sections), (*form.fields, field))


def remove_field(form: Form, key: str) -> Form:
    """Return the form without a question; what refers to it is found by ``definition``."""
    sections = tuple(replace(each, fields=tuple(one for one in each.fields if one != key)) for each in form.sections)
    return Form(sections, tuple(each for each in form.fields if each.key != key))


def put_column(field: FormField, column: FormField) -> FormField:
    """Return a table question with a column changed, or added at the end."""
    columns = [column if each.key == column.key else each for each in field.columns]
    if column not in columns:
        columns.append(column)
    return replace(field, columns=tuple(columns))


def move_column(field: FormField, key: str, step: int) -> FormField:
    """Return a table question with a column moved."""
    return replace(field, columns=tuple(_moved(field.columns, [each.key for each in field.columns].index(key), step)))


def copy_column(field: FormField, key: str) -> FormField:
    """Return a table question with a copy of a column behind it."""
    place = [each.key for each in field.columns].index(key)
    fresh = replace(field.columns[place], key=free_key("c", {each.key for each in field.columns}))
    return replace(field, columns=(*field.columns[: place + 1], fresh, *field.columns[place + 1 :]))


def remove_column(field: FormField, key: str) -> FormField:
    """Return a table question without a column."""
    return replace(field, columns=tuple(each for each in field.columns if each.key != key))


def choices_text(choices: Iterable[Choice]) -> str:
    """Return choices as lines to edit: label, English, value."""
    return "\n".join(" | ".join((each.label, each.label_en, each.value)) for each in choices)


def choices_from(text: str, before: Iterable[Choice]) -> tuple[Choice, ...]:
    """Return the choices that lines spell. A value that is not written is the one that the label had, or a fresh one."""
    known = {each.label: each for each in before}
    lines = [[part.strip() for part in line.replace("｜", "|").split("|", 2)] for line in text.splitlines() if line.strip()]
    used = {line[2] for line in lines if len(line) > 2} | {each.value for each in known.values()}
    found = []
    for label, english, value in ((*line, "", "")[:3] for line in lines):
        old = known.get(label)
        kept = value or (old.value if old else free_key("c", used))
        used.add(kept)
        found.append(Choice(kept, label, english or (old.label_en if old and not value else "")))
    return tuple(found)


def _with_sections(form: Form, sections: Iterable[Section]) -> Form:
    return replace(form, sections=tuple(sorted(sections, key=lambda each: not each.scenario)))


def _moved(rows: Iterable[Each], place: int, step: int) -> list[Each]:
    moved = list(rows)
    if 0 <= place + step < len(moved):
        moved[place], moved[place + step] = moved[place + step], moved[place]
    return moved
