"""The items that somebody keeps: the list, one whole, and a new one."""

from __future__ import annotations

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from onedoor.catalog import codes, life, permissions, queries
from onedoor.catalog.forms.items import NewItemForm
from onedoor.catalog.next_acts import next_acts
from onedoor.catalog.services import editing
from onedoor.catalog.views.desk.addresses import part_links
from onedoor.catalog.views.desk.doorway import actor_of, clean, keeper, sheet_for
from onedoor.kernel.clock import local_date
from onedoor.kernel.doors import Door, door
from onedoor.kernel.errors import Text


@door(Door.STAFF)
@require_safe
def items(request: HttpRequest) -> HttpResponse:
    """List the items that one keeps, with their versions in force and to come."""
    actor = keeper(request)
    own = permissions.edited_department(actor)
    state = request.GET.get("state", "")
    wanted = life.Wanted(
        department=clean(request.GET.get("department", ""), 10) if own is None else own,
        state=state if state in dict(life.STATES) else "",
        text=clean(request.GET.get("q", "")),
    )
    page = life.items_for_desk(wanted, after=clean(request.GET.get("after", "")))
    asked = {"department": wanted.department if own is None else "", "state": wanted.state, "q": wanted.text}
    context = {
        "page": page,
        "wanted": wanted,
        "states": life.STATES,
        "departments": queries.department_names().items() if own is None else (),
        "may_publish": permissions.may_publish(actor),
        "next_url": f"?{urlencode({**asked, 'after': page.rows[-1].code})}" if page.has_more else "",
        "previous_url": f"?{urlencode(asked)}" if request.GET.get("after") else "",
    }
    return render(request, "catalog/desk/items.html", context)


@door(Door.STAFF)
@require_safe
def item(request: HttpRequest, code: str) -> HttpResponse:
    """Show an item whole: its versions, what is coming, its faults, its changes, and who implements it."""
    sheet = sheet_for(request, code)
    offers = queries.service_items_for(sheet.item.code)
    context = {
        "sheet": sheet,
        "coming": None if sheet.coming is None else life.version_line(sheet.coming),
        "acts": next_acts(sheet, actor_of(request)),
        "may_publish": permissions.may_publish(actor_of(request)),
        "parts": part_links(sheet),
        "today": local_date(timezone.now()),
        "writers": life.writers_of(sheet.coming),
        "near": [each for each in offers if each.level in ("city", "county")],
        "far": [each for each in offers if each.level not in ("city", "county")],
        "oddities": list(dict.fromkeys(text for each in offers for text in _oddities(sheet, each))),
    }
    return render(request, "catalog/desk/item.html", context)


def _oddities(sheet: life.ItemSheet, offer: queries.ServiceOffer) -> list[Text]:
    item = sheet.item
    return codes.oddities(
        offer.task_code, credit_code=offer.credit_code, level=offer.level, basic_code=item.catalog_code, item_type=item.item_type,
        office=offer.agency,
    )  # fmt: skip


@door(Door.STAFF)
@require_http_methods(["GET", "HEAD", "POST"])
def new_item(request: HttpRequest) -> HttpResponse:
    """Enter an item that the catalogue does not have yet, and begin its first version."""
    actor = keeper(request)
    own = permissions.edited_department(actor)
    names = queries.department_names()
    form = NewItemForm(
        request.POST if request.method == "POST" else None,
        departments=[(code, name) for code, name in names.items() if own in (None, code)],
    )
    if request.method != "POST" or not form.is_valid():
        return render(request, "catalog/desk/new_item.html", {"form": form}, status=422 if form.is_bound else 200)
    version = editing.create_item(form.item(), by=actor, at=timezone.now())
    return redirect("catalog:desk_item", life.code_of_version(version))


@door(Door.STAFF)
@require_POST
def begin(request: HttpRequest, code: str) -> HttpResponse:
    """Begin the next version of an item, or go on with the one that is being written."""
    sheet = sheet_for(request, code)
    editing.begin_draft(sheet.item.code, by=actor_of(request), at=timezone.now())
    return redirect("catalog:desk_item", sheet.item.code)
