"""Taking a catalogue of ten thousand items in, beside PostgreSQL alone with the same rows; the memory of ten times as many items."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from bench import stand
from bench.registry import benchmark
from bench.result import Result

SECONDS = 60
ITEMS = 10_000
GROWTH_MB = 15
"""What ten times as many items may add to the memory of the process: what its allocator keeps back, and nothing of the file."""
_ROWS = (
    "catalog_catalogitem",
    "catalog_itemversion",
    "catalog_itemoption",
    "catalog_searchentry",
    "catalog_shortcode",
    "journal_entry",
)
_IMPORT = """
import json, resource, sys, time
import django
django.setup()
from django.db import connection
from django.utils import timezone
from onedoor.catalog import services
from onedoor.kernel.actor import system_actor
sent = [0]
def count(execute, *arguments):
    sent[0] += 1
    return execute(*arguments)
with open(sys.argv[1], "rb") as items, connection.execute_wrapper(count):
    began = time.monotonic()
    report = services.import_items(basis="测试", items=items, name=sys.argv[1], by=system_actor("bench"), at=timezone.now())
    took = time.monotonic() - began
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000
print(json.dumps({"seconds": took, "mb": peak, "statements": sent[0], "created": report.created}))
"""


@benchmark("catalog.import")
def catalog_import(quick: bool) -> list[Result]:
    """An empty catalogue takes in a file of each format; the sample's items, full guides among them, over and over."""
    count = ITEMS // 5 if quick else ITEMS
    results = []
    with TemporaryDirectory() as folder:
        for kind in ("xlsx", "csv", "json"):
            few, many = (_measured(Path(folder), kind, number) for number in (max(1000, count // 10), count))
            floor = _floor_seconds()
            results.append(
                Result(
                    "catalog.import" if kind == "xlsx" else f"catalog.import.{kind}",
                    ours_per_s=round(count / many["seconds"], 1),
                    floor_per_s=round(count / floor, 1),
                    ratio=round(floor / many["seconds"], 4),
                    statements=int(many["statements"]),
                    bytes=int(many["bytes"]),
                    rss_mb=round(many["mb"], 1),
                    rows=count,
                    kept=many["seconds"] <= SECONDS * count / ITEMS and many["mb"] - few["mb"] <= GROWTH_MB,
                )
            )
    return results


def _measured(folder: Path, kind: str, count: int) -> dict[str, float]:
    """Import a file into an empty catalogue, in a process of its own, whose memory is that of the import."""
    from django.db import connection

    stand.fresh_database("empty", lambda: None)
    file = folder / f"items.{kind}"
    if not file.with_name(f"{count}.{kind}").exists():
        _write(file.with_name(f"{count}.{kind}"), kind, count)
    file = file.with_name(f"{count}.{kind}")
    connection.close()
    program = [sys.executable, "-c", _IMPORT, str(file)]
    done = subprocess.run(program, check=True, capture_output=True, text=True)
    found: dict[str, float] = json.loads(done.stdout)
    if found["created"] != count:
        raise RuntimeError(f"{found['created']} of {count} items were taken in")
    return found | {"bytes": file.stat().st_size}


def _write(file: Path, kind: str, count: int) -> None:
    """Write the sample's items over and over, under codes and names of their own."""
    from onedoor.catalog.exchange.faults import Faults
    from onedoor.catalog.exchange.items_file import ItemsFile
    from onedoor.catalog.exchange.kinds import Profile
    from onedoor.catalog.exchange.records import record_of
    from onedoor.catalog.exchange.writing import WRITERS

    data = stand.ROOT / "src/onedoor/sample/data"
    with (data / "items_full.csv").open("rb") as items, (data / "guides.json").open("rb") as guides:
        read = (record_of(given, None) for given in ItemsFile(items, Faults(), guides=guides))
        sample = [record for record in read if record is not None]

    def again(number: int) -> object:
        pattern = sample[number % len(sample)]
        department = chr(65 + number // 900 // 26) + chr(65 + number // 900 % 26)
        code = f"130300-{department}-{pattern.item_type}-{number % 900 + 1:04d}"
        name = f"{pattern.name}{number}"[-200:]
        return replace(pattern, code=code, dept=department, name=name, content=replace(pattern.content, name=name))

    with file.open("wb") as out:
        WRITERS[kind]((again(number) for number in range(count)), out, Profile.OWN)  # type: ignore[misc]  # records they are


def _floor_seconds() -> float:
    """Return how long PostgreSQL alone takes to write the rows that the import left, with their indexes."""
    from django.db import connection

    with connection.cursor() as cursor:
        for table in _ROWS:
            cursor.execute(f"CREATE TABLE bench_{table} (LIKE {table} INCLUDING ALL EXCLUDING GENERATED)")
        began = time.monotonic()
        for table in _ROWS:
            cursor.execute(f"INSERT INTO bench_{table} SELECT * FROM {table}")
        took = time.monotonic() - began
    connection.close()
    return took
