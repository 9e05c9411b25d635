"""What every test stands on: a real PostgreSQL, made once by the migrations and copied for each process and after each race."""

from __future__ import annotations

import fcntl
import gc
import os
import pickle
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import TransactionTestCase
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import HealthCheck, settings

from onedoor.look import kept, pagecache
from onedoor.look.assets import CompressedFiles
from tests import ground
from tests.picture import Picture

pytest_plugins = ["tests.browser"]

# A loaded machine must not turn a right answer into a failure: no clock has a say in whether a property holds.
settings.register_profile("onedoor", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("onedoor")

PROCESS = os.environ.get("PYTEST_XDIST_WORKER", "main")
EMPTY = "empty"
GROUNDS = {"furnished": "city", "whole_city": "catalogue"}  # which ground a test stands on, by the fixture that it asks for


def pytest_sessionfinish(session: pytest.Session) -> None:
    if not hasattr(session.config, "workerinput"):
        connection.close()
        ground.clean_up()


def pytest_collection_finish() -> None:
    """Spare the collector what lives as long as the process: all modules and tests."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Browser tests last: what fails fast is seen first."""
    items.sort(key=lambda item: item.get_closest_marker("browser") is not None)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Choose the database before any fixture opens a transaction."""
    asked = [ground for fixture, ground in GROUNDS.items() if fixture in getattr(item, "fixturenames", ())]
    _connect_to(_copy(asked[0] if asked else EMPTY))


@pytest.fixture(scope="session")
def django_db_setup(django_test_environment: None, django_db_blocker: Any) -> Iterator[None]:
    """Copy the migrated template as this process's database; the first process to come makes the template."""
    chosen = str(connection.settings_dict["NAME"])
    with django_db_blocker.unblock():
        _lay(EMPTY, lambda: call_command("migrate", verbosity=0))
    _connect_to(chosen)
    yield
    with django_db_blocker.unblock():
        connection.close()


@pytest.fixture(scope="session")
def furnished(django_db_setup: None, django_db_blocker: Any) -> Any:
    """Return the very small city of ``tests.casework.situations``, furnished once for all processes and copied for each."""
    with django_db_blocker.unblock():
        _lay("city", _furnish)
    return pickle.loads(_picture().read_bytes())


@pytest.fixture(scope="session")
def whole_city(django_db_setup: None, django_db_blocker: Any) -> None:
    """Offer all items of the sample in all counties and townships, built once for all processes and copied for each."""
    from tests.catalog.city import build_city

    with django_db_blocker.unblock():
        _lay("catalogue", build_city)


def _furnish() -> None:
    from tests.casework.situations import furnish

    _picture().write_bytes(pickle.dumps(furnish()))


def _picture() -> Path:
    return Path(os.environ["ONEDOOR_TEST_RUN"], "city.pickle")


def _lay(ground: str, fill: Callable[[], None]) -> None:
    """Copy a ground for this process; the first process to come fills the template."""
    template = _template(ground)
    with Path(os.environ["ONEDOOR_TEST_RUN"], f"{template}.lock").open("a+") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        lock.seek(0)
        if not lock.read():
            _create(template, "" if ground == EMPTY else _template(EMPTY))
            _connect_to(template)
            fill()
            connection.close()
            lock.write("filled")
    _create(_copy(ground), template)
    _connect_to(_copy(ground))


def _template(ground: str) -> str:
    return f"onedoor_test_template_{ground}"


def _copy(ground: str) -> str:
    return f"onedoor_test_{PROCESS}_{ground}"


def _create(name: str, template: str) -> None:
    """Make a database anew, from the maintenance database: no transaction may hold these statements."""
    connection.close()
    with connection._nodb_cursor() as cursor:
        cursor.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        cursor.execute(f'CREATE DATABASE "{name}" ' + (f'TEMPLATE "{template}" STRATEGY FILE_COPY' if template else ""))


def _connect_to(name: str) -> None:
    if connection.settings_dict["NAME"] == name:
        return
    connection.close()
    connection.settings_dict["NAME"] = name


def _take_picture(test_case: type[TransactionTestCase]) -> None:
    """Before the first test that commits, remember what the database holds."""
    del test_case
    name = str(connection.settings_dict["NAME"])
    if name not in _pictures:
        _pictures[name] = Picture()


def _restore(test_case: TransactionTestCase) -> None:
    """Put the database back as it was before the test; emptying it by TRUNCATE is refused by the journal."""
    del test_case
    name = str(connection.settings_dict["NAME"])
    connection.close()
    if not _pictures[name].restore():
        del _pictures[name]
        _create(name, _template(name.rpartition("_")[2]))
    connection.close()


_pictures: dict[str, Picture] = {}
TransactionTestCase._fixture_setup = classmethod(_take_picture)  # type: ignore[method-assign]
TransactionTestCase._fixture_teardown = _restore  # type: ignore[method-assign]


def _find_once(middleware: CompressedFiles) -> None:
    """Look for the static files once: every client builds its own middleware, and would walk through all folders again."""
    if not _static_files:
        _find_static_files(middleware)
        _static_files.update(middleware.files)
    middleware.files = _static_files


_static_files: dict[str, Any] = {}
_find_static_files = CompressedFiles.add_files_from_finders
CompressedFiles.add_files_from_finders = _find_once


@pytest.fixture(autouse=True)
def nothing_kept() -> None:
    """Begin each test without the answers and pages that the process kept for the last one."""
    kept.forget_all()
    pagecache.shelf.clear()


@pytest.fixture
def run_jobs() -> Callable[[], int]:
    """Return a function that does the queued jobs due now, those they queue included, as the worker would; it returns how many."""
    return _run_jobs


def _run_jobs() -> int:
    from procrastinate.contrib.django import app
    from procrastinate.contrib.django.models import ProcrastinateJob

    app.perform_import_paths()
    done = 0
    while True:
        due = ProcrastinateJob.objects.filter(status="todo").exclude(scheduled_at__gt=timezone.now()).order_by("id").first()
        if due is None:
            return done
        app.tasks[due.task_name].func(**due.args)
        with connection.cursor() as cursor:
            cursor.execute("UPDATE procrastinate_jobs SET status = 'succeeded' WHERE id = %s", [due.id])
        done += 1


@pytest.fixture
def count_statements() -> Callable[[], AbstractContextManager[CaptureQueriesContext]]:
    """Return a context manager that counts what a block sends: ``with count_statements() as sent: …; len(sent)``."""
    return lambda: CaptureQueriesContext(connection)
