"""Where the parts of a draft are written."""

from __future__ import annotations

from django.urls import NoReverseMatch, reverse

from onedoor.catalog.life import ItemSheet
from onedoor.catalog.parts import PARTS, Part

OWN_PAGE = "form"  # the part that has pages of its own: the form of an item is made field by field


def part_links(sheet: ItemSheet) -> list[tuple[Part, str, int]]:
    """Return the parts with the addresses where they are written, and how many faults each has."""
    counts = {each.part.key: len(each.faults) for each in sheet.faults}
    return [(each, part_address(sheet.item.code, each), counts.get(each.key, 0)) for each in PARTS]


def part_address(code: str, part: Part) -> str:
    """Return where a part is written."""
    if part.key == OWN_PAGE:
        return address_of("catalog:draft_form", code)
    return reverse("catalog:desk_part", args=[code, part.key])


def address_of(name: str, *arguments: str) -> str:
    """Return an address, empty where no room answers there."""
    try:
        return reverse(name, args=arguments)
    except NoReverseMatch:
        return ""
