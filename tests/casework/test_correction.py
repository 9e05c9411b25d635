"""After a one-time notice: what may be changed and what stays, and the dates that papers give."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from django.template.loader import render_to_string
from django.test import Client
from django.urls import reverse

from onedoor.casework import correction, queries
from onedoor.casework.correction import NotAsked
from onedoor.casework.services import drafts, intake
from onedoor.catalog import queries as catalog
from onedoor.documents.layout import words_of
from onedoor.documents.models import Paper
from onedoor.kernel.clock import local_date
from onedoor.people.models import Account
from onedoor.sample.answers import sample_answers
from tests.casework.desk import at_desk, url
from tests.casework.situations import MONDAY, City, a_draft, accepted, submitted, with_papers
from tests.casework.test_states import correcting
from tests.people.test_pages import step_in

WITH_DATES = {"submission_receipt", "acceptance", "one_time_notice"}


def test_a_correction_changes_only_what_the_notice_asks_for(city: City) -> None:
    application = submitted(city)
    form = catalog.version_form(application.version_id)
    papers = [each.key for each in queries.materials_of(application) if each.state == "provided"]
    free = [each.key for each in form.fields if each.type == "text" and each.condition is None]
    told = [
        intake.Point(papers[0], "布局图", "看不清", "请重新拍一张"),
        intake.Point(f"field:{free[0]}", "名称", "与执照不同", "照执照填"),
    ]
    intake.ask_for_correction(application_id=application.id, points=told, by=city.clerk, at=MONDAY)
    asked = queries.correctable(application, at=MONDAY)
    assert (papers[0] in asked.materials, papers[1] in asked.materials) == (True, False)
    assert (free[0] in asked.questions, free[1] in asked.questions) == (True, False)

    filed = dict(application.answers)
    with pytest.raises(NotAsked):
        drafts.save_answers(application_id=application.id, answers={free[0]: "甲", free[1]: "乙"}, by=city.citizen, at=MONDAY)
    with pytest.raises(NotAsked):
        intake.correct_application(application_id=application.id, answers={free[1]: "乙"}, by=city.citizen, at=MONDAY)
    unasked = next(each.files.get() for each in queries.materials_of(application) if each.key == papers[1])
    with pytest.raises(NotAsked):
        drafts.detach_file(application_id=application.id, key=papers[1], file_id=unasked.file_id, by=city.citizen, at=MONDAY)
    for by in (city.citizen, city.clerk):
        with pytest.raises(NotAsked):
            drafts.attach_file(application_id=application.id, key=papers[1], file_id=unasked.file_id, by=by, at=MONDAY)

    drafts.save_answers(application_id=application.id, answers={free[0]: "甲"}, by=city.citizen, at=MONDAY)
    with_papers(application, by=city.citizen, only=[papers[0]])
    application = intake.correct_application(application_id=application.id, answers={}, by=city.citizen, at=MONDAY)
    assert application.answers == {**filed, free[0]: "甲"}
    assert [each.key for each in queries.materials_of(application) if each.state == "provided"] == papers


def test_a_notice_opens_the_questions_that_hang_on_what_it_asks(city: City) -> None:
    content = catalog.version_content(a_draft(city).version_id)
    form = content.form
    hanging = next(each for each in form if each.condition is not None)
    (first,) = set(hanging.condition.fields())
    filed = sample_answers(form, today=local_date(MONDAY), region="130302000000", file_for=lambda field: "")
    asked = correction.scope(content, filed, [f"field:{first}"], today=local_date(MONDAY))
    assert {first, hanging.key} <= asked.questions
    assert not correction.scope(content, filed, [], today=local_date(MONDAY)).questions


def test_a_required_answer_that_was_never_given_can_be_given_though_the_notice_forgot_it(city: City) -> None:
    content = catalog.version_content(a_draft(city).version_id)
    form = content.form
    filed = sample_answers(form, today=local_date(MONDAY), region="130302000000", file_for=lambda field: "")
    required = next(each.key for each in form if each.required and each.type == "text" and each.condition is None)
    del filed[required]
    assert required in correction.scope(content, filed, [], today=local_date(MONDAY)).questions


def test_papers_say_that_a_date_rests_on_holidays_nobody_has_announced(city: City) -> None:
    december = datetime(2026, 12, 28, 1, 30, tzinfo=UTC)
    says = dict(_papers_with_dates(city, december))
    assert set(says) == WITH_DATES
    for kind, words in says.items():
        assert "国务院尚未公布2027年节假日安排" in words, kind
    for kind, words in _papers_with_dates(city, MONDAY):
        assert "尚未公布" not in words, kind


def _papers_with_dates(city: City, at: datetime) -> Iterator[tuple[str, str]]:
    accepted_one, told = accepted(city, at=at), submitted(city, at=at)
    key = next(each.key for each in queries.materials_of(told) if each.state == "provided")
    intake.ask_for_correction(application_id=told.id, points=[intake.Point(key, "布局图", "看不清", "重拍")], by=city.clerk, at=at)
    for paper in Paper.objects.filter(subject_id__in=[accepted_one.id, told.id], kind__in=WITH_DATES):
        yield paper.kind, render_to_string(f"documents/papers/{paper.kind}.html", words_of(paper))


def test_a_question_that_the_notice_does_not_ask_leads_back_to_it(city: City, client: Client) -> None:
    application = submitted(city)
    one, other = [each.key for each in catalog.version_form(application.version_id).fields if each.type == "text"][:2]
    points = [intake.Point(f"field:{one}", "名称", "与执照不同", "照执照填")]
    intake.ask_for_correction(application_id=application.id, points=points, by=city.clerk, at=MONDAY)
    step_in(client, Account.objects.get(pk=city.citizen.account))
    notice = reverse("casework:correct", args=[application.id])
    assert client.get(reverse("casework:ask", args=[application.id, one])).status_code == 200
    for answer in (client.get, client.post):
        assert answer(reverse("casework:ask", args=[application.id, other]), {other: "乙"})["Location"] == notice


def test_a_further_notice_is_only_about_what_came_anew_and_is_marked(city: City) -> None:
    application = correcting(city)  # the first notice asks for m1
    with_papers(application, by=city.citizen, only=["m1"])
    intake.correct_application(application_id=application.id, answers={}, by=city.citizen, at=MONDAY)
    other = intake.Point("m6", "房屋使用证明", "缺页", "补全")
    again = intake.Point("m1", "申请书", "仍然没有签字", "补签后重新上传")
    with pytest.raises(intake.NotBroughtUp):
        intake.ask_for_correction(application_id=application.id, points=[again, other], by=city.clerk, at=MONDAY)
    told = intake.ask_for_correction(application_id=application.id, points=[again], by=city.clerk, at=MONDAY)
    assert told.corrections_asked == 2
    page = at_desk(city.clerk).get(url("case", application)).content.decode()
    assert page.count("再次告知") == 1
