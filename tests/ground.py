"""The ground of the tests: a data folder and a database server that are thrown away when the run ends."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

import psycopg

from onedoor.config import engine

PREFIX = "onedoor-test-"
MEMORY = Path("/dev/shm")  # Linux; a run needs about a quarter of ROOM
ROOM = 4 * 1024**3
# Autovacuum runs as the superuser, whose processes our role may not end when it drops a database.
FAST = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "max_connections": "150", "autovacuum": "off"}


def prepare() -> None:
    """Give this run its own data folder and, unless an outside database is set, its own server; workers share their parent's."""
    if "ONEDOOR_TEST_RUN" in os.environ:
        return
    _sweep()
    data = Path(tempfile.mkdtemp(prefix=f"{PREFIX}{os.getpid()}-", dir=_place()))
    data.chmod(0o711)
    os.environ["ONEDOOR_TEST_RUN"] = os.environ["ONEDOOR_DATA"] = str(data)
    if not os.environ.get("ONEDOOR_DATABASE_URL"):
        engine.start(data, settings=FAST)
        with psycopg.connect(engine.embedded_url(data, role=engine.SUPERUSER)) as server:
            server.execute(f"GRANT SET ON PARAMETER session_replication_role TO {engine.ROLE}")  # for tests.picture


def _place() -> str:
    """Return where data are thrown away fastest: memory, where there is plenty."""
    return str(MEMORY) if MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > ROOM else tempfile.gettempdir()


def clean_up() -> None:
    """Stop the server of this run and remove its folder."""
    if data := os.environ.pop("ONEDOOR_TEST_RUN", None):
        _remove(Path(data))


def _sweep() -> None:
    """Remove what runs that were killed have left."""
    for folder in (each for place in {MEMORY, Path(tempfile.gettempdir())} for each in place.glob(f"{PREFIX}*")):
        pid = folder.name.removeprefix(PREFIX).split("-", 1)[0]
        if folder.stat().st_uid == os.geteuid() and not Path("/proc", pid).exists():
            _remove(folder)


def _remove(data: Path) -> None:
    engine.stop(data)
    shutil.rmtree(data, ignore_errors=True)
