"""The page that explains the sample city and lets one step into each role; it is not there in any other installation."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from onedoor.kernel.doors import Door, door
from onedoor.people import sessions
from onedoor.sample import demo_page, queries


@door(Door.ANYONE)
@require_safe
@never_cache
def demo(request: HttpRequest) -> HttpResponse:
    """Show the city, its roles and what to try."""
    queries.require_built()
    return render(request, "sample/demo.html", {"page": demo_page.page(at=timezone.now())})


@door(Door.ANYONE)
@require_POST
def enter(request: HttpRequest, role: str) -> HttpResponse:
    """Step into a role."""
    queries.require_built()
    return redirect(sessions.demo_step_in(request, queries.account_of_role(role), at=timezone.now()))
