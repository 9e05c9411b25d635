"""Who implements what: service items, the second layer of the catalogue."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from onedoor.catalog import codes
from onedoor.catalog.acts import CREATE_SERVICE_ITEMS
from onedoor.catalog.models import CatalogItem, ServiceItem
from onedoor.catalog.services.edition import move_edition
from onedoor.catalog.subjects import ITEM
from onedoor.journal.services import Record, record_many
from onedoor.kernel.actor import Actor
from onedoor.kernel.subjects import Subject


@dataclass(frozen=True, slots=True)
class NewServiceItem:
    """Who implements an item: ``credit_code`` and ``level`` of the agency make the implementation code."""

    item_code: str
    agency_id: UUID
    level: str
    credit_code: str


@transaction.atomic(savepoint=False)
def create_service_items(rows: Sequence[NewServiceItem], *, by: Actor, at: datetime) -> None:
    """Enter which agency implements which item; pairs that are there already stay. A fixed number of statements."""
    items = {item.code: item for item in CatalogItem.objects.filter(code__in={row.item_code for row in rows})}
    made = [
        ServiceItem(
            item_id=items[row.item_code].id,
            agency_id=row.agency_id,
            task_code=codes.task_code(row.credit_code, row.level, items[row.item_code].catalog_code),
        )
        for row in rows
    ]
    ServiceItem.objects.bulk_create(made, ignore_conflicts=True, batch_size=5000)
    per_item: dict[UUID, int] = {}
    for each in made:
        per_item[each.item_id] = per_item.get(each.item_id, 0) + 1
    record_many(
        CREATE_SERVICE_ITEMS, [Record(Subject(ITEM, item), {"count": count}) for item, count in per_item.items()], by=by, at=at
    )
    move_edition()
