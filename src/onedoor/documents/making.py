"""Making a paper, whole: laid out, then sealed; and copies of files. Imported by the worker only."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils import timezone

from onedoor.documents import seal_keys
from onedoor.documents.layout import paper_pdf
from onedoor.documents.page_binding import CannotBind, Part, bound_pdf
from onedoor.documents.services.copies import NoCopy
from onedoor.documents.signing import sign

if TYPE_CHECKING:
    from collections.abc import Sequence

    from onedoor.documents.models import File, Paper


def make_paper(paper: Paper) -> bytes:
    """Return ``paper`` as a sealed PDF.

    :raises NoSealKey: when its issuer cannot seal now; found out before the page is laid out, which costs a second.
    """
    seal_keys.require_seal(paper.issuer, at=timezone.now())
    return sign(paper_pdf(paper), issuer=paper.issuer, number=paper.number)


def make_copy(parts: Sequence[tuple[File, bytes, str]], title: str) -> bytes:
    """Return files with their contents and marks as one PDF.

    :raises NoCopy: when one of them cannot be made into pages.
    """
    try:
        return bound_pdf([Part(file.media_type, content, mark) for file, content, mark in parts], title=title)
    except CannotBind as why:
        raise NoCopy(str(why)) from why
