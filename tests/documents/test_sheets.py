"""Sheets: set by the worker when first asked for, kept while somebody asks, the same words once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from onedoor.documents import keeping, services
from onedoor.documents.models import Sheet
from tests.casework.situations import COMMITMENT, City

pytestmark = pytest.mark.django_db
FORM = f"/items/{COMMITMENT}/form/"


def jobs() -> int:
    return ProcrastinateJob.objects.filter(task_name="documents.make_sheet").count()


def test_anybody_gets_the_blank_form_of_a_guide_as_soon_as_it_is_made(furnished: City, run_jobs: Callable[[], int]) -> None:
    first, second = Client().get(FORM), Client().get(FORM)
    assert (first.status_code, second.status_code) == (200, 200)
    assert "正在制作" in first.content.decode()
    assert first["Refresh"] == "2"
    assert jobs() == 1, "asked for twice, it is made once"
    run_jobs()
    made = Client().get(FORM)
    assert made["Content-Type"] == "application/pdf"
    assert b"".join(made.streaming_content).startswith(b"%PDF")
    assert f'href="{FORM}"' in Client().get(f"/items/{COMMITMENT}/").content.decode()
    assert Sheet.objects.get().words == {}


def test_a_guide_that_does_not_exist_has_no_form(furnished: City) -> None:
    assert Client().get("/items/130300-XX-01-0001/form/").status_code == 404


def test_a_job_that_was_lost_is_queued_again_and_one_that_runs_twice_makes_it_once(furnished: City) -> None:
    now, made = timezone.now(), []
    words = {"title": "x", "sections": []}
    sheet = services.want_sheet(template="documents/papers/blank_form.html", words=words, at=now)
    services.want_sheet(template="documents/papers/blank_form.html", words=words, at=now + timedelta(minutes=1))
    assert jobs() == 1
    services.want_sheet(template="documents/papers/blank_form.html", words=words, at=now + timedelta(minutes=3))
    assert jobs() == 2
    for _time in range(2):
        services.make_sheet(bytes(sheet.digest), make=lambda template, said: made.append(said) or b"%PDF-", at=now)
    assert made == [words]


def test_what_nobody_asks_for_goes_and_comes_back_when_asked_for(furnished: City) -> None:
    now = timezone.now()
    words = {"title": "x", "sections": []}
    sheet = services.want_sheet(template="documents/papers/blank_form.html", words=words, at=now)
    services.make_sheet(bytes(sheet.digest), make=lambda _template, _said: b"%PDF-", at=now)
    key = Sheet.objects.get().storage_key
    asked = now + timedelta(days=29)
    assert services.want_sheet(template="documents/papers/blank_form.html", words=words, at=asked).is_made
    assert services.sweep_sheets(at=now + timedelta(days=40)) == 0
    assert services.sweep_sheets(at=now + timedelta(days=60)) == 1
    assert not keeping.storage().exists(key)
    assert not services.want_sheet(template="documents/papers/blank_form.html", words=words, at=now + timedelta(days=61)).is_made
