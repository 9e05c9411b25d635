"""Debian's Chromium for the tests marked ``browser``, in Chinese, at the two widths the pages are made for."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

WIDTHS = {"phone": 390, "desk": 1280}
QUIET = ["--disable-background-networking", "--disable-component-update", "--disable-sync", "--lang=zh-CN"]
AXE = Path(__file__).parent / "look" / "axe.min.js"


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    """Start Chromium once for the process."""
    from playwright.sync_api import sync_playwright

    program = os.environ.get("ONEDOOR_CHROMIUM") or shutil.which("chromium")
    if not program:
        pytest.fail("Chromium is not installed; script/test installs it")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=QUIET)
        yield browser
        browser.close()


@pytest.fixture
def new_page(chromium: Any) -> Iterator[Callable[..., Any]]:
    """Return a function that opens a page for one more visitor; ``width`` in pixels, other options as in Playwright."""
    opened = []

    def open_page(width: int = WIDTHS["desk"], **options: Any) -> Any:
        height = 844 if width < 600 else 800
        context = chromium.new_context(viewport={"width": width, "height": height}, **{"locale": "zh-CN", **options})
        context.set_default_timeout(10_000)
        opened.append(context)
        return context.new_page()

    yield open_page
    for context in opened:
        context.close()


@pytest.fixture
def page(new_page: Callable[..., Any]) -> Any:
    """Return a page as wide as a desk's."""
    return new_page()


@contextmanager
def next_page(page: Any) -> Iterator[None]:
    """Go on only when what the block does has led to another page and that page stands."""
    with page.expect_navigation(wait_until="load"):
        yield


def follow(target: Any) -> None:
    """Click a link or a button that leads to another page, and wait until that page stands."""
    with next_page(target.page):
        target.click()


def press(page: Any, key: str) -> None:
    """Press a key that leads to another page, and wait until that page stands."""
    with next_page(page):
        page.keyboard.press(key)


def violations(page: Any) -> list[str]:
    """Return what axe finds on a page, one line for each: rule, place, advice."""
    page.wait_for_load_state("load")
    if not page.evaluate("() => 'axe' in window"):
        page.evaluate(AXE.read_text())
    found = page.evaluate("() => axe.run(document, {resultTypes: ['violations']})")
    return [
        f"{rule['id']} at {' '.join(map(str, node['target']))}: {rule['help']}"
        for rule in found["violations"]
        for node in rule["nodes"]
    ]


def scrolls_sideways(page: Any) -> bool:
    """Say whether a page is wider than its window."""
    return bool(page.evaluate("() => document.documentElement.scrollWidth > document.documentElement.clientWidth"))
