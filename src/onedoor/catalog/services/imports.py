"""Importing items, all or nothing."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice
from typing import IO

from django.db import connection, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from onedoor.catalog import codes
from onedoor.catalog.exchange.faults import Fault, Faults
from onedoor.catalog.exchange.given import Given
from onedoor.catalog.exchange.items_file import ItemsFile
from onedoor.catalog.exchange.records import ItemRecord, record_of
from onedoor.catalog.models import CURRENT, CatalogItem, ItemVersion
from onedoor.catalog.permissions import require_publisher
from onedoor.catalog.records import item_record
from onedoor.catalog.services.edition import move_edition
from onedoor.catalog.services.search_index import index, index_soon
from onedoor.catalog.services.short_codes import create_short_codes
from onedoor.catalog.services.versions import NewVersion, change_status, write_versions
from onedoor.catalog.subjects import ITEM
from onedoor.kernel import jobs
from onedoor.kernel.actor import Actor
from onedoor.kernel.errors import Refused
from onedoor.kernel.history import changed_by
from onedoor.kernel.subjects import Subject

CHUNK = 500
"""Items that are checked and written together: the number of statements for them is fixed."""
INDEXED_AT_ONCE = 500
"""Items of a file whose words are cut with the import; those of the others are cut by a job, and found by their names until then."""
Progress = Callable[[float], None]


class FaultyFile(Refused):
    """A file of items with mistakes; nothing of it was taken over. ``faults`` are the first thousand of ``count``."""

    code = "faulty_file"
    http_status = 422
    default = gettext_lazy("The file has mistakes. Nothing was taken over.")

    def __init__(self, faults: Faults) -> None:
        super().__init__(None)
        self.faults: Sequence[Fault] = faults.in_order()
        self.count = faults.count


@dataclass(slots=True)
class ImportReport:
    """What an import did, or would do: numbers of items and versions."""

    items: int = 0
    created: int = 0
    changed: int = 0
    complete: int = 0
    dry_run: bool = False

    @property
    def unchanged(self) -> int:
        return self.items - self.created - self.changed


@transaction.atomic(durable=True)
def import_items(
    *,
    items: bytes | IO[bytes],
    guides: bytes | IO[bytes] | None = None,
    name: str = "",
    by: Actor,
    at: datetime,
    dry_run: bool = False,
    progress: Progress | None = None,
) -> ImportReport:
    """Take over a file of items with their guides, all or nothing: new items, and a new version where something changed.

    Items that the file does not name stay as they are, and so does what it has no column for. Read and written in chunks,
    in memory that does not grow with the file.

    :param name: of the file; where it ends in a format, that must be true.
    :raises FaultyFile: when anything in the files is wrong; it lists every fault.
    :raises NotAllowed: when the actor has not the duty ``catalog.publish``.
    """
    require_publisher(by)
    report = take_over(
        _stream(items), guides=_stream(guides) if guides is not None else None, name=name, by=by, at=at, progress=progress
    )
    if dry_run:
        transaction.set_rollback(True)
    return replace(report, dry_run=dry_run)


def _stream(given: bytes | IO[bytes]) -> IO[bytes]:
    return io.BytesIO(given) if isinstance(given, bytes) else given


def take_over(
    items: IO[bytes], *, guides: IO[bytes] | None = None, name: str, by: Actor, at: datetime, progress: Progress | None
) -> ImportReport:
    """Take over a file within the transaction of the act that calls."""
    with connection.cursor() as cursor:  # one import after the other, so that two cannot make the same item
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('catalog.import_items'))")
    changed_by(by)
    faults, report = Faults(), ImportReport()
    file = ItemsFile(items, faults, name=name, guides=guides)
    touched = False
    for chunk in _chunks(file):
        touched |= _take_chunk(chunk, faults, report, by=by, at=at)
        if progress is not None:
            progress(file.share)
    if faults:
        raise FaultyFile(faults)
    if touched:
        jobs.queue("catalog.count_words")
        move_edition()
    return report


def _chunks(file: Iterable[Given]) -> Iterator[list[Given]]:
    given = iter(file)
    while chunk := list(islice(given, CHUNK)):
        yield chunk


def _take_chunk(chunk: Sequence[Given], faults: Faults, report: ImportReport, *, by: Actor, at: datetime) -> bool:
    """Check the items of a chunk, and write them while no fault was found. Returns whether anything changed."""
    items, current = _known([each.code for each in chunk])
    found: list[tuple[ItemRecord, ItemRecord | None]] = []
    for given in chunk:
        version = current.get(given.code)
        base = None if version is None else item_record(version)
        record = record_of(given, base)
        if record is not None and base is not None and version is not None:
            _check_version(given, record, base, version)
        if record is not None and not given.is_wrong:
            found.append((record, base))
    numbers = _catalog_codes(chunk, [record for record, _base in found], items)
    if faults:
        return False
    return _write(found, items, current, numbers, report, by=by, at=at)


def _known(item_codes: Sequence[str]) -> tuple[dict[str, CatalogItem], dict[str, ItemVersion]]:
    """Return the items of the catalogue and their current versions, both locked, by code."""
    items = {item.code: item for item in CatalogItem.objects.select_for_update().filter(code__in=item_codes).order_by("code")}
    by_id = {item.id: item for item in items.values()}
    versions = ItemVersion.objects.select_for_update().filter(item__in=list(by_id), status__in=CURRENT)
    current = {}
    for version in versions:
        version.item = by_id[version.item_id]
        current[version.item.code] = version
    return items, current


def _check_version(given: Given, record: ItemRecord, base: ItemRecord, version: ItemVersion) -> None:
    """Let nobody overwrite what was published after their table was made; who says the same again may."""
    made_of = given.values.get("version")
    if made_of is not None and made_of < version.number and not _same(record, base):
        words = {"version": made_of, "now": version.number}
        given.blame(
            "version", _("The table was made from version %(version)d; version %(now)d is in force now. Take it out again.") % words
        )


def _same(record: ItemRecord, base: ItemRecord) -> bool:
    return replace(record, version=None, catalog_code="") == replace(base, version=None, catalog_code="")


def _catalog_codes(chunk: Sequence[Given], records: Sequence[ItemRecord], items: Mapping[str, CatalogItem]) -> dict[str, str]:
    """Return the basic code of each new item, and tell which cannot be: each belongs to one item, for good."""
    rows = {given.code: given for given in chunk}
    taken = (
        CatalogItem.objects.order_by("department_code").distinct("department_code").values_list("department_code", "catalog_code")
    )
    numbers = codes.department_numbers((record.dept for record in records), _numbers(taken))
    wanted: dict[str, str] = {}
    for record in records:
        item = items.get(record.code)
        if item is None:
            wanted[record.code] = record.catalog_code or codes.catalog_code(record.code, numbers[record.dept])
        elif record.catalog_code not in ("", item.catalog_code):
            words = {"code": item.catalog_code}
            rows[record.code].blame("catalog_code", _("The item has the basic code %(code)s, and keeps it.") % words)
    owners = dict(CatalogItem.objects.filter(catalog_code__in=list(wanted.values())).values_list("catalog_code", "code"))
    for code, basic in wanted.items():
        owner = owners.setdefault(basic, code)
        if owner != code:
            rows[code].blame("catalog_code", _("The basic code %(code)s belongs to %(item)s.") % {"code": basic, "item": owner})
    return wanted


def _numbers(taken: Iterable[tuple[str, str]]) -> dict[str, int]:
    """Return the number that each department has in basic codes of our making."""
    return {department: int(code[4:6]) for department, code in taken if code[4:6].isdecimal()}


def _write(
    found: Sequence[tuple[ItemRecord, ItemRecord | None]],
    items: dict[str, CatalogItem],
    current: Mapping[str, ItemVersion],
    catalog_codes: Mapping[str, str],
    report: ImportReport,
    *,
    by: Actor,
    at: datetime,
) -> bool:
    fresh = [record for record, base in found if base is None or not _same(replace(record, status=base.status), base)]
    said_anew = {record.code for record in fresh}
    moved = [record for record, base in found if base is not None and record.code not in said_anew and record.status != base.status]
    created = _write_items(fresh, items, catalog_codes)
    write_versions([(items[record.code], _version_of(record)) for record in fresh], by=by, at=at)
    change_status([(current[record.code], items[record.code], record.status) for record in moved], by=by, at=at)
    if fresh or moved:
        ids = [items[record.code].id for record in fresh]
        find_by = index if report.items < INDEXED_AT_ONCE else index_soon
        find_by(ids)
        create_short_codes([Subject(ITEM, items[record.code].id) for record, _base in found])
    report.items += len(found)
    report.created += created
    report.changed += len(fresh) + len(moved) - created
    report.complete += sum(record.is_complete for record, _base in found)
    return bool(fresh or moved)


def _write_items(records: Sequence[ItemRecord], items: dict[str, CatalogItem], catalog_codes: Mapping[str, str]) -> int:
    """Enter new items, bring the others up to date, and return how many are new."""
    created = 0
    for record in records:
        item = items.get(record.code)
        if item is None:
            created += 1
            item = items[record.code] = CatalogItem(
                code=record.code,
                catalog_code=catalog_codes[record.code],
                item_type=record.item_type,
                department_code=record.dept,
            )
        item.name, item.name_en, item.board, item.topics = record.name, record.name_en, record.board, list(record.topics)
    CatalogItem.objects.bulk_create(
        [items[record.code] for record in records],
        update_conflicts=True,
        unique_fields=["id"],
        update_fields=["name", "name_en", "board", "topics"],
    )
    return created


def _version_of(record: ItemRecord) -> NewVersion:
    return NewVersion(
        item_code=record.code,
        case_kind=record.case_kind,
        legal_length=record.legal_limit,
        legal_unit=record.legal_unit,
        promise_length=record.promise_limit,
        promise_unit=record.promise_unit,
        levels=record.levels,
        accepts_online=record.accepts_online,
        is_complete=record.is_complete,
        content=record.content,
        status=record.status,
    )
