"""The bell of the desk: officers hear what changes without them a case that they had in hand or wrote to."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine

from onedoor.casework import queries, states
from onedoor.casework.models import Application
from onedoor.casework.services import clock, handover, intake, review
from onedoor.kernel.errors import WrongState
from onedoor.notify.models import Message
from tests.casework.desk import at_desk, text_of, url
from tests.casework.situations import MONDAY, City, accepted, submitted, system

BELL = "/desk/messages/"


@pytest.fixture(autouse=True)
def monday():
    with time_machine.travel(MONDAY, tick=True):
        yield


def asked(city: City) -> Application:
    application = submitted(city)
    points = [intake.Point("m1", "申请书", "没有签字", "补签后重新上传")]
    intake.ask_for_correction(application_id=application.id, points=points, by=city.clerk, at=MONDAY)
    application.refresh_from_db()
    return application


def for_officers() -> list[tuple[str, object]]:
    return list(Message.objects.filter(template__startswith="casework.desk_").values_list("template", "account_id"))


def test_who_sent_the_notice_hears_that_it_is_answered(city: City) -> None:
    application = asked(city)
    checks = [intake.Check("m1", accepted=True)]
    intake.correct_application(application_id=application.id, answers={}, checks=checks, by=city.citizen, at=MONDAY)
    assert for_officers() == [("casework.desk_answered", city.clerk.account)]
    clerk = at_desk(city.clerk)
    assert '<b class="num">1</b>' in clerk.get("/desk/work/").content.decode()
    page = clerk.get(BELL)
    assert "张＊燕已按告知书补正" in text_of(page)
    assert url("case", application) in page.content.decode()
    assert clerk.post(BELL).status_code == 302
    assert '<b class="num">' not in clerk.get(BELL).content.decode()
    assert "没有消息" in text_of(at_desk(city.reviewer).get(BELL))


def test_who_takes_it_in_himself_is_told_nothing(city: City) -> None:
    application = asked(city)
    checks = [intake.Check("m1", accepted=True)]
    intake.correct_application(application_id=application.id, answers={}, checks=checks, by=city.clerk, at=MONDAY)
    assert for_officers() == []


def test_who_had_it_in_hand_hears_that_it_was_taken_back(city: City) -> None:
    application = accepted(city)
    review.take_stage(application_id=application.id, by=city.reviewer, at=MONDAY)
    handover.withdraw_application(application_id=application.id, reason="不办了", by=city.citizen, at=MONDAY)
    assert for_officers() == [("casework.desk_withdrawn", city.reviewer.account)]


def test_who_sent_the_notice_hears_that_it_was_never_answered(city: City) -> None:
    asked(city)
    assert clock.lapse_corrections(by=system(), at=MONDAY + timedelta(days=60)) == 1
    assert for_officers() == [("casework.desk_lapsed", city.clerk.account)]


def test_nothing_can_be_collected_or_handed_over_of_what_was_taken_back(city: City) -> None:
    application = submitted(city)
    handover.withdraw_application(application_id=application.id, reason="不办了", by=city.citizen, at=MONDAY)
    application.refresh_from_db()
    for actor in (city.citizen, city.clerk):
        offered = queries.next_acts(actor=actor, application=application, runs=[], at=MONDAY)
        assert not {states.COLLECT, states.DELIVER} & set(offered)
    with pytest.raises(WrongState):
        handover.collect_result(application_id=application.id, by=city.citizen, at=MONDAY)
    with pytest.raises(WrongState):
        handover.deliver_application(application_id=application.id, way="window", recipient="张海燕", by=city.clerk, at=MONDAY)
    application.refresh_from_db()
    assert (application.status, application.delivered_at) == ("closed", None)
    assert url("deliver", application) not in at_desk(city.clerk).get(url("case", application)).content.decode()
