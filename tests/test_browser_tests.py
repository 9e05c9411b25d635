"""A test in a browser waits for the page that it asked for before it looks: what looks too early sees the last page, or none."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest

TESTS = Path(__file__).parent
ACTS = {"click", "dblclick", "go_back"}
STAYS = {"Tab", "Space", "ArrowDown", "ControlOrMeta+a", "j", "k", "J", "/"}  # keys that lead to no other page
WAITS = {"expect", "wait_for", "wait_for_url", "next_page", "follow", "press", "goto", "reload"}
BY_ITSELF = {
    "click",
    "dblclick",
    "fill",
    "check",
    "uncheck",
    "select_option",
    "type",
}  # what Playwright does when the target is there
CONTROL = """
def test_early(page):
    page.keyboard.press("F2")
    assert violations(page) == []
    page.keyboard.press("F2")
    page.fill("#id_name", "x")
    page.click("main button")
    assert page.title()

def test_waiting(page):
    page.keyboard.press("F2")
    page.get_by_text("done").wait_for()
    press(page, "F2")
    assert violations(page) == []
    page.click("input")
    page.fill("#id_name", "x")
    with next_page(page):
        page.click("main button")
    assert page.title()
"""


def names_called(node: ast.AST) -> Iterator[str]:
    for each in ast.walk(node):
        if isinstance(each, ast.Call):
            yield each.func.attr if isinstance(each.func, ast.Attribute) else getattr(each.func, "id", "")


def is_key(call: ast.Call) -> bool:
    """Say whether a call presses a key that may lead to another page."""
    function = call.func
    keyboard = (
        isinstance(function, ast.Attribute) and function.attr == "press" and getattr(function.value, "attr", "") == "keyboard"
    )
    return keyboard and getattr(call.args[0], "value", "") not in STAYS


def looks_too_early(source: str) -> Iterator[int]:
    """Yield the lines that click or press a key and whose next statement does not wait for what that leads to."""
    for block in ast.walk(ast.parse(source)):
        statements = getattr(block, "body", None)
        if not isinstance(statements, list) or (isinstance(block, ast.With) and "next_page" in names_called(block.items[0])):
            continue
        for this, following in pairwise(statements):
            call = this.value if isinstance(this, ast.Expr) else None
            if not isinstance(call, ast.Call):
                continue
            clicked = getattr(call.func, "attr", "") in ACTS
            enough = WAITS | BY_ITSELF if clicked else WAITS
            if (clicked or is_key(call)) and not set(names_called(following)) & enough:
                yield this.lineno


def test_what_looks_too_early_is_found() -> None:
    assert list(looks_too_early(CONTROL)) == [3, 5, 7]


@pytest.mark.parametrize(
    "file", [each for each in sorted(TESTS.rglob("*.py")) if "playwright" in each.read_text() or "mark.browser" in each.read_text()],
    ids=lambda file: str(file.relative_to(TESTS)),
)  # fmt: skip
def test_nobody_looks_at_a_page_that_is_still_on_its_way(file: Path) -> None:
    assert list(looks_too_early(file.read_text())) == []
