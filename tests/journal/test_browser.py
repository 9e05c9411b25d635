"""The pages in a browser, at both widths: nothing scrolls sideways, and axe finds nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from pytest_django.live_server_helper import LiveServer

from tests.browser import WIDTHS, scrolls_sideways, violations
from tests.journal.situations import recorded, sealed

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize("width", list(WIDTHS.values()))
def test_pages_fit_and_are_accessible(live_server: LiveServer, new_page: Callable[..., Any], width: int) -> None:
    ids = sealed(9)
    (waiting,) = recorded()
    page = new_page(width)
    for path in ("/journal/", f"/journal/entries/{ids[3]}/", f"/journal/entries/{waiting}/"):
        page.goto(live_server.url + path)
        page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
        assert not scrolls_sideways(page), path
        assert violations(page) == [], path
