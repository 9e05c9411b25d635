"""Telling people: messages are stored with the act that tells, sent by the worker, and tried again until they are through.

A worker claims messages by moving their next try ahead, in a transaction of its own, and sends them outside of any. So no lock
is held while a gateway thinks, no two workers send one message at the same time, and what a killed worker had claimed is due
again when its claim runs out. Delivery is at least once.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction
from django.db.models import F
from django.utils.translation import get_language

from onedoor.kernel import jobs
from onedoor.kernel.actor import Actor
from onedoor.kernel.clock import SHANGHAI, local
from onedoor.kernel.subjects import Subject
from onedoor.notify import templates
from onedoor.notify.backends import Letter, NotSent, backend_for
from onedoor.notify.models import Channel, DeliveryState, Message
from onedoor.people import queries as people
from onedoor.people.codes import CodeMessage
from onedoor.people.telling import News

DELIVER = "notify.deliver"
DEFAULT_LANGUAGE = "zh-hans"
EMAIL_PURPOSE = "email"
CLAIM = timedelta(minutes=5)
BETWEEN_TRIES = timedelta(minutes=5)
TRIES = 1 + int(timedelta(hours=4) / BETWEEN_TRIES)
"""At once, and then every five minutes for four hours (lessons.md 4: GOV.UK Notify's ladder)."""
AT_ONCE = 20
JOB_SIZE = 100
PROBLEM_LENGTH = 200


class OutsideTransaction(RuntimeError):
    """Somebody would be told of something that may yet roll back."""


@dataclass(frozen=True, slots=True)
class NewMessage:
    """One thing told to one recipient: into the inbox of the account, and to the phone and the e-mail address that are given.

    Where one of them is not given, that of the account takes its place, unless it is for the inbox only. What the holder of the
    account does not want by a way goes by the others.
    """

    template: str
    account_id: UUID | None
    phone: str | None
    email: str | None
    subject: Subject | None
    values: Mapping[str, Any] = field(default_factory=dict)
    language: str = DEFAULT_LANGUAGE
    inbox_only: bool = False

    @property
    def wants_contact(self) -> bool:
        return self.account_id is not None and not self.inbox_only


@dataclass(frozen=True, slots=True)
class Delivery:
    """What a round of sending came to."""

    sent: int = 0
    failed: int = 0

    @property
    def tried(self) -> int:
        return self.sent + self.failed


def tell(messages: Sequence[NewMessage], *, at: datetime) -> None:
    """Store messages in the transaction of the act and queue their sending; one INSERT and one job statement for any number.

    :raises OutsideTransaction: when no transaction is open.
    :raises UnknownTemplate: when nobody registered a text.
    :raises KeyError: when a text needs a value that is not there.
    """
    if not transaction.get_connection().in_atomic_block:
        raise OutsideTransaction
    for message in messages:
        templates.render(message.template, message.language, message.values)
    rows = [row for message in _with_contacts(messages) for row in _rows(message, at)]
    if not rows:
        return
    Message.objects.bulk_create(rows)
    outward = [str(row.id) for row in rows if row.channel != Channel.INBOX]
    jobs.queue_many(DELIVER, [{"messages": list(part)} for part in _parts(outward, JOB_SIZE)])


def send_code(code: CodeMessage, at: datetime) -> None:
    """Tell a one-time code to a phone, in the language in which it was asked for; registered with ``people``."""
    is_email = code.purpose == EMAIL_PURPOSE
    values = {"code": code.code, "minutes": code.minutes}
    if code.organisation:
        values["organisation"] = code.organisation
    message = NewMessage(
        template="notify.member_code" if code.organisation else "notify.code",
        account_id=None,
        phone=None if is_email else code.phone,
        email=code.phone if is_email else None,
        subject=None,
        values=values,
        language=get_language() or DEFAULT_LANGUAGE,
    )
    tell([message], at=at)


def tell_news(news: Sequence[News], at: datetime) -> None:
    """Tell news of people's accounts; registered with ``people``. Where a phone is given, it goes there and into the inbox."""
    tell([NewMessage(each.code, each.account_id, each.phone, None, each.subject, each.values) for each in news], at=at)


def deliver(*, at: datetime, messages: Sequence[UUID] | None = None) -> Delivery:
    """Send up to twenty messages that are due, out of those named or of all; each is settled right after it was sent."""
    sent = failed = 0
    for message in _claim(messages, at=at):
        try:
            _send(message, at=at)
        except NotSent as refused:
            failed += 1
            _not_sent(message, refused, at=at)
        else:
            sent += 1
            _sent(message, at=at)
    return Delivery(sent, failed)


def mark_read(*, account_id: UUID, at: datetime) -> int:
    """Mark all that lies in an inbox as read and return how many that were."""
    unread = Message.objects.filter(account_id=account_id, channel=Channel.INBOX, read_at__isnull=True)
    return unread.update(read_at=at)


def forget_account(account_id: UUID, by: Actor, at: datetime) -> None:
    """Delete what was told to an account that is closed, but not what belongs to the file of an application."""
    del by, at
    Message.objects.filter(account_id=account_id).exclude(subject_kind="casework.application").delete()


def prepare_months(*, at: datetime, months: int = 14) -> int:
    """Make the partitions of the months to come where they are missing, and return how many were made."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT notify_make_months(%s, %s)", [at, months])
        (made,) = cursor.fetchone()
    return int(made)


def _with_contacts(messages: Sequence[NewMessage]) -> Iterable[tuple[NewMessage, str | None, str | None]]:
    """Yield each message with phone and address, as far as they are wanted. One query, and none where nobody has an account."""
    unknown = [m.account_id for m in messages if m.account_id is not None and m.wants_contact]
    contacts = people.contacts_of_accounts(unknown) if unknown else {}
    for message in messages:
        contact = contacts.get(message.account_id) if message.account_id is not None and message.wants_contact else None
        if contact is None:
            yield message, message.phone, message.email
        else:
            kind = templates.registered(message.template).kind
            phone = None if kind in contact.no_sms else message.phone or contact.phone
            yield message, phone, None if kind in contact.no_email else message.email or contact.email


def _rows(told: tuple[NewMessage, str | None, str | None], at: datetime) -> Iterable[Message]:
    message, phone, email = told
    if message.account_id is not None:
        yield _row(message, Channel.INBOX, None, at)
    if phone:
        yield _row(message, Channel.SMS, phone, at)
    if email:
        yield _row(message, Channel.EMAIL, email, at)


def _row(message: NewMessage, channel: Channel, address: str | None, at: datetime) -> Message:
    is_inbox = channel == Channel.INBOX
    return Message(
        template=message.template,
        channel=channel,
        account_id=message.account_id,
        address=address,
        language=message.language,
        subject_kind=message.subject.kind if message.subject else "",
        subject_id=message.subject.id if message.subject else None,
        values=dict(message.values),
        created_at=at,
        state=DeliveryState.DELIVERED if is_inbox else DeliveryState.CREATED,
        sent_at=at if is_inbox else None,
        next_try_at=None if is_inbox else _first_try(message, at),
    )


def _first_try(message: NewMessage, at: datetime) -> datetime:
    """Return when a message leaves the house first: at once, or in the hours in which nobody is woken up."""
    if not templates.registered(message.template).is_patient:
        return at
    first, last = (time.fromisoformat(each) for each in settings.ONEDOOR_MESSAGE_HOURS.split("-"))
    here = local(at)
    if first <= here.time() < last:
        return at
    day = here.date() + timedelta(days=1 if here.time() >= last else 0)
    return datetime.combine(day, first, tzinfo=SHANGHAI)


def _claim(messages: Sequence[UUID] | None, *, at: datetime) -> list[Message]:
    """Take due messages that nobody else is taking, and keep others off them for five minutes."""
    due = Message.objects.filter(state=DeliveryState.CREATED, next_try_at__lte=at)
    if messages is not None:
        due = due.filter(id__in=messages)
    with transaction.atomic(durable=True):
        taken = list(due.select_for_update(skip_locked=True).order_by("next_try_at", "id")[:AT_ONCE])
        if taken:
            Message.objects.filter(id__in=[message.id for message in taken]).update(
                attempts=F("attempts") + 1, next_try_at=at + CLAIM
            )
    for message in taken:
        message.attempts += 1
    return taken


def _send(message: Message, *, at: datetime) -> None:
    if message.channel == Channel.SMS and message.address and people.changed_hands(message.address, message.account_id):
        raise NotSent("the number is somebody else's by now", final=True)
    words = templates.render(message.template, message.language, message.values)
    letter = Letter(message.id, message.channel, message.address or "", words.title, words.text, at)
    backend_for(message.channel).send(letter)


def _sent(message: Message, *, at: datetime) -> None:
    values = {} if templates.registered(message.template).secret else message.values
    open_ones = Message.objects.filter(id=message.id, state=DeliveryState.CREATED)
    open_ones.update(state=DeliveryState.SENT, sent_at=at, next_try_at=None, problem="", values=values)


def _not_sent(message: Message, refused: NotSent, *, at: datetime) -> None:
    """Put a message off, or give it up; one that another worker has claimed since is left to that one."""
    mine = Message.objects.filter(id=message.id, state=DeliveryState.CREATED, attempts=message.attempts)
    problem = refused.problem[:PROBLEM_LENGTH]
    if refused.final or message.attempts >= TRIES:
        mine.update(state=DeliveryState.FAILED, next_try_at=None, problem=problem)
    else:
        mine.update(next_try_at=at + BETWEEN_TRIES, problem=problem)


def _parts(ids: Sequence[str], size: int) -> Iterable[Sequence[str]]:
    return (ids[start : start + size] for start in range(0, len(ids), size))
