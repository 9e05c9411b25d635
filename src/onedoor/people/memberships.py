"""Reading for which organisations an account may act, and who else may; colleagues are shown masked."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext

from onedoor.journal import queries as journal
from onedoor.journal.queries import EntryView
from onedoor.kernel import masking
from onedoor.kernel.errors import NotFound
from onedoor.kernel.subjects import Subject
from onedoor.people.models import Account, Membership, Organisation
from onedoor.people.states import MembershipRole, Verified

LOG_LENGTH = 50
ENDED_SHOWN = 50
_ORGANISATION = "people.organisation"


@dataclass(frozen=True, slots=True)
class OwnOrganisation:
    """An organisation for which an account may act: in which role and since when."""

    id: UUID
    name: str
    credit_code: str
    verified_how: str
    role: str
    since: datetime
    is_representative: bool


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody who may or might act for an organisation; ``until`` is set where that has ended."""

    account_id: UUID
    name: str
    phone: str
    role: str
    since: datetime
    until: datetime | None
    is_representative: bool


@dataclass(frozen=True, slots=True)
class LogLine:
    """What somebody did with an organisation or in its name; ``whom`` is the colleague whom it concerned."""

    id: UUID
    at: datetime
    text: str
    whom: str


def organisations_of(account_id: UUID) -> list[OwnOrganisation]:
    """Return the organisations for which an account may act, by name. One query."""
    held = Membership.objects.filter(account_id=account_id, ends_at__isnull=True).select_related("organisation")
    return [_own(each) for each in held.order_by("organisation__name", "pk")]


def own_organisation(account_id: UUID, organisation_id: UUID) -> OwnOrganisation:
    """Return one organisation for which an account may act. One query.

    :raises NotFound: when it may not, or there is none.
    """
    held = Membership.objects.filter(account_id=account_id, organisation_id=organisation_id, ends_at__isnull=True)
    found = held.select_related("organisation").first()
    if found is None:
        raise NotFound
    return _own(found)


def acts_for(account_id: UUID, organisation_id: UUID) -> bool:
    """Tell whether an account may act for an organisation, in whichever role."""
    return Membership.objects.filter(account_id=account_id, organisation_id=organisation_id, ends_at__isnull=True).exists()


def members_of(organisation_id: UUID) -> list[Member]:
    """Return who may act for an organisation, the representative first, then those whose right ended last. One query."""
    found = Membership.objects.filter(organisation_id=organisation_id).select_related("account")
    members = [_member(each) for each in found.order_by("-ends_at", "-role", "starts_at", "pk")[: 10 * ENDED_SHOWN]]
    open_ones = [each for each in members if each.until is None]
    return open_ones + [each for each in members if each.until is not None][:ENDED_SHOWN]


def log_of(organisation_id: UUID, *, limit: int = LOG_LENGTH) -> list[LogLine]:
    """Return what was done with an organisation and in its name, newest first, names masked. Three queries."""
    about = journal.entries_of(Subject(_ORGANISATION, organisation_id), limit=limit)
    entries = {each.id: each for each in [*about, *journal.entries_on_behalf_of(organisation_id, limit=limit)]}
    newest = sorted(entries.values(), key=lambda each: each.id, reverse=True)[:limit]
    names = _names(newest)
    return [_line(each, names) for each in newest]


def _line(entry: EntryView, names: dict[str, str]) -> LogLine:
    actor = names.get(str(entry.account_id), entry.actor)
    return LogLine(entry.id, entry.at, replace(entry, actor=actor).sentence, names.get(str(entry.facts.get("account")), ""))


def _names(entries: Sequence[EntryView]) -> dict[str, str]:
    """Return the masked names of the citizens' accounts that are named in entries; officials stand there with their names."""
    wanted: Iterable[object] = {each.account_id for each in entries} | {each.facts.get("account") for each in entries}
    ids = [UUID(str(each)) for each in wanted if each]
    found = Account.objects.filter(pk__in=ids, person__isnull=False).values_list("pk", "display_name")
    return {str(key): masking.mask_name(name) for key, name in found}


def _verified_how(organisation: Organisation) -> str:
    if organisation.verified_how == Verified.NUMBER:
        return gettext("The credit code checks out; the register of enterprises was not asked")
    if organisation.verified_how == Verified.SERVICE:
        return gettext("The register of enterprises confirmed name, code and representative")
    return organisation.get_verified_how_display()


def _own(membership: Membership) -> OwnOrganisation:
    organisation = membership.organisation
    return OwnOrganisation(
        id=organisation.id,
        name=organisation.name,
        credit_code=organisation.credit_code,
        verified_how=_verified_how(organisation),
        role=membership.get_role_display(),
        since=membership.starts_at,
        is_representative=membership.role == MembershipRole.LEGAL,
    )


def _member(membership: Membership) -> Member:
    account = membership.account
    return Member(
        account_id=account.id,
        name=masking.mask_name(account.display_name),
        phone=masking.mask_phone(account.phone) if account.phone else "",
        role=membership.get_role_display(),
        since=membership.starts_at,
        until=membership.ends_at,
        is_representative=membership.role == MembershipRole.LEGAL,
    )
