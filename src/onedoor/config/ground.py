"""What must stand before anything runs: the database server and its tables. Loads no Django until tables must be changed."""

from __future__ import annotations

import hashlib
import json
import sys
from importlib.metadata import version
from pathlib import Path

from onedoor.config import engine, settings

_STAMP = settings.ONEDOOR_DATA / "migrated.json"
_WITH_TABLES = ("django", "django-allauth", "django-pghistory", "django-pgtrigger", "procrastinate")


def database_url() -> str:
    """Return the address of the database, whether it runs or not."""
    return settings.DATABASE_URL or engine.embedded_url(settings.ONEDOOR_DATA)


def start_database() -> None:
    """Start the embedded server if it is the one in use; does nothing when it runs.

    :raises EngineFailed: when it cannot be started.
    """
    if settings.DATABASE_URL:
        _applied()  # says in one line when nothing answers there
        return
    fresh = not (engine.place(settings.ONEDOOR_DATA).cluster / "PG_VERSION").exists()
    engine.start(settings.ONEDOOR_DATA)
    if fresh and engine.lies_apart(settings.ONEDOOR_DATA):
        home = engine.place(settings.ONEDOOR_DATA).home
        print(
            f"The database lies in {home}, because its user ({engine.UNPRIVILEGED}) cannot reach {settings.ONEDOOR_DATA}.",
            file=sys.stderr,
        )


def is_migrated() -> bool:
    """Say whether the tables are those of this release, by what was written down when they were last brought up to date.

    :raises EngineFailed: when the database does not answer.
    """
    try:
        known = json.loads(_STAMP.read_text())
    except (FileNotFoundError, ValueError):
        return False
    return bool(known == {"release": release(), "database": _digest(database_url()), "applied": _applied()})


def migrate(*, verbosity: int = 0) -> None:
    """Bring the tables and the calendar up to date, unless they are; one process does, others wait. Django must be set up.

    :raises EngineFailed: when the database does not answer.
    """
    if is_migrated():
        return
    import psycopg

    with psycopg.connect(database_url(), autocommit=True) as alone:
        alone.execute("SELECT pg_advisory_lock(hashtext('onedoor.migrate'))")
        if not is_migrated():
            _migrate(verbosity)


def _migrate(verbosity: int) -> None:
    from django.core.management import call_command

    call_command("migrate", verbosity=verbosity, interactive=False)
    _lay_calendar()
    stamp = {"release": release(), "database": _digest(database_url()), "applied": _applied()}
    fresh = _STAMP.with_suffix(".new")
    fresh.write_text(json.dumps(stamp))
    fresh.replace(_STAMP)


def _lay_calendar() -> None:
    """Lay the release's calendar down; where it knows more years than the one before, running limits are computed anew."""
    from django.utils import timezone

    from onedoor.kernel.actor import system_actor
    from onedoor.workdays.services import seed_calendar

    seed_calendar(by=system_actor("install"), at=timezone.now())


def release() -> str:
    """Return what the tables of this release depend on, as a digest."""
    ours = sorted(file for file in Path(__file__).parents[1].glob("*/migrations/*.py"))
    digest = hashlib.sha256()
    for file in [*ours, Path(__file__).parents[1] / "workdays/data/days.csv"]:
        digest.update(f"{file.parts[-3]}/{file.name}".encode() + file.read_bytes())
    digest.update(" ".join(version(name) for name in _WITH_TABLES).encode())
    return digest.hexdigest()


def _digest(url: str) -> str:
    return hashlib.sha256(url.encode()).hexdigest()


def _applied() -> int:
    """Return how many migrations the database itself says it has."""
    import psycopg

    try:
        with psycopg.connect(database_url(), connect_timeout=10) as connection:
            if connection.execute("SELECT to_regclass('django_migrations')").fetchone() == (None,):
                return 0
            row = connection.execute("SELECT count(*) FROM django_migrations").fetchone()
    except psycopg.OperationalError as failure:
        raise engine.EngineFailed(f"The database does not answer: {str(failure).strip().splitlines()[0]}") from failure
    return int(row[0]) if row else 0
