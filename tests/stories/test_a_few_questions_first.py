"""S13 and S15: the guide asks a few questions first, and what is answered goes along, to the application and to the window."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from onedoor.casework.models import Application
from onedoor.network.models import Site
from tests.browser import WIDTHS, follow
from tests.casework.situations import COMMITMENT, City
from tests.people.factories import GOOD_PASSWORD, a_phone
from tests.stories.camera import look

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize(
    ("width", "script"),
    [(WIDTHS["phone"], True), (WIDTHS["desk"], True), (WIDTHS["phone"], False)],
    ids=["phone", "desk", "no-script"],
)
def test_from_questions_to_a_draft_that_knows_the_answers(
    story: City, live_server: Any, new_page: Callable[..., Any], scan: Callable[[Path], list[str]], tmp_path: Path,
    width: int, script: bool,
) -> None:  # fmt: skip
    page = new_page(width, java_script_enabled=script)
    told: list[str] = []
    page.on("console", lambda message: told.append(message.text))
    page.goto(f"{live_server.url}/items/{COMMITMENT}/")
    if script:
        look(page, "guide-situation")
    choose(page, "main_form", "canteen", script=script)
    choose(page, "by_agent", "yes", script=script)
    assert urlsplit(page.url).query == "main_form=canteen&by_agent=yes"
    said = page.locator("main").inner_text()
    assert "您的回答：主体业态：单位食堂；是否委托他人办理：是。" in said
    assert "您这种情形怎么办" in said
    assert "授权委托书及经办人身份证" in page.locator("#mat").inner_text()
    assert told == [], "the data block for machines breaks no policy"
    assert json.loads(page.locator('script[type="application/ld+json"]').text_content())["@type"] == "GovernmentService"
    if script:
        look(page, "guide-narrowed")
        page.locator(".qr").screenshot(path=str(tmp_path / "case.png"))
        (address,) = scan(tmp_path / "case.png")
        assert address == page.url, "the code holds the answers"
    follow(page.get_by_role("link", name="在线办理"))
    page.locator("#id_login").fill(a_phone(1))
    page.locator("#id_password").fill(GOOD_PASSWORD)
    follow(page.locator("main button", has_text="登录"))
    assert "单位食堂" in page.locator("main").inner_text(), "what was answered outlives the log-in"
    if script:
        look(page, "apply-start-from-guide")
    follow(page.get_by_role("button", name="开始填写"))
    application = Application.objects.get()
    assert (application.answers["main_form"], application.option_code) == ("canteen", "03")
    page.goto(asked(live_server, application))
    assert "这是您在办事指南里回答的" in page.locator("main").inner_text()
    if script:
        look(page, "apply-question-from-guide")


def asked(live_server: Any, application: Application) -> str:
    from django.urls import reverse

    return str(live_server.url) + reverse("casework:ask", args=[application.id, "main_form"])


def choose(page: Any, name: str, value: str, *, script: bool) -> None:
    """Choose an answer as a person would; without script the form is sent by its button."""
    field = page.locator(f'input[name="{name}"][value="{value}"]')
    field.check()
    if script:
        page.wait_for_url(lambda url: f"{name}={value}" in url)
        page.wait_for_function(
            f"document.querySelector('[data-told]').textContent.length > 0 && document.activeElement.value === '{value}'"
        )
    else:
        follow(page.get_by_role("button", name="看我要准备什么"))


def test_starting_over_forgets_the_answers(story: City, live_server: Any, new_page: Callable[..., Any]) -> None:
    page = new_page(WIDTHS["phone"])
    page.goto(f"{live_server.url}/items/{COMMITMENT}/?main_form=canteen")
    page.get_by_role("link", name="重新回答").click()
    page.wait_for_url(f"{live_server.url}/items/{COMMITMENT}/")
    page.wait_for_function("document.querySelectorAll('[data-situation] input:checked').length === 0")
    assert page.locator("[data-told]").text_content() == ""


def test_the_nearest_place_is_found_on_the_device(story: City, live_server: Any, new_page: Callable[..., Any]) -> None:
    Site.objects.update(latitude="39.94200", longitude="119.59800")
    page = new_page(
        WIDTHS["phone"], geolocation={"latitude": 39.95, "longitude": 119.60}, permissions=["geolocation"], has_touch=True
    )
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url + (request.post_data or "")))
    page.goto(f"{live_server.url}/items/{COMMITMENT}/")
    page.get_by_role("button", name="按我的位置找最近的").click()
    page.locator("[data-nearest]").get_by_text("约 0.9 公里").wait_for()
    near = page.locator("[data-nearest]")
    assert near.get_by_role("link", name="秦皇岛市政务服务中心").is_visible()
    assert not any("39.95" in each or "119.6" in each for each in asked), "the position goes nowhere"
    look(page)


def test_where_one_lives_is_said_in_three_taps(story: City, live_server: Any, new_page: Callable[..., Any]) -> None:
    page = new_page(WIDTHS["phone"], java_script_enabled=False)
    page.goto(f"{live_server.url}/items/{COMMITMENT}/")
    follow(page.get_by_role("link", name="选您住哪里"))
    follow(page.get_by_role("link", name="海港区", exact=True))
    follow(page.get_by_role("link", name="就用海港区"))
    assert urlsplit(page.url).path == f"/items/{COMMITMENT}/"
    assert "离海港区最近的" in page.locator("#where").inner_text()


@pytest.mark.parametrize("width", WIDTHS.values(), ids=WIDTHS)
def test_large_type_and_paper(story: City, live_server: Any, new_page: Callable[..., Any], tmp_path: Path, width: int) -> None:
    page = new_page(width)
    page.context.add_cookies([{"name": "elder", "value": "1", "url": live_server.url}])
    page.goto(f"{live_server.url}/items/{COMMITMENT}/?main_form=canteen")
    look(page, "guide-large")
    page.emulate_media(media="print")
    assert not page.locator("[data-situation]").is_visible()
    assert page.locator(".told").is_visible()
    assert page.locator(".qr").is_visible()
    assert page.locator("#faq p").first.is_visible(), "answers are not folded on paper"
    assert page.locator(".flow--wide").is_visible()
