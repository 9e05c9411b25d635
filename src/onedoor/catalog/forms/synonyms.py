"""The form of people's words."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from onedoor.catalog.services.synonyms import LONGEST, LONGEST_MEANING, NewSynonym


class SynonymForm(forms.Form):
    """A word that people use, and the item or the words of the catalogue that it means."""

    word = forms.CharField(
        label=_("Word that people use"), max_length=LONGEST, help_text=_("As people say it, for example: 户口本丢了")
    )
    item = forms.CharField(
        label=_("Code of the item it means"),
        max_length=50,
        required=False,
        help_text=_("Leave it empty where the word means several items."),
        widget=forms.TextInput(attrs={"data-suggested": "", "autocomplete": "off"}),
    )
    meaning = forms.CharField(
        label=_("Words of the catalogue"),
        max_length=LONGEST_MEANING,
        required=False,
        help_text=_("Needed where no item is named; several are parted by blanks, the likeliest first."),
    )

    def clean(self) -> dict[str, str]:
        """Ask for one of the two meanings."""
        said: dict[str, str] = super().clean() or {}
        if not said.get("item") and not said.get("meaning"):
            self.add_error("item", _("Say which item the word means, or which words of the catalogue."))
        return said

    def synonym(self) -> NewSynonym:
        """Return what was entered."""
        said = self.cleaned_data
        return NewSynonym(said["word"], said["meaning"], said["item"].strip().upper())
