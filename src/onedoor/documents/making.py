"""Making a paper, whole: laid out, then sealed. Imported by the worker only."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils import timezone

from onedoor.documents import seal_keys
from onedoor.documents.layout import paper_pdf
from onedoor.documents.signing import sign

if TYPE_CHECKING:
    from onedoor.documents.models import Paper


def make_paper(paper: Paper) -> bytes:
    """Return ``paper`` as a sealed PDF.

    :raises NoSealKey: when its issuer cannot seal now; found out before the page is laid out, which costs a second.
    """
    seal_keys.require_seal(paper.issuer, at=timezone.now())
    return sign(paper_pdf(paper), issuer=paper.issuer, number=paper.number)
