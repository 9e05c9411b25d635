"""Pages on which anybody can hold the city to what it recorded. Open to all; they hold no personal facts."""

from __future__ import annotations

from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from onedoor.journal import queries
from onedoor.kernel.doors import Door, door
from onedoor.kernel.errors import NotFound

_PAGE = 50
_FEED = 5000


@door(Door.ANYONE)
@require_safe
@never_cache
def entry(request: HttpRequest, entry_id: UUID) -> HttpResponse:
    """Show that one act was recorded and sealed, and compute its proof again."""
    proof = queries.proof_of(entry_id)
    page = {"entry": queries.entry_view(entry_id), "proof": proof, "address": _address(entry_id)}
    return render(request, "journal/entry.html", page)


@door(Door.ANYONE)
@require_safe
@never_cache
def proof(request: HttpRequest, entry_id: UUID) -> HttpResponse:
    """Hand out the proof of an entry as a file.

    :raises NotFound: when there is no such entry or it is not sealed yet.
    """
    del request
    found = queries.proof_of(entry_id)
    if found is None:
        raise NotFound
    name = f"proof-{found.number}-{found.position}.json"
    answer = JsonResponse(found.as_json(), json_dumps_params={"ensure_ascii": False, "indent": 1})
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


@door(Door.ANYONE)
@require_safe
@never_cache
def roots(request: HttpRequest) -> HttpResponse:
    """Show the published roots, newest first."""
    before = request.GET.get("before", "")
    found = queries.roots_before(int(before) if before.isdecimal() and len(before) < 19 else None, _PAGE + 1)
    older = f"?before={found[_PAGE - 1].number}" if len(found) > _PAGE else ""
    page = {"roots": found[:_PAGE], "older_url": older, "newest_url": reverse("journal:roots") if before else ""}
    return render(request, "journal/roots.html", page)


@door(Door.ANYONE)
@require_safe
@never_cache
def roots_feed(request: HttpRequest) -> HttpResponse:
    """Hand out the roots as lines to keep, oldest first; the next part starts behind the last number of this one."""
    after = request.GET.get("after", "")
    found = queries.roots_after(int(after) if after.isdecimal() and len(after) < 19 else 0, _FEED)
    answer = HttpResponse("".join(f"{each.line}\n" for each in found), content_type="text/plain; charset=utf-8")
    if len(found) == _FEED:
        answer["Link"] = f'<{reverse("journal:roots_feed")}?after={found[-1].number}>; rel="next"'
    return answer


def _address(entry_id: UUID) -> str:
    return str(settings.ONEDOOR_BASE_URL).rstrip("/") + reverse("journal:entry", args=[entry_id])
