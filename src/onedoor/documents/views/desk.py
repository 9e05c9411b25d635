"""What those who run the installation see of papers: which wait, how long, and why."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from onedoor.documents import queries
from onedoor.kernel.doors import Door, door
from onedoor.people.permissions import MANAGE_CLIENTS


@door(Door.STAFF, duty=MANAGE_CLIENTS)
@require_safe
def waiting(request: HttpRequest) -> HttpResponse:
    """List the papers that are issued and not sealed yet."""
    papers = queries.waiting_papers()
    troubles = {paper.trouble: paper.issuer for paper in papers if paper.trouble}
    context = {"papers": papers, "troubles": sorted(troubles.items()), "now": timezone.now(), "most": queries.WAITING_SHOWN}
    return render(request, "documents/desk/waiting.html", context)
