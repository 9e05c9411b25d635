"""Acts on how people are reached: another mobile number, an e-mail address, and what comes by which way."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction

from onedoor.journal import services as journal
from onedoor.kernel.actor import Actor
from onedoor.kernel.errors import NotAllowed, NotFound
from onedoor.kernel.history import changed_by
from onedoor.kernel.subjects import Subject
from onedoor.people import acts, queries, telling
from onedoor.people.models import Account, LostPhone, Person
from onedoor.people.services.codes import WrongTextCode, use_code
from onedoor.people.states import CodePurpose


@transaction.atomic(savepoint=False)
def free_phone(phone: str, *, by: Actor, at: datetime, keep: UUID | None = None) -> None:
    """End the use of a mobile number by whoever proved it before: the number changed hands. Nothing for them goes there any more.

    Call it only where the number was just proved by a code. ``keep`` is the account that proves it.
    """
    digest = queries.phone_hash(phone)
    former = Account.objects.select_for_update().filter(phone_hash=digest).first()
    if former is None or former.id == keep:
        return
    former.phone = former.phone_hash = former.phone_verified_at = None
    former.save(update_fields=["phone", "phone_hash", "phone_verified_at"])
    LostPhone.objects.bulk_create([LostPhone(account=former, phone_hash=digest, lost_at=at)], ignore_conflicts=True)
    person = Person.objects.filter(pk=former.person_id).first() if former.person_id else None
    if person is not None and person.phone == phone:
        person.phone = None
        changed_by(by)
        person.save(update_fields=["phone"])
    journal.record(acts.LOSE_PHONE, subject=Subject(queries.ACCOUNT, former.id), by=by, at=at)
    telling.tell([telling.News("people.phone_taken", former.id)], at=at)


def change_phone(*, phone: str, code: str, by: Actor, at: datetime) -> None:
    """Use another mobile number from now on, proved by the code that was sent to it; its former owner loses it.

    :raises WrongTextCode: when the code is wrong.
    :raises TooManyTries: after five wrong codes.
    """
    if by.account is None:
        raise NotAllowed
    use_code(phone=phone, purpose=CodePurpose.PHONE, code=code, at=at)
    _change_phone(by.account, phone, by=by, at=at)


@transaction.atomic(durable=True)
def _change_phone(account_id: UUID, phone: str, *, by: Actor, at: datetime) -> None:
    account = _locked(account_id)
    free_phone(phone, by=by, at=at, keep=account.id)
    LostPhone.objects.filter(account=account, phone_hash=queries.phone_hash(phone)).delete()
    account.phone, account.phone_hash, account.phone_verified_at = phone, queries.phone_hash(phone), at
    try:
        with transaction.atomic():
            account.save(update_fields=["phone", "phone_hash", "phone_verified_at"])
    except IntegrityError:  # somebody else proved it at this very moment
        raise WrongTextCode from None
    person = Person.objects.filter(pk=account.person_id).first() if account.person_id else None
    if person is not None:
        person.phone = phone
        changed_by(by)
        person.save(update_fields=["phone"])
    journal.record(acts.CHANGE_PHONE, subject=Subject(queries.ACCOUNT, account.id), by=by, at=at)
    telling.tell([telling.News("people.phone_changed", account.id)], at=at)


def change_email(*, email: str, code: str, by: Actor, at: datetime) -> None:
    """Use an e-mail address from now on, proved by the code that was sent to it.

    :raises WrongTextCode: when the code is wrong.
    :raises TooManyTries: after five wrong codes.
    """
    if by.account is None:
        raise NotAllowed
    use_code(phone=email, purpose=CodePurpose.EMAIL, code=code, at=at)
    _set_email(by.account, email, by=by, at=at)


def drop_email(*, by: Actor, at: datetime) -> None:
    """Use no e-mail address any more."""
    if by.account is None:
        raise NotAllowed
    _set_email(by.account, "", by=by, at=at)


@transaction.atomic(durable=True)
def _set_email(account_id: UUID, email: str, *, by: Actor, at: datetime) -> None:
    account = _locked(account_id)
    account.email, account.email_verified_at = email, at if email else None
    account.save(update_fields=["email", "email_verified_at"])
    journal.record(acts.CHANGE_EMAIL, subject=Subject(queries.ACCOUNT, account.id), by=by, at=at)


@transaction.atomic(durable=True)
def choose_news(*, no_sms: Iterable[str], no_email: Iterable[str], by: Actor, at: datetime) -> None:
    """Choose which kinds of news do not come by text message and by e-mail; into the inbox comes everything."""
    if by.account is None:
        raise NotAllowed
    account = _locked(by.account)
    account.no_sms, account.no_email = sorted(set(no_sms)), sorted(set(no_email))
    account.save(update_fields=["no_sms", "no_email"])
    facts = {"no_sms": account.no_sms, "no_email": account.no_email}
    journal.record(acts.CHOOSE_NEWS, subject=Subject(queries.ACCOUNT, account.id), by=by, at=at, facts=facts)


def _locked(account_id: UUID) -> Account:
    account = Account.objects.select_for_update().filter(pk=account_id, is_active=True).first()
    if account is None:
        raise NotFound
    return account
