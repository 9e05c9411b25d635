"""Who asks through the API: another system by its token, or anybody where an address is open; and how often.

Each operation says with ``auth=`` who may enter: ``Token(scope)`` or ``Anyone()``. What says nothing opens to nobody.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from ninja.security.base import AuthBase

from onedoor.kernel.actor import Actor
from onedoor.kernel.errors import NotAllowed, Refused
from onedoor.people import queries, services

if TYPE_CHECKING:
    from onedoor.people.models import Client

MINUTE = 60
OPEN_RATE_PER_MINUTE = 300  # a whole hall may stand behind one address


class NoToken(Refused):
    """An address of the API that needs a token was asked without one."""

    code = "no_token"
    http_status = 401
    default = _("Send the token of your system: Authorization: Bearer …")


class WrongToken(Refused):
    """Unknown, expired and revoked tokens get one answer."""

    code = "wrong_token"
    http_status = 401
    default = _("This token is unknown, has expired or was revoked. Ask the service centre for a new one.")


class MissingScope(NotAllowed):
    """The token is good, but not for this."""

    code = "missing_scope"
    default = _("Your system's token does not open this. Ask the service centre for the scope.")


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks: the actor for the acts, and where the client may file; nobody known has no ``client_id``."""

    actor: Actor
    agencies: tuple[str, ...] = ()
    region: str = ""


def caller_of(request: HttpRequest) -> Caller:
    """Return who asks, as the operation's ``auth`` found out."""
    return cast("Caller", request.auth)  # type: ignore[attr-defined]


class Token(AuthBase):
    """Opens to clients whose token has a scope, as often in a minute as was agreed."""

    openapi_type = "http"
    openapi_scheme = "bearer"

    def __init__(self, scope: str) -> None:
        super().__init__()
        self.scope = scope

    def __call__(self, request: HttpRequest) -> Caller:
        """Return who asks.

        :raises NoToken, WrongToken: when no token is sent, or one that opens nothing.
        :raises TooManyTries: when the client asked more often than was agreed.
        :raises MissingScope: when the token is not good for this.
        """
        client = _client(request)
        if self.scope not in client.scopes:
            raise MissingScope(scope=self.scope)
        return _caller(client)


class Anyone:
    """Opens to everybody, so often in a minute for each network address; a client with a token has its own count."""

    def __call__(self, request: HttpRequest) -> Caller:
        """Return who asks.

        :raises TooManyTries: when it asked too often.
        :raises WrongToken: when a token was sent that opens nothing.
        """
        if "Authorization" in request.headers:
            return _caller(_client(request))
        _spend_address(request)
        return Caller(Actor(client="api"))


def _client(request: HttpRequest) -> Client:
    kind, _space, token = request.headers.get("Authorization", "").partition(" ")
    if kind.lower() != "bearer" or not token.strip():
        raise NoToken
    at = timezone.now()
    client = queries.client_by_token(token.strip(), at=at)
    if client is None:
        _spend_address(request)
        raise WrongToken
    services.spend_try(key=f"api-client:{client.id}", limit=client.rate_per_minute, window_seconds=MINUTE, at=at)
    return client


def _spend_address(request: HttpRequest) -> None:
    key = f"api-from:{request.META.get('REMOTE_ADDR', '')}"
    services.spend_try(key=key, limit=OPEN_RATE_PER_MINUTE, window_seconds=MINUTE, at=timezone.now())


def _caller(client: Client) -> Caller:
    actor = Actor(client=f"api:{client.name}", client_id=client.id, label=client.name)
    return Caller(actor, tuple(client.agencies), client.region)


def nobody(_request: HttpRequest) -> Any:
    """Open to nobody: what an operation gets that does not say who may enter."""
    raise NotAllowed
