"""Static files: served from the package as they are, compressed on the wire, kept by browsers for a year.

The address carries a mark of the content, so nothing is ever stale; there is no collecting step and no manifest.
"""

from __future__ import annotations

import gzip
import hashlib
import os
import threading
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import StaticFilesStorage
from whitenoise.middleware import WhiteNoiseMiddleware
from whitenoise.responders import StaticFile

MARK_LENGTH = 10
COMPRESSIBLE = frozenset({".css", ".js", ".svg", ".json", ".geojson", ".txt"})
# Below this, the header costs more than compression saves.
SMALLEST_BYTES = 600


@cache
def content_mark(name: str) -> str:
    """Return the first digits of the SHA-256 of a static file, or nothing where there is no such file."""
    found = finders.find(name)
    return hashlib.sha256(Path(found).read_bytes()).hexdigest()[:MARK_LENGTH] if isinstance(found, str) else ""


class MarkedStorage(StaticFilesStorage):
    """Addresses with the content's mark behind a question mark."""

    def url(self, name: str | None) -> str:
        address = super().url(name)
        mark = content_mark(name or "")
        return f"{address}?v={mark}" if mark else address


class CompressedFiles(WhiteNoiseMiddleware):  # type: ignore[misc]
    """WhiteNoise that keeps compressed copies in the data folder, so that the package holds each file once."""

    def get_static_file(self, path: str, url: str, stat_cache: Any = None) -> StaticFile:
        plain = super().get_static_file(path, url, stat_cache)
        source = Path(path)
        if source.suffix not in COMPRESSIBLE or source.stat().st_size < SMALLEST_BYTES:
            return plain
        headers = dict(plain.alternatives[-1][2])
        headers.pop("Content-Length", None)
        headers["Vary"] = "Accept-Encoding"
        return StaticFile(path, list(headers.items()), encodings={"gzip": str(_compressed(source))})


def _compressed(source: Path) -> Path:
    """Return the compressed copy of a file, made where it is missing; its name is its content's hash."""
    body = source.read_bytes()
    folder = Path(settings.ONEDOOR_DATA) / "static"
    copy = folder / f"{hashlib.sha256(body).hexdigest()[:32]}.gz"
    if not copy.exists():
        folder.mkdir(parents=True, exist_ok=True)
        fresh = copy.with_suffix(f".{os.getpid()}-{threading.get_ident()}.new")
        fresh.write_bytes(gzip.compress(body, 9, mtime=0))
        fresh.replace(copy)
    return copy
