"""Files of items in and out in Chromium: progress, mistakes, a dry run handed in, somebody else who approves; accessible and fitting."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from django.utils.translation import override

from onedoor.catalog.models import CatalogItem, ExchangeRun, ItemVersion
from onedoor.catalog.services import exchange
from tests.browser import WIDTHS, follow, scrolls_sideways, violations
from tests.catalog.keepers import furnish
from tests.catalog.test_import import table

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PICTURES = Path(__file__).parents[2] / "docs" / "screenshots"


def work() -> None:
    """Do what the worker does."""
    for run in ExchangeRun.objects.filter(state="waiting"):
        exchange.do_run(run_id=run.id, at=timezone.now())


@pytest.mark.parametrize("width", list(WIDTHS))
def test_a_file_with_mistakes_and_then_a_right_one(
    width: str, live_server: Any, new_page: Callable[..., Any], tmp_path: Path, settings: Any
) -> None:
    settings.STORAGES = settings.STORAGES | {
        "files": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": str(tmp_path / "kept")}}
    }
    keepers = furnish("FG")
    page = new_page(WIDTHS[width])
    page.context.add_cookies([{"name": "session", "value": keepers.centre.cookies["session"].value, "url": live_server.url}])
    (tmp_path / "事项.csv").write_bytes(table({"name": ""}, {"board": "其他"}, {"promise_limit": "五"}))
    (tmp_path / "right.csv").write_bytes(table())

    page.goto(live_server.url + "/desk/catalog/exchange/")
    assert (violations(page), scrolls_sideways(page)) == ([], False)
    page.screenshot(path=str(PICTURES / f"desk-exchange-{WIDTHS[width]}.png"), full_page=True)
    page.get_by_label("事项文件").set_input_files(tmp_path / "事项.csv")
    follow(page.get_by_role("button", name="只检查"))
    assert page.get_by_role("progressbar").get_attribute("value") == "0"
    assert (violations(page), scrolls_sideways(page)) == ([], False)
    with override("zh-hans"):
        work()
    page.get_by_text("共 3 处错误").wait_for()  # the part asks again by itself
    page.get_by_role("cell", name="promise_limit").wait_for()
    assert (violations(page), scrolls_sideways(page)) == ([], False)
    page.screenshot(path=str(PICTURES / f"desk-exchange-faults-{WIDTHS[width]}.png"), full_page=True)

    page.goto(live_server.url + "/desk/catalog/exchange/")
    page.get_by_label("事项文件").set_input_files(tmp_path / "right.csv")
    follow(page.get_by_role("button", name="只检查"))
    work()
    page.get_by_text("这是试运行").wait_for()
    assert not CatalogItem.objects.exists()
    follow(page.get_by_role("button", name="把文件内容送审"))
    work()
    page.get_by_text("等待另一位工作人员批准").wait_for()
    assert page.get_by_role("button", name="全部批准").count() == 0

    second = new_page(WIDTHS[width])
    second.context.add_cookies([{"name": "session", "value": keepers.second.cookies["session"].value, "url": live_server.url}])
    second.goto(live_server.url + "/desk/catalog/review/")
    assert (violations(second), scrolls_sideways(second)) == ([], False)
    follow(second.get_by_role("link", name="right.csv"))
    second.get_by_text("哪些质量规则没有做到").click()
    second.locator("details[open]").wait_for()
    assert (violations(second), scrolls_sideways(second)) == ([], False)
    second.screenshot(path=str(PICTURES / f"desk-exchange-approve-{WIDTHS[width]}.png"), full_page=True)
    second.get_by_label("为什么仍然发布").fill("短指南，部门月底前补齐")
    follow(second.get_by_role("button", name="全部批准"))
    work()
    second.get_by_text("内容已经发布").wait_for()
    assert ItemVersion.objects.filter(status="published").count() == 3
    assert (violations(second), scrolls_sideways(second)) == ([], False)
    page.goto(live_server.url + "/desk/catalog/exchange/")
    assert (violations(page), scrolls_sideways(page)) == ([], False)
