"""Who acts in a request, and the gate that keeps a civil servant's session safe."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import SimpleLazyObject

from onedoor.people import sessions

Handler = Callable[[HttpRequest], HttpResponseBase]
ALWAYS_OPEN = frozenset({"account_logout", "language", "elder", "healthz", "readyz"})


class ActorMiddleware:
    """Sets ``request.actor``, made when it is first asked for; requests without a session cookie never touch the database here.

    A civil servant who was idle is logged out; one without second factor, or with a password that has to be changed,
    reaches only the page where that is put right.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        request.actor = SimpleLazyObject(lambda: sessions.actor_of(request))  # type: ignore[attr-defined]
        return self.get_response(request)

    def process_view(self, request: HttpRequest, _view: Any, _args: Any, _kwargs: Any) -> HttpResponse | None:
        account = sessions.account_of(request)
        name = request.resolver_match.url_name if request.resolver_match else None
        if account is None or not account.is_staff_account or name in ALWAYS_OPEN:
            return None
        at = timezone.now()
        if sessions.is_idle(request, at=at):
            sessions.log_out(request, idle=True, at=at)
            return self._go(request, f"{reverse('account_login')}?{urlencode({'idle': 1, 'next': request.get_full_path()})}")
        if not sessions.passed_second_factor(request, account):
            return self._only(request, name, "account_second_factor")
        if sessions.must_choose_password(account, at=at):
            return self._only(request, name, "account_change_password")
        return None

    def _only(self, request: HttpRequest, name: str | None, allowed: str) -> HttpResponse | None:
        return None if name == allowed else self._go(request, reverse(allowed))

    def _go(self, request: HttpRequest, address: str) -> HttpResponse:
        if request.headers.get("HX-Request") == "true":
            return HttpResponse(status=204, headers={"HX-Redirect": address})
        return HttpResponseRedirect(address)
