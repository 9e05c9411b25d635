"""The same application sent twice at once is filed once, with a control run that shows what the key is for."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from onedoor.casework.models import Application
from onedoor.casework.services import filing
from onedoor.journal import services as journal
from tests.api.situations import a_body, a_token, filed
from tests.casework.situations import City, furnish

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def open_city(transactional_db: None) -> City:
    return furnish()


def _twins(web: Client, body: object, token: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Send a request twice; both stand right before writing their application when the first of them goes on."""
    meeting = threading.Barrier(2)
    write = filing.submit_new

    def after_both_are_there(*given: Any, **named: Any) -> None:
        with suppress(threading.BrokenBarrierError):  # the other one waits for the key, as it should
            meeting.wait(timeout=1)
        write(*given, **named)

    def send(_: int) -> Any:
        try:
            return filed(Client(), body, token)
        finally:
            connection.close()

    monkeypatch.setattr(filing, "submit_new", after_both_are_there)
    with ThreadPoolExecutor(2) as pool:
        return list(pool.map(send, range(2)))


def test_twins_are_filed_once(open_city: City, web: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    token = a_token()
    first, second = _twins(web, a_body(open_city, web, token), token, monkeypatch)
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.content == second.content
    assert Application.objects.count() == 1


def test_twins_without_the_key_are_filed_twice(open_city: City, web: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    token = a_token()
    body = a_body(open_city, web, token)
    monkeypatch.setattr(journal, "keep_answer", lambda *given: None)
    monkeypatch.setattr(filing, "check_answers", lambda application, *given, **named: application.answers)
    body["materials"] = []  # a file can serve one application only, which would hide the second
    first, second = _twins(web, body, token, monkeypatch)
    assert (first.status_code, second.status_code) == (201, 201)
    assert Application.objects.count() == 2


def test_twins_of_different_bodies_leave_one_and_a_refusal(open_city: City, web: Client) -> None:
    token = a_token()
    bodies = [a_body(open_city, web, token) for _ in range(2)]  # each with files of its own

    def send(body: object) -> Any:
        try:
            return filed(Client(), body, token)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        answers = sorted(answer.status_code for answer in pool.map(send, bodies))
    assert answers == [201, 409]
    assert Application.objects.count() == 1
