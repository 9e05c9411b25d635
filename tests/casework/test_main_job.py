"""The main job through the acts: what happens, what is recorded, what is refused."""

from __future__ import annotations

from datetime import timedelta

import pytest

from onedoor.casework import queries, worklist
from onedoor.casework.models import Application
from onedoor.casework.norm import ALL_MET
from onedoor.casework.permissions import FourEyes
from onedoor.casework.services import drafts, handover, intake, review, submission
from onedoor.documents import queries as documents
from onedoor.journal import queries as journal
from onedoor.kernel.errors import Invalid, NotAllowed, NotFound, WrongState
from onedoor.kernel.subjects import Subject
from onedoor.look import strip
from onedoor.workdays import queries as limits
from tests.casework.situations import (
    COMMITMENT,
    INSTANT,
    MONDAY,
    City,
    a_draft,
    accepted,
    all_checked,
    before_decision,
    submitted,
    with_papers,
)  # fmt: skip


def acts_of(application: Application) -> list[str]:
    entries = reversed(journal.entries_of(Subject("casework.application", application.id)))
    return [entry.act for entry in entries if not entry.act.startswith("documents.")]


def papers_of(application: Application) -> list[str]:
    return [paper.kind for paper in documents.papers_of(application.id)]


def test_commitment_item_from_draft_to_delivery(city: City) -> None:
    application = before_decision(city)
    application = review.decide_application(
        application_id=application.id,
        granted=True,
        reason="符合条件",
        answers=ALL_MET,
        by=city.approver,
        at=MONDAY + timedelta(days=2),
    )
    assert (application.status, application.outcome) == ("decided", "granted")
    review.close_application(application_id=application.id, by=city.clerk, at=MONDAY + timedelta(days=2))
    application = handover.deliver_application(
        application_id=application.id, way="window", recipient="张海燕", by=city.clerk, at=MONDAY + timedelta(days=3)
    )
    assert application.status == "delivered"
    assert acts_of(application) == [
        "casework.open_draft", "casework.submit", "casework.receive", "casework.check", "casework.accept", "casework.assign",
        "casework.check", "casework.pass_stage", "casework.take", "casework.check", "casework.pass_stage", "casework.take",
        "casework.check", "casework.decide", "casework.close", "casework.deliver",
    ]  # fmt: skip
    assert papers_of(application) == ["submission_receipt", "receipt", "acceptance", "grant", "certificate", "delivery_receipt"]
    open_limits = [view.kind for view in limits.limits_of([application.id])[application.id] if view.ended_at is None]
    assert open_limits == []


def test_limits_begin_the_day_after_acceptance(city: City) -> None:
    application = accepted(city)
    views = {view.kind: view for view in limits.limits_of([application.id])[application.id]}
    assert str(views["promise"].due_date) == "2026-11-23"
    assert str(views["legal"].due_date) == "2026-11-30"
    assert views["notice"].ended_at == MONDAY


def test_instant_item_is_finished_in_one_visit(city: City) -> None:
    draft = a_draft(city, INSTANT, by=city.clerk)
    application = review.finish_on_the_spot(
        application_id=draft.id,
        checks=all_checked(draft),
        opinion="材料齐全，准予备案。",
        answers=ALL_MET,
        by=city.clerk,
        at=MONDAY,
    )
    assert (application.status, application.outcome) == ("closed", "granted")
    assert papers_of(application) == ["submission_receipt", "receipt", "acceptance", "grant", "certificate"]


def test_submitting_twice_gives_the_same_reference(city: City) -> None:
    first = submitted(city)
    again = submission.submit_application(application_id=first.id, by=city.citizen, at=MONDAY)
    assert again.reference == first.reference
    assert acts_of(first).count("casework.submit") == 1


def test_everything_missing_is_told_at_once(city: City) -> None:
    draft = a_draft(city)
    drafts.save_answers(
        application_id=draft.id, answers={"applicant_phone": "", "contact_phone": "123"}, by=city.citizen, at=MONDAY
    )
    with pytest.raises(Invalid) as refusal:
        submission.submit_application(application_id=draft.id, by=city.citizen, at=MONDAY)
    assert "contact_phone" in refusal.value.errors
    assert sum(key.startswith("material:") for key in refusal.value.errors) >= 1
    assert len(refusal.value.errors) >= 3
    draft.refresh_from_db()
    assert (draft.status, draft.reference) == ("draft", None)


def test_one_time_notice_and_correction_start_the_answer_limit_anew(city: City) -> None:
    application = submitted(city)
    key = next(each.key for each in queries.materials_of(application) if each.state == "provided")
    intake.ask_for_correction(
        application_id=application.id, points=[intake.Point(key, "布局图", "看不清", "请重新拍一张")], by=city.clerk, at=MONDAY
    )
    later = MONDAY + timedelta(days=2)
    with pytest.raises(intake.MaterialsMissing):
        intake.correct_application(application_id=application.id, answers={}, by=city.citizen, at=later)
    with_papers(application, by=city.citizen, at=later, only=[key])
    application = intake.correct_application(application_id=application.id, answers={}, by=city.citizen, at=later)
    assert (application.status, application.arrived_at) == ("received", later)
    notice = [view for view in limits.limits_of([application.id])[application.id] if view.kind == "notice" and not view.ended_at]
    assert [str(view.due_date) for view in notice] == ["2026-11-25"]


def test_a_post_without_authority_is_refused_and_the_refusal_recorded(city: City) -> None:
    application = before_decision(city)
    with pytest.raises(NotAllowed):
        review.decide_application(
            application_id=application.id, granted=True, reason="x", answers=ALL_MET, by=city.stranger, at=MONDAY
        )
    application.refresh_from_db()
    assert application.status == "in_review"
    assert acts_of(application)[-1] == "journal.refuse"


def test_who_handled_a_commitment_item_does_not_approve_it(city: City) -> None:
    application = accepted(city)
    while application.stage != "approve":
        review.take_stage(application_id=application.id, by=city.approver, at=MONDAY)
        application = review.pass_stage(application_id=application.id, opinion="同意", answers=ALL_MET, by=city.approver, at=MONDAY)
    with pytest.raises(FourEyes):
        review.decide_application(
            application_id=application.id, granted=True, reason="同意", answers=ALL_MET, by=city.approver, at=MONDAY
        )
    application.refresh_from_db()
    assert application.status == "in_review"


def test_refusal_needs_a_reason_and_gives_remedies(city: City) -> None:
    application = before_decision(city)
    with pytest.raises(Exception, match=r"(reason|理由)"):
        review.decide_application(
            application_id=application.id, granted=False, reason=" ", answers=ALL_MET, by=city.approver, at=MONDAY
        )
    application = review.decide_application(
        application_id=application.id, granted=False, reason="场所不符合要求", answers=ALL_MET, by=city.approver, at=MONDAY
    )
    assert (application.outcome, papers_of(application)[-1]) == ("refused", "refusal")


def test_a_stranger_learns_nothing_about_an_application(city: City) -> None:
    application = submitted(city)
    for actor in (city.other_citizen, city.stranger):
        with pytest.raises(NotFound):
            queries.application_for(actor=actor, application_id=application.id, at=MONDAY)
    with pytest.raises(NotFound):
        queries.tracked(reference=application.reference or "", query_code="AAAAAAAA")
    assert queries.tracked(reference=application.reference or "", query_code=application.query_code or "").id == application.id


def test_a_decided_application_cannot_be_taken_back(city: City) -> None:
    application = before_decision(city)
    review.decide_application(
        application_id=application.id, granted=True, reason="符合", answers=ALL_MET, by=city.approver, at=MONDAY
    )
    with pytest.raises(WrongState):
        handover.withdraw_application(application_id=application.id, reason="不办了", by=city.citizen, at=MONDAY)


def test_work_list_shows_what_waits_for_the_post(city: City) -> None:
    application = accepted(city)
    rows = worklist.work_list(actor=city.reviewer, at=MONDAY).rows
    assert [row.application.id for row in rows] == [application.id]
    assert worklist.work_list(actor=city.stranger, at=MONDAY).rows == []


def test_submission_costs_no_more_than_its_statements(city: City, count_statements) -> None:
    draft = with_papers(a_draft(city, COMMITMENT), by=city.citizen)
    limits.calendar()  # kept in every process after its first act
    strip.sample.get()
    with count_statements() as counted:
        submission.submit_application(application_id=draft.id, by=city.citizen, at=MONDAY)
    sent = [each["sql"] for each in counted.captured_queries if "SAVEPOINT" not in each["sql"]]
    assert len(sent) <= 10, "\n".join(each[:110] for each in sent)
