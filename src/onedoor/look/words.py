"""Times and amounts as people read them (look.md, "Words"): a date, its weekday and an hour, in both languages."""

from __future__ import annotations

from datetime import date, datetime

from django.utils import timezone
from django.utils.translation import get_language

from onedoor.kernel.clock import local, local_date
from onedoor.kernel.money import yuan

WEEKDAYS_ZH = "一二三四五六日"
WEEKDAYS_EN = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
MONTHS_EN = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def day_text(day: date, *, today: date | None = None) -> str:
    """Return a date with its weekday: ``11 月 25 日（周三）`` or ``Wed 25 Nov``; the year where it is not this one."""
    if isinstance(day, datetime):
        day = local_date(day)
    other_year = day.year != (today or local_date(timezone.now())).year
    if _english():
        text = f"{WEEKDAYS_EN[day.weekday()]} {day.day} {MONTHS_EN[day.month - 1]}"
        return f"{text} {day.year}" if other_year else text
    text = f"{day.month} 月 {day.day} 日（周{WEEKDAYS_ZH[day.weekday()]}）"
    return f"{day.year} 年 {text}" if other_year else text


def moment_text(moment: datetime, *, today: date | None = None) -> str:
    """Return a moment in local time: ``11 月 25 日（周三）17:30`` or ``Wed 25 Nov 17:30``."""
    here = local(moment)
    text = day_text(here.date(), today=today)
    return f"{text} {here:%H:%M}" if _english() else f"{text}{here:%H:%M}"


def short_moment_text(moment: datetime, *, today: date | None = None) -> str:
    """Return a moment for dense lists: ``11-25 17:30``, with the year in front where it is not this one."""
    here = local(moment)
    other_year = here.year != (today or local_date(timezone.now())).year
    return f"{here:%Y-%m-%d %H:%M}" if other_year else f"{here:%m-%d %H:%M}"


def amount_text(fen: int) -> str:
    """Return an amount with its unit: ``20 元`` or ``20 yuan``."""
    return f"{yuan(fen)} yuan" if _english() else f"{yuan(fen)} 元"


def _english() -> bool:
    return (get_language() or "").startswith("en")
