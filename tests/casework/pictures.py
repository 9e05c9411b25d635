"""Pictures of pages for the documents, at both widths."""

from __future__ import annotations

from pathlib import Path
from typing import Any

SCREENSHOTS = Path(__file__).resolve().parents[2] / "docs" / "screenshots"


def keep_pictures(page: Any, name: str) -> None:
    """Keep a page as it looks at a desk and on a phone, and leave it as wide as it was."""
    before = page.viewport_size
    for width, height in ((390, 844), (1280, 800)):
        page.set_viewport_size({"width": width, "height": height})
        page.screenshot(path=SCREENSHOTS / f"{name}-{width}.png", full_page=True)
    page.set_viewport_size(before)
