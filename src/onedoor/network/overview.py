"""The network as the home page tells of it: where the city's own hall is, and how many places serve."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count, Subquery

from onedoor.look.kept import Kept
from onedoor.network.models import Level, Site, SiteKind

KEPT_SECONDS = 300


@dataclass(frozen=True, slots=True)
class MainHall:
    """The city's own hall, and how many places serve in all."""

    name: str
    address: str
    phone: str
    hours_code: str
    is_open: bool
    places: int


def main_hall() -> MainHall | None:
    """Return the city's own hall; kept for some minutes, one statement then."""
    return _kept.get()


def dots() -> list[tuple[str, float, float]]:
    """Return level, latitude and longitude of every place that serves, for a picture of the network. One statement."""
    found = Site.objects.filter(is_open=True, latitude__isnull=False, longitude__isnull=False).order_by("code")
    rows = found.values_list("level", "latitude", "longitude")
    return [(level, float(latitude or 0), float(longitude or 0)) for level, latitude, longitude in rows]


def forget_main_hall() -> None:
    """Load the hall anew at the next question."""
    _kept.forget()


def _load() -> MainHall | None:
    serving = Site.objects.filter(is_open=True).order_by().values("is_open").annotate(number=Count("pk")).values("number")
    found = Site.objects.filter(level=Level.CITY, kind=SiteKind.CENTER).annotate(places=Subquery(serving)).order_by("code")
    row = found.values_list("name", "address", "phone", "hours_code", "is_open", "places").first()
    return None if row is None else MainHall(*row)


_kept: Kept[MainHall | None] = Kept(KEPT_SECONDS, None, lambda _now: _load())
