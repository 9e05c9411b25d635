"""Reads one full guide: checks its parts, gives materials their keys and steps their stages, types the columns of repetitions."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from django.utils.translation import gettext as _

from onedoor.catalog import conditions
from onedoor.catalog.conditions import WrongCondition
from onedoor.catalog.content import Choice, Content, Form, FormField, Material, Step, Validation, stage_of
from onedoor.catalog.form_rules import FIELD_TYPES

UNITS = {
    "工作日": "working-days",
    "日": "natural-days",
    "自然日": "natural-days",
    "即时": "working-days",
    "月": "months",
    "小时": "hours",
}
MEDIA = {"original", "copy", "original_and_copy", "form", "electronic", "certificate", "auto"}
NECESSITIES = {"required", "optional", "tolerable"}
_COPIED = (
    "summary who_can conditions options fees legal_bases special_procedures result faqs hours places phones rights remedies "  # noqa: SIM905
    "disclaimer".split()
)
_COLUMN_TYPES = (
    ("统一社会信用代码", "uscc"),
    ("身份证号", "idcard"),
    ("电话", "phone"),
    ("手机", "phone"),
    ("区划", "region"),
    ("（万元）", "money"),
    ("（元）", "money"),
    ("面积", "number"),
    ("年龄", "number"),
    ("（%）", "number"),
    ("是否", "choice"),
    ("地址", "address"),
)
_COLUMN_OPTIONAL = ("库房", "职业")


@dataclass(frozen=True, slots=True)
class GuideFault:
    place: str
    reason: str


@dataclass(slots=True)
class GuideReading:
    content: Content | None = None
    faults: list[GuideFault] = field(default_factory=list)

    def blame(self, place: str, reason: str) -> None:
        self.faults.append(GuideFault(place, reason))


def read_guide(
    guide: Mapping[str, Any], common: Mapping[str, Any], *, promise: int, promise_unit: str, case_kind: str
) -> GuideReading:
    """Return the content of a guide, or what is wrong with it. ``common`` is what the item table says."""
    reading = GuideReading()
    steps = tuple(_steps(guide.get("steps"), reading))
    _check_steps(steps, promise, promise_unit, case_kind, reading)
    materials = tuple(_materials(guide.get("materials"), reading))
    form = _form(guide.get("form"), reading)
    try:
        text = Content.from_json({key: _units_said(guide[key]) for key in _COPIED if guide.get(key)})
        fees = text.fees or common["fees"]
        limits = guide.get("limits") or {}
        text = replace(
            text,
            **{**common, "fees": fees},
            steps=steps,
            materials=materials,
            form=form,
            limits_verified=bool(limits.get("verified")),
        )
    except (TypeError, AttributeError, ValueError) as error:
        reading.blame("guide", _("A part of the guide has the wrong shape: %(reason)s") % {"reason": error})
        return reading
    reading.content = text
    return reading


def _units_said(value: Any) -> Any:
    """Return a copied part with the units of its limits in our words."""
    if isinstance(value, list):
        return [_units_said(each) for each in value]
    if isinstance(value, dict) and "max_days" in value:
        return {**value, "unit": UNITS.get(value.get("unit", ""), value.get("unit", ""))}
    return value


def _objects(value: Any, place: str, reading: GuideReading) -> Iterator[tuple[int, Mapping[str, Any]]]:
    if not isinstance(value, list) or not value:
        reading.blame(place, _("This must be a list with at least one entry."))
        return
    for number, each in enumerate(value, start=1):
        if isinstance(each, dict):
            yield number, each
        else:
            reading.blame(f"{place}.{number}", _("This must be an object."))


def _steps(value: Any, reading: GuideReading) -> Iterator[Step]:
    for number, each in _objects(value, "steps", reading):
        unit, limit = UNITS.get(each.get("unit", "")), each.get("limit")
        if unit is None:
            reading.blame(f"steps.{number}.unit", _("“%(value)s” is no unit of a limit.") % {"value": each.get("unit")})
        elif not isinstance(limit, int) or limit < 0:
            reading.blame(f"steps.{number}.limit", _("The limit must be a whole number."))
        elif not each.get("name"):
            reading.blame(f"steps.{number}.name", _("This must not be empty."))
        else:
            name = each["name"]
            yield Step(name, stage_of(name), each.get("post", ""), limit, unit, each.get("standard", ""), each.get("result", ""))


def _check_steps(steps: tuple[Step, ...], promise: int, unit: str, case_kind: str, reading: GuideReading) -> None:
    stages = [step.stage for step in steps]
    for stage, name in (("receive", "受理"), ("approve", "审批"), ("issue", "办结"), ("deliver", "送达")):
        if stages.count(stage) != 1:
            reading.blame("steps", _("The step %(name)s must be there once.") % {"name": name})
    if "approve" in stages and case_kind == "2" and not set(stages[: stages.index("approve")]) & {"handle", "review"}:
        reading.blame("steps", _("Before 审批 another post must look at the application (four eyes)."))
    total = sum(step.limit for step in steps)
    if total != promise or any(step.limit and step.unit != unit for step in steps):
        reading.blame(
            "steps", _("The steps take %(total)d together, the promise is %(promise)d.") % {"total": total, "promise": promise}
        )


def _materials(value: Any, reading: GuideReading) -> Iterator[Material]:
    for number, each in _objects(value, "materials", reading):
        place = f"materials.{number}"
        if not each.get("name"):
            reading.blame(f"{place}.name", _("This must not be empty."))
        elif each.get("medium") not in MEDIA:
            reading.blame(f"{place}.medium", _("“%(value)s” is unknown.") % {"value": each.get("medium")})
        elif each.get("necessity") not in NECESSITIES:
            reading.blame(f"{place}.necessity", _("“%(value)s” is unknown.") % {"value": each.get("necessity")})
        else:
            yield Material(
                key=f"m{number}",
                name=each["name"],
                medium=each["medium"],
                kind=each.get("kind", "other"),
                necessity=each["necessity"],
                source=each.get("source", "10"),
                copies_original=int(each.get("copies_original", 0)),
                copies_photo=int(each.get("copies_photo", 0)),
                tolerable=bool(each.get("tolerable")),
                tolerance_days=int(each.get("tolerance_days", 0)),
                note=each.get("note", ""),
                review_points=tuple(each.get("review_points", ())),
            )


def _form(value: Any, reading: GuideReading) -> Form:
    if not isinstance(value, dict):
        reading.blame("form", _("This must be an object."))
        return Form()
    fields = []
    for _number, each in _objects(value.get("fields"), "form.fields", reading):
        place = f"form.{each.get('key', _number)}"
        try:
            found = _field(each)
        except WrongCondition as wrong:
            reading.blame(place, str(wrong))
            continue
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            reading.blame(place, _("This part is missing or has the wrong shape: %(reason)s") % {"reason": error})
            continue
        reason = _field_fault(found)
        if reason:
            reading.blame(place, reason)
        fields.append(found)
    return _sections(value, fields, reading)


def _sections(value: Mapping[str, Any], fields: list[FormField], reading: GuideReading) -> Form:
    sections = []
    for number, each in _objects(value.get("sections"), "form.sections", reading):
        keys = each.get("fields")
        if not isinstance(each.get("key"), str) or not isinstance(keys, list):
            reading.blame(f"form.sections.{number}", _("A section has a key, a title and a list of fields."))
            continue
        sections.append({"key": each["key"], "title": each.get("title", ""), "title_en": each.get("title_en", ""), "fields": keys})
    keys = [field.key for field in fields]
    asked = [key for section in sections for key in section["fields"]]
    for key in sorted({key for key in keys if keys.count(key) > 1}):
        reading.blame(f"form.{key}", _("Two fields have this key."))
    for key in sorted(set(asked) - set(keys)):
        reading.blame(f"form.{key}", _("A section asks for it, but there is no such field."))
    for key in sorted(set(keys) - set(asked)):
        reading.blame(f"form.{key}", _("No section asks for this field."))
    order = {key: place for place, key in enumerate(asked)}
    wrong = conditions.definition_errors({field.key: field.condition for field in fields})
    for key, reason in wrong.items():
        reading.blame(f"form.{key}", reason)
    for field_ in fields:
        late = [
            key for key in (field_.condition.fields() if field_.condition else ()) if order.get(key, -1) > order.get(field_.key, 0)
        ]
        if late and field_.key not in wrong:
            reading.blame(f"form.{field_.key}", _("The condition asks for “%(field)s”, which comes later.") % {"field": late[0]})
    form = Content.from_json({"form": {"sections": sections}}).form
    return replace(form, fields=tuple(fields))


def _field(each: Mapping[str, Any]) -> FormField:
    columns = tuple(_column(number, label) for number, label in enumerate(each.get("columns") or (), start=1))
    known = {key: each[key] for key in ("key", "label", "type", "label_en", "required", "help") if key in each}
    return FormField(
        **known,
        validation=Content.from_json({"form": {"fields": [{**known, "validation": each.get("validation") or {}}]}})
        .form.fields[0]
        .validation,
        choices=tuple(
            Choice(str(choice["value"]), choice["label"], choice.get("label_en", "")) for choice in each.get("choices") or ()
        ),
        condition=conditions.parse(each["condition"]) if each.get("condition") else None,
        columns=columns,
    )


def _field_fault(found: FormField) -> str:
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
        except re.error as error:
            return _("The pattern cannot be read: %(reason)s") % {"reason": error}
    return ""


def _column(number: int, given: Any) -> FormField:
    """Return the question of a column: a full definition, or a label whose words tell the type."""
    if isinstance(given, dict):
        return replace(_field(given), condition=None)
    label = str(given)
    kind = next((kind for word, kind in _COLUMN_TYPES if word in label), "text")
    if kind == "choice":
        choices = (Choice("yes", "是", "Yes"), Choice("no", "否", "No"))
        return FormField(f"c{number}", label, kind, choices=choices)
    rules = Validation(min=0) if kind in ("number", "money") else Validation()
    if "年龄" in label:
        rules = Validation(min=0, max=150)
    if "（%）" in label:
        rules = Validation(min=0, max=100)
    return FormField(f"c{number}", label, kind, required=not label.startswith(_COLUMN_OPTIONAL), validation=rules)
