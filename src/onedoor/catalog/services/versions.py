"""Versions of an item's standard: publishing them, and what becomes of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from onedoor.catalog.acts import CHANGE_STATUS, PUBLISH
from onedoor.catalog.content import Content
from onedoor.catalog.models import CURRENT, CatalogItem, ItemOption, ItemVersion, VersionStatus
from onedoor.catalog.permissions import require_publisher
from onedoor.catalog.services.edition import move_edition
from onedoor.catalog.services.search_index import index
from onedoor.catalog.subjects import VERSION
from onedoor.journal.services import Record, record_many
from onedoor.kernel.actor import Actor
from onedoor.kernel.clock import local_date
from onedoor.kernel.ids import new_id
from onedoor.kernel.subjects import Subject


@dataclass(frozen=True, slots=True)
class NewVersion:
    """A standard to publish for an item."""

    item_code: str
    case_kind: str
    legal_length: int
    legal_unit: str
    promise_length: int
    promise_unit: str
    levels: tuple[str, ...]
    accepts_online: bool
    is_complete: bool
    content: Content
    status: str = VersionStatus.PUBLISHED


@transaction.atomic(durable=True)
def publish_version(version: NewVersion, *, by: Actor, at: datetime) -> UUID:
    """Publish a new version of an item's standard at once; the one before it is superseded and running cases keep theirs.

    :raises NotAllowed: when the actor has not the duty ``catalog.publish``.
    """
    require_publisher(by)
    item = CatalogItem.objects.select_for_update().get(code=version.item_code)
    (published,) = write_versions([(item, version)], by=by, at=at)
    index([item.id])
    move_edition()
    return published.id


def write_versions(pairs: Sequence[tuple[CatalogItem, NewVersion]], *, by: Actor, at: datetime) -> list[ItemVersion]:
    """Write versions of locked items: the numbers follow on, what was current before is superseded from today."""
    if not pairs:
        return []
    today = local_date(at)
    ids = [item.id for item, _version in pairs]
    last = dict(
        ItemVersion.objects.filter(item__in=ids).order_by("item_id", "-number").distinct("item_id").values_list("item_id", "number")
    )
    ItemVersion.objects.filter(item__in=ids, status__in=CURRENT).update(status=VersionStatus.SUPERSEDED, effective_to=today)
    versions = [
        ItemVersion(
            id=new_id(),
            item=item,
            number=last.get(item.id, 0) + 1,
            status=version.status,
            effective_from=today,
            published_at=at,
            case_kind=version.case_kind,
            legal_length=version.legal_length,
            legal_unit=version.legal_unit,
            promise_length=version.promise_length,
            promise_unit=version.promise_unit,
            levels=list(version.levels),
            accepts_online=version.accepts_online,
            is_complete=version.is_complete,
            content=version.content.to_json(),
        )
        for item, version in pairs
    ]
    ItemVersion.objects.bulk_create(versions)
    ItemOption.objects.bulk_create(
        ItemOption(version=row, code=option.code, name=option.name, when_needed=option.when, change=option.change)
        for row, (_item, version) in zip(versions, pairs, strict=True)
        for option in version.content.options
    )
    facts = [{"number": row.number, "name": row.item.name, "item": row.item.code} for row in versions]
    record_many(PUBLISH, [Record(Subject(VERSION, row.id), each) for row, each in zip(versions, facts, strict=True)], by=by, at=at)
    return versions


def change_status(moved: Sequence[tuple[ItemVersion, CatalogItem, str]], *, by: Actor, at: datetime) -> None:
    """Give versions another status. One statement for each status, one for the journal."""
    for status in sorted({status for _version, _item, status in moved}):
        ids = [version.id for version, _item, to in moved if to == status]
        ItemVersion.objects.filter(id__in=ids).update(status=status)
    records = [
        Record(Subject(VERSION, version.id), {"name": item.name, "item": item.code, "status": status})
        for version, item, status in moved
    ]
    record_many(CHANGE_STATUS, records, by=by, at=at)
