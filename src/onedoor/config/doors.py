"""Lets people in where they may enter, as each view declares with ``kernel.doors``."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _

from onedoor.kernel.actor import Actor
from onedoor.kernel.doors import Door, Opening, opening_of
from onedoor.kernel.errors import NotAllowed
from onedoor.look.refusals import refusal_page
from onedoor.people import kept_form

View = Callable[..., HttpResponseBase]

# Views of packages, by the start of their module's name.
PACKAGES = {
    "allauth.": Opening(Door.ANYONE),
    "django.views.i18n": Opening(Door.ANYONE),
    "django.views.generic.base": Opening(Door.ANYONE),  # redirects
}


class WrongDoor(NotAllowed):
    code = "wrong_door"
    default = _("This page is for others. Log in with the account meant for it.")


def opening_for(view: View) -> Opening | None:
    """Return to whom a view opens: what it declares, or what is written here for its package."""
    module = getattr(view, "__module__", "")
    package = next((opening for start, opening in PACKAGES.items() if module.startswith(start)), None)
    return opening_of(view) or package


class DoorMiddleware:
    """Asks for log-in, or refuses, before the view is called; an undeclared view opens to nobody."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: View, _args: Any, _kwargs: Any) -> HttpResponseBase | None:
        opening = opening_for(view)
        if opening is None:
            raise RuntimeError(f"{view.__module__}.{getattr(view, '__name__', view)} does not declare who may enter (kernel.doors)")
        if opening.door in {Door.ANYONE, Door.CLIENT}:
            return None
        return _stop(request, opening, request.actor)  # type: ignore[attr-defined]


def _stop(request: HttpRequest, opening: Opening, actor: Actor) -> HttpResponse | None:
    """Return where somebody is sent who may not enter, or None."""
    if actor.account is None:
        if opening.door is Door.CITIZEN:
            kept_form.keep(request)
        return redirect_to_login(_page_of(request))
    if opening.door is not Door.ACCOUNT and actor.is_staff != (opening.door is Door.STAFF):
        return refusal_page(request, WrongDoor())
    if opening.duty and not actor.has(opening.duty):
        return refusal_page(request, NotAllowed())
    return None


def _page_of(request: HttpRequest) -> str:
    """Return the page to come back to: what was read, or the page on which the form was that was sent."""
    written_on = request.headers.get("Referer", "")
    if request.method == "GET" or not url_has_allowed_host_and_scheme(written_on, {request.get_host()}):
        return request.get_full_path()
    parts = urlsplit(written_on)
    return parts.path + (f"?{parts.query}" if parts.query else "")
