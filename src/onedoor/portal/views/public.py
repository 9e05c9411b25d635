"""Pages of the portal's own: the home page."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from onedoor.kernel.doors import Door, door


@door(Door.ANYONE)
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Show the question, the search and the ways into the house."""
    return render(request, "portal/home.html")
