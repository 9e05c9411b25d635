"""What must hold in a version beyond the shape of its parts, so that applications can be filed and handled by it."""

from __future__ import annotations

import re
from collections.abc import Callable

from django.utils.translation import gettext as _

from onedoor.catalog import conditions
from onedoor.catalog.code_sets import WORDS_OF
from onedoor.catalog.conditions import Condition
from onedoor.catalog.content import Content, Form, FormField, Step
from onedoor.catalog.exchange.columns import UNITS
from onedoor.catalog.form_rules import FIELD_TYPES

Blame = Callable[[str, int, str, str], None]
"""Told with the list, the number of its entry (from 1, 0 for the list), the part of the entry and the reason."""
MEDIA, NECESSITIES = ({code for code, _words in WORDS_OF[element]} for element in ("materials.medium", "materials.necessity"))
_ONCE = (("receive", "受理"), ("approve", "审批"), ("issue", "办结"), ("deliver", "送达"))
_LONGEST = {"code": 2, "name": 120, "when": 300, "change": 300}


def check(content: Content, *, promise: int, promise_unit: str, case_kind: str, blame: Blame) -> None:
    """Tell everything that is wrong with a content."""
    _check_steps(content.steps, promise, promise_unit, case_kind, blame)
    _check_materials(content, blame)
    _check_options(content, blame)
    _check_fees(content, blame)
    _check_form(content.form, blame)
    for number, procedure in enumerate(content.special_procedures, start=1):
        if procedure.unit not in UNITS.values():
            blame("special_procedures", number, "unit", _("“%(value)s” is no unit of a limit.") % {"value": procedure.unit})


def _check_steps(steps: tuple[Step, ...], promise: int, unit: str, case_kind: str, blame: Blame) -> None:
    for number, step in enumerate(steps, start=1):
        if step.unit not in UNITS.values():
            blame("steps", number, "unit", _("“%(value)s” is no unit of a limit.") % {"value": step.unit})
        if not step.name:
            blame("steps", number, "name", _("This must not be empty."))
    stages = [step.stage for step in steps]
    for stage, name in _ONCE:
        if stages.count(stage) != 1:
            blame("steps", 0, "", _("The step %(name)s must be there once.") % {"name": name})
    if "approve" in stages and case_kind == "2" and not set(stages[: stages.index("approve")]) & {"handle", "review"}:
        blame("steps", 0, "", _("Before 审批 another post must look at the application (four eyes)."))
    total = sum(step.limit for step in steps)
    if total != promise or any(step.limit and step.unit != unit for step in steps):
        words = {"total": total, "promise": promise}
        blame("steps", 0, "", _("The steps take %(total)d together, the promise is %(promise)d.") % words)


def _check_materials(content: Content, blame: Blame) -> None:
    keys = [each.key for each in content.materials]
    asked = {each.key for each in content.form.fields}
    for number, each in enumerate(content.materials, start=1):
        if not each.name:
            blame("materials", number, "name", _("This must not be empty."))
        if not each.key or keys.index(each.key) != number - 1:
            blame("materials", number, "key", _("Each material needs a key of its own."))
        if each.medium not in MEDIA:
            blame("materials", number, "medium", _("“%(value)s” is unknown.") % {"value": each.medium})
        if each.necessity not in NECESSITIES:
            blame("materials", number, "necessity", _("“%(value)s” is unknown.") % {"value": each.necessity})
        _check_condition(each.when, asked, blame, ("materials", number, "when"))


def _check_condition(condition: Condition | None, asked: set[str], blame: Blame, place: tuple[str, int, str]) -> None:
    unknown = sorted(set(condition.fields()) - asked) if condition is not None else []
    if unknown:
        blame(*place, _("The condition asks for “%(field)s”, which is no field of this form.") % {"field": unknown[0]})


def _check_fees(content: Content, blame: Blame) -> None:
    asked = {each.key for each in content.form.fields}
    for number, each in enumerate(content.fees, start=1):
        _check_condition(each.when, asked, blame, ("fees", number, "when"))


def _check_options(content: Content, blame: Blame) -> None:
    codes = [each.code for each in content.options]
    asked = {each.key for each in content.form.fields}
    for number, each in enumerate(content.options, start=1):
        if not each.code or codes.index(each.code) != number - 1:
            blame("options", number, "code", _("Each option needs a code of its own."))
        _check_condition(each.condition, asked, blame, ("options", number, "condition"))
        for part, longest in _LONGEST.items():
            count = len(getattr(each, part))
            if count > longest:
                blame("options", number, part, _("At most %(n)d characters; these are %(count)d.") % {"n": longest, "count": count})


def _check_form(form: Form, blame: Blame) -> None:
    keys = [field.key for field in form.fields]
    asked = [key for section in form.sections for key in section.fields]
    order = {key: place for place, key in enumerate(asked)}
    wrong = conditions.definition_errors({field.key: field.condition for field in form.fields})
    for number, section in enumerate(form.sections, start=1):
        if not section.key:
            blame("form.sections", number, "key", _("This must not be empty."))
        for key in section.fields:
            if key not in keys:
                words = {"field": key}
                blame("form.sections", number, "fields", _("It asks for “%(field)s”, but there is no such field.") % words)
            elif asked.count(key) > 1:
                blame("form.sections", number, "fields", _("“%(field)s” is asked for twice.") % {"field": key})
    for number, field in enumerate(form.fields, start=1):
        reason = field_fault(field)
        if reason:
            blame("form.fields", number, "", reason)
        if keys.index(field.key) != number - 1:
            blame("form.fields", number, "key", _("Two fields have this key."))
        if field.key not in order:
            blame("form.fields", number, "key", _("No section asks for this field."))
        if field.key in wrong:
            blame("form.fields", number, "condition", wrong[field.key])
            continue
        read = field.condition.fields() if field.condition else ()
        late = [key for key in read if order.get(key, -1) > order.get(field.key, 0)]
        if late:
            words = {"field": late[0]}
            blame("form.fields", number, "condition", _("The condition asks for “%(field)s”, which comes later.") % words)


def field_fault(found: FormField) -> str:
    """Return what is wrong with a question by itself, "" where nothing is."""
    if not found.key or not found.label:
        return _("A field needs a key and a label.")
    if found.type not in FIELD_TYPES:
        return _("“%(value)s” is no type of field.") % {"value": found.type}
    if found.type in ("choice", "multichoice") and not found.choices:
        return _("There is nothing to choose from.")
    if len({choice.value for choice in found.choices}) != len(found.choices):
        return _("Two choices have the same value.")
    if found.type == "repeat" and not found.columns:
        return _("A repetition needs columns.")
    if found.validation.pattern:
        try:
            re.compile(found.validation.pattern)
        except (re.error, RecursionError, OverflowError) as error:
            return _("The pattern cannot be read: %(reason)s") % {"reason": error}
    return next(filter(None, map(field_fault, found.columns)), "")
