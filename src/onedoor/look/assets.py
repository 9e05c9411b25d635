"""Static files carry a mark of their content in the address, so that browsers may keep them for a year."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import StaticFilesStorage

MARK_LENGTH = 10


@cache
def content_mark(name: str) -> str:
    """Return the first digits of the SHA-256 of a static file, or nothing where there is no such file."""
    found = finders.find(name)
    return hashlib.sha256(Path(found).read_bytes()).hexdigest()[:MARK_LENGTH] if isinstance(found, str) else ""


class MarkedStorage(StaticFilesStorage):
    """Addresses with the content's mark behind a question mark: no collecting step, no manifest, no stale page."""

    def url(self, name: str | None) -> str:
        address = super().url(name)
        mark = content_mark(name or "")
        return f"{address}?v={mark}" if mark else address
