"""``{% load documents %}``: ``{% file_link file.id %}`` is the viewer's own address of a file,
``{% bound_link files title %}`` that of several as one PDF, ``{% upload_mb %}`` the largest one taken.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol
from uuid import UUID

from django import template
from django.conf import settings
from django.template import Context

from onedoor.documents import access, queries


class FileLike(Protocol):
    """What is asked of a file here."""

    id: UUID
    media_type: str
    scan: str


register = template.Library()


@register.simple_tag(takes_context=True)
def file_link(context: Context, file_id: UUID) -> str:
    """Return the address under which this viewer opens a file within the next two hours."""
    return access.file_link(context["request"], file_id)


@register.simple_tag(takes_context=True)
def bound_link(context: Context, files: Sequence[FileLike], title: str) -> str:
    """Return the address under which this viewer opens files as one PDF; empty for a single one, or where one cannot be a page."""
    if len(files) < 2 or any(file.media_type not in queries.BINDABLE or file.scan == "infected" for file in files):
        return ""
    return access.bound_link(context["request"], [file.id for file in files], title)


@register.simple_tag
def upload_mb() -> int:
    """Return how many megabytes a file may have."""
    return int(settings.ONEDOOR_UPLOAD_MB)
