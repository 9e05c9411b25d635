"""Acts on who may act for an organisation: its legal representative, and the staff that the representative names."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from onedoor.journal import services as journal
from onedoor.journal.acts import Act
from onedoor.kernel.actor import Actor
from onedoor.kernel.errors import AlreadyDone, NotAllowed, NotFound, Refused
from onedoor.kernel.history import changed_by
from onedoor.kernel.identity import parse_credit_code
from onedoor.kernel.ids import new_id
from onedoor.kernel.subjects import Subject
from onedoor.people import acts, memberships, permissions, queries, verification
from onedoor.people.models import Account, Membership, Organisation, Person
from onedoor.people.names import LONGEST_ORGANISATION, clean_name
from onedoor.people.services import persons
from onedoor.people.services.codes import ForOrganisation, WrongTextCode, send_code, use_code
from onedoor.people.services.tries import spend_try
from onedoor.people.states import CodePurpose, MembershipRole

CLAIMS_A_DAY = 5
INVITATIONS_AN_HOUR = 10
REPRESENTATIVE = MembershipRole.LEGAL
AGENT = MembershipRole.AGENT


class CannotClaim(Refused):
    """An organisation is not given to whoever asks; one text for all reasons, so that nobody learns whose it is."""

    code = "cannot_claim"
    default = _(
        "We cannot register this organisation for you with these details. Please compare them with the licence. If somebody else "
        "registered it, or the legal representative changed, bring the licence and your identity card to any window."
    )


class OnlyRepresentative(NotAllowed):
    """Who may act for an organisation, only its legal representative says."""

    code = "only_representative"
    default = _("Only the legal representative says who may act for the organisation. Ask that person, or come to a window.")


class RepresentativeStays(Refused):
    """The legal representative cannot leave by a click, because nobody would be left to answer for the organisation."""

    code = "representative_stays"
    default = _(
        "You are the legal representative here. When that changes, bring the new licence to any window; it is changed at once."
    )


@dataclass(frozen=True, slots=True)
class NewMember:
    """An account that shall act for an organisation."""

    account: Account
    organisation: Organisation
    role: MembershipRole = AGENT


@transaction.atomic(savepoint=False)
def add_members(new: Sequence[NewMember], *, by: Actor, at: datetime) -> list[Membership]:
    """Let accounts act for organisations and return what is new; who already may stays as it is. Three statements.

    :raises NotAllowed: when the actor is neither a clerk nor the installation itself.
    """
    if not permissions.may_correct_names(by):
        raise NotAllowed
    return _add(new, by=by, at=at)


def _add(new: Sequence[NewMember], *, by: Actor, at: datetime) -> list[Membership]:
    rows = [
        Membership(id=new_id(), account=each.account, organisation=each.organisation, role=each.role, starts_at=at) for each in new
    ]
    Membership.objects.bulk_create(rows, ignore_conflicts=True)
    kept = set(Membership.objects.filter(pk__in=[each.id for each in rows]).values_list("pk", flat=True))
    added = [each for each in rows if each.id in kept]
    records = [
        journal.Record(
            Subject(queries.ORGANISATION, each.organisation_id), facts={"account": str(each.account_id), "role": str(each.role)}
        )
        for each in added
    ]
    journal.record_many(acts.ADD_MEMBER, records, by=by, at=at)
    return added


def register_organisation(*, name: str, credit_code: str, legal_representative: str, by: Actor, at: datetime) -> Organisation:
    """Register an organisation whose legal representative the citizen is, and let the citizen act for it.

    Name, code and representative are compared with what the city knows and what the register of enterprises answers.

    :raises WrongCode: when the credit code is wrong.
    :raises WrongName: when a name cannot be kept.
    :raises CannotClaim: when the citizen has another name than the representative, the city knows the organisation with
        other details, the register does not confirm them, or somebody represents it already; recorded where it is known.
    :raises TooManyTries: after five tries in a day.
    """
    if by.account is None or by.person is None:
        raise NotAllowed
    spend_try(key=f"claim:{by.account}", limit=CLAIMS_A_DAY, window_seconds=24 * 3600, at=at)
    claim = persons.NewOrganisation(
        clean_name(name, longest=LONGEST_ORGANISATION), parse_credit_code(credit_code), clean_name(legal_representative)
    )
    try:
        return _claim(claim, account_id=by.account, person_id=by.person, by=by, at=at)
    except CannotClaim as refusal:
        known = Organisation.objects.filter(credit_code=claim.credit_code).first()
        if known is not None:
            _record_refusal(acts.ADD_MEMBER, known.id, refusal, by=by, at=at)
        raise


@transaction.atomic(durable=True)
def _claim(claim: persons.NewOrganisation, *, account_id: UUID, person_id: UUID, by: Actor, at: datetime) -> Organisation:
    person = Person.objects.get(pk=person_id)
    held = Organisation.objects.select_for_update().filter(credit_code=claim.credit_code).first()
    answer = verification.ask_about_organisation(claim.name, claim.credit_code, claim.legal_representative)
    others = held is not None and (
        held.name != claim.name or held.legal_representative not in {"", claim.legal_representative} or _is_represented(held.id)
    )
    if person.name != claim.legal_representative or not answer.belongs_together or others:
        raise CannotClaim
    new = persons.NewOrganisation(claim.name, claim.credit_code, claim.legal_representative, verified_how=answer.how)
    (organisation,) = persons.find_or_create_organisations([new], by=by, at=at)
    account = Account.objects.get(pk=account_id)
    changed_by(by)
    Membership.objects.filter(account=account, organisation=organisation, ends_at__isnull=True).update(ends_at=at)
    try:
        with transaction.atomic():
            added = _add([NewMember(account, organisation, REPRESENTATIVE)], by=by, at=at)
    except IntegrityError:
        raise CannotClaim from None
    if not added:  # somebody else became the representative at the same moment
        raise CannotClaim
    return organisation


def _is_represented(organisation_id: UUID) -> bool:
    return Membership.objects.filter(organisation_id=organisation_id, role=REPRESENTATIVE, ends_at__isnull=True).exists()


def invite_member(*, organisation_id: UUID, phone: str, name: str, address: str, by: Actor, at: datetime) -> None:
    """Send a code to a colleague's mobile, good for this organisation; the answer is the same whether the mobile is known or not.

    The colleague has an account with this mobile and this name; telling the code to the representative is the colleague's yes.

    :raises OnlyRepresentative: when the actor is not the legal representative; recorded.
    :raises TooManyTries: when codes were asked for too often.
    """
    organisation = _require_representative(organisation_id, acts.ADD_MEMBER, by=by, at=at)
    spend_try(key=f"invite:{by.account}", limit=INVITATIONS_AN_HOUR, window_seconds=3600, at=at)
    account = queries.account_by_phone(phone)
    if account is not None and account.display_name != clean_name(name):
        return
    send_code(
        phone=phone,
        purpose=CodePurpose.MEMBER,
        address=address,
        at=at,
        organisation=ForOrganisation(organisation.id, organisation.name),
    )


def add_member(*, organisation_id: UUID, phone: str, name: str, code: str, by: Actor, at: datetime) -> None:
    """Let the colleague act for the organisation who told the code that was sent to the mobile.

    :raises OnlyRepresentative: when the actor is not the legal representative; recorded.
    :raises WrongTextCode: when the code is wrong, or mobile and name belong to no account.
    :raises AlreadyDone: when the colleague may act for it already.
    :raises TooManyTries: after five wrong codes.
    """
    organisation = _require_representative(organisation_id, acts.ADD_MEMBER, by=by, at=at)
    use_code(phone=phone, purpose=CodePurpose.MEMBER, code=code, at=at, organisation_id=organisation_id)
    account = queries.account_by_phone(phone)
    if account is None or account.display_name != clean_name(name):
        raise WrongTextCode
    _add_one(organisation, account, by=by, at=at)


@transaction.atomic(durable=True)
def _add_one(organisation: Organisation, account: Account, *, by: Actor, at: datetime) -> None:
    # The representative's own row is locked: whoever loses that role at this moment adds nobody.
    if not Membership.objects.select_for_update().filter(**_representation(organisation.id, by)).exists():
        raise OnlyRepresentative
    if not _add([NewMember(account, organisation)], by=by, at=at):
        raise AlreadyDone(_("This person may act for the organisation already."))


def end_membership(*, account_id: UUID, organisation_id: UUID, by: Actor, at: datetime) -> None:
    """End the right of an account to act for an organisation: by the representative, by the account itself, or at a window.

    :raises OnlyRepresentative: when the actor is none of them; recorded.
    :raises RepresentativeStays: when the representative would end the own right; a window does that.
    :raises NotFound: when the account may not act for it.
    """
    at_window = permissions.may_correct_names(by)
    if not at_window and by.account != account_id:
        _require_representative(organisation_id, acts.END_MEMBER, by=by, at=at)
    _end(account_id, organisation_id, at_window=at_window, by=by, at=at)


@transaction.atomic(durable=True)
def _end(account_id: UUID, organisation_id: UUID, *, at_window: bool, by: Actor, at: datetime) -> None:
    held = Membership.objects.select_for_update().filter(
        account_id=account_id, organisation_id=organisation_id, ends_at__isnull=True
    )
    membership = held.first()
    if membership is None:
        raise NotFound
    if membership.role == REPRESENTATIVE and not at_window:
        raise RepresentativeStays
    membership.ends_at = at
    changed_by(by)
    membership.save(update_fields=["ends_at"])
    facts = {"account": str(account_id)}
    journal.record(acts.END_MEMBER, subject=Subject(queries.ORGANISATION, organisation_id), by=by, at=at, facts=facts)


def _require_representative(organisation_id: UUID, act: Act, *, by: Actor, at: datetime) -> Organisation:
    organisation = Organisation.objects.filter(pk=organisation_id).first()
    if organisation is None or by.account is None or not memberships.acts_for(by.account, organisation_id):
        # Nobody learns from an address which organisations there are.
        if organisation is not None:
            _record_refusal(act, organisation_id, OnlyRepresentative(), by=by, at=at)
        raise NotFound
    if not Membership.objects.filter(**_representation(organisation_id, by)).exists():
        refusal = OnlyRepresentative()
        _record_refusal(act, organisation_id, refusal, by=by, at=at)
        raise refusal
    return organisation


def _representation(organisation_id: UUID, by: Actor) -> dict[str, object]:
    return {"organisation_id": organisation_id, "account_id": by.account, "role": REPRESENTATIVE, "ends_at__isnull": True}


def _record_refusal(act: Act, organisation_id: UUID, refusal: Refused, *, by: Actor, at: datetime) -> None:
    journal.record_refusal(act, subject=Subject(queries.ORGANISATION, organisation_id), by=by, at=at, reason=str(refusal.default))
