"""Opening days are not the legal working days: Saturday mornings, holidays, days worked in exchange."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

import pytest
from django.utils.translation import override

from onedoor.kernel.clock import SHANGHAI
from onedoor.network import opening, queries, services
from onedoor.network.entries import NewSpecialDay
from onedoor.network.opening import Period, Schedule, state
from onedoor.workdays.release import release_calendar
from tests.network.factories import BUILDER, BUILT_AT, HOURS, SmallCity


def schedule(code: str) -> Schedule:
    weekly: dict[int, list[Period]] = {}
    for each in HOURS:
        if each.code == code:
            weekly.setdefault(each.weekday, []).append(Period(each.opens, each.closes))
    return Schedule(weekly)


HALL, ROOM = schedule("HALL-CITY"), schedule("ROOM-VILLAGE")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("hours", "moment", "said"),
    [
        (HALL, "2026-11-24 14:00", "今天到 17:30"),
        (HALL, "2026-11-24 10:00", "到 12:00，13:30 再开"),
        (HALL, "2026-11-24 12:00", "今天 13:30 开门"),
        (HALL, "2026-11-24 17:30", "明天 08:30 开门"),
        (HALL, "2026-11-28 09:00", "今天到 12:00"),
        (HALL, "2026-11-28 12:00", "11 月 30 日（周一）08:30开门"),
        (ROOM, "2026-11-24 09:00", "明天 08:30 开门"),
        # National Day 2026: 1 to 7 October; Saturday 10 October is worked in exchange.
        (HALL, "2026-09-30 18:00", "10 月 8 日（周四）08:30开门"),
        (HALL, "2026-10-03 09:00", "10 月 8 日（周四）08:30开门"),
        (HALL, "2026-10-10 14:00", "今天到 17:30"),
        (ROOM, "2026-10-10 09:00", "10 月 12 日（周一）08:30开门"),
        (Schedule(), "2026-11-24 09:00", "近期不开放"),
    ],
)
def test_state_as_people_read_it(hours: Schedule, moment: str, said: str) -> None:
    with override("zh-hans"):
        assert state(hours, release_calendar(), at(moment)).text.replace(" 开门", "开门") == said.replace(" 开门", "开门")


def test_every_minute_of_a_week_agrees_with_the_periods() -> None:
    calendar = release_calendar()
    start = at("2026-11-23 00:00")
    for minute in range(0, 7 * 24 * 60, 5):
        now = start + timedelta(minutes=minute)
        expected = any(p.opens <= now.time() < p.closes for p in HALL.on(now.date(), calendar))
        found = state(HALL, calendar, now)
        assert found.is_open is expected
        assert found.opens is None or found.opens > now


def test_special_day_wins_over_holiday_and_weekday() -> None:
    special = {date(2026, 10, 1): [Period(time(9), time(11))], date(2026, 11, 24): []}
    hours = Schedule(HALL.weekly, special)
    assert state(hours, release_calendar(), at("2026-10-01 10:00")).is_open
    assert not state(hours, release_calendar(), at("2026-11-24 10:00")).is_open


def test_hours_by_appointment_do_not_count_as_open() -> None:
    hours = Schedule({1: [Period(time(9), time(11), by_appointment=True)]})
    assert not state(hours, release_calendar(), at("2026-11-24 10:00")).is_open


def test_open_state_costs_no_statement_when_warm(city: SmallCity, django_assert_num_queries) -> None:
    hall = queries.site_for("HALL")
    queries.open_state(hall, at("2026-11-24 10:00"))
    with django_assert_num_queries(0):
        assert queries.open_state(hall, at("2026-11-24 10:00")).is_open


def test_new_hours_hold_at_once(city: SmallCity) -> None:
    hall = queries.site_for("HALL")
    assert queries.open_state(hall, at("2026-11-24 10:00")).is_open
    services.set_hours([], [NewSpecialDay("HALL-CITY", date(2026, 11, 24), reason="停电")], by=BUILDER, at=BUILT_AT)
    assert not queries.open_state(hall, at("2026-11-24 10:00")).is_open


def test_site_out_of_service_says_so() -> None:
    class Closed:
        is_open = False
        hours_code = "HALL-CITY"

    with override("zh-hans"):
        assert queries.open_state(Closed(), at("2026-11-24 10:00")).text == "暂停服务"


def test_hall_of_the_city_stands_in_the_strip(city: SmallCity) -> None:
    found = queries.main_hall_state(at("2026-11-24 10:00"))
    assert found is not None
    assert found.is_open
    opening.forget()
