"""Say whether the committed style sheet and scripts are those that frontend/ was last built into."""

from __future__ import annotations

import hashlib
import json
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
RECORD = ROOT / "frontend" / "built.json"
INPUTS = ("frontend/kit.scss", "frontend/package.json", "frontend/package-lock.json")
STATIC = "src/onedoor/look/static/look"
OUTPUTS = (f"{STATIC}/kit.min.css", f"{STATIC}/htmx.min.js", "tests/look/axe.min.js")


def marks(names: tuple[str, ...]) -> dict[str, str]:
    """Return the SHA-256 of each file."""
    return {name: hashlib.sha256((ROOT / name).read_bytes()).hexdigest() for name in names}


def stale() -> list[str]:
    """Return the files that changed since the last build."""
    kept = json.loads(RECORD.read_text())
    now = marks(INPUTS + OUTPUTS)
    return [name for name, mark in now.items() if kept.get(name) != mark]


def main(arguments: list[str]) -> int:
    if "--write" in arguments:
        RECORD.write_text(json.dumps(marks(INPUTS + OUTPUTS), indent=1) + "\n")
        return 0
    changed = stale()
    for name in changed:
        print(f"look: {name} changed since the last build; run script/look")
    return 1 if changed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
