"""Situations of this room, built through its acts."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from django.db import transaction

from onedoor.kernel.actor import Actor
from onedoor.kernel.clock import SHANGHAI
from onedoor.kernel.ids import new_id
from onedoor.kernel.subjects import Subject
from onedoor.workdays.arithmetic import Unit
from onedoor.workdays.models import Limit
from onedoor.workdays.services import NewLimit, start_limits

NOTICES = Path(__file__).parent / "notices"
CLERK = Actor(client="web", account=new_id(), label="王敏")
KEEPER = Actor(client="web", account=new_id(), label="李强", duties=frozenset({"workdays.enter_notice"}))
NOW = datetime(2026, 11, 24, 1, 0, tzinfo=UTC)


def notice(year: int) -> str:
    return (NOTICES / f"{year}.txt").read_text(encoding="utf-8")


def moment(text: str) -> datetime:
    """Return a local moment from ``2026-10-12`` or ``2026-10-12 16:30``; nine o'clock when no time is given."""
    day, _, clock = text.partition(" ")
    return datetime.fromisoformat(f"{day}T{clock or '09:00'}").replace(tzinfo=SHANGHAI)


def new_limit(kind: str, length: int, start: str, subject: Subject | None = None, unit: Unit = Unit.WORKING_DAYS) -> NewLimit:
    return NewLimit(subject or Subject("casework.application", new_id()), kind, unit, length, moment(start), region="130300000000")


def a_limit(kind: str = "promise", length: int = 10, start: str = "2026-10-12", **more: object) -> Limit:
    with transaction.atomic():
        (limit,) = start_limits([new_limit(kind, length, start, **more)])  # type: ignore[arg-type]
    return limit
