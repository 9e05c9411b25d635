"""Acts on the accounts of civil servants, by the security administrator: opened, locked, put right, closed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from allauth.mfa.models import Authenticator
from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from onedoor.journal import services as journal
from onedoor.journal.acts import Act
from onedoor.kernel.actor import Actor
from onedoor.kernel.errors import AlreadyDone, Invalid, NotAllowed, NotFound
from onedoor.kernel.references import new_code
from onedoor.kernel.subjects import Subject
from onedoor.people import acts, permissions, queries
from onedoor.people.models import Account
from onedoor.people.services.accounts import create_staff
from onedoor.people.services.tries import forgive_tries
from onedoor.people.states import AccountKind

SHORTEST_REASON = 4
FIRST_PASSWORD = 16


class OwnAccount(NotAllowed):
    """Nobody manages the account with which he is logged in."""

    code = "own_account"
    default = _("This is your own account, so another security administrator has to do this.")


def open_staff_account(*, username: str, name: str, email: str, by: Actor, at: datetime) -> tuple[Account, str]:
    """Open the account of a civil servant; return it with its first password, which is shown once and has to be changed.

    :raises NotAllowed: when the actor may not manage accounts.
    :raises WrongName: when the name cannot be kept.
    :raises AlreadyDone: when the staff number is taken.
    """
    password = _first_password()
    return _open(username, name, email, password, by=by, at=at), password


@transaction.atomic(durable=True)
def _open(username: str, name: str, email: str, password: str, *, by: Actor, at: datetime) -> Account:
    return create_staff(username, name, password, by=by, at=at, email=email)


def lock_account(*, account_id: UUID, reason: str, by: Actor, at: datetime) -> Account:
    """Lock the account of a civil servant until somebody unlocks it; its sessions and rights end at once.

    :raises NotAllowed: when the actor may not manage accounts, or it is the own account; recorded.
    :raises Invalid: when no reason is given.
    :raises AlreadyDone: when it is locked.
    :raises NotFound: when there is no such account, or it was closed.
    """

    def lock(account: Account) -> None:
        if not account.is_active:
            raise AlreadyDone(_("This account is locked already."))
        account.is_active = False
        account.save(update_fields=["is_active"])

    return _manage(acts.LOCK_ACCOUNT, account_id, reason, lock, by=by, at=at)


def unlock_account(*, account_id: UUID, reason: str, by: Actor, at: datetime) -> Account:
    """Open a locked account again, and let somebody who mistyped try again before the pause is over.

    :raises NotAllowed: when the actor may not manage accounts, or it is the own account; recorded.
    :raises Invalid: when no reason is given.
    :raises NotFound: when there is no such account, or it was closed.
    """

    def unlock(account: Account) -> None:
        forgive_tries(keys=[f"login:{account.id}", f"factor:{account.id}"])
        account.is_active = True
        account.save(update_fields=["is_active"])

    return _manage(acts.UNLOCK, account_id, reason, unlock, by=by, at=at, staff_only=False)


def give_first_password(*, account_id: UUID, reason: str, by: Actor, at: datetime) -> str:
    """Give a civil servant who forgot the password a new first one and return it; all sessions of the account end.

    :raises NotAllowed: when the actor may not manage accounts, or it is the own account; recorded.
    :raises Invalid: when no reason is given.
    :raises NotFound: when there is no such account, or it was closed.
    """
    password = _first_password()
    _manage(acts.GIVE_PASSWORD, account_id, reason, lambda account: _set_first(account, password, at), by=by, at=at)
    return password


def reset_second_factor(*, account_id: UUID, reason: str, by: Actor, at: datetime) -> str:
    """Remove a lost second factor and return a new first password: sessions that passed the old factor must end with it.

    :raises NotAllowed: when the actor may not manage accounts, or it is the own account; recorded.
    :raises Invalid: when no reason is given.
    :raises NotFound: when there is no such account, or it was closed.
    """
    password = _first_password()

    def reset(account: Account) -> None:
        Authenticator.objects.filter(user_id=account.pk).delete()
        _set_first(account, password, at)

    _manage(acts.RESET_SECOND_FACTOR, account_id, reason, reset, by=by, at=at)
    return password


def close_staff_account(*, account_id: UUID, reason: str, by: Actor, at: datetime) -> Account:
    """Close the account of somebody who left, for good; what was done with it stays.

    :raises NotAllowed: when the actor may not manage accounts, or it is the own account; recorded.
    :raises Invalid: when no reason is given.
    :raises NotFound: when there is no such account, or it was closed.
    """

    def close(account: Account) -> None:
        account.is_active = False
        account.closed_at = at
        account.save(update_fields=["is_active", "closed_at"])

    return _manage(acts.CLOSE_ACCOUNT, account_id, reason, close, by=by, at=at)


def _manage(
    act: Act,
    account_id: UUID,
    reason: str,
    change: Callable[[Account], None],
    *,
    by: Actor,
    at: datetime,
    staff_only: bool = True,
) -> Account:
    refusal = None if permissions.may_manage_accounts(by) else NotAllowed()
    if by.account == account_id:
        refusal = OwnAccount()
    if refusal is not None:
        journal.record_refusal(act, subject=Subject(queries.ACCOUNT, account_id), by=by, at=at, reason=str(refusal.default))
        raise refusal
    if len(reason.strip()) < SHORTEST_REASON:
        raise Invalid({"reason": _("Please say why; the reason is kept in the journal.")})
    return _managed(act, account_id, reason.strip(), change, by=by, at=at, staff_only=staff_only)


@transaction.atomic(durable=True)
def _managed(
    act: Act, account_id: UUID, reason: str, change: Callable[[Account], None], *, by: Actor, at: datetime, staff_only: bool
) -> Account:
    account = Account.objects.select_for_update().filter(pk=account_id, closed_at__isnull=True).first()
    if account is None or (staff_only and account.kind != AccountKind.STAFF):
        raise NotFound
    change(account)
    journal.record(act, subject=Subject(queries.ACCOUNT, account_id), by=by, at=at, facts={"reason": reason})
    return account


def _set_first(account: Account, password: str, at: datetime) -> None:
    account.password = make_password(password)
    account.password_changed_at = at
    account.must_change_password = True
    account.save(update_fields=["password", "password_changed_at", "must_change_password"])


def _first_password() -> str:
    """Return a password that can be read out: four groups of four unmistakable letters and digits."""
    code = new_code(FIRST_PASSWORD).lower()
    return "-".join(code[start : start + 4] for start in range(0, FIRST_PASSWORD, 4))
