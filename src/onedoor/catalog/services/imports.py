"""Importing a table of items with their guides, all or nothing."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from onedoor.catalog import codes, importing
from onedoor.catalog.importing import Fault, Parsed
from onedoor.catalog.models import CURRENT, CatalogItem, ItemVersion
from onedoor.catalog.permissions import require_publisher
from onedoor.catalog.services.edition import move_edition
from onedoor.catalog.services.search_index import index
from onedoor.catalog.services.short_codes import create_short_codes
from onedoor.catalog.services.versions import NewVersion, change_status, write_versions
from onedoor.catalog.subjects import ITEM
from onedoor.kernel import jobs
from onedoor.kernel.actor import Actor
from onedoor.kernel.errors import Refused
from onedoor.kernel.history import changed_by
from onedoor.kernel.subjects import Subject


class FaultyFile(Refused):
    """A file of items with mistakes; nothing of it was taken over."""

    code = "faulty_file"
    http_status = 422
    default = _("The file has mistakes. Nothing was taken over.")

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__(None)
        self.faults = list(faults)


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What an import did, or would do: numbers of items and versions."""

    items: int
    created: int
    changed: int
    unchanged: int
    complete: int
    dry_run: bool = False


@transaction.atomic(durable=True)
def import_items(*, items: bytes, guides: bytes | None = None, by: Actor, at: datetime, dry_run: bool = False) -> ImportReport:
    """Take over a table of items with their guides, all or nothing: new items, and a new version where something changed.

    Items that the table does not name stay as they are. The number of statements does not grow with the number of items.

    :raises FaultyFile: when anything in the files is wrong; it lists every fault.
    :raises NotAllowed: when the actor has not the duty ``catalog.publish``.
    """
    require_publisher(by)
    reading = importing.read(items, guides)
    if reading.faults:
        raise FaultyFile(reading.faults)
    report = _take_over(reading.items, by=by, at=at)
    if dry_run:
        transaction.set_rollback(True)
    return replace(report, dry_run=dry_run)


def _take_over(parsed: Sequence[Parsed], *, by: Actor, at: datetime) -> ImportReport:
    changed_by(by)
    items, created = _items_of(parsed)
    current = {
        version.item_id: version
        for version in ItemVersion.objects.select_for_update().filter(
            item__in=[item.id for item in items.values()], status__in=CURRENT
        )
    }
    _require_guides(parsed, {each.code for each in parsed if _is_complete(current.get(items[each.code].id))})
    fresh: list[tuple[CatalogItem, NewVersion]] = []
    moved: list[tuple[ItemVersion, CatalogItem, str]] = []
    for each in parsed:
        item, version = items[each.code], _version_of(each)
        old = current.get(item.id)
        if old is None or not _says_the_same(old, version):
            fresh.append((item, version))
        elif old.status != version.status:
            moved.append((old, item, version.status))
    write_versions(fresh, by=by, at=at)
    change_status(moved, by=by, at=at)
    if fresh or moved:
        index([item.id for item, _version in fresh])
        jobs.queue("catalog.count_words")
        create_short_codes([Subject(ITEM, item.id) for item in items.values()])
        move_edition()
    changed = len(fresh) + len(moved) - created
    return ImportReport(
        items=len(parsed),
        created=created,
        changed=changed,
        unchanged=len(parsed) - created - changed,
        complete=sum(each.is_complete for each in parsed),
    )


def _is_complete(version: ItemVersion | None) -> bool:
    return version is not None and version.is_complete


def _require_guides(parsed: Sequence[Parsed], complete: set[str]) -> None:
    """Let no full guide be put away unnoticed by a table that comes without it.

    :raises FaultyFile: with every item that has one.
    """
    told = _("This item has a full guide, which the table alone would put away. Hand in the guides too (--guides).")
    if faults := [Fault(each.code, "", str(told)) for each in parsed if each.code in complete and not each.is_complete]:
        raise FaultyFile(faults)


def _items_of(parsed: Sequence[Parsed]) -> tuple[dict[str, CatalogItem], int]:
    """Return the catalogue items by code, made where they were missing and brought up to date, and how many are new."""
    known = {item.code: item for item in CatalogItem.objects.select_for_update().filter(code__in=[each.code for each in parsed])}
    taken = (
        CatalogItem.objects.order_by("department_code").distinct("department_code").values_list("department_code", "catalog_code")
    )
    numbers = codes.department_numbers(
        (each.department_code for each in parsed), {department: int(code[4:6]) for department, code in taken}
    )
    fresh: list[CatalogItem] = []
    for each in parsed:
        item = known.get(each.code)
        if item is None:
            item = CatalogItem(
                code=each.code,
                catalog_code=codes.catalog_code(each.code, numbers[each.department_code]),
                item_type=each.item_type,
                department_code=each.department_code,
            )
            fresh.append(item)
            known[each.code] = item
        item.name, item.name_en, item.board, item.topics = each.name, each.name_en, each.board, each.topics
    new = {item.id for item in fresh}
    CatalogItem.objects.bulk_create(fresh)
    CatalogItem.objects.bulk_update([item for item in known.values() if item.id not in new], ["name", "name_en", "board", "topics"])
    return known, len(fresh)


def _version_of(each: Parsed) -> NewVersion:
    return NewVersion(
        item_code=each.code,
        case_kind=each.case_kind,
        legal_length=each.legal_length,
        legal_unit=each.legal_unit,
        promise_length=each.promise_length,
        promise_unit=each.promise_unit,
        levels=tuple(each.levels),
        accepts_online=each.accepts_online,
        is_complete=each.is_complete,
        content=each.content,
        status=each.status,
    )


_COMPARED = ("case_kind", "legal_length", "legal_unit", "promise_length", "promise_unit", "accepts_online", "is_complete")


def _says_the_same(old: ItemVersion, new: NewVersion) -> bool:
    same = all(getattr(old, name) == getattr(new, name) for name in _COMPARED)
    return same and tuple(old.levels) == new.levels and old.content == json.loads(json.dumps(new.content.to_json()))
