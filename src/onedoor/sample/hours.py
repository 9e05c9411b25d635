"""When the sample city's places are open: the hours codes of ``data/sites.csv`` (its README says which is which)."""

from __future__ import annotations

from datetime import time

from onedoor.network.entries import NewHours

MORNING = (time(8, 30), time(12))
AFTERNOON = (time(13, 30), time(17, 30))
MONDAY, WEDNESDAY, FRIDAY, SATURDAY = 0, 2, 4, 5
WEEK: dict[str, dict[int, tuple[tuple[time, time], ...]]] = {
    "HALL-CITY": {**dict.fromkeys(range(5), (MORNING, AFTERNOON)), SATURDAY: (MORNING,)},
    "HALL-COUNTY": dict.fromkeys(range(5), (MORNING, AFTERNOON)),
    "HALL-TOWN": dict.fromkeys(range(5), (MORNING, AFTERNOON)),
    "ROOM-COMMUNITY": dict.fromkeys(range(6), (MORNING, AFTERNOON)),
    "ROOM-VILLAGE": dict.fromkeys((MONDAY, WEDNESDAY, FRIDAY), (MORNING,)),
}


def hours() -> list[NewHours]:
    """Return the weekly hours of all codes."""
    return [
        NewHours(code, weekday, opens, closes)
        for code, days in WEEK.items()
        for weekday, periods in days.items()
        for opens, closes in periods
    ]
