"""Forms of the life of an item: a new one, handing in, sending back, approving."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from onedoor.catalog import code_sets, elements
from onedoor.catalog.models import ChangeKind
from onedoor.catalog.services.changes import NewChange
from onedoor.catalog.services.editing import NewItem


def name_of(element: str) -> Any:
    """Return the label of an element, as forms want it."""
    return elements.name_of(element)


class NewItemForm(forms.Form):
    """What the catalogue must know of an item before its guide can be written; the code is made from it."""

    department = forms.ChoiceField(label=_("Department"))
    item_type = forms.ChoiceField(label=_("Type of the item"), choices=code_sets.ITEM_TYPES)
    board = forms.ChoiceField(label=name_of("board"), choices=code_sets.BOARDS, widget=forms.RadioSelect)
    name = forms.CharField(label=name_of("name"), max_length=200, help_text=_("As it stands in the rule the item is based on."))
    name_en = forms.CharField(label=name_of("name_en"), max_length=300, required=False)

    def __init__(self, *args: Any, departments: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["department"].choices = departments  # type: ignore[attr-defined]

    def item(self) -> NewItem:
        """Return the item that was entered."""
        said = self.cleaned_data
        return NewItem(said["department"], said["item_type"], said["name"].strip(), said["board"], said["name_en"].strip())


class Codes(forms.CharField):
    """Codes of items, parted by blanks, commas or lines."""

    widget = forms.Textarea(attrs={"rows": 3})

    def to_python(self, value: Any) -> tuple[str, ...]:  # type: ignore[override]
        return tuple(dict.fromkeys(re.split(r"[\s,;，；、]+", str(value or "").strip()))) if str(value or "").strip() else ()

    def run_validators(self, value: Any) -> None:
        """Nothing here: the act says which item is not there."""


class ChangeForm(forms.Form):
    """A change of the catalogue: what happens to which items, on which day, and on what it rests."""

    kind = forms.ChoiceField(label=_("Kind of change"), choices=ChangeKind.choices)
    touched = Codes(label=_("Items affected"), help_text=_("Their codes, one on each line."))
    results = Codes(
        label=_("Resulting items"),
        required=False,
        help_text=_("Only where items are merged or split: the codes of the new ones."),
    )
    basis = forms.CharField(
        label=_("Decision or rule it is based on"),
        max_length=300,
        help_text=_("The decision, the list or the rule, with its number."),
    )
    effective_on = forms.DateField(label=_("Effective from"), widget=forms.DateInput)
    note = forms.CharField(label=_("Note"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 2}))

    def change(self) -> NewChange:
        """Return the change that was entered."""
        return NewChange(**self.cleaned_data)
