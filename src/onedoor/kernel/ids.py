"""Keys of rows: UUIDv7, ordered by time, unique across installations, never shown to people."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

from uuid_utils.compat import uuid7


def new_id() -> UUID:
    """Return a new key that sorts after every key this process made before."""
    return uuid7()


def id_from(text: str | None) -> UUID | None:
    """Return the key that a request names, None where it names none or something that is no key."""
    try:
        return UUID(text) if text else None
    except ValueError:
        return None


def moment_of(key: UUID) -> datetime:
    """Return the moment at which a UUIDv7 key was made, to the millisecond."""
    return datetime.fromtimestamp((key.int >> 80) / 1000, tz=UTC)


def first_id_at(moment: datetime) -> UUID:
    """Return the smallest UUIDv7 that could have been made at ``moment``: the edge of a partition or of a time range."""
    return UUID(int=(int(moment.timestamp() * 1000) << 80) | (7 << 76) | (2 << 62))
