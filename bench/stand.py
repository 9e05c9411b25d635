"""What a measurement stands on: a durable server of its own, a database copied from a template, web processes, a floor.

The data folder ``.local/bench`` is kept between runs, because building the large tables takes long; each measurement gets a fresh
copy. ``ONEDOOR_DATA`` is set here, before any setting is read.
"""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
DATA = ROOT / ".local" / "bench"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


PORT = free_port()
os.environ |= {"ONEDOOR_DATA": str(DATA), "ONEDOOR_PORT": str(PORT), "DJANGO_SETTINGS_MODULE": "onedoor.config.settings"}
os.environ.pop("ONEDOOR_DATABASE_URL", None)

from onedoor.config import engine, ground  # noqa: E402


def start() -> None:
    """Start the server and set Django up."""
    import django

    engine.start(DATA)
    django.setup()


def stop() -> None:
    """Stop the server; its tables stay for the next run."""
    from django.db import connections

    connections.close_all()
    engine.stop(DATA)


def fresh_database(template: str, build: Callable[[], None]) -> None:
    """Make the database anew as a copy of a template, which is built when this release has none of that name yet."""
    from django.db import connection

    name = f"bench_{template}_{ground.release()[:12]}"
    if not _ask(f"SELECT 1 FROM pg_database WHERE datname = '{name}'"):
        for (old,) in _ask(f"SELECT datname FROM pg_database WHERE datname LIKE 'bench_{template}_%'"):
            _drop(old)
        print(f"building the tables of {template} …", file=sys.stderr, flush=True)
        _drop(engine.DATABASE)
        _do(f"CREATE DATABASE {engine.DATABASE}")
        (DATA / "migrated.json").unlink(missing_ok=True)
        ground.migrate()
        build()
        connection.close()
        _do(f'ALTER DATABASE {engine.DATABASE} RENAME TO "{name}"')
    _drop(engine.DATABASE)
    _do(f'CREATE DATABASE {engine.DATABASE} TEMPLATE "{name}" STRATEGY FILE_COPY')


def _drop(database: str) -> None:
    """Drop a database and who is in it; ``WITH (FORCE)`` stumbles over an autovacuum worker, which a plain drop sends away."""
    ours = f"datname = '{database}' AND backend_type = 'client backend'"
    _do(f"SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE {ours}", f'DROP DATABASE IF EXISTS "{database}"')


def _ask(statement: str) -> list[tuple[str, ...]]:
    import psycopg

    with psycopg.connect(engine.embedded_url(DATA, database="postgres"), autocommit=True) as server:
        return server.execute(statement).fetchall()


def _do(*statements: str) -> None:
    import psycopg
    from django.db import connections

    connections.close_all()
    with psycopg.connect(engine.embedded_url(DATA, database="postgres"), autocommit=True) as server:
        for statement in statements:
            server.execute(statement)


@contextmanager
def web(*, workers: int = 2) -> Iterator[int]:
    """Serve the pages as in production and yield the process id of the server."""
    environment = {**os.environ, "ONEDOOR_WEB_WORKERS": str(workers)}
    server = subprocess.Popen([sys.executable, "-m", "onedoor.config.cli", "serve"], env=environment, start_new_session=True)
    try:
        wait_for(f"http://127.0.0.1:{PORT}/readyz", 60, server)
        yield server.pid
    finally:
        end(server)


def wait_for(url: str, seconds: float, process: subprocess.Popen[bytes]) -> None:
    """Wait until an address answers 200.

    :raises RuntimeError: when it does not in time, or the process ended.
    """
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise RuntimeError(f"the process ended with code {process.returncode} before {url} answered")
        with suppress(OSError), urllib.request.urlopen(url, timeout=5) as answer:
            if answer.status == 200:
                return
        time.sleep(0.02)
    raise RuntimeError(f"{url} did not answer within {seconds:.0f} s")


def end(process: subprocess.Popen[bytes]) -> None:
    """End a process that was started here."""
    if process.poll() is None:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def pgbench(script: str, *, clients: int = 8, seconds: float = 5) -> float:
    """Run a pgbench script against the database and return its transactions per second."""
    file = DATA / "floor.sql"
    file.write_text(script)
    command = [
        str(engine.tool("pgbench")),
        "-n",
        "-c",
        str(clients),
        "-j",
        "2",
        "-T",
        str(max(1, round(seconds))),
        "-M",
        "prepared",
        "-f",
        str(file),
    ]
    done = subprocess.run([*command, engine.embedded_url(DATA)], capture_output=True, text=True, check=False)
    if found := re.search(r"tps = ([0-9.]+)", done.stdout):
        return float(found[1])
    raise RuntimeError(f"pgbench failed: {done.stderr.strip()}")


def descendants(pid: int) -> list[int]:
    """Return the processes below a process."""
    children: dict[int, list[int]] = {}
    for entry in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            fields = entry.read_text().rpartition(")")[2].split()
            children.setdefault(int(fields[1]), []).append(int(entry.parent.name))
    found: list[int] = []
    for child in children.get(pid, []):
        found += [child, *descendants(child)]
    return found


def rss_mb(pid: int) -> float:
    """Return the resident memory of a process in megabytes."""
    kilobytes = re.search(r"VmRSS:\s+(\d+)", Path("/proc", str(pid), "status").read_text())
    return round(int(kilobytes[1]) / 1024, 1) if kilobytes else 0.0
