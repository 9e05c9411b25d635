"""The desk pages of the catalogue in Chromium: they fit both widths and are accessible."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from onedoor.kernel.clock import local_date
from onedoor.look.pagecache import shelf
from onedoor.network import opening
from tests.browser import WIDTHS, scrolls_sideways, violations
from tests.catalog.form_reader import sent_by
from tests.catalog.keepers import furnish, import_items

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
CODE = "130300-YJ-01-0001"


@pytest.fixture(autouse=True)
def nothing_kept() -> None:
    shelf.clear()
    opening.forget()


def seen_by(page: Any, client: Client, address: str) -> Any:
    page.context.add_cookies([{"name": "session", "value": client.cookies["session"].value, "url": address}])
    return page


def assert_good(page: Any) -> None:
    assert violations(page) == [], page.url
    assert not scrolls_sideways(page), page.url


def test_desk_pages_of_the_catalogue_fit_and_are_accessible(live_server: Any, new_page: Callable[..., Any]) -> None:
    import_items(CODE, "130300-YJ-01-0002", "130300-FG-10-0001")
    keepers = furnish("YJ")
    keepers.head.post(f"/desk/catalog/{CODE}/begin/")
    names = f"/desk/catalog/{CODE}/draft/names/"
    changed = {"name": "食品经营许可", "summary": "新办、变更、延续都在这里办。", "do": "save"}
    assert keepers.head.post(names, {**sent_by(keepers.head.get(names).content), **changed}).status_code == 302
    item = f"/desk/catalog/{CODE}/"
    sent = {
        "kind": "suspended",
        "touched": CODE,
        "basis": "市政府令第 1 号",
        "effective_on": local_date(timezone.now()).isoformat(),
    }
    assert keepers.centre.post("/desk/catalog/changes/", sent).status_code == 302
    paths = [
        "/desk/catalog/",
        "/desk/catalog/changes/",
        "/desk/catalog/health/?rule=12",
        "/desk/catalog/new/",
        item,
        f"{item}compare/",
        f"{item}draft/materials/",
        f"{item}draft/channels/",
    ]
    for width in WIDTHS.values():
        page = seen_by(new_page(width), keepers.centre, live_server.url)
        for path in paths:
            page.goto(live_server.url + path)
            for summary in page.locator("main summary").all()[:2]:
                summary.click()
            assert_good(page)
