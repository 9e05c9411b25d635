"""The name over the door and the number to call."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.utils.translation import get_language


@dataclass(frozen=True, slots=True)
class House:
    """What an installation calls itself."""

    name: str
    hotline: str
    phone: str


def house() -> House:
    """Return the name of the house in the language of the page."""
    name = settings.ONEDOOR_NAME_EN if (get_language() or "").startswith("en") else settings.ONEDOOR_NAME
    return House(name, settings.ONEDOOR_HOTLINE, settings.ONEDOOR_PHONE)
