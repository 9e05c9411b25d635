"""Writing a new version of an item: begun by its department, handed in, approved by somebody else, in force from its day.

Drafts are written part by part. Who saves a part says what they saw of it, so that of two people who write the same part the
second learns of the first, and two who write different parts do not get into each other's way.
"""

from __future__ import annotations

from collections.abc import Mapping
from copy import copy
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from onedoor.catalog import acts, codes
from onedoor.catalog.content import Content
from onedoor.catalog.definition import definition_faults
from onedoor.catalog.lint import faults_of
from onedoor.catalog.models import COMING, CURRENT, CatalogItem, ItemVersion, VersionStatus
from onedoor.catalog.parts import COLUMNS, PART_BY_KEY, Part, fields_that_differ, seen, standard_of, value_of
from onedoor.catalog.permissions import require_editor, require_publisher
from onedoor.catalog.services.versions import next_numbers, put_into_force
from onedoor.catalog.subjects import ITEM, VERSION
from onedoor.journal import services as journal
from onedoor.journal.acts import Act
from onedoor.kernel.actor import Actor
from onedoor.kernel.clock import local_date
from onedoor.kernel.errors import Invalid, NotAllowed, NotFound, Refused, WrongState
from onedoor.kernel.subjects import Subject

ONLINE_CHANNELS = {"2", "3"}


class PartChanged(Refused):
    """Somebody else saved this part after it was read; ``theirs`` is what it says now."""

    code = "part_changed"
    default = _("Somebody else has saved this part meanwhile. Compare the two and save again what shall stand.")

    def __init__(self, theirs: Mapping[str, Any], mark: str) -> None:
        super().__init__()
        self.theirs, self.mark = dict(theirs), mark


class OutOfDate(Refused):
    """Another version came into force after the draft was begun."""

    code = "out_of_date"
    default = _("Another version has come into force since this draft was begun. Bring the draft up to date first.")


class NeedsReason(Refused):
    """The version breaks rules of good guides; it can be approved with a reason only."""

    code = "needs_reason"
    http_status = 422
    default = _("The guide breaks rules of good guides. Put them right, or say why it shall be published all the same.")


class PartOfFile(Refused):
    """The version came with a file; what a file brings is decided as a whole."""

    code = "part_of_file"
    default = _(
        "This version came with a file. All that the file brings is approved or sent back together, on the page of the file."
    )


@dataclass(frozen=True, slots=True)
class NewItem:
    """An item that the catalogue does not have yet."""

    department_code: str
    item_type: str
    name: str
    board: str
    name_en: str = ""
    area: str = "130300"


@transaction.atomic(durable=True)
def create_item(item: NewItem, *, by: Actor, at: datetime) -> UUID:
    """Enter an item with the next free code of its department and type, and begin its first version. Returns the version.

    :raises NotAllowed: when the actor does not write the items of the department.
    """
    require_editor(by, item.department_code)
    code, basic = _next_codes(item)
    row = CatalogItem.objects.create(
        code=code,
        catalog_code=basic,
        name=item.name,
        name_en=item.name_en,
        item_type=item.item_type,
        department_code=item.department_code,
        board=item.board,
    )
    journal.record(acts.CREATE_ITEM, subject=Subject(ITEM, row.id), by=by, at=at, facts={"name": row.name, "item": code})
    content = Content(name=item.name, name_en=item.name_en, board=item.board)
    return _begin(row, None, content, by=by, at=at).id


@transaction.atomic(durable=True)
def begin_draft(item_code: str, *, by: Actor, at: datetime) -> UUID:
    """Begin the next version of an item as a copy of the one in force, or return the draft that is being written.

    :raises NotFound: when there is no such item.
    :raises NotAllowed: when the actor does not write the items of its department.
    :raises WrongState: when a version is being reviewed or waits for its day.
    """
    item = CatalogItem.objects.select_for_update().filter(code=item_code).first()
    if item is None:
        raise NotFound
    require_editor(by, item.department_code)
    coming = ItemVersion.objects.filter(item=item, status__in=COMING).first()
    if coming is not None:
        _require(coming, VersionStatus.DRAFT)
        return coming.id
    current = ItemVersion.objects.filter(item=item, status__in=CURRENT).first()
    content = Content() if current is None else Content.from_json(current.content)
    named = replace(
        content,
        name=content.name or item.name,
        name_en=content.name_en or item.name_en,
        topics=content.topics or tuple(item.topics),
    )
    return _begin(item, current, named, by=by, at=at).id


@transaction.atomic(durable=True)
def save_part(version_id: UUID, *, part_key: str, changes: Mapping[str, Any], mark: str, by: Actor, at: datetime) -> str:
    """Write elements of one part of a draft; ``changes`` holds typed values. Returns the mark of the part as it is now.

    :param mark: what ``parts.seen`` gave when the part was read.
    :raises PartChanged: when somebody else saved the part since then, and it now says something else.
    :raises WrongState: when the version is no draft any more.
    """
    return save_locked(lock_draft(version_id, by=by), PART_BY_KEY[part_key], changes, mark, by=by, at=at)


def lock_draft(version_id: UUID, *, by: Actor) -> ItemVersion:
    """Lock a draft that the actor may write in.

    :raises NotFound: when there is none.
    :raises NotAllowed: when the actor does not write the items of the department.
    :raises WrongState: when the version is no draft any more.
    """
    version = _lock(version_id)
    require_editor(by, version.item.department_code)
    _require(version, VersionStatus.DRAFT)
    return version


def save_locked(version: ItemVersion, part: Part, changes: Mapping[str, Any], mark: str, *, by: Actor, at: datetime) -> str:
    """Write elements of one part of a locked draft; return the mark of the part as it is now.

    :raises PartChanged: when somebody else saved the part since ``mark`` was read, and it now says something else.
    """
    before = value_of(version, part)
    if seen(version, part) != mark and value_of(_changed(version, part, changes), part) != before:
        raise PartChanged(before, seen(version, part))
    written = _changed(version, part, changes)
    differing = fields_that_differ(before, value_of(written, part))
    if differing:
        _note_editor(written, by)
        written.save()
        facts = {"part": str(part.key), "fields": list(differing)}
        _record(acts.SAVE_PART, written, by=by, at=at, **facts)
    return seen(written, part)


def preview(version: ItemVersion, part: Part, changes: Mapping[str, Any]) -> ItemVersion:
    """Return the draft as it would be with ``changes``; nothing is written."""
    return _changed(version, part, changes)


@transaction.atomic(durable=True)
def rebase_draft(version_id: UUID, *, by: Actor, at: datetime) -> tuple[str, ...]:
    """Take over into a draft what a version that came into force meanwhile says otherwise.

    Elements that the draft had changed too stay as the draft has them; their names are returned, for people to look at.
    """
    version = _lock(version_id)
    require_editor(by, version.item.department_code)
    _require(version, VersionStatus.DRAFT)
    current = ItemVersion.objects.filter(item=version.item_id, status__in=CURRENT).first()
    if current is None or current.id == version.based_on_id:
        return ()
    old = standard_of(version.based_on) if version.based_on is not None else {}
    mine, theirs = standard_of(version), standard_of(current)
    changed_here = set(fields_that_differ(old, mine))
    changed_there = fields_that_differ(old, theirs)
    _take_over(version, theirs, [name for name in changed_there if name not in changed_here])
    version.based_on = current
    _note_editor(version, by)
    version.save()
    both = tuple(name for name in changed_there if name in changed_here and mine.get(name) != theirs.get(name))
    _record(acts.REBASE_DRAFT, version, by=by, at=at, kept=list(both))
    return both


@transaction.atomic(durable=True)
def submit_for_review(version_id: UUID, *, effective_from: date, by: Actor, at: datetime) -> None:
    """Hand in a draft for review, to come into force on a day, today at the earliest.

    :raises Invalid: when the day lies in the past, or nobody could fill in the form as it is defined.
    """
    version = _lock(version_id)
    require_editor(by, version.item.department_code)
    _require(version, VersionStatus.DRAFT)
    if effective_from < local_date(at):
        raise Invalid({"effective_from": _("This day has passed. Choose today or a later day.")})
    if definition_faults(Content.from_json(version.content)):
        raise Invalid({"form": _("The form cannot be filled in as it is defined. Its page says what to put right.")})
    version.status, version.submitted_by, version.effective_from = VersionStatus.IN_REVIEW, by.account, effective_from
    version.returned_reason = ""
    version.save()
    _record(acts.SUBMIT_FOR_REVIEW, version, by=by, at=at, effective_from=effective_from.isoformat())


@transaction.atomic(durable=True)
def send_back(version_id: UUID, *, reason: str, by: Actor, at: datetime) -> None:
    """Give a version that was handed in back to its department, with what is to be put right."""
    version = _lock(version_id)
    require_publisher(by)
    _require_alone(version)
    _require(version, VersionStatus.IN_REVIEW)
    if not reason.strip():
        raise Invalid({"reason": _("Say what is to be put right.")})
    version.status, version.returned_reason = VersionStatus.DRAFT, reason.strip()[:500]
    version.save()
    _record(acts.SEND_BACK, version, by=by, at=at, reason=version.returned_reason)


@transaction.atomic(durable=True)
def take_back(version_id: UUID, *, by: Actor, at: datetime) -> None:
    """Take a version back to work on it, while it is reviewed or waits for its day; an approval is void with that."""
    version = _lock(version_id)
    require_editor(by, version.item.department_code)
    _require_alone(version)
    _require(version, VersionStatus.IN_REVIEW, VersionStatus.APPROVED)
    version.status, version.approved_by, version.submitted_by = VersionStatus.DRAFT, None, None
    version.accepted_faults, version.accepted_reason = [], ""
    version.save()
    _record(acts.TAKE_BACK, version, by=by, at=at)


@transaction.atomic(durable=True)
def discard_draft(version_id: UUID, *, by: Actor, at: datetime) -> None:
    """Throw a draft away; the journal keeps that it was there."""
    version = _lock(version_id)
    require_editor(by, version.item.department_code)
    _require(version, VersionStatus.DRAFT)
    _record(acts.DISCARD_DRAFT, version, by=by, at=at)
    version.delete()


@transaction.atomic(durable=True)
def approve(version_id: UUID, *, reason: str = "", by: Actor, at: datetime) -> None:
    """Approve a version that was handed in: it comes into force at once, or waits for its day. Two people, always.

    A day that passed while the version lay there means today.

    :raises NotAllowed: when the actor wrote in it or handed it in, or may not publish.
    :raises OutOfDate: when another version came into force since the draft was begun.
    :raises NeedsReason: when it breaks rules of good guides and no reason is given.
    :raises PartOfFile: when it came with a file.
    """
    version = _lock(version_id)
    require_publisher(by)
    _require_alone(version)
    _require(version, VersionStatus.IN_REVIEW)
    if by.account in (*version.editors, version.submitted_by):
        raise NotAllowed(_("You wrote in this version yourself. Somebody else has to approve it."))
    current = ItemVersion.objects.filter(item=version.item_id, status__in=CURRENT).values_list("id", flat=True).first()
    if current != version.based_on_id:
        raise OutOfDate
    faults = sorted({each.rule for each in faults_of(version)})
    if faults and not reason.strip():
        raise NeedsReason
    version.status, version.approved_by = VersionStatus.APPROVED, by.account
    version.accepted_faults, version.accepted_reason = faults, reason.strip()[:500] if faults else ""
    version.save()
    _record(acts.APPROVE, version, by=by, at=at, effective_from=version.effective_from.isoformat(), faults=faults)
    if version.effective_from <= local_date(at):
        put_into_force([version], by=by, at=at)


def _begin(item: CatalogItem, current: ItemVersion | None, content: Content, *, by: Actor, at: datetime) -> ItemVersion:
    limits = {name: getattr(current, name) for name in COLUMNS} if current is not None else _FIRST_LIMITS
    version = ItemVersion(
        item=item,
        number=next_numbers([item.id])[item.id],
        status=VersionStatus.DRAFT,
        effective_from=local_date(at),
        **limits,
        is_complete=True,
        content=content.to_json(),
        based_on=current,
    )
    _note_editor(version, by)
    version.save()
    _record(acts.BEGIN_DRAFT, version, by=by, at=at)
    return version


_FIRST_LIMITS: dict[str, Any] = {
    "case_kind": "2",
    "legal_length": 20,
    "legal_unit": "working-days",
    "promise_length": 20,
    "promise_unit": "working-days",
    "levels": ["city"],
}


def _next_codes(item: NewItem) -> tuple[str, str]:
    """Return the next code of a department and type, and the basic code that goes with it, with the department's items locked."""
    of_department = CatalogItem.objects.select_for_update().filter(department_code=item.department_code).order_by("code")
    taken = list(of_department.values_list("code", "catalog_code"))
    known = [each for each in (codes.parsed(code) for code, _basic in taken) if each is not None]
    serial = max((each.serial for each in known if (each.area, each.type) == (item.area, item.item_type)), default=0) + 1
    number = int(taken[0][1][4:6]) if taken else _free_department_number()
    code = str(codes.ItemCode(item.area, item.department_code, item.item_type, serial))
    return code, codes.catalog_code(code, number)


def _free_department_number() -> int:
    numbers = CatalogItem.objects.order_by("department_code").distinct("department_code").values_list("catalog_code", flat=True)
    return max((int(each[4:6]) for each in numbers), default=0) + 1


def _lock(version_id: UUID) -> ItemVersion:
    """Lock a version with its item, the item first: publishing and importing lock in the same order.

    :raises NotFound: when there is none.
    """
    item = CatalogItem.objects.select_for_update().filter(versions=version_id).first()
    version = ItemVersion.objects.select_for_update().filter(id=version_id).first()
    if item is None or version is None:
        raise NotFound
    version.item = item
    return version


def _require(version: ItemVersion, *statuses: VersionStatus) -> None:
    if version.status not in statuses:
        raise WrongState


def _require_alone(version: ItemVersion) -> None:
    if version.run_id is not None and version.status == VersionStatus.IN_REVIEW:
        raise PartOfFile


def _note_editor(version: ItemVersion, by: Actor) -> None:
    if by.account is not None and by.account not in version.editors:
        version.editors = [*version.editors, by.account]


def _changed(version: ItemVersion, part: Part, changes: Mapping[str, Any]) -> ItemVersion:
    """Return the draft with elements of a part written anew; the row itself is not touched."""
    unknown = set(changes) - {*part.fields, *part.columns}
    if unknown:
        raise KeyError(f"{part.key} has no {sorted(unknown)}")
    said = {name: value for name, value in changes.items() if name in part.fields}
    content = replace(Content.from_json(version.content), **said)
    columns = {name: changes[name] for name in part.columns if name in changes}
    written = copy(version)
    written.content = content.to_json()
    for name, value in columns.items():
        setattr(written, name, list(value) if name == "levels" else value)
    written.accepts_online = bool(ONLINE_CHANNELS & set(content.channels))
    return written


def _take_over(version: ItemVersion, theirs: Mapping[str, Any], names: list[str]) -> None:
    for name in names:
        if name in COLUMNS:
            setattr(version, name, theirs[name])
        elif name in theirs:
            version.content[name] = theirs[name]
        else:
            version.content.pop(name, None)
    version.accepts_online = bool(ONLINE_CHANNELS & set(version.content.get("channels", ())))


def _record(act: Act, version: ItemVersion, *, by: Actor, at: datetime, **facts: Any) -> None:
    said = {"number": version.number, "name": version.content.get("name") or version.item.name, "item": version.item.code, **facts}
    journal.record(act, subject=Subject(VERSION, version.id), by=by, at=at, facts=said)
