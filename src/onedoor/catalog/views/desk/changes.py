"""What happens to items besides new versions: deciding, what is planned, what was done, and the yearly counts."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from onedoor.catalog import life, permissions, yearly
from onedoor.catalog.forms.items import ChangeForm
from onedoor.catalog.services import changes as services
from onedoor.catalog.views.desk.doorway import clean, done, keeper, publisher
from onedoor.kernel.clock import local_date
from onedoor.kernel.doors import Door, door
from onedoor.kernel.errors import Invalid, NotAllowed, Refused

MOST_PICKED, MOST_OFFERED = 50, 8


@door(Door.STAFF)
@require_http_methods(["GET", "HEAD", "POST"])
def changes(request: HttpRequest) -> HttpResponse:
    """Show what was decided about the catalogue; a POST decides one thing more."""
    if request.method != "POST":
        keeper(request)
        picked = _picked(request)
        return _page(request, ChangeForm(initial={"effective_on": local_date(timezone.now()), "touched": "\n".join(picked)}))
    actor = publisher(request)
    form = ChangeForm(request.POST)
    if not form.is_valid():
        return _page(request, form, status=422)
    try:
        services.decide_change(form.change(), by=actor, at=timezone.now())
    except NotAllowed:
        raise
    except Refused as refusal:
        errors = refusal.errors if isinstance(refusal, Invalid) else {"touched": refusal.message}
        for name, text in errors.items():
            form.add_error(name, str(text))
        return _page(request, form, status=422)
    messages.success(request, _("Decided. What has its day today is done; the rest waits for its day."))
    return redirect("catalog:desk_changes")


def _picked(request: HttpRequest) -> list[str]:
    return list(dict.fromkeys(clean(code, 30) for code in request.GET.getlist("touched") if code))[:MOST_PICKED]


def _to_pick(picked: list[str], text: str) -> list[tuple[life.ItemRow, str]]:
    """Return items that a few words find, each with the query that adds it to what is picked."""
    if not text:
        return []
    rows = [row for row in life.items_for_desk(life.Wanted(text=text)).rows if row.code not in picked]
    return [(row, urlencode({"touched": [*picked, row.code], "find": text}, doseq=True)) for row in rows[:MOST_OFFERED]]


def _page(request: HttpRequest, form: ChangeForm, **answer: Any) -> HttpResponse:
    picked, text = _picked(request), clean(request.GET.get("find", ""))
    context = {
        "picked": picked,
        "find": text,
        "to_pick": _to_pick(picked, text),
        "form": form,
        "planned": yearly.planned(),
        "history": yearly.history(),
        "yearly": yearly.yearly(),
        "may_publish": permissions.may_publish(keeper(request)),
    }
    return render(request, "catalog/desk/changes.html", context, **answer)


@door(Door.STAFF)
@require_POST
def revoke(request: HttpRequest, change_id: UUID) -> HttpResponse:
    """Revoke a change whose day has not come."""
    actor = publisher(request)
    return done(
        request,
        lambda: services.revoke_change(change_id, by=actor, at=timezone.now()),
        _("The planned change is revoked."),
        "catalog:desk_changes",
    )
