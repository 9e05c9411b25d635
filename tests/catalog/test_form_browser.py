"""A form made in the desk from an empty page, by keyboard and without script, to an application that was filed with it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.utils import timezone
from playwright.sync_api import Page

from onedoor.casework.models import Application
from onedoor.catalog import parts
from onedoor.catalog.conditions import Equals
from onedoor.catalog.content import Content, Form
from onedoor.catalog.models import ItemVersion
from onedoor.catalog.services import editing
from onedoor.kernel.actor import Actor
from onedoor.kernel.clock import local_date
from tests.browser import WIDTHS, next_page, press, scrolls_sideways, violations
from tests.casework.pictures import keep_pictures
from tests.casework.situations import INSTANT, City, furnish
from tests.catalog.officers import an_officer
from tests.stories.test_s01_filed_on_the_spot import step_up

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PAGE = f"/desk/catalog/{INSTANT}/draft/form/"
MOST_TABS = 120


@pytest.fixture
def now(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> datetime:
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
    return timezone.now()


@pytest.fixture
def city(now: datetime) -> City:
    return furnish(now - timedelta(days=90))


def an_empty_draft(by: Actor, at: datetime) -> UUID:
    """Begin a version whose form is empty and that asks for no paper."""
    version = editing.begin_draft(INSTANT, by=by, at=at)
    for part, nothing in (("form", {"form": Form()}), ("materials", {"materials": ()})):
        mark = parts.seen(ItemVersion.objects.get(pk=version), parts.PART_BY_KEY[part])
        editing.save_part(version, part_key=part, changes=nothing, mark=mark, by=by, at=at)
    return version


def tab_to(page: Page, selector: str) -> None:
    """Press Tab until the focus stands on an element, as somebody without a mouse does."""
    for _press in range(MOST_TABS):
        if page.locator(selector).and_(page.locator(":focus")).count():
            return
        page.keyboard.press("Tab")
    pytest.fail(f"the keyboard does not reach {selector}")


def choose(page: Page, name: str, downs: int) -> None:
    tab_to(page, f"select[name='{name}']")
    for _press in range(downs):
        page.keyboard.press("ArrowDown")


def write(page: Page, name: str, text: str) -> None:
    tab_to(page, f"[name='{name}']")
    page.keyboard.insert_text(text)


def push(page: Page, selector: str) -> None:
    """Go to a button or a link and press Enter on it."""
    tab_to(page, selector)
    press(page, "Enter")


def ask(page: Page, label: str, downs: int) -> None:
    """Add a question to the first section; ``downs`` choose its type, and its page opens."""
    write(page, "s1-label", label)
    choose(page, "s1-type", downs)
    push(page, "#add-s1 button")


def test_from_an_empty_page_to_a_filed_application_by_keyboard(
    city: City, now: datetime, live_server: Any, new_page: Callable[..., Page]
) -> None:
    officer, second = an_officer("20001"), an_officer("20002")
    version = an_empty_draft(officer, now)
    desk = new_page(WIDTHS["desk"], java_script_enabled=False)
    step_up(desk, live_server.url, officer.account)
    desk.goto(live_server.url + PAGE)
    write_the_form(desk)
    form = Content.from_json(ItemVersion.objects.get(pk=version).content).form
    assert [(each.label, each.type, each.prefill) for each in form] == [
        ("姓名", "text", "person.name"), ("经营方式", "choice", ""), ("网址", "text", "")
    ]  # fmt: skip
    assert form.field("q3").condition == Equals("q2", "c2")
    look_over(new_page, live_server, officer)

    editing.submit_for_review(version, effective_from=local_date(now), by=officer, at=now)
    editing.approve(version, reason="试用", by=second, at=now)
    citizen = new_page(WIDTHS["phone"])
    step_up(citizen, live_server.url, city.citizen.account)
    file_it(citizen, live_server.url)
    application = Application.objects.get(version=version)
    assert application.reference
    assert application.answers == {"q1": "张海燕", "q2": "c2", "q3": "shop.example.org"}


def write_the_form(page: Page) -> None:
    write(page, "section-title", "经营者")
    press(page, "Enter")
    ask(page, "姓名", 1)
    choose(page, "source", 1)
    push(page, "button[data-key='F2']")
    ask(page, "经营方式", 3)
    write(page, "choices", "门店\n网店")
    push(page, "button[data-key='F2']")
    ask(page, "网址", 1)
    push(page, "section[aria-labelledby='when'] a")
    choose(page, "row-0-field", 2)
    write(page, "row-0-value", "网店")
    push(page, "button[data-key='F2']")
    assert "当“经营方式”是“网店”时" in page.locator("#field-q3").inner_text()
    assert page.locator("#faults").count() == 0


def look_over(new_page: Callable[..., Page], live_server: Any, officer: Actor) -> None:
    """Look at the pages of the editor with script, at both widths."""
    page = new_page(WIDTHS["desk"])
    step_up(page, live_server.url, officer.account)
    paths = {
        "form": PAGE, "form-field": f"{PAGE}field/q2/", "form-condition": f"/desk/catalog/{INSTANT}/draft/condition/field/q3/",
        "form-preview": f"{PAGE}preview/",
    }  # fmt: skip
    for name, path in paths.items():
        page.goto(live_server.url + path)
        for width in WIDTHS.values():
            page.set_viewport_size({"width": width, "height": 844})
            assert violations(page) == [], (name, width)
            assert not scrolls_sideways(page), (name, width)
        keep_pictures(page, f"catalog-{name}")


def file_it(page: Page, address: str) -> None:
    """Apply with the form by keyboard: what the record knows is there, what depends on an answer is asked."""
    page.goto(f"{address}/apply/{INSTANT}/")
    push(page, "main form button.govuk-button")
    push(page, "main a[href*='/q/']")
    tab_to(page, "[name='q2']")
    page.keyboard.press("ArrowDown")
    with next_page(page):
        page.keyboard.press("Enter")
    write(page, "q3", "shop.example.org")
    with next_page(page):
        page.keyboard.press("Enter")
    tab_to(page, "[name='truth']")
    page.keyboard.press("Space")
    push(page, "main form button.govuk-button")
    assert "已提交" in page.locator("h1").inner_text() or "收到" in page.locator("h1").inner_text()
