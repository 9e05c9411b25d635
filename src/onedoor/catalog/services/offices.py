"""Which offices implement an item (S04): added, ended and taken up again one by one, each with the decision it rests on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from onedoor.catalog import acts, codes
from onedoor.catalog.models import CatalogItem, ServiceItem
from onedoor.catalog.permissions import require_publisher
from onedoor.catalog.services.edition import move_edition
from onedoor.catalog.subjects import ITEM
from onedoor.journal.acts import Act
from onedoor.journal.services import Record, record_many
from onedoor.kernel.actor import Actor
from onedoor.kernel.errors import Invalid, NotFound, Text, WrongState
from onedoor.kernel.subjects import Subject
from onedoor.network import queries as network


@dataclass(frozen=True, slots=True)
class OfficeChange:
    """The offices of an item that something is decided about, and the decision or rule that it rests on."""

    item_code: str
    offices: tuple[UUID, ...]
    basis: str


@transaction.atomic(durable=True)
def add_offices(change: OfficeChange, *, by: Actor, at: datetime) -> None:
    """Let offices implement an item from now on; the implementation code of each is made of its credit code and its level.

    :raises NotAllowed: when the actor may not publish.
    :raises Invalid: when no office or no basis is named, or an office is closed or has no credit code yet.
    :raises WrongState: when one of them implements the item already, or did before: that is taken up again.
    """
    item = _begun(change, by=by)
    offices = list(network.agencies().filter(id__in=change.offices))
    if len(offices) != len(set(change.offices)):
        raise NotFound
    without = [office.name for office in offices if not office.credit_code]
    if without:
        raise Invalid(
            {
                "office": _("Enter the credit code of %(offices)s first: the implementation code begins with it.")
                % {"offices": "、".join(without)}
            }
        )
    if ServiceItem.objects.filter(item=item, agency__in=offices).exists():
        raise WrongState
    rows = [
        ServiceItem(item=item, agency=office, task_code=codes.task_code(office.credit_code, office.level, item.catalog_code))
        for office in offices
    ]
    taken = set(ServiceItem.objects.filter(task_code__in=[row.task_code for row in rows]).values_list("task_code", flat=True))
    if taken or len({row.task_code for row in rows}) < len(rows):
        raise Invalid({"office": _("Two offices have the same credit code. Put that right in the list of offices first.")})
    ServiceItem.objects.bulk_create(rows)
    _done(acts.ADD_OFFICE, item, rows, change.basis, by=by, at=at)


@transaction.atomic(durable=True)
def end_offices(change: OfficeChange, *, by: Actor, at: datetime) -> None:
    """Let offices implement an item no more: nothing new is filed with them, what they have they finish.

    :raises NotAllowed: when the actor may not publish.
    :raises Invalid: when no office or no basis is named.
    :raises WrongState: when one of them does not implement it now.
    """
    item = _begun(change, by=by)
    rows = _rows(item, change.offices, is_open=True)
    _set(rows, is_open=False)
    _done(acts.END_OFFICE, item, rows, change.basis, by=by, at=at)


@transaction.atomic(durable=True)
def reopen_offices(change: OfficeChange, *, by: Actor, at: datetime) -> None:
    """Let offices implement an item again, under the implementation code that they had.

    :raises NotAllowed: when the actor may not publish.
    :raises Invalid: when no office or no basis is named, or an office is closed.
    :raises WrongState: when one of them implements it now, or never did.
    """
    item = _begun(change, by=by)
    rows = _rows(item, change.offices, is_open=False)
    closed = [row.agency.name for row in rows if not row.agency.is_open]
    if closed:
        raise Invalid(
            {"office": _("%(offices)s is closed. Choose the office that took over its work.") % {"offices": "、".join(closed)}}
        )
    _set(rows, is_open=True)
    _done(acts.REOPEN_OFFICE, item, rows, change.basis, by=by, at=at)


def _begun(change: OfficeChange, *, by: Actor) -> CatalogItem:
    """Return the item, locked, so that two who decide about its offices do it one after the other."""
    require_publisher(by)
    errors: dict[str, Text] = {}
    if not change.offices:
        errors["office"] = _("Choose at least one office.")
    if not change.basis.strip():
        errors["basis"] = _("Say on which decision or rule this is based.")
    if errors:
        raise Invalid(errors)
    item = CatalogItem.objects.select_for_update().filter(code=change.item_code).first()
    if item is None:
        raise NotFound
    return item


def _rows(item: CatalogItem, offices: Sequence[UUID], *, is_open: bool) -> list[ServiceItem]:
    found = ServiceItem.objects.filter(item=item, agency__in=offices, is_open=is_open).select_related("agency").order_by("id")
    rows = list(found)
    if len(rows) != len(set(offices)):
        raise WrongState
    return rows


def _set(rows: Sequence[ServiceItem], *, is_open: bool) -> None:
    ServiceItem.objects.filter(id__in=[row.id for row in rows]).update(is_open=is_open)


def _done(act: Act, item: CatalogItem, rows: Sequence[ServiceItem], basis: str, *, by: Actor, at: datetime) -> None:
    said = {"name": item.name, "item": item.code, "basis": basis.strip()}
    records = [
        Record(
            Subject(ITEM, item.id), {**said, "office": row.agency.name, "office_code": row.agency.code, "task_code": row.task_code}
        )
        for row in rows
    ]
    record_many(act, records, by=by, at=at)
    move_edition()
