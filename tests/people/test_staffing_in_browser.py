"""Organisations, accounts, postings and audit in Chromium: no violation found by axe, nothing scrolls sideways, at both widths."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from onedoor.kernel.actor import Actor, system_actor
from onedoor.network import services as network
from onedoor.network.entries import NewPost, NewPosting
from onedoor.people import services
from onedoor.people.models import Account
from tests.browser import follow, press
from tests.network.factories import a_small_city
from tests.people.factories import GOOD_PASSWORD, a_card, a_credit_code, a_phone
from tests.people.test_door_in_browser import look_over, send, visitor  # noqa: F401 - a fixture
from tests.people.test_pages import step_in

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
HOUSE = system_actor("test")


def a_citizen(name: str, order: int) -> Account:
    return services.register_citizen(
        name=name, identity_kind="111", identity=a_card(order), phone=a_phone(order), password=GOOD_PASSWORD,
        by=Actor(client="web"), at=timezone.now(),
    )  # fmt: skip


def enter(page: Any, live_server: Any, account: Account) -> None:
    client = Client()
    step_in(client, account)
    page.context.clear_cookies()
    page.context.add_cookies([{"name": "session", "value": client.cookies["session"].value, "url": live_server.url}])


def test_a_representative_registers_and_names_a_colleague(visitor: Callable[..., Any], live_server: Any, sent: Any) -> None:  # noqa: F811
    boss, colleague = a_citizen("张小三", 21), a_citizen("李四", 22)
    page = visitor()
    enter(page, live_server, boss)
    page.goto(f"{live_server.url}/my/account/")
    follow(page.get_by_role("link", name="单位", exact=True))
    look_over(page, "organisations-none")
    follow(page.locator("main a.govuk-button").first)
    send(page)
    look_over(page, "organisation-register-wrong")
    page.fill("#id_name", "港城商贸有限公司")
    page.fill("#id_credit_code", a_credit_code(17))
    page.fill("#id_legal_representative", "张小三")
    send(page)
    follow(page.locator("main a.govuk-button").first)
    look_over(page, "member-add")
    page.fill("#id_name", "李四")
    page.fill("#id_phone", colleague.phone)
    send(page)
    look_over(page, "member-code")
    page.fill("#id_code", sent[-1].code)
    send(page)
    assert page.get_by_text("李＊现在可以代表单位办事").is_visible()
    look_over(page, "organisation")
    follow(page.get_by_role("link", name="取消"))
    look_over(page, "member-end")
    page.goto(f"{live_server.url}/my/organisations/")
    look_over(page, "organisations")


def test_desk_pages(visitor: Callable[..., Any], live_server: Any) -> None:  # noqa: F811
    at = timezone.now() - timedelta(minutes=5)
    city = a_small_city()
    duties = {"security": "people.manage_accounts", "system": "network.manage", "audit": "journal.audit"}
    network.create_posts(
        [NewPost(name, name, "130300-FG", name, site="HALL", duties=[duty]) for name, duty in duties.items()], by=HOUSE, at=at
    )
    staff = {name: services.create_staff(f"t-{name}", "周安", GOOD_PASSWORD, by=HOUSE, at=at, must_change=False) for name in duties}
    network.post_people([NewPosting(staff[name].id, name) for name in duties], by=HOUSE, at=at)
    page = visitor()
    enter(page, live_server, staff["security"])
    page.goto(f"{live_server.url}/desk/accounts/new/")
    press(page, "F2")
    look_over(page, "account-new-wrong")
    page.fill("#id_username", "B2048")
    page.fill("#id_name", "王敏")
    press(page, "F2")
    page.locator(".first-password").wait_for()
    look_over(page, "account-password")
    follow(page.locator("main a.govuk-button").first)
    look_over(page, "account")
    follow(page.get_by_role("link", name="锁定账号"))
    look_over(page, "account-lock")
    page.fill("#id_reason", "已调离，科室来函")
    send(page)
    page.goto(f"{live_server.url}/desk/accounts/")
    look_over(page, "accounts")
    enter(page, live_server, staff["system"])
    page.goto(f"{live_server.url}/desk/postings/")
    look_over(page, "postings")
    page.goto(f"{live_server.url}/desk/postings/{city.accounts['agent']}/?agency=130300-FG")
    look_over(page, "postings-of")
    page.select_option("#post", "audit")
    press(page, "F2")
    page.get_by_text("即刻上岗").wait_for()
    follow(page.locator("main .grid-list a").first)
    look_over(page, "posting-end")
    enter(page, live_server, staff["audit"])
    page.goto(f"{live_server.url}/desk/audit/")
    look_over(page, "audit")
    follow(page.get_by_role("link", name="登录失败"))
    look_over(page, "audit-none")
