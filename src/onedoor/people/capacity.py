"""Who can apply at all: not who has died, not what went up in another organisation, and a minor by a guardian (民法典 13, 17-23, 67)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from onedoor.kernel.actor import Actor
from onedoor.kernel.clock import local_date
from onedoor.kernel.errors import Refused
from onedoor.kernel.identity import birthday, birthday_in
from onedoor.kernel.subjects import Subject
from onedoor.people.mandates import PERSON, live_on
from onedoor.people.models import Mandate, Organisation, Person
from onedoor.people.states import MandateBasis

FULL_AGE = 18
OWN_WORK = 16  # 民法典 18: who lives on the own work counts as of full age; a clerk sees whether that is so


class Died(Refused):
    """Nothing is done any more in the name of somebody who has died."""

    code = "died"
    default = _(
        "According to our records the person with this number has died. Heirs apply in their own names; if the record is wrong, "
        "any window puts it right with the identity card."
    )


class WentUp(Refused):
    """An organisation that went up in another one acts no more; the other one does."""

    code = "went_up"
    default = _("This organisation went up in another one, which acts in its place.")


class NeedsGuardian(Refused):
    """A minor applies by a guardian."""

    code = "needs_guardian"
    http_status = 422
    default = _(
        "The applicant is under age: a parent or guardian applies. Any window enters the guardian with household register or birth "
        "certificate; from then on it is done with the guardian's own account. From 16 on, who lives on the own work comes to a window."
    )


def full_age_of(person: Person) -> date | None:
    """Return the day on which a person is of full age; None where the number of the paper tells no birthday."""
    born = birthday(person.identity_kind, person.identity)
    return birthday_in(born, FULL_AGE) if born else None


def require_capacity(applicants: Collection[Subject], *, by: Actor, at: datetime) -> None:
    """Let only those be applicants who can be. Two queries, and one more where there is a minor.

    :raises Died: when one has died.
    :raises WentUp: when one went up in another organisation.
    :raises NeedsGuardian: when one is under age and nobody who is entered as guardian acts; at a window and through the API a
        guardian has to be entered.
    """
    persons = [each.id for each in applicants if each.kind == PERSON]
    organisations = [each.id for each in applicants if each.kind != PERSON]
    if organisations and Organisation.objects.filter(pk__in=organisations, merged_into__isnull=False).exists():
        raise WentUp
    for person in Person.objects.filter(pk__in=persons) if persons else ():
        if person.died_day is not None:
            raise Died
        require_guardian(person, by=by, at=at)


def require_guardian(person: Person, *, by: Actor, at: datetime) -> None:
    """Let a minor only pass with a guardian; costs a query for a minor alone.

    :raises NeedsGuardian: as ``require_capacity`` does.
    """
    today = local_date(at)
    born = birthday(person.identity_kind, person.identity)
    if born is None or today >= birthday_in(born, OWN_WORK if by.is_staff else FULL_AGE):
        return
    guardian = None if by.is_staff or by.client_id is not None else by.person
    if not _has_guardian(person.id, guardian, today=today, anybody=by.is_staff or by.client_id is not None):
        raise NeedsGuardian


def _has_guardian(child: UUID, guardian: UUID | None, *, today: date, anybody: bool) -> bool:
    found = Mandate.objects.filter(live_on(today), principal_person=child, basis=MandateBasis.GUARDIAN)
    return found.exists() if anybody else found.filter(proxy=guardian, proxy__isnull=False).exists()
