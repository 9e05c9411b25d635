"""Forms of the life of an item: a new one, handing in, sending back, approving."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from onedoor.catalog import code_sets, elements
from onedoor.catalog.services.editing import NewItem


def name_of(element: str) -> Any:
    """Return the label of an element, as forms want it."""
    return elements.name_of(element)


class NewItemForm(forms.Form):
    """What the catalogue must know of an item before its guide can be written; the code is made from it."""

    department = forms.ChoiceField(label=_("Department"))
    item_type = forms.ChoiceField(label=_("Type of the item"), choices=code_sets.ITEM_TYPES)
    board = forms.ChoiceField(label=name_of("board"), choices=code_sets.BOARDS, widget=forms.RadioSelect)
    name = forms.CharField(label=name_of("name"), max_length=200, help_text=_("As it stands in the rule that the item rests on."))
    name_en = forms.CharField(label=name_of("name_en"), max_length=300, required=False)

    def __init__(self, *args: Any, departments: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["department"].choices = departments  # type: ignore[attr-defined]

    def item(self) -> NewItem:
        """Return the item that was entered."""
        said = self.cleaned_data
        return NewItem(said["department"], said["item_type"], said["name"].strip(), said["board"], said["name_en"].strip())
