"""The life of an application, as data; stored words are those of domain.md 2.4."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from django.db.models import TextChoices
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

KIND = "casework.application"  # how journal, limits and papers name an application
CLOCKS_THAT_PAUSE = ("legal", "promise", "stage")  # what a special procedure and a hearing take their time out of

CLOCKS_TO_DECIDE = ("legal", "promise")  # the earlier of them binds whoever decides


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
    VOID = "void", _("Void")
    ENTRY_ERROR = "entry_error", _("Entered by mistake")
    FORWARDED = "forwarded", _("Forwarded")
    DONE = "done", _("Done")


# 办结结果代码 of the electronic supervision (domain.md 2.3). 1 means two things, which is why the outcome is what is stored.
FINISH_CODES: dict[Outcome, int] = {
    Outcome.GRANTED: 0,
    Outcome.REFUSED: 1,
    Outcome.NOT_ACCEPTED: 1,
    Outcome.WITHDRAWN: 2,
    Outcome.VOID: 2,
    Outcome.ENTRY_ERROR: 3,
    Outcome.FORWARDED: 4,
    Outcome.LAPSED: 5,
    Outcome.DONE: 6,
}


def finish_code(outcome: str) -> int | None:
    """Return the code under which others know how an application ended; None while it is open."""
    return FINISH_CODES[Outcome(outcome)] if outcome else None


class Pause(Enum):
    """Whether an application must stand paused for a transition, and what becomes of that (domain.md 2.4).

    Paused is no status of its own: it is ``in_review`` with an open pause of the limits.
    """

    EITHER = "either"
    RUNNING = "running"
    STOPS = "stops"
    RESUMES = "resumes"


class Door(Enum):
    """Who performs a transition: decides where its button stands."""

    APPLICANT = "applicant"
    STAFF = "staff"
    CLOCK = "clock"


@dataclass(frozen=True, slots=True)
class Transition:
    """An act that moves an application, or moves on what hangs on it: its code, from where, to where, by whom."""

    act: str
    label: Promise
    sources: frozenset[Status]
    target: Status | None
    """Where to; None where the application stays where it is."""
    door: Door
    pause: Pause = Pause.EITHER
    of_gap: bool = False
    """Whether it is only possible while papers are still to follow (容缺)."""

    @property
    def needs_pause(self) -> bool | None:
        """Whether the application must stand paused (True), must not (False), or may do either (None)."""
        return None if self.pause is Pause.EITHER else self.pause is Pause.RESUMES


def _move(
    act: str,
    label: Promise,
    sources: set[Status],
    target: Status | None,
    door: Door,
    pause: Pause = Pause.EITHER,
    *,
    of_gap: bool = False,
) -> Transition:
    return Transition(f"casework.{act}", label, frozenset(sources), target, door, pause, of_gap)


def _in_review(act: str, label: Promise, pause: Pause) -> Transition:
    return _move(act, label, {Status.IN_REVIEW}, Status.IN_REVIEW, Door.STAFF, pause)


SUBMIT = _move("submit", _("Submit"), {Status.DRAFT}, Status.SUBMITTED, Door.APPLICANT)
RECEIVE = _move("receive", _("Receive"), {Status.SUBMITTED}, Status.RECEIVED, Door.STAFF)
ASK_FOR_CORRECTION = _move(
    "ask_for_correction", _("Tell what is missing"), {Status.SUBMITTED, Status.RECEIVED}, Status.CORRECTING, Door.STAFF
)
CORRECT = _move("correct", _("Hand in missing papers"), {Status.CORRECTING}, Status.RECEIVED, Door.APPLICANT)
LAPSE = _move("lapse", _("Close, missing papers never came"), {Status.CORRECTING}, Status.CLOSED, Door.CLOCK)
DEEM_ACCEPTED = _move("deem_accepted", _("Deemed accepted"), {Status.SUBMITTED, Status.RECEIVED}, Status.ACCEPTED, Door.CLOCK)
ACCEPT = _move("accept", _("Accept"), {Status.RECEIVED}, Status.ACCEPTED, Door.STAFF)
TOLERATE = _move("tolerate", _("Accept against a promise"), {Status.RECEIVED}, Status.ACCEPTED, Door.STAFF)
FILL_GAP = _move(
    "fill_gap", _("Hand in the papers that follow"), {Status.ACCEPTED, Status.IN_REVIEW}, None, Door.APPLICANT, of_gap=True
)
LAPSE_GAP = _move(
    "lapse_gap", _("Close, promised papers never came"), {Status.ACCEPTED, Status.IN_REVIEW}, Status.CLOSED, Door.CLOCK, of_gap=True
)
NOT_ACCEPT = _move("not_accept", _("Do not accept"), {Status.SUBMITTED, Status.RECEIVED}, Status.CLOSED, Door.STAFF)
ASSIGN = _move("assign", _("Begin handling"), {Status.ACCEPTED}, Status.IN_REVIEW, Door.STAFF)
PASS_STAGE = _in_review("pass_stage", _("Pass to the next stage"), Pause.RUNNING)
RETURN_STAGE = _in_review("return_stage", _("Send back to the stage before"), Pause.RUNNING)
CONSULT = _in_review("consult", _("Ask another office"), Pause.EITHER)
ANSWER_CONSULTATION = _in_review("answer_consultation", _("Give the opinion of the office that was asked"), Pause.EITHER)
RECALL_CONSULTATION = _in_review("recall_consultation", _("Take the question to another office back"), Pause.EITHER)
ASK_SPECIAL = _in_review("ask_special", _("Ask for a special procedure"), Pause.RUNNING)
START_SPECIAL = _in_review("start_special", _("Approve the special procedure"), Pause.STOPS)
REFUSE_SPECIAL = _in_review("refuse_special", _("Refuse the special procedure"), Pause.EITHER)
END_SPECIAL = _in_review("end_special", _("End the special procedure"), Pause.RESUMES)
ASK_EXTENSION = _in_review("ask_extension", _("Ask for more time"), Pause.RUNNING)
EXTEND = _in_review("extend", _("Extend the legal limit"), Pause.RUNNING)
REFUSE_EXTENSION = _in_review("refuse_extension", _("Refuse more time"), Pause.EITHER)
DECIDE = _move("decide", _("Decide"), {Status.IN_REVIEW}, Status.DECIDED, Door.STAFF, Pause.RUNNING)
CLOSE = _move("close", _("Close"), {Status.DECIDED}, Status.CLOSED, Door.STAFF)
DELIVER = _move("deliver", _("Deliver"), {Status.CLOSED}, Status.DELIVERED, Door.STAFF)
COLLECT = _move("collect", _("Collect online"), {Status.CLOSED}, Status.DELIVERED, Door.APPLICANT)
VOID = _move(
    "void",
    _("Declare void"),
    {Status.SUBMITTED, Status.RECEIVED, Status.CORRECTING, Status.ACCEPTED, Status.IN_REVIEW},
    Status.CLOSED,
    Door.STAFF,
)
ENTRY_ERROR = _move(
    "entry_error", _("Entered by mistake"), {Status.SUBMITTED, Status.RECEIVED, Status.CORRECTING}, Status.CLOSED, Door.STAFF
)
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
    TOLERATE,
    NOT_ACCEPT,
    FILL_GAP,
    LAPSE_GAP,
    ASSIGN,
    PASS_STAGE,
    RETURN_STAGE,
    CONSULT,
    ANSWER_CONSULTATION,
    RECALL_CONSULTATION,
    ASK_SPECIAL,
    START_SPECIAL,
    REFUSE_SPECIAL,
    END_SPECIAL,
    ASK_EXTENSION,
    EXTEND,
    REFUSE_EXTENSION,
    DECIDE,
    CLOSE,
    DELIVER,
    COLLECT,
    WITHDRAW,
    VOID,
    ENTRY_ERROR,
)
OPEN = frozenset(status for status in Status if any(status in move.sources for move in TRANSITIONS))
ACCEPTED_OR_LATER = frozenset({Status.ACCEPTED, Status.IN_REVIEW, Status.DECIDED, Status.DELIVERED})
