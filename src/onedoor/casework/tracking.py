"""How often somebody may try reference and query code: counted by network address and by reference, at every door alike."""

from __future__ import annotations

from datetime import datetime

from onedoor.kernel import references
from onedoor.people import services as people

TRIES_AN_HOUR = 20


def spend_tries(address: str, reference: str, *, at: datetime) -> None:
    """Count one try.

    :raises TooManyTries: when the address, or the reference, was tried too often within an hour.
    """
    for key in (f"track:{address}", f"track:{references.parse_reference(reference)}"):
        people.spend_try(key=key, limit=TRIES_AN_HOUR, window_seconds=3600, at=at)
