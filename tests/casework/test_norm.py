"""The guidance norm as a check list: what is asked at which stage, what its answers allow, and that they stay with the case."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from onedoor.casework import norm, queries
from onedoor.casework.models import Application, Material, NormAnswer
from onedoor.casework.norm import ALL_MET, Answer, Given
from onedoor.casework.services import intake, review, tolerance
from onedoor.casework.services.norm import AnsweredMeanwhile, NormNotMet, NormOpen
from onedoor.catalog import queries as catalog
from onedoor.journal import queries as journal
from onedoor.kernel.errors import Invalid, NotAllowed
from onedoor.kernel.subjects import Subject
from tests.casework.desk import at_desk, text_of, ticks, url
from tests.casework.situations import (
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

pytestmark = pytest.mark.django_db
TUESDAY = MONDAY + timedelta(days=1)


def counting(application: Application, **where: Any) -> dict[str, str]:
    found = NormAnswer.objects.filter(application=application, replaced_at=None, **where)
    return {each.key: each.verdict for each in found}


def the_list(application: Application, stage: str, position: int | None = None) -> list[norm.Point]:
    terms = catalog.case_terms(application.version_id)
    return norm.list_at(
        terms.content, application.answers, application.materials.all(), stage=stage, position=position, case_kind=terms.case_kind
    )


def checks_of(application: Application) -> list[Any]:
    entries = journal.entries_of(Subject("casework.application", application.id))
    return [each for each in entries if each.act == "casework.check"]


def house_paper(application: Application) -> Material:
    """Return the paper of the item that is required, handed in, and has a point."""
    due = {each.paper for each in the_list(application, "receive") if each.is_due and each.binds}
    return next(
        each for each in queries.materials_of(application) if each.key in due and each.files.exists()
    )  # fmt: skip


def test_the_list_asks_for_papers_that_are_there_and_for_the_standard_of_the_step(city: City) -> None:
    application = submitted(city)
    points = the_list(application, "receive")
    assert [each.text for each in points if each.key.startswith("step-")] == ["申请材料齐全、符合规定形式；不齐全的一次性告知"]
    there = {each.key for each in queries.materials_of(application) if each.files.exists()}
    content = catalog.version_content(application.version_id)
    not_brought = {each.key for each in content.materials if each.is_handed_in} - there
    assert not_brought
    assert {each.paper for each in points if not each.is_due} <= not_brought
    assert {each.paper for each in points if each.is_due and each.paper}.isdisjoint(not_brought)


def test_papers_are_looked_at_again_in_review_but_not_at_the_other_stages(city: City) -> None:
    application = submitted(city)
    assert {each.paper for each in the_list(application, "review", 1)} == {each.paper for each in the_list(application, "receive")}
    assert [each.paper for each in the_list(application, "approve", 3)] == [""]


def test_nothing_is_accepted_with_an_open_point_and_everything_open_is_named(city: City) -> None:
    application = submitted(city)
    with pytest.raises(NormOpen) as refusal:
        intake.receive_and_accept(application_id=application.id, checks=all_checked(application), by=city.clerk, at=MONDAY)
    assert set(refusal.value.points) == {each.key for each in the_list(application, "receive") if each.is_due}
    application.refresh_from_db()
    assert application.status == "submitted"
    assert not NormAnswer.objects.exists()


def test_all_as_the_norm_asks_is_kept_as_rows_that_say_who_when_which_version_and_that_it_was_at_once(city: City) -> None:
    application = accepted(city)
    rows = list(NormAnswer.objects.filter(application=application))
    assert {each.verdict for each in rows} == {"yes"}
    assert {(each.stage, each.actor_label, each.answered_at, each.is_at_once) for each in rows} == {
        ("receive", city.clerk.label, MONDAY, True)
    }
    assert {each.version_id for each in rows} == {application.version_id}
    content = catalog.version_content(application.version_id)
    assert {each.text for each in rows if each.key.startswith("m1-")} == set(content.material("m1").review_points)
    (entry,) = checks_of(application)
    assert "业务指导规范" in str(entry.sentence)


def test_a_no_says_what_was_seen(city: City) -> None:
    application = submitted(city)
    answers = Given({house_paper(application).key + "-1": Answer("no")})
    with pytest.raises(Invalid) as refusal:
        review.answer_check_list(application_id=application.id, answers=answers, by=city.clerk, at=MONDAY)
    assert list(refusal.value.errors) == [f"why-{house_paper(application).key}-1"]
    with pytest.raises(IntegrityError), transaction.atomic():
        NormAnswer.objects.create(
            application=application,
            version_id=application.version_id,
            stage="receive",
            key="m1-1",
            verdict="no",
            answered_at=MONDAY,
        )


def test_a_required_paper_that_is_not_as_the_norm_asks_is_asked_for_in_writing_and_not_accepted(city: City) -> None:
    application = submitted(city)
    paper = house_paper(application)
    key = f"{paper.key}-1"
    answers = Given({key: Answer("no", "只写了楼栋")}, rest_is_met=True)
    with pytest.raises(NormNotMet) as refusal:
        intake.receive_and_accept(
            application_id=application.id, checks=all_checked(application), answers=answers, by=city.clerk, at=MONDAY
        )
    assert refusal.value.points == (key,)
    review.answer_check_list(application_id=application.id, answers=answers, by=city.clerk, at=MONDAY)
    paper.refresh_from_db()
    assert paper.state == "rejected"
    page = at_desk(city.clerk).get(url("notice", application)).content.decode()
    assert f'value="{paper.key}" checked' in page
    text = NormAnswer.objects.get(application=application, key=key).text
    assert f'value="{text}：只写了楼栋"' in page


def test_a_paper_that_may_follow_needs_a_promise_when_it_falls_short(city: City) -> None:
    application = submitted(city)
    content = catalog.version_content(application.version_id)
    asked = {each.paper for each in the_list(application, "receive")}
    later = next(each for each in content.materials if each.may_follow and each.review_points and each.key in asked)
    with_papers_of = intake.Check(key=later.key, accepted=True, copies=1)
    checks = [*all_checked(application), with_papers_of]
    answers = Given({f"{later.key}-1": Answer("no", "没有签字，三天内补")}, rest_is_met=True)
    with pytest.raises(intake.MayFollow):
        intake.receive_and_accept(application_id=application.id, checks=checks, answers=answers, by=city.clerk, at=MONDAY)
    accepted_one = tolerance.receive_and_tolerate(
        application_id=application.id, signed=True, checks=checks, answers=answers, by=city.clerk, at=MONDAY
    )
    assert accepted_one.status == "accepted"
    assert counting(application, stage="receive")[f"{later.key}-1"] == "no"


def test_a_corrected_paper_is_looked_at_anew_and_the_old_answer_stays_with_the_case(city: City) -> None:
    application = submitted(city)
    paper = house_paper(application)
    answers = Given({f"{paper.key}-1": Answer("no", "只写了楼栋")}, rest_is_met=True)
    point = intake.Point(paper.key, paper.name, "只写了楼栋", "写到门牌")
    intake.ask_for_correction(application_id=application.id, points=[point], answers=answers, by=city.clerk, at=MONDAY)
    with_papers(application, by=city.citizen, only=[paper.key], at=TUESDAY)
    intake.correct_application(application_id=application.id, answers={}, by=city.citizen, at=TUESDAY)
    with pytest.raises(NormOpen) as refusal:
        intake.accept_application(application_id=application.id, by=city.clerk, at=TUESDAY)
    content = catalog.version_content(application.version_id)
    numbers = range(1, len(content.material(paper.key).review_points) + 1)
    assert set(refusal.value.points) == {f"{paper.key}-{number}" for number in numbers}
    intake.accept_application(application_id=application.id, answers=ALL_MET, by=city.clerk, at=TUESDAY)
    kept = NormAnswer.objects.filter(application=application, stage="receive", key=f"{paper.key}-1").order_by("answered_at")
    assert [(each.verdict, each.replaced_at) for each in kept] == [("no", TUESDAY), ("yes", None)]
    page = text_of(at_desk(city.clerk).get(url("case", application)))
    assert "只写了楼栋" in page


def test_a_form_that_falls_short_opens_its_questions_and_can_be_put_right(city: City) -> None:
    application = submitted(city)
    answers = Given({"m1-1": Answer("no", "经营项目和执照不一致")}, rest_is_met=True)
    point = intake.Point("m1", "申请书", "经营项目和执照不一致", "按执照改")
    intake.ask_for_correction(application_id=application.id, points=[point], answers=answers, by=city.clerk, at=MONDAY)
    open_now = queries.correctable(application, at=MONDAY)
    assert {each.key for each in catalog.version_form(application.version_id).fields} <= open_now.questions
    intake.correct_application(application_id=application.id, answers={}, by=city.citizen, at=TUESDAY)
    done = intake.accept_application(
        application_id=application.id, checks=all_checked(application), answers=ALL_MET, by=city.clerk, at=TUESDAY
    )
    assert done.status == "accepted"


def test_a_stage_is_passed_on_when_its_list_is_answered_whatever_the_answers_say(city: City) -> None:
    application = accepted(city)
    review.take_stage(application_id=application.id, by=city.reviewer, at=MONDAY)
    with pytest.raises(NormOpen):
        review.pass_stage(application_id=application.id, opinion="拟同意", by=city.reviewer, at=MONDAY)
    key = f"step-{application.stage_position}"
    answers = Given({key: Answer("no", "现场和图不一致")}, rest_is_met=True)
    review.pass_stage(application_id=application.id, opinion="提请不予", answers=answers, by=city.reviewer, at=MONDAY)
    assert counting(application, stage="review")[key] == "no"


def test_granting_against_the_norm_needs_an_opinion_and_refusing_needs_no_list(city: City) -> None:
    application = before_decision(city)
    key = f"step-{application.stage_position}"
    answers = Given({key: Answer("no", "审核意见没有结论")})
    with pytest.raises(review.GrantedAgainstNorm):
        review.decide_application(
            application_id=application.id, granted=True, reason=" ", answers=answers, by=city.approver, at=MONDAY
        )
    with transaction.atomic():
        done = review.decide_application.__wrapped__(  # type: ignore[attr-defined]
            application_id=application.id, granted=True, reason="已当面核实", answers=answers, by=city.approver, at=MONDAY
        )
        assert done.outcome == "granted"
        transaction.set_rollback(True)
    done = review.decide_application(application_id=application.id, granted=False, reason="图纸不符", by=city.approver, at=MONDAY)
    assert done.outcome == "refused"


def test_one_visit_answers_papers_once_and_the_standards_of_all_its_steps(city: City) -> None:
    draft = a_draft(city, INSTANT, by=city.clerk)
    with pytest.raises(NormOpen):
        review.finish_on_the_spot(
            application_id=draft.id, checks=all_checked(draft), opinion="当场办结", by=city.clerk, at=MONDAY
        )  # fmt: skip
    review.finish_on_the_spot(
        application_id=draft.id, checks=all_checked(draft), opinion="当场办结", answers=ALL_MET, by=city.clerk, at=MONDAY
    )
    stages = set(NormAnswer.objects.filter(application=draft, key__startswith="step-").values_list("stage", flat=True))
    assert stages == {"receive", "review", "approve"}
    assert set(NormAnswer.objects.filter(application=draft).exclude(key__startswith="step-").values_list("stage", flat=True)) == {
        "receive"
    }
    assert len(checks_of(draft)) == 1


def test_saying_the_same_again_changes_nothing_and_is_no_act(city: City) -> None:
    application = submitted(city)
    for _time in range(2):
        review.answer_check_list(application_id=application.id, answers=ALL_MET, by=city.clerk, at=MONDAY)
    assert len(checks_of(application)) == 1
    assert not NormAnswer.objects.exclude(replaced_at=None).exists()


def test_a_colleague_who_did_not_see_the_answer_does_not_write_over_it(city: City, colleague: Any) -> None:
    application = submitted(city)
    key = f"{house_paper(application).key}-1"
    review.answer_check_list(
        application_id=application.id, answers=Given({key: Answer("no", "看不清")}), by=city.clerk, at=MONDAY
    )  # fmt: skip
    yes = Given({key: Answer("yes")}, seen="")
    with pytest.raises(AnsweredMeanwhile):
        review.answer_check_list(application_id=application.id, answers=yes, by=colleague, at=MONDAY)
    review.answer_check_list(application_id=application.id, answers=Given(rest_is_met=True, seen=""), by=colleague, at=MONDAY)
    assert counting(application)[key] == "no", "the others are answered, this one stays"
    seen = str(NormAnswer.objects.get(key=key, replaced_at=None).id)
    newest = str(max(NormAnswer.objects.values_list("id", flat=True)))
    assert newest > seen
    review.answer_check_list(
        application_id=application.id, answers=Given({key: Answer("yes")}, seen=newest), by=colleague, at=TUESDAY
    )  # fmt: skip
    assert counting(application)[key] == "yes"


def test_who_received_answers_no_more_when_it_is_accepted(city: City) -> None:
    application = accepted(city)
    with pytest.raises(NotAllowed):
        review.answer_check_list(application_id=application.id, answers=ALL_MET, by=city.clerk, at=TUESDAY)


def test_the_list_costs_a_case_page_one_statement_and_keeping_it_a_fixed_number(city: City) -> None:
    application = submitted(city)
    counted = []
    for answers in (ALL_MET, Given({f"{house_paper(application).key}-1": Answer("na", "")})):
        with CaptureQueriesContext(
            connection,
        ) as statements:
            review.answer_check_list(application_id=application.id, answers=answers, by=city.clerk, at=MONDAY)
        counted.append([each["sql"].split(" ", 1)[0] for each in statements if "SAVEPOINT" not in each["sql"]])
    assert len(counted[0]) == len(counted[1]) <= 9, counted
    with CaptureQueriesContext(connection) as statements:
        queries.case_page(actor=city.clerk, application_id=application.id, at=MONDAY)
    assert sum("casework_normanswer" in each["sql"] for each in statements) == 1


def test_a_list_on_the_page_is_sent_with_the_act_and_stays_when_it_is_refused(city: City) -> None:
    application = submitted(city)
    clerk, paper = at_desk(city.clerk), house_paper(application)
    sent = ticks(application) | {f"norm-{paper.key}-1": "no", f"why-{paper.key}-1": "只写了楼栋"}
    refused = clerk.post(url("accept", application), sent)
    assert refused.status_code == 422
    page = refused.content.decode()
    assert "只写了楼栋" in page
    assert f'norm__point norm__point--open" id="norm-{paper.key}-1"' in page
    empty = clerk.post(url("check", application), {f"norm-{paper.key}-1": "no"})
    assert empty.status_code == 422
    assert f'id="why-{paper.key}-1-error"' in empty.content.decode()
    kept = clerk.post(url("check", application), {"all-met": "1"})
    assert kept["Location"] == url("case", application)
    shown = text_of(clerk.get(kept["Location"]))
    assert "谁核对过" in shown
    assert "一键确认" in shown
