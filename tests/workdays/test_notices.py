"""Reading and entering the State Council's notices."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import connection, transaction
from django.utils import translation

from onedoor.journal.models import Entry
from onedoor.kernel.clock import local_date
from onedoor.kernel.errors import NotAllowed
from onedoor.kernel.subjects import Subject
from onedoor.workdays.arithmetic import Unit
from onedoor.workdays.calendars import DayKind, WorkCalendar
from onedoor.workdays.models import CalendarDay, Limit, Notice
from onedoor.workdays.notices import UnreadableNotice, parse_notice
from onedoor.workdays.queries import calendar, limits_of, load_calendar, unconfirmed_year_warning
from onedoor.workdays.release import release_calendar
from onedoor.workdays.services import (
    end_limits,
    enter_notice,
    extend_limit,
    pause_limits,
    preview_notice,
    resume_limits,
    seed_calendar,
    start_limits,
)
from onedoor.workdays.services.notices import NoticeKnown
from tests.workdays.factories import CLERK, KEEPER, NOW, a_limit, moment, new_limit, notice

N2026, N2027 = notice(2026), notice(2027)


def test_the_notice_for_2026_says_what_chinesecalendar_knows():
    parsed = parse_notice(N2026)
    assert parsed.year == 2026
    assert parsed.is_complete
    known = {day: special for day, special in release_calendar().special.items() if day.year == 2026}
    assert parsed.days == known


@pytest.mark.parametrize(
    ("line", "off", "makeup"),
    [
        ("一、元旦：2023年12月30日（周六）至2024年1月1日（周一）放假，共3天。", ["2023-12-30", "2023-12-31", "2024-01-01"], []),
        (
            "一、元旦：2024年1月1日至3日放假调休，共3天。2023年12月31日（星期日）上班。",
            ["2024-01-01", "2024-01-02", "2024-01-03"],
            ["2023-12-31"],
        ),
        ("一、元旦：1月1日放假，与周末连休。", ["2024-01-01"], []),
        ("一、元旦：１月１日（星期一）放假１天，不调休。", ["2024-01-01"], []),
        ("三、清明节：4月5日放假，4月6日（星期六）补休。", ["2024-04-05", "2024-04-06"], []),
        (
            "四、劳动节:5月1日至5日放假调休,共5天。4月28日(星期日)、5月11日(星期六)上班。",
            ["2024-05-01", "2024-05-02", "2024-05-03", "2024-05-04", "2024-05-05"],
            ["2024-04-28", "2024-05-11"],
        ),
        (
            "二、春节：2月10日至17日放假调休，共8天。2月4日（星期日）、2月18日（星期日）上班。鼓励各单位结合带薪年休假等制度落实，安排职工在除夕（2月9日）休息。",
            [f"2024-02-{n}" for n in range(10, 18)],
            ["2024-02-04", "2024-02-18"],
        ),
        (
            "六、国庆节、中秋节：9月29日（周日）至10月2日（周三）放假，共4天。",
            ["2024-09-29", "2024-09-30", "2024-10-01", "2024-10-02"],
            [],
        ),
    ],
)
def test_sentences_as_they_were_written_over_the_years(line: str, off: list[str], makeup: list[str]):
    parsed = parse_notice(f"国务院办公厅关于2024年部分节假日安排的通知\n{line}")
    holidays = sorted(day.isoformat() for day, special in parsed.days.items() if special.kind is DayKind.HOLIDAY)
    assert (holidays, [day.isoformat() for day in parsed.makeups]) == (off, makeup)


@pytest.mark.parametrize(
    ("right", "wrong", "why", "line"),
    [
        ("1月4日（周日）上班", "1月4日（周六）上班", "2026-01-04 is a 周日, not a 周六", "1月4日(周六)上班"),
        ("放假调休，共9天", "放假调休，共8天", "It says 8 days, but names 9", "2月15日(农历腊月二十八、周日)至23日"),
        ("5月9日（周六）上班", "5月8日（周五）上班", "must be a Saturday or a Sunday", "5月8日(周五)上班"),
        ("6月19日（周五）至21日（周日）", "6月31日至32日", "no such date", "6月31日"),
        ("4月4日（周六）至6日（周一）放假，共3天", "4月4日至6日祭扫", "neither 放假 nor 上班", "祭扫"),
        ("9月25日（周五）至27日（周日）放假，共3天", "9月27日至25日放假，共3天", "ends before it starts", "9月27日至25日"),
        ("9月20日（周日）、10月10日（周六）上班", "9月27日（周日）上班", "named twice", "9月27日"),
        ("六、中秋节", "六、中元节", "not known", "中元节"),
        ("10月1日（周四）至7日（周三）放假调休，共7天", "10月2日（周五）至8日（周四）放假调休，共7天", "10月1日 must be off", ""),
        ("2026年", "", "year is missing", ""),
        (
            "10月1日（周四）至7日（周三）放假调休，共7天。",
            "2027年10月1日至7日放假，共7天。",
            "does not belong to the year",
            "2027年10月1日",
        ),
        ("5月1日（周五）至5日（周二）放假调休，共5天。", "", "no days off", "5月9日"),
    ],
)
def test_a_contradiction_is_refused_with_its_line(right: str, wrong: str, why: str, line: str):
    assert right in N2026
    with pytest.raises(UnreadableNotice) as refusal, translation.override("en"):
        parse_notice(N2026.replace(right, wrong))
    with translation.override("en"):
        assert why in str(refusal.value)
        assert line in str(refusal.value)


def test_a_notice_pasted_without_its_line_breaks_was_refused_for_its_date_of_issue():
    ending = "节假日期间，各地区、各部门要妥善安排好值班和安全、保卫等工作。国务院办公厅2025年11月4日"
    assert parse_notice(N2026.replace("\n", "") + ending).days == parse_notice(N2026).days


def test_text_that_is_no_notice_is_refused():
    with pytest.raises(UnreadableNotice):
        parse_notice("")
    with pytest.raises(UnreadableNotice):
        parse_notice("关于2027年部分节假日安排的通知\n大家好")


def enter(text: str = N2027):
    return enter_notice(text=text, by=KEEPER, at=NOW)


@pytest.mark.django_db
class TestEntering:
    def test_the_year_is_confirmed_and_running_limits_are_computed_anew(self):
        provisional = a_limit(length=45, start="2026-11-23")
        certain = a_limit(length=5, start="2026-11-23")
        spring = a_limit(length=54, start="2026-11-23")
        ended = a_limit(length=45, start="2026-11-23")
        paused = a_limit("legal", 45, "2026-11-23")
        end_limits([ended.subject_id], ["promise"], moment("2026-11-24"))
        pause_limits([paused.subject_id], ["legal"], "听证", CLERK, moment("2026-11-24"))
        assert not provisional.confirmed
        assert local_date(spring.due_at) == date(2027, 2, 12)
        assert unconfirmed_year_warning(date(2026, 11, 24)) == 2027

        outcome = enter()

        assert (outcome.limits.limits, outcome.limits.moved, outcome.limits.marked) == (4, 1, 2)
        rows = Limit.objects.in_bulk()
        assert rows[provisional.pk].confirmed
        assert rows[provisional.pk].due_at == provisional.due_at
        assert local_date(rows[spring.pk].due_at) == date(2027, 2, 14)
        assert (rows[certain.pk].due_at, rows[certain.pk].edition) == (certain.due_at, 1)
        assert (rows[ended.pk].confirmed, rows[ended.pk].edition) == (False, 0)
        assert rows[paused.pk].confirmed
        assert unconfirmed_year_warning(date(2026, 11, 24)) is None
        assert CalendarDay.objects.filter(source="official", confirmed=True).count() == 365

    def test_one_journal_entry_with_the_counts(self):
        a_limit(length=45, start="2026-11-23")
        enter()
        entry = Entry.objects.get(act="workdays.enter_notice")
        assert entry.account_id == KEEPER.account
        assert entry.facts == {"year": 2027, "edition": 1, "changed": entry.facts["changed"], "limits": 1, "moved": 0, "marked": 1}
        assert entry.facts["changed"] == len(preview_changes_from_release())

    def test_preview_tells_the_same_and_changes_nothing(self):
        a_limit(length=54, start="2026-11-23")
        preview = preview_notice(N2027)
        assert not Notice.objects.exists()
        assert not CalendarDay.objects.exists()
        assert not Limit.objects.get().confirmed
        assert enter() == preview

    def test_calendar_in_the_database_says_what_the_notice_says(self):
        enter()
        stored = load_calendar()
        assert stored.edition == 1
        assert {day: what for day, what in stored.special.items() if day.year == 2027} == parse_notice(N2027).days
        assert {day: what for day, what in stored.special.items() if day.year == 2026} == parse_notice(N2026).days

    def test_the_same_notice_again_is_known(self):
        enter()
        with pytest.raises(NoticeKnown):
            enter()
        assert Notice.objects.count() == 1

    def test_a_corrected_notice_moves_what_rests_on_it(self):
        enter()
        limit = a_limit(length=54, start="2026-11-23")
        wrong = local_date(limit.due_at)
        outcome = enter(N2027.replace("1月30日（周六）、2月14日（周日）上班", "1月31日（周日）、2月20日（周六）上班"))
        assert [each.date.isoformat() for each in outcome.changes] == ["2027-01-30", "2027-01-31", "2027-02-14", "2027-02-20"]
        assert local_date(Limit.objects.get().due_at) > wrong
        assert load_calendar().kind(date(2027, 1, 30)) is DayKind.WEEKEND
        assert calendar().edition == 2

    def test_a_partial_notice_corrects_an_announced_year_only(self):
        part = "国务院办公厅关于2027年劳动节放假的通知\n一、劳动节：5月1日至4日放假调休，共4天。5月8日（周六）上班。"
        with pytest.raises(UnreadableNotice):
            enter(part)
        enter()
        outcome = enter(part)
        assert [each.date.isoformat() for each in outcome.changes] == ["2027-04-25", "2027-05-05"]
        assert load_calendar().kind(date(2027, 10, 7)) is DayKind.HOLIDAY

    def test_days_before_new_year_belong_to_the_notice(self):
        enter(
            N2027.replace(
                "2027年1月1日（周五）至3日（周日）放假，共3天。",
                "2026年12月31日（周四）至2027年1月2日（周六）放假，共3天。2027年1月3日（周日）上班。",
            )
        )
        stored = load_calendar()
        assert stored.kind(date(2026, 12, 31)) is DayKind.HOLIDAY
        assert stored.kind(date(2026, 10, 10)) is DayKind.MAKEUP
        enter()
        assert load_calendar().kind(date(2026, 12, 31)) is DayKind.WORKDAY

    def test_who_does_not_keep_the_calendar_is_refused(self):
        with pytest.raises(NotAllowed):
            enter_notice(text=N2027, by=CLERK, at=NOW)
        with pytest.raises(NotAllowed):
            seed_calendar(by=CLERK, at=NOW)
        assert not Notice.objects.exists()
        assert not Entry.objects.exists()

    def test_a_limit_of_a_process_that_has_the_old_calendar_gets_the_new_one(self, monkeypatch):
        old = load_calendar()
        enter()
        monkeypatch.setattr("onedoor.workdays.queries._kept", [old])
        limit = a_limit(length=45, start="2026-11-23")
        stored = Limit.objects.get()
        assert (limit.confirmed, stored.confirmed, stored.edition) == (True, True, 1)

    def test_a_reader_with_the_old_calendar_learns_of_the_notice(self, monkeypatch):
        limit = a_limit(length=54, start="2026-11-23")
        old = load_calendar()
        enter()
        monkeypatch.setattr("onedoor.workdays.queries._kept", [old])
        (view,) = limits_of([limit.subject_id])[limit.subject_id]
        assert view.calendar.edition == calendar().edition == 1
        assert local_date(view.due_at) == date(2027, 2, 14)

    @pytest.mark.parametrize("act", ["resume", "extend"])
    def test_acts_on_a_running_limit_use_the_newest_calendar(self, monkeypatch, act: str):
        limit = a_limit("legal", 40, "2026-11-23")
        pause_limits([limit.subject_id], ["legal"], "听证", CLERK, moment("2026-11-23"))
        old = load_calendar()
        enter()
        monkeypatch.setattr("onedoor.workdays.queries._kept", [old])
        resume_limits([limit.subject_id], ["legal"], CLERK, moment("2026-12-11"))
        if act == "extend":
            monkeypatch.setattr("onedoor.workdays.queries._kept", [old])
            extend_limit(limit.subject_id, "legal", 1, CLERK, moment("2026-12-12"))
        row = Limit.objects.get()
        assert (row.confirmed, row.edition) == (True, 1)
        assert row.due_at == moment("2027-02-15 17:30" if act == "extend" else "2027-02-14 17:30")

    def test_many_limits_are_computed_in_batches(self, django_assert_max_num_queries):
        with transaction.atomic():
            start_limits([new_limit("promise", 45, "2026-11-23") for _ in range(4100)])
        with django_assert_max_num_queries(30):
            assert enter().limits.marked == 4100


def preview_changes_from_release():
    base, parsed = release_calendar(), parse_notice(N2027)
    after = WorkCalendar(parsed.days, frozenset({2027}))
    days = [date.fromordinal(n) for n in range(date(2027, 1, 1).toordinal(), date(2028, 1, 1).toordinal())]
    return [day for day in days if base.kind(day) is not after.kind(day)]


@pytest.mark.django_db
class TestSeeding:
    def test_every_day_of_the_release_is_laid_down_once(self):
        assert seed_calendar(by=KEEPER, at=NOW) == CalendarDay.objects.count() == 11688
        assert CalendarDay.objects.filter(source="package", confirmed=True, date__year=2026).count() == 365
        assert CalendarDay.objects.filter(source="projected", confirmed=False, date__year=2027).count() == 365
        assert CalendarDay.objects.get(date=date(2026, 2, 14)).kind == "makeup"
        assert seed_calendar(by=KEEPER, at=NOW) == 0
        assert not Notice.objects.exists()

    def test_a_newer_release_is_a_new_edition_and_leaves_notices_alone(self, monkeypatch):
        seed_calendar(by=KEEPER, at=NOW)
        enter()
        limit = a_limit(length=10, start="2028-01-01")
        base = release_calendar()
        newer = base.with_days(
            {}, confirmed_years=base.confirmed_years | {2027, 2028}, projected_years=base.projected_years - {2027, 2028}, edition=0
        )
        for place in ("queries", "services.notices"):
            monkeypatch.setattr(f"onedoor.workdays.{place}.release_calendar", lambda _: newer)
        assert not limit.confirmed
        assert seed_calendar(by=KEEPER, at=NOW) == 366
        assert Limit.objects.get().confirmed
        assert CalendarDay.objects.filter(source="official").count() == 365
        assert calendar().edition == 2


@pytest.mark.django_db
def test_limit_kinds_of_hours_and_days_survive_a_round_trip():
    subject = Subject("hotline.order", new_limit("x", 1, "2026-10-12").subject.id)
    limit = a_limit("legal", 4, "2026-09-30 16:30", unit=Unit.WORKING_HOURS, subject=subject)
    assert Limit.objects.get().due_at == limit.due_at == moment("2026-10-08 11:30")
    assert connection.vendor == "postgresql"
