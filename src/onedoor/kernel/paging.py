"""Paging by key: the next page starts behind the last row seen, so its cost does not grow with the page number."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """Rows of one page and whether more follow."""

    rows: Sequence[T]
    has_more: bool


def first_page(found: Sequence[T], size: int) -> Page[T]:
    """Return the page of ``size`` rows out of a query that asked for ``size + 1``."""
    return Page(rows=found[:size], has_more=len(found) > size)
