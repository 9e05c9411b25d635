"""What a window enters of persons and organisations after their papers: mandates, guardians, deaths, mergers, double entries."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from functools import wraps
from typing import ParamSpec, TypeVar
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from onedoor.journal import services as journal
from onedoor.journal.acts import Act
from onedoor.kernel.actor import Actor
from onedoor.kernel.clock import local_date
from onedoor.kernel.errors import AlreadyDone, Invalid, NotAllowed, NotFound
from onedoor.kernel.history import changed_by
from onedoor.kernel.identity import parse_credit_code, parse_identity
from onedoor.kernel.subjects import Subject
from onedoor.people import acts, capacity, permissions, queries
from onedoor.people.models import Account, Mandate, Membership, Organisation, Person
from onedoor.people.names import clean_name
from onedoor.people.services import mandates, persons
from onedoor.people.services.persons import NewOrganisation, NewPerson
from onedoor.people.states import MandateBasis, MandateEnd

SHORTEST_REASON = 4
P = ParamSpec("P")
R = TypeVar("R")


def _at_window(what: Act) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Make a function one act of a post that keeps persons; a try of anybody else is recorded under the actor's account."""

    def make(function: Callable[P, R]) -> Callable[P, R]:
        @wraps(function)
        def act(*args: P.args, **kwargs: P.kwargs) -> R:
            by, at = kwargs["by"], kwargs["at"]
            assert isinstance(by, Actor) and isinstance(at, datetime)  # noqa: S101, PT018
            if not permissions.keeps_persons(by):
                if by.account is not None:
                    own = Subject(queries.ACCOUNT, by.account)
                    journal.record_refusal(what, subject=own, by=by, at=at, reason=NotAllowed.code)
                raise NotAllowed
            with transaction.atomic(durable=True):
                return function(*args, **kwargs)

        return act

    return make


@_at_window(acts.RECORD_MANDATE)
def record_mandate(
    *, principal: NewPerson | NewOrganisation, proxy: NewPerson, items: Sequence[str], last_day: date, paper_id: UUID, by: Actor,
    at: datetime,
) -> UUID:  # fmt: skip
    """Enter a mandate on paper (授权委托书), seen with the identity papers at a window; it counts from today.

    :raises NotAllowed: when the post keeps no persons; recorded.
    :raises Invalid: when days or items cannot be right, or principal and proxy are one.
    :raises NeedsGuardian: when either is under age.
    :raises Overlaps: when there is such a mandate already.
    """
    today = local_date(at)
    mandates.require_days(today, last_day, at=at)
    (agent,) = persons.find_or_create_persons([proxy], by=by, at=at)
    if isinstance(principal, NewPerson):
        (person,) = persons.find_or_create_persons([principal], by=by, at=at)
        giver = Subject(queries.PERSON, person.id)
        _require_full_age([person], today)
    else:
        (organisation,) = persons.find_or_create_organisations([principal], by=by, at=at)
        giver = Subject(queries.ORGANISATION, organisation.id)
    _require_full_age([agent], today)
    mandate = mandates.new_mandate(giver, items=items, first_day=today, last_day=last_day, by=by, at=at)
    return _entered(mandate, agent, MandateBasis.PAPER, paper_id, by=by, at=at)


@_at_window(acts.RECORD_MANDATE)
def record_guardian(*, child: NewPerson, guardian: NewPerson, paper_id: UUID, by: Actor, at: datetime) -> UUID:
    """Enter who acts for a minor by law (民法典 27), after the paper; it ends by itself on the eighteenth birthday.

    :raises NotAllowed: when the post keeps no persons; recorded.
    :raises Invalid: when the child is of age or its paper tells no birthday, or the guardian is under age.
    :raises Overlaps: when this guardian is entered already.
    """
    today = local_date(at)
    minor, adult = persons.find_or_create_persons([child, guardian], by=by, at=at)
    until = capacity.full_age_of(minor)
    if until is None or until <= today:
        raise Invalid({"child": _("Only for a child below 18 whose identity number tells the birthday.")})
    _require_full_age([adult], today)
    last_day = until - timedelta(days=1)
    mandate = mandates.new_mandate(Subject(queries.PERSON, minor.id), items=(), first_day=today, last_day=last_day, by=by, at=at)
    return _entered(mandate, adult, MandateBasis.GUARDIAN, paper_id, by=by, at=at)


def _entered(mandate: Mandate, proxy: Person, basis: MandateBasis, paper_id: UUID, *, by: Actor, at: datetime) -> UUID:
    if proxy.id == mandate.principal_person_id:
        raise Invalid({"proxy": _("Nobody needs a mandate for oneself.")})
    mandate.basis, mandate.proxy_id, mandate.accepted_at, mandate.paper_id = basis, proxy.id, at, paper_id
    mandate.proxy_name = proxy.name
    mandates.write_mandate(mandate)
    mandates.record_mandate_act(acts.RECORD_MANDATE, mandate, by=by, at=at)
    mandates.tell_both("people.mandate_entered", mandate, by=by, at=at)
    return mandate.id


def _require_full_age(found: Sequence[Person], today: date) -> None:
    for person in found:
        until = capacity.full_age_of(person)
        if until is not None and until > today:
            raise Invalid({"proxy": _("Who is under age neither gives a mandate nor holds one.")})


@_at_window(acts.END_MANDATE)
def end_mandate_at_window(*, mandate_id: UUID, reason: str, by: Actor, at: datetime) -> None:
    """End a mandate or a guardianship at a window, for either side, with the reason; it counts at once.

    :raises NotAllowed: when the post keeps no persons; recorded.
    :raises Invalid: when no reason is given.
    :raises NotFound: when there is none.
    :raises AlreadyDone: when it has ended.
    """
    _require_reason(reason)
    mandate = Mandate.objects.select_for_update().filter(pk=mandate_id).first()
    if mandate is None:
        raise NotFound
    if mandate.ended_at is not None:
        raise AlreadyDone(_("This mandate has ended already."))
    mandates.end_mandates([mandate], MandateEnd.WINDOW, by=by, at=at, reason=reason.strip())


@_at_window(acts.RECORD_DEATH)
def record_death(*, name: str, identity_kind: str, identity: str, died_day: date, reason: str, by: Actor, at: datetime) -> None:
    """Enter that a person has died: the account is locked and all mandates end (民法典 173, 175); applications stay as they are.

    :raises NotAllowed: when the post keeps no persons; recorded.
    :raises Invalid: when the day lies ahead or the paper is not named as reason.
    :raises NotFound: when the city does not know the person by this name and number.
    :raises AlreadyDone: when it was entered before.
    """
    _require_reason(reason)
    if died_day > local_date(at):
        raise Invalid({"day": _("The day of death cannot lie ahead.")})
    person = _known(name, identity_kind, identity, at=at)
    if person.died_day is not None:
        raise AlreadyDone(_("This was entered before."))
    person.died_day = died_day
    changed_by(by)
    person.save(update_fields=["died_day"])
    Account.objects.filter(person=person, is_active=True).update(is_active=False)
    _end_all(person, MandateEnd.DEATH, by=by, at=at)
    facts = {"day": str(died_day), "reason": reason.strip()}
    journal.record(acts.RECORD_DEATH, subject=Subject(queries.PERSON, person.id), by=by, at=at, facts=facts)


@_at_window(acts.UNDO_DEATH)
def undo_death(*, name: str, identity_kind: str, identity: str, reason: str, by: Actor, at: datetime) -> None:
    """Take back a death that was entered by mistake: the account opens again; mandates have to be given anew.

    :raises NotAllowed: when the post keeps no persons; recorded.
    :raises Invalid: when no reason is given.
    :raises NotFound: when no death of such a person was entered.
    """
    _require_reason(reason)
    person = _known(name, identity_kind, identity, at=at)
    if person.died_day is None:
        raise NotFound
    person.died_day = None
    changed_by(by)
    person.save(update_fields=["died_day"])
    Account.objects.filter(person=person, closed_at__isnull=True).update(is_active=True)
    subject = Subject(queries.PERSON, person.id)
    journal.record(acts.UNDO_DEATH, subject=subject, by=by, at=at, facts={"reason": reason.strip()})


@_at_window(acts.MERGE_PERSONS)
def merge_persons(*, double: NewPerson, kept: NewPerson, reason: str, by: Actor, at: datetime) -> None:
    """Join two entries of one person, who came with two papers: the first one's account is closed, its applications go along.

    :raises NotAllowed: when the post keeps no persons; recorded.
    :raises Invalid: when no reason is given, or both are one entry.
    :raises NotFound: when the city does not know one of them.
    """
    _require_reason(reason)
    one, other = (_known(each.name, each.identity_kind, each.identity, at=at) for each in (double, kept))
    if one.id == other.id or one.merged_into_id or other.merged_into_id:
        raise Invalid({"kept": _("These two are one entry already.")})
    one.merged_into = other
    changed_by(by)
    one.save(update_fields=["merged_into"])
    Person.objects.filter(merged_into=one).update(merged_into=other)
    closed = Account.objects.filter(person=one, closed_at__isnull=True)
    closed.update(is_active=False, closed_at=at, phone=None, phone_hash=None)
    _end_all(one, MandateEnd.WINDOW, by=by, at=at)
    facts = {"into": str(other.id), "reason": reason.strip()}
    journal.record(acts.MERGE_PERSONS, subject=Subject(queries.PERSON, one.id), by=by, at=at, facts=facts)


@_at_window(acts.MERGE_ORGANISATIONS)
def merge_organisations(*, credit_code: str, into_code: str, reason: str, by: Actor, at: datetime) -> None:
    """Enter that an organisation went up in another one, which takes over its applications and papers (民法典 67).

    :raises NotAllowed: when the post keeps no persons; recorded.
    :raises Invalid: when no reason is given, or both are one.
    :raises NotFound: when the city does not know one of them.
    """
    _require_reason(reason)
    codes = parse_credit_code(credit_code), parse_credit_code(into_code)
    found = {
        each.credit_code: each for each in Organisation.objects.select_for_update().filter(credit_code__in=codes).order_by("pk")
    }
    if set(found) != set(codes):
        raise NotFound(_("We do not know one of these organisations. Please compare the codes with the licences."))
    gone, kept = found[codes[0]], found[codes[1]]
    if gone is kept or gone.merged_into_id or kept.merged_into_id:
        raise Invalid({"into_code": _("One of them went up in another one already, or both codes are the same.")})
    gone.merged_into = kept
    changed_by(by)
    gone.save(update_fields=["merged_into"])
    Organisation.objects.filter(merged_into=gone).update(merged_into=kept)
    Membership.objects.filter(organisation=gone, ends_at__isnull=True).update(ends_at=at)
    held = list(Mandate.objects.select_for_update().filter(principal_organisation=gone, ended_at__isnull=True).order_by("pk"))
    mandates.end_mandates(held, MandateEnd.WINDOW, by=by, at=at)
    facts = {"into": str(kept.id), "reason": reason.strip()}
    journal.record(acts.MERGE_ORGANISATIONS, subject=Subject(queries.ORGANISATION, gone.id), by=by, at=at, facts=facts)


def _end_all(person: Person, how: MandateEnd, *, by: Actor, at: datetime) -> None:
    for key in ("principal_person", "proxy"):
        held = Mandate.objects.select_for_update().filter(ended_at__isnull=True, **{key: person})
        mandates.end_mandates(list(held.order_by("pk")), how, by=by, at=at)


def _known(name: str, identity_kind: str, identity: str, *, at: datetime) -> Person:
    number = parse_identity(identity_kind, identity, today=local_date(at))
    found = Person.objects.select_for_update().filter(identity_hash=queries.identity_hash(identity_kind, number)).first()
    if found is None or found.name != clean_name(name):
        raise NotFound(_("We do not know a person by this name and number. Please compare both with the paper."))
    return found


def _require_reason(reason: str) -> None:
    if len(reason.strip()) < SHORTEST_REASON:
        raise Invalid({"reason": _("Please name the paper on which it rests; the reason is kept in the journal.")})
