"""Taking one's data along, and closing one's account with what the law lets be shredded (个人信息保护法 45, 47)."""

from __future__ import annotations

import secrets
from datetime import datetime
from uuid import UUID

from allauth.mfa.models import Authenticator
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from onedoor.journal import services as journal
from onedoor.kernel.actor import Actor, system_actor
from onedoor.kernel.errors import NotAllowed, NotFound, Refused
from onedoor.kernel.history import changed_by
from onedoor.kernel.subjects import Subject
from onedoor.people import acts, closing, queries
from onedoor.people.models import Account, Mandate, Membership, Person
from onedoor.people.services import mandates
from onedoor.people.services.tries import spend_try
from onedoor.people.states import MandateEnd, MembershipRole

EXPORTS_A_DAY = 10
BASIS = "个人信息保护法第四十七条：个人注销账号"


class StillOpen(Refused):
    """Something has to be finished before the account can be closed; ``details`` name it."""

    code = "still_open"
    default = _("Something is still open. It is named on this page; after that the account can be closed.")


def record_export(*, form: str, by: Actor, at: datetime) -> None:
    """Record that somebody takes the own data along, as JSON or as ZIP, before they leave the house.

    :raises NotAllowed: when nobody is logged in as a citizen.
    :raises TooManyTries: after ten in a day.
    """
    if by.account is None or by.person is None:
        raise NotAllowed
    spend_try(key=f"export:{by.account}", limit=EXPORTS_A_DAY, window_seconds=24 * 3600, at=at)
    _record_export(by.person, form, by=by, at=at)


@transaction.atomic(durable=True)
def _record_export(person_id: UUID, form: str, *, by: Actor, at: datetime) -> None:
    journal.record(acts.EXPORT_DATA, subject=Subject(queries.PERSON, person_id), by=by, at=at, facts={"form": form})


@transaction.atomic(durable=True)
def close_own_account(*, by: Actor, at: datetime) -> None:
    """Close one's account for good: mandates end, what need not be kept by law is shredded, the journal's proofs stay valid.

    :raises NotAllowed: when nobody is logged in as a citizen.
    :raises StillOpen: when an application is open, or one still represents an organisation.
    """
    if by.account is None or by.person is None:
        raise NotAllowed
    account = Account.objects.select_for_update().filter(pk=by.account, is_active=True).first()
    if account is None or account.is_staff_account:
        raise NotFound
    if obstacles(account.id, by.person):
        raise StillOpen
    for key in ("principal_person", "proxy"):
        held = Mandate.objects.select_for_update().filter(ended_at__isnull=True, **{key: by.person}).order_by("pk")
        mandates.end_mandates(list(held), MandateEnd.GIVEN_UP, by=by, at=at)
    changed_by(by)
    Membership.objects.filter(account=account, ends_at__isnull=True).update(ends_at=at)
    closing.let_go(account.id, by=by, at=at)
    journal.record(acts.CLOSE_ACCOUNT, subject=Subject(queries.ACCOUNT, account.id), by=by, at=at)
    _empty(account, at=at)
    _forget_person(by.person, by=by)
    subjects = [Subject(queries.ACCOUNT, account.id), Subject(queries.PERSON, by.person)]
    journal.shred_personal_facts(subjects=subjects, by=system_actor("people"), at=at, basis=BASIS)


def obstacles(account_id: UUID, person_id: UUID) -> list[object]:
    """Return what has to be done before an account can be closed, in words."""
    found: list[object] = list(closing.obstacles(account_id, person_id))
    heads = Membership.objects.filter(account=account_id, role=MembershipRole.LEGAL, ends_at__isnull=True).select_related(
        "organisation"
    )
    found += [
        _("You are the legal representative of %(name)s here. A window enters who follows you.") % {"name": each.organisation.name}
        for each in heads.order_by("pk")
    ]
    return found


def _empty(account: Account, *, at: datetime) -> None:
    account.set_unusable_password()
    account.is_active, account.closed_at, account.display_name = False, at, ""
    account.phone = account.phone_hash = account.phone_verified_at = account.email_verified_at = None
    account.email, account.no_sms, account.no_email = "", [], []
    account.save()
    Authenticator.objects.filter(user_id=account.pk).delete()
    account.lost_phones.all().delete()


def _forget_person(person_id: UUID, *, by: Actor) -> None:
    """Forget who the person is, where no room has to keep it; else only how the person could be reached."""
    person = Person.objects.select_for_update().get(pk=person_id)
    person.phone = None
    if not closing.is_kept(person_id):
        person.name, person.identity, person.region = "＊", "", ""
        person.identity_hash = secrets.token_bytes(32)
        person.verified_at, person.verified_how = None, ""
    changed_by(by)
    person.save()
