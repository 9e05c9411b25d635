"""What the book holds: the items that can be applied for, department by department, and the norms, each text once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any
from uuid import UUID

from django.db.models import Count, Q

from onedoor.catalog.content import Content
from onedoor.catalog.models import ItemVersion, ServiceItem, VersionStatus
from onedoor.network import queries as network

AT_ONCE = 24
"""How many items are in memory at a time."""

LISTED_AT_ONCE = 132
"""How many items that follow one norm stand on a page that lists nothing else."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One item of the book."""

    code: str
    name: str
    department_code: str
    department: str
    version_id: UUID
    status: VersionStatus


@dataclass(frozen=True, slots=True)
class Norm:
    """A norm as the book has it: its text, and the items that follow it, in the order of the book."""

    content: Content
    entries: Sequence[Entry]

    @property
    def is_shared(self) -> bool:
        """Whether it holds for items without review points of their own, so that it is called general."""
        return not any(each.review_points for each in self.content.materials)

    @property
    def lists(self) -> list[Sequence[Entry]]:
        """The items that follow it in portions of a page; empty where its own page has room for them."""
        return [] if len(self.entries) <= LISTED_AT_ONCE // 6 else portions(self.entries)


def portions(listed: Sequence[Entry]) -> list[Sequence[Entry]]:
    """Return a list in portions of a page."""
    return [listed[at : at + LISTED_AT_ONCE] for at in range(0, len(listed), LISTED_AT_ONCE)]


def entries(department: str = "") -> list[Entry]:
    """Return the items with a guide in force, suspended ones too, of one department or of all, in the order of the book."""
    return _entries((VersionStatus.PUBLISHED, VersionStatus.SUSPENDED), department)


def closed(department: str = "") -> list[Entry]:
    """Return the items that were cancelled or handed down, which nobody applies for here any more."""
    return _entries((VersionStatus.CANCELLED, VersionStatus.HANDED_DOWN), department)


def _entries(statuses: Sequence[VersionStatus], department: str) -> list[Entry]:
    names = [(each.department_code, each.name) for each in network.departments()]
    place = {code: number for number, (code, _name) in enumerate(names)}
    rows = ItemVersion.objects.filter(status__in=statuses)
    if department:
        rows = rows.filter(item__department_code=department)
    told = dict(names)
    found = [
        Entry(code, name, dept, told.get(dept, dept), version, VersionStatus(status))
        for code, name, dept, version, status in rows.values_list(
            "item__code", "item__name", "item__department_code", "id", "status"
        )
    ]
    return sorted(found, key=lambda each: (place.get(each.department_code, len(place)), each.department_code, each.code))


@dataclass(frozen=True, slots=True)
class Place:
    """Where an item is handed in, as a line of the book."""

    name: str
    address: str


@dataclass(frozen=True, slots=True)
class Places:
    """Where an item is handed in: the sites of city and counties, and how many townships and villages receive it."""

    sites: Sequence[Place]
    others: int


def versions(book: Sequence[Entry]) -> Iterator[tuple[Entry, ItemVersion]]:
    """Yield the entries with their versions, a few at a time, so that a large catalogue takes no more memory than a small one."""
    waiting = iter(book)
    while chunk := list(islice(waiting, AT_ONCE)):
        found = ItemVersion.objects.select_related("item").in_bulk([each.version_id for each in chunk])
        for each in chunk:
            yield each, found[each.version_id]


def places_of(codes: Sequence[str]) -> dict[str, Places]:
    """Return where items are handed in. Two statements."""
    rows = (
        ServiceItem.objects.filter(
            item__code__in=codes, is_open=True, agency__level__in=("city", "county"), agency__site__isnull=False
        )
        .order_by("agency__region_id", "agency__code")
        .values_list("item__code", "agency__site__name", "agency__site__address")
    )
    sites: dict[str, dict[Place, None]] = {}
    for code, name, address in rows:
        sites.setdefault(code, {})[Place(name, address)] = None
    counted: Any = (
        ServiceItem.objects.filter(item__code__in=codes, is_open=True)
        .values_list("item__code")
        .annotate(n=Count("agency", filter=~Q(agency__level__in=("city", "county"))))
        .order_by("item__code")
    )
    return {code: Places(list(sites.get(code, {})), n) for code, n in counted}


def norms(book: Sequence[Entry]) -> list[Norm]:
    """Return the norms in the order of the first item that follows each; the one that most items share comes first."""
    kept: dict[Any, tuple[Content, list[Entry]]] = {}
    for entry, version in versions(book):
        content = _norm_of(Content.from_json(version.content))
        says = (content.materials, content.steps)
        kept.setdefault(entry.code if any(each.review_points for each in content.materials) else says, (content, []))[1].append(
            entry
        )
    found = [Norm(content, followers) for content, followers in kept.values()]
    return sorted(found, key=lambda each: (not each.is_shared, -len(each.entries) if each.is_shared else 0))


def _norm_of(content: Content) -> Content:
    """Return what of an item is its norm: papers with points or a standard of their own, and steps with their posts and standards."""
    papers = tuple(each for each in content.materials if each.review_points or each.accept_standard)
    return Content(materials=papers, steps=tuple(replace(each, limit=0, unit="") for each in content.steps))
