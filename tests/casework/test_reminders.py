"""Reminders: to whom it concerns, a working day before, by day, once; and of what took longer than declared."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from onedoor.casework.models import Application, Reminder
from onedoor.casework.norm import ALL_MET
from onedoor.casework.services import handover, intake, reminders, review
from onedoor.documents.models import Paper
from onedoor.journal import queries as journal
from onedoor.kernel.clock import SHANGHAI
from onedoor.kernel.subjects import Subject
from onedoor.notify.models import Message
from onedoor.workdays import queries as limits
from onedoor.workdays.models import Limit
from tests.casework.situations import MONDAY, City, accepted, before_decision, paused, submitted, system

pytestmark = pytest.mark.django_db


def at(day: date, hour: int = 9) -> datetime:
    return datetime(day.year, day.month, day.day, hour, 0, tzinfo=SHANGHAI)


def due_of(application: Application, kind: str) -> date:
    return next(each.due_date for each in limits.limits_of([application.id])[application.id] if each.kind == kind)


def told(rule: str) -> list[object]:
    return list(Message.objects.filter(template=f"casework.ends_{rule}").order_by("pk").values_list("account_id", flat=True))


def remind(day: date, hour: int = 9) -> int:
    return reminders.remind(by=system(), at=at(day, hour))


def test_who_has_it_in_hand_hears_a_working_day_before_and_once(city: City) -> None:
    application = review.take_stage(application_id=accepted(city).id, by=city.reviewer, at=MONDAY)
    due = due_of(application, "promise")
    before = limits.calendar().sub_wd(due, 1)
    assert remind(limits.calendar().sub_wd(due, 2)) == Reminder.objects.count()
    assert told("promise") == []
    remind(before)
    assert told("promise") == [city.reviewer.account]
    remind(before, 15)
    remind(due)
    assert told("promise") == [city.reviewer.account]


def test_nobody_is_told_at_night(city: City) -> None:
    application = review.take_stage(application_id=accepted(city).id, by=city.reviewer, at=MONDAY)
    before = limits.calendar().sub_wd(due_of(application, "promise"), 1)
    for hour in (0, 7, 20, 23):
        assert remind(before, hour) == 0
    assert not Message.objects.filter(template__startswith="casework.ends_").exists()


def test_what_nobody_has_in_hand_is_told_to_the_posts_in_charge(city: City) -> None:
    application = accepted(city)
    remind(limits.calendar().sub_wd(due_of(application, "promise"), 1))
    assert set(told("promise")) == {city.reviewer.account, city.approver.account}


def test_of_several_limits_on_one_day_the_one_that_binds_is_told(city: City) -> None:
    application = before_decision(city)
    due, of_case = due_of(application, "promise"), Limit.objects.filter(subject_id=application.id)
    of_case.filter(kind="legal").update(due_at=of_case.get(kind="promise").due_at)
    remind(limits.calendar().sub_wd(due, 1))
    assert told("legal") == [city.approver.account]
    assert told("promise") == []
    assert Reminder.objects.filter(rule="promise").count() == 1


def test_applicants_hear_before_their_time_for_missing_papers_ends(city: City) -> None:
    application = submitted(city)
    points = [intake.Point("m1", "申请书", "没有签字", "补签")]
    intake.ask_for_correction(application_id=application.id, points=points, by=city.clerk, at=MONDAY)
    remind(limits.calendar().sub_wd(due_of(application, "correction"), 2))
    message = Message.objects.get(template="casework.correction_ends", channel="inbox")
    assert message.account_id == city.citizen.account


def test_a_special_procedure_that_takes_longer_is_told_to_who_asked_and_to_the_head(city: City) -> None:
    application = paused(city)
    due = due_of(application, "special")
    remind(due)
    assert told("special_late") == []
    remind(due + timedelta(days=1))
    remind(due + timedelta(days=2))
    assert set(told("special_late")) == {city.reviewer.account, city.head.account}
    entries = [each.act for each in journal.entries_of(Subject("casework.application", application.id))]
    assert entries.count("casework.remind") == 1


def test_paused_limits_remind_nobody(city: City) -> None:
    application = paused(city)
    remind(limits.calendar().sub_wd(due_of(application, "promise"), 1))
    assert told("promise") == told("stage") == []


def test_holders_hear_while_there_is_time_to_apply_for_a_renewal(city: City) -> None:
    application = before_decision(city)
    review.decide_application(
        application_id=application.id, granted=True, reason="同意", answers=ALL_MET, by=city.approver, at=MONDAY
    )
    review.close_application(application_id=application.id, by=city.clerk, at=MONDAY)
    handover.collect_result(application_id=application.id, by=city.citizen, at=MONDAY)
    ends = Paper.objects.get(subject_id=application.id, kind="certificate").valid_to
    remind(ends - timedelta(days=61))
    assert not Message.objects.filter(template="casework.certificate_ends").exists()
    remind(ends - timedelta(days=60))
    remind(ends - timedelta(days=50))
    message = Message.objects.get(template="casework.certificate_ends", channel="inbox")
    assert message.values["due"] == ends.isoformat()
    assert message.values["apply"] == (ends - timedelta(days=30)).isoformat()


def test_looking_costs_the_same_however_many_were_told(city: City, count_statements) -> None:
    application = review.take_stage(application_id=accepted(city).id, by=city.reviewer, at=MONDAY)
    before = limits.calendar().sub_wd(due_of(application, "promise"), 1)
    while remind(before):
        continue
    with count_statements() as sent:
        assert remind(before) == 0
    assert len([each for each in sent if "SAVEPOINT" not in each["sql"]]) <= 2 + len(reminders.RULES)
