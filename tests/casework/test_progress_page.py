"""The page of progress says the same as the limits do."""

from __future__ import annotations

from datetime import timedelta

from django.test import Client
from django.urls import reverse

from onedoor.casework import queries
from tests.casework.situations import MONDAY, City, accepted
from tests.casework.test_public_pages import text_of


def test_the_bar_shows_what_is_used_of_promise_and_law(city: City, client: Client) -> None:
    application = accepted(city)
    bar = queries.progress_of(application, now=MONDAY + timedelta(days=2)).bar
    assert bar is not None
    assert (bar.used, bar.promised, bar.legal) == (2, 5, 10)
    page = client.post(reverse("casework:track"), {"reference": application.reference, "query_code": application.query_code})
    assert "timebar" in page.content.decode()
    assert "承诺 5 个工作日" in text_of(page)
