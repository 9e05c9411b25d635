"""Two clerks at once on a real PostgreSQL, with a control run without the lock, so that the test is known to be able to fail."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.utils import timezone

from onedoor.casework.models import Application
from onedoor.casework.services import core, review
from onedoor.journal import queries as journal
from onedoor.kernel.subjects import Subject
from tests.casework.desk import at_desk, text_of, url
from tests.casework.situations import City, accepted, furnish

pytestmark = pytest.mark.django_db(transaction=True)
NOW = timezone.now()


@pytest.fixture
def city(transactional_db: None) -> City:
    return furnish(NOW - timedelta(days=60))


def both_take(city: City, application: Application) -> list[Any]:
    """Let two officers take one case in hand over HTTP at the same moment; return what each was answered."""
    clients = [at_desk(city.reviewer, at=NOW), at_desk(city.approver, at=NOW)]
    together, answers = threading.Barrier(2), [None, None]

    def take(number: int) -> Callable[[], None]:
        def act() -> None:
            try:
                together.wait(timeout=10)
                answers[number] = clients[number].post(url("take", application))
            finally:
                connection.close()

        return act

    threads = [threading.Thread(target=take(number)) for number in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    assert not any(thread.is_alive() for thread in threads)
    return answers


def slowly(monkeypatch: pytest.MonkeyPatch, lock: Callable[[UUID], Application]) -> None:
    """Let each act see the case before any of them goes on, where the lock does not forbid it."""
    seen = threading.Barrier(2)

    def lock_and_wait(application_id: UUID) -> Application:
        application = lock(application_id)
        with contextlib.suppress(threading.BrokenBarrierError):
            seen.wait(timeout=1)
        return application

    monkeypatch.setattr(core, "lock_one", lock_and_wait)


def takings(application: Application) -> int:
    entries = journal.entries_of(Subject("casework.application", application.id))
    return sum(entry.act == "casework.assign" for entry in entries)


def test_of_two_at_once_one_gets_the_case_and_the_other_sees_who_has_it(city: City, monkeypatch: pytest.MonkeyPatch) -> None:
    application = accepted(city, at=NOW)
    slowly(monkeypatch, core.lock_one)
    answers = both_take(city, application)
    assert sorted(answer.status_code for answer in answers) == [302, 409]
    assert takings(application) == 1
    slower = next(answer for answer in answers if answer.status_code == 409)
    application.refresh_from_db()
    holder = "岗2" if application.taken_by == city.reviewer.posting else "岗3"
    assert holder in text_of(slower)


def test_control_without_the_lock_both_get_it(city: City, monkeypatch: pytest.MonkeyPatch) -> None:
    application = accepted(city, at=NOW)
    slowly(monkeypatch, lambda key: Application.objects.select_related("version", "service_item", "agency").get(pk=key))
    answers = both_take(city, application)
    assert [answer.status_code for answer in answers] == [302, 302]
    assert takings(application) == 2


def test_two_clicks_at_once_pass_one_stage(city: City) -> None:
    application = accepted(city, at=NOW)
    application = review.take_stage(application_id=application.id, by=city.reviewer, at=NOW)
    first, clients = application.stage_position, [at_desk(city.reviewer, at=NOW) for _each in range(2)]
    together, codes = threading.Barrier(2), []

    def click(number: int) -> None:
        try:
            together.wait(timeout=10)
            answer = clients[number].post(
                url("pass", application), {"opinion": "材料齐全，拟同意。", "position": str(first), "all-met": "1"}
            )
            codes.append(answer.status_code)
        finally:
            connection.close()

    threads = [threading.Thread(target=click, args=(number,)) for number in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    assert sorted(codes) == [302, 409]
    entries = journal.entries_of(Subject("casework.application", application.id))
    assert sum(entry.act == "casework.pass_stage" for entry in entries) == 1
