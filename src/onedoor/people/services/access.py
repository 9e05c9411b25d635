"""Acts at the door: logging in and out, locking, and looking at masked data."""

from __future__ import annotations

from datetime import datetime

from allauth.mfa.models import Authenticator
from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from onedoor.journal import services as journal
from onedoor.kernel.actor import Actor
from onedoor.kernel.clock import local_date
from onedoor.kernel.errors import Invalid, NotAllowed, NotFound, Refused, Text, TooManyTries
from onedoor.kernel.identity import normalise
from onedoor.kernel.subjects import Subject
from onedoor.people import acts, permissions, queries
from onedoor.people.models import Account, Organisation, Person
from onedoor.people.services.codes import use_code
from onedoor.people.services.tries import forgive_tries, spend_try
from onedoor.people.states import AccountKind, CodePurpose

WRONG_PASSWORDS = 5
LOCK_SECONDS = 30 * 60  # domain.md 9.1: five wrong ones lock for 30 minutes
TRIES_FROM_ONE_ADDRESS = 200  # a whole hall may stand behind one address
SHORTEST_REASON = 4
_MODELS: dict[str, type[Person | Organisation | Account]] = {
    queries.PERSON: Person,
    queries.ORGANISATION: Organisation,
    queries.ACCOUNT: Account,
}


class WrongLogin(Refused):
    """Unknown account, wrong password, closed account: one answer for all."""

    code = "wrong_login"
    http_status = 422
    default = _(
        "Number and password do not belong together. Please check both; after five wrong tries log-in pauses for 30 minutes."
    )


class WrongPassword(Refused):
    """The present password, asked for again, is wrong."""

    code = "wrong_password"
    http_status = 422
    default = _("This is not your present password.")


class LockedOut(TooManyTries):
    """Five wrong tries; whether the account exists is not told."""

    default = _("Five tries were wrong, so log-in pauses for 30 minutes. You can choose a new password by text message meanwhile.")


class WrongFactor(Refused):
    """The code of the second factor is wrong or was used."""

    code = "wrong_factor"
    http_status = 422
    default = _("This code is not right. Take the one your app shows now; each code works once.")


def check_login(*, login: str, password: str, kind: AccountKind, address: str, by: Actor, at: datetime) -> Account:
    """Return the account that number and password open; the second factor comes after.

    :raises WrongLogin: when they open none, whatever the reason.
    :raises LockedOut: after five wrong tries within 30 minutes, for known and unknown numbers alike.
    :raises TooManyTries: when one network address tried very often.
    """
    spend_try(key=f"login-from:{address}", limit=TRIES_FROM_ONE_ADDRESS, window_seconds=600, at=at)
    account = queries.account_for_login(login, kind, today=local_date(at))
    key = f"login:{account.id if account else normalise(login)}"
    left = _spend_login(key, at)
    if account is None:
        make_password(password)  # takes as long as checking one, so that the clock tells nothing
        raise WrongLogin
    if not account.check_password(password):
        _record_failure(account, locked=left == 0, by=by, at=at)
        raise WrongLogin
    forgive_tries(keys=[key])
    return account


def check_present_password(*, account: Account, password: str, by: Actor, at: datetime) -> None:
    """Make sure that whoever sits at a session knows the password of its account.

    :raises WrongPassword: when it is wrong.
    :raises LockedOut: after five wrong tries within 30 minutes.
    """
    key = f"login:{account.id}"
    left = _spend_login(key, at)
    if not account.check_password(password):
        _record_failure(account, locked=left == 0, by=by, at=at)
        raise WrongPassword
    forgive_tries(keys=[key])


def _spend_login(key: str, at: datetime) -> int:
    try:
        return spend_try(key=key, limit=WRONG_PASSWORDS, window_seconds=LOCK_SECONDS, at=at)
    except TooManyTries as reached:
        raise LockedOut(seconds=reached.seconds) from None


@transaction.atomic(durable=True)
def _record_failure(account: Account, *, locked: bool, by: Actor, at: datetime) -> None:
    subject = Subject(queries.ACCOUNT, account.id)
    journal.record(acts.FAIL_LOG_IN, subject=subject, by=by, at=at)
    if locked:
        journal.record(acts.LOCK, subject=subject, by=by, at=at)


def check_login_by_code(*, phone: str, code: str, at: datetime) -> Account:
    """Return the account of a citizen that a code sent to the phone opens.

    :raises WrongTextCode: when the code is wrong, or no account has this phone.
    :raises TooManyTries: after five wrong codes.
    """
    use_code(phone=phone, purpose=CodePurpose.LOGIN, code=code, at=at)
    account = queries.account_by_phone(phone)
    if account is None:
        raise WrongLogin
    return account


def check_second_factor(*, account: Account, code: str, by: Actor, at: datetime) -> Authenticator:
    """Return the second factor that a code passes: a code of the app, good once, or a recovery code.

    :raises WrongFactor: when the code is wrong or was used.
    :raises LockedOut: after five wrong ones within 30 minutes.
    """
    key = f"factor:{account.id}"
    left = _spend_login(key, at)
    code = normalise(code)
    for factor in Authenticator.objects.filter(user_id=account.pk).order_by("-type"):
        if factor.wrap().validate_code(code) and _first_use(account, code, at):
            factor.user = account
            forgive_tries(keys=[key])
            return factor
    _record_failure(account, locked=left == 0, by=by, at=at)
    raise WrongFactor


def _first_use(account: Account, code: str, at: datetime) -> bool:
    """Tell whether a code comes for the first time; the library asks its own process only."""
    try:
        spend_try(key=f"factor-used:{account.id}:{code}", limit=1, window_seconds=120, at=at)
    except TooManyTries:
        return False
    return True


@transaction.atomic(durable=True)
def record_login(*, account: Account, how: str, by: Actor, at: datetime) -> None:
    """Record that somebody logged in; ``how`` is password, code or demo."""
    journal.record(acts.LOG_IN, subject=Subject(queries.ACCOUNT, account.id), by=by, at=at, facts={"how": how})


@transaction.atomic(durable=True)
def record_logout(*, account: Account, idle: bool, by: Actor, at: datetime) -> None:
    """Record that somebody logged out, or was logged out after being idle."""
    journal.record(acts.LOG_OUT, subject=Subject(queries.ACCOUNT, account.id), by=by, at=at, facts={"idle": idle})


def unmask(*, subject: Subject, field: str, reason: str, by: Actor, at: datetime) -> str:
    """Return a masked value in full; who looked, why and at which field goes into the journal, and the person can read it.

    :raises NotAllowed: when the actor's post may not; recorded.
    :raises Invalid: when no reason is given.
    :raises NotFound: when there is no such row or field.
    """
    if not permissions.may_unmask(by):
        journal.record_refusal(acts.UNMASK, subject=subject, by=by, at=at, reason=str(NotAllowed.default))
        raise NotAllowed
    if len(reason.strip()) < SHORTEST_REASON:
        raise Invalid({"reason": _reason_missing()})
    return _unmask(subject, field, reason.strip(), by=by, at=at)


def _reason_missing() -> Text:
    return _("Please say why you need to see this; the person can read the reason.")


@transaction.atomic(durable=True)
def _unmask(subject: Subject, field: str, reason: str, *, by: Actor, at: datetime) -> str:
    queries.masked_field_name(subject.kind, field)
    row = _MODELS[subject.kind].objects.filter(pk=subject.id).first()
    if row is None:
        raise NotFound
    journal.record(acts.UNMASK, subject=subject, by=by, at=at, facts={"field": field, "reason": reason})
    return str(getattr(row, field) or "")
