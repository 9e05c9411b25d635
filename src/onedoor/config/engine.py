"""The embedded PostgreSQL: where it lies and how it is reached. Starting and stopping it: see ``start`` and ``stop``."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import unquote, urlsplit

DATABASE = "onedoor"


def parse_url(url: str) -> dict[str, object]:
    """Return Django's database settings for a ``postgresql://`` address; a host in the query names a socket folder."""
    parts = urlsplit(url)
    query = dict(pair.split("=", 1) for pair in parts.query.split("&") if "=" in pair)
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts.path.lstrip("/"),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": unquote(query.get("host", parts.hostname or "")),
        "PORT": str(parts.port or query.get("port", "")),
    }


def embedded_url(data: Path) -> str:
    """Return the address of the embedded server of a data folder, whether it runs or not."""
    return f"postgresql://onedoor@/{DATABASE}?host={socket_folder(data)}&port=5432"


def socket_folder(data: Path) -> Path:
    """Return the folder of the server's socket."""
    return data / "postgres" / "run"
