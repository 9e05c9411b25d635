"""The frames, the parts and the small scripts in a real browser."""

import re
from pathlib import Path

import pytest
from django.utils import timezone
from playwright.sync_api import expect

import onedoor
from onedoor.catalog.services import import_items
from onedoor.kernel.actor import system_actor
from tests.browser import WIDTHS, follow, press, scrolls_sideways, violations
from tests.look import pages
from tests.network.factories import a_small_city

SCREENSHOTS = Path(__file__).resolve().parents[2] / "docs" / "screenshots"
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.urls("tests.look.pages")]


@pytest.fixture(autouse=True)
def all_logged_in():
    pages.logged_out.clear()


@pytest.mark.parametrize("width", sorted(WIDTHS.values()))
@pytest.mark.parametrize("path", ["/parts/", "/done/", "/form/", "/upload/", "/list/", "/figures/"])
def test_parts_fit_and_are_accessible(live_server, new_page, path, width):
    page = new_page(width)
    complaints = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.goto(live_server.url + path)
    assert violations(page) == []
    assert not scrolls_sideways(page)
    assert complaints == []
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    if path in {"/parts/", "/list/"}:
        page.screenshot(path=SCREENSHOTS / f"look-{path.strip('/')}-{width}.png", full_page=True)


@pytest.mark.parametrize("path", ["/", "/parts/", "/form/"])
def test_large_type_fits_too(live_server, new_page, path):
    page = new_page(WIDTHS["phone"])
    page.goto(f"{live_server.url}/-/elder?on=1&next={path}")
    assert page.evaluate("() => getComputedStyle(document.documentElement).fontSize") == "20px"
    assert violations(page) == []
    assert not scrolls_sideways(page)


def test_pages_work_at_320_pixels(live_server, new_page):
    page = new_page(320)
    for path in ("/", "/parts/"):
        page.goto(live_server.url + path)
        assert not scrolls_sideways(page)


def test_everything_is_there_without_scripts(live_server, new_page):
    page = new_page(WIDTHS["phone"], java_script_enabled=False)
    page.goto(live_server.url + "/")
    page.get_by_role("link", name="菜单").click()
    page.wait_for_url("**/#menu")
    page.goto(live_server.url + "/form/")
    follow(page.get_by_role("button", name="继续"))
    assert page.url.endswith("/done/")


def test_the_error_summary_takes_the_focus_and_leads_to_the_field(live_server, page):
    page.goto(live_server.url + "/parts/")
    assert page.evaluate("() => document.activeElement.className") == "govuk-error-summary"
    page.locator(".govuk-error-summary a").first.click()
    expect(page.locator("#id_name")).to_be_focused()


def test_a_form_keeps_itself(live_server, page):
    page.goto(live_server.url + "/form/")
    page.get_by_label("店名").fill("海岸小馆")
    page.get_by_text(re.compile(r"已保存 \d\d:\d\d")).wait_for()
    assert page.evaluate("() => localStorage.length") == 0


def test_nothing_typed_is_lost_when_the_session_ends(live_server, page):
    page.goto(live_server.url + "/form/")
    pages.logged_out.append(True)
    page.get_by_label("店名").fill("海岸小馆")
    page.get_by_text("没连上，先留在这台设备上").wait_for()
    page.goto(live_server.url + "/done/")
    pages.logged_out.clear()
    page.goto(live_server.url + "/form/")
    assert page.get_by_label("店名").input_value() == "海岸小馆"
    page.get_by_text(re.compile(r"已保存 \d\d:\d\d")).wait_for()


@pytest.mark.parametrize(("size", "lands"), [(300_000, "/done/"), (700_000, "/upload/"), (1_000, "/done/")])
def test_a_file_arrives_or_its_error_is_shown(live_server, page, tmp_path, size, lands):
    plan = tmp_path / "plan.jpg"
    plan.write_bytes(b"x" * size)
    page.goto(live_server.url + "/upload/")
    page.get_by_label("平面图").set_input_files(plan)
    page.get_by_role("button", name="上传平面图").click()
    if lands == "/upload/":
        page.get_by_text("这个文件太大了").wait_for()
    page.wait_for_url(live_server.url + lands)


def test_a_second_click_sends_nothing(live_server, page):
    sent = []
    page.on("request", lambda request: sent.append(request) if request.method == "POST" and "save" not in request.url else None)
    page.goto(live_server.url + "/form/")
    page.get_by_role("button", name="继续").dblclick()
    page.wait_for_url("**/done/")
    assert len(sent) == 1


def test_a_clerk_needs_no_mouse(live_server, page):
    page.goto(live_server.url + "/list/")
    current = page.locator("[data-row][aria-current]")
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("k")
    expect(current).to_contain_text("2611 1812 0482")
    page.keyboard.press("x")
    expect(current.locator("input")).to_be_checked()
    press(page, "Enter")
    assert page.url.endswith("/case/261118120482")
    page.go_back()
    press(page, "F2")
    assert page.url.endswith("/agree")


def test_letters_stay_letters_in_a_field(live_server, page):
    page.goto(live_server.url + "/list/")
    page.locator("#note").click()
    page.keyboard.type("aj?x")
    assert page.locator("#note").input_value() == "aj?x"
    page.keyboard.press("Escape")
    page.keyboard.press("j")
    expect(page.locator("[data-row][aria-current]")).to_have_count(1)


def test_keys_can_be_switched_off(live_server, page):
    page.goto(live_server.url + "/list/")
    page.keyboard.press("?")
    page.get_by_label("在这台电脑上使用快捷键").wait_for()
    assert violations(page) == []
    page.get_by_label("在这台电脑上使用快捷键").uncheck()
    page.get_by_role("button", name="关闭").click()
    page.keyboard.press("j")
    expect(page.locator("[data-row][aria-current]")).to_have_count(0)
    page.reload()
    page.keyboard.press("F2")
    expect(page).to_have_url(re.compile("/list/$"))


def test_home_page_beside_the_mockup(live_server, new_page):
    a_small_city()
    sample = Path(onedoor.__file__).parent / "sample" / "data"
    import_items(items=(sample / "items_full.csv").read_bytes(), basis="测试", by=system_actor("test"), at=timezone.now())
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    for width in WIDTHS.values():
        page = new_page(width)
        page.goto(live_server.url + "/")
        assert violations(page) == []
        page.screenshot(path=SCREENSHOTS / f"home-{width}.png", full_page=True)
