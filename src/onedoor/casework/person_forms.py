"""Forms of the window for what papers say of persons and organisations; whether it may stand, the acts judge."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms
from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from onedoor.kernel.clock import local_date
from onedoor.kernel.errors import Invalid, Refused, Text
from onedoor.kernel.identity import IdentityKind
from onedoor.people.services import NewOrganisation, NewPerson


def _text(label: Any, longest: int, *, help_text: Any = "", required: bool = True) -> forms.CharField:
    widget = forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"})
    field = forms.CharField(label=label, max_length=longest, help_text=help_text, widget=widget, required=required)
    field.error_messages["required"] = _("Please fill this in.")
    return field


def _kind(label: Any) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, choices=IdentityKind.choices, initial=IdentityKind.RESIDENT)


def _person(who: str, name: Any, kind: Any, number: Any) -> dict[str, forms.Field]:
    return {f"{who}_name": _text(name, 120), f"{who}_kind": _kind(kind), f"{who}_number": _text(number, 40)}


class WindowForm(forms.Form):
    """A form that can show why an act refused; groups of fields are persons."""

    title: Text = ""
    hint: Text = ""
    takes_paper = False

    def person(self, who: str) -> NewPerson:
        """Return the person that a group of fields names."""
        given = self.cleaned_data
        return NewPerson(given[f"{who}_name"], given[f"{who}_kind"], given[f"{who}_number"])

    def refuse(self, refusal: Refused) -> None:
        """Show why the act refused, at the field where it belongs."""
        faults: dict[str, Text] = dict(refusal.errors) if isinstance(refusal, Invalid) else {"": refusal.message}
        for name, text in faults.items():
            at = name if name in self.fields else f"{name}_name" if f"{name}_name" in self.fields else None
            self.add_error(at, str(text))


def _reason() -> forms.CharField:
    return _text(
        _("Paper on which it rests"),
        200,
        help_text=_("Kind, number and day, such as: death certificate no. …; it is kept in the journal."),
    )


def _day(label: Any) -> forms.DateField:
    return forms.DateField(
        label=label,
        widget=forms.DateInput(),
        error_messages={"required": _("Please choose the day."), "invalid": _("Please write the day as 2027-12-31.")},
    )


PROXY = _person("proxy", _("Name of the proxy"), _("Paper of the proxy"), _("Number of the proxy's paper"))


class PaperMandateForm(WindowForm):
    """A mandate on paper: who gives it, who acts, for which items, until when."""

    title = _("Mandate on paper")
    hint = _(
        "Both identity papers or their copies lie before you, and the mandate bears the signature or the seal of who gives it."
    )
    takes_paper = True
    principal_name = _text(_("Name of who gives it (person or organisation)"), 200)
    principal_kind = forms.ChoiceField(
        label=_("Paper of who gives it"), choices=[("uscc", _("Unified social credit code")), *IdentityKind.choices], initial="111"
    )
    principal_number = _text(_("Number of that paper"), 40)
    proxy_name, proxy_kind, proxy_number = PROXY.values()
    items = _text(_("Codes of the items"), 1200, help_text=_("With blanks between them; empty for all items."), required=False)
    last_day = _day(_("Last day"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        longest = local_date(timezone.now()) + timedelta(days=settings.ONEDOOR_MANDATE_DAYS - 1)
        self.fields["last_day"].widget.attrs["max"] = longest.isoformat()

    def principal(self) -> NewPerson | NewOrganisation:
        """Return who gives the mandate."""
        if self.cleaned_data["principal_kind"] == "uscc":
            return NewOrganisation(self.cleaned_data["principal_name"], self.cleaned_data["principal_number"])
        return self.person("principal")

    def clean_items(self) -> list[str]:
        return str(self.cleaned_data["items"]).replace("，", " ").replace(",", " ").split()


class GuardianForm(WindowForm):
    """Who acts for a minor by law."""

    title = _("Guardian of a minor")
    hint = _(
        "Household register, birth certificate or the decision on the guardianship lie before you. It ends by itself at the age of 18."
    )
    takes_paper = True
    child_name, child_kind, child_number = _person(
        "child", _("Name of the child"), _("Paper of the child"), _("Number of the child's paper")
    ).values()
    proxy_name, proxy_kind, proxy_number = _person(
        "proxy", _("Name of the guardian"), _("Paper of the guardian"), _("Number of the guardian's paper")
    ).values()


class EndMandateForm(WindowForm):
    """Whose mandate ends, and why."""

    title = _("End a mandate")
    hint = _("Either side may end it; a guardianship ends with the paper that says so.")
    person_name, person_kind, person_number = _person(
        "person", _("Name of either side"), _("Paper"), _("Number of the paper")
    ).values()
    reason = _reason()


class DeathForm(WindowForm):
    """That somebody has died."""

    title = _("Somebody has died")
    hint = _(
        "The account is locked and all mandates end. Open applications stay with their offices, which see it on the page of the case."
    )
    person_name, person_kind, person_number = _person("person", _("Name"), _("Paper"), _("Number of the paper")).values()
    day = _day(_("Day of death"))
    reason = _reason()


class UndoDeathForm(WindowForm):
    """That somebody lives after all."""

    title = _("A death was entered by mistake")
    hint = _("The person stands before you with the identity paper. The account opens again; mandates have to be given anew.")
    person_name, person_kind, person_number = _person("person", _("Name"), _("Paper"), _("Number of the paper")).values()
    reason = _reason()


class SamePersonForm(WindowForm):
    """Two entries of one person, with two papers."""

    title = _("One person, two entries")
    hint = _(
        "Both papers lie before you and belong to one person. The first entry's account is closed; its applications and papers go along."
    )
    double_name, double_kind, double_number = _person(
        "double", _("Name of the entry that ends"), _("Its paper"), _("Its number")
    ).values()
    kept_name, kept_kind, kept_number = _person(
        "kept", _("Name of the entry that stays"), _("Paper of the entry that stays"), _("Number of the entry that stays")
    ).values()
    reason = _reason()


class MergedForm(WindowForm):
    """An organisation that went up in another one."""

    title = _("A company was merged")
    hint = _(
        "The notice of the register on the merger lies before you. Who acts for the other organisation goes on with its applications."
    )
    credit_code = _text(_("Credit code of the organisation that is gone"), 40)
    into_code = _text(_("Credit code of the organisation that goes on"), 40)
    reason = _reason()


FORMS: dict[str, type[WindowForm]] = {
    "mandate": PaperMandateForm,
    "guardian": GuardianForm,
    "end-mandate": EndMandateForm,
    "death": DeathForm,
    "undo-death": UndoDeathForm,
    "same-person": SamePersonForm,
    "merged": MergedForm,
}
