"""Blank forms to print and fill in by hand: typeset like the city's papers, but neither numbered nor sealed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def blank_pdf(words: Mapping[str, Any]) -> bytes:
    """Return a blank form as PDF. ``words`` are its title and its sections with rows; the typesetter is loaded at the first one."""
    from onedoor.documents.layout import sheet_pdf  # a second and 60 MB, which a web process that never prints need not spend

    return sheet_pdf("documents/papers/blank_form.html", words)
