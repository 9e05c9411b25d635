"""The life of an application, as data; stored words are those of domain.md 2.4."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from django.db.models import TextChoices
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

KIND = "casework.application"  # how journal, limits and papers name an application


class Status(TextChoices):
    DRAFT = "draft", _("Draft")
    SUBMITTED = "submitted", _("Submitted")
    RECEIVED = "received", _("Received")
    CORRECTING = "correcting", _("Waiting for missing papers")
    ACCEPTED = "accepted", _("Accepted")
    IN_REVIEW = "in_review", _("In review")
    DECIDED = "decided", _("Decided")
    CLOSED = "closed", _("Closed")
    DELIVERED = "delivered", _("Delivered")


class Outcome(TextChoices):
    """How an application ended; the export code of domain.md 2.3 is derived from it."""

    GRANTED = "granted", _("Granted")
    REFUSED = "refused", _("Refused")
    NOT_ACCEPTED = "not_accepted", _("Not accepted")
    LAPSED = "lapsed", _("Missing papers never came")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    DONE = "done", _("Done")


class Door(Enum):
    """Who performs a transition: decides where its button stands."""

    APPLICANT = "applicant"
    STAFF = "staff"
    CLOCK = "clock"


@dataclass(frozen=True, slots=True)
class Transition:
    """An act that moves an application: its code, from where, to where, by whom."""

    act: str
    label: Promise
    sources: frozenset[Status]
    target: Status
    door: Door


def _move(act: str, label: Promise, sources: set[Status], target: Status, door: Door) -> Transition:
    return Transition(f"casework.{act}", label, frozenset(sources), target, door)


SUBMIT = _move("submit", _("Submit"), {Status.DRAFT}, Status.SUBMITTED, Door.APPLICANT)
RECEIVE = _move("receive", _("Receive"), {Status.SUBMITTED}, Status.RECEIVED, Door.STAFF)
ASK_FOR_CORRECTION = _move(
    "ask_for_correction", _("Tell what is missing"), {Status.SUBMITTED, Status.RECEIVED}, Status.CORRECTING, Door.STAFF
)
CORRECT = _move("correct", _("Hand in missing papers"), {Status.CORRECTING}, Status.RECEIVED, Door.APPLICANT)
LAPSE = _move("lapse", _("Close, missing papers never came"), {Status.CORRECTING}, Status.CLOSED, Door.CLOCK)
DEEM_ACCEPTED = _move("deem_accepted", _("Deemed accepted"), {Status.SUBMITTED, Status.RECEIVED}, Status.ACCEPTED, Door.CLOCK)
ACCEPT = _move("accept", _("Accept"), {Status.RECEIVED}, Status.ACCEPTED, Door.STAFF)
NOT_ACCEPT = _move("not_accept", _("Do not accept"), {Status.SUBMITTED, Status.RECEIVED}, Status.CLOSED, Door.STAFF)
ASSIGN = _move("assign", _("Begin handling"), {Status.ACCEPTED}, Status.IN_REVIEW, Door.STAFF)
PASS_STAGE = _move("pass_stage", _("Pass to the next stage"), {Status.IN_REVIEW}, Status.IN_REVIEW, Door.STAFF)
DECIDE = _move("decide", _("Decide"), {Status.IN_REVIEW}, Status.DECIDED, Door.STAFF)
CLOSE = _move("close", _("Close"), {Status.DECIDED}, Status.CLOSED, Door.STAFF)
DELIVER = _move("deliver", _("Deliver"), {Status.CLOSED}, Status.DELIVERED, Door.STAFF)
COLLECT = _move("collect", _("Collect online"), {Status.CLOSED}, Status.DELIVERED, Door.APPLICANT)
WITHDRAW = _move(
    "withdraw",
    _("Withdraw"),
    {Status.SUBMITTED, Status.RECEIVED, Status.CORRECTING, Status.ACCEPTED, Status.IN_REVIEW},
    Status.CLOSED,
    Door.APPLICANT,
)

TRANSITIONS = (
    SUBMIT,
    RECEIVE,
    ASK_FOR_CORRECTION,
    CORRECT,
    LAPSE,
    DEEM_ACCEPTED,
    ACCEPT,
    NOT_ACCEPT,
    ASSIGN,
    PASS_STAGE,
    DECIDE,
    CLOSE,
    DELIVER,
    COLLECT,
    WITHDRAW,
)
OPEN = frozenset(status for status in Status if any(status in move.sources for move in TRANSITIONS))
ACCEPTED_OR_LATER = frozenset({Status.ACCEPTED, Status.IN_REVIEW, Status.DECIDED, Status.DELIVERED})
