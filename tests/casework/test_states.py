"""Every act in every state: it moves the application where the table says, or is refused and changes nothing."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from uuid import UUID

import pytest

from onedoor.casework import states_page
from onedoor.casework.models import Application, Consultation, CorrectionNotice, Extension, SpecialProcedure
from onedoor.casework.norm import ALL_MET
from onedoor.casework.services import (
    clock,
    consulting,
    drafts,
    extension,
    handover,
    intake,
    returning,
    review,
    special,
    submission,
    tolerance,
    voiding,
)
from onedoor.casework.states import TRANSITIONS, Status, Transition
from onedoor.journal.models import Entry
from onedoor.kernel.errors import Refused
from onedoor.workdays.models import Limit
from tests.casework.situations import (
    COMMITMENT,
    FOLLOWS,
    MONDAY,
    City,
    a_draft,
    accepted,
    all_checked,
    asked,
    before_decision,
    one_wanted,
    other_office,
    paused,
    submitted,
    system,
    with_gap,
    with_papers,
)  # fmt: skip
from tests.undone import Undone

PAGE = Path(__file__).resolve().parents[2] / "docs" / "casework" / "states.md"
FAR = MONDAY.replace(year=2027)


def draft(city: City) -> Application:
    return with_papers(a_draft(city, COMMITMENT), by=city.citizen)


def received(city: City) -> Application:
    application = submitted(city)
    return intake.receive_application(
        application_id=application.id, checks=all_checked(application), answers=ALL_MET, by=city.clerk, at=MONDAY
    )


def correcting(city: City) -> Application:
    application = submitted(city)
    points = [intake.Point("m1", "申请书", "没有签字", "补签后重新上传")]
    return intake.ask_for_correction(application_id=application.id, points=points, by=city.clerk, at=MONDAY)


def in_review(city: City) -> Application:
    application = accepted(city)
    return review.take_stage(application_id=application.id, by=city.reviewer, at=MONDAY)


def with_gap_in_review(city: City) -> Application:
    return review.take_stage(application_id=with_gap(city).id, by=city.reviewer, at=MONDAY)


def decided(city: City) -> Application:
    application = before_decision(city)
    return review.decide_application(
        application_id=application.id, granted=True, reason="符合条件", answers=ALL_MET, by=city.approver, at=MONDAY
    )


def closed(city: City) -> Application:
    return review.close_application(application_id=decided(city).id, by=city.clerk, at=MONDAY)


def delivered(city: City) -> Application:
    application = closed(city)
    return handover.deliver_application(application_id=application.id, way="window", recipient="张海燕", by=city.clerk, at=MONDAY)


IN_STATE: dict[str, Callable[[City], Application]] = {
    Status.DRAFT: draft, Status.SUBMITTED: submitted, Status.RECEIVED: received, Status.CORRECTING: correcting,
    Status.ACCEPTED: accepted, Status.IN_REVIEW: in_review, Status.DECIDED: decided, Status.CLOSED: closed,
    Status.DELIVERED: delivered, "asked": asked, "paused": paused, "gap": with_gap, "gap_in_review": with_gap_in_review,
}  # fmt: skip


def _correct(city: City, application: Application) -> None:
    if application.status == Status.CORRECTING:
        with_papers(application, by=city.citizen, only=["m1"])
    intake.correct_application(
        application_id=application.id, answers={}, checks=[intake.Check("m1", accepted=True)], by=city.clerk, at=MONDAY
    )


def _question(application: Application) -> UUID:
    """Return the key of the question that another office is asked, one that nothing has where none is."""
    found: UUID | None = Consultation.objects.filter(application=application).values_list("id", flat=True).first()
    return found or application.id


ACTS: dict[str, Callable[[City, Application], object]] = {
    "casework.submit": lambda c, a: submission.submit_application(application_id=a.id, by=c.citizen, at=MONDAY),
    "casework.receive": lambda c, a: intake.receive_application(
        application_id=a.id, checks=all_checked(a), answers=ALL_MET, by=c.clerk, at=MONDAY
    ),
    "casework.ask_for_correction": lambda c, a: intake.ask_for_correction(
        application_id=a.id, points=[intake.Point("m1", "申请书", "没有签字", "补签")], by=c.clerk, at=MONDAY
    ),
    "casework.correct": _correct,
    "casework.lapse": lambda _c, _a: clock.lapse_corrections(by=system(), at=FAR),
    "casework.deem_accepted": lambda _c, _a: clock.deem_accepted(by=system(), at=FAR),
    "casework.accept": lambda c, a: intake.accept_application(application_id=a.id, answers=ALL_MET, by=c.clerk, at=MONDAY),
    "casework.tolerate": lambda c, a: tolerance.tolerate_application(
        application_id=a.id, signed=True, checks=one_wanted(), answers=ALL_MET, by=c.clerk, at=MONDAY
    ),
    "casework.fill_gap": lambda c, a: tolerance.fill_gap(
        application_id=a.id, checks=[intake.Check(FOLLOWS, accepted=True)], by=c.clerk, at=MONDAY
    ),
    "casework.lapse_gap": lambda _c, _a: clock.lapse_gaps(by=system(), at=FAR),
    "casework.not_accept": lambda c, a: intake.not_accept_application(
        application_id=a.id, reason="不属于本机关职权", competent="县区局", by=c.clerk, at=MONDAY
    ),
    "casework.assign": lambda c, a: review.take_stage(application_id=a.id, by=c.reviewer, at=MONDAY),
    "casework.pass_stage": lambda c, a: review.pass_stage(
        application_id=a.id, opinion="拟同意", answers=ALL_MET, by=c.reviewer, at=MONDAY
    ),
    "casework.return_stage": lambda c, a: returning.return_stage(
        application_id=a.id, opinion="请补充核查记录", by=c.reviewer, at=MONDAY
    ),
    "casework.consult": lambda c, a: consulting.consult(
        application_id=a.id, office=other_office(c).agency, question="请提意见", length=5, by=c.reviewer, at=MONDAY
    ),
    "casework.answer_consultation": lambda c, a: consulting.answer_consultation(
        application_id=a.id, consultation_id=_question(a), stance="agrees", opinion="同意。", by=other_office(c), at=MONDAY
    ),
    "casework.recall_consultation": lambda c, a: consulting.recall_consultation(
        application_id=a.id, consultation_id=_question(a), reason="不再需要。", by=c.reviewer, at=MONDAY
    ),
    "casework.ask_special": lambda c, a: special.ask_special(
        application_id=a.id, choice="testing", length=5, reason="需要检测。", by=c.reviewer, at=MONDAY
    ),
    "casework.start_special": lambda c, a: special.start_special(application_id=a.id, by=c.approver, at=MONDAY),
    "casework.refuse_special": lambda c, a: special.refuse_special(
        application_id=a.id, reason="不需要。", by=c.approver, at=MONDAY
    ),
    "casework.end_special": lambda c, a: special.end_special(application_id=a.id, result="符合要求。", by=c.reviewer, at=MONDAY),
    "casework.ask_extension": lambda c, a: extension.ask_extension(
        application_id=a.id, length=10, reason="需要更多时间。", by=c.reviewer, at=MONDAY
    ),
    "casework.extend": lambda c, a: extension.extend_application(application_id=a.id, by=c.head, at=MONDAY),
    "casework.refuse_extension": lambda c, a: extension.refuse_extension(
        application_id=a.id, reason="可以按期办结。", by=c.head, at=MONDAY
    ),
    "casework.decide": lambda c, a: review.decide_application(
        application_id=a.id, granted=True, reason="同意", answers=ALL_MET, by=c.approver, at=MONDAY
    ),
    "casework.close": lambda c, a: review.close_application(application_id=a.id, by=c.clerk, at=MONDAY),
    "casework.deliver": lambda c, a: handover.deliver_application(
        application_id=a.id, way="window", recipient="张海燕", by=c.clerk, at=MONDAY
    ),
    "casework.collect": lambda c, a: handover.collect_result(application_id=a.id, by=c.citizen, at=MONDAY),
    "casework.void": lambda c, a: voiding.void_application(application_id=a.id, reason="空白提交", by=c.head, at=MONDAY),
    "casework.entry_error": lambda c, a: voiding.close_entry_error(application_id=a.id, reason="重复录入", by=c.clerk, at=MONDAY),
    "casework.withdraw": lambda c, a: handover.withdraw_application(application_id=a.id, reason="不办了", by=c.citizen, at=MONDAY),
}
# A decision is possible in review only before its last stage, a way back only after the first one. Asking again for what
# was done is answered, not repeated.
SAME_ANSWER = {("casework.submit", status) for status in Status} | {
    ("casework.collect", Status.DELIVERED),
    ("casework.assign", Status.IN_REVIEW),
}
NOT_AT_THIS_STAGE = {
    (f"casework.{act}", where) for act in ("decide", "return_stage") for where in (Status.IN_REVIEW, "asked", "gap_in_review")
}
# What nobody asked for is not decided, and what waits for its decision is not asked for again.
NOTHING_ASKED = {
    (f"casework.{act}", where)
    for act in ("start_special", "refuse_special", "extend", "refuse_extension")
    for where in (Status.IN_REVIEW, "paused", "gap_in_review")
} | {("casework.ask_special", "asked"), ("casework.ask_extension", "asked"), ("casework.consult", "asked")}
# All of these were filed by the citizen: a window entered none of them by mistake (test_voiding.py has those that were).
NOT_ENTERED_HERE = {("casework.entry_error", where) for where in IN_STATE}
BY_THE_CLOCK = ("casework.lapse", "casework.deem_accepted", "casework.lapse_gap")
NOTHING_ASKED |= {
    (f"casework.{act}_consultation", where)
    for act in ("answer", "recall")
    for where in (Status.IN_REVIEW, "paused", "gap_in_review")
}


def test_every_transition_has_an_act_here() -> None:
    assert set(ACTS) == {move.act for move in TRANSITIONS}


@pytest.mark.parametrize("where", list(IN_STATE), ids=str)
def test_every_act_in_a_state_moves_as_the_table_says_or_changes_nothing(city: City, where: str) -> None:
    application = IN_STATE[where](city)
    before = _facts(application)
    for move in TRANSITIONS:
        with Undone():
            _do(move, city, application, where, before)
        assert _facts(application) == before, "each act begins from the same state"


def _do(move: Transition, city: City, application: Application, where: str, before: tuple[object, ...]) -> None:
    status = Status(application.status)
    allowed = status in move.sources and (move.act, where) not in NOT_AT_THIS_STAGE | NOTHING_ASKED | NOT_ENTERED_HERE
    allowed = allowed and move.needs_pause in (None, _is_paused(application)) and (application.has_gap or not move.of_gap)
    try:
        ACTS[move.act](city, application)
    except Refused:
        assert not allowed, (move.act, where)
        assert _facts(application) == before, (move.act, where)
        return
    application.refresh_from_db()
    if allowed:
        assert application.status == (move.target or status), (move.act, where)
    else:
        assert move.act in BY_THE_CLOCK or (move.act, status) in SAME_ANSWER, (move.act, where)
        assert _facts(application) == before, (move.act, where)


def _is_paused(application: Application) -> bool:
    return Limit.objects.filter(subject_id=application.id, paused=True).exists()


def _facts(application: Application) -> tuple[object, ...]:
    application.refresh_from_db()
    limits = sorted(Limit.objects.filter(subject_id=application.id).values_list("kind", "ended_at", "due_at", "paused"), key=str)
    entries = Entry.objects.filter(subject_id=application.id).exclude(act="journal.refuse").count()
    notices = CorrectionNotice.objects.filter(application=application, answered_at__isnull=True).count()
    asked = [str(list(each.objects.filter(application=application).values())) for each in (SpecialProcedure, Extension)]
    return (
        application.status, application.outcome, application.stage, application.has_gap, str(limits), entries, notices, *asked,
    )  # fmt: skip


def test_the_page_of_states_is_that_of_the_data() -> None:
    assert PAGE.read_text(encoding="utf-8") == states_page.page(), (
        "python -m onedoor.casework.states_page > docs/casework/states.md"
    )


def test_drafts_of_strangers_cannot_be_written(city: City) -> None:
    application = draft(city)
    with pytest.raises(Refused):
        drafts.save_answers(application_id=application.id, answers={"x": "y"}, by=city.other_citizen, at=MONDAY)
