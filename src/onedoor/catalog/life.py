"""What the desk asks about the life of items: lists of them, one whole, what waits for review. Drafts never leave these pages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Prefetch, Q
from django.utils.translation import gettext_lazy as _

from onedoor.catalog import queries
from onedoor.catalog.content import in_language
from onedoor.catalog.lint import RULE_WORDS, Fault, faults_of
from onedoor.catalog.models import COMING, CURRENT, CatalogItem, ChangedItem, ItemVersion, VersionStatus
from onedoor.catalog.parts import PART_BY_KEY, Part, standard_of
from onedoor.kernel.errors import NotFound, Text
from onedoor.kernel.paging import Page, first_page
from onedoor.people import directory

PAGE_SIZE = 50
NEVER_PUBLISHED = "new"
STATES: tuple[tuple[str, Text], ...] = (
    *((status.value, status.label) for status in (*COMING, *CURRENT)),
    (NEVER_PUBLISHED, _("Not published yet")),
)
# How a state looks: the light of its tag.
LIGHTS = {
    VersionStatus.DRAFT: "idle",
    VersionStatus.IN_REVIEW: "run",
    VersionStatus.APPROVED: "due",
    VersionStatus.PUBLISHED: "ok",
    VersionStatus.SUSPENDED: "pause",
    VersionStatus.SUPERSEDED: "idle",
    VersionStatus.CANCELLED: "late",
    VersionStatus.HANDED_DOWN: "idle",
}


@dataclass(frozen=True, slots=True)
class VersionLine:
    """A version as lists show it."""

    id: UUID
    number: int
    status: str
    label: Text
    light: str
    effective_from: date
    effective_to: date | None
    is_complete: bool


@dataclass(frozen=True, slots=True)
class ItemRow:
    """An item in the list of the desk: what is in force, and what is coming."""

    code: str
    title: str
    department: str
    current: VersionLine | None
    coming: VersionLine | None


@dataclass(frozen=True, slots=True)
class Wanted:
    """By what the list is narrowed; ``department`` is the code of one department, empty for all."""

    department: str = ""
    state: str = ""
    text: str = ""


def items_for_desk(wanted: Wanted, *, after: str = "") -> Page[ItemRow]:
    """Return items by their codes, from behind ``after``, with their versions in force and to come. Three statements."""
    living = ItemVersion.objects.filter(status__in=[*CURRENT, *COMING]).defer("content")
    found = CatalogItem.objects.filter(_condition(wanted), code__gt=after).order_by("code")
    rows = list(found.prefetch_related(Prefetch("versions", queryset=living, to_attr="living"))[: PAGE_SIZE + 1])
    names = queries.department_names()
    return first_page([_item_row(row, names) for row in rows], PAGE_SIZE)


def _condition(wanted: Wanted) -> Q:
    found = Q()
    if wanted.department:
        found &= Q(department_code=wanted.department)
    if wanted.text:
        found &= Q(code__icontains=wanted.text) | Q(name__icontains=wanted.text) | Q(name_en__icontains=wanted.text)
    versions = ItemVersion.objects.filter(item=OuterRef("pk"))
    if wanted.state == NEVER_PUBLISHED:
        found &= Q(~Exists(versions.filter(status__in=CURRENT)))
    elif wanted.state:
        found &= Q(Exists(versions.filter(status=wanted.state)))
    return found


def _item_row(item: Any, names: dict[str, str]) -> ItemRow:
    current = next((each for each in item.living if each.status in CURRENT), None)
    coming = next((each for each in item.living if each.status in COMING), None)
    return ItemRow(
        code=item.code,
        title=in_language(item.name, item.name_en),
        department=names.get(item.department_code, item.department_code),
        current=None if current is None else version_line(current),
        coming=None if coming is None else version_line(coming),
    )


def version_line(version: ItemVersion) -> VersionLine:
    """Return a version as lists show it."""
    status = VersionStatus(version.status)
    return VersionLine(
        version.id,
        version.number,
        status.value,
        status.label,
        LIGHTS[status],
        version.effective_from,
        version.effective_to,
        version.is_complete,
    )


@dataclass(frozen=True, slots=True)
class PartFaults:
    """The faults that are mended on one page."""

    part: Part
    faults: Sequence[Fault]


@dataclass(frozen=True, slots=True)
class ChangeLine:
    """Something that happened, or is going to happen, to an item."""

    label: Text
    basis: str
    effective_on: date
    is_done: bool
    is_revoked: bool


@dataclass(frozen=True)
class ItemSheet:
    """An item whole, as its keepers see it: the rows stay inside the room."""

    item: CatalogItem
    department: str
    versions: Sequence[VersionLine]
    current: ItemVersion | None
    coming: ItemVersion | None
    changes: Sequence[ChangeLine]

    @property
    def title(self) -> str:
        return in_language(self.item.name, self.item.name_en)

    @property
    def is_out_of_date(self) -> bool:
        """Whether another version came into force since the coming one was begun."""
        current = None if self.current is None else self.current.id
        return self.coming is not None and self.coming.based_on_id != current

    @property
    def accepted(self) -> list[tuple[int, Text]]:
        """The rules that the version in force was published against, in words; its ``accepted_reason`` says why."""
        return [] if self.current is None else [(rule, RULE_WORDS[rule]) for rule in self.current.accepted_faults]

    @property
    def faults(self) -> list[PartFaults]:
        """What the coming version breaks of the rules, or the one in force where none is coming, by the part to mend it in."""
        version = self.coming or self.current
        return [] if version is None else faults_by_part(version)


def faults_by_part(version: ItemVersion) -> list[PartFaults]:
    """Return the faults of a version by the part to mend them in, in the order of the parts."""
    found: dict[str, list[Fault]] = {}
    for fault in faults_of(version):
        found.setdefault(fault.part, []).append(fault)
    return [PartFaults(part, found[key]) for key, part in PART_BY_KEY.items() if key in found]


def item_sheet(code: str) -> ItemSheet:
    """Return an item with its versions and changes. Four statements.

    :raises NotFound: when there is no such item.
    """
    item = item_row(code)
    rows = list(ItemVersion.objects.filter(item=item).defer("content").order_by("-number", "-id"))
    whole = {row.id: row for row in ItemVersion.objects.filter(item=item, status__in=[*CURRENT, *COMING])}
    for row in whole.values():
        row.item = item
    changes = ChangedItem.objects.filter(item=item).select_related("change").order_by("-change__effective_on", "-id")
    return ItemSheet(
        item=item,
        department=queries.department_names().get(item.department_code, item.department_code),
        versions=[version_line(row) for row in rows],
        current=next((row for row in whole.values() if row.status in CURRENT), None),
        coming=next((row for row in whole.values() if row.status in COMING), None),
        changes=[_change_line(row) for row in changes],
    )


def item_row(code: str) -> CatalogItem:
    """Return the row of an item. One statement.

    :raises NotFound: when there is no such item.
    """
    item = CatalogItem.objects.filter(code=code).first()
    if item is None:
        raise NotFound
    return item


def _change_line(row: ChangedItem) -> ChangeLine:
    change = row.change
    return ChangeLine(
        change.get_kind_display(), change.basis, change.effective_on, change.done_at is not None, change.revoked_at is not None
    )


def code_of_version(version_id: UUID) -> str:
    """Return the code of the item that a version belongs to. One statement.

    :raises NotFound: when there is no such version.
    """
    code = ItemVersion.objects.filter(id=version_id).values_list("item__code", flat=True).first()
    if code is None:
        raise NotFound
    return code


def standards_of(item: CatalogItem, left: UUID | None, right: UUID | None) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return what two versions of an item say; one that does not exist says nothing. One statement."""
    rows = {row.id: row for row in ItemVersion.objects.filter(item=item, id__in=[each for each in (left, right) if each])}
    one, other = (standard_of(rows[each]) if each in rows else {} for each in (left, right))
    return one, other


@dataclass(frozen=True, slots=True)
class HandedIn:
    """A version that waits for its review or for its day."""

    code: str
    title: str
    department: str
    line: VersionLine
    faults: int
    is_first: bool


def handed_in() -> list[HandedIn]:
    """Return the versions that wait for their review, the longest waiting first, then those that wait for their day.

    What came with a file is not among them: it is reviewed as a whole (``exchange_runs.proposed_runs``).
    """
    waiting = ItemVersion.objects.filter(status__in=[VersionStatus.IN_REVIEW, VersionStatus.APPROVED], run=None).select_related(
        "item"
    )
    names = queries.department_names()
    return [
        HandedIn(
            row.item.code,
            in_language(row.content.get("name") or row.item.name, row.content.get("name_en", "")),
            names.get(row.item.department_code, row.item.department_code),
            version_line(row),
            len(faults_of(row)),
            row.based_on_id is None,
        )
        for row in waiting.order_by("-status", "id")
    ]


def writers_of(version: ItemVersion | None) -> list[str]:
    """Return the names of those who wrote in a version. One statement."""
    ids = [] if version is None else version.editors
    names = directory.account_names(ids) if ids else {}
    return [names[each] for each in ids if each in names]
