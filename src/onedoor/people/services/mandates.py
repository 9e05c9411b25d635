"""Acts on mandates: offered and accepted online, given up or taken back by either side at any time (民法典 161-175)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from onedoor.journal import services as journal
from onedoor.journal.acts import Act
from onedoor.kernel import masking
from onedoor.kernel.actor import Actor
from onedoor.kernel.clock import local_date
from onedoor.kernel.errors import AlreadyDone, Invalid, NotAllowed, NotFound, WrongState
from onedoor.kernel.identity import parse_mobile
from onedoor.kernel.ids import new_id
from onedoor.kernel.subjects import Subject
from onedoor.people import acts, capacity, mandates, queries, telling
from onedoor.people.models import Account, Mandate
from onedoor.people.names import clean_name
from onedoor.people.services.tries import spend_try
from onedoor.people.states import AccountKind, MandateBasis, MandateEnd, MembershipRole

OFFERS_A_DAY = 10
MOST_ITEMS = 20


class Overlaps(AlreadyDone):
    """Two mandates of one pair and scope would share a day."""

    code = "mandate_overlaps"
    default = _(
        "There is such a mandate for these days already. End it first, or let the new one begin the day after its last day."
    )


def offer_mandate(
    *, principal: Subject, name: str, phone: str, items: Sequence[str], first_day: date, last_day: date, by: Actor, at: datetime
) -> UUID:
    """Offer somebody, known by mobile and name, the right to act for oneself or for an organisation that one represents.

    It counts once the other has logged in and agreed. The answer is the same whether the mobile is known or not. ``items`` are the
    codes of items; none means all.

    :raises NotAllowed: when the principal is neither oneself nor an organisation whose legal representative one is.
    :raises Invalid: when name, mobile, days or items cannot be right.
    :raises TooManyTries: after ten offers in a day.
    """
    if by.account is None or principal not in [subject for subject, _name in mandates.represented_by(by.account)]:
        raise NotAllowed(_("You can let somebody act for yourself, or for an organisation whose legal representative you are."))
    capacity.require_capacity([principal], by=by, at=at)
    require_days(first_day, last_day, at=at)
    if len(items) > MOST_ITEMS:
        raise Invalid({"items": _("At most %(count)s items; or choose all.") % {"count": MOST_ITEMS}})
    mandate = new_mandate(principal, items=items, first_day=first_day, last_day=last_day, by=by, at=at)
    mandate.basis, mandate.proxy_name, mandate.proxy_phone = MandateBasis.CONSENT, clean_name(name), parse_mobile(phone)
    mandate.proxy_phone_hash = queries.phone_hash(mandate.proxy_phone)
    if Account.objects.filter(pk=by.account, phone_hash=mandate.proxy_phone_hash).exists():
        raise Invalid({"phone": _("This is your own mobile. Enter that of the person who shall act for you.")})
    spend_try(key=f"mandate:{by.account}", limit=OFFERS_A_DAY, window_seconds=24 * 3600, at=at)
    _offer(mandate, by=by, at=at)
    return mandate.id


@transaction.atomic(durable=True)
def _offer(mandate: Mandate, *, by: Actor, at: datetime) -> None:
    mandate.save(force_insert=True)
    record_mandate_act(acts.OFFER_MANDATE, mandate, by=by, at=at)
    account = Account.objects.filter(phone_hash=mandate.proxy_phone_hash, kind=AccountKind.CITIZEN, is_active=True).first()
    known = account.id if account is not None and account.display_name == mandate.proxy_name else None
    telling.tell([_news("people.mandate_offered", mandate, known, phone=mandate.proxy_phone)], at=at)


@transaction.atomic(durable=True)
def accept_mandate(*, mandate_id: UUID, by: Actor, at: datetime) -> None:
    """Agree to act for somebody; from its first day on the mandate counts.

    :raises NotFound: when it was not offered to this account.
    :raises WrongState: when it was taken back or its days are over.
    :raises Overlaps: when one acts for them in the same items and days already.
    """
    account = _citizen(by)
    mandate = Mandate.objects.select_for_update().filter(pk=mandate_id).first()
    if mandate is None or account.person_id is None or mandate.proxy_name != account.display_name:
        raise NotFound
    if mandate.proxy_phone_hash is None or bytes(mandate.proxy_phone_hash) != bytes(account.phone_hash or b""):
        raise NotFound
    if mandate.accepted_at is not None and mandate.proxy_id == account.person_id and mandate.ended_at is None:
        return
    if mandate.accepted_at is not None or mandate.ended_at is not None or mandate.last_day < local_date(at):
        raise WrongState(_("This offer does not stand any more."))
    capacity.require_capacity([Subject(queries.PERSON, account.person_id)], by=by, at=at)
    mandate.proxy_id, mandate.accepted_at = account.person_id, at
    write_mandate(mandate, ("proxy", "accepted_at"))
    record_mandate_act(acts.ACCEPT_MANDATE, mandate, by=by, at=at)
    telling.tell([_news("people.mandate_accepted", mandate, each) for each in _accounts_of_principal(mandate)], at=at)


@transaction.atomic(durable=True)
def end_mandate(*, mandate_id: UUID, by: Actor, at: datetime) -> None:
    """End a mandate, or an offer, at once: by who gave it or by who acts; what was done before stays valid.

    :raises NotFound: when it is somebody else's.
    :raises AlreadyDone: when it has ended.
    :raises WrongState: when it is a guardianship, which no declaration ends.
    """
    account = _citizen(by)
    view = mandates.mandate_of(account.id, mandate_id, at=at)
    mandate = Mandate.objects.select_for_update().get(pk=mandate_id)
    if mandate.basis == MandateBasis.GUARDIAN:
        raise WrongState(_("A guardianship ends by law at the age of 18, or at a window with the paper that says so."))
    if not view.is_open or mandate.ended_at is not None:
        raise AlreadyDone(_("This mandate has ended already."))
    declined = MandateEnd.DECLINED if mandate.accepted_at is None else MandateEnd.GIVEN_UP
    end_mandates([mandate], MandateEnd.WITHDRAWN if view.is_principal else declined, by=by, at=at)


@transaction.atomic(savepoint=False)
def end_mandates(found: Sequence[Mandate], how: MandateEnd, *, by: Actor, at: datetime, reason: str = "") -> None:
    """End locked mandates and tell the other side of each."""
    for mandate in found:
        mandate.ended_at, mandate.ended_by, mandate.ended_how = at, by.account, how
    Mandate.objects.bulk_update(found, ["ended_at", "ended_by", "ended_how"])
    for mandate in found:
        record_mandate_act(acts.END_MANDATE, mandate, by=by, at=at, how=how, **({"reason": reason} if reason else {}))
        tell_both("people.mandate_ended", mandate, by=by, at=at)


def write_mandate(mandate: Mandate, fields: Sequence[str] | None = None) -> None:
    """Write a mandate, new or with the named columns.

    :raises Overlaps: when it shares a day with another one of the same pair and scope.
    """
    try:
        with transaction.atomic():
            mandate.save(**({"force_insert": True} if fields is None else {"update_fields": fields}))
    except IntegrityError as error:
        if "people_mandate_no_overlap" not in str(error):
            raise
        raise Overlaps from None


def new_mandate(principal: Subject, *, items: Sequence[str], first_day: date, last_day: date, by: Actor, at: datetime) -> Mandate:
    """Return a mandate that is not written yet; ``items`` are codes, none means all."""
    wanted = sorted(set(items))
    return Mandate(
        id=new_id(),
        principal_person_id=principal.id if principal.kind == queries.PERSON else None,
        principal_organisation_id=principal.id if principal.kind == queries.ORGANISATION else None,
        items=wanted,
        scope=",".join(wanted),
        first_day=first_day,
        last_day=last_day,
        offered_at=at,
        offered_by=by.account,
    )


def require_days(first_day: date, last_day: date, *, at: datetime) -> None:
    """Let only days pass that come in order, begin today or later, and are not more than the setting allows.

    :raises Invalid: when they do not.
    """
    today, longest = local_date(at), settings.ONEDOOR_MANDATE_DAYS
    if first_day < today or last_day < first_day:
        raise Invalid({"last_day": _("The last day comes after the first one, and the first is not before today.")})
    if last_day >= first_day + timedelta(days=longest):
        raise Invalid({"last_day": _("At most %(days)s days. It can be given anew afterwards.") % {"days": longest}})


def tell_both(code: str, mandate: Mandate, *, by: Actor, at: datetime) -> None:
    """Tell both sides of a mandate, except who acts."""
    told = {*_accounts_of_principal(mandate), *_accounts_of_proxy(mandate)} - {by.account}
    telling.tell([_news(code, mandate, each) for each in sorted(told)], at=at)


def _citizen(by: Actor) -> Account:
    account = queries.account_by_id(by.account) if by.account is not None else None
    if account is None or account.is_staff_account or not account.is_active:
        raise NotAllowed
    return account


def record_mandate_act(act: Act, mandate: Mandate, *, by: Actor, at: datetime, **more: object) -> None:
    """Record what was done with a mandate, under its principal."""
    principal = mandate.principal_person_id or mandate.principal_organisation_id
    assert principal is not None  # noqa: S101 - a constraint of the table
    kind = queries.PERSON if mandate.principal_person_id else queries.ORGANISATION
    journal.record(
        act, subject=Subject(kind, principal), by=by, at=at, on_behalf_of=None if principal == by.person else principal,
        facts={
            "mandate": str(mandate.id), "items": mandate.items, "basis": str(mandate.basis),
            "first_day": str(mandate.first_day), "last_day": str(mandate.last_day),
            **({"proxy": str(mandate.proxy_id)} if mandate.proxy_id else {}), **more,
        },
    )  # fmt: skip


def _news(code: str, mandate: Mandate, account_id: UUID | None, phone: str | None = None) -> telling.News:
    person = mandate.principal_person
    organisation = mandate.principal_organisation
    return telling.News(
        code=code,
        account_id=account_id,
        phone=phone,
        subject=Subject(mandates.MANDATE, mandate.id),
        values={
            "principal": masking.mask_name(person.name) if person else organisation.name if organisation else "",
            "proxy": masking.mask_name(mandate.proxy_name),
            "last_day": str(mandate.last_day),
        },
    )


def _accounts_of_principal(mandate: Mandate) -> list[UUID]:
    citizens = Account.objects.filter(kind=AccountKind.CITIZEN, is_active=True)
    if mandate.principal_person_id is not None:
        found = citizens.filter(person_id=mandate.principal_person_id)
    else:
        found = citizens.filter(
            memberships__organisation=mandate.principal_organisation_id, memberships__role=MembershipRole.LEGAL,
            memberships__ends_at__isnull=True,
        )  # fmt: skip
    return list(found.order_by("pk").values_list("pk", flat=True))


def _accounts_of_proxy(mandate: Mandate) -> list[UUID]:
    if mandate.proxy_id is None:
        return []
    found = Account.objects.filter(kind=AccountKind.CITIZEN, is_active=True, person_id=mandate.proxy_id)
    return list(found.order_by("pk").values_list("pk", flat=True))
