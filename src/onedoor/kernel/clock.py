"""Local time: stored in UTC, thought in Asia/Shanghai. Only the edge asks what time it is."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")


def local(moment: datetime) -> datetime:
    """Return ``moment`` in local time."""
    return moment.astimezone(SHANGHAI)


def local_date(moment: datetime) -> date:
    """Return the local calendar date of ``moment``: the date by which lateness is judged (domain.md 2.6)."""
    return moment.astimezone(SHANGHAI).date()
