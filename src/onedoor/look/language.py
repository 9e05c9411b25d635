"""Which language a page speaks: the one chosen by its reader, Chinese for everybody else."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django.utils import translation

Handler = Callable[[HttpRequest], HttpResponseBase]


def language_of(request: HttpRequest) -> str:
    """Return the language of a request: the reader's cookie, for programs the header, else the house's own.

    Browsers set up in English are common at Chinese desks, so their header alone never turns a page to English.
    """
    known = dict(settings.LANGUAGES)
    chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
    if chosen in known:
        return chosen
    if request.path.startswith("/api/"):
        return translation.get_language_from_request(request)
    return settings.LANGUAGE_CODE


def middleware(get_response: Handler) -> Handler:
    """Return the handler that answers each request in its language."""

    def handle(request: HttpRequest) -> HttpResponseBase:
        with translation.override(language_of(request)):
            request.LANGUAGE_CODE = translation.get_language()
            response = get_response(request)
            response.headers.setdefault(
                "Content-Language", translation.to_locale(translation.get_language() or "").replace("_", "-")
            )
            return response

    return handle
