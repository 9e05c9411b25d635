"""Acts on limits, on a real database."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from onedoor.kernel.clock import local_date
from onedoor.kernel.errors import Invalid
from onedoor.kernel.ids import new_id
from onedoor.kernel.subjects import Subject
from onedoor.workdays.arithmetic import Unit
from onedoor.workdays.models import Limit, LimitPause
from onedoor.workdays.queries import calendar, due_before, due_of, limits_of, overdue_subjects
from onedoor.workdays.services import end_limits, extend_limit, pause_limits, resume_limits, start_limits
from onedoor.workdays.services.limits import (
    AlreadyExtended,
    AlreadyPaused,
    ExtendedTooLate,
    LimitRuns,
    LimitTooLong,
    NoLimitRuns,
    NotPaused,
    PausedLimit,
    PauseTooEarly,
)
from tests.workdays.factories import CLERK, a_limit, moment, new_limit

pytestmark = pytest.mark.django_db


@contextmanager
def refused(why: type[Exception]) -> Iterator[None]:
    """Expect a refusal, and put the transaction back as the act's caller would."""
    with pytest.raises(why), transaction.atomic():
        yield


def due_date(limit: Limit) -> date:
    return local_date(Limit.objects.get(pk=limit.pk).due_at)


@pytest.fixture
def statements():
    calendar()
    return lambda: CaptureQueriesContext(connection)


def test_limit_runs_over_spring_festival():
    limit = a_limit(length=10, start="2026-02-13")
    assert limit.due_at == moment("2026-03-05 17:30")
    stored = Limit.objects.get(pk=limit.pk)
    assert (stored.due_at, stored.confirmed, stored.unit, stored.length, stored.edition) == (
        limit.due_at,
        True,
        "working-days",
        10,
        0,
    )


@pytest.mark.parametrize("n", [1, 200])
def test_budget_start_and_end_take_one_statement(statements, n: int):
    new = [
        new_limit(kind, 10, "2026-10-12", Subject("casework.application", new_id()))
        for _ in range(n)
        for kind in ("legal", "promise")
    ]
    with statements() as sent:
        start_limits(new)
    assert len(sent) == 1
    assert Limit.objects.count() == 2 * n
    with statements() as sent:
        assert end_limits([each.subject.id for each in new], ["legal", "promise"], moment("2026-10-20")) == 2 * n
    assert len(sent) == 1
    assert not Limit.objects.filter(ended_at__isnull=True).exists()


@pytest.mark.parametrize("n", [1, 100])
def test_budget_pause_resume_and_extend_take_at_most_four_statements(statements, n: int):
    limits = start_limits([new_limit("legal", 20, "2026-10-12") for _ in range(n)])
    subjects = [each.subject_id for each in limits]
    with statements() as sent:
        pause_limits(subjects, ["legal", "promise"], "现场勘查", CLERK, moment("2026-10-14"))
    assert len(sent) <= 4
    with statements() as sent:
        resume_limits(subjects, ["legal", "promise"], CLERK, moment("2026-10-20"))
    assert len(sent) <= 4
    with statements() as sent:
        extend_limit(subjects[0], "legal", 10, CLERK, moment("2026-10-21"))
    assert len(sent) <= 4
    with statements() as sent:
        limits_of(subjects)
    assert len(sent) == 2


def test_only_one_limit_of_a_kind_runs_for_a_subject():
    limit = a_limit()
    again = new_limit("promise", 5, "2026-10-13", Subject(limit.subject_kind, limit.subject_id))
    with refused(LimitRuns):
        start_limits([again])
    end_limits([limit.subject_id], ["promise"], moment("2026-10-13"))
    start_limits([again])
    assert [view.length for view in limits_of([limit.subject_id])[limit.subject_id]] == [10, 5]


def test_a_limit_beyond_the_calendar_is_refused():
    with refused(LimitTooLong):
        a_limit(length=10_000_000)


def test_pause_moves_the_due_date_when_work_resumes():
    limit = a_limit()
    (paused,) = pause_limits([limit.subject_id], ["promise", "legal"], "专家评审", CLERK, moment("2026-10-14"))
    assert paused.paused
    assert due_date(limit) == date(2026, 10, 26)
    (resumed,) = resume_limits([limit.subject_id], ["promise"], CLERK, moment("2026-10-16"))
    assert not resumed.paused
    pause_limits([limit.subject_id], ["promise"], "检测", CLERK, moment("2026-10-16 10:00"))
    resume_limits([limit.subject_id], ["promise"], CLERK, moment("2026-10-20"))
    assert due_date(limit) == date(2026, 10, 30)
    pauses = LimitPause.objects.order_by("started_at")
    assert [(each.reason, each.started_by, each.ended_by) for each in pauses] == [
        ("专家评审", CLERK.account, CLERK.account),
        ("检测", CLERK.account, CLERK.account),
    ]


def test_pausing_twice_and_resuming_what_runs_are_refused():
    limit = a_limit()
    with refused(NotPaused):
        resume_limits([limit.subject_id], ["promise"], CLERK, moment("2026-10-13"))
    pause_limits([limit.subject_id], ["promise"], "听证", CLERK, moment("2026-10-14"))
    with refused(AlreadyPaused):
        pause_limits([limit.subject_id], ["promise"], "听证", CLERK, moment("2026-10-15"))
    with refused(PauseTooEarly):
        resume_limits([limit.subject_id], ["promise"], CLERK, moment("2026-10-13"))


def test_a_pause_may_not_reach_back():
    limit = a_limit()
    with refused(PauseTooEarly):
        pause_limits([limit.subject_id], ["promise"], "听证", CLERK, moment("2026-10-11"))
    pause_limits([limit.subject_id], ["promise"], "听证", CLERK, moment("2026-10-14"))
    resume_limits([limit.subject_id], ["promise"], CLERK, moment("2026-10-20"))
    with refused(PauseTooEarly):
        pause_limits([limit.subject_id], ["promise"], "听证", CLERK, moment("2026-10-16"))
    assert LimitPause.objects.count() == 1


def test_the_database_refuses_overlapping_pauses_whoever_writes():
    limit = a_limit()
    rows = [
        LimitPause(limit=limit, started_at=moment(a), ended_at=moment(b), reason="x")
        for a, b in (("2026-10-13", "2026-10-15"), ("2026-10-14", "2026-10-16"))
    ]
    with pytest.raises(IntegrityError, match="workdays_limitpause_no_overlap"), transaction.atomic():
        LimitPause.objects.bulk_create(rows)
    LimitPause.objects.bulk_create(rows[:1])
    LimitPause.objects.update(ended_at=None)
    with pytest.raises(IntegrityError, match="workdays_limitpause_no_overlap"), transaction.atomic():
        LimitPause.objects.create(limit=limit, started_at=moment("2026-10-20"), ended_at=moment("2026-10-21"), reason="x")


def test_extension_moves_the_law_and_leaves_the_shorter_promise():
    law = a_limit("legal", 20, "2026-09-18")
    subject = Subject(law.subject_kind, law.subject_id)
    promise = a_limit("promise", 8, "2026-09-18", subject=subject)
    pause_limits([subject.id], ["legal", "promise"], "检验", CLERK, moment("2026-09-21"))
    with refused(PausedLimit):
        extend_limit(subject.id, "legal", 10, CLERK, moment("2026-09-22"))
    resume_limits([subject.id], ["legal", "promise"], CLERK, moment("2026-09-24"))
    assert (due_date(law), due_date(promise)) == (date(2026, 10, 27), date(2026, 10, 10))
    with refused(ExtendedTooLate):
        extend_limit(subject.id, "legal", 10, CLERK, moment("2026-10-28 00:00"))
    extend_limit(subject.id, "legal", 10, CLERK, moment("2026-10-27 23:00"))
    assert (due_date(law), due_date(promise)) == (date(2026, 11, 10), date(2026, 10, 10))
    with refused(AlreadyExtended):
        extend_limit(subject.id, "legal", 10, CLERK, moment("2026-10-28"))


def test_a_promise_as_long_as_the_law_is_extended_with_it():
    law = a_limit("legal", 20, "2026-09-18")
    promise = a_limit("promise", 20, "2026-09-18", subject=Subject(law.subject_kind, law.subject_id))
    assert len(extend_limit(law.subject_id, "legal", 10, CLERK, moment("2026-09-21"))) == 2
    assert due_date(promise) == due_date(law) == date(2026, 11, 5)


def test_extending_what_does_not_run_is_refused():
    with refused(NoLimitRuns):
        extend_limit(new_id(), "legal", 10, CLERK, moment("2026-10-28"))
    limit = a_limit("legal")
    with refused(Invalid):
        extend_limit(limit.subject_id, "legal", 0, CLERK, moment("2026-10-13"))


def test_a_limit_that_ends_while_paused_is_not_late_for_it():
    limit = a_limit(length=3)
    pause_limits([limit.subject_id], ["promise"], "补正", CLERK, moment("2026-10-14"))
    end_limits([limit.subject_id], ["promise"], moment("2026-11-20"))
    (view,) = limits_of([limit.subject_id])[limit.subject_id]
    assert not view.paused
    assert view.pauses[0].ended_at == moment("2026-11-20")
    assert view.light(moment("2026-11-24")) == "ok"
    assert view.late_wd(moment("2026-11-24")) == 0


def test_sweep_finds_what_is_due_page_by_page_and_leaves_out_paused_and_ended():
    starts = [f"2026-10-{day}" for day in (12, 13, 14, 15, 16)]
    limits = [a_limit(length=1, start=start) for start in starts]
    pause_limits([limits[1].subject_id], ["promise"], "听证", CLERK, moment("2026-10-13 10:00"))
    end_limits([limits[2].subject_id], ["promise"], moment("2026-10-14 10:00"))
    first = due_before(moment("2026-10-20"), 2, kind="promise")
    assert [each.id for each in first] == [limits[0].pk, limits[3].pk]
    rest = due_before(moment("2026-10-20"), 2, kind="promise", after=first[-1].key)
    assert [each.id for each in rest] == [limits[4].pk]
    assert due_before(moment("2026-10-20"), 2, kind="legal") == []
    overdue = overdue_subjects("casework.application", ["promise"], today=date(2026, 10, 19))
    assert list(overdue) == [limits[0].subject_id, limits[3].subject_id]


def test_sweep_reads_its_index():
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
    plan = (
        Limit.objects.filter(kind="promise", due_at__lt=moment("2026-10-20"), ended_at__isnull=True, paused=False)
        .order_by("due_at", "id")
        .explain()
    )
    assert "workdays_limit_running" in plan
    assert "Sort" not in plan


def test_due_of_orders_a_work_list_by_what_binds():
    law = a_limit("legal", 5, "2026-10-12")
    a_limit("promise", 8, "2026-10-12", subject=Subject(law.subject_kind, law.subject_id))
    row = Limit.objects.annotate(binds=due_of("legal", "promise", outer="subject_id")).filter(kind="promise").get()
    assert row.binds == law.due_at


def text(view, day: str) -> str:
    with translation.override("en"):
        return view.left_text(moment(day))


def test_what_is_left_in_words():
    limit = a_limit()
    (view,) = limits_of([limit.subject_id])[limit.subject_id]
    assert text(view, "2026-10-12") == "10 working days left"
    assert text(view, "2026-10-26") == "Due today"
    assert text(view, "2026-10-27") == "1 working day late"
    assert [view.light(moment(day)) for day in ("2026-10-12", "2026-10-22", "2026-10-27")] == ["ok", "due", "late"]
    pause_limits([limit.subject_id], ["promise"], "听证", CLERK, moment("2026-10-20"))
    (view,) = limits_of([limit.subject_id])[limit.subject_id]
    assert (view.light(moment("2026-10-30")), text(view, "2026-10-30")) == ("pause", "Paused, 4 working days left")


@pytest.mark.parametrize(
    ("unit", "length", "start", "now", "expected"),
    [
        (Unit.NATURAL_DAYS, 15, "2026-09-18", "2026-10-01", "7 natural days left"),
        (Unit.MONTHS, 1, "2026-04-01", "2026-05-05", "1 natural day left"),
        (Unit.WORKING_HOURS, 4, "2026-09-30 16:30", "2026-10-03 10:00", "3 working hours left"),
        (Unit.WORKING_HOURS, 1, "2026-10-12 09:00", "2026-10-12 09:20", "40 minutes left"),
        (Unit.HOURS, 24, "2026-09-30 16:30", "2026-10-01 10:00", "6 hours left"),
        (Unit.HOURS, 2, "2026-10-12 09:00", "2026-10-12 11:01", "1 working day late"),
    ],
)
def test_what_is_left_in_each_unit(unit: Unit, length: int, start: str, now: str, expected: str):
    limit = a_limit(length=length, start=start, unit=unit)
    (view,) = limits_of([limit.subject_id])[limit.subject_id]
    assert text(view, now) == expected


def test_the_sum_can_be_done_again():
    limit = a_limit("legal", 10, "2026-02-13")
    pause_limits([limit.subject_id], ["legal"], "检测", CLERK, moment("2026-02-24"))
    resume_limits([limit.subject_id], ["legal"], CLERK, moment("2026-02-26"))
    extend_limit(limit.subject_id, "legal", 5, CLERK, moment("2026-02-27"))
    (view,) = limits_of([limit.subject_id])[limit.subject_id]
    with translation.override("en"):
        assert view.arithmetic == [
            "Starts on Fri 13 Feb 2026; this day itself does not count.",
            "Length: 10 working days.",
            "Extended by 5 working days.",
            "Paused from Tue 24 Feb 2026 to Thu 26 Feb 2026: 2 working days left out. 检测",
            "From then to Mon 16 Mar 2026: 31 days, 5 of them at weekends off, 9 holidays, 17 working days.",
            "Off: Sun 15 Feb 2026 – Mon 23 Feb 2026 Spring Festival.",
            "Worked in exchange: Sat 14 Feb 2026 (Spring Festival).",
            "Worked in exchange: Sat 28 Feb 2026 (Spring Festival).",
            "Ends on Mon 16 Mar 2026 17:30.",
        ]


def test_the_sum_says_why_natural_days_roll():
    limit = a_limit("legal", 15, "2026-09-18", unit=Unit.NATURAL_DAYS)
    (view,) = limits_of([limit.subject_id])[limit.subject_id]
    with translation.override("en"):
        assert "That would be Sat 3 Oct 2026, National Day; it gives way to the next working day." in view.arithmetic
