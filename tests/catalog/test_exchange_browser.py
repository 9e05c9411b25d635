"""Files of items in and out in Chromium: progress, mistakes, the dry run that is published; accessible and fitting."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from django.utils.translation import override

from onedoor.catalog.models import CatalogItem, ExchangeRun
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
    client = furnish("FG").centre
    page = new_page(WIDTHS[width])
    page.context.add_cookies([{"name": "session", "value": client.cookies["session"].value, "url": live_server.url}])
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
    follow(page.get_by_role("button", name="按这个文件发布"))
    work()
    page.get_by_text("已全部导入").wait_for()
    assert CatalogItem.objects.count() == 3
    page.goto(live_server.url + "/desk/catalog/exchange/")
    assert (violations(page), scrolls_sideways(page)) == ([], False)
