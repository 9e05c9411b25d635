"""What every request gets at the edge: a number, which stands in each line of the log about it, and the address of who asks."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase

from onedoor.config.log import request_number
from onedoor.kernel.ids import new_id


class EdgeMiddleware:
    """Numbers the request (``request.number``) and puts the address that is to be believed into ``REMOTE_ADDR``."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        request.number = new_id()  # type: ignore[attr-defined]
        request_number.set(str(request.number))  # type: ignore[attr-defined]
        request.META["REMOTE_ADDR"] = address_of(request)
        return self.get_response(request)


def address_of(request: HttpRequest) -> str:
    """Return the network address of who asks; behind proxies of ours, the one that the outermost of them saw.

    What stands further left in the header was written by whoever asks, and is not believed.
    """
    hops = [hop.strip() for hop in request.headers.get("X-Forwarded-For", "").split(",") if hop.strip()]
    trusted = settings.ONEDOOR_PROXIES
    return hops[-trusted] if 0 < trusted <= len(hops) else str(request.META.get("REMOTE_ADDR", ""))
