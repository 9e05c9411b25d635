"""The first page of the desk."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from onedoor.kernel.actor import Actor
from onedoor.kernel.doors import Door, door
from onedoor.look import rail


@door(Door.STAFF)
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Lead to the work list where the day begins, or show what this post may open."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    start = rail.first_work_list(actor)
    return redirect(start) if start else render(request, "desk/home.html")
