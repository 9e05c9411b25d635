"""The desk in Chromium: keys, the preview, no violation found by axe, nothing scrolls sideways."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from onedoor.casework.norm import ALL_MET
from onedoor.casework.services import intake
from onedoor.network.models import Post
from tests.browser import press, scrolls_sideways, violations
from tests.casework.desk import beside_the_browser, url
from tests.casework.pictures import keep_pictures
from tests.casework.situations import City, accepted, all_checked, before_decision, furnish, submitted
from tests.stories.test_s01_filed_on_the_spot import step_up

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def now(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> datetime:
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
    return timezone.now()


@pytest.fixture
def city(now: datetime) -> City:
    city = furnish(now - timedelta(days=90))
    Post.objects.update(duties=["people.unmask"])
    return city


def look_over(page: Page, name: str) -> None:
    for width in (390, 1280):
        page.set_viewport_size({"width": width, "height": 844 if width == 390 else 800})
        assert violations(page) == [], (name, width)
        assert not scrolls_sideways(page), (name, width)
    keep_pictures(page, name)


def a_week_of_work(city: City, now: datetime) -> None:
    """Fill the reviewer's list: late, due soon and later."""
    for days in (20, 9, 1, 1, 0, 0):
        accepted(city, at=now - timedelta(days=days, minutes=5))


def test_work_list_preview_and_keys(city: City, now: datetime, live_server: Any, new_page: Callable[..., Page]) -> None:
    a_week_of_work(city, now)
    page = new_page(1280)
    step_up(page, live_server.url, city.approver.account)
    page.goto(live_server.url + "/desk/work/")
    expect(page.locator("#preview .kv")).to_be_visible()
    first = page.locator("#preview h2").inner_text()
    page.keyboard.press("J")
    expect(page.locator("#preview h2")).not_to_have_text(first)
    chosen = page.locator("#preview h2").inner_text()
    look_over(page, "desk-work")
    press(page, "Enter")
    expect(page.locator("h1")).to_be_visible()
    assert chosen in page.title()
    press(page, "F2")
    expect(page.get_by_text("这件在您手里。")).to_be_visible()
    press(page, "Escape")
    expect(page.get_by_role("heading", name="我的待办", level=1)).to_be_visible()


def test_a_case_before_its_decision(
    city: City, now: datetime, live_server: Any, new_page: Callable[..., Page], run_jobs: Callable[[], int]
) -> None:
    application = before_decision(city, at=now - timedelta(days=2))
    beside_the_browser(run_jobs)
    page = new_page(1280)
    step_up(page, live_server.url, city.approver.account)
    page.goto(live_server.url + url("case", application))
    look_over(page, "desk-case")
    page.fill("#id_opinion", "现场与图不一致")
    press(page, "F9")
    expect(page.locator("#id_reason")).to_have_value("现场与图不一致")
    look_over(page, "desk-refuse")
    page.go_back()
    page.goto(live_server.url + url("case", application))
    page.locator("summary", has_text="查看完整号码").click()
    page.fill("#id_reason", "核对法定代表人身份")
    page.get_by_role("button", name="显示一次").click()
    expect(page.locator("#shown")).to_be_visible()
    page.goto(live_server.url + url("case", application))
    page.fill("#id_opinion", "符合条件，准予许可。")
    press(page, "F2")
    expect(page.get_by_role("alert")).to_contain_text("还没有核对")
    expect(page.locator("#id_opinion")).to_have_value("符合条件，准予许可。")
    page.keyboard.press("F8")
    press(page, "F2")
    expect(page.get_by_text("已准予，决定书正在制作盖章。")).to_be_visible()


def test_first_answer_and_notice(city: City, now: datetime, live_server: Any, new_page: Callable[..., Page]) -> None:
    application = submitted(city, at=now - timedelta(hours=3))
    page = new_page(1280)
    step_up(page, live_server.url, city.clerk.account)
    page.goto(live_server.url + url("case", application))
    look_over(page, "desk-receive")
    page.locator('input[type=radio][value="bad"]').first.check()
    page.locator('input[name^="remark-"]').first.fill("缺第二页")
    page.locator('input[name="norm-m6-1"]').first.focus()
    page.keyboard.press("2")
    expect(page.locator('input[name="norm-m6-1"][value="no"]')).to_be_checked()
    page.keyboard.type("执照写的是隔壁")
    page.keyboard.press("F8")
    expect(page.locator('input[name^="norm-"][value="yes"]:checked')).to_have_count(9)
    expect(page.locator('input[name="norm-m6-1"][value="no"]')).to_be_checked()
    look_over(page, "desk-check-list")
    press(page, "F2")
    expect(page.get_by_role("alert")).to_contain_text("地址与营业执照一致")
    press(page, "F4")
    expect(page.locator('input[name="point"]:checked')).to_have_count(2)
    expect(page.locator("#problem-m6")).to_have_value("地址与营业执照一致：执照写的是隔壁")
    press(page, "F4")
    expect(page.get_by_text("申请人看到的告知书")).to_be_visible()
    look_over(page, "desk-notice")
    press(page, "F10")
    expect(page.get_by_text("已书面一次性告知。")).to_be_visible()
    expect(page.locator(".norm__said", has_text="执照写的是隔壁")).to_be_visible()
    expect(page.locator(".signs")).to_contain_text("1 项不符合")
    press(page, "F2")
    expect(page.get_by_role("heading", name="代收补正材料")).to_be_visible()
    look_over(page, "desk-bring")


def test_search_and_empty_list(city: City, now: datetime, live_server: Any, new_page: Callable[..., Page]) -> None:
    application = submitted(city, at=now - timedelta(hours=3))
    intake.receive_application(
        application_id=application.id, checks=all_checked(application), answers=ALL_MET, by=city.clerk, at=now
    )
    page = new_page(1280)
    step_up(page, live_server.url, city.clerk.account)
    page.goto(live_server.url + "/desk/work/?tab=mine")
    look_over(page, "desk-work-empty")
    page.keyboard.press("/")
    page.keyboard.type("张海")
    press(page, "Enter")
    expect(page.get_by_role("heading", name="查办件")).to_be_visible()
    look_over(page, "desk-search")
