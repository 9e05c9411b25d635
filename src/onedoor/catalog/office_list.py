"""Which offices implement an item, and which could: what the desk shows of the second layer of the catalogue."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from django.db.models import Q

from onedoor.catalog.models import CatalogItem, ServiceItem
from onedoor.kernel.errors import Text
from onedoor.network import queries as network

if TYPE_CHECKING:
    from onedoor.network.models import Agency

MOST_OFFERED = 120
LEVELS = ("city", "county", "township", "village")


@dataclass(frozen=True, slots=True)
class OfficeLine:
    """An office with its level; ``task_code`` is the implementation code, empty where it does not implement the item."""

    id: UUID
    code: str
    name: str
    level: str
    level_name: Text
    region: str
    task_code: str = ""
    is_open: bool = False


def offices_of(item: CatalogItem) -> list[OfficeLine]:
    """Return the offices that implement an item or did, the city first. One statement."""
    rows = ServiceItem.objects.filter(item=item).select_related("agency__region")
    lines = [_line(row.agency, task_code=row.task_code, is_open=row.is_open) for row in rows]
    return sorted(lines, key=lambda each: (not each.is_open, LEVELS.index(each.level), each.code))


def offices_to_add(item: CatalogItem, level: str, text: str) -> tuple[list[OfficeLine], bool]:
    """Return open offices of a level that never implemented the item, and whether there are more. One statement.

    :param text: part of the name, of the region or of the code; empty for all.
    """
    found = network.agencies(level=level).exclude(id__in=ServiceItem.objects.filter(item=item).values("agency"))
    if text:
        found = found.filter(Q(name__icontains=text) | Q(region__name__icontains=text) | Q(code__icontains=text))
    lines = [_line(office) for office in found[: MOST_OFFERED + 1]]
    return lines[:MOST_OFFERED], len(lines) > MOST_OFFERED


def _line(office: Agency, *, task_code: str = "", is_open: bool = False) -> OfficeLine:
    return OfficeLine(
        office.id, office.code, office.local_name, office.level, office.get_level_display(), office.region.name, task_code, is_open
    )
