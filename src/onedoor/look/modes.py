"""Switches of the reader: large type and language, kept in cookies of a year, never in a session."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_safe

from onedoor.kernel.doors import Door, door

ELDER_COOKIE = "elder"
YEAR_SECONDS = 365 * 24 * 3600


def is_large(request: HttpRequest) -> bool:
    """Tell whether the reader has chosen the large type."""
    return request.COOKIES.get(ELDER_COOKIE) == "1"


@door(Door.ANYONE)
@require_safe
def elder(request: HttpRequest) -> HttpResponse:
    """Turn the large type on or off and go back to the page from which the reader came."""
    response = HttpResponseRedirect(_safe_next(request))
    if request.GET.get("on") == "1":
        _keep(request, response, ELDER_COOKIE, "1")
    else:
        response.delete_cookie(ELDER_COOKIE, samesite="Lax")
    return response


@door(Door.ANYONE)
@require_safe
def language(request: HttpRequest) -> HttpResponse:
    """Change the language and go back to the page from which the reader came."""
    response = HttpResponseRedirect(_safe_next(request))
    chosen = request.GET.get("to", "")
    if chosen in dict(settings.LANGUAGES):
        _keep(request, response, settings.LANGUAGE_COOKIE_NAME, chosen)
    return response


def _keep(request: HttpRequest, response: HttpResponse, name: str, value: str) -> None:
    response.set_cookie(name, value, max_age=YEAR_SECONDS, samesite="Lax", secure=request.is_secure(), httponly=True)


def _safe_next(request: HttpRequest) -> str:
    target = request.GET.get("next", "")
    if url_has_allowed_host_and_scheme(target, allowed_hosts={request.get_host()}, require_https=request.is_secure()):
        return target
    return "/"
