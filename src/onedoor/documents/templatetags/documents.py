"""``{% load documents %}``: ``{% file_link file.id %}`` is the viewer's own address of a file, ``{% upload_mb %}`` the largest one taken."""

from __future__ import annotations

from uuid import UUID

from django import template
from django.conf import settings
from django.template import Context

from onedoor.documents import access

register = template.Library()


@register.simple_tag(takes_context=True)
def file_link(context: Context, file_id: UUID) -> str:
    """Return the address under which this viewer opens a file within the next two hours."""
    return access.file_link(context["request"], file_id)


@register.simple_tag
def upload_mb() -> int:
    """Return how many megabytes a file may have."""
    return int(settings.ONEDOOR_UPLOAD_MB)
