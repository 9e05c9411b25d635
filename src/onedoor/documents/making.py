"""Making a paper, whole: laid out, then sealed. Imported by the worker only."""

from __future__ import annotations

from typing import TYPE_CHECKING

from onedoor.documents.layout import paper_pdf
from onedoor.documents.signing import sign

if TYPE_CHECKING:
    from onedoor.documents.models import Paper


def make_paper(paper: Paper) -> bytes:
    """Return ``paper`` as a sealed PDF."""
    return sign(paper_pdf(paper), issuer=paper.issuer, number=paper.number)
