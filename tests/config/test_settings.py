"""Settings that cannot be followed are told in one line; a traceback tells an operator nothing."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from onedoor.config import engine


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ONEDOOR_PORT", "eighty"),
        ("ONEDOOR_DATA", "/proc/nowhere"),
        ("ONEDOOR_DATABASE_URL", "mysql://localhost/onedoor"),
        ("ONEDOOR_DATABASE_URL", "postgresql://localhost"),
        ("ONEDOOR_DATABASE_URL", "postgresql://localhost:port/onedoor"),
        ("ONEDOOR_DATABASE_URL", "postgresql://nobody@127.0.0.1:1/onedoor"),
    ],
)
def test_a_wrong_setting_ended_in_a_traceback(tmp_path: Path, name: str, value: str) -> None:
    clean = {key: each for key, each in os.environ.items() if not key.startswith(("ONEDOOR_", "DJANGO_"))}
    done = subprocess.run(
        [sys.executable, "-m", "onedoor.config.cli", "serve"],
        env=clean | {"ONEDOOR_DATA": str(tmp_path), name: value},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 1
    assert len(done.stderr.splitlines()) == 1, done.stderr
    assert name in done.stderr or "database" in done.stderr


def test_what_the_address_of_a_database_says_about_encryption_was_dropped() -> None:
    found = engine.parse_url("postgresql://city:p%40ss@db.example:6432/onedoor?sslmode=verify-full&sslrootcert=%2Fca.pem")
    assert found["OPTIONS"] == {"sslmode": "verify-full", "sslrootcert": "/ca.pem"}
    assert (found["HOST"], found["PORT"], found["PASSWORD"]) == ("db.example", "6432", "p@ss")


def test_an_embedded_address_leads_to_its_socket(tmp_path: Path) -> None:
    found = engine.parse_url(engine.embedded_url(tmp_path / "it's here"))
    assert found["HOST"] == str(engine.place(tmp_path / "it's here").socket)
    assert found["OPTIONS"] == {}
