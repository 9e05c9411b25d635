"""The auditor's page: what was refused, who failed to log in, who looked at masked data. It changes nothing."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from onedoor.journal import permissions, queries, services
from onedoor.kernel.clock import SHANGHAI, local_date
from onedoor.kernel.doors import Door, door
from onedoor.kernel.ids import id_from

DAYS_SHOWN = 7
LONGEST = 366
FIRST_YEAR, LAST_YEAR = 2000, 2999


@door(Door.STAFF, duty=permissions.AUDIT)
@never_cache
@require_safe
def audit(request: HttpRequest) -> HttpResponse:
    """Show what an auditor looks for in a range of days, newest first; that somebody looked is recorded."""
    today = local_date(timezone.now())
    until = _day(request.GET.get("until", ""), today)
    since = max(_day(request.GET.get("since", ""), until - timedelta(days=DAYS_SHOWN - 1)), until - timedelta(days=LONGEST))
    kind = request.GET.get("kind", "")
    kind = kind if kind in queries.WATCHED else ""
    services.note_audit(kind=kind, since=since, until=until, by=request.actor, at=timezone.now())  # type: ignore[attr-defined]
    page = queries.watched(
        kind, since=_midnight(since), until=_midnight(until + timedelta(days=1)), before=id_from(request.GET.get("before", ""))
    )
    chosen = {"kind": kind, "since": since.isoformat(), "until": until.isoformat()}
    shown = {
        "page": page,
        "kinds": [("", None), *((key, name) for key, (name, _codes) in queries.WATCHED.items())],
        "kind": kind,
        "since": since,
        "until": until,
        "range": urlencode({"since": chosen["since"], "until": chosen["until"]}),
        "previous_url": f"?{urlencode(chosen)}" if request.GET.get("before") else "",
        "next_url": f"?{urlencode({**chosen, 'before': str(page.rows[-1].id)})}" if page.has_more else "",
        "was_wrong": since > until,
    }
    return render(request, "journal/audit.html", shown)


def _day(text: str, otherwise: date) -> date:
    """Return the day that was typed, or another one where it is none or no journal could reach that far."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return otherwise
    return day if FIRST_YEAR <= day.year <= LAST_YEAR else otherwise


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), tzinfo=SHANGHAI)
