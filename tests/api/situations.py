"""Other systems that use the API."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils import timezone

from onedoor.kernel.actor import system_actor
from onedoor.people import services as people

ALL = ("applications:read", "applications:write", "papers:read")


def a_token(name: str = "省政务平台", scopes: tuple[str, ...] = ALL, *, at: datetime | None = None, **given: Any) -> dict[str, str]:
    """Return the header by which a new client shows itself."""
    _client, token = people.create_client(name=name, scopes=scopes, by=system_actor("test"), at=at or timezone.now(), **given)
    return {"Authorization": f"Bearer {token}"}
