"""Forms of the verification page."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _


class NumberForm(forms.Form):
    number = forms.CharField(
        label=_("Number of the paper"),
        max_length=80,
        help_text=_("It stands under the title, for example 秦审受〔2026〕00001号."),
        error_messages={"required": _("Type the number that stands under the title.")},
    )
    code = forms.CharField(
        label=_("Verification code"),
        max_length=30,
        help_text=_("Twelve letters and digits at the foot of each page."),
        error_messages={"required": _("Type the twelve letters and digits at the foot of the page.")},
    )


class FileForm(forms.Form):
    file = forms.FileField(
        label=_("The PDF file as you received it"),
        error_messages={
            "required": _("Choose the PDF file that you want to have checked."),
            "empty": _("This file is empty. Choose it again."),
        },
        widget=forms.ClearableFileInput(attrs={"accept": "application/pdf"}),
    )
