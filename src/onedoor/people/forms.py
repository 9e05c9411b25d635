"""Forms of accounts: they parse what people type; what follows from it is the acts' business."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from onedoor.kernel.errors import Invalid, Refused
from onedoor.kernel.identity import IdentityKind, WrongCode, parse_identity, parse_mobile
from onedoor.people.names import LONGEST_ORGANISATION, WrongName, clean_name
from onedoor.people.states import Scope


class KindForm(forms.Form):
    """A form that can show why an act refused, at the field where it belongs."""

    required_css_class = "required"

    def refuse(self, refusal: Refused, field: str | None = None) -> None:
        """Show a refusal at its fields."""
        if isinstance(refusal, Invalid):
            for name, text in refusal.errors.items():
                self.add_error(name if name in self.fields else field, str(text))
        else:
            self.add_error(field, str(refusal))


def _secret(label: Any, autocomplete: str, help_text: Any = "") -> forms.CharField:
    widget = forms.PasswordInput(attrs={"autocomplete": autocomplete})
    return forms.CharField(label=label, widget=widget, strip=False, max_length=128, help_text=help_text)


class LoginForm(KindForm):
    """Number and password of a citizen or a civil servant."""

    login = forms.CharField(max_length=40, widget=forms.TextInput(attrs={"autocomplete": "username", "spellcheck": "false"}))
    password = _secret(_("Password"), "current-password")

    def __init__(self, *args: Any, staff: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["login"]
        field.label = _("Staff number") if staff else _("Mobile or identity number")
        field.error_messages["required"] = _("Please enter your staff number.") if staff else _("Please enter your number.")
        self.fields["password"].error_messages["required"] = _("Please enter your password.")


class PhoneForm(KindForm):
    """A mobile number to which a code is sent."""

    phone = forms.CharField(
        label=_("Mobile number"),
        max_length=30,
        help_text=_("We send a code of six digits to it."),
        widget=forms.TextInput(attrs={"autocomplete": "tel", "inputmode": "tel", "type": "tel", "width": "phone"}),
        error_messages={"required": _("Please enter your mobile number.")},
    )

    def clean_phone(self) -> str:
        try:
            return parse_mobile(self.cleaned_data["phone"])
        except WrongCode as wrong:
            raise forms.ValidationError(str(wrong)) from None


class NewPhoneForm(PhoneForm):
    """Another mobile number; who has a password gives it once more, so that an open page gives nothing away."""

    present = _secret(_("Your present password"), "current-password")

    def __init__(self, *args: Any, has_password: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["phone"].label = _("New mobile number")
        if not has_password:
            del self.fields["present"]


class EmailForm(KindForm):
    """An e-mail address to which a code is sent."""

    email = forms.EmailField(
        label=_("E-mail address"),
        max_length=200,
        help_text=_("We send a code of six digits to it."),
        widget=forms.EmailInput(attrs={"autocomplete": "email", "width": "20"}),
        error_messages={
            "required": _("Please enter your e-mail address."),
            "invalid": _("An email address has one @ and a domain, as in li@example.org."),
        },
    )


class TextCodeForm(KindForm):
    """The code that came by text message."""

    code = forms.CharField(
        label=_("Code from the message"),
        max_length=20,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric", "width": "6"}),
        error_messages={"required": _("Please enter the six digits from the message.")},
    )


class IdentityForm(KindForm):
    """Name, kind of paper and its number."""

    name = forms.CharField(
        label=_("Name"),
        max_length=120,
        help_text=_("As on the paper. Rare characters are kept as you type them."),
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        error_messages={"required": _("Please enter your name.")},
    )
    identity_kind = forms.ChoiceField(label=_("Kind of paper"), choices=IdentityKind.choices, initial=IdentityKind.RESIDENT)
    identity = forms.CharField(
        label=pgettext_lazy("identity", "Number of the paper"),
        max_length=60,
        help_text=_("We keep it encrypted; everywhere it is shown, most of it is hidden."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        error_messages={"required": _("Please enter the number of the paper.")},
    )

    def __init__(self, *args: Any, today: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today

    def clean_name(self) -> str:
        try:
            return clean_name(self.cleaned_data["name"])
        except WrongName as wrong:
            raise forms.ValidationError(str(wrong)) from None

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        if "identity" in values and "identity_kind" in values:
            try:
                values["identity"] = parse_identity(values["identity_kind"], values["identity"], today=self.today)
            except WrongCode as wrong:
                self.add_error("identity", str(wrong))
        return values


class NewPasswordForm(KindForm):
    """A new password, typed once; browsers can show it."""

    password = _secret(_("New password"), "new-password", _("At least 10 characters, not only digits, and nothing easy to guess."))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password"].error_messages["required"] = _("Please choose a password.")


class ChangePasswordForm(NewPasswordForm):
    """The present password and a new one."""

    present = _secret(_("Present password"), "current-password")
    field_order = ("present", "password")


class FactorForm(KindForm):
    """A code of the authenticator app, or a recovery code."""

    code = forms.CharField(
        label=_("Code of your app"),
        max_length=20,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric", "width": "6"}),
        error_messages={"required": _("Please enter the code that your app shows.")},
    )


class UnmaskForm(KindForm):
    """Why a masked value is looked at."""

    reason = forms.CharField(
        label=_("Why do you need to see it?"),
        max_length=200,
        help_text=_("The reason is recorded, and the person can read it."),
        error_messages={"required": _("Please say why you need to see this; the person can read the reason.")},
    )


class OrganisationForm(KindForm):
    """An organisation as it stands on its licence."""

    name = forms.CharField(
        label=_("Name of the organisation"),
        max_length=LONGEST_ORGANISATION,
        help_text=_("As on the licence, in full."),
        widget=forms.TextInput(attrs={"autocomplete": "organization"}),
        error_messages={"required": _("Please enter the name of the organisation.")},
    )
    credit_code = forms.CharField(
        label=_("Unified social credit code"),
        max_length=40,
        help_text=_("18 letters and digits; it stands on the licence."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false", "width": "20"}),
        error_messages={"required": _("Please enter the credit code.")},
    )
    legal_representative = forms.CharField(
        label=_("Legal representative"),
        max_length=120,
        help_text=_("The name on the licence. It has to be yours: only the legal representative registers an organisation here."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "width": "20"}),
        error_messages={"required": _("Please enter the name of the legal representative.")},
    )


class MemberForm(PhoneForm):
    """A colleague who has an account here: mobile and name."""

    name = forms.CharField(
        label=_("Name of the colleague"),
        max_length=120,
        help_text=_("As on the identity card."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "width": "20"}),
        error_messages={"required": _("Please enter the name of your colleague.")},
    )
    field_order = ("name", "phone")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["phone"]
        field.label = _("Mobile number of the colleague")
        field.help_text = _("The one with which your colleague logs in here. We send a code of six digits to it.")
        field.widget.attrs["autocomplete"] = "off"
        field.error_messages["required"] = _("Please enter the mobile number of your colleague.")

    def clean_name(self) -> str:
        try:
            return clean_name(self.cleaned_data["name"])
        except WrongName as wrong:
            raise forms.ValidationError(str(wrong)) from None


class NewStaffForm(KindForm):
    """Somebody who starts to work for the city."""

    username = forms.RegexField(
        r"^[A-Za-z0-9][A-Za-z0-9._-]{1,59}$",
        label=_("Staff number"),
        max_length=60,
        help_text=_("Letters, digits, dot and dash. It is never given to anybody else."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false", "width": "20"}),
        error_messages={
            "required": _("Please enter a staff number."),
            "invalid": _("A staff number has letters, digits, dots and dashes only, and begins with a letter or digit."),
        },
    )
    name = forms.CharField(
        label=_("Name"),
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "off", "width": "20"}),
        error_messages={"required": _("Please enter the name.")},
    )
    email = forms.EmailField(
        label=_("Email at work"),
        required=False,
        widget=forms.EmailInput(attrs={"autocomplete": "off", "width": "20"}),
        error_messages={"invalid": _("An email address has one @ and a domain, as in li@example.org.")},
    )


class NewClientForm(KindForm):
    """Another system that is let in: what it may do, where, how fast and until when."""

    name = forms.CharField(
        label=_("Name of the system"),
        max_length=50,
        help_text=_("As the journal names it. It is never given to another system."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "width": "20"}),
        error_messages={"required": _("Please give the system a name.")},
    )
    scopes = forms.MultipleChoiceField(
        label=_("What it may do"),
        choices=Scope.choices,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Please choose at least one thing that the system may do.")},
    )
    agencies = forms.CharField(
        label=_("Only with these offices"),
        required=False,
        max_length=600,
        help_text=_("Codes of offices with blanks between them; empty for all."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "width": "20"}),
    )
    region = forms.RegexField(
        r"^\d{12}$",
        label=_("Only within this region"),
        required=False,
        help_text=_("Twelve digits; empty for everywhere."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "numeric", "width": "20"}),
        error_messages={"invalid": _("A region has twelve digits.")},
    )
    rate_per_minute = forms.IntegerField(
        label=_("Requests in a minute"),
        initial=120,
        min_value=1,
        max_value=100_000,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "width": "10"}),
        error_messages={
            "required": _("Please enter how many requests the system may send in a minute."),
            "invalid": _("Please enter a number, such as 120."),
            "min_value": _("At least one request a minute, or it needs no token."),
        },
    )
    last_day = forms.DateField(
        label=_("Last day of the token"),
        required=False,
        help_text=_("Such as 2027-12-31; empty for no end."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "numeric", "width": "10"}),
        error_messages={"invalid": _("Please write the day as 2027-12-31.")},
    )

    def clean_agencies(self) -> list[str]:
        return str(self.cleaned_data["agencies"]).replace("，", " ").replace(",", " ").split()


class ReasonForm(KindForm):
    """Why an account is locked, put right or closed."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=200,
        help_text=_("It is kept in the journal: who asked for it, and how you made sure who that was."),
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("Please say why; the reason is kept in the journal.")},
    )
