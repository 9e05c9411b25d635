"""Looking up by key in templates of casework."""

from __future__ import annotations

from collections.abc import Mapping

from django import template

register = template.Library()


@register.filter
def at(mapping: Mapping[str, object], key: str) -> object:
    """Return what a mapping holds under a key, or nothing."""
    return mapping.get(key, "")
