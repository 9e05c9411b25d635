"""Numbers without gaps, from eight processes of which some roll back and some are killed; with controls that fail."""

from __future__ import annotations

import multiprocessing
import os
import signal
import time
from collections.abc import Callable, Mapping
from multiprocessing.process import BaseProcess

import pytest
from django.db import IntegrityError, connection, transaction

from onedoor.documents import services
from onedoor.documents.models import Paper, PaperCounter, PaperState
from onedoor.documents.services import NewPaper, papers
from onedoor.kernel.actor import Actor, system_actor
from onedoor.kernel.ids import new_id
from onedoor.kernel.subjects import Subject
from tests.documents.conftest import AT, ISSUER

pytestmark = pytest.mark.django_db(transaction=True)
PROCESSES, ACTS = 8, 25
CLASH = 7
_fork = multiprocessing.get_context("fork")


def start(work: Callable[[], None]) -> BaseProcess:
    """Run ``work`` in a process of its own, with a connection of its own."""

    def run() -> None:
        connection.connection = None  # the parent's, closed there
        try:
            work()
        except IntegrityError:
            os._exit(CLASH)
        finally:
            connection.close()
        os._exit(0)

    connection.close()
    process = _fork.Process(target=run)
    process.start()
    return process


def issue(count: int) -> list[Paper]:
    new = NewPaper(
        kind="receipt", subject=Subject("tests.case", new_id()), holder="张三", title="凭证", issuer=ISSUER, series_word="秦审收"
    )
    return services.issue_papers([new] * count, by=Actor(client="test"), at=AT)


def issue_and_sometimes_roll_back() -> None:
    for act in range(ACTS):
        with transaction.atomic():
            issue(1 + act % 3)
            time.sleep(0.001)
            if act % 4 == 3:
                transaction.set_rollback(True)


def issue_without_end() -> None:
    while True:
        with transaction.atomic():
            issue(2)
            time.sleep(0.002)


def run_all(*, killed: int) -> list[int | None]:
    """Let processes issue side by side, kill some of them in the middle, and return how the others ended."""
    honest = [start(issue_and_sometimes_roll_back) for _ in range(PROCESSES - killed)]
    doomed = [start(issue_without_end) for _ in range(killed)]
    time.sleep(0.5)
    for process in doomed:
        os.kill(process.pid or 0, signal.SIGKILL)
    for process in honest + doomed:
        process.join(60)
    return [process.exitcode for process in honest]


def serials() -> list[int]:
    return sorted(int(number[-6:-1]) for number in Paper.objects.values_list("number", flat=True))


def test_no_gap_and_no_number_twice() -> None:
    assert run_all(killed=3) == [0] * 5
    found = serials()
    assert len(found) > 5 * ACTS
    assert found == list(range(1, len(found) + 1))
    assert PaperCounter.objects.get().last == len(found)


def test_control_a_sequence_leaves_gaps(monkeypatch) -> None:
    """The rollbacks and kills are real: numbers taken outside the transaction are lost with it."""
    with connection.cursor() as cursor:
        cursor.execute("CREATE SEQUENCE taken")

    def take(wanted: Mapping[str, int]) -> dict[str, int]:
        with connection.cursor() as cursor:
            last = 0
            for _ in range(sum(wanted.values())):
                cursor.execute("SELECT nextval('taken')")
                last = cursor.fetchone()[0]
        return dict.fromkeys(wanted, last)

    monkeypatch.setattr(papers, "_take_serials", take)
    run_all(killed=3)
    found = serials()
    assert found != list(range(1, len(found) + 1))


def test_control_reading_before_writing_gives_a_number_twice(monkeypatch) -> None:
    """The processes really meet: without the lock on the counter's row two of them take one number."""
    PaperCounter.objects.create(series="秦审收〔2026〕", last=0)

    def take(wanted: Mapping[str, int]) -> dict[str, int]:
        taken = {}
        for series, count in wanted.items():
            last = PaperCounter.objects.get(series=series).last + count
            PaperCounter.objects.filter(series=series).update(last=last)
            taken[series] = last
        return taken

    monkeypatch.setattr(papers, "_take_serials", take)
    assert CLASH in run_all(killed=0)


def test_a_worker_killed_while_it_makes_a_paper_leaves_it_waiting() -> None:
    with transaction.atomic():
        (paper,) = issue(1)
    begun = _fork.Event()

    def make(_: Paper) -> bytes:
        begun.set()
        time.sleep(60)
        return b""

    def work() -> None:
        services.seal_newest(make=make, by=system_actor("documents.seal_papers"), at=AT)

    worker = start(work)
    assert begun.wait(30)
    seal = {"make": lambda _: b"%PDF", "by": system_actor("documents.seal_papers"), "at": AT}
    assert services.seal_newest(**seal) is None, "another worker must not make the same paper meanwhile"
    connection.close()
    os.kill(worker.pid or 0, signal.SIGKILL)
    worker.join(30)
    deadline = time.monotonic() + 20
    while (made := services.seal_newest(**seal)) is None and time.monotonic() < deadline:
        time.sleep(0.1)
    assert made is not None
    assert made.pk == paper.pk
    assert Paper.objects.get().state == PaperState.SEALED
