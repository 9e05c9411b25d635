"""The opinion of another office: who is asked, who answers, what waits for it, what both pages say."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

import pytest
import time_machine
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from onedoor.casework import consulting as questions
from onedoor.casework import queries
from onedoor.casework.models import Application, Consultation
from onedoor.casework.norm import ALL_MET
from onedoor.casework.permissions import OpinionAwaited
from onedoor.casework.services import consulting, handover, review
from onedoor.casework.services.asking import AlreadyAsked
from onedoor.casework.services.consulting import AnsweredAlready, NotAsked
from onedoor.kernel.errors import Invalid
from onedoor.notify import queries as notify
from onedoor.workdays.models import Limit
from tests.casework.desk import at_desk, text_of, url
from tests.casework.situations import MONDAY, City, before_decision, consulted, other_office

SOON = MONDAY + timedelta(hours=2)
LATE = MONDAY + timedelta(days=9)


@pytest.fixture(autouse=True)
def monday() -> Iterator[None]:
    with time_machine.travel(SOON, tick=True):
        yield


def answered(city: City, asked: Consultation, *, stance: str = "agrees") -> Consultation:
    return consulting.answer_consultation(
        application_id=asked.application_id, consultation_id=asked.id, stance=stance, opinion="在取水口下游，无影响。",
        by=other_office(city), at=SOON,
    )  # fmt: skip


def test_it_has_a_limit_of_its_own_and_pauses_nothing(city: City) -> None:
    asked = consulted(city)
    (own,) = questions.of_case(asked.application)
    assert own.limit is not None
    assert own.limit.due_date == date(2026, 11, 23)
    assert not Limit.objects.filter(subject_id=asked.application_id, paused=True).exists()
    assert own.limit.light(LATE) == "late"


def test_the_office_finds_it_in_its_list_and_may_open_the_files_until_it_has_answered(city: City) -> None:
    asked, office = consulted(city), other_office(city)
    assert [each.consultation.pk for each in questions.to_answer(office)] == [asked.pk]
    assert questions.count_to_answer(office) == 1
    assert queries.may_see(actor=office, application_id=asked.application_id, at=SOON)
    answered(city, asked)
    assert questions.to_answer(office) == []
    assert not queries.may_see(actor=office, application_id=asked.application_id, at=SOON)
    assert any("回复" in each.text for each in notify.inbox(city.reviewer.account).rows)
    assert not Limit.objects.filter(subject_id=asked.id, ended_at=None).exists()


def test_only_the_office_that_was_asked_answers_and_only_once(city: City) -> None:
    asked = consulted(city)
    for actor in (city.head, city.reviewer, city.clerk):
        with pytest.raises(NotAsked):
            consulting.answer_consultation(
                application_id=asked.application_id, consultation_id=asked.id, stance="agrees", opinion="同意。", by=actor, at=SOON
            )
    answered(city, asked)
    with pytest.raises(AnsweredAlready):
        answered(city, asked)
    with pytest.raises(AnsweredAlready):
        consulting.recall_consultation(
            application_id=asked.application_id, consultation_id=asked.id, reason="不需要。", by=city.reviewer, at=SOON
        )


def test_what_is_missing_is_told_at_once(city: City) -> None:
    asked, office = consulted(city), other_office(city)
    with pytest.raises(Invalid) as wrong:
        consulting.consult(
            application_id=asked.application_id, office=city.agency, question=" ", length=31, by=city.reviewer, at=SOON
        )
    assert set(wrong.value.errors) == {"office", "question", "length"}
    with pytest.raises(Invalid) as wrong:
        consulting.answer_consultation(
            application_id=asked.application_id, consultation_id=asked.id, stance="", opinion="", by=office, at=SOON
        )
    assert set(wrong.value.errors) == {"stance", "opinion"}
    with pytest.raises(AlreadyAsked):
        consulting.consult(
            application_id=asked.application_id, office=asked.office_id, question="再问一次", length=5, by=city.reviewer, at=SOON
        )


def test_nothing_is_decided_before_the_opinion_is_there_or_the_question_taken_back(city: City) -> None:
    application, office = before_decision(city), other_office(city)
    asked = consulting.consult(
        application_id=application.id, office=office.agency, question="有无影响？", length=5, by=city.approver, at=SOON
    )
    with pytest.raises(OpinionAwaited):
        review.decide_application(
            application_id=application.id, granted=True, reason="", answers=ALL_MET, by=city.approver, at=SOON
        )
    consulting.recall_consultation(
        application_id=application.id, consultation_id=asked.id, reason="逾期未复，依据材料可以决定。", by=city.approver, at=SOON
    )
    decided = review.decide_application(
        application_id=application.id, granted=True, reason="", answers=ALL_MET, by=city.approver, at=SOON
    )
    assert decided.status == "decided"


def test_what_is_withdrawn_is_asked_no_more(city: City) -> None:
    asked = consulted(city)
    handover.withdraw_application(application_id=asked.application_id, reason="不办了", by=city.citizen, at=SOON)
    asked.refresh_from_db()
    assert asked.is_taken_back
    assert not Limit.objects.filter(subject_id=asked.id, ended_at=None).exists()


def test_question_and_answer_are_evidence(city: City) -> None:
    asked = consulted(city)
    with pytest.raises(IntegrityError, match="evidence"), transaction.atomic():
        Consultation.objects.filter(pk=asked.pk).update(question="换个问题")
    answered(city, asked)
    with pytest.raises(IntegrityError, match="evidence"), transaction.atomic():
        Consultation.objects.filter(pk=asked.pk).update(answer="改口")


def test_the_list_costs_the_same_for_one_and_for_three(city: City) -> None:
    office, counts = other_office(city), []
    for _ in range(2):
        consulted(city)
        with CaptureQueriesContext(connection) as caught:
            questions.to_answer(office)
        counts.append(len(caught))
    assert counts[0] == counts[1] <= 3


def test_from_the_desk_of_one_office_to_that_of_the_other_and_back(city: City) -> None:
    application, office = before_decision(city), other_office(city)
    approver, water = at_desk(city.approver), at_desk(office)
    assert "征求其他单位意见" in text_of(approver.get(url("case", application)))
    assert "秦皇岛市水务局" in text_of(approver.get(url("consult", application)))
    assert approver.post(url("consult", application), {"question": "有无影响？"}).status_code == 422
    sent = {"office": str(office.agency), "question": "是否在水源保护区内？", "length": "5"}
    assert approver.post(url("consult", application), sent)["Location"] == url("case", application)
    listed = reverse("casework:desk_opinions")
    assert "是否在水源保护区内？" in text_of(water.get(listed))
    page = reverse("casework:desk_opinion", args=[Consultation.objects.get().id])
    assert "paper0.pdf" in text_of(water.get(page))
    assert water.post(page, {"opinion": "不在。"}).status_code == 422
    assert water.post(page, {"stance": "neutral", "opinion": "不在保护区内。"})["Location"] == listed
    assert "不在保护区内。" in text_of(water.get(page))
    assert "不在保护区内。" in text_of(approver.get(url("case", application)))
    assert approver.get(page).status_code == 404, "it is the other office's page"
    told = queries.progress_of(Application.objects.get(pk=application.pk), now=SOON)
    assert any("水务局" in str(line.name) for line in told.lines)
