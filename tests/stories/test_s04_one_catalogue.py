"""S04: one catalogue, one standard. A department writes, the centre approves, every window and everybody at home reads the same."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from onedoor.kernel.clock import local_date
from onedoor.look.pagecache import shelf
from onedoor.network import opening
from tests.browser import WIDTHS, follow
from tests.catalog.keepers import Keepers, furnish, import_items
from tests.stories.camera import look

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
CODE, OTHER = "130300-YJ-01-0001", "130300-YJ-01-0002"
NAME = "食品经营许可（新办）"
PAPER, POINT = "厨房照片", "能看清清洗、切配和烹饪区"


class Walk:
    """Opens pages for people at one width, with or without script."""

    def __init__(self, new_page: Callable[..., Any], address: str, width: int, script: bool) -> None:
        self._open, self._address, self._width, self._script = new_page, address, width, script

    def visitor(self, path: str) -> Any:
        page = self._open(self._width, java_script_enabled=self._script)
        page.goto(self._address + path)
        return page

    def keeper(self, client: Client, path: str) -> Any:
        page = self._open(self._width, java_script_enabled=self._script)
        page.context.add_cookies([{"name": "session", "value": client.cookies["session"].value, "url": self._address}])
        page.goto(self._address + path)
        return page

    def seen(self, page: Any, name: str) -> None:
        """Look a page over and keep its picture; axe needs script."""
        if self._script:
            look(page, name)


@pytest.fixture
def keepers(transactional_db: None) -> Keepers:
    shelf.clear()
    opening.forget()
    import_items(CODE, OTHER)
    return furnish("YJ")


@pytest.mark.parametrize(
    ("width", "script"),
    [(WIDTHS["phone"], False), (WIDTHS["phone"], True), (WIDTHS["desk"], True)],
    ids=["no-script", "phone", "desk"],
)
def test_a_department_writes_the_centre_approves_and_everybody_reads_it(
    keepers: Keepers, live_server: Any, new_page: Callable[..., Any], width: int, script: bool
) -> None:
    walk = Walk(new_page, live_server.url, width, script)
    write(walk, keepers)
    approve(walk, keepers)
    visitor = walk.visitor(f"/items/{CODE}/")
    assert PAPER in visitor.get_by_role("main").inner_text()
    compare(walk, keepers)
    suspend(walk, keepers)
    visitor.reload()
    assert "暂停" in visitor.get_by_role("main").inner_text(), "the next request sees it"


def write(walk: Walk, keepers: Keepers) -> None:
    page = walk.keeper(keepers.head, "/desk/catalog/")
    walk.seen(page, "catalog-items")
    follow(page.get_by_role("link", name=NAME))
    walk.seen(page, "catalog-item")
    follow(page.get_by_role("button", name="起草新版本"))
    follow(page.get_by_role("main").get_by_role("link", name="申请材料"))
    follow(page.get_by_role("button", name="添加一行"))
    page.get_by_label("材料名称").last.fill(PAPER)
    page.get_by_label("审查要点").last.fill(POINT)
    follow(page.get_by_role("button", name="保存这一部分").first)
    walk.seen(page, "catalog-part")
    follow(page.get_by_role("link", name=NAME))
    follow(page.get_by_role("button", name="提交审核"))
    assert page.get_by_role("button", name="审核通过").count() == 0, "who wrote it does not approve it"


def approve(walk: Walk, keepers: Keepers) -> None:
    page = walk.keeper(keepers.centre, "/desk/catalog/review/")
    follow(page.get_by_role("main").get_by_role("link", name=NAME))
    assert PAPER in page.get_by_label("申请材料").inner_text()
    walk.seen(page, "catalog-review")
    page.get_by_label("为什么仍要发布").fill("结果样本下周补上")
    follow(page.get_by_role("button", name="审核通过"))


def compare(walk: Walk, keepers: Keepers) -> None:
    page = walk.keeper(keepers.head, f"/desk/catalog/{CODE}/compare/")
    said = page.get_by_role("main").inner_text()
    assert PAPER in said
    assert POINT in said
    assert "食品经营许可申请书（未变）" in said
    walk.seen(page, "catalog-compare")


def suspend(walk: Walk, keepers: Keepers) -> None:
    """The centre finds the item by its name, puts it on the list, and decides with the basis."""
    page = walk.keeper(keepers.centre, "/desk/catalog/changes/")
    page.get_by_label("找事项").fill("食品经营")
    follow(page.get_by_role("button", name="找", exact=True))
    follow(page.get_by_role("link", name=f"加上 {NAME}"))
    page.get_by_label("调整类型").select_option("suspended")
    page.get_by_label("调整依据").fill("市政府令第 1 号")
    page.get_by_label("执行日期").fill(local_date(timezone.now()).isoformat())
    follow(page.get_by_role("button", name="决定"))
    assert "市政府令第 1 号" in page.get_by_role("main").inner_text()
    walk.seen(page, "catalog-changes")
