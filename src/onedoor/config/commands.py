"""Commands of the house itself: serve, worker, migrate, demo, db."""

from __future__ import annotations

import argparse
import os
from typing import Any


def add_commands(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the commands of the house."""
    serve = subparsers.add_parser("serve", help="serve the pages (starts the embedded database when it is the one in use)")
    serve.set_defaults(run=_serve, needs="nothing")
    worker = subparsers.add_parser("worker", help="do the queued and the periodic work")
    worker.set_defaults(run=_worker, needs="nothing")
    migrate = subparsers.add_parser("migrate", help="bring the tables up to date")
    migrate.set_defaults(run=lambda _: None, needs="database")
    demo = subparsers.add_parser("demo", help="build the sample city if it is not there, then serve it and do its work")
    demo.add_argument("--accounts", action="store_true", help="print who can log in, as JSON, and end")
    demo.set_defaults(run=_demo, needs="nothing")
    settings = subparsers.add_parser("settings", help="print every setting with its default, as Markdown")
    settings.set_defaults(run=_settings, needs="nothing")
    _add_database(subparsers)


def _add_database(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    database = subparsers.add_parser("db", help="the database server").add_subparsers(required=True, metavar="ACT")
    for name, act, explanation in (
        ("start", _start, "start the embedded server"),
        ("stop", _stop, "stop the embedded server"),
        ("status", _status, "say whether it runs, and where it lies"),
    ):
        database.add_parser(name, help=explanation).set_defaults(run=act, needs="nothing")
    # No argument begins with a NUL, so psql's own, which begin with a dash, are none of ours: not even --help.
    psql = database.add_parser("psql", help="open psql on the database; arguments go to psql", prefix_chars="\0", add_help=False)
    psql.add_argument("arguments", nargs="*")
    psql.set_defaults(run=_psql, needs="nothing")


def _serve(_: argparse.Namespace) -> int:
    from onedoor.config import processes

    return processes.serve()


def _worker(_: argparse.Namespace) -> int:
    from onedoor.config import processes

    return processes.work()


def _demo(arguments: argparse.Namespace) -> int:
    from onedoor.config import demo

    return demo.print_accounts() if arguments.accounts else demo.run()


def _settings(_: argparse.Namespace) -> int:
    from onedoor.config import settings_page

    print(settings_page.page(), end="")
    return 0


def _start(_: argparse.Namespace) -> int:
    from onedoor.config import ground

    ground.start_database()
    return _status(_)


def _stop(_: argparse.Namespace) -> int:
    from onedoor.config import engine, settings

    print("The database was stopped." if engine.stop(settings.ONEDOOR_DATA) else "The database was not running.")
    return 0


def _status(_: argparse.Namespace) -> int:
    from onedoor.config import engine, settings

    if settings.DATABASE_URL:
        print("ONEDOOR_DATABASE_URL is set: the embedded database is not in use.")
        return 0
    running = engine.is_running(settings.ONEDOOR_DATA)
    print(f"The database {'runs' if running else 'does not run'}; it lies in {engine.place(settings.ONEDOOR_DATA).home}.")
    return 0 if running else 3


def _psql(arguments: argparse.Namespace) -> Any:
    from onedoor.config import engine, ground

    ground.start_database()
    program = str(engine.tool("psql"))
    given = arguments.arguments[1:] if arguments.arguments[:1] == ["--"] else arguments.arguments
    os.execv(program, [program, ground.database_url(), *given])  # noqa: S606
