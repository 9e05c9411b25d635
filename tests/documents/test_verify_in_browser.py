"""The page of verification as people see it: a phone and a desk, the file genuine and changed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from onedoor.documents import keeping
from onedoor.documents.models import Paper
from tests.browser import follow, scrolls_sideways, violations

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]


def check(page: Any) -> None:
    """Nothing that axe finds, nothing that scrolls sideways."""
    assert violations(page) == []
    assert not scrolls_sideways(page)


@pytest.mark.parametrize("width", [390, 1280])
def test_a_genuine_and_a_changed_file_are_told_apart(
    live_server, made: Callable[..., Paper], new_page: Callable[..., Any], tmp_path: Path, width: int
) -> None:
    paper = made()
    with keeping.open_stored(paper.storage_key) as stored:
        content = stored.read()
    genuine, changed = tmp_path / "genuine.pdf", tmp_path / "changed.pdf"
    genuine.write_bytes(content)
    middle = len(content) // 3
    changed.write_bytes(content[:middle] + bytes([content[middle] ^ 1]) + content[middle + 1 :])
    page = new_page(width)
    for file, said in ((genuine, "一字不差"), (changed, "被改动过")):
        page.goto(f"{live_server.url}/verify/")
        check(page)
        page.get_by_label("PDF 原文件").set_input_files(file)
        follow(page.get_by_role("button", name="比对这个文件"))
        page.get_by_role("status").filter(has_text=said).wait_for()
        check(page)
    page.get_by_label("文书编号").fill(paper.number)
    page.get_by_label("核验码").fill(paper.code)
    follow(page.get_by_role("button", name="核验这份文书"))
    page.get_by_role("status").filter(has_text="这份文书是真的").wait_for()
    assert page.get_by_text("王＊㛃").is_visible()
