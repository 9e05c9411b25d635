"""What staff do with the catalogue: print the codes that hang at the counters."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from onedoor.catalog import queries, services, short_links
from onedoor.kernel.doors import Door, door
from onedoor.kernel.subjects import Subject
from onedoor.network import queries as network

if TYPE_CHECKING:
    from onedoor.kernel.actor import Actor

KINDS = {"item": "catalog.item", "department": "network.agency", "window": "network.window"}


@dataclass(frozen=True, slots=True)
class Label:
    """One code to cut out: what it stands for, and the code where it has one."""

    target: UUID
    name: str
    more: str
    code: str = ""

    @property
    def address(self) -> str:
        return short_links.address_of(self.code)


@door(Door.STAFF)
@require_http_methods(["GET", "HEAD", "POST"])
def qr_sheet(request: HttpRequest) -> HttpResponse:
    """Show a sheet of codes for items of a department, for departments, or for the windows of a site; POST makes missing ones."""
    kind = request.GET.get("kind", "item")
    kind = kind if kind in KINDS else "item"
    labels = _labels(kind, request)
    if request.method == "POST":
        actor: Actor = request.actor  # type: ignore[attr-defined]
        services.make_short_codes([Subject(KINDS[kind], label.target) for label in labels], by=actor, at=timezone.now())
        return redirect(request.get_full_path())
    codes = queries.short_codes_of(KINDS[kind], [label.target for label in labels])
    page = {
        "kind": kind,
        "labels": [Label(each.target, each.name, each.more, codes.get(each.target, "")) for each in labels],
        "missing": any(label.target not in codes for label in labels),
        "departments": queries.departments_with_items(),
        "department": request.GET.get("department", ""),
        "site": request.GET.get("site", ""),
    }
    return render(request, "catalog/qr_sheet.html", page)


def _labels(kind: str, request: HttpRequest) -> list[Label]:
    if kind == "department":
        return [Label(each.id, each.local_name, each.section) for each in network.departments()]
    if kind == "window":
        site = _site(request)
        return [] if site is None else [_window_label(site.name, each) for each in network.windows_of(site.id)]
    departments = queries.departments_with_items()
    chosen = request.GET.get("department") or (departments[0][0] if departments else "")
    facets = queries.Facets(department=chosen.replace("\x00", "")[:10])
    return [Label(each.item_id, each.title, each.plain_name) for each in queries.items_page(facets, size=100).rows]


def _window_label(site: str, window: Any) -> Label:
    return Label(window.id, _("Window %(number)s") % {"number": window.number} + f" {window.local_name}", site)


def _site(request: HttpRequest) -> Any:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    code = request.GET.get("site", "").replace("\x00", "")
    if code:
        return network.site_for(code)
    return network.site_by_id(actor.site) if actor.site is not None else None
