"""A refusal becomes a page, a part for a swap of htmx, or JSON for the API, that says why and what to do next."""

from __future__ import annotations

from collections.abc import Callable

from django.db import DataError
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import render

from onedoor.kernel.errors import Refused, TooManyTries, Unreadable

Handler = Callable[[HttpRequest], HttpResponseBase]


class RefusalMiddleware:
    """Answer a ``Refused`` that a view lets through; anything else travels on as the bug that it is.

    PostgreSQL keeps no NUL. Whatever brought one, an address or a field, was made by no person and is refused here once for all.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if isinstance(exception, DataError) and "NUL" in str(exception):
            exception = Unreadable()
        return refusal_page(request, exception) if isinstance(exception, Refused) else None


def refusal_page(request: HttpRequest, refusal: Refused) -> HttpResponse:
    """Return the answer to a refused request, in the frame of the door at which it was made."""
    response = _told(request, refusal)
    if isinstance(refusal, TooManyTries):
        response["Retry-After"] = str(refusal.seconds)
    return response


def _told(request: HttpRequest, refusal: Refused) -> HttpResponse:
    if request.path.startswith("/api/"):
        return JsonResponse(as_json(refusal), status=refusal.http_status, json_dumps_params={"ensure_ascii": False})
    is_part = request.headers.get("HX-Request") == "true" and request.headers.get("HX-Boosted") != "true"
    at_desk = request.path.startswith("/desk/") and request.actor.is_staff  # type: ignore[attr-defined]
    frame = "desk/base.html" if at_desk else "portal/base.html"
    template = "look/parts/refusal.html" if is_part else "look/refused.html"
    errors = getattr(refusal, "errors", {})
    return render(request, template, {"refusal": refusal, "errors": errors, "frame": frame}, status=refusal.http_status)


def as_json(refusal: Refused) -> dict[str, object]:
    """Return a refusal as the API tells it: code, message and, for fields, what to do about each."""
    told: dict[str, object] = {"code": refusal.code, "message": str(refusal)}
    if errors := getattr(refusal, "errors", None):
        told["errors"] = {field: str(text) for field, text in errors.items()}
    return told
