"""Reading the accounts of civil servants, whose names are public: found by staff number or name."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from allauth.mfa.models import Authenticator
from django.db.models import Exists, OuterRef, Q, QuerySet

from onedoor.kernel import masking
from onedoor.kernel.errors import NotFound
from onedoor.kernel.paging import Page, first_page
from onedoor.kernel.subjects import Subject
from onedoor.people.models import Account, Organisation, Person
from onedoor.people.states import AccountKind

PAGE_SIZE = 50


@dataclass(frozen=True, slots=True)
class StaffAccount:
    """The account of a civil servant as the desk shows it."""

    id: UUID
    username: str
    name: str
    email: str
    opened_at: datetime
    password_changed_at: datetime
    is_active: bool
    closed_at: datetime | None
    must_change_password: bool
    has_second_factor: bool

    @property
    def subject(self) -> Subject:
        return Subject("people.account", self.id)


def staff_accounts(search: str = "", *, after: str = "", size: int = PAGE_SIZE, open_only: bool = False) -> Page[StaffAccount]:
    """Return accounts of civil servants by staff number; ``search`` is the start of the number or part of the name. One query."""
    found = _staff()
    search = search.strip()
    if search:
        found = found.filter(Q(username__startswith=search.lower()) | Q(display_name__contains=search))
    if after:
        found = found.filter(username__gt=after)
    if open_only:
        found = found.filter(is_active=True)
    return first_page([_view(each) for each in found.order_by("username")[: size + 1]], size)


def staff_account(account_id: UUID) -> StaffAccount:
    """Return the account of a civil servant.

    :raises NotFound: when there is none.
    """
    found = _staff().filter(pk=account_id).first()
    if found is None:
        raise NotFound
    return _view(found)


def _staff() -> QuerySet[Account]:
    factor = Authenticator.objects.filter(user_id=OuterRef("pk"), type=Authenticator.Type.TOTP)
    return Account.objects.filter(kind=AccountKind.STAFF).annotate(has_factor=Exists(factor))


def _view(account: Account) -> StaffAccount:
    return StaffAccount(
        id=account.id,
        username=account.username,
        name=account.display_name,
        email=account.email,
        opened_at=account.date_joined,
        password_changed_at=account.password_changed_at,
        is_active=account.is_active,
        closed_at=account.closed_at,
        must_change_password=account.must_change_password,
        has_second_factor=account.has_factor,  # type: ignore[attr-defined]
    )


def account_names(ids: Collection[UUID]) -> dict[UUID, str]:
    """Return how accounts are called on a page of the house: civil servants by name and number, citizens masked. One query."""
    found = Account.objects.filter(pk__in=ids).only("id", "kind", "username", "display_name")
    return {
        each.id: f"{each.display_name} {each.username}" if each.is_staff_account else masking.mask_name(each.display_name)
        for each in found
    }


def person_names(ids: Collection[UUID]) -> dict[UUID, str]:
    """Return the masked names of persons. One query."""
    return {key: masking.mask_name(name) for key, name in Person.objects.filter(pk__in=ids).values_list("pk", "name")}


def organisation_names(ids: Collection[UUID]) -> dict[UUID, str]:
    """Return the names of organisations, which are public. One query."""
    return dict(Organisation.objects.filter(pk__in=ids).values_list("pk", "name"))
