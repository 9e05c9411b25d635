"""Which offices implement an item: seen by its keepers, decided by the centre."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from onedoor.catalog import narrowing, office_list, permissions
from onedoor.catalog.forms.offices import OfficesForm
from onedoor.catalog.life import ItemSheet
from onedoor.catalog.services import offices as services
from onedoor.catalog.views.desk.doorway import clean, publisher, sheet_for
from onedoor.kernel.doors import Door, door
from onedoor.kernel.errors import Invalid, NotAllowed, Refused

ACTS = {
    "add": (
        services.add_offices,
        _("The offices implement the item from now on. Give their posts the rights on it, if they have none."),
    ),
    "end": (services.end_offices, _("The offices take no new applications for this item. What they have they finish.")),
    "reopen": (services.reopen_offices, _("The offices implement the item again.")),
}


@door(Door.STAFF)
@require_http_methods(["GET", "HEAD", "POST"])
def offices(request: HttpRequest, code: str) -> HttpResponse:
    """Show who implements an item; a POST adds offices, ends or reopens them."""
    sheet = sheet_for(request, code)
    if request.method != "POST":
        return _page(request, sheet, OfficesForm())
    actor = publisher(request)
    form = OfficesForm(request.POST)
    if not form.is_valid():
        return _page(request, sheet, form, status=422)
    act, said = ACTS[form.cleaned_data["act"]]
    try:
        act(form.change(sheet.item.code), by=actor, at=timezone.now())
    except NotAllowed:
        raise
    except Refused as refusal:
        for name, text in (refusal.errors if isinstance(refusal, Invalid) else {"office": refusal.message}).items():
            form.add_error(name, str(text))
        return _page(request, sheet, form, status=422)
    messages.success(request, str(said))
    return redirect("catalog:desk_offices", sheet.item.code)


def _page(request: HttpRequest, sheet: ItemSheet, form: OfficesForm, **answer: Any) -> HttpResponse:
    named = [] if sheet.current is None else sheet.current.levels
    known = office_list.offices_of(sheet.item)
    levels = narrowing.levels()
    wanted = clean(request.GET.get("level", ""), 10)
    level = wanted if wanted in office_list.LEVELS else next((each for each in office_list.LEVELS if each in named), "city")
    find = clean(request.GET.get("find", ""))
    to_add, has_more = office_list.offices_to_add(sheet.item, level, find)
    context = {
        "sheet": sheet,
        "form": form,
        "wrong": [str(each) for errors in form.errors.values() for each in errors],
        "basis": form.data.get("basis", ""),
        "act": form.data.get("act", ""),
        "ticked": set(request.POST.getlist("office")),
        "known": [(each, each.level in named) for each in known],
        "unnamed": [name for each, name in levels if each == level and sheet.current is not None and each not in named],
        "levels": levels,
        "level": level,
        "find": find,
        "to_add": to_add,
        "has_more": has_more,
        "may_publish": permissions.may_publish(request.actor),  # type: ignore[attr-defined]
    }
    return render(request, "catalog/desk/offices.html", context, **answer)
