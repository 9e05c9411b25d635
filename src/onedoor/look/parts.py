"""The parts of a form as the templates draw them, whether they come from a Django form or from a field definition."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.forms import BoundField
from django.utils.functional import Promise
from django.utils.translation import gettext as _

Text = str | Promise

# What a field definition may call its kind, and the part that draws it.
KINDS = {
    "text": "input",
    "input": "input",
    "number": "input",
    "integer": "input",
    "decimal": "input",
    "money": "input",
    "phone": "input",
    "tel": "input",
    "email": "input",
    "identity": "input",
    "idcard": "input",
    "uscc": "input",
    "address": "input",
    "region": "select",
    "password": "input",
    "search": "input",
    "textarea": "textarea",
    "long_text": "textarea",
    "longtext": "textarea",
    "radio": "radios",
    "radios": "radios",
    "choice": "radios",
    "checkboxes": "checkboxes",
    "choices": "checkboxes",
    "multi": "checkboxes",
    "multichoice": "checkboxes",
    "checkbox": "checkbox",
    "boolean": "checkbox",
    "bool": "checkbox",
    "select": "select",
    "date": "date",
    "file": "file",
    "hidden": "hidden",
}
# What a phone's keyboard should offer, and what a browser may fill in by itself.
INPUT_ATTRS: dict[str, dict[str, str]] = {
    "number": {"inputmode": "numeric"},
    "integer": {"inputmode": "numeric"},
    "decimal": {"inputmode": "decimal"},
    "money": {"inputmode": "decimal"},
    "phone": {"type": "tel", "inputmode": "tel"},
    "tel": {"type": "tel", "inputmode": "tel"},
    "email": {"type": "email", "inputmode": "email", "spellcheck": "false"},
    "identity": {"spellcheck": "false", "autocapitalize": "characters"},
    "idcard": {"spellcheck": "false", "autocapitalize": "characters", "autocomplete": "off"},
    "uscc": {"spellcheck": "false", "autocapitalize": "characters", "autocomplete": "off"},
    "password": {"type": "password"},
    "search": {"type": "search"},
}
# How long an answer is expected to be, said by the width of the field.
WIDTHS = {
    "phone": "20",
    "tel": "20",
    "idcard": "20",
    "identity": "20",
    "uscc": "20",
    "number": "10",
    "integer": "10",
    "money": "10",
    "decimal": "10",
}
# Longest choice list that is still shown whole; longer ones fold into a select.
LONGEST_RADIO_LIST = 12


@dataclass(frozen=True, slots=True)
class Choice:
    """One answer to choose."""

    value: str
    label: Text
    id: str
    hint: Text = ""
    checked: bool = False


@dataclass(frozen=True, slots=True)
class Part:
    """One field of a form, ready to be drawn."""

    kind: str
    name: str
    id: str
    label: Text
    hint: Text = ""
    error: Text = ""
    value: str = ""
    choices: Sequence[Choice] = ()
    required: bool = True
    width: str = ""
    rows: int = 5
    attrs: Mapping[str, object] = field(default_factory=dict)
    is_title: bool = False
    prefix: Text = ""
    suffix: Text = ""
    checked: bool = False

    @property
    def template(self) -> str:
        return f"look/parts/{self.kind}.html"

    @property
    def described_by(self) -> str:
        """Return the ids of what a screen reader should say after the label."""
        found = [f"{self.id}-hint"] if self.hint else []
        if self.error:
            found.append(f"{self.id}-error")
        return " ".join(found)

    @property
    def has_empty(self) -> bool:
        return any(choice.value == "" for choice in self.choices)

    @property
    def target(self) -> str:
        """Return the id to which the error summary leads: the first thing that can take the focus."""
        return self.choices[0].id if self.kind in {"radios", "checkboxes"} and self.choices else self.id


def part_of(source: BoundField | Mapping[str, Any] | Part, **options: Any) -> Part:
    """Return the part for a bound field of a Django form, or for a definition with its value, error and choices.

    A definition has ``name`` (or ``key``), ``label`` and ``type`` (or ``kind``); it may have ``id``, ``hint`` (or ``help``),
    ``error``, ``value``, ``choices`` (values, pairs or mappings), ``required``, ``width``, ``rows``, ``attrs``, ``suffix``.
    """
    if isinstance(source, Part):
        return source
    values = _from_bound(source) if isinstance(source, BoundField) else _from_mapping(source)
    values.update({name: value for name, value in options.items() if value is not None})
    return Part(**values)


def _from_mapping(source: Mapping[str, Any]) -> dict[str, Any]:
    name = str(source.get("name") or source["key"])
    ident = str(source.get("id") or f"id_{name}")
    word = str(source.get("kind") or source.get("type") or "text")
    kind = KINDS[word]
    value = source.get("value")
    choices = _choices(source.get("choices") or (), ident, value)
    if kind == "radios" and len(choices) > LONGEST_RADIO_LIST:
        kind = "select"
    if kind == "select" and not choices:
        kind = "input"
    attrs = {**INPUT_ATTRS.get(word, {}), **(source.get("attrs") or {})}
    found = {key: source[key] for key in ("rows", "width", "prefix", "suffix", "is_title") if source.get(key) is not None}
    return {
        "kind": kind,
        "name": name,
        "id": ident,
        "label": source.get("label", name),
        "hint": source.get("hint") or source.get("help") or "",
        "error": source.get("error") or "",
        "value": "" if value is None or isinstance(value, (list, tuple, set)) else str(value),
        "choices": choices,
        "required": bool(source.get("required", True)),
        "attrs": attrs,
        "checked": value in {True, "on", "true", "1"} if kind == "checkbox" else False,
        "width": WIDTHS.get(word, ""),
        **found,
    }


def _choices(given: Iterable[Any], ident: str, value: Any) -> list[Choice]:
    chosen = {str(one) for one in value} if isinstance(value, (list, tuple, set, frozenset)) else {str(value)}
    found = []
    for index, one in enumerate(given):
        if isinstance(one, Mapping):
            key, label, hint = one["value"], one.get("label", one["value"]), one.get("hint", "")
        elif isinstance(one, (list, tuple)):
            (key, label), hint = one, ""
        else:
            key, label, hint = one, one, ""
        found.append(Choice(str(key), label, f"{ident}_{index}", hint, checked=str(key) in chosen))
    return found


def _widget_kind(widget: forms.Widget) -> str:
    if widget.is_hidden:
        return "hidden"
    order: list[tuple[type[forms.Widget], str]] = [
        (forms.CheckboxSelectMultiple, "checkboxes"),
        (forms.RadioSelect, "radios"),
        (forms.CheckboxInput, "checkbox"),
        (forms.Select, "select"),
        (forms.Textarea, "textarea"),
        (forms.DateInput, "date"),
        (forms.FileInput, "file"),
    ]
    return next((kind for known, kind in order if isinstance(widget, known)), "input")


def _from_bound(bound: BoundField) -> dict[str, Any]:
    widget = bound.field.widget
    kind = _widget_kind(widget)
    attrs = {key: value for key, value in widget.attrs.items() if key not in {"rows", "width", "class"}}
    if kind == "input":
        attrs.setdefault("type", getattr(widget, "input_type", "text"))
    attrs = {**bound.build_widget_attrs({}, widget), **attrs}
    attrs = {
        key: value
        for key, value in attrs.items()
        if key not in {"required", "aria-invalid", "aria-describedby", "disabled"} or value
    }
    attrs.pop("required", None)
    attrs.pop("aria-invalid", None)
    attrs.pop("aria-describedby", None)
    value = bound.value()
    ident = bound.id_for_label or bound.auto_id or f"id_{bound.html_name}"
    choices: list[Choice] = []
    if kind in {"radios", "checkboxes", "select"}:
        ident = str(bound.auto_id or ident)
        chosen = {str(one) for one in value} if isinstance(value, (list, tuple, set)) else {str("" if value is None else value)}
        for index, (key, label) in enumerate(bound.field.choices):  # type: ignore[attr-defined]
            key_text = str("" if key is None else key)
            choices.append(Choice(key_text, label, f"{ident}_{index}", checked=key_text in chosen))
    shown = widget.format_value(value) if kind in {"input", "textarea", "date", "hidden"} else ""
    if isinstance(widget, forms.PasswordInput) and not widget.render_value:
        shown = ""
    if kind == "date" and hasattr(value, "isoformat"):
        shown = value.isoformat()
    return {
        "kind": kind,
        "name": bound.html_name,
        "id": str(ident),
        "label": bound.label,
        "hint": bound.help_text,
        "error": " ".join(str(error) for error in bound.errors),
        "value": "" if shown is None else str(shown),
        "choices": choices,
        "required": bound.field.required,
        "width": str(widget.attrs.get("width", "")),
        "rows": int(widget.attrs.get("rows", 5) or 5),
        "attrs": attrs,
        "checked": bool(value) if kind == "checkbox" else False,
    }


def errors_of(source: Any) -> list[tuple[str, Text]]:
    """Return (id of the field, what to do) for a Django form, parts, a mapping of ids, or pairs; ids may be empty."""
    if isinstance(source, forms.BaseForm):
        colon = _(": ")
        found: list[tuple[str, Text]] = [("", str(error)) for error in source.non_field_errors()]
        for bound in source:
            part = part_of(bound)
            found.extend((part.target, f"{bound.label}{colon}{error}") for error in bound.errors)
        return found
    if isinstance(source, Mapping):
        return [(str(key), text) for key, text in source.items()]
    pairs = ((one.target, one.error) if isinstance(one, Part) else (str(one[0]), one[1]) for one in source or ())
    return [(target, text) for target, text in pairs if text]
