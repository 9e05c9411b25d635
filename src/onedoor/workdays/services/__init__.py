"""Acts on limits and on the calendar."""

from __future__ import annotations

from onedoor.workdays.services.limits import (
    NewLimit,
    Recomputed,
    end_limits,
    extend_limit,
    extend_limits,
    pause_limits,
    recompute_limits,
    require_extendable,
    resume_limits,
    start_limits,
)
from onedoor.workdays.services.notices import DayChange, NoticeOutcome, enter_notice, preview_notice, renew_due_dates, seed_calendar

__all__ = [
    "DayChange",
    "NewLimit",
    "NoticeOutcome",
    "Recomputed",
    "end_limits",
    "enter_notice",
    "extend_limit",
    "extend_limits",
    "pause_limits",
    "preview_notice",
    "recompute_limits",
    "renew_due_dates",
    "require_extendable",
    "resume_limits",
    "seed_calendar",
    "start_limits",
]
