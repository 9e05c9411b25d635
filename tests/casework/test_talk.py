"""Messages between the applicant and the officers of an application."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from onedoor.casework import talk, worklist
from onedoor.casework.models import Application, CaseMessage, Side
from onedoor.casework.services import handover, review, talking
from onedoor.documents import services as documents
from onedoor.documents.models import File
from onedoor.journal import queries as journal
from onedoor.kernel.errors import Invalid, NotAllowed, NotFound, TooManyTries, WrongState
from onedoor.kernel.ids import new_id
from onedoor.kernel.subjects import Subject
from onedoor.notify.models import Message
from onedoor.people.models import Account
from tests.casework.desk import at_desk, text_of, url
from tests.casework.situations import MONDAY, PDF, City, a_draft, accepted, submitted
from tests.people.test_pages import step_in

QUESTION = "营业面积要写使用面积还是建筑面积？"


@pytest.fixture(autouse=True)
def monday():
    with time_machine.travel(MONDAY, tick=True):
        yield


@pytest.fixture
def at_home(city: City) -> Client:
    client = Client()
    step_in(client, Account.objects.get(pk=city.citizen.account))
    return client


def asked(city: City, application: Application, text: str = QUESTION, **more) -> CaseMessage:
    return talking.write_message(application_id=application.id, text=text, needs_answer=True, by=city.citizen, at=MONDAY, **more)


def told(prefix: str) -> list[tuple[str, object, str]]:
    found = Message.objects.filter(template__startswith=prefix).order_by("pk")
    return list(found.values_list("template", "account_id", "channel"))


def page_of(application: Application) -> str:
    return reverse("casework:messages", args=[application.id])


def test_a_citizen_asks_and_the_officer_answers(city: City, at_home: Client) -> None:
    application = accepted(city)
    review.take_stage(application_id=application.id, by=city.reviewer, at=MONDAY)
    sent = {"text": QUESTION, "needs_answer": "on", "files": SimpleUploadedFile("平面图.pdf", PDF)}
    assert at_home.post(page_of(application), sent)["Location"] == page_of(application) + "#last"
    assert told("casework.desk_") == [("casework.desk_asked", city.reviewer.account, "inbox")]

    desk = at_desk(city.reviewer)
    assert "留言待回复" in text_of(desk.get("/desk/work/?tab=mine"))
    assert QUESTION[:6] not in text_of(desk.get("/desk/work/?tab=asked")), "what was written is read on the page of the case only"
    assert application.reference[:4] in text_of(desk.get("/desk/work/?tab=asked"))
    case = desk.get(url("case", application))
    assert QUESTION in text_of(case)
    assert "平面图.pdf" in text_of(case)
    message = CaseMessage.objects.get()
    answer = {"text": "请填使用面积。", "answers": str(message.id)}
    assert desk.post(url("messages", application), answer).status_code == 302
    assert "留言待回复" not in text_of(desk.get("/desk/work/?tab=mine"))
    assert told("casework.officer_") == [
        ("casework.officer_wrote", city.citizen.account, "inbox"), ("casework.officer_wrote", city.citizen.account, "sms"),
    ]  # fmt: skip
    page = at_home.get(page_of(application))
    assert "请填使用面积。" in text_of(page)
    assert "已回复" in text_of(page)
    message.refresh_from_db()
    assert message.answered_at == CaseMessage.objects.get(side=Side.OFFICER).written_at


def test_what_the_office_asks_stands_first_on_my_page(city: City, at_home: Client) -> None:
    older, newer = submitted(city), submitted(city)
    talking.write_message(application_id=older.id, text="请问何时方便现场核查？", needs_answer=True, by=city.clerk, at=MONDAY)
    mine = at_home.get(reverse("casework:my")).content.decode()
    assert mine.index(page_of(older)) < mine.index(reverse("casework:mine", args=[newer.id]))
    assert "请问何时方便现场核查？" in text_of(at_home.get(reverse("casework:mine", args=[older.id])))
    (question,) = CaseMessage.objects.all()
    at_home.post(page_of(older), {"text": "周三上午。", "answers": str(question.id)})
    assert page_of(older) not in at_home.get(reverse("casework:my")).content.decode()


def test_a_question_that_came_while_the_answer_was_written_stays_open(city: City) -> None:
    application = submitted(city)
    first = asked(city, application)
    asked(city, application, "还有一件事……")
    talking.answer_message(application_id=application.id, message_id=first.id, text="使用面积。", by=city.clerk, at=MONDAY)
    (open_one,) = talk.questions_from(Side.APPLICANT)
    assert open_one.text == "还有一件事……"
    talking.answer_message(application_id=application.id, message_id=open_one.id, text="请讲。", by=city.clerk, at=MONDAY)
    with pytest.raises(talking.Answered):
        talking.answer_message(application_id=application.id, message_id=first.id, text="迟到的回复", by=city.clerk, at=MONDAY)
    assert CaseMessage.objects.filter(side=Side.OFFICER).count() == 2


def test_a_late_answer_is_refused_and_stays_on_the_page(city: City) -> None:
    application = submitted(city)
    question = asked(city, application)
    talking.answer_message(application_id=application.id, message_id=question.id, text="使用面积。", by=city.clerk, at=MONDAY)
    page = at_desk(city.clerk).post(url("messages", application), {"text": "建筑面积。", "answers": str(question.id)})
    assert page.status_code == 409
    assert "建筑面积。" in text_of(page)
    assert "已有人回复" in text_of(page)


@pytest.mark.parametrize("who", ["other_citizen", "stranger"])
def test_nobody_writes_about_the_application_of_others(city: City, who: str) -> None:
    application = submitted(city)
    question = asked(city, application)
    by = getattr(city, who)
    with pytest.raises(NotAllowed):
        talking.write_message(application_id=application.id, text="让我看看", by=by, at=MONDAY)
    with pytest.raises(NotAllowed):
        talking.answer_message(application_id=application.id, message_id=question.id, text="让我看看", by=by, at=MONDAY)
    assert CaseMessage.objects.count() == 1


def test_nobody_answers_ones_own_message_or_one_of_another_case(city: City) -> None:
    application, other = submitted(city), submitted(city)
    question = asked(city, application)
    for case, by in ((application, city.citizen), (other, city.clerk)):
        with pytest.raises(NotFound):
            talking.answer_message(application_id=case.id, message_id=question.id, text="……", by=by, at=MONDAY)
    question.refresh_from_db()
    assert question.answered_at is None


def test_messages_of_drafts_and_closed_cases_are_not_written(city: City, at_home: Client) -> None:
    draft, application = a_draft(city), submitted(city)
    question = asked(city, application)
    handover.withdraw_application(application_id=application.id, reason="不办了", by=city.citizen, at=MONDAY)
    for case, by in ((draft, city.citizen), (application, city.citizen), (application, city.clerk)):
        with pytest.raises(WrongState):
            talking.write_message(application_id=case.id, text="还有事", by=by, at=MONDAY)
    with pytest.raises(WrongState):
        talking.answer_message(application_id=application.id, message_id=question.id, text="迟了", by=city.clerk, at=MONDAY)
    page = at_home.get(page_of(application))
    assert QUESTION in text_of(page)
    assert "<textarea" not in page.content.decode()
    assert worklist.work_list(actor=city.clerk, at=MONDAY, tab="asked").rows == []


def test_a_day_takes_so_many_messages_about_one_application_and_no_more(city: City, settings) -> None:
    settings.ONEDOOR_CASE_MESSAGES = 2
    application, other = submitted(city), submitted(city)
    asked(city, application)
    asked(city, application)
    with pytest.raises(TooManyTries) as refused:
        asked(city, application)
    assert refused.value.seconds == 24 * 3600
    asked(city, other)
    talking.write_message(application_id=application.id, text="请稍等。", by=city.clerk, at=MONDAY)
    later = MONDAY + timedelta(hours=24)
    talking.write_message(application_id=application.id, text="第二天", by=city.citizen, at=later)
    assert CaseMessage.objects.filter(application=application).count() == 4


def test_files_are_opened_by_both_sides_and_by_nobody_else(city: City) -> None:
    application = submitted(city)
    loose = documents.store_upload(SimpleUploadedFile("照片.pdf", PDF), by=city.citizen, at=MONDAY)
    asked(city, application, files=[loose.id])
    file = File.objects.get(pk=loose.id)
    assert (file.subject_id, file.loose_since) == (application.id, None)
    theirs = documents.store_upload(SimpleUploadedFile("别人的.pdf", PDF), by=city.other_citizen, at=MONDAY)
    with pytest.raises(NotFound):
        asked(city, application, files=[theirs.id])


@pytest.mark.parametrize(("text", "files"), [("  ", 0), ("字" * 2001, 0), ("看附件", 6)])
def test_what_is_empty_or_too_much_is_not_sent(city: City, at_home: Client, text: str, files: int) -> None:
    application = submitted(city)
    with pytest.raises(Invalid):
        asked(city, application, text, files=[new_id() for _ in range(files)])
    before = File.objects.count()
    uploads = [SimpleUploadedFile(f"{number}.pdf", PDF) for number in range(files)]
    page = at_home.post(page_of(application), {"text": text, "files": uploads})
    assert page.status_code == 422
    assert (CaseMessage.objects.count(), File.objects.count()) == (0, before)


def test_a_file_that_is_none_is_named_and_the_text_stays(city: City, at_home: Client) -> None:
    application = submitted(city)
    page = at_home.post(page_of(application), {"text": QUESTION, "files": SimpleUploadedFile("病毒.exe", b"MZ\x90")})
    assert page.status_code == 422
    assert "病毒.exe" in text_of(page)
    assert QUESTION in text_of(page)
    assert not CaseMessage.objects.exists()


def test_the_journal_keeps_the_text_apart(city: City) -> None:
    application = submitted(city)
    asked(city, application)
    entry = journal.entries_of(Subject("casework.application", application.id))[0]
    assert entry.act == "casework.write_message"
    assert "text" not in entry.facts
    assert journal.personal_facts([entry.id])[entry.id]["text"] == QUESTION


def test_only_a_question_is_answered(city: City) -> None:
    application = submitted(city)
    note = talking.write_message(application_id=application.id, text="仅供参考。", by=city.citizen, at=MONDAY)
    with pytest.raises(IntegrityError), transaction.atomic():
        CaseMessage.objects.filter(pk=note.pk).update(answered_at=MONDAY)


def test_my_page_costs_the_same_for_one_and_for_many(city: City, at_home: Client, count_statements) -> None:
    costs = []
    for _each in range(3):
        talking.write_message(application_id=submitted(city).id, text="请回复", needs_answer=True, by=city.clerk, at=MONDAY)
        at_home.get(reverse("casework:my"))
        with count_statements() as sent:
            at_home.get(reverse("casework:my"))
        costs.append(len(sent))
    assert costs[0] == costs[2] <= 18, costs
