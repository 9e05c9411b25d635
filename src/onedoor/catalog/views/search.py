"""Finding a service: the list with its search, suggestions while typing, and counting what was asked and opened."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec
from urllib.parse import parse_qs, urlsplit

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from onedoor.catalog import finding, narrowing, queries, suggesting
from onedoor.catalog.queries import PAGE_SIZE, Facets
from onedoor.catalog.services import questions
from onedoor.catalog.topics import BOARD_BY_CODE, TOPIC_BY_CODE
from onedoor.kernel.clock import local_date
from onedoor.kernel.doors import Door, door
from onedoor.look.pagecache import cached_page, edition_of

P = ParamSpec("P")
LONGEST_SHOWN = 60


@door(Door.ANYONE)
@require_safe
@cached_page(queries.edition, query=("board", "topic", "department", "level", "online", "who", "instant"))
def items(request: HttpRequest) -> HttpResponse:
    """Search the services, or leaf through them; both narrowed by board, topic, who, department, level, online and on the spot."""
    edition = edition_of(request)
    facets, question, after = _facets(request), request.GET.get("q", "").strip(), request.GET.get("after", "")[:80]
    departments = queries.departments_with_items(edition_number=edition)
    names = {code: name for code, name, _count in departments}
    context: dict[str, Any] = {
        "question": question[:LONGEST_SHOWN],
        "facets": facets,
        "title": _title(facets, names, question[:LONGEST_SHOWN]),
        "boards": queries.home_categories(),
    }
    if question:
        found = finding.search(question, facets, after=after, size=PAGE_SIZE)
        counts, lines, following = ({} if found.is_cut_off else found.counts), found.items, found.next
        if request.method == "GET" and not after and facets.is_empty:
            questions.count_asking(found.question, found.count, day=local_date(timezone.now()))
        context["found"] = found
    else:
        page = queries.items_page(facets, after=after.replace("\x00", ""))
        counts, lines = narrowing.counts_of(facets), list(page.rows)
        following = page.rows[-1].code if page.has_more else ""
    context |= {
        "lines": [(line, names.get(line.department_code, "")) for line in lines],
        "choices": narrowing.choices(facets, counts, departments),
        "next_url": _address(request, following) if following else "",
        "previous_url": _address(request, "") if after else "",
    }
    return render(request, "catalog/items.html", context)


@door(Door.ANYONE)
@require_safe
def suggest(request: HttpRequest) -> HttpResponse:
    """Return what may be meant by what was typed so far, as JSON."""
    found = suggesting.suggest(request.GET.get("q", ""))
    rows = [{"name": each.name, "also": each.also, "code": each.code, "url": each.url} for each in found]
    response = JsonResponse({"items": rows}, json_dumps_params={"ensure_ascii": False})
    response.headers["Cache-Control"] = "private, no-store"
    return response


def counts_openings(
    view: Callable[Concatenate[HttpRequest, P], HttpResponse],
) -> Callable[Concatenate[HttpRequest, P], HttpResponse]:
    """Count a guide that was opened from the list of a question, which the browser names as where it comes from."""

    @wraps(view)
    def answer(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        response = view(request, *args, **kwargs)
        if request.method == "GET" and response.status_code == 200 and (question := _asked_before(request)):
            questions.count_opening(question, day=local_date(timezone.now()))
        return response

    return answer


def _asked_before(request: HttpRequest) -> str:
    """Return the question of the list of this house from which a page is opened, empty where it comes from elsewhere."""
    try:
        came_from = urlsplit(request.headers.get("Referer", ""))
        if came_from.netloc != request.get_host() or came_from.path != reverse("catalog:items"):
            return ""
        return parse_qs(came_from.query, max_num_fields=20).get("q", [""])[0]
    except ValueError:
        return ""


def _facets(request: HttpRequest) -> Facets:
    """Return what the address narrows the list by; what no list knows is passed over."""
    given = request.GET.get
    board, topic, level, who = given("board", ""), given("topic", ""), given("level", ""), given("who", "")
    return Facets(
        board=board if board in BOARD_BY_CODE else "",
        topic=topic if topic in TOPIC_BY_CODE else "",
        department=given("department", "").replace("\x00", "")[:10],
        level=level if level in dict(narrowing.levels()) else "",
        online=given("online") == "1",
        who=who if who in dict(narrowing.whos()) else "",
        instant=given("instant") == "1",
    )


def _title(facets: Facets, departments: dict[str, str], question: str) -> str:
    if question:
        return _("Services for “%(question)s”") % {"question": question}
    if facets.topic or facets.board:
        return str(queries.topic_name(facets.topic or facets.board))
    return departments.get(facets.department, "") or _("All services")


def _address(request: HttpRequest, after: str) -> str:
    """Return the address of the list with another beginning."""
    address = request.GET.copy()
    address.pop("after", None)
    if after:
        address["after"] = after
    return f"?{address.urlencode()}"
