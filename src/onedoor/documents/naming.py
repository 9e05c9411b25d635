"""Names of stored bytes, and names of files as people gave them."""

from __future__ import annotations

import re
import secrets
import unicodedata
from datetime import date

_LONGEST = 120
_CONVERTED = frozenset({"heic", "heif", "hif"})


def new_key(folder: str, day: date) -> str:
    """Return a storage name that nobody can guess, in the folder of ``day``."""
    return f"{day_folder(folder, day)}/{secrets.token_hex(20)}"


def day_folder(folder: str, day: date) -> str:
    """Return where the bytes of ``day`` lie."""
    return f"{folder}/{day:%Y/%m/%d}"


def clean_name(name: str) -> str:
    """Return a file's name without folders, control characters and marks that turn the text around, its ending kept."""
    last = re.split(r"[/\\]", name)[-1]
    visible = "".join(c for c in last if unicodedata.category(c) not in {"Cc", "Cf", "Cs"}).strip()
    stem, dot, suffix = visible.rpartition(".")
    if not dot:
        return visible[:_LONGEST]
    return f"{stem[: _LONGEST - len(suffix) - 1]}.{suffix[:20]}"


def with_ending(name: str, kind: str) -> str:
    """Return a name that ends as its content is: some telephones send none, and whoever opens the file later needs one."""
    stem, dot, suffix = name.rpartition(".")
    if not dot:
        return f"{name}.{kind}"
    return f"{stem}.{kind}" if suffix.lower() in _CONVERTED and kind == "jpg" else name
