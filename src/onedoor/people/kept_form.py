"""What somebody typed when the session was gone: kept, encrypted, until they have logged in again and are back on the page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import QueryDict

from onedoor.people import sessions

if TYPE_CHECKING:
    from django.http import HttpRequest

NAME = "kept_form"
LARGEST = 20_000
_PLAIN = "application/x-www-form-urlencoded"


def keep(request: HttpRequest) -> None:
    """Keep the form that a request without log-in sends; files are too large for it."""
    if request.method == "POST" and request.content_type == _PLAIN and len(request.body) <= LARGEST:
        sessions.remember(request, NAME, {"path": request.path, "text": request.POST.urlencode()})


def take(request: HttpRequest) -> QueryDict | None:
    """Return what was typed into the form of this page before logging in, once."""
    kept = sessions.recall(request, NAME)
    if kept.get("path") != request.path:
        return None
    sessions.forget(request, NAME)
    return QueryDict(kept["text"])
