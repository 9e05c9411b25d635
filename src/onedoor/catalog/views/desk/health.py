"""The page of the catalogue's health."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from onedoor.catalog import health as catalogue_health
from onedoor.catalog import permissions
from onedoor.catalog.views.desk.doorway import clean, keeper
from onedoor.kernel.doors import Door, door


@door(Door.STAFF)
@require_safe
def health(request: HttpRequest) -> HttpResponse:
    """Show which rules the published guides break, by department and by rule; one's own department's only for who keeps one."""
    own = permissions.edited_department(keeper(request))
    chosen = clean(request.GET.get("department", ""), 10) or None if own is None else own
    asked = request.GET.get("rule", "")
    rule = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 3 else None
    found = catalogue_health.health(own if own is not None else None)
    context = {
        "health": found,
        "own": own,
        "department": next((each for each in found.departments if each.code == chosen), None),
        "rule": next((each for each in found.rules if each.rule == rule), None),
        "items": catalogue_health.breaking(department=chosen, rule=rule or 0) if rule is not None or chosen else None,
    }
    return render(request, "catalog/desk/health.html", context)
