"""What holds for all limits, whatever the numbers (no database)."""

from __future__ import annotations

import itertools
from datetime import date, datetime, time, timedelta

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from checks import make_calendar
from onedoor.kernel.clock import SHANGHAI, local_date
from onedoor.workdays.arithmetic import Pause, Unit, due, is_late, late_wd, left_wd, paused, used_wd
from onedoor.workdays.calendars import OFFICE_HOURS, DayKind
from onedoor.workdays.release import FILE, release_calendar

CALENDAR = release_calendar()
days = st.dates(date(2004, 1, 1), date(2040, 12, 31))
lengths = st.integers(0, 250)
clocks = st.times().map(lambda clock: clock.replace(microsecond=0, tzinfo=None))
moments = st.builds(lambda day, clock: datetime.combine(day, clock, SHANGHAI), days, clocks)
units = st.sampled_from(list(Unit))
day_units = st.sampled_from([Unit.WORKING_DAYS, Unit.NATURAL_DAYS, Unit.MONTHS, Unit.YEARS])
spans = st.lists(st.integers(0, 20), min_size=2, max_size=6)


def slowly(start: date, n: int) -> date:
    """Count working days one by one, as a clerk with a wall calendar would."""
    day = start
    while n:
        day += timedelta(days=1)
        n -= CALENDAR.kind(day).is_working
    return day


def ends(unit: Unit, length: int, start: datetime, **more: object) -> datetime:
    return due(CALENDAR, unit, length, start, **more).moment  # type: ignore[arg-type]


def test_the_file_of_the_release_is_what_its_sources_say():
    assert FILE.read_text(encoding="utf-8") == make_calendar.text()


@given(days, st.integers(0, 60))
def test_adding_is_counting_one_by_one(day: date, n: int):
    assert CALENDAR.add_wd(day, n) == slowly(day, n)


@given(days, lengths, lengths)
def test_adding_is_additive(day: date, a: int, b: int):
    assert CALENDAR.add_wd(CALENDAR.add_wd(day, a), b) == CALENDAR.add_wd(day, a + b)


@given(days, days, lengths)
def test_adding_is_monotone(a: date, b: date, n: int):
    first, second = sorted((a, b))
    assert CALENDAR.add_wd(first, n) <= CALENDAR.add_wd(second, n)
    assert CALENDAR.add_wd(first, n) < CALENDAR.add_wd(first, n + 1)


@given(days, lengths)
def test_counting_undoes_adding(day: date, n: int):
    assert CALENDAR.workdays(day, CALENDAR.add_wd(day, n)) == n


@given(days, lengths)
def test_subtracting_finds_the_latest_day_with_so_much_left(day: date, n: int):
    found = CALENDAR.sub_wd(day, n)
    assert CALENDAR.is_workday(found)
    assert CALENDAR.workdays(found, day) == n
    assert CALENDAR.workdays(CALENDAR.add_wd(found, 1), day) == n - 1


@given(days, days, days)
def test_counting_is_additive_over_any_day(a: date, b: date, c: date):
    assert CALENDAR.workdays(a, b) + CALENDAR.workdays(b, c) == CALENDAR.workdays(a, c)


@given(day_units, st.integers(1, 250), moments)
def test_never_ends_on_a_day_off(unit: Unit, length: int, start: datetime):
    assume(unit is not Unit.YEARS or length < 100)
    found = due(CALENDAR, unit, length, start)
    assert CALENDAR.kind(found.date) in {DayKind.WORKDAY, DayKind.MAKEUP}
    assert found.moment == datetime.combine(found.date, OFFICE_HOURS.close, SHANGHAI)


@given(st.integers(1, 500), moments)
def test_working_hours_end_within_office_hours_of_a_working_day(length: int, start: datetime):
    moment = ends(Unit.WORKING_HOURS, length, start)
    assert CALENDAR.is_workday(moment.date())
    assert any(opens < moment.time() <= closes for opens, closes in OFFICE_HOURS.periods)
    assert CALENDAR.office_seconds(start, moment) == length * 3600


@given(units, st.integers(0, 60), moments, moments)
def test_a_later_start_never_ends_earlier(unit: Unit, length: int, a: datetime, b: datetime):
    first, second = sorted((a, b))
    assert ends(unit, length, first) <= ends(unit, length, second)


@given(units, st.integers(0, 60), moments, st.integers(0, 200), st.integers(0, 200))
def test_a_pause_never_makes_a_limit_end_earlier(unit: Unit, length: int, start: datetime, after: int, hours: int):
    pause = Pause(start + timedelta(hours=after), start + timedelta(hours=after + hours))
    assert ends(unit, length, start, pauses=[pause]) >= ends(unit, length, start)


@given(day_units, st.integers(0, 60), moments, spans)
def test_touching_pauses_are_one_pause(unit: Unit, length: int, start: datetime, steps: list[int]):
    edges = [start]
    for step in steps:
        edges.append(edges[-1] + timedelta(days=step))
    split = [Pause(a, b) for a, b in itertools.pairwise(edges)]
    assert ends(unit, length, start, pauses=split) == ends(unit, length, start, pauses=[Pause(edges[0], edges[-1])])


@given(st.integers(0, 60), moments, moments, st.integers(0, 400))
def test_touching_pauses_are_one_pause_in_hours_too(length: int, start: datetime, cut: datetime, hours: int):
    first = max(start, cut)
    middle, last = first + timedelta(hours=hours // 3), first + timedelta(hours=hours)
    for unit in (Unit.WORKING_HOURS, Unit.HOURS):
        split = [Pause(first, middle), Pause(middle, last)]
        assert ends(unit, length, start, pauses=split) == ends(unit, length, start, pauses=[Pause(first, last)])


HOLIDAYS = sorted(day for day, special in CALENDAR.special.items() if special.kind is DayKind.HOLIDAY)


@given(st.sampled_from(HOLIDAYS), st.integers(1, 30), st.integers(0, 30))
def test_a_pause_over_a_holiday_costs_nothing_extra(holiday: date, before: int, length: int):
    """Pausing from the last working day before a break to its last day takes nothing out of a limit in working days."""
    first = CALENDAR.roll_back(holiday)
    last = CALENDAR.roll(holiday) - timedelta(days=1)
    pause = Pause(datetime.combine(first, time(12), SHANGHAI), datetime.combine(last, time(12), SHANGHAI))
    start = datetime.combine(first - timedelta(days=before), time(9), SHANGHAI)
    assert paused(CALENDAR, Unit.WORKING_DAYS, [pause]) == 0
    assert ends(Unit.WORKING_DAYS, length, start, pauses=[pause]) == ends(Unit.WORKING_DAYS, length, start)


@given(st.integers(0, 60), st.integers(0, 30), moments)
def test_an_extension_is_a_longer_limit(length: int, extension: int, start: datetime):
    for unit in Unit:
        assert ends(unit, length, start, extension=extension) == ends(unit, length + extension, start)


@given(st.integers(0, 60), moments, moments)
def test_late_left_and_used_agree(length: int, start: datetime, now: datetime):
    found = due(CALENDAR, Unit.WORKING_DAYS, length, start)
    late = late_wd(CALENDAR, Unit.WORKING_DAYS, found, now)
    assert (late > 0) == is_late(Unit.WORKING_DAYS, found, now) == (local_date(now) > found.date)
    if not late:
        assert left_wd(CALENDAR, found, now) >= 0
        assert used_wd(CALENDAR, start, now) + left_wd(CALENDAR, found, now) == length


@settings(max_examples=30)
@given(moments, lengths)
def test_confirmed_dates_never_move_when_a_later_year_is_announced(start: datetime, length: int):
    """Whatever the notice for 2027 turns out to be, a date that was confirmed stays."""
    found = due(CALENDAR, Unit.WORKING_DAYS, length, start)
    free = CALENDAR.with_days(
        {date(2027, 1, 1) + timedelta(days=n): None for n in range(365)},
        confirmed_years=CALENDAR.confirmed_years | {2027},
        projected_years=CALENDAR.projected_years - {2027},
        edition=1,
    )
    assert not found.confirmed or due(free, Unit.WORKING_DAYS, length, start).moment == found.moment
