"""Queuing work: after the act, together, and each piece once."""

from __future__ import annotations

import pytest
from procrastinate.contrib.django.models import ProcrastinateJob

from onedoor.kernel import jobs

SEAL = "documents.seal_papers"
pytestmark = pytest.mark.django_db


def queued() -> list[tuple[str, dict[str, object]]]:
    return list(ProcrastinateJob.objects.order_by("id").values_list("task_name", "args"))


def _queue_and_fail() -> None:
    with jobs.queued_together():
        jobs.queue_behind(SEAL)
        raise ZeroDivisionError


def test_the_same_job_queued_twice_in_a_block_is_done_once() -> None:
    with jobs.queued_together():
        jobs.queue_behind(SEAL)
        jobs.queue("notify.deliver", messages=["a"])
        jobs.queue_behind(SEAL)
        jobs.queue("notify.deliver", messages=["b"])
        assert queued() == []
    assert queued() == [(SEAL, {}), ("notify.deliver", {"messages": ["a"]}), ("notify.deliver", {"messages": ["b"]})]


def test_a_block_within_a_block_waits_for_the_outer_one() -> None:
    with jobs.queued_together():
        with jobs.queued_together():
            jobs.queue_behind(SEAL)
        jobs.queue_behind(SEAL)
        assert queued() == []
    assert queued() == [(SEAL, {})]


def test_a_block_left_by_an_exception_queues_nothing_and_the_outer_one_goes_on() -> None:
    with jobs.queued_together():
        with pytest.raises(ZeroDivisionError):
            _queue_and_fail()
        jobs.queue("notify.deliver", messages=["a"])
    assert queued() == [("notify.deliver", {"messages": ["a"]})]
