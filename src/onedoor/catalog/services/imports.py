"""Importing items, all or nothing: into force at once from the command line, as versions in review from the desk."""

from __future__ import annotations

import gc
import hashlib
import io
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from itertools import islice
from typing import IO, Protocol

from django.db import connection, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from onedoor.catalog import codes
from onedoor.catalog.acts import PUBLISH_FILE
from onedoor.catalog.exchange.faults import Fault, Faults
from onedoor.catalog.exchange.given import Given
from onedoor.catalog.exchange.items_file import ItemsFile
from onedoor.catalog.exchange.records import ItemRecord, record_of
from onedoor.catalog.lint import faults_in
from onedoor.catalog.models import CURRENT, CatalogItem, ExchangeRun, ItemVersion, RunKind, RunState
from onedoor.catalog.permissions import require_publisher
from onedoor.catalog.records import item_record
from onedoor.catalog.services.edition import move_edition
from onedoor.catalog.services.search_index import index, index_soon
from onedoor.catalog.services.short_codes import create_short_codes
from onedoor.catalog.services.versions import (
    NewVersion,
    change_status,
    enter_in_force,
    rows_in_force,
    update_items,
)
from onedoor.catalog.subjects import ITEM, RUN
from onedoor.journal.services import record as record_act
from onedoor.kernel import jobs
from onedoor.kernel.actor import Actor
from onedoor.kernel.bulk import copy_in
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


class NeedsBasis(Refused):
    """What puts a catalogue into force past the two people of the desk says on what that rests."""

    code = "needs_basis"
    http_status = 422
    default = gettext_lazy("Say on what basis these items come into force: the decision, or why it is done without a review.")


@dataclass(slots=True)
class ImportReport:
    """What an import did, or would do: numbers of items and versions; ``rules`` tells how many break which rule of good guides."""

    items: int = 0
    created: int = 0
    changed: int = 0
    complete: int = 0
    faulty: int = 0
    rules: dict[str, int] = field(default_factory=dict)
    dry_run: bool = False

    @property
    def unchanged(self) -> int:
        return self.items - self.created - self.changed

    def note_rules(self, version: ItemVersion) -> None:
        """Count which rules a new version breaks."""
        self.faulty += bool(version.accepted_faults)
        for rule in version.accepted_faults:
            self.rules[str(rule)] = self.rules.get(str(rule), 0) + 1


@dataclass(frozen=True, slots=True)
class Chunk:
    """Some hundred items that were found right: those that say something new, and those of which only the status differs."""

    fresh: Sequence[ItemRecord]
    moved: Sequence[ItemRecord]
    items: dict[str, CatalogItem]
    current: Mapping[str, ItemVersion]
    created: Sequence[CatalogItem]


class Destination(Protocol):
    """What becomes of the items of a file."""

    def refuse(self, found: Sequence[tuple[Given, ItemRecord, ItemRecord | None]], items: Mapping[str, CatalogItem]) -> None:
        """Tell what cannot be done with items although they are right in themselves."""

    def write(self, chunk: Chunk, report: ImportReport) -> None:
        """Write the items of a chunk."""

    def finish(self) -> None:
        """Do what is done once, after something was written."""


@transaction.atomic(durable=True)
def import_items(
    *,
    items: bytes | IO[bytes],
    guides: bytes | IO[bytes] | None = None,
    name: str = "",
    basis: str = "",
    by: Actor,
    at: datetime,
    dry_run: bool = False,
    progress: Progress | None = None,
) -> ImportReport:
    """Put a file of items with their guides into force, all or nothing: new items, and a new version where something changed.

    Items that the file does not name stay as they are, and so does what it has no column for. Read and written in chunks,
    in memory that does not grow with the file. This is how an installation gets its catalogue; the desk has what a file brings
    approved by a second person.

    :param name: of the file; where it ends in a format, that must be true.
    :param basis: on what this rests, and why guides that break the rules are published all the same; kept with each such version.
    :raises FaultyFile: when anything in the files is wrong; it lists every fault.
    :raises NeedsBasis: when there is none, and it is no dry run.
    :raises NotAllowed: when the actor has not the duty ``catalog.publish``.
    """
    require_publisher(by)
    basis = basis.strip()[:500]
    if not basis and not dry_run:
        raise NeedsBasis
    stream = _stream(items)
    destination = InForce(basis, by=by, at=at)
    report = take_over(
        stream, destination, guides=_stream(guides) if guides is not None else None, name=name, by=by, progress=progress
    )
    if dry_run:
        transaction.set_rollback(True)
        return replace(report, dry_run=True)
    _keep_run(report, stream, name=name, basis=basis, by=by, at=at)
    return report


def _keep_run(report: ImportReport, stream: IO[bytes], *, name: str, basis: str, by: Actor, at: datetime) -> None:
    """Let the desk see what came in beside it, and the journal keep on what basis."""
    stream.seek(0)
    digest = hashlib.file_digest(stream, "sha256").digest()  # type: ignore[arg-type]  # a binary file it is
    run = ExchangeRun(
        kind=RunKind.IMPORT,
        state=RunState.DONE,
        name=name,
        size=stream.seek(0, 2),
        sha256=digest,
        asked_at=at,
        finished_at=at,
        asked_by=by.account,
        asked_from=by.posting,
        percent=100,
        basis=basis,
        report=asdict(report) | {"unchanged": report.unchanged},
    )
    run.save(force_insert=True)
    facts = {"file": name, "items": report.items, "basis": basis, "sha256": digest.hex(), "faulty": report.faulty}
    record_act(PUBLISH_FILE, subject=Subject(RUN, run.id), by=by, at=at, facts=facts)


def _stream(given: bytes | IO[bytes]) -> IO[bytes]:
    return io.BytesIO(given) if isinstance(given, bytes) else given


def take_over(
    items: IO[bytes],
    destination: Destination,
    *,
    guides: IO[bytes] | None = None,
    name: str,
    by: Actor,
    progress: Progress | None,
) -> ImportReport:
    """Take over a file within the transaction of the act that calls.

    :raises FaultyFile: when anything in it is wrong.
    """
    with connection.cursor() as cursor:  # one import after the other, so that two cannot make the same item
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('catalog.import_items'))")
    changed_by(by)
    faults, report = Faults(), ImportReport()
    file = ItemsFile(items, faults, name=name, guides=guides)
    touched = False
    with _rarely_collected():
        for given in _chunks(file):
            chunk = _checked(given, faults, report, destination)
            if chunk is not None and (chunk.fresh or chunk.moved):
                copy_in(chunk.created)
                destination.write(chunk, report)
                touched = True
            if progress is not None:
                progress(file.share)
    if faults:
        raise FaultyFile(faults)
    if touched:
        destination.finish()
    return report


@contextmanager
def _rarely_collected() -> Iterator[None]:
    """Let Python look for circles among objects less often: those of a chunk live until it is written, and looking costs a sixth."""
    thresholds = gc.get_threshold()
    gc.set_threshold(100_000, *thresholds[1:])
    try:
        yield
    finally:
        gc.set_threshold(*thresholds)


def _chunks(file: Iterable[Given]) -> Iterator[list[Given]]:
    given = iter(file)
    while chunk := list(islice(given, CHUNK)):
        yield chunk


def _checked(given_items: Sequence[Given], faults: Faults, report: ImportReport, destination: Destination) -> Chunk | None:
    """Check items; return what is to be written of them while no fault was found in the file."""
    items, current = _known([each.code for each in given_items])
    found: list[tuple[Given, ItemRecord, ItemRecord | None]] = []
    for given in given_items:
        version = current.get(given.code)
        base = None if version is None else item_record(version)
        record = record_of(given, base)
        if record is not None and base is not None and version is not None:
            _check_version(given, record, base, version)
        if record is not None and not given.is_wrong:
            found.append((given, record, base))
    changing = [each for each in found if each[2] is None or not _same(each[1], each[2])]
    destination.refuse(changing, items)
    numbers = _catalog_codes(given_items, [record for _given, record, _base in found], items)
    if faults:
        return None
    report.items += len(found)
    report.complete += sum(record.is_complete for _given, record, _base in found)
    fresh = [record for _g, record, base in changing if base is None or not _same(replace(record, status=base.status), base)]
    said_anew = {record.code for record in fresh}
    moved = [record for _given, record, _base in changing if record.code not in said_anew]
    created = _new_items(fresh, items, numbers)
    report.created += len(created)
    report.changed += len(changing) - len(created)
    return Chunk(fresh, moved, items, current, created)


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


def _new_items(records: Sequence[ItemRecord], items: dict[str, CatalogItem], catalog_codes: Mapping[str, str]) -> list[CatalogItem]:
    """Return rows for the items that the catalogue does not have yet, and put them among ``items``."""
    created = []
    for record in records:
        if record.code not in items:
            items[record.code] = CatalogItem(
                code=record.code,
                catalog_code=catalog_codes[record.code],
                item_type=record.item_type,
                department_code=record.dept,
                name=record.name,
                name_en=record.name_en,
                board=record.board,
                topics=list(record.topics),
            )
            created.append(items[record.code])
    return created


class InForce:
    """Puts what a file says into force."""

    def __init__(self, basis: str, *, by: Actor, at: datetime) -> None:
        self._basis, self._by, self._at, self._indexed = basis, by, at, 0

    def refuse(self, found: Sequence[tuple[Given, ItemRecord, ItemRecord | None]], items: Mapping[str, CatalogItem]) -> None:
        """Tell nothing: what is right comes into force."""

    def write(self, chunk: Chunk, report: ImportReport) -> None:
        """Write the versions and let them be found."""
        pairs = [(chunk.items[record.code], new_version(record)) for record in chunk.fresh]
        versions = rows_in_force(pairs, at=self._at)
        for version, record in zip(versions, chunk.fresh, strict=True):
            version.accepted_faults = broken_rules(version, record)
            version.accepted_reason = self._basis if version.accepted_faults else ""
            report.note_rules(version)
        new = {each.id for each in chunk.created}
        there = [(chunk.items[record.code], record) for record in chunk.fresh if chunk.items[record.code].id not in new]
        update_items([self._brought_up_to_date(item, record) for item, record in there])
        enter_in_force(versions, by=self._by, at=self._at)
        moved = [(chunk.current[record.code], chunk.items[record.code], record.status) for record in chunk.moved]
        change_status(moved, by=self._by, at=self._at)
        find_by = index if self._indexed < INDEXED_AT_ONCE else index_soon
        find_by([each.item_id for each in versions], versions)
        self._indexed += len(versions)
        create_short_codes([Subject(ITEM, each.item_id) for each in versions])

    @staticmethod
    def _brought_up_to_date(item: CatalogItem, record: ItemRecord) -> CatalogItem:
        item.name, item.name_en, item.board, item.topics = record.name, record.name_en, record.board, list(record.topics)
        return item

    def finish(self) -> None:
        """Let all processes see it."""
        jobs.queue("catalog.count_words")
        move_edition()


def broken_rules(version: ItemVersion, record: ItemRecord) -> list[int]:
    """Return the numbers of the rules of good guides that a new version breaks."""
    return sorted({each.rule for each in faults_in(version, record.content)})


def new_version(record: ItemRecord) -> NewVersion:
    """Return the standard that a file gives an item."""
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
