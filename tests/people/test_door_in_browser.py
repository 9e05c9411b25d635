"""The door in a browser: no violation found by axe, nothing scrolls sideways, and it works without JavaScript."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator

import pytest
from django.db import connection
from django.utils import timezone
from playwright.sync_api import Page

from onedoor.kernel.actor import Actor, system_actor
from onedoor.kernel.subjects import Subject
from onedoor.people import services
from tests.browser import follow, scrolls_sideways, violations
from tests.people.factories import GOOD_PASSWORD, a_card, a_phone
from tests.people.test_access import app_code

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
WIDTHS = (390, 1280)


@pytest.fixture
def visitor(
    transactional_db: None, new_page: Callable[..., Page], monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[..., Page]]:
    """Return a maker of visitors; inside Playwright's loop the test has a connection of its own, which has to be closed."""
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
    yield new_page
    connection.close()


def look_over(page: Page, name: str) -> None:
    """Look at a page at both widths: no sideways scrolling, no violation; keep a picture where one is wanted."""
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        if folder := os.environ.get("ONEDOOR_PICTURES"):
            page.screenshot(path=f"{folder}/{name}-{width}.png", full_page=True)
        assert not scrolls_sideways(page), (name, width)
        assert violations(page) == [], (name, width)


def send(page: Page) -> None:
    """Send the form of a page and wait for the answer."""
    follow(page.locator("main button").first)


def test_registering(visitor, live_server, sent):
    page = visitor()
    page.goto(f"{live_server.url}/accounts/register/")
    look_over(page, "register-phone")
    page.fill("#id_phone", "1380000")
    send(page)
    look_over(page, "register-phone-wrong")
    page.fill("#id_phone", a_phone(77))
    send(page)
    look_over(page, "register-code")
    page.fill("#id_code", sent[-1].code)
    send(page)
    look_over(page, "register-identity")
    page.fill("#id_name", "𠮷小㛃")
    page.fill("#id_identity", a_card(77)[:-1])
    send(page)
    look_over(page, "register-identity-wrong")
    assert page.input_value("#id_name") == "𠮷小㛃"
    page.fill("#id_identity", a_card(77))
    send(page)
    look_over(page, "register-password")
    page.fill("#id_password", GOOD_PASSWORD)
    send(page)
    page.goto(f"{live_server.url}/my/account/")
    assert page.get_by_text("𠮷小㛃").first.is_visible()
    look_over(page, "my-account")
    page.goto(f"{live_server.url}/my/data/")
    look_over(page, "my-data")


def test_civil_servants_come_in_without_javascript(visitor, live_server):
    services.create_staff("B7", "赵六", GOOD_PASSWORD, by=system_actor("test"), at=timezone.now())
    page = visitor(java_script_enabled=False)
    page.goto(f"{live_server.url}/accounts/login/")
    follow(page.locator(".who a").nth(1))
    page.fill("#id_login", "B7")
    page.fill("#id_password", GOOD_PASSWORD)
    send(page)
    secret = page.inner_text("main .key-text").replace(" ", "")
    page.fill("#id_code", app_code(secret))
    send(page)
    assert page.locator("main li code.ref").count() == 10
    follow(page.locator("main a.govuk-button").first)
    page.fill("#id_present", GOOD_PASSWORD)
    page.fill("#id_password", "another morning 8")
    send(page)
    assert page.locator(".done-panel").is_visible()


def test_pages_of_logging_in(visitor, live_server):
    account = services.create_staff("B7", "赵六", GOOD_PASSWORD, by=system_actor("test"), at=timezone.now())
    page = visitor()
    for path, name in (
        ("/accounts/login/?idle=1", "login"),
        ("/accounts/login/?as=staff", "login-staff"),
        ("/accounts/login/code/", "login-code"),
        ("/accounts/reset/", "reset"),
    ):
        page.goto(live_server.url + path)
        look_over(page, name)
    page.goto(f"{live_server.url}/accounts/login/?as=staff")
    page.fill("#id_login", "B7")
    page.fill("#id_password", "wrong")
    send(page)
    look_over(page, "login-wrong")
    page.fill("#id_password", GOOD_PASSWORD)
    send(page)
    look_over(page, "second-factor")
    page.fill("#id_code", app_code(page.inner_text("main .key-text").replace(" ", "")))
    send(page)
    look_over(page, "recovery-codes")
    follow(page.locator("main a.govuk-button").first)
    look_over(page, "change-password")
    services.unlock_account(account_id=account.id, reason="测试解除", by=system_actor("test"), at=timezone.now())


def test_who_looked_is_shown_in_a_table_that_fits_a_phone(visitor, live_server, clerk):
    at = timezone.now()
    account = services.register_citizen(
        name="张小三",
        identity_kind="111",
        identity=a_card(5),
        phone=a_phone(5),
        password=GOOD_PASSWORD,
        by=Actor(client="web"),
        at=at,
    )
    services.unmask(
        subject=Subject("people.person", account.person_id),
        field="identity",
        reason="核对居住地址是否一致",
        by=clerk("people.unmask"),
        at=at,
    )
    page = visitor()
    page.goto(f"{live_server.url}/accounts/login/?next=/my/data/")
    page.fill("#id_login", a_phone(5))
    page.fill("#id_password", GOOD_PASSWORD)
    send(page)
    assert page.get_by_text("核对居住地址是否一致").is_visible()
    look_over(page, "my-data-looked-at")
