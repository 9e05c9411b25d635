"""Versions of an item's standard: publishing them, and what becomes of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from onedoor.catalog.acts import CHANGE_STATUS, PUBLISH
from onedoor.catalog.content import Content
from onedoor.catalog.models import COMING, CURRENT, CatalogItem, ItemOption, ItemVersion, VersionStatus
from onedoor.catalog.permissions import require_publisher
from onedoor.catalog.services.edition import move_edition
from onedoor.catalog.services.last_days import set_last_days
from onedoor.catalog.services.search_index import index_soon, stand_anew
from onedoor.catalog.services.short_codes import create_short_codes
from onedoor.catalog.subjects import ITEM, VERSION
from onedoor.journal.services import Record, record_many
from onedoor.kernel.actor import Actor
from onedoor.kernel.bulk import copy_in
from onedoor.kernel.clock import local_date
from onedoor.kernel.history import changed_by
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
    index_soon([item.id])
    move_edition()
    return published.id


def row_of(item: CatalogItem, version: NewVersion, number: int, **said: Any) -> ItemVersion:
    """Return the row of a version that is not written yet."""
    return ItemVersion(
        id=new_id(),
        item=item,
        number=number,
        case_kind=version.case_kind,
        legal_length=version.legal_length,
        legal_unit=version.legal_unit,
        promise_length=version.promise_length,
        promise_unit=version.promise_unit,
        levels=list(version.levels),
        accepts_online=version.accepts_online,
        is_complete=version.is_complete,
        content=version.content.to_json(),
        **said,
    )


def write_versions(pairs: Sequence[tuple[CatalogItem, NewVersion]], *, by: Actor, at: datetime) -> list[ItemVersion]:
    """Write versions of locked items: the numbers follow on, what was current before is superseded from today."""
    versions = rows_in_force(pairs, at=at)
    enter_in_force(versions, by=by, at=at)
    return versions


def rows_in_force(pairs: Sequence[tuple[CatalogItem, NewVersion]], *, at: datetime) -> list[ItemVersion]:
    """Return the rows of versions that come into force now, not written yet. One statement."""
    today, numbers = local_date(at), next_numbers([item.id for item, _version in pairs])
    return [
        row_of(item, version, numbers[item.id], status=version.status, effective_from=today, published_at=at)
        for item, version in pairs
    ]


def enter_in_force(versions: Sequence[ItemVersion], *, by: Actor, at: datetime) -> None:
    """Write rows of versions that come into force now, of locked items."""
    if not versions:
        return
    _supersede([each.item_id for each in versions], at=at)
    copy_in(versions)
    set_last_days([each.item_id for each in versions])
    _tell_of(versions, by=by, at=at)


def put_into_force(versions: Sequence[ItemVersion], *, by: Actor, at: datetime) -> None:
    """Publish versions that were approved, of locked items: what was current is superseded, people see the new one at once.

    What is suspended or was handed down stays so: it is opened again by the act for that, with a basis and a day, not by a new text.
    """
    if not versions:
        return
    changed_by(by)
    ids = [each.item_id for each in versions]
    numbers, standing = next_numbers(ids), _standing_still(ids)
    _supersede(ids, at=at)
    for version in versions:
        version.status = standing.get(version.item_id, VersionStatus.PUBLISHED)
        version.published_at, version.number = at, numbers[version.item_id]
        version.effective_from = local_date(at)
        _bring_up_to_date(version.item, version.content)
    with connection.cursor() as cursor:
        columns = ([each.id for each in versions], [each.number for each in versions], [str(each.status) for each in versions])
        cursor.execute(_IN_FORCE, [at, local_date(at), *columns])
    set_last_days(ids)
    update_items([each.item for each in versions])
    _tell_of(versions, by=by, at=at)
    index_soon(ids)
    create_short_codes([Subject(ITEM, each) for each in ids])
    move_edition()


def update_items(items: Sequence[CatalogItem]) -> None:
    """Write what the rows of locked items say of themselves. One statement."""
    if not items:
        return
    rows = [(each.id, each.name, each.name_en, each.board, f"{{{','.join(each.topics)}}}") for each in items]
    with connection.cursor() as cursor:
        cursor.execute(_ITEMS, [list(column) for column in zip(*rows, strict=True)])


_IN_FORCE = """
UPDATE catalog_itemversion v SET status = given.status, published_at = %s, effective_from = %s, number = given.number
FROM unnest(%s::uuid[], %s::int[], %s::text[]) AS given(id, number, status) WHERE v.id = given.id
"""
_ITEMS = """
UPDATE catalog_catalogitem i SET name = given.name, name_en = given.name_en, board = given.board, topics = given.topics::varchar[]
FROM unnest(%s::uuid[], %s::text[], %s::text[], %s::text[], %s::text[]) AS given(id, name, name_en, board, topics)
WHERE i.id = given.id
"""


def next_numbers(item_ids: Sequence[UUID]) -> dict[UUID, int]:
    """Return the number that follows the last version of each locked item that was ever in force. One statement."""
    rows = ItemVersion.objects.filter(item__in=item_ids).exclude(status__in=COMING).order_by("item_id", "-number")
    last = dict(rows.distinct("item_id").values_list("item_id", "number"))
    return {item: last.get(item, 0) + 1 for item in item_ids}


def _standing_still(item_ids: Sequence[UUID]) -> dict[UUID, str]:
    """Return how items stand that an act has closed for the time being. One statement."""
    closed = (VersionStatus.SUSPENDED, VersionStatus.HANDED_DOWN)
    return dict(ItemVersion.objects.filter(item__in=item_ids, status__in=closed).values_list("item_id", "status"))


def _supersede(item_ids: Sequence[UUID], *, at: datetime) -> None:
    current = ItemVersion.objects.filter(item__in=item_ids, status__in=CURRENT)
    current.update(status=VersionStatus.SUPERSEDED, effective_to=local_date(at))


def _bring_up_to_date(item: CatalogItem, said: Mapping[str, Any]) -> None:
    """Let the row of an item say what its version in force says; a version that keeps silent changes nothing."""
    item.name = said.get("name") or item.name
    item.name_en = said.get("name_en") or item.name_en
    item.board = said.get("board") or item.board
    item.topics = said.get("topics") or item.topics


def _tell_of(versions: Sequence[ItemVersion], *, by: Actor, at: datetime) -> None:
    """Write the handling options and the journal of versions that were just put into force."""
    copy_in(
        [
            ItemOption(
                version=row, code=each["code"], name=each["name"], when_needed=each.get("when", ""), change=each.get("change", "")
            )
            for row in versions
            for each in row.content.get("options", ())
        ]
    )
    records = [
        Record(Subject(VERSION, row.id), {"number": row.number, "name": row.item.name, "item": row.item.code}) for row in versions
    ]
    record_many(PUBLISH, records, by=by, at=at)


def change_status(moved: Sequence[tuple[ItemVersion, CatalogItem, str]], *, by: Actor, at: datetime) -> None:
    """Give versions another status. One statement for each status, one for the journal, two for the search."""
    for status in sorted({status for _version, _item, status in moved}):
        ids = [version.id for version, _item, to in moved if to == status]
        ItemVersion.objects.filter(id__in=ids).update(status=status)
    records = [
        Record(Subject(VERSION, version.id), {"name": item.name, "item": item.code, "status": status})
        for version, item, status in moved
    ]
    record_many(CHANGE_STATUS, records, by=by, at=at)
    stand_anew([item.id for _version, item, _status in moved])
