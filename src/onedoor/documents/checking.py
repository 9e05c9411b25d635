"""Whether a file is, bit by bit, what the city sealed."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.files.base import File

from onedoor.documents.queries import Verification, verification_by_code, verification_by_digest

_MARK = re.compile(rb"onedoor-paper:([2-9A-Z]{12})")
_CHUNK = 65_536
_OVERLAP = 32


@dataclass(frozen=True, slots=True)
class Checked:
    """``is_exact``: the city sealed exactly these bits. ``paper`` without it: what the file says it is, and is not any more."""

    is_exact: bool
    paper: Verification | None


def check_upload(upload: File[Any], *, now: datetime) -> Checked:
    """Compare a file with what was sealed, without keeping it or holding it in memory."""
    digest = hashlib.sha256()
    code: bytes | None = None
    tail = b""
    for chunk in upload.chunks(_CHUNK):
        digest.update(chunk)
        if code is None:
            found = _MARK.search(tail + chunk)
            code = found.group(1) if found else None
            tail = chunk[-_OVERLAP:]
    exact = verification_by_digest(digest.digest(), now=now)
    if exact is not None:
        return Checked(is_exact=True, paper=exact)
    return Checked(is_exact=False, paper=verification_by_code(code.decode(), now=now) if code else None)
