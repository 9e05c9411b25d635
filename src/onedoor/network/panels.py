"""What rooms upstairs show on the pages of this room: the items of a department, the live queue of a hall.

A room registers a function for a kind of page (``agency``, ``site``, ``window``); it is asked for the row that the page shows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from uuid import UUID

if TYPE_CHECKING:
    from django.http import HttpRequest

KINDS = frozenset({"agency", "site", "window"})


@dataclass(frozen=True, slots=True)
class Panel:
    """A part of a page: a template of the room that registered it, and what the template shows (as ``panel`` there), with its style sheets."""

    template: str
    context: Mapping[str, Any] = field(default_factory=dict)
    styles: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ItemChoice:
    """An item by its code and its name in the language of the moment."""

    code: str
    name: str


PanelSource = Callable[[Any, "HttpRequest"], Panel | None]
ItemSource = Callable[[UUID], Sequence[ItemChoice]]
_panels: dict[str, list[PanelSource]] = {kind: [] for kind in KINDS}
_items: list[ItemSource] = []


def register(kind: str, source: PanelSource) -> None:
    """Let ``source(row, request)`` add a panel to the pages of ``kind``; it returns nothing where it has nothing to show."""
    _panels[kind].append(source)


def panels_for(kind: str, row: Any, request: HttpRequest) -> Iterator[Panel]:
    """Yield the panels of a page in the order in which rooms registered them."""
    for source in _panels[kind]:
        panel = source(row, request)
        if panel is not None:
            yield panel


def register_items(source: ItemSource) -> None:
    """Let ``source(agency_id)`` name the items of an office, for the page on which rights are given; the last one counts."""
    _items[:] = [source]


def items_of(agency_id: UUID) -> Sequence[ItemChoice]:
    """Return the items of an office by name; none when the catalogue has not registered itself."""
    return _items[0](agency_id) if _items else ()
