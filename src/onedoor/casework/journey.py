"""The way through an application at home: which question is next, which part is finished. Pure rules over form and answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from onedoor.catalog import form_rules
from onedoor.catalog.content import Content, Form, FormField, Section
from onedoor.kernel.errors import Text

TASK_STATES: dict[str, Promise] = {
    "done": _("Finished"),
    "begun": _("Begun"),
    "seen": _("Seen, not filled in"),
    "todo": _("Not started"),
    "wait": _("Cannot start yet"),
}


@dataclass(frozen=True, slots=True)
class Question:
    """One question of the form with the part it belongs to and where it stands among those that are asked."""

    field: FormField
    section: Section
    number: int
    count: int


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the form as a task: its state in words, and the question with which to go on."""

    section: Section
    state: str
    answered: int
    asked: int
    go_on: str

    @property
    def state_text(self) -> Promise:
        return TASK_STATES[self.state]


def file_key(field_key: str) -> str:
    """Return the key of the material that answers a question with a file."""
    return f"file:{field_key}"


def asks_for_file(form: Form, answers: Mapping[str, object], material_key: str) -> FormField | None:
    """Return the file question that a material answers, where it is asked."""
    return next(
        (each for each in form_rules.visible_fields(form, answers) if each.type == "file" and file_key(each.key) == material_key),
        None,
    )


def papers_asked(content: Content, answers: Mapping[str, object]) -> frozenset[str]:
    """Return the keys of the guide's papers that are needed, given the answers so far; a hidden question's answer counts as empty."""
    read = {each.key: answers.get(each.key) for each in form_rules.visible_fields(content.form, answers)}
    return frozenset(each.key for each in content.needed_materials(read))


def questions(form: Form, answers: Mapping[str, object]) -> list[Question]:
    """Return the questions that are asked, given the answers so far, in their order; file questions are asked as materials."""
    asked = [each for each in form_rules.visible_fields(form, answers) if each.type != "file"]
    section_of = {key: section for section in form.sections for key in section.fields}
    return [Question(each, section_of[each.key], number, len(asked)) for number, each in enumerate(asked, start=1)]


def question(form: Form, answers: Mapping[str, object], key: str) -> Question | None:
    """Return the question ``key`` where it is asked."""
    return next((each for each in questions(form, answers) if each.field.key == key), None)


def after(form: Form, answers: Mapping[str, object], key: str) -> str | None:
    """Return the next unanswered question behind ``key``; None where the form is through."""
    asked = questions(form, answers)
    place = next((number for number, each in enumerate(asked) if each.field.key == key), -1)
    return next((each.field.key for each in asked[place + 1 :] if not is_answered(each.field, answers)), None)


def before(form: Form, answers: Mapping[str, object], key: str) -> str | None:
    """Return the question before ``key``."""
    asked = questions(form, answers)
    place = next((number for number, each in enumerate(asked) if each.field.key == key), 0)
    return asked[place - 1].field.key if place > 0 else None


def is_answered(field: FormField, answers: Mapping[str, object]) -> bool:
    """Tell whether a question needs no visit: it has an answer, or was seen and may stay empty."""
    if field.key in answers:
        return bool(answers[field.key]) or not field.required
    return False


def parts(form: Form, answers: Mapping[str, object], *, today: date) -> list[Part]:
    """Return the parts of the form as a list of tasks."""
    asked = questions(form, answers)
    _clean, errors = form_rules.validate(form, answers, today=today)
    files = {each.key for each in form.file_questions}
    faulty = {key.split(".")[0] for key in errors} - files
    found = []
    for section in form.sections:
        own = [each.field for each in asked if each.section.key == section.key]
        if own:
            found.append(_part(section, own, answers, faulty))
    return found


def _part(section: Section, own: Sequence[FormField], answers: Mapping[str, object], faulty: set[str]) -> Part:
    answered = sum(1 for field in own if is_answered(field, answers) and field.key not in faulty)
    seen = any(field.key in answers for field in own)
    open_keys = [field.key for field in own if field.key in faulty or not is_answered(field, answers)]
    state = "done" if not open_keys else "begun" if answered else "seen" if seen else "todo"
    return Part(section, state, answered, len(own), (open_keys or [own[0].key])[0])


def faults(form: Form, answers: Mapping[str, object], *, today: date) -> dict[str, Text]:
    """Return what is missing or wrong in the answers, keyed by field."""
    return dict(form_rules.validate(form, answers, today=today)[1])
