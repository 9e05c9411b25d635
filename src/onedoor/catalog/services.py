"""Acts of the catalogue: importing, publishing, entering who implements what, handing out short codes."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from django.db import connection, transaction
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from onedoor.catalog import codes, importing, words
from onedoor.catalog.acts import CHANGE_STATUS, CREATE_SERVICE_ITEMS, MAKE_CODE, PUBLISH
from onedoor.catalog.content import Content
from onedoor.catalog.importing import Fault, Parsed
from onedoor.catalog.models import CURRENT, CatalogItem, ItemOption, ItemVersion, ServiceItem, ShortCode, Synonym, VersionStatus
from onedoor.catalog.permissions import require_publisher
from onedoor.catalog.topics import TOPIC_BY_CODE
from onedoor.journal.services import Record, record_many
from onedoor.kernel.actor import Actor
from onedoor.kernel.clock import local_date
from onedoor.kernel.errors import Refused
from onedoor.kernel.ids import new_id
from onedoor.kernel.references import new_code
from onedoor.kernel.subjects import Subject
from onedoor.look.pagecache import forget_editions

VERSION = "catalog.version"
ITEM = "catalog.item"
SHORT_CODE_LENGTH = 5
_TRIES = 6


class FaultyFile(Refused):
    """A file of items with mistakes; nothing of it was taken over."""

    code = "faulty_file"
    http_status = 422
    default = _("The file has mistakes. Nothing was taken over.")

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__(None)
        self.faults = list(faults)


class UnknownSynonymItem(Refused):
    """A synonym names an item that the catalogue does not have."""

    code = "unknown_item"
    http_status = 422


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What an import did, or would do: numbers of items and versions."""

    items: int
    created: int
    changed: int
    unchanged: int
    complete: int
    dry_run: bool = False


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


@dataclass(frozen=True, slots=True)
class NewServiceItem:
    """Who implements an item: ``credit_code`` and ``level`` of the agency make the implementation code."""

    item_code: str
    agency_id: UUID
    level: str
    credit_code: str


@dataclass(frozen=True, slots=True)
class NewSynonym:
    """People's word, the catalogue's word, and the item it means where it means one."""

    word: str
    catalogue_word: str
    item_code: str = ""


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


@transaction.atomic(durable=True)
def publish_version(version: NewVersion, *, by: Actor, at: datetime) -> UUID:
    """Publish a new version of an item's standard at once; the one before it is superseded and running cases keep theirs.

    :raises NotAllowed: when the actor has not the duty ``catalog.publish``.
    """
    require_publisher(by)
    item = CatalogItem.objects.select_for_update().get(code=version.item_code)
    (published,) = _publish([(item, version)], by=by, at=at)
    _index([item.id])
    _move_edition()
    return published.id


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
    _move_edition()


@transaction.atomic(savepoint=False)
def add_synonyms(rows: Sequence[NewSynonym], *, by: Actor, at: datetime) -> int:
    """Add people's words to the search; words that are there already stay. Returns how many were given.

    :raises UnknownSynonymItem: when a word names an item that is not there.
    """
    del by, at
    known = dict(CatalogItem.objects.filter(code__in={row.item_code for row in rows if row.item_code}).values_list("code", "id"))
    for row in rows:
        if row.item_code and row.item_code not in known:
            raise UnknownSynonymItem(_("There is no item %(code)s in the catalogue.") % {"code": row.item_code})
    made = [
        Synonym(word=words.normalised(row.word), catalogue_word=row.catalogue_word, item_id=known.get(row.item_code))
        for row in rows
    ]
    Synonym.objects.bulk_create(made, ignore_conflicts=True)
    _index(sorted({each.item_id for each in made if each.item_id is not None}))
    _move_edition()
    return len(made)


@transaction.atomic(durable=True)
def make_short_codes(targets: Sequence[Subject], *, by: Actor, at: datetime) -> dict[Subject, str]:
    """Hand out short codes to targets that have none yet, for printing."""
    had = _short_codes(targets)
    found = create_short_codes(targets)
    record_many(MAKE_CODE, [Record(target, {"code": code}) for target, code in found.items() if target not in had], by=by, at=at)
    return found


@transaction.atomic(savepoint=False)
def create_short_codes(targets: Sequence[Subject]) -> dict[Subject, str]:
    """Return a short code for each target, made now where it has none. One statement to look, one or two to make."""
    found = _short_codes(targets)
    for _attempt in range(_TRIES):
        missing = [target for target in dict.fromkeys(targets) if target not in found]
        if not missing:
            return found
        fresh = [ShortCode(code=new_code(SHORT_CODE_LENGTH), target_kind=each.kind, target_id=each.id) for each in missing]
        ShortCode.objects.bulk_create(fresh, ignore_conflicts=True)  # a code that was taken already: try another
        found |= _short_codes(missing)
    raise RuntimeError(f"no free short code of {SHORT_CODE_LENGTH} characters after {_TRIES} tries")


def _short_codes(targets: Iterable[Subject]) -> dict[Subject, str]:
    by_kind: dict[str, set[UUID]] = {}
    for target in targets:
        by_kind.setdefault(target.kind, set()).add(target.id)
    found: dict[Subject, str] = {}
    for kind, ids in by_kind.items():
        rows = ShortCode.objects.filter(target_kind=kind, target_id__in=ids).values_list("target_id", "code")
        found |= {Subject(kind, target): code for target, code in rows}
    return found


def _take_over(parsed: Sequence[Parsed], *, by: Actor, at: datetime) -> ImportReport:
    items, created = _items_of(parsed)
    current = {
        version.item_id: version
        for version in ItemVersion.objects.select_for_update().filter(
            item__in=[item.id for item in items.values()], status__in=CURRENT
        )
    }
    fresh: list[tuple[CatalogItem, NewVersion]] = []
    moved: list[tuple[ItemVersion, CatalogItem, str]] = []
    for each in parsed:
        item, version = items[each.code], _version_of(each)
        old = current.get(item.id)
        if old is None or not _says_the_same(old, version):
            fresh.append((item, version))
        elif old.status != version.status:
            moved.append((old, item, version.status))
    _publish(fresh, by=by, at=at)
    _change_status(moved, by=by, at=at)
    if fresh or moved:
        _index([item.id for item, _version in fresh])
        create_short_codes([Subject(ITEM, item.id) for item in items.values()])
        _move_edition()
    changed = len(fresh) + len(moved) - created
    return ImportReport(
        items=len(parsed),
        created=created,
        changed=changed,
        unchanged=len(parsed) - created - changed,
        complete=sum(each.is_complete for each in parsed),
    )


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


def _publish(pairs: Sequence[tuple[CatalogItem, NewVersion]], *, by: Actor, at: datetime) -> list[ItemVersion]:
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


def _change_status(moved: Sequence[tuple[ItemVersion, CatalogItem, str]], *, by: Actor, at: datetime) -> None:
    for status in sorted({status for _version, _item, status in moved}):
        ids = [version.id for version, _item, to in moved if to == status]
        ItemVersion.objects.filter(id__in=ids).update(status=status)
    records = [
        Record(Subject(VERSION, version.id), {"name": item.name, "item": item.code, "status": status})
        for version, item, status in moved
    ]
    record_many(CHANGE_STATUS, records, by=by, at=at)


_INDEX = """
INSERT INTO catalog_searchentry (item_id, words)
SELECT item, words::tsvector FROM unnest(%s::uuid[], %s::text[]) AS given(item, words)
ON CONFLICT (item_id) DO UPDATE SET words = EXCLUDED.words
"""


def _index(item_ids: Sequence[UUID]) -> None:
    """Cut the words of items and write them; names and people's words weigh most. Three statements for any number."""
    if not item_ids:
        return
    synonyms: dict[UUID, list[str]] = {}
    for item_id, word in Synonym.objects.filter(item__in=item_ids).values_list("item_id", "word"):
        synonyms.setdefault(item_id, []).append(word)
    versions = ItemVersion.objects.filter(item__in=item_ids, status__in=CURRENT).select_related("item")
    vectors = {each.item_id: _vector(each, synonyms.get(each.item_id, [])) for each in versions}
    with connection.cursor() as cursor:
        cursor.execute(_INDEX, [list(vectors), list(vectors.values())])


def _vector(version: ItemVersion, synonyms: Sequence[str]) -> str:
    item, text = version.item, version.content
    names = " ".join((item.name, text.get("plain_name", ""), *synonyms))
    keywords = " ".join(text.get("keywords", ()))
    more = " ".join((text.get("summary", ""), text.get("who_can", ""), text.get("result", {}).get("name", "")))
    options = " ".join(option["name"] for option in text.get("options", ()))
    with translation.override("zh-hans"):
        kinds = " ".join(str(TOPIC_BY_CODE[code].name) for code in item.topics)
    return words.vector(
        (
            ("A", words.cut(names)),
            ("B", words.cut(f"{keywords} {item.name_en}")),
            ("C", words.cut(f"{more} {options} {kinds}")),
            ("D", words.pairs(f"{names} {keywords}")),
        )
    )


def _move_edition() -> None:
    """Let all processes know that what they keep is old. The number follows the clock, so that no number comes twice."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO catalog_edition (id, number) VALUES (1, (extract(epoch FROM clock_timestamp()) * 1000000)::bigint)
            ON CONFLICT (id) DO UPDATE SET number = greatest(catalog_edition.number + 1, EXCLUDED.number)
            """
        )
    forget_editions()
