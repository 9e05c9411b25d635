"""Two at once, each with a control run that shows what the guard is for."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from onedoor.journal import services
from onedoor.journal.models import Batch, Leaf, RequestKey, Unsealed
from onedoor.journal.services import sealing
from onedoor.kernel.ids import new_id
from onedoor.kernel.subjects import Subject
from tests.journal.situations import ACT, CLERK, findings, recorded

pytestmark = pytest.mark.django_db(transaction=True)


def _apart(work: Callable[[], Any]) -> Any:
    """Run work on a connection of its own."""
    try:
        return work()
    finally:
        connection.close()


def _two_sealers(monkeypatch: pytest.MonkeyPatch) -> list[int | BaseException]:
    """Let two sealers meet after both could have read the same state."""
    meeting = threading.Barrier(2)
    next_batch = sealing._next_batch

    def after_both_have_read(*given: Any) -> Batch:
        with suppress(threading.BrokenBarrierError):  # the other one waits for its turn, as it should
            meeting.wait(timeout=1)
        return next_batch(*given)

    def seal() -> int | BaseException:
        try:
            return services.seal(at=timezone.now())
        except IntegrityError as collision:
            return collision

    monkeypatch.setattr(sealing, "_next_batch", after_both_have_read)
    with ThreadPoolExecutor(2) as pool:
        return [each.result() for each in [pool.submit(_apart, seal) for _ in range(2)]]


def test_two_sealers_seal_each_entry_once(monkeypatch: pytest.MonkeyPatch) -> None:
    recorded(200)
    assert sorted(_two_sealers(monkeypatch), key=str) == [0, 200]
    assert Leaf.objects.count() == 200
    assert Batch.objects.count() == 1
    assert findings() == []


def test_two_sealers_without_the_lock_collide(monkeypatch: pytest.MonkeyPatch) -> None:
    recorded(200)
    monkeypatch.setattr(sealing, "_wait_for_other_sealers", lambda cursor: None)
    assert sum(isinstance(each, IntegrityError) for each in _two_sealers(monkeypatch)) == 1


def test_entry_committed_after_a_later_one_was_sealed_is_sealed_next() -> None:
    inserted, may_commit = threading.Event(), threading.Event()

    def slow_act() -> Any:
        with transaction.atomic():
            key = services.record(ACT, subject=Subject("test.paper", new_id()), by=CLERK, at=timezone.now())
            inserted.set()
            may_commit.wait(10)
            return key

    with ThreadPoolExecutor(1) as pool:
        slow = pool.submit(_apart, slow_act)
        assert inserted.wait(10)
        (quick,) = recorded()
        assert services.seal(at=timezone.now()) == 1
        may_commit.set()
        late = slow.result()
    # The control: a sealer that goes on behind the last key it has seen would pass this entry over for ever.
    assert late < quick == Leaf.objects.get().entry_id
    assert services.seal(at=timezone.now()) == 1
    assert Leaf.objects.get(entry_id=late).batch_id == 2
    assert not Unsealed.objects.exists()
    assert findings() == []


def test_same_request_sent_twice_at_once_is_done_once() -> None:
    meeting, done = threading.Barrier(2), []

    def request() -> dict[str, Any]:
        meeting.wait(5)
        with transaction.atomic():
            answer = services.answered("test", "key", b"body")
            if answer is None:
                done.append(1)
                answer = {"reference": "130300261124"}
                services.keep_answer("test", "key", b"body", answer, timezone.now())
            return answer

    with ThreadPoolExecutor(2) as pool:
        answers = [each.result() for each in [pool.submit(_apart, request) for _ in range(2)]]
    assert answers == [{"reference": "130300261124"}] * 2
    assert done == [1]


def test_same_request_that_only_looked_before_is_rolled_back_and_gets_the_first_answer() -> None:
    """The control: without the claim both find nothing, and only the unique key keeps the second from being done."""
    meeting = threading.Barrier(2)

    def request(n: int) -> dict[str, Any] | None:
        assert services.answered("test", "key", b"body") is None
        meeting.wait(5)
        try:
            with transaction.atomic():
                services.record(ACT, subject=Subject("test.paper", new_id()), by=CLERK, at=timezone.now())
                services.keep_answer("test", "key", b"body", {"n": n}, timezone.now())
        except services.AnsweredMeanwhile:
            pass
        return services.answered("test", "key", b"body")

    with ThreadPoolExecutor(2) as pool:
        first, second = (each.result() for each in [pool.submit(_apart, lambda n=n: request(n)) for n in range(2)])
    assert first == second
    assert Unsealed.objects.count() == 1


def test_a_claim_whose_act_rolled_back_is_free_again() -> None:
    def failing_act() -> None:
        with transaction.atomic():
            assert services.answered("test", "key", b"body") is None
            assert RequestKey.objects.count() == 1
            raise services.KeyReused

    with pytest.raises(services.KeyReused):
        failing_act()
    assert not RequestKey.objects.exists()
