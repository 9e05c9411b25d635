"""Who stands at the counter, as the paper says it: what is asked, what a form of the item knows already. Pure rules."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from onedoor.catalog.content import Form
from onedoor.kernel.errors import Refused, Text
from onedoor.kernel.identity import IdentityKind, parse_credit_code, parse_identity, parse_mobile
from onedoor.people.services import NewOrganisation, NewPerson

KEPT_APPLICANT = "_applicant"  # what was typed of the applicant stays in the draft's encrypted answers until it is named
KEPT_CHECKS = "_checks"
PERSON, ORGANISATION = "person", "organisation"
NAMES = ("kind", "name", "identity_kind", "identity", "phone", "org_name", "credit_code", "legal")
# What a form asks that the applicant's paper has said already.
OF_PERSON = {"applicant_name": "name", "applicant_id": "identity", "applicant_phone": "phone"}
OF_ORGANISATION = {"org_name": "org_name", "org_uscc": "credit_code", "org_legal": "legal"}


@dataclass(frozen=True, slots=True)
class Counter:
    """What was typed of the applicant so far."""

    kind: str = PERSON
    name: str = ""
    identity_kind: str = IdentityKind.RESIDENT
    identity: str = ""
    phone: str = ""
    org_name: str = ""
    credit_code: str = ""
    legal: str = ""

    @property
    def is_person(self) -> bool:
        return self.kind == PERSON

    def as_dict(self) -> dict[str, str]:
        return {name: getattr(self, name) for name in NAMES}


def kinds_for(form: Form) -> tuple[str, ...]:
    """Return for whom an item can be applied for, told by what its form asks."""
    asked = {field.key for field in form.fields}
    if "applicant_kind" in asked:
        return (PERSON, ORGANISATION)
    if "org_uscc" in asked:
        return (ORGANISATION,)
    return (PERSON,) if "applicant_id" in asked else (PERSON, ORGANISATION)


def counter_of(form: Form, typed: Mapping[str, object]) -> Counter:
    """Return what was typed of the applicant, from a request or a draft; a kind that the item does not know falls away."""
    kinds = kinds_for(form)
    values = {name: str(typed.get(name) or "").strip()[:200] for name in NAMES}
    if values["kind"] not in kinds:
        values["kind"] = kinds[0]
    if values["identity_kind"] not in IdentityKind.values:
        values["identity_kind"] = IdentityKind.RESIDENT
    return Counter(**values)


def known_keys(form: Form) -> frozenset[str]:
    """Return the questions of a form that need not be asked at the counter, because the applicant's paper answers them."""
    return frozenset({*OF_PERSON, *OF_ORGANISATION, "applicant_kind"} & {field.key for field in form.fields})


def known_answers(form: Form, counter: Counter) -> dict[str, object]:
    """Return the answers that the applicant's paper gives to questions of the form."""
    told = OF_PERSON if counter.is_person else OF_ORGANISATION
    asked = {field.key for field in form.fields}
    answers: dict[str, object] = {key: getattr(counter, name) for key, name in told.items() if key in asked}
    if "applicant_kind" in asked:
        answers["applicant_kind"] = counter.kind
    return answers


def judge(counter: Counter, *, today: date) -> dict[str, Text]:
    """Return what is missing or wrong of the applicant, by input."""
    errors: dict[str, Text] = {}
    if counter.is_person:
        if not counter.name:
            errors["name"] = _("Please write the name as it stands on the paper.")
        _try(errors, "identity", lambda: parse_identity(counter.identity_kind, counter.identity, today=today))
        if counter.phone:
            _try(errors, "phone", lambda: parse_mobile(counter.phone))
        return errors
    if not counter.org_name:
        errors["org_name"] = _("Please write the name as it stands on the licence.")
    _try(errors, "credit_code", lambda: parse_credit_code(counter.credit_code))
    return errors


def _try(errors: dict[str, Text], name: str, parse: object) -> None:
    try:
        parse()  # type: ignore[operator]
    except Refused as refusal:
        errors[name] = refusal.message


def applicant_named_by(counter: Counter) -> NewPerson | NewOrganisation:
    """Return the person or organisation that the paper names."""
    if counter.is_person:
        return NewPerson(counter.name, counter.identity_kind, counter.identity, counter.phone or None)
    return NewOrganisation(counter.org_name, counter.credit_code, counter.legal)
