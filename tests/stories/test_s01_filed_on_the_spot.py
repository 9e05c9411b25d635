"""S01: somebody comes to the window, and leaves with the certificate. The clerk touches nothing but the keyboard."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Page, expect

from onedoor.casework.models import Application
from onedoor.catalog import queries as catalog
from onedoor.documents import queries as documents
from onedoor.network.models import Posting, Window
from onedoor.people.models import Account
from onedoor.sample.answers import sample_answers
from tests.browser import follow, press, scrolls_sideways, violations
from tests.casework.desk import beside_the_browser
from tests.casework.pictures import keep_pictures
from tests.casework.situations import INSTANT, City, furnish
from tests.people.factories import a_credit_code
from tests.people.test_pages import step_in

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
FOCUSED = "() => { const one = document.activeElement; return {name: one.name || '', type: one.type || one.tagName, value: one.value || ''}; }"
APPLICANT = {
    "applicant-credit_code": a_credit_code(1),
    "applicant-org_name": "秦皇岛海燕食品有限公司",
    "applicant-legal": "𠮷海燕",
}


@pytest.fixture
def city(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> City:
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
    city = furnish(timezone.now() - timedelta(days=60))
    Posting.objects.filter(id=city.clerk.posting).update(window=Window.objects.get())
    return city


def step_up(page: Page, address: str, account: Any) -> None:
    """Log a civil servant in, as the sample city does."""
    Account.objects.filter(pk=account).update(password_changed_at=timezone.now(), must_change_password=False)
    client = Client()
    step_in(client, Account.objects.get(pk=account))
    page.context.add_cookies([{"name": "session", "value": client.cookies["session"].value, "url": address}])


def tab_until(page: Page, wanted: Callable[[dict[str, str]], bool], most: int = 60) -> None:
    for _press in range(most):
        page.keyboard.press("Tab")
        if wanted(page.evaluate(FOCUSED)):
            return
    raise AssertionError("the keyboard does not get there")


def answer_by_keyboard(page: Page, answers: dict[str, str], last: str) -> None:
    """Go through the page with Tab and answer what has the focus, until ``last`` has been answered."""
    for _press in range(160):
        focused = page.evaluate(FOCUSED)
        name, kind = focused["name"], focused["type"]
        wanted = answers.get(name)
        if wanted is not None:
            _answer(page, kind, focused["value"], wanted)
        if name == last:
            return
        page.keyboard.press("Tab")
    raise AssertionError("the keyboard does not get to the end of the form")


def _answer(page: Page, kind: str, present: str, wanted: str) -> None:
    if kind == "radio":
        if present == wanted:
            page.keyboard.press("Space")
        for _press in range(12):
            if page.evaluate("() => document.activeElement.checked && document.activeElement.value") == wanted:
                return
            page.keyboard.press("ArrowDown")
    elif kind == "select-one":
        for _press in range(40):
            if page.evaluate("() => document.activeElement.value") == wanted:
                return
            page.keyboard.press("ArrowDown")
        raise AssertionError(wanted)
    else:
        page.keyboard.press("ControlOrMeta+a")
        page.keyboard.type(wanted)


def test_filed_on_the_spot_by_keyboard_alone(
    city: City, live_server: Any, new_page: Callable[..., Page], run_jobs: Callable[[], int]
) -> None:
    page = new_page(1280)
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    step_up(page, live_server.url, city.clerk.account)
    page.goto(live_server.url + "/desk/")
    expect(page.get_by_role("heading", name="我的待办", level=1)).to_be_visible()
    tab_until(page, lambda focused: "/desk/intake/" in page.evaluate("() => document.activeElement.href || ''"))
    press(page, "Enter")
    expect(page.get_by_role("heading", name="窗口收件", level=1)).to_be_visible()
    page.keyboard.type("企业投资项目备案")
    expect(page.get_by_text("找到的事项")).to_be_visible()
    keep_pictures(page, "desk-intake-start")
    press(page, "F2")
    expect(page.locator("form[data-asked]")).to_be_visible()
    application = Application.objects.get()
    form = catalog.version_form(application.version_id)
    given = sample_answers(form, today=timezone.now().date(), region="130302000000", given={"by_agent": "no", "get_way": "self"})
    answers = APPLICANT | {key: str(value) for key, value in given.items()}
    answer_by_keyboard(page, answers, last="get_way")
    page.keyboard.press("F8")
    press(page, "F4")
    assert violations(page) == []
    keep_pictures(page, "desk-intake")
    press(page, "F9")

    expect(page.get_by_role("heading", name="已当场办结")).to_be_visible()
    application.refresh_from_db()
    assert (application.status, application.outcome) == ("closed", "granted")
    assert application.applicant_name == "秦皇岛海燕食品有限公司"
    assert application.window_id == Window.objects.get().id
    assert violations(page) == []
    beside_the_browser(run_jobs)
    expect(page.locator("#papers a[target=_blank]")).to_have_count(5, timeout=20_000)
    assert {paper.kind for paper in documents.papers_of(application.id)} >= {"certificate", "submission_receipt", "grant"}
    keep_pictures(page, "desk-done")
    assert not scrolls_sideways(page)
    press(page, "F2")
    expect(page.get_by_text("已送达，送达回证正在制作。")).to_be_visible()
    application.refresh_from_db()
    assert application.status == "delivered"
    assert complaints == []


def test_filed_on_the_spot_on_a_small_screen_without_scripts(city: City, live_server: Any, new_page: Callable[..., Page]) -> None:
    page = new_page(390, java_script_enabled=False)
    step_up(page, live_server.url, city.clerk.account)
    page.goto(live_server.url + "/desk/intake/?q=" + INSTANT)
    follow(page.get_by_role("button", name="收件").first)
    follow(page.get_by_role("button", name="受理并办结"))
    assert page.get_by_text("请填写名称，与执照一致。").first.is_visible()
    assert Application.objects.get().status == "draft"
