"""Reading mandates: for whom somebody may act and who acts for somebody; the other side is shown masked."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from django.db.models import Q, QuerySet

from onedoor.kernel import masking
from onedoor.kernel.clock import local_date
from onedoor.kernel.errors import NotFound
from onedoor.kernel.subjects import Subject
from onedoor.people.models import Account, Mandate, Membership
from onedoor.people.states import MandateBasis, MembershipRole

MANDATE = "people.mandate"
PERSON, ORGANISATION = "people.person", "people.organisation"
SHOWN = 50


@dataclass(frozen=True, slots=True)
class Principal:
    """Somebody for whom an account may act by a mandate: all items, or those named, until a day."""

    subject: Subject
    name: str
    items: Sequence[str]
    last_day: date
    is_guardian: bool

    def covers(self, item_code: str) -> bool:
        """Tell whether the mandate is good for an item."""
        return not self.items or item_code in self.items


@dataclass(frozen=True, slots=True)
class MandateView:
    """One mandate as one of its sides sees it. ``state`` is offered, coming, live, over or ended."""

    id: UUID
    principal: str
    proxy: str
    proxy_phone: str
    items: Sequence[str]
    first_day: date
    last_day: date
    basis: str
    is_guardian: bool
    is_principal: bool
    state: str
    ended_how: str
    ended_at: datetime | None
    offered_at: datetime
    accepted_at: datetime | None
    paper_id: UUID | None

    @property
    def is_open(self) -> bool:
        return self.state in ("offered", "coming", "live")


@dataclass(frozen=True, slots=True)
class Mandates:
    """What concerns one account: offers that wait for its yes, whom it acts for, who acts for it, and what is over."""

    offers: Sequence[MandateView] = field(default_factory=list)
    held: Sequence[MandateView] = field(default_factory=list)
    given: Sequence[MandateView] = field(default_factory=list)
    past: Sequence[MandateView] = field(default_factory=list)


def live_on(day: date) -> Q:
    """Return the condition under which a mandate counts on a day."""
    return Q(accepted_at__isnull=False, ended_at__isnull=True, first_day__lte=day, last_day__gte=day)


def for_item(item_code: str) -> Q:
    """Return the condition under which a mandate is good for an item."""
    return Q(items=[]) | Q(items__contains=[item_code])


def principals_of(person_id: UUID, *, at: datetime) -> list[Principal]:
    """Return for whom a person may act by mandate today, by name. One query."""
    found = Mandate.objects.filter(live_on(local_date(at)), proxy_id=person_id)
    rows = [
        Principal(_principal(each), _name(each), each.items, each.last_day, each.basis == MandateBasis.GUARDIAN)
        for each in found.select_related("principal_person", "principal_organisation").order_by("pk")
    ]
    return sorted(rows, key=lambda row: row.name)


def represented_by(account_id: UUID) -> list[tuple[Subject, str]]:
    """Return in whose name an account may give mandates: the person's own and those of organisations it represents. Two queries."""
    account = Account.objects.filter(pk=account_id, is_active=True, person__isnull=False).first()
    if account is None or account.person_id is None:
        return []
    found = Membership.objects.filter(account_id=account_id, role=MembershipRole.LEGAL, ends_at__isnull=True)
    organisations = found.select_related("organisation").order_by("organisation__name", "pk")
    return [
        (Subject(PERSON, account.person_id), account.display_name),
        *((Subject(ORGANISATION, each.organisation_id), each.organisation.name) for each in organisations),
    ]


def mandates_of(account_id: UUID, *, at: datetime) -> Mandates:
    """Return the mandates that concern an account, newest first. Three queries."""
    mine = represented_by(account_id)
    if not mine:
        return Mandates()
    me = mine[0][0].id
    rows = list(_concerning(account_id, mine).order_by("-pk")[: 4 * SHOWN])
    views = [_view(each, is_principal=_is_given(each, mine), at=at) for each in rows]
    by_state = [(view, row) for view, row in zip(views, rows, strict=True)]
    return Mandates(
        offers=[view for view, row in by_state if view.state == "offered" and not view.is_principal],
        held=[view for view, row in by_state if view.state in ("coming", "live") and row.proxy_id == me],
        given=[view for view, row in by_state if view.is_open and view.is_principal],
        past=[view for view, _row in by_state if not view.is_open][:SHOWN],
    )


def mandate_of(account_id: UUID, mandate_id: UUID, *, at: datetime) -> MandateView:
    """Return one mandate that concerns an account.

    :raises NotFound: when there is none, or it is somebody else's.
    """
    mine = represented_by(account_id)
    found = _concerning(account_id, mine).filter(pk=mandate_id).first() if mine else None
    if found is None:
        raise NotFound
    return _view(found, is_principal=_is_given(found, mine), at=at)


def offered_to(account: Account) -> Q:
    """Return the condition under which a mandate waits for the yes of an account: its phone and its name."""
    return Q(
        accepted_at__isnull=True, ended_at__isnull=True, proxy_phone_hash=account.phone_hash, proxy_phone_hash__isnull=False,
        proxy_name=account.display_name,
    )  # fmt: skip


def open_mandates_of_person(name: str, identity_hash: bytes, *, at: datetime) -> list[MandateView]:
    """Return the mandates that a person gives or holds and that are not over, for a window with the paper at hand. One query."""
    side = Q(principal_person__identity_hash=identity_hash, principal_person__name=name)
    side |= Q(proxy__identity_hash=identity_hash, proxy__name=name)
    found = Mandate.objects.filter(side, ended_at__isnull=True, accepted_at__isnull=False, last_day__gte=local_date(at))
    rows = found.select_related("principal_person", "principal_organisation", "proxy").order_by("pk")[:SHOWN]
    return [_view(each, is_principal=False, at=at) for each in rows]


def acting_for(person_id: UUID, principal: Subject, *, item_code: str, at: datetime) -> MandateView | None:
    """Return the mandate by which a person acts for a principal in an item on the day of ``at``. One query."""
    key = "principal_person" if principal.kind == PERSON else "principal_organisation"
    found = Mandate.objects.filter(live_on(local_date(at)), for_item(item_code), proxy_id=person_id, **{key: principal.id})
    row = found.select_related("principal_person", "principal_organisation", "proxy").order_by("-last_day", "pk").first()
    return None if row is None else _view(row, is_principal=False, at=at)


def _concerning(account_id: UUID, mine: Iterable[tuple[Subject, str]]) -> QuerySet[Mandate]:
    subjects = [subject for subject, _name in mine]
    account = Account.objects.get(pk=account_id)
    persons = [each.id for each in subjects if each.kind == PERSON]
    organisations = [each.id for each in subjects if each.kind == ORGANISATION]
    given = Q(principal_person__in=persons) | Q(principal_organisation__in=organisations)
    found = Mandate.objects.filter(given | Q(proxy__in=persons) | offered_to(account))
    return found.select_related("principal_person", "principal_organisation", "proxy")


def _is_given(mandate: Mandate, mine: Iterable[tuple[Subject, str]]) -> bool:
    return any(subject == _principal(mandate) for subject, _name in mine)


def _principal(mandate: Mandate) -> Subject:
    if mandate.principal_person_id is not None:
        return Subject(PERSON, mandate.principal_person_id)
    assert mandate.principal_organisation_id is not None  # noqa: S101 - a constraint of the table
    return Subject(ORGANISATION, mandate.principal_organisation_id)


def _name(mandate: Mandate) -> str:
    principal = mandate.principal_person or mandate.principal_organisation
    return principal.name if principal else ""


def _view(mandate: Mandate, *, is_principal: bool, at: datetime) -> MandateView:
    person = mandate.principal_person
    principal = person.name if person and is_principal else masking.mask_name(person.name) if person else _name(mandate)
    return MandateView(
        id=mandate.id,
        principal=principal,
        proxy=masking.mask_name(mandate.proxy.name if mandate.proxy else mandate.proxy_name),
        proxy_phone=masking.mask_phone(mandate.proxy_phone) if mandate.proxy_phone else "",
        items=mandate.items,
        first_day=mandate.first_day,
        last_day=mandate.last_day,
        basis=mandate.get_basis_display(),
        is_guardian=mandate.basis == MandateBasis.GUARDIAN,
        is_principal=is_principal,
        state=_state(mandate, local_date(at)),
        ended_how=mandate.get_ended_how_display() if mandate.ended_how else "",
        ended_at=mandate.ended_at,
        offered_at=mandate.offered_at,
        accepted_at=mandate.accepted_at,
        paper_id=mandate.paper_id,
    )


def _state(mandate: Mandate, today: date) -> str:
    if mandate.ended_at is not None:
        return "ended"
    if mandate.last_day < today:
        return "over"
    if mandate.accepted_at is None:
        return "offered"
    return "coming" if mandate.first_day > today else "live"
