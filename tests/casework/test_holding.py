"""Who held an application how long: the days that count are those that the limits have used, whatever stood still."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from onedoor.casework import queries
from onedoor.casework.holding import Held
from onedoor.casework.models import Application
from onedoor.casework.norm import ALL_MET
from onedoor.casework.services import intake, review, special
from onedoor.workdays import queries as limits
from tests.casework.desk import at_desk, text_of, url
from tests.casework.situations import MONDAY, City, accepted, all_checked, paused, submitted, with_papers

pytestmark = pytest.mark.django_db


def days(number: int) -> datetime:
    return MONDAY + timedelta(days=number)


def held(application: Application, now: datetime) -> list[tuple[str, str, int | None]]:
    holding = queries.progress_of(Application.objects.get(pk=application.pk), now=now).holding
    return [(each.who, str(each.name), each.days) for each in holding.stretches]


def test_each_step_has_its_days_and_what_stood_still_is_taken_out(city: City) -> None:
    application = paused(city)  # since Monday
    special.end_special(application_id=application.id, result="符合。", by=city.reviewer, at=days(3))
    review.pass_stage(application_id=application.id, opinion="同意", answers=ALL_MET, by=city.reviewer, at=days(4))
    now = days(8)  # the Tuesday after
    rows = held(application, now)
    assert [(who, count) for who, _name, count in rows] == [("dep", 1), ("stop", 3), ("dep", 2)]
    assert rows[1][1] == "专家评审"
    progress = queries.progress_of(Application.objects.get(pk=application.pk), now=now)
    promise = next(each for each in limits.limits_of([application.id])[application.id] if each.kind == "promise")
    assert (progress.holding.counted, progress.holding.taken_out) == (promise.used_wd(now), 3)


def test_window_and_applicant_take_turns_before_acceptance(city: City) -> None:
    application = submitted(city)
    points = [intake.Point("m1", "申请书", "没有签字", "补签")]
    intake.ask_for_correction(application_id=application.id, points=points, by=city.clerk, at=days(1))
    with_papers(application, by=city.citizen, only=["m1"], at=days(3))
    intake.correct_application(application_id=application.id, answers={}, by=city.citizen, at=days(3))
    intake.accept_application(
        application_id=application.id, checks=all_checked(application), answers=ALL_MET, by=city.clerk, at=days(4)
    )
    progress = queries.progress_of(Application.objects.get(pk=application.pk), now=days(4))
    assert [(each.who, each.time.days) for each in progress.holding.stretches] == [("win", 1), ("app", 2), ("win", 1), ("dep", 0)]
    assert progress.holding.counted == 0


def test_a_pause_that_runs_counts_up_to_now(city: City) -> None:
    application = paused(city)
    assert held(application, days(2)) == [("dep", "审核", 0), ("stop", "专家评审", 2)]


@pytest.mark.parametrize(
    ("time", "said"),
    [
        (timedelta(days=2), "2 天"),
        (timedelta(hours=26), "1 天 2 小时"),
        (timedelta(minutes=61), "1 小时 1 分"),
        (timedelta(seconds=5), "不到 1 分钟"),
    ],
)
def test_times_in_words(time: timedelta, said: str) -> None:
    assert Held("dep", "", time).text == said


def test_both_pages_show_it_with_the_sums(city: City) -> None:
    application = accepted(city)
    desk = text_of(at_desk(city.reviewer).get(url("case", application)))
    assert "计入期限的工作日" in desk
    mine = text_of(at_desk(city.citizen).get(f"/my/applications/{application.id}/"))
    assert "期限是怎么算的" in mine
    assert "当日不计" in mine
