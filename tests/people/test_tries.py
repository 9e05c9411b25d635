"""Limits on tries: counted by one statement, kept whatever happens after, equal for all processes."""

from __future__ import annotations

import subprocess
import sys
import threading
from datetime import timedelta

import pytest
from django.db import connection, transaction

from onedoor.kernel.errors import TooManyTries
from onedoor.people import services
from onedoor.people.models import Tries
from onedoor.people.services import tries
from tests.people.conftest import AT


def spend(key="door", limit=3, at=AT):
    return services.spend_try(key=key, limit=limit, window_seconds=600, at=at)


@pytest.mark.django_db
def test_tries_run_out_and_come_back():
    assert [spend(), spend(at=AT + timedelta(seconds=1)), spend(at=AT + timedelta(seconds=500))] == [2, 1, 0]
    for seconds in (501, 700, 1099):
        with pytest.raises(TooManyTries) as reached:
            spend(at=AT + timedelta(seconds=seconds))
        assert reached.value.seconds == 1100 - seconds, "the pause is a whole window from the last try"
    assert spend(at=AT + timedelta(seconds=1101)) == 2


@pytest.mark.django_db
def test_a_window_that_ran_out_begins_anew():
    assert [spend(), spend()] == [2, 1]
    assert spend(at=AT + timedelta(seconds=601)) == 2


@pytest.mark.django_db
def test_keys_are_counted_apart_and_are_not_readable():
    spend(), spend(key="13800005072")
    assert spend() == 1
    assert all(b"13800005072" not in bytes(row.key) for row in Tries.objects.all())


@pytest.mark.django_db
def test_a_success_forgives_and_old_counters_are_forgotten():
    spend(), spend(), spend(key="other")
    services.forgive_tries(keys=["door"])
    assert spend() == 2
    assert services.forget_old_tries(before=AT + timedelta(days=2)) == 2


@pytest.mark.django_db
def test_one_try_is_one_statement(count_statements):
    spend()
    with count_statements() as sent:
        spend()
    assert len([each for each in sent if "people_tries" in each["sql"]]) == 1


@pytest.mark.django_db(transaction=True)
def test_inside_a_transaction_no_try_is_counted_that_a_rollback_would_take_back():
    with pytest.raises(RuntimeError), transaction.atomic():
        spend()
    assert not Tries.objects.exists()


def together(work, threads=8):
    """Run one function in many threads at once, each with a connection of its own, and return what they answered."""
    barrier, answers = threading.Barrier(threads), []

    def run():
        try:
            connection.ensure_connection()
            barrier.wait()
            answers.append(work())
        except TooManyTries:
            answers.append(None)
        finally:
            connection.close()

    runners = [threading.Thread(target=run) for _ in range(threads)]
    for runner in runners:
        runner.start()
    for runner in runners:
        runner.join()
    return answers


@pytest.mark.django_db(transaction=True)
def test_tries_at_once_are_never_more_than_allowed():
    for attempt in range(5):
        answers = together(lambda key=f"race {attempt}": spend(key=key, limit=5))
        assert sorted(answer for answer in answers if answer is not None) == [0, 1, 2, 3, 4]
        assert answers.count(None) == 3


@pytest.mark.django_db(transaction=True)
def test_control_without_the_atomic_statement_more_get_through():
    """Reading and then writing lets several pass: were this not so, the race above would prove nothing."""
    key = tries._hashed("control")
    Tries.objects.create(key=key, window_starts_at=AT, count=0)
    read = threading.Barrier(8)

    def naive():
        row = Tries.objects.get(pk=key)
        read.wait()
        if row.count >= 5:
            raise TooManyTries
        row.count += 1
        row.save(update_fields=["count"])
        return row.count

    assert len([answer for answer in together(naive) if answer is not None]) == 8


@pytest.mark.django_db(transaction=True)
def test_another_process_sees_what_was_tried_here():
    spend(limit=2), spend(limit=2)
    program = f"""
import django; django.setup()
from django.db import connection
connection.settings_dict["NAME"] = {connection.settings_dict["NAME"]!r}
from datetime import datetime
from onedoor.kernel.errors import TooManyTries
from onedoor.people import services
try:
    services.spend_try(key="door", limit=2, window_seconds=600, at=datetime.fromisoformat({AT.isoformat()!r}))
except TooManyTries:
    print("refused")
"""
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "refused"
