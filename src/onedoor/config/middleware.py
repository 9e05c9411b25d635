"""What every request gets at the edge: a number, which stands in each line of the log about it."""

from __future__ import annotations

from collections.abc import Callable

import structlog
from django.http import HttpRequest, HttpResponseBase

from onedoor.kernel.ids import new_id

GetResponse = Callable[[HttpRequest], HttpResponseBase]


class EdgeMiddleware:
    """Numbers the request: ``request.number``."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        request.number = new_id()  # type: ignore[attr-defined]
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request=str(request.number), path=request.path)  # type: ignore[attr-defined]
        return self.get_response(request)
