"""What the codes at the counter open: a department, a place, a window."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.dates import WEEKDAYS
from django.views.decorators.http import require_safe

from onedoor.kernel.doors import Door, door
from onedoor.network import queries
from onedoor.network.panels import panels_for


@door(Door.ANYONE)
@require_safe
def departments(request: HttpRequest) -> HttpResponse:
    """List the departments of the city."""
    return render(request, "network/departments.html", {"departments": queries.departments()})


@door(Door.ANYONE)
@require_safe
def department(request: HttpRequest, code: str) -> HttpResponse:
    """Show an office: what it is there for, where it sits, whom to call; its items come from the catalogue."""
    agency = queries.agency_for(code)
    state = queries.open_state(agency.site, timezone.now()) if agency.site is not None else None
    page = {"agency": agency, "state": state, "panels": list(panels_for("agency", agency, request))}
    return render(request, "network/department.html", page)


@door(Door.ANYONE)
@require_safe
def site(request: HttpRequest, code: str) -> HttpResponse:
    """Show a place: address, hours, whom to call outside them, windows; what is done there comes from the catalogue."""
    found = queries.site_for(code)
    now = timezone.now()
    page = {
        "site": found,
        "place": queries.region_path(found.region_id),
        "state": queries.open_state(found, now),
        "week": _week(found.hours_code),
        "special_days": queries.special_days(found.hours_code, now),
        "windows": queries.windows_of(found.id),
        "panels": list(panels_for("site", found, request)),
    }
    return render(request, "network/site.html", page)


@door(Door.ANYONE)
@require_safe
def window(request: HttpRequest, code: str, number: str) -> HttpResponse:
    """Show a window: who serves there, whether it is open; what is done there comes from the catalogue."""
    found = queries.window_for(code, number)
    page = {
        "window": found,
        "site": found.site,
        "state": queries.open_state(found.site, timezone.now()),
        "people": queries.people_at(found.id),
        "panels": list(panels_for("window", found, request)),
    }
    return render(request, "network/window.html", page)


def _week(hours_code: str) -> list[tuple[str, list[tuple[str, bool]]]]:
    """Return for each weekday its periods in words, and whether each is by appointment only."""
    weekly = queries.week_of(hours_code)
    if not weekly:
        return []
    return [
        (str(WEEKDAYS[day]), [(f"{each.opens:%H:%M}–{each.closes:%H:%M}", each.by_appointment) for each in weekly.get(day, ())])
        for day in range(7)
    ]
