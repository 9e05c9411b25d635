"""What applicant and officers wrote to each other about an application, and what still waits for an answer."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from onedoor.casework.annexes import rows_of
from onedoor.casework.models import Application, CaseMessage, Side
from onedoor.casework.states import Status

READ_ONLY = frozenset({Status.DRAFT, Status.CLOSED, Status.DELIVERED})
WAITS = Q(needs_answer=True, answered_at__isnull=True)


@dataclass(frozen=True, slots=True)
class Line:
    """One message as one side reads it: who wrote what when, with which files; ``waits`` for that side's answer."""

    id: UUID
    text: str
    at: datetime
    who: str
    is_own: bool
    waits: bool
    asked: bool
    answered_at: datetime | None = None
    files: Sequence[Any] = ()


@dataclass(frozen=True, slots=True)
class Talk:
    """All messages of an application as one side reads them, oldest first."""

    lines: Sequence[Line] = field(default_factory=list)
    is_open: bool = False

    @property
    def to_answer(self) -> Line | None:
        """Return the newest message that waits for an answer of the one who reads."""
        return next((line for line in reversed(self.lines) if line.waits), None)

    @property
    def waiting(self) -> int:
        """Return how many messages wait for an answer of the one who reads."""
        return sum(line.waits for line in self.lines) if self.is_open else 0


def is_open(application: Application) -> bool:
    """Tell whether messages may be written: from the submission until the application is closed."""
    return application.status not in READ_ONLY


def talk_of(application: Application, *, reader: Side) -> Talk:
    """Return the messages of an application for one side. Two statements, one where nothing was written."""
    found = rows_of(CaseMessage, application).prefetch_related("files__file").order_by("pk")
    return Talk([_line(each, reader) for each in found], is_open(application))


def _line(message: CaseMessage, reader: Side) -> Line:
    is_own = message.side == reader
    return Line(
        id=message.id,
        text=message.text,
        at=message.written_at,
        who=message.actor_label,
        is_own=is_own,
        waits=not is_own and message.needs_answer and message.answered_at is None,
        asked=message.needs_answer,
        answered_at=message.answered_at,
        files=[each.file for each in message.files.all()],
    )


def questions_from(side: Side) -> QuerySet[CaseMessage]:
    """Return the messages of one side that wait for an answer."""
    return CaseMessage.objects.filter(WAITS, side=side)


def asked_by_office(application_ids: Collection[UUID]) -> set[UUID]:
    """Return those of some applications about which the office waits for an answer of the applicant. One statement."""
    found = questions_from(Side.OFFICER).filter(application__in=application_ids).exclude(application__status__in=READ_ONLY)
    return set(found.order_by("application").values_list("application_id", flat=True).distinct())
