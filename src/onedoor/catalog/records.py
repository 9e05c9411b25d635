"""Items as records: the row of an item and its version in one value, as files take them out and bring them in."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from itertools import islice
from uuid import UUID

from django.db.models import F
from django.db.models.functions import Collate

from onedoor.catalog.content import Content
from onedoor.catalog.exchange.records import ItemRecord
from onedoor.catalog.models import CURRENT, ChangedItem, ChangeKind, ItemVersion, ServiceItem

_AT_ONCE = 500


def item_record(version: ItemVersion) -> ItemRecord:
    """Return what a version says, with its item; a version that has no name of its own has that of the item."""
    item = version.item
    said = Content.from_json(version.content)
    content = replace(said, name=item.name, name_en=item.name_en, topics=tuple(item.topics), board=item.board)
    return ItemRecord(
        code=item.code,
        name=item.name,
        name_en=item.name_en,
        dept=item.department_code,
        item_type=item.item_type,
        board=item.board,
        topics=tuple(item.topics),
        status=version.status,
        case_kind=version.case_kind,
        legal_limit=version.legal_length,
        legal_unit=version.legal_unit,
        promise_limit=version.promise_length,
        promise_unit=version.promise_unit,
        levels=tuple(version.levels),
        accepts_online=version.accepts_online,
        is_complete=version.is_complete,
        content=content,
        catalog_code=item.catalog_code,
        version=version.number,
    )


def current_records() -> Iterator[ItemRecord]:
    """Yield the items with what is in force of them, sorted by code, a few hundred at a time."""
    by_code = Collate("item__code", "C")  # the same order in every installation
    versions = ItemVersion.objects.filter(status__in=CURRENT).select_related("item").order_by(by_code).iterator(chunk_size=_AT_ONCE)
    while some := list(islice(versions, _AT_ONCE)):
        told = _told_of(some)
        for version in some:
            yield replace(item_record(version), told=told[version.item_id])


def _told_of(versions: Sequence[ItemVersion]) -> dict[UUID, dict[str, str]]:
    """Return who implements items for their department, and from when to when they are in force. Two statements."""
    items = [each.item_id for each in versions]
    own = ServiceItem.objects.filter(item__in=items, agency__department_code=F("item__department_code"))
    rows = own.order_by("item", "task_code").distinct("item")
    told = ("task_code", "agency__name", "agency__credit_code", "agency__nature")
    implementing = {item: dict(zip(_AGENCY, said, strict=True)) for item, *said in rows.values_list("item_id", *told)}
    waiting = ChangedItem.objects.filter(
        item__in=items, is_result=False, change__kind__in=_ENDING, change__done_at=None, change__revoked_at=None
    )
    ending = waiting.order_by("-change__effective_on").values_list("item_id", "change__effective_on")
    ends = {item: day - timedelta(days=1) for item, day in ending}  # the last day on which it is in force
    return {
        each.item_id: {
            **implementing.get(each.item_id, {}),
            "effective_from": each.effective_from.isoformat(),
            "effective_to": found.isoformat() if (found := each.effective_to or ends.get(each.item_id)) else "",
        }
        for each in versions
    }


_AGENCY = ("task_code", "agency", "agency_code", "agency_nature")
_ENDING = (ChangeKind.CANCELLED, ChangeKind.MERGED, ChangeKind.SPLIT, ChangeKind.HANDED_DOWN)


def count_current() -> int:
    """Return how many items ``current_records`` yields."""
    return ItemVersion.objects.filter(status__in=CURRENT).count()
