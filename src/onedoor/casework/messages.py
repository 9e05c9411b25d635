"""What applicants are told at each turn of their application: in the inbox, and by text message where a phone is known.

Officers find in their inbox what changes without them a case that they had in hand or wrote to.

Sentences name the date, who acts next, and what the applicant has to do (look.md, Words). No identity numbers, ever.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from onedoor.casework.models import Application, Asked, Consultation, CorrectionNotice, Extension, SpecialProcedure, Tolerance
from onedoor.casework.states import KIND, Outcome
from onedoor.catalog import queries as catalog
from onedoor.kernel.actor import Actor
from onedoor.kernel.clock import local
from onedoor.kernel.references import grouped
from onedoor.kernel.subjects import Subject
from onedoor.notify.services import NewMessage
from onedoor.notify.templates import register

RENEWAL_DAYS = 30  # 行政许可法 art. 50
TITLE = _("%(item)s")
TEXTS: dict[str, Promise] = {
    "casework.submitted": _(
        "We have your application %(reference)s for %(item)s. Query code %(query_code)s. We answer within five working days."
    ),
    "casework.accepted": _("Your application %(reference)s for %(item)s was accepted. You need not do anything now."),
    "casework.correction_asked": _(
        "Your application %(reference)s for %(item)s needs %(count)s more, please by %(due)s. The list is in your messages."
    ),
    "casework.corrected": _("We have what you added to %(reference)s for %(item)s and answer within five working days."),
    "casework.special_started": _(
        "Your application %(reference)s for %(item)s needs this first: %(procedure)s, at most until %(due)s."
        " Our limit stands still meanwhile; the notice with the reason is in your messages."
    ),
    "casework.special_ended": _("%(procedure)s for your application %(reference)s (%(item)s) is done. We decide by %(due)s."),
    "casework.extended": _(
        "We need more time for your application %(reference)s for %(item)s and decide by %(due)s. The notice says why."
    ),
    "casework.correction_ends": _(
        "Please add by %(due)s what is missing for your application %(reference)s (%(item)s). After that day it is closed."
    ),
    "casework.certificate_ends": _(
        "Your %(paper)s is valid until %(due)s. If you need it longer, apply for its renewal by %(apply)s at the latest."
    ),
    "casework.tolerated": _(
        "Your application %(reference)s for %(item)s was accepted against your promise. Please hand in by %(due)s: %(papers)s."
        " Without them it ends on that day without a decision."
    ),
    "casework.gap_filled": _("We have the papers that were to follow for %(reference)s (%(item)s). You need not do anything now."),
    "casework.gap_lapsed": _(
        "Your application %(reference)s for %(item)s was closed because the papers that you promised did not come in time."
        " You may apply again any time."
    ),
    "casework.granted": _("Your application %(reference)s for %(item)s was granted. We tell you when the result can be collected."),
    "casework.refused": _(
        "Your application %(reference)s for %(item)s was refused. The decision with reasons and remedies is ready for you."
    ),
    "casework.ready": _("The result of %(reference)s for %(item)s is ready. You can collect it online or at the window."),
    "casework.not_accepted": _(
        "Your application %(reference)s for %(item)s was not accepted. The notice says why and who is in charge."
    ),
    "casework.lapsed": _(
        "Your application %(reference)s for %(item)s was closed because the missing papers did not come. You may apply again any time."
    ),
    "casework.infected": _("A virus was found in a file for %(paper)s (%(item)s). Please remove it and hand in another copy."),
    "casework.officer_wrote": _("%(office)s wrote you a message about %(reference)s (%(item)s). You can read it under “My page”."),
    "casework.officer_asked": _(
        "%(office)s asks you something about %(reference)s (%(item)s). Please read and answer the message under “My page”."
    ),
    "casework.void": _(
        "Your application %(reference)s for %(item)s was declared void. The notice says why; you may apply again any time."
    ),
    "casework.entry_error": _("%(reference)s (%(item)s) was closed because a window had entered it by mistake."),
    "casework.withdrawn": _("You took back your application %(reference)s for %(item)s. Nothing more will be done."),
}
FOR_OFFICERS: dict[str, Promise] = {
    "casework.desk_answered": _(
        "%(applicant)s handed in what the notice asked for: %(reference)s. Please answer within five working days."
    ),
    "casework.desk_void": _("%(reference)s, which you had in hand, was declared void. There is nothing more to do."),
    "casework.desk_withdrawn": _("%(applicant)s took back %(reference)s, which you had in hand. There is nothing more to do."),
    "casework.desk_returned": _("%(reference)s came back to you from the next stage. The opinion in the case says why."),
    "casework.desk_written": _("%(applicant)s wrote a message about %(reference)s."),
    "casework.desk_asked": _("%(applicant)s asks something about %(reference)s and waits for an answer."),
    "casework.desk_special_granted": _("What you asked for in %(reference)s was approved: %(procedure)s. The limits stand still."),
    "casework.desk_special_refused": _("What you asked for in %(reference)s was refused: %(procedure)s. Reason: %(answer)s"),
    "casework.desk_extended": _("The head gave %(days)s working days more for %(reference)s."),
    "casework.desk_extension_refused": _("The head gave no more time for %(reference)s. Reason: %(answer)s"),
    "casework.desk_gap_filled": _("%(applicant)s handed in the papers that were to follow: %(reference)s. It can be decided now."),
    "casework.desk_gap_lapsed": _("%(reference)s was closed: the papers that %(applicant)s promised did not come in time."),
    "casework.desk_consulted": _("%(office)s answered what you asked about %(reference)s."),
    "casework.desk_lapsed": _("%(reference)s was closed: what your notice to %(applicant)s asked for never came."),
}
ENDS: dict[str, Promise] = {
    "legal": _("The legal limit of %(reference)s (%(item)s) ends on %(due)s."),
    "promise": _("The promised limit of %(reference)s (%(item)s) ends on %(due)s."),
    "stage": _("Your step in %(reference)s (%(item)s) is to be finished by %(due)s."),
    "notice": _("%(reference)s (%(item)s) has to be answered by %(due)s; after that it counts as accepted."),
    "delivery": _("The result of %(reference)s (%(item)s) is to be handed over by %(due)s."),
    "special": _("The special procedure in %(reference)s (%(item)s) was declared to end by %(due)s."),
    "special_late": _(
        "The special procedure in %(reference)s (%(item)s) should have ended by %(due)s. Enter its result as soon as it is there."
    ),
}
CLOSED_AS = {
    Outcome.GRANTED: "casework.ready",
    Outcome.DONE: "casework.ready",
    Outcome.REFUSED: "casework.refused",
    Outcome.NOT_ACCEPTED: "casework.not_accepted",
    Outcome.LAPSED: "casework.lapsed",
    Outcome.WITHDRAWN: "casework.withdrawn",
    Outcome.VOID: "casework.void",
    Outcome.ENTRY_ERROR: "casework.entry_error",
}
BY_THE_CLOCK = frozenset({"casework.lapsed", "casework.infected"})  # told by jobs, also at night
for _code, _text in (TEXTS | FOR_OFFICERS | {f"casework.ends_{rule}": text for rule, text in ENDS.items()}).items():
    register(
        _code, TITLE, _text, kind="message" if _code.startswith("casework.officer_") else "case", is_patient=_code in BY_THE_CLOCK
    )


def submitted(applications: Iterable[Application]) -> list[NewMessage]:
    """Return the message with reference and query code after submission."""
    return [_message("casework.submitted", each, query_code=each.query_code or "") for each in applications]


def accepted(application: Application) -> list[NewMessage]:
    """Return the message of acceptance."""
    return [_message("casework.accepted", application)]


def correction_asked(application: Application, notice: CorrectionNotice, due_at: datetime) -> list[NewMessage]:
    """Return the message that something is missing, how much and until when."""
    return [_message("casework.correction_asked", application, count=len(notice.points), due=f"{local(due_at):%Y-%m-%d}")]


def tolerated(application: Application, promise: Tolerance, due_at: datetime) -> list[NewMessage]:
    """Return the message that papers may follow until a day."""
    return [_message("casework.tolerated", application, due=f"{local(due_at):%Y-%m-%d}", papers=promise.names)]


def gap_filled(application: Application, holder: UUID | None) -> list[NewMessage]:
    """Return the messages that the promised papers are there: to the applicant, and to who has the case in hand."""
    told = [_message("casework.gap_filled", application)]
    return told if holder is None else [*told, _to_officer("casework.desk_gap_filled", application, holder)]


def gap_lapsed(applications: Iterable[Application], holders: Mapping[UUID, UUID | None]) -> list[NewMessage]:
    """Return the messages that promised papers never came: to the applicants, and to who had the case in hand."""
    told = []
    for each in applications:
        told.append(_message("casework.gap_lapsed", each))
        if (holder := holders.get(each.id)) is not None:
            told.append(_to_officer("casework.desk_gap_lapsed", each, holder))
    return told


def corrected(application: Application) -> list[NewMessage]:
    """Return the message that what was missing has come."""
    return [_message("casework.corrected", application)]


def decided(application: Application) -> list[NewMessage]:
    """Return the message of the decision."""
    code = "casework.granted" if application.outcome == Outcome.GRANTED else "casework.refused"
    return [_message(code, application)]


def closed(application: Application) -> list[NewMessage]:
    """Return the message that tells how an application ended."""
    return [_message(CLOSED_AS[Outcome(application.outcome)], application)]


def infected(application: Application, papers: Sequence[str]) -> NewMessage:
    """Return the message that a file serving as all of ``papers`` has a virus and has to be replaced."""
    return _message("casework.infected", application, paper="、".join(papers))


def answered(application: Application, notice: CorrectionNotice | None, *, by: Actor) -> list[NewMessage]:
    """Return the message to the officer who sent the notice that it is answered; nobody hears of what he took in himself."""
    told_by = notice.told_by if notice is not None else None
    return [] if told_by is None or told_by == by.account else [_to_officer("casework.desk_answered", application, told_by)]


def special_started(application: Application, procedure: SpecialProcedure, due_at: datetime) -> list[NewMessage]:
    """Return the messages that a special procedure began: to the applicant until when at most, and to who asked for it."""
    told = _message("casework.special_started", application, procedure=procedure.name, due=f"{local(due_at):%Y-%m-%d}")
    return [told, *special_decided(application, procedure)]


def special_ended(application: Application, procedure: SpecialProcedure, due_at: datetime) -> list[NewMessage]:
    """Return the message that a special procedure is over and until when the application is decided now."""
    return [_message("casework.special_ended", application, procedure=procedure.name, due=f"{local(due_at):%Y-%m-%d}")]


def special_decided(application: Application, procedure: SpecialProcedure) -> list[NewMessage]:
    """Return the message to the officer who asked for a special procedure whether it was approved."""
    code = "casework.desk_special_granted" if procedure.is_granted else "casework.desk_special_refused"
    return _to_asker(code, application, procedure, procedure=procedure.name, answer=procedure.answer)


def extended(application: Application, request: Extension, due_at: datetime) -> list[NewMessage]:
    """Return the messages that the legal limit was extended: to the applicant until when, and to who asked for it."""
    told = _message("casework.extended", application, due=f"{local(due_at):%Y-%m-%d}")
    return [told, *_to_asker("casework.desk_extended", application, request, days=request.length)]


def extension_refused(application: Application, request: Extension) -> list[NewMessage]:
    """Return the message to the officer who asked for more time that there is none."""
    return _to_asker("casework.desk_extension_refused", application, request, answer=request.answer)


def limit_ends(application: Application, rule: str, due: date, officers: Iterable[UUID]) -> list[NewMessage]:
    """Return the messages to officers that a limit ends, or is over."""
    return [_to_officer(f"casework.ends_{rule}", application, each, due=due.isoformat()) for each in officers]


def correction_ends(application: Application, due: date) -> list[NewMessage]:
    """Return the message to the applicant that the time for missing papers is nearly over."""
    return [_message("casework.correction_ends", application, due=due.isoformat())]


def certificate_ends(application: Application, paper: str, valid_to: date) -> list[NewMessage]:
    """Return the message to the holder that a certificate runs out; a renewal is applied for thirty days before (art. 50)."""
    apply = (valid_to - timedelta(days=RENEWAL_DAYS)).isoformat()
    return [_message("casework.certificate_ends", application, paper=paper, due=valid_to.isoformat(), apply=apply)]


def consulted(application: Application, asked: Consultation) -> list[NewMessage]:
    """Return the message to the officer who asked another office that it has answered."""
    if asked.asked_account is None:
        return []
    return [_to_officer("casework.desk_consulted", application, asked.asked_account, office=asked.office.name)]


def withdrawn(application: Application, holder: UUID | None) -> list[NewMessage]:
    """Return the message to the officer who had the application in hand that it was taken back."""
    return [] if holder is None else [_to_officer("casework.desk_withdrawn", application, holder)]


def voided(application: Application, holder: UUID | None) -> list[NewMessage]:
    """Return the messages that an application was declared void: to the applicant, and to who had it in hand."""
    told = closed(application)
    return told if holder is None else [*told, _to_officer("casework.desk_void", application, holder)]


def lapsed(applications: Iterable[Application], told_by: Mapping[UUID, UUID | None]) -> list[NewMessage]:
    """Return the messages to the officers whose notices were never answered, by application."""
    officers = [(each, told_by.get(each.id)) for each in applications]
    return [_to_officer("casework.desk_lapsed", each, officer) for each, officer in officers if officer is not None]


def returned(application: Application, officer: UUID | None) -> list[NewMessage]:
    """Return the message to the officer who had finished the stage before that the application came back."""
    return [] if officer is None else [_to_officer("casework.desk_returned", application, officer)]


def written_by_officer(application: Application, *, needs_answer: bool) -> NewMessage:
    """Return the message to the applicant that the office wrote about the application."""
    return _message(
        "casework.officer_asked" if needs_answer else "casework.officer_wrote", application, office=application.agency.name
    )


def written_by_applicant(application: Application, officer: UUID | None, *, needs_answer: bool) -> list[NewMessage]:
    """Return the message to the officer in charge that the applicant wrote; nobody hears of it where nobody is in charge yet."""
    code = "casework.desk_asked" if needs_answer else "casework.desk_written"
    return [] if officer is None else [_to_officer(code, application, officer)]


def _to_asker(code: str, application: Application, request: Asked, **values: object) -> list[NewMessage]:
    return [] if request.asked_account is None else [_to_officer(code, application, request.asked_account, **values)]


def _to_officer(code: str, application: Application, account_id: UUID, **values: object) -> NewMessage:
    return replace(
        _message(code, application, applicant=application.masked_applicant, **values),
        account_id=account_id,
        phone=None,
        inbox_only=True,
    )


def _message(code: str, application: Application, **values: object) -> NewMessage:
    terms = catalog.case_terms(application.version_id)
    return NewMessage(
        template=code,
        account_id=application.filed_by_id if application.channel != "window" else None,
        phone=_phone(application),
        email=None,
        subject=Subject(KIND, application.id),
        values={
            "reference": grouped(application.reference or ""),
            "item": terms.name,
            "item_en": terms.name_en,
            **values,
        },
    )


def _phone(application: Application) -> str | None:
    """Return the mobile number that the applicant gave for news in the form itself."""
    for key in ("contact_phone", "phone", "applicant_phone", "person_phone"):
        value = application.answers.get(key)
        if isinstance(value, str) and value:
            return value
    return None
