"""Bars: who broke a promise has nothing on a mere promise until his credit is repaired (domain.md 2.7)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from onedoor.casework import acts
from onedoor.casework.models import Application, Bar, BarKind
from onedoor.casework.services import core
from onedoor.journal import services as journal
from onedoor.kernel.actor import Actor
from onedoor.kernel.clock import local_date
from onedoor.kernel.errors import AlreadyDone, Invalid, NotAllowed, NotFound, Refused, Text
from onedoor.kernel.subjects import Subject
from onedoor.people import queries as people

KEEP_BARS = "casework.keep_bars"  # the duty of keeping who is barred


class Barred(Refused):
    """Bad credit forbids what is had on a mere promise."""

    code = "barred"
    default = _(
        "The applicant broke a promise before and may have nothing on a promise until that is repaired. All papers have to be there."
    )


def barring(applications: Sequence[Application], *, at: datetime, kind: str = BarKind.CREDIT) -> dict[UUID, Bar]:
    """Return the bar that stands in the way of each of some applications, by application. One statement."""
    persons = {each.applicant_person_id for each in applications if each.applicant_person_id}
    organisations = {each.applicant_organisation_id for each in applications if each.applicant_organisation_id}
    whose = Q(person__in=persons) | Q(organisation__in=organisations)
    rows = list(Bar.objects.filter(whose, kind=kind, lifted_at__isnull=True, until__gte=local_date(at)).order_by("until", "pk"))
    found = {}
    for application in applications:
        holder = (application.applicant_person_id, application.applicant_organisation_id)
        own = [
            bar for bar in rows if (bar.person_id, bar.organisation_id) == holder and bar.item_code in ("", application.item_code)
        ]
        if own:
            found[application.id] = own[-1]
    return found


def require_credit(applications: Sequence[Application], *, at: datetime) -> None:
    """Let only applicants pass who are not barred from what is had on a promise.

    :raises Barred: when one of them is.
    """
    if barring(applications, at=at):
        raise Barred


@transaction.atomic(savepoint=False)
def bar_many(applications: Sequence[Application], *, kind: str, until: date, reason: str, by: Actor, at: datetime) -> list[Bar]:
    """Bar the applicants of locked applications until a day, with the reason; each application's journal has it."""
    rows = [
        Bar(
            kind=kind, person_id=each.applicant_person_id, organisation_id=each.applicant_organisation_id, reason=reason, until=until,
            item_code=each.item_code if kind == BarKind.ITEM else "", entered_at=at, entered_by=by.posting, entered_label=by.label,
        )
        for each in applications
    ]  # fmt: skip
    Bar.objects.bulk_create(rows)
    facts = {each.id: {"kind": kind, "until": until.isoformat(), "reason": reason} for each in applications}
    core.record(applications, acts.BAR, by=by, at=at, facts=facts)
    return rows


@core.recorded_act(acts.BAR)
def enter_bar(*, application_id: UUID, until: date | None, reason: str, by: Actor, at: datetime) -> Bar:
    """Bar the applicant of an application from what is had on a promise until a day.

    :raises NotAllowed: when the post does not keep the bars.
    :raises Invalid: when day or reason is missing or the day lies behind.
    """
    application = core.lock_one(application_id)
    require_keeper(by)
    errors: dict[str, Text] = {}
    if until is None or until < local_date(at):
        errors["until"] = _("Write the last day of the bar, today or later.")
    if not reason.strip():
        errors["reason"] = _("Write why. The person barred has a right to know it.")
    if errors or until is None:
        raise Invalid(errors)
    return bar_many([application], kind=BarKind.CREDIT, until=until, reason=reason.strip(), by=by, at=at)[0]


@transaction.atomic(durable=True)
def lift_bar(*, bar_id: UUID, reason: str, by: Actor, at: datetime) -> Bar:
    """Lift a bar before its day, because the credit is repaired or it was entered wrongly.

    :raises NotAllowed: when the post does not keep the bars.
    :raises AlreadyDone: when it was lifted before.
    :raises Invalid: when no reason is given.
    """
    require_keeper(by)
    bar = Bar.objects.select_for_update().filter(pk=bar_id).first()
    if bar is None:
        raise NotFound
    if bar.lifted_at is not None:
        raise AlreadyDone
    if not reason.strip():
        raise Invalid({"reason": _("Write why it is lifted.")})
    bar.lifted_at, bar.lifted_by, bar.lifted_label, bar.lifted_because = at, by.posting, by.label, reason.strip()
    bar.save(update_fields=["lifted_at", "lifted_by", "lifted_label", "lifted_because"])
    holder = bar.person_id or bar.organisation_id
    kind = people.PERSON if bar.person_id else people.ORGANISATION
    if holder is not None:
        journal.record(
            acts.LIFT_BAR, subject=Subject(kind, holder), by=by, at=at, facts={"bar": str(bar.pk), "reason": reason.strip()}
        )
    return bar


def require_keeper(by: Actor) -> None:
    """Let only a post pass that keeps the bars.

    :raises NotAllowed: for everybody else.
    """
    if not (by.is_staff and by.has(KEEP_BARS)):
        raise NotAllowed(_("Only the service centre keeps who is barred."))
