"""Items as records: the row of an item and its version in one value, as files take them out and bring them in."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from django.db.models.functions import Collate

from onedoor.catalog.content import Content
from onedoor.catalog.exchange.records import ItemRecord
from onedoor.catalog.models import CURRENT, ItemVersion

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
    versions = ItemVersion.objects.filter(status__in=CURRENT).select_related("item").order_by(by_code)
    for version in versions.iterator(chunk_size=_AT_ONCE):
        yield item_record(version)


def count_current() -> int:
    """Return how many items ``current_records`` yields."""
    return ItemVersion.objects.filter(status__in=CURRENT).count()
