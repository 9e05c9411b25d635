"""Where a reader lives, as they told it: a region in a cookie of a year, no account and nothing else with it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from django.http import HttpRequest

from onedoor.network import queries

COOKIE = "region"
_CODE = re.compile(r"\d{12}")
MOST_KEPT = 4096


@dataclass(frozen=True, slots=True)
class ChosenRegion:
    """A region of this city that a reader has chosen, with its name as in an address."""

    code: str
    name: str


def chosen_region(request: HttpRequest) -> ChosenRegion | None:
    """Return the region that the reader has chosen, None where there is none such. One statement for each region, once a process."""
    code = request.COOKIES.get(COOKIE, "")
    return region_named(code) if _CODE.fullmatch(code) else None


def region_named(code: str) -> ChosenRegion | None:
    """Return a region of this city by its code, None where there is none such."""
    try:
        return ChosenRegion(code, _names(code)) if _CODE.fullmatch(code) else None
    except KeyError:
        return None


@lru_cache(maxsize=MOST_KEPT)
def _names(code: str) -> str:
    """Return the name of a region as in an address.

    :raises KeyError: when there is none; so that is asked again, since it may be entered later.
    """
    above = queries.regions_above(code)
    if not above or above[-1].code != code:
        raise KeyError(code)
    return "".join(each.name for each in (above[1:] or above))
