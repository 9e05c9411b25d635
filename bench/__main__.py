"""``script/bench [NAME…] [--quick] [--json FILE]``."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from bench import exchange, pages, search, stand, submit, web  # noqa: F401  they register their names
from bench.registry import KNOWN
from bench.result import Result, table


def main() -> int:
    parser = argparse.ArgumentParser(prog="script/bench", description="Measure beside the floor.")
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"one of: {', '.join(sorted(KNOWN))}")
    parser.add_argument("--quick", action="store_true", help="under a minute a name")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the results there, too")
    chosen = parser.parse_args()
    if unknown := set(chosen.names) - set(KNOWN):
        parser.error(f"unknown: {', '.join(sorted(unknown))}; known: {', '.join(sorted(KNOWN))}")
    results: list[Result] = []
    stand.start()
    try:
        for name in chosen.names or sorted(KNOWN):
            print(f"measuring {name} …", file=sys.stderr, flush=True)
            results += KNOWN[name](chosen.quick)
    finally:
        stand.stop()
    print(table(results))
    if chosen.json:
        chosen.json.write_text(json.dumps([result.as_json() for result in results], indent=1) + "\n")
    return 0 if all(result.kept is not False for result in results) else 1


if __name__ == "__main__":
    sys.exit(main())
