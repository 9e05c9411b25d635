"""Two at once on a real PostgreSQL, each with a control run without the guard, so that the test is known to be able to fail."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable

import pytest
from django.db import IntegrityError, connection, transaction

from onedoor.kernel.errors import Refused
from onedoor.workdays import services
from onedoor.workdays.models import Limit, LimitPause
from onedoor.workdays.queries import calendar
from onedoor.workdays.services import enter_notice, pause_limits, start_limits
from onedoor.workdays.services import notices as notice_acts
from tests.workdays.factories import CLERK, KEEPER, NOW, a_limit, moment, new_limit, notice

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*acts: Callable[[], object]) -> list[object]:
    """Run the acts in threads that start together, and return what each returned or raised."""
    results: list[object] = [None] * len(acts)

    def run(n: int) -> None:
        try:
            results[n] = acts[n]()
        except (Refused, IntegrityError) as refusal:
            results[n] = refusal
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(n,)) for n in range(len(acts))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    assert not any(thread.is_alive() for thread in threads)
    return results


def test_two_pauses_at_once_leave_one():
    limit = a_limit()
    together = threading.Barrier(2)

    def pause() -> object:
        together.wait()
        with transaction.atomic():
            return pause_limits([limit.subject_id], ["promise"], "听证", CLERK, moment("2026-10-14"))

    results = at_once(pause, pause)
    assert sum(isinstance(each, services.limits.AlreadyPaused) for each in results) == 1
    assert LimitPause.objects.count() == 1


def write_closed_pauses_at_once(limit: Limit) -> list[object]:
    """Write two overlapping pauses past the services, both inserted before either commits where the database lets that happen."""
    inserted = threading.Barrier(2)

    def write(start: str, end: str) -> Callable[[], object]:
        def act() -> object:
            with transaction.atomic():
                row = LimitPause.objects.create(limit=limit, started_at=moment(start), ended_at=moment(end), reason="x")
                with contextlib.suppress(threading.BrokenBarrierError):
                    inserted.wait(timeout=1)
                return row

        return act

    return at_once(write("2026-10-13", "2026-10-15"), write("2026-10-14", "2026-10-16"))


def test_overlapping_pauses_at_once_are_refused_by_the_database():
    results = write_closed_pauses_at_once(a_limit())
    assert sum(isinstance(each, IntegrityError) for each in results) == 1
    assert LimitPause.objects.count() == 1


def test_control_without_the_lock_of_the_trigger_both_get_through():
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_get_functiondef('workdays_refuse_overlap'::regproc)")
        body = cursor.fetchone()[0]
        lock = "PERFORM 1 FROM workdays_limit WHERE id = NEW.limit_id FOR NO KEY UPDATE;"
        assert lock in body
        cursor.execute(body.replace(lock, ""))
    write_closed_pauses_at_once(a_limit())
    assert LimitPause.objects.count() == 2


def start_while_a_notice_is_entered() -> Limit:
    """Start a limit in a transaction that began before the notice and commits after the notice has looked at what runs."""
    calendar()
    written, entering = threading.Event(), threading.Event()

    def start() -> object:
        with transaction.atomic():
            limits = start_limits([new_limit("promise", 54, "2026-11-23")])
            written.set()
            entering.wait(timeout=10)
            threading.Event().wait(0.5)
            return limits

    def enter() -> object:
        written.wait(timeout=10)
        entering.set()
        return enter_notice(text=notice(2027), by=KEEPER, at=NOW)

    at_once(start, enter)
    return Limit.objects.get()


def test_a_limit_that_starts_while_a_notice_is_entered_gets_the_new_calendar():
    limit = start_while_a_notice_is_entered()
    assert limit.confirmed
    assert limit.due_at == moment("2027-02-14 17:30")


def test_control_without_the_table_lock_such_a_limit_keeps_the_old_calendar(monkeypatch):
    monkeypatch.setattr(notice_acts, "_lock_limits", lambda: None)
    limit = start_while_a_notice_is_entered()
    assert not limit.confirmed
    assert limit.due_at == moment("2027-02-12 17:30")


def test_a_limit_that_waits_for_a_notice_gets_the_new_calendar():
    """The other order: the notice has the table, the limit waits, and learns the new edition by its own statement."""
    calendar()
    locked, starting = threading.Event(), threading.Event()

    def enter() -> object:
        lock = notice_acts._lock_limits

        def lock_and_wait() -> None:
            lock()
            locked.set()
            starting.wait(timeout=10)
            threading.Event().wait(0.5)

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(notice_acts, "_lock_limits", lock_and_wait)
            return enter_notice(text=notice(2027), by=KEEPER, at=NOW)

    def start() -> object:
        locked.wait(timeout=10)
        starting.set()
        with transaction.atomic():
            return start_limits([new_limit("promise", 54, "2026-11-23")])

    at_once(enter, start)
    limit = Limit.objects.get()
    assert (limit.confirmed, limit.edition) == (True, 1)
    assert limit.due_at == moment("2027-02-14 17:30")


def test_a_notice_and_acts_that_hold_rows_do_not_wait_for_each_other():
    limits = [a_limit() for _ in range(20)]
    begun = threading.Event()

    def pause_all() -> object:
        with transaction.atomic():
            list(Limit.objects.select_for_update().filter(pk__in=[each.pk for each in limits]))
            begun.set()
            threading.Event().wait(0.5)
            return len(pause_limits([each.subject_id for each in limits], ["promise"], "听证", CLERK, moment("2026-10-14")))

    def enter() -> object:
        begun.wait(timeout=10)
        return enter_notice(text=notice(2027), by=KEEPER, at=NOW).limits.limits

    assert at_once(pause_all, enter) == [20, 20]


def test_a_notice_does_not_wait_for_ever():
    limit = a_limit()
    begun, tried = threading.Event(), threading.Event()

    def hold() -> None:
        with transaction.atomic():
            Limit.objects.select_for_update().get(pk=limit.pk)
            begun.set()
            tried.wait(timeout=20)

    def enter() -> object:
        begun.wait(timeout=10)
        try:
            with pytest.MonkeyPatch.context() as patch:
                patch.setattr(notice_acts, "LOCK_TIMEOUT", "200ms")
                return enter_notice(text=notice(2027), by=KEEPER, at=NOW)
        finally:
            tried.set()

    assert isinstance(at_once(hold, enter)[1], notice_acts.LimitsBusy)
