"""Blank forms to print and fill in by hand: typeset like the city's papers, but neither numbered nor sealed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import FileResponse, HttpRequest, HttpResponse

from onedoor.documents import sending


def blank_form(words: Mapping[str, Any], *, title: str, name: str, back: str, request: HttpRequest) -> HttpResponse | FileResponse:
    """Send a blank form as PDF, or say that it is being made. ``words`` are its title and its sections with rows.

    The worker sets it: typesetting takes a second and 60 MB, which no web process spends. ``back`` is the page it belongs to.
    """
    return sending.sheet("documents/papers/blank_form.html", words, title=title, name=name, back=back, request=request)
