"""The decided edge cases of the clock, row by row (domain.md 2.9 and 3.4)."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from onedoor.kernel.clock import SHANGHAI, local_date
from onedoor.workdays.arithmetic import (
    Due,
    Light,
    OverlappingPauses,
    Pause,
    Unit,
    due,
    earliest,
    is_late,
    late_wd,
    left_wd,
    light,
    paused,
    used_wd,
)
from onedoor.workdays.calendars import DayKind, OfficeHours
from onedoor.workdays.release import release_calendar

CALENDAR = release_calendar()
WD, ND = Unit.WORKING_DAYS, Unit.NATURAL_DAYS


def at(text: str) -> datetime:
    """Return a moment from ``10-12``, ``2025-12-31`` or either with a time of day; at nine in the morning when none is given."""
    day, _, clock = text.partition(" ")
    full = day if len(day) == 10 else f"2026-{day}"
    return datetime.fromisoformat(f"{full}T{clock or '09:00'}").replace(tzinfo=SHANGHAI)


def day(text: str) -> date:
    return at(text).date()


def pauses(*pairs: tuple[str, str]) -> list[Pause]:
    return [Pause(at(start), at(end)) for start, end in pairs]


def ends(start: str, length: int, unit: Unit = WD, **more: object) -> Due:
    return due(CALENDAR, unit, length, at(start), **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("row", "start", "length", "unit", "expected"),
    [
        (1, "10-17", 5, WD, "10-23"),
        (1, "10-16", 5, WD, "10-23"),
        (2, "02-14", 1, WD, "02-24"),
        (3, "11-01 23:59", 5, WD, "11-06"),
        (3, "11-02 00:01", 5, WD, "11-09"),
        (4, "10-03", 5, WD, "10-13"),
        (4, "09-30", 5, WD, "10-13"),
        (5, "10-17", 0, WD, "10-17"),
        (6, "09-24", 5, WD, "10-09"),
        (6, "09-24", 10, WD, "10-15"),
        (7, "10-09", 5, WD, "10-15"),
        (7, "10-08", 5, WD, "10-14"),
        (7, "09-28", 5, WD, "10-10"),
        (17, "09-18", 15, ND, "10-08"),
        (18, "09-10", 30, ND, "10-10"),
        (18, "11-18", 10, ND, "11-30"),
        (20, "01-31", 1, Unit.MONTHS, "02-28"),
        (20, "04-01", 1, Unit.MONTHS, "05-06"),
        (21, "02-12", 5, WD, "02-26"),
        (21, "02-12", 10, ND, "02-24"),
        (22, "10-10", 5, WD, "10-16"),
        (23, "10-12", 3, WD, "10-15"),
        (24, "09-10", 20, WD, "10-14"),
        (26, "11-23", 28, WD, "12-31"),
        (26, "11-23", 45, WD, "2027-01-26"),
        (28, "03-02", 45, WD, "05-08"),
        (28, "03-02", 60, WD, "05-28"),
        (29, "09-28", 8, WD, "10-14"),
        (29, "09-28", 20, WD, "10-30"),
        (30, "09-24", 10, WD, "10-15"),
        (31, "09-29", 5, WD, "10-12"),
        (32, "2025-12-31", 1, WD, "2026-01-04"),
    ],
)
def test_row_of_the_decided_cases(row: int, start: str, length: int, unit: Unit, expected: str):
    assert ends(start, length, unit).date == day(expected), f"2.9 row {row}"


@pytest.mark.parametrize(
    ("start", "length", "expected"),
    [
        ("02-12", 5, "02-26"),
        ("02-13", 1, "02-14"),
        ("02-13", 10, "03-05"),
        ("04-30", 3, "05-08"),
        ("04-30", 5, "05-11"),
        ("05-08", 1, "05-09"),
        ("06-18", 3, "06-24"),
        ("09-18", 5, "09-24"),
        ("09-24", 1, "09-28"),
        ("09-30", 1, "10-08"),
        ("09-30", 5, "10-13"),
        ("2025-09-30", 1, "2025-10-09"),
        ("11-23", 20, "12-21"),
    ],
)
def test_vector_of_the_calendar(start: str, length: int, expected: str):
    found = ends(start, length)
    assert found.date == day(expected)
    assert found.moment == datetime.combine(day(expected), datetime.min.time(), SHANGHAI).replace(hour=17, minute=30)
    assert found.confirmed


def test_pause_example_of_the_calendar_section():
    assert ends("09-18", 10).date == day("10-09")
    assert ends("09-18", 10, pauses=pauses(("09-21", "09-24"))).date == day("10-13")


@pytest.mark.parametrize(
    ("row", "start", "length", "pairs", "out", "expected"),
    [
        (8, "10-12", 10, [("10-17", "10-21")], 3, "10-29"),
        (8, "10-12", 10, [("10-16", "10-21")], 3, "10-29"),
        (9, "10-12", 10, [("10-14", "10-18")], 2, "10-28"),
        (9, "10-12", 10, [("10-14", "10-16")], 2, "10-28"),
        (10, "09-28", 5, [("10-01", "10-07")], 0, "10-10"),
        (10, "09-28", 5, [("10-01", "10-08")], 1, "10-12"),
        (11, "10-12", 10, [("10-14", "10-14")], 0, "10-26"),
        (12, "10-12", 10, [("10-14", "10-16"), ("10-16", "10-20")], 4, "10-30"),
        (12, "10-12", 10, [("10-14", "10-20")], 4, "10-30"),
        (13, "10-12", 10, [("10-12", "10-15")], 3, "10-29"),
        (15, "09-18", 20, [("09-21", "09-24")], 3, "10-27"),
        (15, "09-18", 8, [("09-21", "09-24")], 3, "10-10"),
        (23, "10-12", 3, [("10-19", "10-22")], 3, "10-20"),
    ],
)
def test_pauses_in_working_days(row: int, start: str, length: int, pairs: list[tuple[str, str]], out: int, expected: str):
    assert paused(CALENDAR, WD, pauses(*pairs)) == out, f"2.9 row {row}"
    assert ends(start, length, pauses=pauses(*pairs)).date == day(expected), f"2.9 row {row}"


def test_row_5_instant_item_decided_the_next_monday_is_late():
    found = ends("10-17", 0)
    assert is_late(WD, found, at("10-19"))
    assert late_wd(CALENDAR, WD, found, at("10-19")) == 1
    assert not is_late(WD, found, at("10-17 23:59"))


def test_row_6_deemed_acceptance_dates_back_to_the_arrival():
    notice = ends("09-24", 5)
    assert not is_late(WD, notice, at("10-09 23:59"))
    assert is_late(WD, notice, at("10-10 00:00"))
    assert used_wd(CALENDAR, at("09-24"), at("10-10 00:00")) == 6


def test_row_14_open_pause_counts_up_to_today():
    open_pause = [Pause(at("10-14"), None)]
    assert paused(CALENDAR, WD, open_pause, at("10-20")) == 4
    assert used_wd(CALENDAR, at("10-12"), at("10-20"), open_pause) == 2
    assert ends("10-12", 10, pauses=open_pause, now=at("10-20")).date == day("10-30")
    assert ends("10-12", 10, pauses=open_pause).date == day("10-26")


def test_row_15_extension_moves_the_law_only():
    pause = pauses(("09-21", "09-24"))
    assert ends("09-18", 20, pauses=pause, extension=10).date == day("11-10")
    assert ends("09-18", 8, pauses=pause).date == day("10-10")


def test_row_19_pause_counts_in_the_unit_of_the_limit():
    pause = pauses(("09-14", "09-20"))
    assert paused(CALENDAR, ND, pause) == 6
    assert ends("09-10", 20, ND, pauses=pause).date == day("10-08")
    assert ends("09-10", 20, ND).date == day("09-30")


def test_row_21_the_earlier_of_law_and_promise_binds():
    assert earliest([ends("02-12", 5), ends("02-12", 10, ND)]).date == day("02-24")


def test_row_22_lateness_compares_dates_and_not_counts():
    found = ends("10-10", 5)
    assert late_wd(CALENDAR, WD, found, at("10-17")) == 1
    assert used_wd(CALENDAR, at("10-10"), at("10-17")) == 5


def test_row_23_a_late_pause_heals_nothing():
    assert late_wd(CALENDAR, WD, ends("10-12", 3), at("10-19")) == 2
    after = ends("10-12", 3, pauses=pauses(("10-19", "10-22")))
    assert after.date == day("10-20")
    assert late_wd(CALENDAR, WD, after, at("10-22")) == 2


def test_row_24_renewal_ends_before_the_permit_does():
    assert ends("09-10", 20, not_after=day("10-05")).date == day("09-30")
    assert ends("09-10", 20, not_after=day("12-31")).date == day("10-14")


def test_row_25_hours():
    assert ends("09-30 16:30", 4, Unit.WORKING_HOURS).moment == at("10-08 11:30")
    assert ends("09-30 16:30", 24, Unit.HOURS).moment == at("10-01 16:30")
    assert ends("09-30 13:30", 4, Unit.WORKING_HOURS).moment == at("09-30 17:30")
    assert ends("10-03 20:00", 1, Unit.WORKING_HOURS).moment == at("10-08 09:30")
    assert ends("10-12 11:00", 1, Unit.WORKING_HOURS).moment == at("10-12 12:00")
    assert ends("10-12 12:30", 1, Unit.WORKING_HOURS).moment == at("10-12 14:30")
    assert ends("10-12 09:00", 2, Unit.WORKING_HOURS, pauses=pauses(("10-12 10:00", "10-12 14:00"))).moment == at("10-12 15:00")
    assert ends("10-12 09:00", 2, Unit.HOURS, pauses=pauses(("10-12 10:00", "10-12 14:00"))).moment == at("10-12 15:00")


def test_row_26_a_year_not_yet_announced_makes_the_date_provisional():
    assert ends("11-23", 28).confirmed
    found = ends("11-23", 45)
    assert (found.confirmed, found.unconfirmed_years, found.reason) == (False, (2027,), "holidays of 2027 not announced yet")


@pytest.mark.parametrize(
    ("start", "length", "unit", "confirmed"),
    [
        ("12-31", 0, WD, True),
        ("12-30", 1, WD, True),
        ("12-31", 1, WD, False),
        ("12-01", 30, ND, True),
        ("12-01", 40, ND, False),
        ("2025-12-31", 1, Unit.YEARS, True),
        ("12-31", 1, Unit.MONTHS, False),
        ("12-31 16:30", 1, Unit.WORKING_HOURS, True),
        ("12-31 16:30", 2, Unit.WORKING_HOURS, False),
        ("12-31 16:30", 48, Unit.HOURS, True),
    ],
)
def test_provisional_only_when_an_unannounced_day_could_move_it(start: str, length: int, unit: Unit, confirmed: bool):
    assert ends(start, length, unit).confirmed is confirmed


def test_a_pause_in_an_unannounced_year_makes_the_date_provisional():
    late_pause = [Pause(at("12-30"), at("2027-01-05"))]
    assert not ends("12-01", 2, pauses=late_pause).confirmed


def test_row_27_dates_are_local():
    found = ends("10-08", 5)
    assert found.date == day("10-14")
    utc = datetime.fromisoformat("2026-10-14T16:30+00:00")
    assert local_date(utc) == day("10-15")
    assert is_late(WD, found, utc)


def test_row_29_last_day_for_a_missing_paper_is_the_earlier_bound():
    promise = ends("09-28", 8)
    before = CALENDAR.sub_wd(promise.date, 2)
    assert before == day("10-12")
    assert CALENDAR.workdays(before, promise.date) == 2
    assert min(before, ends("09-28", 20).date) == day("10-12")


def test_light():
    found = ends("10-12", 10)
    assert found.date == day("10-26")
    assert light(CALENDAR, WD, 10, found, at("10-21")) is Light.OK
    assert light(CALENDAR, WD, 10, found, at("10-22")) is Light.DUE
    assert light(CALENDAR, WD, 10, found, at("10-26 23:59")) is Light.DUE
    assert light(CALENDAR, WD, 10, found, at("10-27 00:00")) is Light.LATE
    assert left_wd(CALENDAR, found, at("10-26")) == 0
    assert left_wd(CALENDAR, found, at("10-23")) == 1


def test_overlapping_pauses_are_refused():
    with pytest.raises(OverlappingPauses):
        ends("10-12", 10, pauses=pauses(("10-14", "10-16"), ("10-15", "10-20")))
    with pytest.raises(OverlappingPauses):
        ends("10-12", 10, pauses=pauses(("10-16", "10-14")))


def test_2026_as_announced():
    makeups = [each for each, special in CALENDAR.special.items() if each.year == 2026 and special.kind is DayKind.MAKEUP]
    assert makeups == [day(each) for each in ("01-04", "02-14", "02-28", "05-09", "09-20", "10-10")]
    for year in (2025, 2026):
        assert CALENDAR.workdays(date(year - 1, 12, 31), date(year, 12, 31)) == 248


def test_years_without_any_source_still_answer():
    far = due(CALENDAR, WD, 5, at("2040-09-28"))
    assert far.date == date(2040, 10, 10)
    assert not far.confirmed


def test_office_hours_are_configurable():
    calendar = release_calendar(OfficeHours.parse("09:00-12:00,13:00-17:00"))
    assert due(calendar, WD, 1, at("10-12")).moment == at("10-13 17:00")
    with pytest.raises(ValueError, match="12:00"):
        OfficeHours.parse("09:00-12:00,11:00-17:00")
