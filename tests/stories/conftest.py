"""Stories in a real browser: a small furnished city, the camera, and the tools that check from outside."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import time
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as house
from django.db import connection

from onedoor.catalog.services import NewSynonym, add_synonyms
from onedoor.documents import seal_keys
from onedoor.network import opening
from onedoor.network import services as network
from onedoor.network.entries import NewHours
from tests.casework.situations import HOUSE, MONDAY, City
from tests.catalog.sources import synonym_rows

PLAYWRIGHT_LOOP = "DJANGO_ALLOW_ASYNC_UNSAFE"


@pytest.fixture
def story(
    furnished: City, transactional_db: None, live_server: Any, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> Iterator[City]:
    """Return the small city, with people's words and hours, behind a live server that names itself in its QR codes."""
    monkeypatch.setenv(PLAYWRIGHT_LOOP, "true")
    settings.ONEDOOR_BASE_URL = live_server.url
    opening.forget()
    network.set_hours([NewHours("HALL-CITY", day, time(8, 30), time(17, 30)) for day in range(5)], by=HOUSE, at=MONDAY)
    known = {"130300-YJ-01-0001", "130300-FG-10-0001"}
    rows = [
        NewSynonym(row["word"], row["catalogue_word"], row["item_code"] if row["kind"] == "item" else "")
        for row in synonym_rows()
        if row["kind"] != "item" or row["item_code"] in known
    ]
    add_synonyms(rows, by=HOUSE, at=MONDAY)
    assert live_server.url == house.ONEDOOR_BASE_URL
    yield furnished
    connection.close()


@pytest.fixture
def scan() -> Callable[[Path], list[str]]:
    """Return an independent reader of QR codes in pictures."""

    def read(picture: Path) -> list[str]:
        found = subprocess.run(["zbarimg", "--quiet", "--raw", str(picture)], capture_output=True, text=True, check=False)
        return found.stdout.split()

    return read


@pytest.fixture
def scan_pdf(tmp_path: Path, scan: Callable[[Path], list[str]]) -> Callable[[Path], list[str]]:
    """Return a reader of the QR codes on the first page of a PDF."""

    def read(file: Path) -> list[str]:
        picture = tmp_path / f"{file.stem}-page"
        subprocess.run(["pdftoppm", "-r", "150", "-png", "-singlefile", str(file), str(picture)], check=True)
        return scan(picture.with_suffix(".png"))

    return read


@pytest.fixture
def pdfsig(tmp_path: Path) -> Callable[[Path], str]:
    """Return what poppler says of a file's signature, when it trusts our CA and nobody else."""
    where = f"sql:{tmp_path}/nss"
    (tmp_path / "nss").mkdir()
    subprocess.run(["certutil", "-N", "-d", where, "--empty-password"], check=True)
    subprocess.run(
        ["certutil", "-A", "-d", where, "-n", "onedoor", "-t", "C,C,C", "-i", str(seal_keys.ca_certificate())], check=True
    )
    return lambda file: subprocess.run(["pdfsig", "-nssdir", where, str(file)], capture_output=True, text=True, check=False).stdout


@pytest.fixture
def worker(run_jobs: Callable[[], int]) -> Callable[[], int]:
    """Return a function that does the queued jobs in a thread of its own: sealing begins an event loop, and Playwright holds this one's."""

    def work() -> int:
        try:
            return run_jobs()
        finally:
            connection.close()

    def act() -> int:
        with ThreadPoolExecutor(1) as pool:
            return pool.submit(work).result()

    return act
