"""Keeps requests out that are larger than anything a form of ours sends."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from onedoor.documents.keeping import StoreFull
from onedoor.documents.uploading import found_no_room
from onedoor.kernel.errors import Refused
from onedoor.look.refusals import refusal_page


class TooLarge(Refused):
    """A request larger than anything that is taken."""

    code = "too_large"
    http_status = 413
    default = _("This is larger than anything we take. Please hand in several smaller files.")


class RefuseLargeBodies:
    """Answer 413 by the announced length alone: not a byte of the body is read, in memory or on disk.

    A body that announces no length is not read by Django at all.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if _announced(request) <= settings.ONEDOOR_REQUEST_MB * 1_000_000:
            return self.get_response(request)
        if request.path.startswith("/api/"):
            answer: HttpResponse = refusal_page(request, TooLarge())
        else:
            answer = render(request, "documents/too_large.html", {"megabytes": settings.ONEDOOR_UPLOAD_MB}, status=413)
        answer["Connection"] = "close"
        return answer


def _announced(request: HttpRequest) -> int:
    text = str(request.META.get("CONTENT_LENGTH") or "0")
    return int(text) if text.isdecimal() else 0


class TellFullDisk:
    """Answer 507 where a file of the request found no room on its way: no view is run on half a request."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        return refusal_page(request, StoreFull()) if found_no_room(request) else response

    def process_view(self, request: HttpRequest, *_view: object) -> HttpResponse | None:
        """Stand in for the view where the form was read before it, as its token was."""
        return HttpResponse(status=StoreFull.http_status) if found_no_room(request) else None
