"""Pages of the network in Chromium: no violation found by axe, nothing scrolls sideways, on a phone and at a desk."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.test import Client
from django.utils import timezone

from onedoor.network import panels
from onedoor.network.panels import ItemChoice
from onedoor.people.models import Account
from tests.browser import WIDTHS, press, scrolls_sideways, violations
from tests.network.factories import ITEM, OTHER_ITEM, a_small_city
from tests.people.test_pages import step_in

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PUBLIC = ["/departments/", "/departments/FG/", "/sites/HALL/", "/sites/HALL/windows/12/"]


def test_public_pages(live_server: Any, new_page: Callable[..., Any]) -> None:
    a_small_city()
    for width in WIDTHS.values():
        page = new_page(width)
        for path in PUBLIC:
            page.goto(live_server.url + path)
            assert violations(page) == [], path
            assert not scrolls_sideways(page), path


def test_head_gives_and_withdraws_rights(live_server: Any, new_page: Callable[..., Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        panels, "_items", [lambda agency: [ItemChoice(ITEM, "企业投资项目备案"), ItemChoice(OTHER_ITEM, "节能审查")]]
    )
    city = a_small_city()
    account = Account.objects.get(id=city.accounts["head"])
    Account.objects.update(password_changed_at=timezone.now())
    client = Client()
    step_in(client, account)
    cookie = {"name": "session", "value": client.cookies["session"].value, "url": live_server.url}
    for width in WIDTHS.values():
        page = new_page(width)
        page.context.add_cookies([cookie])
        for path in ("/desk/posts/", "/desk/authorisations/"):
            page.goto(live_server.url + path)
            assert urlsplit(page.url).path == path
            assert violations(page) == [], path
            assert not scrolls_sideways(page), path
    page.get_by_role("checkbox", name="审批岗：审批").uncheck()
    page.get_by_role("checkbox", name="窗口受理岗：送达").check()
    press(page, "F2")
    assert page.get_by_text("权限已更改").is_visible()
    assert not page.get_by_role("checkbox", name="审批岗：审批").is_checked()
    assert page.get_by_role("checkbox", name="窗口受理岗：送达").is_checked()
    assert page.get_by_role("checkbox", name="首席代表：审批").is_disabled()
