"""The demonstration: one command that builds the sample city if it is not there, serves it and does its work."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Sequence
from importlib.util import find_spec
from types import FrameType

from onedoor.config import ground, settings

ACCOUNTS = settings.ONEDOOR_DATA / "demo-accounts.json"


def print_accounts() -> int:
    """Print who can log in, as a JSON list of role, username, password, name and, where one is needed, the totp secret."""
    if not ACCOUNTS.exists():
        print("There are no demo accounts: the sample city is not built. Run script/demo first.", file=sys.stderr)
        return 1
    print(ACCOUNTS.read_text().strip())
    return 0


def run() -> int:
    """Build what is missing, serve, work, and end both when told to or when one of them fails."""
    signal.signal(signal.SIGTERM, _as_interrupt)
    _say("Starting the database …")
    ground.start_database()
    _build()
    _say("Starting the web server and the worker …")
    children = [_child("run_web")]
    try:
        if not _served(children):
            return _failed(children)
        children.append(_child("run_worker"))
        _announce()
        return _watch(children)
    except KeyboardInterrupt:
        print()
        return 0
    finally:
        _end(children)


def _as_interrupt(_: int, __: FrameType | None) -> None:
    raise KeyboardInterrupt


def _say(text: str) -> None:
    print(text, flush=True)


def _build() -> None:
    """Bring the tables up to date and build the city unless the mark in the database says that it is there."""
    if ground.is_migrated() and city_is_built():
        return
    import django

    django.setup()
    if not ground.is_migrated():
        _say("Making the tables …")
        ground.migrate()
    if find_spec("onedoor.sample.city") and not city_is_built():
        from onedoor.sample import city  # type: ignore[attr-defined,unused-ignore]

        _say("Building the sample city …")
        city.build(progress=_say)


def city_is_built() -> bool:
    """Say whether the database carries the mark of the sample city; asked without loading Django."""
    if not find_spec("onedoor.sample.mark"):
        return False
    import psycopg

    from onedoor.sample import mark  # type: ignore[attr-defined,unused-ignore]

    with psycopg.connect(ground.database_url()) as connection:
        return bool(mark.is_set(connection))


def _child(act: str) -> subprocess.Popen[bytes]:
    program = f"from onedoor.config import processes; processes.{act}()"
    return subprocess.Popen([sys.executable, "-c", program], start_new_session=True)  # noqa: S603


def _served(children: Sequence[subprocess.Popen[bytes]]) -> bool:
    """Wait until pages are served; False when a process ended first or a minute has passed."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        if any(child.poll() is not None for child in children):
            return False
        try:
            with urllib.request.urlopen(f"http://{_reach()}/readyz", timeout=5) as answer:
                if answer.status == 200:
                    return True
        except (urllib.error.URLError, OSError):
            pass
        time.sleep(0.05)
    return False


def _reach() -> str:
    host = "127.0.0.1" if settings.ONEDOOR_HOST in {"", "0.0.0.0", "::"} else settings.ONEDOOR_HOST  # noqa: S104
    return f"[{host}]:{settings.ONEDOOR_PORT}" if ":" in host else f"{host}:{settings.ONEDOOR_PORT}"


def _announce() -> None:
    _say(f"\nOneDoor is served at http://{_reach()}/ — every role with one click at http://{_reach()}/demo/")
    if ACCOUNTS.exists():
        accounts = json.loads(ACCOUNTS.read_text())
        _say("Who can log in (all of it as JSON, with the TOTP secrets: onedoor demo --accounts):")
        for account in accounts:
            _say(f"  {account['role']:<16} {account['username']:<20} {account['password']:<22} {account['name']}")
    _say("Ctrl-C ends web server and worker; the database goes on until `onedoor db stop`.")


def _watch(children: Sequence[subprocess.Popen[bytes]]) -> int:
    """Wait until a process ends by itself."""
    while all(child.poll() is None for child in children):
        time.sleep(0.5)
    return _failed(children)


def _failed(children: Sequence[subprocess.Popen[bytes]]) -> int:
    for child, name in zip(children, ("web server", "worker"), strict=False):
        if child.poll() is not None:
            print(f"The {name} ended by itself (exit code {child.returncode}); what it said stands above.", file=sys.stderr)
            return 1
    print("No page was served within a minute.", file=sys.stderr)
    return 1


def _end(children: Sequence[subprocess.Popen[bytes]]) -> None:
    """End the processes that were started here, the stubborn ones by force."""
    for child in children:
        if child.poll() is None:
            child.terminate()
    for child in children:
        try:
            child.wait(timeout=15)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()
