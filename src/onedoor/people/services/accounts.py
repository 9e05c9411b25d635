"""Acts on accounts: registering, creating for civil servants, passwords, second factor, memberships."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.contrib.auth.hashers import make_password
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from onedoor.journal import services as journal
from onedoor.kernel.actor import Actor
from onedoor.kernel.clock import local_date
from onedoor.kernel.errors import AlreadyDone, Invalid, NotAllowed, NotFound, Refused
from onedoor.kernel.identity import birthday, birthday_in, parse_identity, parse_mobile
from onedoor.kernel.ids import new_id
from onedoor.kernel.references import new_code
from onedoor.kernel.subjects import Subject
from onedoor.people import acts, permissions, queries, verification
from onedoor.people.models import Account, Person
from onedoor.people.names import clean_name
from onedoor.people.services import persons
from onedoor.people.services.codes import WrongTextCode, use_code
from onedoor.people.services.reach import free_phone
from onedoor.people.services.tries import forgive_tries
from onedoor.people.states import AccountKind, CodePurpose


class CannotRegister(Refused):
    """Registration does not go on; one text for all reasons, so that nobody learns who has an account."""

    code = "cannot_register"
    default = _(
        "We cannot open an account with these details. If you have one already, log in with your mobile or identity number. "
        "Otherwise bring your identity card to any window: the clerk helps you at once."
    )


YOUNGEST = 14  # 个人信息保护法 31: below, the parents decide about personal data


class TooYoung(Refused):
    """Children have no account of their own; a parent or guardian acts for them."""

    code = "too_young"
    http_status = 422
    default = _(
        "Below the age of 14 a parent or guardian does it for you, with the parent's own account. Any window enters the guardian: "
        "bring the household register."
    )


@dataclass(frozen=True, slots=True)
class NewCitizen:
    """A citizen whose phone has been proven by a code. Without ``password`` the account is opened by codes only."""

    name: str
    identity_kind: str
    identity: str
    phone: str
    password: str | None = None
    verified_how: str = ""


@dataclass(frozen=True, slots=True)
class NewStaff:
    """A civil servant's account. ``must_change`` makes the first log-in ask for a password of one's own."""

    username: str
    name: str
    password: str | None
    email: str = ""
    must_change: bool = True


@transaction.atomic(durable=True)
def register_citizen(
    *, name: str, identity_kind: str, identity: str, phone: str, password: str, by: Actor, at: datetime
) -> Account:
    """Open an account for a citizen who has proven the phone; the caller has used up the code that was sent to it.

    :raises WrongCode: when number or phone are wrong.
    :raises WrongName: when the name cannot be kept.
    :raises Invalid: when the password is too weak.
    :raises CannotRegister: when the person has an account, name and number do not belong together, or the city knows the person
        with another name or phone.
    """
    require_good_password(password, Account(display_name=name))
    new = NewCitizen(name, identity_kind, identity, phone, password)
    how = _require_the_same_person(new, at=at)
    free_phone(parse_mobile(phone), by=by, at=at)
    (account,) = register_citizens([replace(new, verified_how=how)], by=by, at=at)
    return account


def _require_the_same_person(new: NewCitizen, *, at: datetime) -> str:
    """Return how the person was verified; refuse where the city knows the person with another name or phone."""
    number = parse_identity(new.identity_kind, new.identity, today=local_date(at))
    born = birthday(new.identity_kind, number)
    if born is not None and local_date(at) < birthday_in(born, YOUNGEST):
        raise TooYoung
    name = clean_name(new.name)
    held = Person.objects.filter(identity_hash=queries.identity_hash(new.identity_kind, number)).first()
    if held is not None and (held.died_day or held.merged_into_id or held.name != name or held.phone != parse_mobile(new.phone)):
        raise CannotRegister
    answer = verification.ask(name, new.identity_kind, number)
    if not answer.belongs_together:
        raise CannotRegister
    return answer.how


@transaction.atomic(savepoint=False)
def register_citizens(new: Sequence[NewCitizen], *, by: Actor, at: datetime) -> list[Account]:
    """Open accounts for citizens, in a fixed number of statements.

    :raises CannotRegister: when a person or a phone has an account already.
    """
    entered = [
        persons.NewPerson(each.name, each.identity_kind, each.identity, each.phone, verified_how=each.verified_how) for each in new
    ]
    people = persons.find_or_create_persons(entered, by=by, at=at)
    passwords = _hashed(each.password for each in new)
    accounts = [_citizen_account(*each, at=at) for each in zip(new, people, passwords, strict=True)]
    _insert(accounts, refusal=CannotRegister())
    journal.record_many(
        acts.REGISTER,
        [journal.Record(Subject(queries.ACCOUNT, each.id), on_behalf_of=each.person_id) for each in accounts],
        by=by,
        at=at,
    )
    return accounts


def _hashed(passwords: Iterable[str | None]) -> list[str]:
    """Hash passwords on all processors: each takes long on purpose, but a load of them need not wait for one another."""
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        return list(pool.map(make_password, passwords))


def _citizen_account(citizen: NewCitizen, person: Person, password: str, *, at: datetime) -> Account:
    phone = parse_mobile(citizen.phone)
    return Account(
        id=new_id(),
        username=f"c-{new_code(12).lower()}",
        kind=AccountKind.CITIZEN,
        person=person,
        phone=phone,
        phone_hash=queries.phone_hash(phone),
        phone_verified_at=at,
        display_name=person.name,
        date_joined=at,
        password=password,
        password_changed_at=at,
    )


def _insert(accounts: Sequence[Account], *, refusal: Refused) -> None:
    try:
        with transaction.atomic():
            Account.objects.bulk_create(accounts)
    except IntegrityError:
        raise refusal from None


@transaction.atomic(savepoint=False)
def create_staff(
    username: str, name: str, password: str | None, *, by: Actor, at: datetime, email: str = "", must_change: bool = True
) -> Account:
    """Create the account of a civil servant.

    :raises NotAllowed: when the actor may not manage accounts.
    :raises Invalid: when the password is too weak.
    :raises AlreadyDone: when the staff number is taken.
    """
    if password is not None:
        require_good_password(password, Account(username=username, display_name=name))
    (account,) = create_staff_accounts([NewStaff(username, name, password, email, must_change)], by=by, at=at)
    return account


@transaction.atomic(savepoint=False)
def create_staff_accounts(new: Sequence[NewStaff], *, by: Actor, at: datetime) -> list[Account]:
    """Create accounts of civil servants, in a fixed number of statements.

    :raises NotAllowed: when the actor may not manage accounts.
    :raises AlreadyDone: when a staff number is taken.
    """
    if not permissions.may_manage_accounts(by):
        raise NotAllowed
    accounts = [
        Account(
            id=new_id(),
            username=each.username.strip().lower(),
            kind=AccountKind.STAFF,
            display_name=clean_name(each.name),
            email=each.email,
            date_joined=at,
            password=password,
            password_changed_at=at,
            must_change_password=each.must_change,
        )
        for each, password in zip(new, _hashed(each.password for each in new), strict=True)
    ]
    _insert(accounts, refusal=AlreadyDone(_("This staff number has an account already.")))
    records = [journal.Record(Subject(queries.ACCOUNT, each.id), facts={"username": each.username}) for each in accounts]
    journal.record_many(acts.CREATE_STAFF, records, by=by, at=at)
    return accounts


def require_good_password(password: str, account: Account) -> None:
    """Check a password against the rules of this installation.

    :raises Invalid: when it breaks one; the text says which.
    """
    try:
        validate_password(password, account)
    except ValidationError as wrong:
        raise Invalid({"password": " ".join(wrong.messages)}) from None


@transaction.atomic(durable=True)
def change_password(*, account_id: UUID, password: str, by: Actor, at: datetime) -> Account:
    """Set a new password; all other sessions of the account end with it.

    :raises Invalid: when it is too weak, or the same as before.
    """
    account = _locked(account_id)
    require_good_password(password, account)
    if account.check_password(password):
        raise Invalid({"password": _("This is your present password. Please choose another one.")})
    return _set_password(account, password, by=by, at=at)


def reset_password(*, phone: str, code: str, password: str, by: Actor, at: datetime) -> Account:
    """Set a new password for the citizen who has the phone; a password that is too weak does not use up the code.

    :raises Invalid: when it is too weak.
    :raises WrongTextCode: when the code is wrong, or no account has this phone.
    :raises TooManyTries: after five wrong codes.
    """
    require_good_password(password, Account())
    use_code(phone=phone, purpose=CodePurpose.RESET, code=code, at=at)
    account = queries.account_by_phone(phone)
    if account is None:
        raise WrongTextCode
    changed = _reset(account.id, password, by=by, at=at)
    forgive_tries(keys=[f"login:{account.id}"])
    return changed


@transaction.atomic(durable=True)
def _reset(account_id: UUID, password: str, *, by: Actor, at: datetime) -> Account:
    return _set_password(_locked(account_id), password, by=by, at=at)


def _set_password(account: Account, password: str, *, by: Actor, at: datetime) -> Account:
    account.set_password(password)
    account.password_changed_at = at
    account.must_change_password = False
    account.save(update_fields=["password", "password_changed_at", "must_change_password"])
    journal.record(acts.CHANGE_PASSWORD, subject=Subject(queries.ACCOUNT, account.id), by=by, at=at)
    return account


@transaction.atomic(savepoint=False)
def set_second_factor(*, account: Account, by: Actor, at: datetime, secret: str | None = None) -> str:
    """Set up the time-based second factor and recovery codes, and return the secret for an authenticator app.

    :raises AlreadyDone: when the account has one.
    """
    if queries.has_second_factor(account):
        raise AlreadyDone
    secret = secret or generate_totp_secret()
    TOTP.activate(account, secret)
    RecoveryCodes.activate(account)
    journal.record(acts.SET_SECOND_FACTOR, subject=Subject(queries.ACCOUNT, account.id), by=by, at=at)
    return secret


@transaction.atomic(durable=True)
def set_up_second_factor(*, account: Account, secret: str, by: Actor, at: datetime) -> list[str]:
    """Set up the second factor with a secret that was proven by a code, and return the recovery codes; they are shown once.

    :raises AlreadyDone: when the account has one.
    """
    set_second_factor(account=account, secret=secret, by=by, at=at)
    return _unused_codes(account)


def _unused_codes(account: Account) -> list[str]:
    codes: list[str] = RecoveryCodes.activate(account).get_unused_codes()
    return codes


@transaction.atomic(durable=True)
def new_recovery_codes(*, account: Account, by: Actor, at: datetime) -> list[str]:
    """Make new recovery codes, which void the old ones, and return them; they are shown once.

    :raises NotFound: when the account has no second factor.
    """
    if not queries.has_second_factor(account):
        raise NotFound
    Authenticator.objects.filter(user_id=account.pk, type=Authenticator.Type.RECOVERY_CODES).delete()
    codes = _unused_codes(account)
    journal.record(
        acts.SET_SECOND_FACTOR, subject=Subject(queries.ACCOUNT, account.id), by=by, at=at, facts={"what": "recovery_codes"}
    )
    return codes


@transaction.atomic(durable=True)
def close_account(*, account_id: UUID, by: Actor, at: datetime) -> Account:
    """Close an account: nobody logs in with it any more; what was done with it stays.

    :raises NotAllowed: when the actor is neither its owner nor may manage accounts.
    """
    account = _locked(account_id)
    if not (by.account == account.id or permissions.may_manage_accounts(by)):
        raise NotAllowed
    account.is_active = False
    account.closed_at = at
    account.phone = account.phone_hash = None
    account.save(update_fields=["is_active", "closed_at", "phone", "phone_hash"])
    journal.record(acts.CLOSE_ACCOUNT, subject=Subject(queries.ACCOUNT, account.id), by=by, at=at)
    return account


def _locked(account_id: UUID) -> Account:
    account = Account.objects.select_for_update().filter(pk=account_id, is_active=True).first()
    if account is None:
        raise NotFound
    return account
