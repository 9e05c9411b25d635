"""The form by which offices of an item are added, ended and reopened."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from onedoor.catalog.services.offices import OfficeChange


class Offices(forms.TypedMultipleChoiceField):
    """Keys of offices; the act says which of them cannot be."""

    def valid_value(self, value: Any) -> bool:  # noqa: ARG002 (Django hands it over)
        """Take any key."""
        return True


class OfficesForm(forms.Form):
    """Offices that were ticked, what shall be done with them, and on what it rests."""

    act = forms.ChoiceField(choices=[("add", "add"), ("end", "end"), ("reopen", "reopen")])
    office = Offices(coerce=UUID, error_messages={"required": _("Choose at least one office.")})
    basis = forms.CharField(max_length=300, error_messages={"required": _("Say on which decision or rule this is based.")})

    def change(self, item_code: str) -> OfficeChange:
        """Return what was decided about an item's offices."""
        return OfficeChange(item_code, tuple(dict.fromkeys(self.cleaned_data["office"])), self.cleaned_data["basis"])
