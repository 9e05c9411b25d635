"""The first page of the desk."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from onedoor.kernel.actor import Actor
from onedoor.kernel.errors import NotAllowed
from onedoor.look import rail


@require_safe
@login_required
def home(request: HttpRequest) -> HttpResponse:
    """Lead to the work list where the day begins, or show what this post may open."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    if not actor.is_staff:
        raise NotAllowed(_("The desk is for people who work here. Your own matters are on your page."))
    start = rail.first_work_list(actor)
    return redirect(start) if start else render(request, "desk/home.html", {"duties": sorted(actor.duties)})
