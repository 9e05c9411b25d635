"""The command ``onedoor``. Each room adds its own commands; what a command does not need is not loaded for it.

A room's ``commands.py`` has ``add_commands(subparsers)`` and imports nothing heavy at its top. A command says with
``set_defaults(run=function, needs=…)`` what must stand before ``run(arguments)`` is called: ``"nothing"``, ``"django"`` (settings
and models, no database) or ``"database"`` (the embedded server started if it is used, and migrated). ``run`` returns the exit code
or None.
"""

from __future__ import annotations

import argparse
import importlib
import os
import sys
from collections.abc import Sequence
from importlib.util import find_spec

ROOMS = ("config", "sample", "casework", "catalog", "network", "documents", "notify", "people", "workdays", "journal")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "onedoor.config.settings")
    chosen = _parser().parse_args(arguments)
    from onedoor.config.engine import EngineFailed
    from onedoor.config.env import WrongSetting

    try:
        _stand(chosen.needs)
        return int(chosen.run(chosen) or 0)
    except (EngineFailed, WrongSetting) as failure:
        print(failure, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="onedoor", description="One door to a city's government services.")
    subparsers = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")
    for room in ROOMS:
        name = f"onedoor.{room}.commands"
        if find_spec(name):
            importlib.import_module(name).add_commands(subparsers)
    return parser


def _stand(needs: str) -> None:
    """Bring up what a command stands on."""
    if needs == "nothing":
        return
    if needs == "database":
        from onedoor.config import ground

        ground.start_database()
    import django

    django.setup()
    if needs == "database":
        from onedoor.config import ground

        ground.migrate()


if __name__ == "__main__":
    sys.exit(main())
