"""Looks at a page as the house demands: no violation, nothing that scrolls sideways; keeps its picture where one is wanted."""

from __future__ import annotations

import io
import os
from pathlib import Path
from typing import Any

from tests.browser import scrolls_sideways, violations

PICTURES = "ONEDOOR_PICTURES"
COLOURS = 128


def look(page: Any, name: str = "") -> None:
    """Check a page at its width, and at 320 pixels on a phone; with a name its picture goes into the folder of pictures."""
    assert violations(page) == [], page.url
    assert not scrolls_sideways(page), page.url
    size = page.viewport_size
    if size["width"] == 390:
        page.set_viewport_size({"width": 320, "height": size["height"]})
        assert not scrolls_sideways(page), f"{page.url} at 320"
        page.set_viewport_size(size)
    if name and (folder := os.environ.get(PICTURES)):
        _keep(page, Path(folder) / f"{name}-{size['width']}.png")


def _keep(page: Any, file: Path) -> None:
    from PIL import Image

    file.parent.mkdir(parents=True, exist_ok=True)
    page.evaluate("scrollTo(0, 0)")
    with Image.open(io.BytesIO(page.screenshot(full_page=True, animations="disabled"))) as picture:
        picture.convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE).save(file, optimize=True)
