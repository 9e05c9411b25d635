"""What is typed of a section, a question or a column of a form, by type; what becomes of it is the business of the editor."""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from onedoor.catalog import prefill
from onedoor.catalog.content import FormField, Section, Validation
from onedoor.catalog.definition import CHOOSING, NOT_IN_ROWS
from onedoor.catalog.form_changes import choices_from, choices_text
from onedoor.kernel.errors import Text

TYPES: dict[str, Text] = {
    "text": pgettext_lazy("type of question", "one line of text"),
    "textarea": pgettext_lazy("type of question", "several lines of text"),
    "choice": pgettext_lazy("type of question", "one choice"),
    "multichoice": pgettext_lazy("type of question", "several choices"),
    "number": pgettext_lazy("type of question", "number"),
    "money": pgettext_lazy("type of question", "amount of money (yuan)"),
    "date": pgettext_lazy("type of question", "date"),
    "idcard": pgettext_lazy("type of question", "identity number"),
    "uscc": pgettext_lazy("type of question", "credit code of an organisation"),
    "phone": pgettext_lazy("type of question", "telephone"),
    "address": pgettext_lazy("type of question", "address"),
    "region": pgettext_lazy("type of question", "region"),
    "file": pgettext_lazy("type of question", "file to upload"),
    "repeat": pgettext_lazy("type of question", "table with rows"),
}
COLUMN_TYPES = {key: text for key, text in TYPES.items() if key not in NOT_IN_ROWS}
_TEXTS = frozenset({"text", "textarea", "address"})
_MOBILE = r"^1[3-9]\d{9}$"


class SectionForm(forms.Form):
    """Title of a section, and whether its questions are situations that are asked first."""

    title = forms.CharField(label=_("Title"), max_length=60, error_messages={"required": _("Write a title, such as “Applicant”.")})
    title_en = forms.CharField(label=_("Title in English"), max_length=120, required=False)
    scenario = forms.BooleanField(
        label=_("Situations: these questions are asked first, and narrow papers and questions"), required=False
    )

    @classmethod
    def of(cls, section: Section) -> SectionForm:
        """Return the form filled with a section."""
        return cls(initial={"title": section.title, "title_en": section.title_en, "scenario": section.scenario})

    def written(self, section: Section) -> Section:
        """Return the section with what was typed."""
        return replace(section, **{name: self.cleaned_data[name] for name in ("title", "title_en", "scenario")})


class NewQuestionForm(forms.Form):
    """Text and type of a new question."""

    label = forms.CharField(
        label=_("Question"), max_length=120, error_messages={"required": _("Write the question as people shall read it.")}
    )
    type = forms.ChoiceField(label=_("Kind of answer"), choices=())

    def __init__(self, *args: Any, is_column: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        types = COLUMN_TYPES if is_column else TYPES
        self.fields["type"].choices = list(types.items())  # type: ignore[attr-defined]


class QuestionForm(NewQuestionForm):
    """A question whole: words, choices, where its answer is known from, and what the answer must keep to, by its type."""

    label_en = forms.CharField(label=_("In English"), max_length=240, required=False)
    help = forms.CharField(
        label=_("Help"),
        max_length=300,
        required=False,
        help_text=_("One sentence below the question: where to find it, how to write it."),
    )
    required = forms.BooleanField(label=_("Has to be answered"), required=False)

    field_order = ("label", "label_en", "type", "help", "required")

    def __init__(self, *args: Any, field: FormField, is_column: bool = False, **kwargs: Any) -> None:
        kwargs.setdefault("initial", _initial(field))
        super().__init__(*args, is_column=is_column, **kwargs)
        self.field = field
        self._add_choices()
        self._add_rules(field.type)
        if not is_column:
            self._add_prefill(field.type)

    def _add_choices(self) -> None:
        if self.field.type in CHOOSING:
            self.fields["choices"] = forms.CharField(
                label=_("Choices"),
                widget=forms.Textarea(attrs={"rows": 6}),
                max_length=6000,
                help_text=_("One on each line: text | English | code. The code is made by itself and stays when the text changes."),
                error_messages={"required": _("Write at least two choices, one on each line.")},
            )

    def _add_rules(self, kind: str) -> None:
        if kind in _TEXTS:
            self.fields["max_length"] = _whole(_("Most characters"), 1, 4000)
        if kind == "text":
            self.fields["length"] = _whole(_("Exactly so many characters"), 1, 200)
            self.fields["pattern"] = forms.CharField(
                label=_("Pattern (regular expression)"), max_length=200, required=False,
                help_text=_("Only where the answer has a fixed form; the help should say which."),
            )  # fmt: skip
        if kind == "phone":
            self.fields["mobile_only"] = forms.BooleanField(label=_("Only mobile numbers"), required=False)
        if kind in ("number", "money"):
            self.fields["min"] = forms.FloatField(
                label=_("At least"), required=False, widget=forms.TextInput(attrs={"width": "10"})
            )
            self.fields["max"] = forms.FloatField(label=_("At most"), required=False, widget=forms.TextInput(attrs={"width": "10"}))
        if kind == "money":
            self.fields["scale"] = _whole(_("Digits after the point"), 0, 4)
        if kind == "multichoice":
            self.fields["min_items"] = _whole(_("At least so many choices"), 1, 50)
        if kind == "repeat":
            self.fields["min_rows"] = _whole(_("At least so many rows"), 1, 200)
            self.fields["max_rows"] = _whole(_("At most so many rows"), 1, 200)

    def _add_prefill(self, kind: str) -> None:
        sources = [(code, source.title) for code, source in prefill.SOURCES.items() if kind in source.types]
        if not sources:
            return
        self.fields["source"] = forms.ChoiceField(
            label=_("Known from"), choices=[("", _("nowhere: it is asked")), *sources], required=False,
            help_text=_("What the city knows is filled in and not asked again. What comes from an official record cannot be changed."),
        )  # fmt: skip
        if any(prefill.SOURCES[code].needs_certificate for code, _title in sources):
            self.fields["certificate"] = forms.CharField(
                label=_("Name of the certificate"), max_length=100, required=False,
                help_text=_("Only with “a certificate of the city”: as its item calls it, such as 食品经营许可证."),
            )  # fmt: skip

    def clean_pattern(self) -> str:
        pattern = str(self.cleaned_data["pattern"])
        try:
            re.compile(pattern)
        except re.error as error:
            raise forms.ValidationError(_("The pattern cannot be read: %(reason)s"), params={"reason": str(error)}) from None
        return pattern

    def clean(self) -> dict[str, Any]:
        """Judge what hangs together: the least and the most, the source and its certificate."""
        given = super().clean() or {}
        for least, most in (("min", "max"), ("min_rows", "max_rows")):
            if given.get(least) is not None and given.get(most) is not None and given[least] > given[most]:
                self.add_error(most, _("The most is less than the least."))
        if given.get("type") == self.field.type and (named := _prefill(given)):
            fault = prefill.fault(named, self.field.type)
            if fault is not None:
                self.add_error("certificate" if "certificate" in self.fields else "source", str(fault))
        return given

    def written(self) -> FormField:
        """Return the question with what was typed; what only the former type knows is dropped when the type changes."""
        given = self.cleaned_data
        said: dict[str, Any] = {name: given[name] for name in ("label", "label_en", "type", "help", "required")}
        if given["type"] != self.field.type:
            keeps_choices = {given["type"], self.field.type} <= CHOOSING
            return replace(self.field, **said, validation=Validation(), prefill="",
                           choices=self.field.choices if keeps_choices else (), columns=())  # fmt: skip
        if "choices" in given:
            said["choices"] = choices_from(given["choices"], self.field.choices)
        if "source" in given:
            said["prefill"] = _prefill(given)
        return replace(self.field, **said, validation=self._validation(given))

    def _validation(self, given: dict[str, Any]) -> Validation:
        rules: dict[str, Any] = {
            name: given[name]
            for name in ("max_length", "length", "pattern", "min", "max", "scale", "min_items", "min_rows", "max_rows")
            if name in given
        }
        if "mobile_only" in given:
            rules["pattern"] = _MOBILE if given["mobile_only"] else ""
        return replace(self.field.validation, **rules)


def _prefill(given: dict[str, Any]) -> str:
    source, certificate = given.get("source") or "", (given.get("certificate") or "").strip()
    if source.startswith(prefill.CERTIFICATE):
        return f"{source}:{certificate}" if certificate else str(source)
    return str(source)


def _whole(label: Any, least: int, most: int) -> forms.IntegerField:
    widget = forms.TextInput(attrs={"width": "10", "inputmode": "numeric"})
    return forms.IntegerField(label=label, min_value=least, max_value=most, required=False, widget=widget)


def _initial(field: FormField) -> dict[str, Any]:
    source, _colon, certificate = field.prefill.partition(":")
    rules = field.validation
    return {
        **{name: getattr(field, name) for name in ("label", "label_en", "type", "help", "required")},
        **{name: getattr(rules, name) for name in Validation.__dataclass_fields__},
        **{name: f"{Decimal(str(value)).normalize():f}" for name in ("min", "max") if (value := getattr(rules, name)) is not None},
        "mobile_only": bool(rules.pattern),
        "choices": choices_text(field.choices),
        "source": source,
        "certificate": certificate,
    }
