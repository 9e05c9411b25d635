"""Fields of forms that give typed values: lines, picks, amounts, conditions; and which field fits an element by its type."""

from __future__ import annotations

import json
from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from types import UnionType
from typing import Any, Union, get_args, get_origin

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from onedoor.catalog import conditions
from onedoor.catalog.code_sets import WORDS_OF
from onedoor.catalog.conditions import Condition, WrongCondition
from onedoor.catalog.elements import HELP, name_of
from onedoor.catalog.topics import TOPICS

LONGEST_TEXT, LONGEST_LINE, MOST = 20_000, 1000, 99_999
GIVEN = {"materials.key", "options.code", "materials.blank_form", "materials.sample_form"}  # by the page itself, or another
# Texts that take more than a line.
LONG = set(
    "summary who_can disclaimer legal_bases.text online_flow offline_flow traffic hours by_promise_note power.content power.division "  # noqa: SIM905
    "faqs.a materials.note materials.fill_note materials.accept_standard steps.standard fees.relief fees.text special_procedures.note "
    "remedies.reconsideration remedies.litigation remedies.complaint options.change options.when intermediaries.content booking.rule "
    "visit_reason standing".split()
)
NEEDED = set(
    "name materials.name steps.name fees.name legal_bases.law faqs.q faqs.a options.name places.name intermediaries.name "  # noqa: SIM905
    "special_procedures.name".split()
)


class Text(forms.CharField):
    """Text as it is kept: lines end as everywhere but in forms."""

    def to_python(self, value: Any) -> str:
        return str(super().to_python(value) or "").replace("\r\n", "\n")


class Lines(forms.CharField):
    """Several texts, one on each line."""

    widget = forms.Textarea(attrs={"rows": 4})

    def to_python(self, value: Any) -> tuple[str, ...]:  # type: ignore[override]
        return tuple(line.strip() for line in str(value or "").splitlines() if line.strip())

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(value) if isinstance(value, (tuple, list)) else value

    def run_validators(self, value: Any) -> None:
        for line in value:
            super().run_validators(line)


class Picks(forms.MultipleChoiceField):
    """Several codes of a set."""

    widget = forms.CheckboxSelectMultiple

    def clean(self, value: Any) -> tuple[str, ...]:
        return tuple(super().clean(value))


class Yuan(forms.CharField):
    """An amount in yuan, kept in fen; nothing where there is no fixed amount."""

    def to_python(self, value: Any) -> int | None:  # type: ignore[override]
        text = str(super().to_python(value) or "").replace(",", "")
        if not text:
            return None
        try:
            fen = Decimal(text) * 100
        except InvalidOperation:
            fen = Decimal("NaN")
        if not fen.is_finite() or fen != fen.to_integral_value() or not 0 <= fen < 10**12:
            raise ValidationError(_("Give the amount in yuan, such as 20 or 12.50."))
        return int(fen)

    def prepare_value(self, value: Any) -> Any:
        return f"{Decimal(value) / 100:f}" if isinstance(value, int) and not isinstance(value, bool) else value

    def run_validators(self, value: Any) -> None:
        """Nothing more: the amount has been looked at."""


class ConditionField(forms.CharField):
    """A condition that goes along unseen; it is written on a page of its own."""

    widget = forms.HiddenInput

    def to_python(self, value: Any) -> Condition | None:  # type: ignore[override]
        if not value:
            return None
        try:
            return conditions.parse(json.loads(value))
        except (ValueError, WrongCondition) as error:
            raise ValidationError(str(error)) from error

    def prepare_value(self, value: Any) -> Any:
        return json.dumps(value.to_json(), ensure_ascii=False) if isinstance(value, Condition) else value

    def run_validators(self, value: Any) -> None:
        """Nothing more: parsing looked at it."""


def field_for(element: str, hint: Any) -> forms.Field:
    """Return the field in which an element of this type is written."""
    said: dict[str, Any] = {"label": name_of(element), "help_text": HELP.get(element, ""), "required": element in NEEDED}
    if element in GIVEN:
        return forms.CharField(widget=forms.HiddenInput, required=False, max_length=40)
    if element == "topics":
        return Picks(**said, choices=[(each.code, each.name) for each in TOPICS])
    if element == "fees.amount_fen":
        return Yuan(**said, max_length=20)
    if element in WORDS_OF:
        return _choice(element, hint, said)
    return _by_type(element, hint, said)


def _choice(element: str, hint: Any, said: dict[str, Any]) -> forms.Field:
    words = WORDS_OF[element]
    if get_origin(hint) is tuple:
        return Picks(**said, choices=words)
    if hint is int:
        return forms.TypedChoiceField(**said, choices=words, coerce=int)
    return forms.ChoiceField(**{**said, "required": not any(code == "" for code, _label in words)}, choices=words)


def _by_type(element: str, hint: Any, said: dict[str, Any]) -> forms.Field:
    if get_origin(hint) is tuple:
        return Lines(**said, max_length=LONGEST_LINE)
    if get_origin(hint) in (Union, UnionType):
        (inner,) = (each for each in get_args(hint) if each is not type(None))
        return ConditionField(required=False) if inner is Condition else _whole(said)
    kinds: dict[Any, Callable[[], forms.Field]] = {
        bool: lambda: forms.BooleanField(**said),
        int: lambda: _whole(said),
        str: lambda: _text(element, said),
    }
    return kinds[hint]()


def _whole(said: dict[str, Any]) -> forms.Field:
    return forms.IntegerField(**said, min_value=0, max_value=MOST, widget=forms.NumberInput(attrs={"width": 10}))


def _text(element: str, said: dict[str, Any]) -> forms.Field:
    if element in LONG:
        return Text(**said, max_length=LONGEST_TEXT, widget=forms.Textarea(attrs={"rows": 3}))
    most = {"name": 200, "name_en": 300, "options.name": 120}.get(element, LONGEST_LINE)
    return Text(**said, max_length=most)
