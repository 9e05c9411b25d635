"""What anybody may read: the list of services, the guide of one, and what a short code leads to."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from onedoor.catalog import finding, guide_page, queries, short_links
from onedoor.catalog.queries import Facets
from onedoor.catalog.topics import BOARD_BY_CODE, TOPIC_BY_CODE
from onedoor.kernel.doors import Door, door
from onedoor.kernel.errors import NotFound
from onedoor.kernel.references import parse_code
from onedoor.look.pagecache import cached_page, edition_of
from onedoor.network import queries as network

LEVELS = ("city", "county", "township", "village")


@door(Door.ANYONE)
@require_safe
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
@cached_page(queries.edition, query=("board", "topic", "department", "level", "online"))
def items(request: HttpRequest) -> HttpResponse:
    """Search the services, or leaf through them by board, topic, department, level and door."""
    edition = edition_of(request)
    facets, question = _facets(request), request.GET.get("q", "").strip()
    departments = queries.departments_with_items(edition_number=edition)
    names = {code: name for code, name, _count in departments}
    found = finding.search(question, facets) if question else None
    page = None if found else queries.items_page(facets, after=request.GET.get("after", "")[:50])
    return render(
        request,
        "catalog/items.html",
        {
            "question": question,
            "found": found,
            "lines": [
                (line, names.get(line.department_code, "")) for line in (found.items if found else page.rows if page else ())
            ],
            "next_url": _next_url(request, page.rows[-1].code) if page and page.has_more else "",
            "facets": facets,
            "title": _title(facets, names, question),
            "boards": queries.home_categories(),
            "departments": departments,
            "levels": LEVELS,
            "figures": queries.figures(edition_number=edition),
        },
    )


def _facets(request: HttpRequest) -> Facets:
    """Return what the address narrows the list by; what no list knows is passed over."""
    given = request.GET.get
    board, topic, level = given("board", ""), given("topic", ""), given("level", "")
    return Facets(
        board=board if board in BOARD_BY_CODE else "",
        topic=topic if topic in TOPIC_BY_CODE else "",
        department=given("department", "").replace("\x00", "")[:10],
        level=level if level in LEVELS else "",
        online=given("online") == "1",
    )


def _title(facets: Facets, departments: dict[str, str], question: str) -> str:
    if question:
        return _("Services for “%(question)s”") % {"question": question}
    if facets.topic or facets.board:
        return str(queries.topic_name(facets.topic or facets.board))
    return departments.get(facets.department, "") or _("All services")


def _next_url(request: HttpRequest, last: str) -> str:
    address = request.GET.copy()
    address["after"] = last
    return f"?{address.urlencode()}"


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
