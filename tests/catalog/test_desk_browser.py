"""S04 in Chromium: an officer of a department writes, the centre approves, and everybody reads what is new."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from onedoor.kernel.clock import local_date
from onedoor.look.pagecache import shelf
from onedoor.network import opening
from tests.browser import WIDTHS, follow, scrolls_sideways, violations
from tests.catalog.form_reader import sent_by
from tests.catalog.keepers import furnish, import_items

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
CODE = "130300-YJ-01-0001"


@pytest.fixture(autouse=True)
def nothing_kept() -> None:
    shelf.clear()
    opening.forget()


def seen_by(page: Any, client: Client, address: str) -> Any:
    page.context.add_cookies([{"name": "session", "value": client.cookies["session"].value, "url": address}])
    return page


def assert_good(page: Any) -> None:
    assert violations(page) == [], page.url
    assert not scrolls_sideways(page), page.url


@pytest.mark.parametrize(("width", "script"), [(WIDTHS["phone"], False), (WIDTHS["desk"], True)], ids=["phone", "desk"])
def test_an_officer_writes_another_approves_and_everybody_reads_it(
    live_server: Any, new_page: Callable[..., Any], width: int, script: bool
) -> None:
    import_items(CODE)
    keepers = furnish("YJ")
    officer = seen_by(new_page(width, java_script_enabled=script), keepers.head, live_server.url)
    officer.goto(f"{live_server.url}/desk/catalog/")
    follow(officer.get_by_role("link", name="食品经营许可（新办）"))
    follow(officer.get_by_role("button", name="起草新版本"))
    follow(officer.get_by_role("main").get_by_role("link", name="申请材料"))
    follow(officer.get_by_role("button", name="添加一行"))
    officer.get_by_label("材料名称").last.fill("厨房照片")
    officer.get_by_label("审查要点").last.fill("能看清清洗、切配和烹饪区")
    follow(officer.get_by_role("button", name="保存这一部分").first)
    assert officer.get_by_role("status").inner_text() == "“申请材料”已保存。"
    follow(officer.get_by_role("link", name="食品经营许可（新办）"))
    follow(officer.get_by_role("button", name="提交审核"))

    reviewer = seen_by(new_page(width, java_script_enabled=script), keepers.centre, live_server.url)
    reviewer.goto(f"{live_server.url}/desk/catalog/review/")
    follow(reviewer.get_by_role("main").get_by_role("link", name="食品经营许可（新办）"))
    assert "厨房照片" in reviewer.get_by_label("申请材料").inner_text()
    reviewer.get_by_label("为什么仍要发布").fill("结果样本下周补上")
    follow(reviewer.get_by_role("button", name="审核通过"))

    visitor = new_page(width)
    visitor.goto(f"{live_server.url}/items/{CODE}/")
    assert "厨房照片" in visitor.get_by_role("main").inner_text()


def test_desk_pages_of_the_catalogue_fit_and_are_accessible(live_server: Any, new_page: Callable[..., Any]) -> None:
    import_items(CODE, "130300-YJ-01-0002", "130300-FG-10-0001")
    keepers = furnish("YJ")
    keepers.head.post(f"/desk/catalog/{CODE}/begin/")
    names = f"/desk/catalog/{CODE}/draft/names/"
    changed = {"name": "食品经营许可", "summary": "新办、变更、延续都在这里办。", "do": "save"}
    assert keepers.head.post(names, {**sent_by(keepers.head.get(names).content), **changed}).status_code == 302
    item = f"/desk/catalog/{CODE}/"
    sent = {
        "kind": "suspended",
        "touched": CODE,
        "basis": "市政府令第 1 号",
        "effective_on": local_date(timezone.now()).isoformat(),
    }
    assert keepers.centre.post("/desk/catalog/changes/", sent).status_code == 302
    paths = [
        "/desk/catalog/",
        "/desk/catalog/changes/",
        "/desk/catalog/health/?rule=12",
        "/desk/catalog/new/",
        item,
        f"{item}compare/",
        f"{item}draft/materials/",
        f"{item}draft/channels/",
    ]
    for width in WIDTHS.values():
        page = seen_by(new_page(width), keepers.centre, live_server.url)
        for path in paths:
            page.goto(live_server.url + path)
            for summary in page.locator("main summary").all()[:2]:
                summary.click()
            assert_good(page)
