"""Same key and body, same answer; another body, 409."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from onedoor.journal import services
from onedoor.journal.models import RequestKey

pytestmark = pytest.mark.django_db


def test_same_body_gets_the_same_answer_and_another_body_is_refused() -> None:
    assert services.answered("client 1", "k", b"body") is None
    services.keep_answer("client 1", "k", b"body", {"reference": "1"}, timezone.now())
    assert services.answered("client 1", "k", b"body") == {"reference": "1"}
    assert services.answered("client 2", "k", b"other") is None
    with pytest.raises(services.KeyReused) as refusal:
        services.answered("client 1", "k", b"other")
    assert refusal.value.http_status == 409


def test_an_answer_is_never_replaced() -> None:
    services.keep_answer("client", "k", b"body", {"reference": "1"}, timezone.now())
    with pytest.raises(services.AnsweredMeanwhile) as told:
        services.keep_answer("client", "k", b"body", {"reference": "2"}, timezone.now())
    assert told.value.details["answer"] == {"reference": "1"}
    with pytest.raises(services.KeyReused):
        services.keep_answer("client", "k", b"other", {"reference": "2"}, timezone.now())
    assert services.answered("client", "k", b"body") == {"reference": "1"}


def test_a_request_with_a_key_costs_two_statements() -> None:
    with CaptureQueriesContext(connection) as sent:
        services.answered("client", "k", b"body")
        services.keep_answer("client", "k", b"body", {"reference": "1"}, timezone.now())
    assert len(sent) == 2


@pytest.mark.django_db(transaction=True)
def test_keeping_an_answer_outside_the_act_is_refused() -> None:
    with pytest.raises(services.OutsideTransaction):
        services.keep_answer("client", "k", b"body", {}, timezone.now())


def test_keys_are_forgotten_after_a_day() -> None:
    now = timezone.now()
    services.keep_answer("client", "old", b"", {}, now - timedelta(hours=25))
    services.keep_answer("client", "new", b"", {}, now - timedelta(hours=23))
    assert services.sweep_request_keys(at=now) == 1
    assert RequestKey.objects.get().key == "new"
