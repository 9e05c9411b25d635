"""The form by which somebody is offered the right to act: in whose name, who, for what, until when."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django import forms
from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from onedoor.kernel.clock import local_date
from onedoor.kernel.errors import Invalid, Refused, Text
from onedoor.kernel.identity import WrongCode, parse_mobile
from onedoor.kernel.subjects import Subject

ALL, NAMED = "all", "named"


class MandateForm(forms.Form):
    """What the principal says; whether it may stand, the act judges."""

    principal = forms.ChoiceField(label=_("In whose name?"), widget=forms.RadioSelect)
    name = forms.CharField(
        label=_("Name of the person who shall act"),
        max_length=120,
        help_text=_("As on the identity card."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "width": "20"}),
        error_messages={"required": _("Please enter the name of the person who shall act.")},
    )
    phone = forms.CharField(
        label=_("Mobile number of that person"),
        max_length=30,
        help_text=_("The one with which that person logs in here; a message goes to it."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "tel", "type": "tel", "width": "phone"}),
        error_messages={"required": _("Please enter the mobile number of that person.")},
    )
    last_day = forms.DateField(
        label=_("Until which day?"),
        widget=forms.DateInput(),
        error_messages={"required": _("Please choose the last day."), "invalid": _("Please write the day as 2027-12-31.")},
    )
    scope = forms.ChoiceField(
        label=_("For what?"),
        widget=forms.RadioSelect,
        choices=[(NAMED, _("Only for the items chosen below")), (ALL, _("For all items"))],
    )
    agreed = forms.BooleanField(
        label=_("What this person does within the mandate counts as done by me; the person sees my data that the forms ask for."),
        error_messages={"required": _("Please confirm that you know what a mandate means.")},
    )

    def __init__(self, *args: Any, principals: Sequence[tuple[Subject, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.subjects = {f"{subject.kind}:{subject.id}": subject for subject, _name in principals}
        self.fields["principal"].choices = [  # type: ignore[attr-defined]
            (value, name) for value, (_subject, name) in zip(self.subjects, principals, strict=True)
        ]
        today = local_date(timezone.now())
        longest = today + timedelta(days=settings.ONEDOOR_MANDATE_DAYS - 1)
        self.fields["last_day"].help_text = _("At most %(days)s days from today; you can end it earlier at any time.") % {
            "days": settings.ONEDOOR_MANDATE_DAYS
        }
        self.fields["last_day"].widget.attrs.update({"min": today.isoformat(), "max": longest.isoformat()})
        self.initial = {"principal": next(iter(self.subjects)), "last_day": longest, "scope": NAMED, **self.initial}

    def clean_phone(self) -> str:
        try:
            return parse_mobile(self.cleaned_data["phone"])
        except WrongCode as wrong:
            raise forms.ValidationError(str(wrong)) from None

    def refuse(self, refusal: Refused) -> None:
        """Show why the act refused, at the field where it belongs."""
        faults: dict[str, Text] = refusal.errors if isinstance(refusal, Invalid) else {"name": refusal.message}
        for name, text in faults.items():
            self.add_error(name if name in self.fields else "scope", str(text))
