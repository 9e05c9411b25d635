"""What a short code leads to: each room registers a resolver for the kinds of targets that are its own."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from django.conf import settings

Resolver = Callable[[UUID], str | None]
_resolvers: dict[str, Resolver] = {}


class KindRegisteredTwice(ValueError):
    """Two rooms claim one kind of target."""


def register(kind: str, resolver: Resolver) -> None:
    """Register how a target of ``kind`` (``<room>.<entity>``) is reached: a path of this house, None where it is gone.

    :raises KindRegisteredTwice: when another resolver was registered for the kind.
    """
    if _resolvers.get(kind, resolver) is not resolver:
        raise KindRegisteredTwice(kind)
    _resolvers[kind] = resolver


def path_to(kind: str, target: UUID) -> str | None:
    """Return the path of a target, None where nobody knows the kind or the target is gone."""
    resolver = _resolvers.get(kind)
    return None if resolver is None else resolver(target)


def address_of(code: str) -> str:
    """Return the whole address of a short code, as it stands in a QR code."""
    return f"{settings.ONEDOOR_BASE_URL.rstrip('/')}/q/{code}"
