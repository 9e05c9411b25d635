"""The guide of a service and the home page for people without an account, beside the one select that a warm page may need."""

from __future__ import annotations

import re
import subprocess
import sys

from bench import city, load, stand
from bench.registry import benchmark
from bench.result import Result, percentile

COLD, WARM = 6, 2
PER_SECOND = 1000
BYTES = 60_000
FLOOR = "SELECT number FROM catalog_edition WHERE id = 1;\n"
_LINKED = re.compile(rb'<(?:link rel="stylesheet" href|script[^>]* src)="([^"]+)"')


@benchmark("catalog.guide_page")
def guide_page(quick: bool) -> list[Result]:
    """A guide, warm, from eight clients; the bytes are those of the heaviest of all complete guides with its styles and scripts."""
    stand.fresh_database("city", city.build)
    heaviest = _heaviest([f"/items/{code}/" for code in _complete_guides()])
    return _measured("catalog.guide_page", heaviest, quick=quick)


@benchmark("catalog.home_page")
def home_page(quick: bool) -> list[Result]:
    """The home page, warm, from eight clients."""
    stand.fresh_database("city", city.build)
    return _measured("catalog.home_page", "/", quick=quick)


def _measured(name: str, path: str, *, quick: bool) -> list[Result]:
    cold, warm = _statements(path)
    with stand.web(workers=2):
        size = _weight(path)
        ours, floor = load.in_turns(
            lambda seconds: load.run(lambda client, _: _get(client, path).status == 200, seconds=seconds),
            lambda seconds: stand.pgbench(FLOOR, seconds=seconds),
            quick=quick,
        )
    fits = cold <= COLD and warm <= WARM and size <= BYTES and not ours.failures
    return [
        Result(
            name,
            ours_per_s=ours.per_s,
            floor_per_s=round(floor, 1),
            ratio=round(ours.per_s / floor, 4),
            statements=warm,
            p50_ms=percentile(ours.seconds, 0.5),
            p95_ms=percentile(ours.seconds, 0.95),
            p99_ms=percentile(ours.seconds, 0.99),
            bytes=size,
            rows=_rows(),
            kept=fits and ours.per_s >= PER_SECOND,
        ),
        Result(f"{name}.cold", statements=cold, kept=cold <= COLD),
    ]


def _get(client: load.Client, path: str) -> load.Answer:
    return client.get(path, Accept_Encoding="gzip")


def _weight(path: str) -> int:
    """Return the bytes over the wire of a page with its styles and scripts, heads included, pictures left out."""
    client = load.Client()
    plain = client.get(path)
    linked = sorted({each.decode() for each in _LINKED.findall(plain.body)})
    return sum(_get(client, each.replace("&amp;", "&")).size for each in [path, *linked])


def _complete_guides() -> list[str]:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT code FROM catalog_catalogitem item JOIN catalog_itemversion version ON version.item_id = item.id "
            "WHERE version.is_complete AND version.status = 'published' ORDER BY code"
        )
        return [row[0] for row in cursor.fetchall()]


def _heaviest(paths: list[str]) -> str:
    import gzip

    from django.test import Client

    client = Client(headers={"Host": "127.0.0.1"})
    return max(paths, key=lambda path: len(gzip.compress(client.get(path).content, 6)))


def _statements(path: str) -> tuple[int, int]:
    """Return how many statements a page sends as the first of a process, and when asked again."""
    done = subprocess.run([sys.executable, "-m", "bench.pages", path], cwd=stand.ROOT, capture_output=True, text=True, check=True)
    cold, warm = done.stdout.split()
    return int(cold), int(warm)


def _ask_twice(path: str) -> None:
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    from onedoor.config import wsgi

    assert wsgi.application  # a web process begins by loading this
    client = Client(headers={"Host": "127.0.0.1"})
    for _ in range(2):
        with CaptureQueriesContext(connection) as sent:
            answer = client.get(path)
        if answer.status_code != 200:
            raise RuntimeError(f"{path} answered {answer.status_code}")
        print(len(sent.captured_queries))


def _rows() -> int:
    """Return how many versions and service items lie in the catalogue."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT (SELECT count(*) FROM catalog_itemversion) + (SELECT count(*) FROM catalog_serviceitem)")
        return int(cursor.fetchone()[0])


if __name__ == "__main__":
    _ask_twice(sys.argv[1])
