"""What is wrong with a form as it is defined, told while it is written: wrong references, missing choices, keys used twice.

A version with such a fault cannot be handed in, because nobody could fill in its form.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from onedoor.catalog import prefill
from onedoor.catalog.condition_rows import fitting
from onedoor.catalog.conditions import (
    Condition,
    Contains,
    Either,
    Equals,
    Every,
    Greater,
    Less,
    Not,
    OneOf,
    definition_errors,
    plain_text,
)
from onedoor.catalog.content import Content, Form, FormField, Validation
from onedoor.catalog.form_rules import FIELD_TYPES
from onedoor.kernel.errors import Text

CHOOSING = frozenset({"choice", "multichoice"})
NOT_IN_ROWS = frozenset({"repeat", "file"})


@dataclass(frozen=True, slots=True)
class DefinitionFault:
    """A fault and where it is mended: ``kind`` is section, field, material, option or fee; ``key`` names which."""

    kind: str
    key: str
    reason: Text

    @property
    def place(self) -> str:
        return f"{self.kind}-{self.key}"


def definition_faults(content: Content) -> tuple[DefinitionFault, ...]:
    """Return what is wrong with the form of a version, and with what papers and options ask of it."""
    return (*_faults_of_sections(content.form), *_faults_of_fields(content.form), *_faults_of_users(content))


def _faults_of_sections(form: Form) -> Iterator[DefinitionFault]:
    known = {field.key for field in form.fields}
    used = Counter(key for section in form.sections for key in section.fields)
    keys = Counter(section.key for section in form.sections)
    common = False
    for section in form.sections:
        if keys[section.key] > 1:
            yield DefinitionFault("section", section.key, _("Two sections have this key."))
        if not section.title:
            yield DefinitionFault("section", section.key, _("The section has no title."))
        if not section.fields:
            yield DefinitionFault("section", section.key, _("The section has no question yet."))
        if set(section.fields) - known:
            yield DefinitionFault("section", section.key, _("The section names a question that is not there."))
        if section.scenario and common:
            yield DefinitionFault("section", section.key, _("Situations are asked first: move the section to the front."))
        common = common or not section.scenario
    for key in known:
        if used[key] != 1:
            reason = _("The question stands in no section.") if not used[key] else _("The question stands in two places.")
            yield DefinitionFault("field", key, reason)


def _faults_of_fields(form: Form) -> Iterator[DefinitionFault]:
    keys = Counter(field.key for field in form.fields)
    for field in form.fields:
        if keys[field.key] > 1:
            yield DefinitionFault("field", field.key, _("Two questions have this key."))
        for reason in _faults_of_one(field):
            yield DefinitionFault("field", field.key, reason)
    asked = {key: place for place, key in enumerate(key for section in form.sections for key in section.fields)}
    by_key = {field.key: field for field in form.fields}
    wrong = definition_errors({field.key: field.condition for field in form.fields})
    for field in form.fields:
        if field.key in wrong:
            yield DefinitionFault("field", field.key, wrong[field.key])
        elif field.condition is not None:
            for key in dict.fromkeys(field.condition.fields()):
                if asked.get(key, -1) > asked.get(field.key, 0):
                    reason = _("The condition asks for “%(field)s”, which comes later.") % {"field": by_key[key].text}
                    yield DefinitionFault("field", field.key, reason)
            for reason in _misfits(field.condition, by_key):
                yield DefinitionFault("field", field.key, reason)


def _faults_of_one(field: FormField) -> Iterator[Text]:
    if not field.label:
        yield _("The question has no text.")
    if field.type not in FIELD_TYPES:
        yield _("“%(value)s” is no type of field.") % {"value": field.type}
    if field.type in CHOOSING:
        yield from _faults_of_choices(field)
    if field.type == "repeat":
        yield from _faults_of_columns(field)
    if field.prefill and (reason := prefill.fault(field.prefill, field.type)) is not None:
        yield reason
    yield from _faults_of_validation(field.validation)


def _faults_of_choices(field: FormField) -> Iterator[Text]:
    if not field.choices:
        yield _("There is nothing to choose from.")
    for name in ("value", "label"):
        if max(Counter(getattr(each, name) for each in field.choices).values(), default=0) > 1:
            yield _("Two choices are the same.")
            return


def _faults_of_columns(field: FormField) -> Iterator[Text]:
    if not field.columns:
        yield _("The table has no column yet.")
    if max(Counter(column.key for column in field.columns).values(), default=0) > 1:
        yield _("Two columns have the same key.")
    for column in field.columns:
        if column.type in NOT_IN_ROWS:
            yield _("“%(column)s” cannot stand in a table.") % {"column": column.text}
        for reason in _faults_of_one(column) if column.type != "repeat" else ():
            yield _("Column “%(column)s”: %(reason)s") % {"column": column.text, "reason": reason}


def _faults_of_validation(rules: Validation) -> Iterator[Text]:
    if rules.min is not None and rules.max is not None and rules.min > rules.max:
        yield _("The least is more than the most.")
    if rules.min_rows is not None and rules.max_rows is not None and rules.min_rows > rules.max_rows:
        yield _("The least number of rows is more than the most.")
    if rules.pattern:
        try:
            re.compile(rules.pattern)
        except re.error:
            yield _("The pattern cannot be read.")


def _faults_of_users(content: Content) -> Iterator[DefinitionFault]:
    by_key = {field.key: field for field in content.form.fields}
    users = [("material", each.key, each.when) for each in content.materials]
    users += [("option", each.code, each.condition) for each in content.options]
    users += [("fee", str(place), each.when) for place, each in enumerate(content.fees, start=1)]
    for kind, key, condition in users:
        for reason in _misfits(condition, by_key) if condition is not None else ():
            yield DefinitionFault(kind, key, reason)


def _misfits(condition: Condition, fields: Mapping[str, FormField]) -> Iterator[Text]:
    """Yield what a condition asks that its questions can never answer."""
    for leaf in leaves(condition):
        field = fields.get(leaf.field)
        if field is None:
            yield _("The condition asks for “%(field)s”, which is no field of this form.") % {"field": leaf.field}
        elif _kind_of(leaf) not in fitting(field):
            yield _("The condition compares “%(field)s” in a way that can never be true.") % {"field": field.text}
        elif field.type in CHOOSING:
            known = {choice.value for choice in field.choices}
            for value in _values_of(leaf):
                if value and value not in known:
                    yield _("The condition asks for the choice “%(value)s”, which “%(field)s” does not have.") % {
                        "value": value,
                        "field": field.text,
                    }


Leaf = Equals | OneOf | Contains | Greater | Less


def leaves(condition: Condition) -> Iterator[Leaf]:
    """Yield the comparisons of a condition."""
    if isinstance(condition, (Every, Either)):
        for part in condition.parts:
            yield from leaves(part)
    elif isinstance(condition, Not):
        yield from leaves(condition.part)
    elif isinstance(condition, (Equals, OneOf, Contains, Greater, Less)):
        yield condition


def _kind_of(leaf: Leaf) -> str:
    if isinstance(leaf, Equals):
        return "empty" if leaf.value == "" else "is"
    names = {OneOf: "one_of", Contains: "contains", Greater: "more", Less: "less"}
    return names[type(leaf)]


def _values_of(leaf: Leaf) -> tuple[str, ...]:
    if isinstance(leaf, OneOf):
        return tuple(plain_text(each) for each in leaf.values)
    return (plain_text(leaf.value),) if isinstance(leaf, (Equals, Contains)) else ()


def users_of(content: Content, key: str) -> tuple[str, ...]:
    """Return the names of the questions, papers, options and fees whose condition reads a question."""
    users = [(field.text, field.condition) for field in content.form.fields]
    users += [(each.name, each.when) for each in content.materials]
    users += [(each.name, each.condition) for each in content.options]
    users += [(each.name, each.when) for each in content.fees]
    return tuple(name for name, condition in users if condition is not None and key in condition.fields())
