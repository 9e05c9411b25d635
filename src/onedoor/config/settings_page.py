"""The page ``docs/settings.md``, made from what the settings declare."""

from __future__ import annotations

import importlib

from onedoor.config import env

HEAD = """# Settings

Every setting is an environment variable; all have a default that works for one machine. This page is made from the declarations
(`onedoor settings > docs/settings.md`), and a test compares.

| variable | default | what it is |
|---|---|---|
"""


def page() -> str:
    """Return the page as Markdown."""
    importlib.import_module("onedoor.config.settings")  # which declares them
    rows = [
        f"| `{each.name}` | {_shown(each.default)} | {each.help} |"
        for each in sorted(env.DECLARED.values(), key=lambda one: one.name)
    ]
    return HEAD + "\n".join(rows) + "\n"


def _shown(default: str) -> str:
    return f"`{default}`" if default else "—"
