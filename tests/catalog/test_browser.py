"""Guide, list and sheet of codes in Chromium: accessible, fitting, without script too; their codes read by a scanner."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone

from onedoor.catalog import queries
from onedoor.catalog.models import ShortCode
from onedoor.look.pagecache import shelf
from onedoor.network import opening
from onedoor.people.models import Account
from tests.browser import WIDTHS, follow, scrolls_sideways, violations
from tests.catalog.city import import_sample
from tests.network.factories import a_small_city
from tests.people.test_pages import step_in

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
FOOD = "130300-YJ-01-0001"


@pytest.fixture(autouse=True)
def nothing_kept() -> None:
    shelf.clear()
    opening.forget()


def scanned(element: Any, folder: Path) -> list[str]:
    """Return what an independent reader finds in the picture of an element."""
    picture = folder / "codes.png"
    element.screenshot(path=str(picture))
    found = subprocess.run(["zbarimg", "--quiet", "--raw", str(picture)], capture_output=True, text=True, check=True)
    return found.stdout.split()


def test_public_pages_fit_and_are_accessible(whole_city: None, live_server: Any, new_page: Callable[..., Any]) -> None:
    pages = [f"/items/{FOOD}/", "/items/130300-GA-07-0003/", "/items/130300-GS-01-0004/", "/items/130300-GA-01-0009/", "/items/"]
    pages += [f"/items/?q={quote('身份证丢了')}", f"/items/?q={quote('拆迁xyz')}", "/items/?topic=shop&level=county&online=1"]
    for width in WIDTHS.values():
        page = new_page(width)
        for path in pages:
            page.goto(live_server.url + path)
            assert violations(page) == [], path
            assert not scrolls_sideways(page), path


def test_from_the_question_to_the_guide_without_script(
    whole_city: None, live_server: Any, new_page: Callable[..., Any], tmp_path: Path
) -> None:
    page = new_page(WIDTHS["phone"], java_script_enabled=False, device_scale_factor=3)
    page.goto(live_server.url + "/items/")
    page.get_by_label("您要办什么事？").fill("我想开个餐馆，怎么办？")
    follow(page.get_by_role("button", name="查找"))
    follow(page.get_by_role("link", name="食品经营许可（新办）"))
    assert urlsplit(page.url).path == f"/items/{FOOD}/"
    assert page.get_by_role("heading", level=1).inner_text() == "食品经营许可（新办）"
    assert page.get_by_role("link", name="在线办理").get_attribute("href") == f"/apply/{FOOD}/"
    code = queries.published_guide(FOOD).short_code
    assert scanned(page.locator(".qr"), tmp_path) == [f"{settings.ONEDOOR_BASE_URL}/q/{code}"]
    page.goto(f"{live_server.url}/q/{code}")
    assert urlsplit(page.url).path == f"/items/{FOOD}/"
    sheets = re.findall(rb"/Type\s*/Page[^s]", page.pdf(format="A4", prefer_css_page_size=True))
    assert len(sheets) == 2, "a whole guide on both sides of one sheet"


def test_sheet_of_codes(live_server: Any, new_page: Callable[..., Any], tmp_path: Path) -> None:
    import_sample()
    city = a_small_city()
    account = Account.objects.get(id=city.accounts["clerk"])
    Account.objects.update(password_changed_at=timezone.now())
    client = Client()
    step_in(client, account)
    page = new_page(WIDTHS["desk"])
    page.context.add_cookies([{"name": "session", "value": client.cookies["session"].value, "url": live_server.url}])
    page.goto(live_server.url + "/desk/qr/?kind=window")
    assert violations(page) == []
    assert not scrolls_sideways(page)
    follow(page.get_by_role("button", name="生成缺少的短码"))
    code = ShortCode.objects.get(target_kind="network.window").code
    assert scanned(page.locator(".qr"), tmp_path) == [f"{settings.ONEDOOR_BASE_URL}/q/{code}"]
    page.goto(f"{live_server.url}/q/{code}")
    assert urlsplit(page.url).path == "/sites/HALL/windows/12/"
    assert page.get_by_role("link", name="企业投资项目备案").is_visible()
    for kind in ("department", "item&department=FG"):
        page.goto(f"{live_server.url}/desk/qr/?kind={kind}")
        assert violations(page) == []
        assert not scrolls_sideways(page)
    assert page.locator(".qr").count() == 14
