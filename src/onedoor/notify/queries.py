"""What people were told."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils.translation import get_language

from onedoor.kernel.paging import Page, first_page
from onedoor.kernel.prepared import Prepared
from onedoor.kernel.subjects import Subject
from onedoor.notify import templates
from onedoor.notify.models import Channel, DeliveryState, Message

PAGE_SIZE = 20
COUNTED = 100  # a bell says "99+" beyond


@dataclass(frozen=True, slots=True)
class InboxMessage:
    """A message as its recipient reads it."""

    id: UUID
    title: str
    text: str
    at: datetime
    is_read: bool
    url: str


@dataclass(frozen=True, slots=True)
class Told:
    """What was told about a subject, for the officer: through which channel, when, and whether it arrived."""

    text: str
    channel: str
    at: datetime
    state: str
    state_text: str
    problem: str


def inbox(account_id: UUID, *, after: UUID | None = None, size: int = PAGE_SIZE, at_desk: bool = False) -> Page[InboxMessage]:
    """Return the messages of an account, newest first, in the language of the moment; ``after`` is the last one seen.

    With ``at_desk`` they lead to pages of the desk.
    """
    found = Message.objects.filter(account_id=account_id, channel=Channel.INBOX)
    if after is not None:
        found = found.filter(id__lt=after)
    page = first_page(list(found.order_by("-id")[: size + 1]), size)
    return Page([_read(message, at_desk=at_desk) for message in page.rows], page.has_more)


def count_unread(account_id: UUID) -> int:
    """Return how many unread messages lie in an inbox, counting no further than ``COUNTED``."""
    return len(_unread.tuples(account_id))


_unread: Prepared[Message] = Prepared(
    lambda account: Message.objects.filter(account_id=account, channel=Channel.INBOX, read_at__isnull=True).values_list("pk")[
        :COUNTED
    ],
    UUID(int=1),
)


def told_about(subject_ids: Collection[UUID]) -> dict[UUID, list[Told]]:
    """Return what was told about subjects, oldest first; one statement for any number."""
    found: dict[UUID, list[Told]] = {}
    language = get_language() or "zh-hans"
    for message in Message.objects.filter(subject_id__in=subject_ids).order_by("id"):
        if message.subject_id is None:
            continue
        words = templates.render(message.template, language, message.values)
        told = Told(
            words.text,
            str(Channel(message.channel).label),
            message.created_at,
            message.state,
            str(DeliveryState(message.state).label),
            message.problem,
        )
        found.setdefault(message.subject_id, []).append(told)
    return found


def _read(message: Message, *, at_desk: bool) -> InboxMessage:
    words = templates.render(message.template, get_language() or "zh-hans", message.values)
    subject = Subject(message.subject_kind, message.subject_id) if message.subject_id else None
    url = templates.link_to(subject, at_desk=at_desk) if subject else ""
    return InboxMessage(message.id, words.title, words.text, message.created_at, message.read_at is not None, url)
