"""Memory of a web process, and how long a warm machine takes to the first page."""

from __future__ import annotations

import os
import signal
import subprocess
import tempfile
import time
from pathlib import Path
from urllib.parse import quote
from uuid import UUID

from bench import city, hall, load, stand, submit
from bench.registry import benchmark
from bench.result import Result

MEMORY_MB = 150
WARM_S = 5
BUILD_S = 90


@benchmark("web.memory")
def memory(quick: bool) -> list[Result]:
    """Resident memory of the larger of two web processes after pages, searches, and submissions by citizens who logged in."""
    stand.fresh_database("city", city.build)
    drafts = _drafts()
    pages = [
        "/",
        f"/items/{hall.ITEM}/",
        "/items/",
        "/items/?q=" + quote("身份证"),
        "/items/?q=" + quote("社保转移"),
        "/accounts/login/",
        "/verify/",
        "/track/",
    ]
    with stand.web() as server:
        done = load.run(lambda client, number: client.get(pages[number % len(pages)]).status == 200, seconds=5 if quick else 20)
        submitted = 0
        for number, draft in enumerate(drafts):
            client, token = submit.logged_in(number, draft)
            submitted += submit.submit_draft(client, token, draft)
        workers = [pid for pid in stand.descendants(server) if b"resource_tracker" not in Path(f"/proc/{pid}/cmdline").read_bytes()]
        largest = max(stand.rss_mb(pid) for pid in workers)
    went_well = not done.failures and submitted == len(drafts)
    return [Result("web.memory", rss_mb=largest, kept=largest < MEMORY_MB and went_well)]


def _drafts() -> list[UUID]:
    """Return a finished draft of each of eight citizens of the city, so that both processes get some."""
    from django.utils import timezone

    from onedoor.catalog import queries as catalog

    at = timezone.now()
    offer = catalog.service_items_for(hall.ITEM)[0].service_item_id
    return [hall.draft(offer, number, at) for number in range(hall.CLIENTS)]


@benchmark("demo.start")
def start(quick: bool) -> list[Result]:
    """Time of ``script/demo`` to the first page: once with the city to build, then with the city there."""
    with tempfile.TemporaryDirectory(prefix="onedoor-bench-") as folder:
        Path(folder).chmod(0o711)
        built = _first_page(folder)
        warm = [_first_page(folder) for _ in range(1 if quick else 3)]
        subprocess.run(
            [stand.ROOT / ".venv/bin/onedoor", "db", "stop"],
            env={**os.environ, "ONEDOOR_DATA": folder},
            check=False,
            capture_output=True,
        )
    return [
        Result("demo.build", p50_ms=round(1000 * built), kept=built < BUILD_S),
        Result(
            "demo.start", p50_ms=round(1000 * sorted(warm)[len(warm) // 2]), p99_ms=round(1000 * max(warm)), kept=max(warm) < WARM_S
        ),
    ]


def _first_page(folder: str) -> float:
    port = stand.free_port()
    environment = {**os.environ, "ONEDOOR_DATA": folder, "ONEDOOR_PORT": str(port)}
    begin = time.perf_counter()
    demo = subprocess.Popen([stand.ROOT / "script/demo"], env=environment, stdout=subprocess.DEVNULL, start_new_session=True)
    try:
        stand.wait_for(f"http://127.0.0.1:{port}/", 300, demo)
        return time.perf_counter() - begin
    finally:
        demo.send_signal(signal.SIGINT)
        stand.end(demo)
