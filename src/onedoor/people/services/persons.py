"""Acts on persons and organisations: entered once, found again by keyed hash."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from onedoor.journal import services as journal
from onedoor.kernel import masking
from onedoor.kernel.actor import Actor
from onedoor.kernel.clock import local_date
from onedoor.kernel.errors import NotAllowed, NotFound, Refused
from onedoor.kernel.history import changed_by
from onedoor.kernel.identity import parse_credit_code, parse_identity, parse_mobile
from onedoor.kernel.ids import new_id
from onedoor.kernel.subjects import Subject
from onedoor.people import acts, permissions, queries
from onedoor.people.capacity import Died, WentUp
from onedoor.people.models import Organisation, Person
from onedoor.people.names import LONGEST_ORGANISATION, clean_name
from onedoor.people.states import Verified


class NameDiffers(Refused):
    """The number is known under another name; the text shows that name masked."""

    code = "name_differs"
    default = _("We know this number under another name. Please compare both with the paper.")


@dataclass(frozen=True, slots=True)
class NewPerson:
    """A person as entered. ``identity`` and ``phone`` may hold spaces and full-width digits.

    ``verified_how`` is what the identity service answered; empty for what the actor's place says: a clerk saw the paper.
    """

    name: str
    identity_kind: str
    identity: str
    phone: str | None = None
    region: str = ""
    verified_how: str = ""


@dataclass(frozen=True, slots=True)
class NewOrganisation:
    """An organisation as entered."""

    name: str
    credit_code: str
    legal_representative: str = ""
    region: str = ""
    verified_how: str = ""


@transaction.atomic(savepoint=False)
def find_or_create_person(
    name: str, identity_kind: str, identity: str, phone: str | None = None, *, by: Actor, at: datetime, region: str = ""
) -> Person:
    """Return the person with an identity paper, entered now where the city did not know it.

    :raises WrongCode: when the number does not fit its kind, or the phone is no mobile number.
    :raises WrongName: when the name cannot be kept.
    :raises NameDiffers: when the number is known under another name.
    """
    (person,) = find_or_create_persons([NewPerson(name, identity_kind, identity, phone, region)], by=by, at=at)
    return person


@transaction.atomic(savepoint=False)
def find_or_create_persons(new: Sequence[NewPerson], *, by: Actor, at: datetime) -> list[Person]:
    """Return persons in the order asked for; three statements for those who are new, however many.

    :raises WrongCode: when a number does not fit its kind, or a phone is no mobile number.
    :raises WrongName: when a name cannot be kept.
    :raises NameDiffers: when a number is known under another name.
    """
    wanted = [_parsed(each, by=by, at=at) for each in new]
    hashes = [_digest(person) for person in wanted]
    known = _known(hashes)
    fresh = {_digest(person): person for person in wanted if _digest(person) not in known}
    if fresh:
        Person.objects.bulk_create(fresh.values(), ignore_conflicts=True)  # another process may be entering the same person
        known = _known(hashes)
        _record_added([person for person in fresh.values() if known[_digest(person)].id == person.id], by=by, at=at)
    _require_same_names(wanted, known)
    _require_alive(known)
    _note_phones(wanted, known, by=by)
    kept = Person.objects.in_bulk({each.merged_into_id for each in known.values() if each.merged_into_id})
    return [kept.get(known[digest].merged_into_id, known[digest]) for digest in hashes]


def _parsed(new: NewPerson, *, by: Actor, at: datetime) -> Person:
    number = parse_identity(new.identity_kind, new.identity, today=local_date(at))
    return Person(
        id=new_id(),
        name=clean_name(new.name),
        identity_kind=new.identity_kind,
        identity=number,
        identity_hash=queries.identity_hash(new.identity_kind, number),
        phone=parse_mobile(new.phone) if new.phone else None,
        region=new.region,
        verified_at=at,
        verified_how=new.verified_how or (Verified.WINDOW if by.is_staff else Verified.NUMBER),
    )


def _digest(person: Person) -> bytes:
    return bytes(person.identity_hash)


def _known(hashes: Sequence[bytes]) -> dict[bytes, Person]:
    return {_digest(person): person for person in Person.objects.filter(identity_hash__in=hashes)}


def _record_added(persons: Sequence[Person], *, by: Actor, at: datetime) -> None:
    records = [
        journal.Record(
            Subject(queries.PERSON, each.id),
            facts={"name": each.name, "identity": each.identity, "phone": each.phone, "verified": str(each.verified_how)},
        )
        for each in persons
    ]
    if records:
        journal.record_many(acts.ADD_PERSON, records, by=by, at=at)


def _require_same_names(wanted: Sequence[Person], known: dict[bytes, Person]) -> None:
    for person in wanted:
        held = known[_digest(person)]
        if held.name != person.name:
            raise NameDiffers(
                _("We know this number under the name %(name)s. Please compare both with the paper.")
                % {"name": masking.mask_name(held.name)}
            )


def _require_alive(known: dict[bytes, Person]) -> None:
    if any(each.died_day is not None for each in known.values()):
        raise Died


def _note_phones(wanted: Sequence[Person], known: dict[bytes, Person], *, by: Actor) -> None:
    """Keep the phone a person left: the first one always, another one only where a clerk heard it from the person."""
    changed = []
    for person in wanted:
        held = known[_digest(person)]
        if person.phone and person.phone != held.phone and (held.phone is None or by.is_staff):
            held.phone = person.phone
            changed.append(held)
    if changed:
        changed_by(by)
        Person.objects.bulk_update(changed, ["phone"])


@transaction.atomic(durable=True)
def correct_name(*, subject: Subject, name: str, reason: str, by: Actor, at: datetime) -> Person:
    """Correct the name of a person after the paper, with a reason that is kept.

    :raises NotAllowed: when the actor is no clerk.
    :raises NotFound: when there is no such person.
    :raises WrongName: when the name cannot be kept.
    """
    if not permissions.may_correct_names(by):
        raise NotAllowed
    person = Person.objects.select_for_update().filter(pk=subject.id).first()
    if person is None:
        raise NotFound
    before, person.name = person.name, clean_name(name)
    changed_by(by)
    person.save(update_fields=["name"])
    facts = {"before": before, "after": person.name, "reason": reason}
    journal.record(acts.CORRECT_NAME, subject=subject, by=by, at=at, facts=facts)
    return person


@transaction.atomic(savepoint=False)
def find_or_create_organisation(
    name: str, credit_code: str, legal_representative: str = "", *, by: Actor, at: datetime, region: str = ""
) -> Organisation:
    """Return the organisation with a credit code, entered now where the city did not know it.

    :raises WrongCode: when the credit code is wrong.
    :raises WrongName: when a name cannot be kept.
    :raises NameDiffers: when the code is known under another name.
    """
    (organisation,) = find_or_create_organisations([NewOrganisation(name, credit_code, legal_representative, region)], by=by, at=at)
    return organisation


@transaction.atomic(savepoint=False)
def find_or_create_organisations(new: Sequence[NewOrganisation], *, by: Actor, at: datetime) -> list[Organisation]:
    """Return organisations in the order asked for; three statements for those that are new, however many.

    :raises WrongCode: when a credit code is wrong.
    :raises WrongName: when a name cannot be kept.
    :raises NameDiffers: when a code is known under another name.
    """
    wanted = [_parsed_organisation(each, by=by, at=at) for each in new]
    codes = [each.credit_code for each in wanted]
    known = Organisation.objects.in_bulk(codes, field_name="credit_code")
    fresh = {each.credit_code: each for each in wanted if each.credit_code not in known}
    if fresh:
        Organisation.objects.bulk_create(fresh.values(), ignore_conflicts=True)
        known = Organisation.objects.in_bulk(codes, field_name="credit_code")
        added = [each for each in fresh.values() if known[each.credit_code].id == each.id]
        _record_organisations(added, by=by, at=at)
    for each in wanted:
        if known[each.credit_code].name != each.name:
            raise NameDiffers(_("We know this code under the name %(name)s.") % {"name": known[each.credit_code].name})
    if any(known[code].merged_into_id is not None for code in codes):
        raise WentUp
    return [known[code] for code in codes]


def _parsed_organisation(new: NewOrganisation, *, by: Actor, at: datetime) -> Organisation:
    return Organisation(
        id=new_id(),
        name=clean_name(new.name, longest=LONGEST_ORGANISATION),
        credit_code=parse_credit_code(new.credit_code),
        legal_representative=clean_name(new.legal_representative) if new.legal_representative.strip() else "",
        region=new.region,
        verified_at=at,
        verified_how=new.verified_how or (Verified.WINDOW if by.is_staff else Verified.NUMBER),
    )


def _record_organisations(organisations: Sequence[Organisation], *, by: Actor, at: datetime) -> None:
    records = [
        journal.Record(
            Subject(queries.ORGANISATION, each.id),
            facts={"name": each.name, "credit_code": each.credit_code, "legal_representative": each.legal_representative},
        )
        for each in organisations
    ]
    if records:
        journal.record_many(acts.ADD_ORGANISATION, records, by=by, at=at)
