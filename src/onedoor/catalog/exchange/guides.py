"""The departments' full guides beside a table of items: their words are turned into ours, then read like any other list of rows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from onedoor.catalog.content import stage_of
from onedoor.catalog.exchange.columns import BY_NAME, COLUMNS, UNITS
from onedoor.catalog.exchange.given import Given, read_table
from onedoor.catalog.exchange.typed import parts_of

_ELEMENTS = "summary who_can conditions hours rights disclaimer".split()  # noqa: SIM905
_PARTS = "result phones remedies".split()  # noqa: SIM905
_TABLES = "options fees legal_bases special_procedures faqs places".split()  # noqa: SIM905
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


def take_guide(given: Given, guide: Mapping[str, Any]) -> None:
    """Take over a guide into what the table says of an item; where both speak, the guide says more and stands."""
    given.has_guide = True
    given.values["is_complete"] = True
    name = given.values.get("name")
    if guide.get("name") not in (None, name):
        _blame(given, "name", _("The guide calls the item “%(name)s”.") % {"name": guide["name"]})
    for key in _ELEMENTS:
        if guide.get(key):
            _take_value(given, key, guide[key])
    for key in _PARTS:
        part = guide.get(key)
        if part and not isinstance(part, Mapping):
            _blame(given, key, _("This must be an object."))
            continue
        for column in COLUMNS:
            if part and len(column.path) == 2 and column.path[0] == key and column.path[1] in part:
                _take_value(given, column.name, part[column.path[1]])
    for key in _TABLES:
        if guide.get(key):
            read_table(given, key, _known_only(key, guide[key]))
    for key in ("steps", "materials"):
        given.values[key] = ()
        if not isinstance(guide.get(key), list) or not guide[key]:
            _blame(given, key, _("This must be a list with at least one entry."))
        else:
            ours = [_step(each) if key == "steps" else _material(number, each) for number, each in enumerate(guide[key], start=1)]
            read_table(given, key, _known_only(key, ours))
    _take_form(given, guide.get("form"))
    limits = guide.get("limits")
    given.values["limits_verified"] = bool(limits.get("verified")) if isinstance(limits, Mapping) else False


def _blame(given: Given, place: str, reason: str) -> None:
    given.is_wrong = True
    given.faults.blame(given.code, place, reason, given.sheet)


def _take_value(given: Given, name: str, value: Any) -> None:
    try:
        given.values[name] = BY_NAME[name].kind.checked(value)
    except ValueError as wrong:
        _blame(given, name, str(wrong))


def _known_only(table: str, rows: Any) -> Any:
    """Return rows without what no type knows, and with the units of their limits in our words."""
    known = {name for name, _hint, _may in parts_of(BY_NAME[table].rows)}
    if not isinstance(rows, list):
        return rows
    return [_in_our_words({key: each[key] for key in each if key in known}) if isinstance(each, dict) else each for each in rows]


def _in_our_words(row: dict[str, Any]) -> dict[str, Any]:
    return {**row, "unit": UNITS.get(row["unit"], row["unit"])} if "max_days" in row and isinstance(row.get("unit"), str) else row


def _step(each: Any) -> Any:
    if not isinstance(each, dict):
        return each
    unit = each.get("unit", "")
    return {**each, "unit": UNITS.get(unit, unit) if isinstance(unit, str) else unit, "stage": stage_of(str(each.get("name", "")))}


def _material(number: int, each: Any) -> Any:
    return {**each, "key": f"m{number}"} if isinstance(each, dict) else each


def _take_form(given: Given, form: Any) -> None:
    given.values["form.sections"] = given.values["form.fields"] = ()
    if not isinstance(form, Mapping):
        _blame(given, "form", _("This must be an object."))
        return
    for key in ("sections", "fields"):
        if not isinstance(form.get(key), list) or not form[key]:
            _blame(given, f"form.{key}", _("This must be a list with at least one entry."))
        elif key == "sections":
            read_table(given, "form.sections", _known_only("form.sections", form[key]))
        else:
            read_table(given, "form.fields", _known_only("form.fields", [_field(each) for each in form[key]]))


def _field(each: Any) -> Any:
    if not isinstance(each, dict):
        return each
    columns = each.get("columns")
    if isinstance(columns, list):
        columns = [_column(number, column) for number, column in enumerate(columns, start=1)]
    return {**each, "validation": each.get("validation") or {}, "columns": columns or [], "choices": each.get("choices") or []} | (
        {"condition": each.get("condition") or None}
    )


def _column(number: int, given: Any) -> Any:
    """Return the question of a column: a full definition, or a label whose words tell the type."""
    if isinstance(given, dict):
        return {**given, "condition": None}
    label = str(given)
    kind = next((kind for word, kind in _COLUMN_TYPES if word in label), "text")
    if kind == "choice":
        choices = [{"value": "yes", "label": "是", "label_en": "Yes"}, {"value": "no", "label": "否", "label_en": "No"}]
        return {"key": f"c{number}", "label": label, "type": kind, "choices": choices}
    rules = {"min": 0} if kind in ("number", "money") else {}
    if "年龄" in label:
        rules = {"min": 0, "max": 150}
    if "（%）" in label:
        rules = {"min": 0, "max": 100}
    return {
        "key": f"c{number}",
        "label": label,
        "type": kind,
        "required": not label.startswith(_COLUMN_OPTIONAL),
        "validation": rules,
    }
