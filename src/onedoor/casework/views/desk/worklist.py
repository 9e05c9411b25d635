"""What is to do, list by list, and the search of the desk."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from onedoor.casework import worklist
from onedoor.casework.views.public.apply import actor_of
from onedoor.kernel import references
from onedoor.kernel.doors import Door, door

LAST_PAGE = 20


@door(Door.STAFF)
@require_safe
def work(request: HttpRequest) -> HttpResponse:
    """List my post's open work by due moment, or what I have in hand, what waits for applicants, what I did."""
    actor, at = actor_of(request), timezone.now()
    tab = request.GET.get("tab", "todo")
    tab = tab if tab in worklist.TABS else "todo"
    number = _page_number(request.GET.get("page", ""))
    page = worklist.work_list(actor=actor, at=at, tab=tab, start=(number - 1) * worklist.PAGE_SIZE)
    context = {
        "tabs": worklist.tabs(actor=actor, at=at),
        "tab": tab,
        "tab_name": worklist.TABS[tab],
        "headings": worklist.grouped(page.rows) if tab != "done" else [],
        "rows": page.rows,
        "first": page.rows[0] if page.rows else None,
        "previous": number - 1,
        "next": number + 1 if page.has_more and number < LAST_PAGE else 0,
        "at": at,
    }
    return render(request, "casework/desk/work.html", context)


def _page_number(text: str) -> int:
    return min(max(int(text), 1), LAST_PAGE) if text.isdecimal() and len(text) < 4 else 1


@door(Door.STAFF)
@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """Find cases by reference, the beginning of a name, or an item; a reference that fits leads straight to its case."""
    text = request.GET.get("q", "")[:100]
    rows = worklist.search(actor=actor_of(request), text=text, at=timezone.now())
    if len(rows) == 1 and references.parse_reference(text):
        return redirect("casework:desk_case", rows[0].application.id)
    return render(request, "casework/desk/search.html", {"q": text.strip(), "rows": rows, "most": worklist.FOUND_AT_MOST})
