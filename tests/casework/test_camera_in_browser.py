"""Pages taken with the document camera of a window, in a real browser with a camera that shows a test picture."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from PIL import Image
from playwright.sync_api import Page, expect

from onedoor.casework.models import Application, MaterialFile
from onedoor.casework.services import drafts
from onedoor.documents import keeping
from tests.browser import QUIET, press, scrolls_sideways, violations
from tests.casework.situations import COMMITMENT, City, furnish
from tests.stories.test_s01_filed_on_the_spot import step_up

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
CAMERA = [*QUIET, "--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"]


@pytest.fixture
def city(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> City:
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
    return furnish(timezone.now() - timedelta(days=60))


@pytest.fixture
def intake(city: City) -> Application:
    return drafts.open_draft(
        service_item_id=city.offers[COMMITMENT], applicant=None, channel="window", site_id=city.clerk.site, by=city.clerk,
        at=timezone.now(),
    )  # fmt: skip


@pytest.fixture
def with_camera(chromium: Any) -> Iterator[Any]:
    browser = chromium.browser_type.launch(executable_path=os.environ.get("ONEDOOR_CHROMIUM") or "/usr/bin/chromium", args=CAMERA)
    yield browser
    browser.close()


def at_intake(browser: Any, live_server: Any, city: City, intake: Application, **how: Any) -> Page:
    page = browser.new_context(viewport={"width": 1280, "height": 800}, locale="zh-CN", **how).new_page()
    page.set_default_timeout(15_000)
    step_up(page, live_server.url, city.clerk.account)
    page.goto(f"{live_server.url}/desk/intake/{intake.id}/")
    return page


def kept(name: str, page: Page) -> None:
    if folder := os.environ.get("ONEDOOR_PICTURES"):
        page.screenshot(path=str(Path(folder) / f"{name}.png"))


def test_two_pages_are_taken_by_keyboard_and_kept_with_the_intake(
    city: City, intake: Application, live_server: Any, with_camera: Any
) -> None:
    page = at_intake(with_camera, live_server, city, intake)
    page.evaluate("document.activeElement.blur()")
    kept("camera-intake", page)
    sheet = page.locator("dialog.camera")
    page.keyboard.press("F7")
    expect(sheet.locator("[data-camera-take]")).to_be_enabled()
    expect(sheet).to_contain_text("已有 0 页")
    assert violations(page) == []
    assert not scrolls_sideways(page)
    kept("camera-open", page)
    page.keyboard.press("Enter")
    expect(sheet).to_contain_text("已有 1 页")
    sheet.locator("[data-camera-turn]").click()
    sheet.locator("[data-camera-take]").click()
    expect(sheet).to_contain_text("已有 2 页")
    page.keyboard.press("Escape")
    expect(sheet).to_be_hidden()
    assert page.evaluate("document.querySelector('[data-camera-picture]').srcObject") is None, "the camera is off again"
    press(page, "F4")
    expect(page.get_by_role("link", name="扫描2.jpg")).to_be_visible()
    files = [used.file for used in MaterialFile.objects.select_related("file").order_by("position")]
    assert [file.name for file in files] == ["扫描1.jpg", "扫描2.jpg"]
    sizes = []
    for file in files:
        with keeping.open_stored(file.storage_key) as stored, Image.open(stored) as picture:
            sizes.append(picture.size)
    assert sizes[1] == sizes[0][::-1], "the second page was turned by a quarter"
    kept("camera-after", page)


def test_without_a_script_there_is_an_input_that_opens_the_camera(
    city: City, intake: Application, live_server: Any, chromium: Any
) -> None:
    page = at_intake(chromium, live_server, city, intake, java_script_enabled=False)
    assert page.locator('input[type=file][capture="environment"]:visible').count() > 0
    assert page.locator("button[data-camera-for]:visible").count() == 0
    kept("camera-no-script", page)


def test_a_camera_that_is_not_allowed_is_told(city: City, intake: Application, live_server: Any, chromium: Any) -> None:
    page = at_intake(chromium, live_server, city, intake, permissions=[])
    page.locator("button[data-camera-for]:visible").first.click()
    expect(page.locator("dialog.camera [data-camera-said]")).to_contain_text("或改为选择文件")
