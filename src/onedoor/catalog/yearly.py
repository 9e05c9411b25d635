"""What was decided about the catalogue: planned, done, and counted by year (S04)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Count, Prefetch
from django.db.models.functions import ExtractYear

from onedoor.catalog.content import in_language
from onedoor.catalog.models import ChangedItem, ChangeKind, ItemChange
from onedoor.kernel.errors import Text

HISTORY, ITEMS_SHOWN, YEARS_SHOWN = 50, 5, 6


@dataclass(frozen=True, slots=True)
class ChangeRow:
    """A change with the items that it touches and those that it ends in; of many items the first ones are named."""

    id: UUID
    label: Text
    basis: str
    note: str
    effective_on: date
    is_revoked: bool
    touched: Sequence[tuple[str, str]]
    results: Sequence[tuple[str, str]]
    more: int


@dataclass(frozen=True, slots=True)
class YearLine:
    """How many items a kind of change concerned, in each of the years shown and altogether."""

    label: Text
    counts: Sequence[int]
    total: int


@dataclass(frozen=True, slots=True)
class Yearly:
    """The yearly counts, and the largest of them, against which bars are drawn."""

    years: Sequence[int]
    lines: Sequence[YearLine]

    @property
    def largest(self) -> int:
        return max((count for line in self.lines for count in line.counts), default=0)


def planned() -> list[ChangeRow]:
    """Return the changes whose day has not come, the next one first. Two statements."""
    return _rows(ItemChange.objects.filter(done_at=None, revoked_at=None).order_by("effective_on", "id"))


def history() -> list[ChangeRow]:
    """Return the latest changes that were carried out or revoked. Two statements."""
    return _rows(ItemChange.objects.exclude(done_at=None, revoked_at=None).order_by("-effective_on", "-id")[:HISTORY])


def _rows(changes: Any) -> list[ChangeRow]:
    items = ChangedItem.objects.select_related("item").order_by("item__code")
    return [_row(change) for change in changes.prefetch_related(Prefetch("items", queryset=items))]


def _row(change: ItemChange) -> ChangeRow:
    said = [(each.is_result, each.item.code, in_language(each.item.name, each.item.name_en)) for each in change.items.all()]
    touched = [(code, name) for is_result, code, name in said if not is_result]
    return ChangeRow(
        id=change.id,
        label=change.get_kind_display(),
        basis=change.basis,
        note=change.note,
        effective_on=change.effective_on,
        is_revoked=change.revoked_at is not None,
        touched=touched[:ITEMS_SHOWN],
        results=[(code, name) for is_result, code, name in said if is_result],
        more=max(len(touched) - ITEMS_SHOWN, 0),
    )


def yearly() -> Yearly:
    """Count the items that were touched by changes that were carried out, by kind and by the year of their day. One statement."""
    done = ChangedItem.objects.filter(is_result=False, change__done_at__isnull=False)
    rows = done.annotate(year=ExtractYear("change__effective_on"))
    counted = rows.values_list("year", "change__kind").annotate(n=Count("id")).order_by("year")
    counts = {(year, kind): n for year, kind, n in counted}
    years = sorted({year for year, _kind in counts})[-YEARS_SHOWN:]
    lines = [
        YearLine(
            kind.label,
            [counts.get((year, kind.value), 0) for year in years],
            sum(n for (_y, k), n in counts.items() if k == kind.value),
        )
        for kind in ChangeKind
    ]
    return Yearly(years, [line for line in lines if line.total])
