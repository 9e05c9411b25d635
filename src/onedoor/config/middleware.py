"""What every request gets at the edge: a number, which stands in each line of the log about it."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBase

from onedoor.config.log import request_number
from onedoor.kernel.ids import new_id


class EdgeMiddleware:
    """Numbers the request: ``request.number``."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        request.number = new_id()  # type: ignore[attr-defined]
        request_number.set(str(request.number))  # type: ignore[attr-defined]
        return self.get_response(request)
