"""Messages between the applicant and the officers of an application: written, answered, told to the other side."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from onedoor.casework import acts, messages, talk
from onedoor.casework.models import Application, CaseMessage, MessageFile, Side
from onedoor.casework.permissions import owns
from onedoor.casework.services import core
from onedoor.documents import services as documents
from onedoor.journal.acts import Act
from onedoor.kernel.actor import Actor
from onedoor.kernel.errors import AlreadyDone, Invalid, NotAllowed, NotFound, TooManyTries, WrongState
from onedoor.network import queries as network
from onedoor.notify import services as notify

LONGEST = 2000
MOST_FILES = 5
DAY = timedelta(hours=24)


class Answered(AlreadyDone):
    """Somebody answered the message meanwhile."""

    code = "message_answered"
    default = _("This message was answered meanwhile. Please read the answer; what you wrote is still here.")


@core.recorded_act(acts.WRITE_MESSAGE)
def write_message(
    *, application_id: UUID, text: str, by: Actor, at: datetime, files: Collection[UUID] = (), needs_answer: bool = False
) -> CaseMessage:
    """Write a message about an application to the other side, from its submission until it is closed.

    :raises NotAllowed: when it is neither one's own application nor one on which one's post works.
    :raises WrongState: when the application is a draft or closed.
    :raises Invalid: when nothing was written, or too much.
    :raises TooManyTries: when the applicant wrote as many as a day allows.
    """
    application = core.lock_one(application_id)
    side = _side(application, by=by, at=at)
    return _write(application, acts.WRITE_MESSAGE, side, text, files, by=by, at=at, needs_answer=needs_answer)


@core.recorded_act(acts.ANSWER_MESSAGE)
def answer_message(
    *,
    application_id: UUID,
    message_id: UUID,
    text: str,
    by: Actor,
    at: datetime,
    files: Collection[UUID] = (),
    needs_answer: bool = False,
) -> CaseMessage:
    """Answer a message of the other side, and with it all that the other side wrote before; what came later stays open.

    :raises NotFound: when the other side wrote no such message.
    :raises Answered: when it does not wait for an answer any more.

    Raises as ``write_message`` does, too.
    """
    application = core.lock_one(application_id)
    side = _side(application, by=by, at=at)
    asked = CaseMessage.objects.filter(application=application, pk=message_id).exclude(side=side).first()
    if asked is None:
        raise NotFound
    _require_open(application)
    before = CaseMessage.objects.filter(talk.WAITS, application=application, side=asked.side, pk__lte=message_id)
    if not before.update(answered_at=at):
        raise Answered
    return _write(application, acts.ANSWER_MESSAGE, side, text, files, by=by, at=at, needs_answer=needs_answer, answers=asked)


def _side(application: Application, *, by: Actor, at: datetime) -> Side:
    if by.is_staff and network.works_on(by, application.item_code, application.agency_id, at):
        return Side.OFFICER
    if not by.is_staff and owns(by, application, at=at):
        return Side.APPLICANT
    raise NotAllowed(_("Only the applicant and the officers who work on it may write about an application."))


def _require_open(application: Application) -> None:
    if not talk.is_open(application):
        raise WrongState(_("This application is closed, so its messages can only be read. Call the office, or 12345."))


def _write(
    application: Application,
    act: Act,
    side: Side,
    text: str,
    files: Collection[UUID],
    *,
    by: Actor,
    at: datetime,
    needs_answer: bool,
    answers: CaseMessage | None = None,
) -> CaseMessage:
    _require_open(application)
    text = text.strip()
    if not text or len(text) > LONGEST or len(files) > MOST_FILES:
        raise Invalid({"text": _("Please write your message, in at most 2,000 characters and with at most five files.")})
    if side == Side.APPLICANT:
        _require_rate(application, at=at)
    message = CaseMessage(
        application=application, side=side, text=text, needs_answer=needs_answer, answers=answers, written_at=at,
        account_id=by.account, posting_id=by.posting, actor_label=by.label if by.is_staff else "",
    )  # fmt: skip
    message.save(force_insert=True)
    documents.use_files(files, subject=core.subject_of(application), by=by, at=at)
    MessageFile.objects.bulk_create(MessageFile(message=message, file_id=each) for each in files)
    facts = {"message": str(message.id), "needs_answer": needs_answer, "files": sorted(map(str, files)), "text": text}
    core.record([application], act, by=by, at=at, facts={application.id: facts})
    notify.tell(_news(application, side, needs_answer=needs_answer), at=at)
    return message


def _require_rate(application: Application, *, at: datetime) -> None:
    """Bound what one application may bring to an officer in a day; counted under the lock of the application."""
    lately = CaseMessage.objects.filter(application=application, side=Side.APPLICANT, written_at__gt=at - DAY)
    times = list(lately.order_by("-written_at").values_list("written_at", flat=True)[: settings.ONEDOOR_CASE_MESSAGES])
    if len(times) >= settings.ONEDOOR_CASE_MESSAGES:
        seconds = int((times[-1] + DAY - at).total_seconds())
        raise TooManyTries(
            _("You have written %(count)s messages about this application within a day. Please wait for the answer, or call 12345.")
            % {"count": len(times)},
            seconds=max(seconds, 1),
        )


def _news(application: Application, side: Side, *, needs_answer: bool) -> list[notify.NewMessage]:
    if side == Side.OFFICER:
        return [messages.written_by_officer(application, needs_answer=needs_answer)]
    return messages.written_by_applicant(application, _in_charge(application), needs_answer=needs_answer)


def _in_charge(application: Application) -> UUID | None:
    """Return who has the case in hand, or else who wrote to the applicant last."""
    if application.taken_by is not None:
        return network.account_of(application.taken_by)
    written = CaseMessage.objects.filter(application=application, side=Side.OFFICER).order_by("-pk")
    account: UUID | None = written.values_list("account_id", flat=True).first()
    return account
