"""Where the catalogue's own short codes lead, and what the catalogue shows on pages of offices and places."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.urls import reverse

from onedoor.catalog import queries, short_links
from onedoor.catalog.queries import Facets
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


def _items_of_agency(agency: Any, _request: HttpRequest) -> Panel | None:
    """Name the items of a department, or what a county bureau or a township implements."""
    if agency.level == "city" and agency.department_code:
        lines = queries.items_page(Facets(department=agency.department_code), size=100).rows
    else:
        lines = queries.items_named(queries.implemented_by(agency.id))
    return Panel("catalog/_items_panel.html", {"lines": lines}) if lines else None


def _items_of_site(site: Any, _request: HttpRequest) -> Panel | None:
    lines = queries.items_named(network.received_items(site_id=site.id))
    return Panel("catalog/_items_panel.html", {"lines": lines}) if lines else None


def _items_of_window(window: Any, _request: HttpRequest) -> Panel | None:
    lines = queries.items_named(network.received_items(window_id=window.id))
    return Panel("catalog/_items_panel.html", {"lines": lines}) if lines else None


def _choices(agency_id: UUID) -> list[ItemChoice]:
    return [ItemChoice(line.code, line.title) for line in queries.items_named(queries.implemented_by(agency_id))]
