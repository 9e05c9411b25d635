"""Reading persons, organisations and accounts. What leaves this room is masked."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from allauth.mfa.models import Authenticator
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from onedoor.journal import queries as journal
from onedoor.kernel import identity, masking, vault
from onedoor.kernel.clock import local_date
from onedoor.kernel.errors import NotFound, Text
from onedoor.kernel.identity import WrongCode
from onedoor.kernel.prepared import Prepared
from onedoor.kernel.subjects import Subject
from onedoor.people import actors, acts, mandates, records
from onedoor.people.mandates import Principal
from onedoor.people.models import Account, Client, LostPhone, Mandate, Membership, Organisation, Person
from onedoor.people.records import HeldRecord
from onedoor.people.states import AccountKind, Scope

if TYPE_CHECKING:
    from django.http import HttpRequest

    from onedoor.kernel.actor import Actor
    from onedoor.people.mandates import Principal

MASKED_FIELDS = {
    ("people.person", "name"): _("Name"),
    ("people.person", "identity"): pgettext_lazy("identity", "Number of the paper"),
    ("people.person", "phone"): _("Mobile number"),
    ("people.organisation", "legal_representative"): _("Legal representative"),
    ("people.account", "display_name"): _("Name"),
    ("people.account", "phone"): _("Mobile number"),
}
ENTRIES_SEARCHED = 1000
PERSON = "people.person"
ORGANISATION = "people.organisation"
ACCOUNT = "people.account"
CLIENT = "people.client"


@dataclass(frozen=True, slots=True)
class PersonView:
    """A person as screens show them: everything that tells who it is, masked."""

    id: UUID
    name: str
    identity_kind: str
    identity_kind_name: str
    identity: str
    phone: str
    region: str
    is_verified: bool
    verified_how: str

    @property
    def subject(self) -> Subject:
        return Subject(PERSON, self.id)


@dataclass(frozen=True, slots=True)
class OrganisationView:
    """An organisation as screens show it; name and credit code are public, its representative's name is masked."""

    id: UUID
    name: str
    credit_code: str
    legal_representative: str
    region: str

    @property
    def subject(self) -> Subject:
        return Subject(ORGANISATION, self.id)


@dataclass(frozen=True, slots=True)
class ApplicantChoice:
    """For whom somebody may apply: oneself, an organisation one acts for, or whoever gave a mandate. ``subject`` is the applicant."""

    subject: Subject
    name: str
    is_organisation: bool
    role: str = ""
    mandate: Principal | None = None

    @property
    def value(self) -> str:
        """Return the choice as a form sends it back."""
        return f"{self.subject.kind}:{self.subject.id}"


@dataclass(frozen=True, slots=True)
class ApplicantFacts:
    """Who an applicant is, unmasked: for papers and for asking other registers, never for a list or a page."""

    subject: Subject
    name: str
    code_kind: str
    code: str
    phone: str
    legal_representative: str = ""


@dataclass(frozen=True, slots=True)
class Look:
    """Somebody looked at masked data of a person: when, who, at what, why. ``why`` is empty once it was shredded."""

    at: datetime
    who: str
    what: str
    why: str


@dataclass(frozen=True, slots=True)
class Contact:
    """Where a person can be told something."""

    account_id: UUID | None
    phone: str | None
    email: str
    no_sms: frozenset[str] = frozenset()
    no_email: frozenset[str] = frozenset()


def identity_hash(kind: str, number: str) -> bytes:
    """Return the keyed hash by which a checked number is found."""
    return vault.keyed_hash(identity.identity_key(kind, number), purpose="identity")


def phone_hash(phone: str) -> bytes:
    """Return the keyed hash by which a checked phone number is found."""
    return vault.keyed_hash(phone, purpose="phone")


def token_hash(token: str) -> bytes:
    """Return the keyed hash by which the client of a token is found."""
    return vault.keyed_hash(token, purpose="people.client")


def client_by_token(token: str, *, at: datetime) -> Client | None:
    """Return the client that a token opens now; expired and revoked ones open nothing. One statement."""
    found = Client.objects.filter(token_hash=token_hash(token), revoked_at__isnull=True)
    return found.filter(Q(expires_at__isnull=True) | Q(expires_at__gt=at)).first()


@dataclass(frozen=True, slots=True)
class ClientView:
    """Another system as the desk shows it; nothing of its token."""

    id: UUID
    name: str
    scopes: tuple[Text, ...]
    agencies: tuple[str, ...]
    region: str
    rate_per_minute: int
    created_at: datetime
    last_day: date | None
    revoked_at: datetime | None
    is_open: bool

    @property
    def subject(self) -> Subject:
        return Subject(CLIENT, self.id)


def client_views(*, at: datetime) -> list[ClientView]:
    """Return the systems that were ever let in, those that may enter first, each by name."""
    return sorted((_client_view(each, at) for each in clients()), key=lambda view: not view.is_open)


def client_view(client_id: UUID, *, at: datetime) -> ClientView:
    """Return another system.

    :raises NotFound: when there is none.
    """
    found = Client.objects.filter(pk=client_id).first()
    if found is None:
        raise NotFound
    return _client_view(found, at)


def client_names(ids: Collection[UUID]) -> dict[UUID, str]:
    """Return the names of other systems. One query."""
    return dict(Client.objects.filter(pk__in=ids).values_list("pk", "name"))


def _client_view(client: Client, at: datetime) -> ClientView:
    return ClientView(
        id=client.id,
        name=client.name,
        scopes=tuple(Scope(each).label for each in client.scopes),
        agencies=tuple(client.agencies),
        region=client.region,
        rate_per_minute=client.rate_per_minute,
        created_at=client.created_at,
        last_day=local_date(client.expires_at - timedelta(microseconds=1)) if client.expires_at else None,
        revoked_at=client.revoked_at,
        is_open=client.revoked_at is None and (client.expires_at is None or client.expires_at > at),
    )


def clients() -> list[Client]:
    """Return the systems that were ever let in, by name."""
    return list(Client.objects.order_by("name"))


_account: Prepared[Account] = Prepared(lambda key: Account.objects.filter(pk=key), UUID(int=1))


def account_by_id(account_id: UUID) -> Account | None:
    """Return an account, closed ones included."""
    return _account.row(account_id)


def account_by_phone(phone: str) -> Account | None:
    """Return the open account of a citizen that has this phone."""
    return Account.objects.filter(phone_hash=phone_hash(phone), kind=AccountKind.CITIZEN, is_active=True).first()


def account_for_login(login: str, kind: AccountKind, *, today: date) -> Account | None:
    """Return the open account that a person means: citizens by phone or identity number, civil servants by staff number."""
    if kind == AccountKind.STAFF:
        return Account.objects.filter(username=login.strip().lower(), kind=kind, is_active=True).first()
    try:
        return account_by_phone(identity.parse_mobile(login))
    except WrongCode:
        pass
    hashes = [vault.keyed_hash(key, purpose="identity") for key in identity.identity_keys(login, today=today)]
    return (
        Account.objects.filter(person__identity_hash__in=hashes, kind=kind, is_active=True).order_by("pk").first()
        if hashes
        else None
    )


def has_second_factor(account: Account) -> bool:
    """Tell whether a time-based second factor is set up."""
    return bool(Authenticator.objects.filter(user_id=account.pk, type=Authenticator.Type.TOTP).exists())


def citizen_actor(request: HttpRequest) -> Actor:
    """Return the actor of the citizen who is logged in.

    :raises NotFound: when nobody is, or a civil servant is.
    """
    account = request.user
    if not isinstance(account, Account) or account.is_staff_account:
        raise NotFound
    return actors.citizen(account)


def person_view(person_id: UUID) -> PersonView:
    """Return a person, masked.

    :raises NotFound: when there is none.
    """
    views = person_views([person_id])
    if person_id not in views:
        raise NotFound
    return views[person_id]


def person_views(person_ids: Sequence[UUID]) -> dict[UUID, PersonView]:
    """Return persons by id, masked, in one query."""
    return {person.id: _masked(person) for person in Person.objects.filter(pk__in=person_ids)}


def organisation_view(organisation_id: UUID) -> OrganisationView:
    """Return an organisation, its representative masked.

    :raises NotFound: when there is none.
    """
    views = organisation_views([organisation_id])
    if organisation_id not in views:
        raise NotFound
    return views[organisation_id]


def organisation_views(organisation_ids: Sequence[UUID]) -> dict[UUID, OrganisationView]:
    """Return organisations by id, masked, in one query."""
    return {each.id: _masked_organisation(each) for each in Organisation.objects.filter(pk__in=organisation_ids)}


def person_by_identity(kind: str, number: str, *, today: date) -> PersonView | None:
    """Return the person with an identity paper, masked.

    :raises WrongCode: when the number does not fit its kind.
    """
    checked = identity.parse_identity(kind, number, today=today)
    person = Person.objects.filter(identity_hash=identity_hash(kind, checked)).first()
    return _masked(person) if person else None


def applicants_for(account: Account, *, at: datetime | None = None, item_code: str = "") -> list[ApplicantChoice]:
    """Return for whom an account may apply: its person first, then its organisations, then who gave a mandate. One query for each.

    With ``item_code`` mandates for other items are left out; without ``at`` all of them are.
    """
    choices = []
    if account.person_id:
        choices.append(ApplicantChoice(Subject(PERSON, account.person_id), account.display_name, is_organisation=False))
    open_now = Q(ends_at__isnull=True) if at is None else Q(starts_at__lte=at) & (Q(ends_at__isnull=True) | Q(ends_at__gt=at))
    memberships = Membership.objects.filter(open_now, account=account).select_related("organisation")
    choices += [
        ApplicantChoice(
            Subject(ORGANISATION, each.organisation_id), each.organisation.name, is_organisation=True, role=each.get_role_display()
        )
        for each in memberships.order_by("organisation__name", "pk")
    ]
    known = {choice.subject for choice in choices}
    given = mandates.principals_of(account.person_id, at=at) if account.person_id and at is not None else []
    for each in given:
        if each.subject not in known and (not item_code or each.covers(item_code)):
            choices.append(ApplicantChoice(each.subject, each.name, each.subject.kind == ORGANISATION, mandate=each))
            known.add(each.subject)
    return choices


def may_act_for(account_id: UUID, applicant: Subject, *, item_code: str, at: datetime) -> bool:
    """Tell whether an account may act for a person or an organisation in an item: itself, its staff, or by a mandate. One query."""
    account = Account.objects.filter(pk=account_id, is_active=True)
    given = Mandate.objects.filter(
        mandates.live_on(local_date(at)), mandates.for_item(item_code), proxy__isnull=False, proxy=OuterRef("person")
    )
    if applicant.kind == PERSON:
        absorbed = Person.objects.filter(pk=applicant.id, merged_into__isnull=False, merged_into=OuterRef("person"))
        own = Q(person=applicant.id) | Exists(absorbed)
        return account.filter(own | Exists(given.filter(principal_person=applicant.id))).exists()
    here = Q(organisation=applicant.id) | Q(organisation__absorbed=applicant.id)
    staff = Membership.objects.filter(here, account=OuterRef("pk"), ends_at__isnull=True)
    return account.filter(Exists(staff) | Exists(given.filter(principal_organisation=applicant.id))).exists()


def is_member(account_id: UUID, organisation_id: UUID) -> bool:
    """Tell whether an account belongs to an organisation, or to the one it went up in, and so acts as itself. One query."""
    here = Q(organisation=organisation_id) | Q(organisation__absorbed=organisation_id)
    return Membership.objects.filter(here, account_id=account_id, ends_at__isnull=True).exists()


def is_same_person(person_id: UUID | None, absorbed: UUID) -> bool:
    """Tell whether an entry of a person was joined to another one. One query."""
    return person_id is not None and Person.objects.filter(pk=absorbed, merged_into=person_id).exists()


def absorbed_by(person_id: UUID) -> list[UUID]:
    """Return the entries of a person that were joined to this one. One query."""
    return list(Person.objects.filter(merged_into=person_id).order_by("pk").values_list("pk", flat=True))


def organisations_of(account_id: UUID) -> list[UUID]:
    """Return the organisations an account may act for today, and those that went up in them. One query."""
    own = Membership.objects.filter(account_id=account_id, ends_at__isnull=True).values("organisation")
    found = Organisation.objects.filter(Q(pk__in=own) | Q(merged_into__in=own))
    return list(found.order_by("pk").values_list("pk", flat=True))


def masked_field_name(kind: str, field: str) -> str:
    """Return the name of a masked field for people.

    :raises NotFound: when there is no such field.
    """
    name = MASKED_FIELDS.get((kind, field))
    if name is None:
        raise NotFound
    return str(name)


def applicant_facts(subjects: Sequence[Subject]) -> dict[Subject, ApplicantFacts]:
    """Return who applicants are, unmasked, for papers. At most two queries."""
    persons = [subject.id for subject in subjects if subject.kind == PERSON]
    organisations = [subject.id for subject in subjects if subject.kind == ORGANISATION]
    found = [
        ApplicantFacts(Subject(PERSON, each.id), each.name, each.identity_kind, each.identity, each.phone or "")
        for each in (Person.objects.filter(pk__in=persons) if persons else ())
    ]
    found += [
        ApplicantFacts(Subject(ORGANISATION, each.id), each.name, "credit_code", each.credit_code, "", each.legal_representative)
        for each in (Organisation.objects.filter(pk__in=organisations) if organisations else ())
    ]
    return {facts.subject: facts for facts in found}


def contacts_of_accounts(account_ids: Sequence[UUID]) -> dict[UUID, Contact]:
    """Return how the holders of accounts are reached. One query."""
    columns = ("id", "kind", "phone", "email", "email_verified_at", "no_sms", "no_email")
    found = Account.objects.filter(pk__in=account_ids, is_active=True).only(*columns)
    return {each.id: _contact(each) for each in found}


def _contact(account: Account) -> Contact:
    email = account.email if account.is_staff_account or account.email_verified_at else ""
    return Contact(account.id, account.phone, email, frozenset(account.no_sms), frozenset(account.no_email))


def changed_hands(phone: str, account_id: UUID | None) -> bool:
    """Tell whether a mobile number is another account's by now than that to which something is to be told. At most two queries."""
    digest = phone_hash(phone)
    if not LostPhone.objects.filter(phone_hash=digest).exists():
        return False
    return account_id is None or not Account.objects.filter(pk=account_id, phone_hash=digest, is_active=True).exists()


def contacts_of(person_ids: Sequence[UUID]) -> dict[UUID, Contact]:
    """Return how persons are reached, those without an account by the phone they left at a window. Two queries."""
    rows = Person.objects.filter(pk__in=person_ids).values_list("id", "phone")
    accounts = {
        account.person_id: account
        for account in Account.objects.filter(person_id__in=person_ids, kind=AccountKind.CITIZEN, is_active=True)
    }
    contacts = {}
    for person_id, phone in rows:
        account = accounts.get(person_id)
        contacts[person_id] = Contact(account.id, account.phone or phone, account.email) if account else Contact(None, phone, "")
    return contacts


def _masked(person: Person) -> PersonView:
    return PersonView(
        id=person.id,
        name=masking.mask_name(person.name),
        identity_kind=person.identity_kind,
        identity_kind_name=person.get_identity_kind_display(),
        identity=masking.mask_identity(person.identity),
        phone=masking.mask_phone(person.phone) if person.phone else "",
        region=person.region,
        is_verified=person.verified_at is not None,
        verified_how=person.get_verified_how_display(),
    )


def _masked_organisation(organisation: Organisation) -> OrganisationView:
    name = organisation.legal_representative
    return OrganisationView(
        id=organisation.id,
        name=organisation.name,
        credit_code=organisation.credit_code,
        legal_representative=masking.mask_name(name) if name else "",
        region=organisation.region,
    )


def looks_at(person_id: UUID) -> list[Look]:
    """Return who looked at masked data of a person: here, of the person's accounts, and in the rooms above; newest first."""
    accounts = Account.objects.filter(person_id=person_id).order_by("pk").values_list("id", flat=True)
    own = [Subject(PERSON, person_id), *(Subject(ACCOUNT, each) for each in accounts)]
    elsewhere = records.looked_at(person_id)
    entries = journal.entries_about(
        own + [subject for _act, subject in elsewhere],
        acts={acts.UNMASK.code, *(act for act, _subject in elsewhere)},
        limit=ENTRIES_SEARCHED,
    )
    reasons = journal.personal_facts([entry.id for entry in entries])
    return [
        Look(entry.at, entry.actor, _name_of(entry.facts.get("field", "")), str(reasons.get(entry.id, {}).get("reason", "")))
        for entry in entries
    ]


def own_records(person_id: UUID) -> list[HeldRecord]:
    """Return what this room holds about a person: the person, the accounts, for whom they may act. Five queries."""
    person, row = person_view(person_id), Person.objects.get(pk=person_id)
    found = [
        HeldRecord(
            data={
                "name": row.name,
                "identity_kind": row.identity_kind,
                "identity": row.identity,
                "phone": row.phone,
                "verified_at": row.verified_at,
                "verified_how": row.verified_how,
            },
            kind=PERSON,
            title=_("Who I am"),
            facts={
                str(_("Name")): person.name,
                person.identity_kind_name: person.identity,
                str(_("Mobile number")): person.phone,
                str(_("How verified")): person.verified_how,
            },
        )
    ]
    accounts = Account.objects.filter(person_id=person_id).order_by("pk")
    found += [
        HeldRecord(ACCOUNT, _("Account"), each.date_joined, {str(_("Email")): each.email}, "/my/account/") for each in accounts
    ]
    memberships = Membership.objects.filter(account__person_id=person_id).select_related("organisation").order_by("pk")
    found += [
        HeldRecord(ORGANISATION, each.organisation.name, each.starts_at, {str(_("Role")): each.get_role_display()})
        for each in memberships
    ]
    given = Mandate.objects.filter(Q(principal_person=person_id) | Q(proxy=person_id)).order_by("pk")
    found += [
        HeldRecord(
            mandates.MANDATE,
            _("Mandate"),
            each.offered_at,
            {str(_("Until")): str(each.last_day), str(_("How it came about")): each.get_basis_display()},
        )
        for each in given
    ]
    return found


def _name_of(field: str) -> str:
    return next((str(name) for (_kind, known), name in MASKED_FIELDS.items() if known == field), field)
