"""Where the catalogue's own short codes lead, and what the catalogue shows on pages of offices and places."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.urls import reverse

from onedoor.catalog import queries, short_links
from onedoor.catalog.place_list import LONGEST_QUESTION, SHOWN_WHOLE, among, by_department
from onedoor.catalog.queries import Facets, ItemLine
from onedoor.kernel.errors import NotFound
from onedoor.network import panels
from onedoor.network import queries as network
from onedoor.network.panels import ItemChoice, Panel


def register() -> None:
    """Register the resolvers and panels of the catalogue."""
    short_links.register("catalog.item", _item)
    short_links.register("network.agency", _agency)
    short_links.register("network.window", _window)
    panels.register("agency", _items_of_agency)
    panels.register("site", _items_of_site)
    panels.register("window", _items_of_window)
    panels.register_items(_choices)


def _item(target: UUID) -> str | None:
    code = queries.item_code(target)
    return None if code is None else reverse("catalog:guide", args=[code])


def _agency(target: UUID) -> str | None:
    try:
        agency = network.agency_by_id(target)
    except NotFound:
        return None
    return reverse("network:department", args=[agency.department_code or agency.code])


def _window(target: UUID) -> str | None:
    try:
        window = network.window_by_id(target)
    except NotFound:
        return None
    return reverse("network:window", args=[window.site.code, window.number])


def _items_of_agency(agency: Any, request: HttpRequest) -> Panel | None:
    """Name the items of a department, or what a county bureau or a township implements."""
    if agency.level == "city" and agency.department_code:
        lines = queries.items_page(Facets(department=agency.department_code), size=100).rows
    else:
        lines = queries.items_named(queries.implemented_by(agency.id))
    return _panel(lines, request)


def _items_of_site(site: Any, request: HttpRequest) -> Panel | None:
    return _panel(_taken_at(network.received_items(site_id=site.id), site), request)


def _items_of_window(window: Any, request: HttpRequest) -> Panel | None:
    return _panel(_taken_at(network.received_items(window_id=window.id), window.site), request)


def _taken_at(codes: Sequence[str], site: Any) -> list[ItemLine]:
    """Return those of the items that are received by right at a place which its level takes in at all."""
    return [line for line in queries.items_named(codes) if line.is_taken_at(site.level)]


def _panel(lines: Sequence[ItemLine], request: HttpRequest) -> Panel | None:
    """Show what is done at a place: short lists whole, long ones folded by department, or what a question finds among them."""
    if not lines:
        return None
    question = request.GET.get("q", "").strip()[:LONGEST_QUESTION]
    found = among(lines, question) if question else []
    folds = by_department(lines) if len(lines) > SHOWN_WHOLE and not question else []
    return Panel(
        "catalog/_items_panel.html",
        {
            "lines": lines,
            "count": len(lines),
            "is_long": len(lines) > SHOWN_WHOLE,
            "question": question,
            "found": found,
            "folds": folds,
        },
        styles=("catalog/catalog.css",),
    )


def _choices(agency_id: UUID) -> list[ItemChoice]:
    return [ItemChoice(line.code, line.title) for line in queries.items_named(queries.implemented_by(agency_id))]
