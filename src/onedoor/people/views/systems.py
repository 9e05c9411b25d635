"""At the desk: other systems that use the API, what their tokens open, and shutting them out."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from onedoor.journal import queries as journal
from onedoor.kernel.clock import SHANGHAI
from onedoor.kernel.doors import Door, door
from onedoor.kernel.errors import Refused
from onedoor.people import permissions, queries, services
from onedoor.people.forms import NewClientForm

FIELDS = {"name_taken": "name"}


@door(Door.STAFF, duty=permissions.MANAGE_CLIENTS)
@never_cache
@require_safe
def clients(request: HttpRequest) -> HttpResponse:
    """List the systems that were ever let in."""
    return render(request, "people/clients.html", {"clients": queries.client_views(at=timezone.now())})


@door(Door.STAFF, duty=permissions.MANAGE_CLIENTS)
@never_cache
@require_http_methods(["GET", "POST"])
def new_client(request: HttpRequest) -> HttpResponse:
    """Let a system in and show its token, once."""
    form = NewClientForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        given, at = form.cleaned_data, timezone.now()
        try:
            made, token = services.create_client(
                name=given["name"], scopes=given["scopes"], agencies=given["agencies"], region=given["region"],
                rate_per_minute=given["rate_per_minute"], expires_at=_end_of(given["last_day"]),
                by=request.actor, at=at,  # type: ignore[attr-defined]
            )  # fmt: skip
        except Refused as refusal:
            if refusal.http_status == 403:
                raise
            form.refuse(refusal, FIELDS.get(refusal.code, "last_day"))
        else:
            return render(request, "people/client_token.html", {"client": queries.client_view(made.id, at=at), "token": token})
    return render(request, "people/client_new.html", {"form": form}, status=422 if form.errors else 200)


def _end_of(day: date | None) -> datetime | None:
    return None if day is None else datetime.combine(day + timedelta(days=1), time(), tzinfo=SHANGHAI)


@door(Door.STAFF, duty=permissions.MANAGE_CLIENTS)
@never_cache
@require_http_methods(["GET", "POST"])
def client(request: HttpRequest, client_id: UUID) -> HttpResponse:
    """Show a system, what was done about it, and a button that shuts it out."""
    shown = queries.client_view(client_id, at=timezone.now())
    if request.method == "POST":
        services.revoke_client(name=shown.name, by=request.actor, at=timezone.now())  # type: ignore[attr-defined]
        messages.success(request, gettext("Shut out: its token opens nothing from now on."))
        return redirect("people_client", client_id)
    context = {"client": shown, "entries": journal.entries_of(shown.subject)}
    return render(request, "people/client.html", context)
