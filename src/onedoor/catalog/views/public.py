"""What anybody may read: the guide of a service, and what a short code leads to."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from onedoor.catalog import guide_page, queries, short_links
from onedoor.catalog.topics import BOARD_BY_CODE, TOPIC_BY_CODE
from onedoor.catalog.views.search import counts_openings
from onedoor.kernel.doors import Door, door
from onedoor.kernel.errors import NotFound
from onedoor.kernel.references import parse_code
from onedoor.look.pagecache import cached_page, edition_of
from onedoor.network import queries as network


@door(Door.ANYONE)
@require_safe
@counts_openings
@cached_page(queries.edition)
def guide(request: HttpRequest, code: str) -> HttpResponse:
    """Show the guide of a service."""
    edition, now = edition_of(request), timezone.now()
    found = queries.published_guide(code, edition_number=edition)
    content = found.content
    offers = queries.service_items_for(code, edition_number=edition)
    near, far = guide_page.spots(offers, lambda site: network.open_state(site, now))
    topic = next((TOPIC_BY_CODE[each] for each in found.topics if each in TOPIC_BY_CODE), None)
    page = {
        "guide": found,
        "content": content,
        "answers": guide_page.answers(found),
        "papers": guide_page.papers(content),
        "tolerance_days": guide_page.tolerance_days(content),
        "steps": guide_page.step_lines(content),
        "fees": guide_page.fee_lines(content),
        "minutes": guide_page.minutes_to_fill(content),
        "near": near,
        "far": far,
        "topic": topic or BOARD_BY_CODE.get(found.board),
        "short_address": short_links.address_of(found.short_code) if found.short_code else "",
    }
    return render(request, "catalog/guide.html", page)


@door(Door.ANYONE)
@require_safe
def short_link(request: HttpRequest, code: str) -> HttpResponse:
    """Lead to what a short code stands for, however it was typed."""
    del request
    target = queries.short_code_target(parse_code(code)[:16])
    path = short_links.path_to(*target) if target else None
    if path is None:
        raise NotFound(
            _("The code %(code)s leads nowhere. Please compare it with the paper, or search by name.") % {"code": code[:16]}
        )
    return redirect(path)
