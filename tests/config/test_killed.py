"""Killed in the middle: worker, web and database, as real processes on a data folder of their own."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter, deque
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from shutil import rmtree
from typing import Any

import httpx
import psycopg
import pytest

from onedoor.config import engine

pytestmark = pytest.mark.slow
ROOT = Path(__file__).resolve().parents[2]
ONEDOOR = Path(sys.executable).with_name("onedoor")
FURNISH = """
import json, sys
import django
django.setup()
from onedoor.config import ground
ground.start_database()
ground.migrate()
from datetime import timedelta
from django.test import Client
from django.utils import timezone
from onedoor.people.models import Account
from tests.casework import situations as s
from tests.people.test_pages import step_in
now = timezone.now()
city = s.furnish(at=now - timedelta(days=60))
for _ in range(int(sys.argv[1])):
    s.accepted(city, at=now)
drafts = [s.with_papers(s.a_draft(city, at=now), by=city.citizen, at=now).id for _ in range(int(sys.argv[2]))]
client = Client()
step_in(client, Account.objects.get(pk=city.citizen.account))
print(json.dumps({"session": client.cookies["session"].value, "drafts": [str(each) for each in drafts]}))
"""


ACCEPTED, DRAFTS = 3, 12


@dataclass
class Installation:
    """A data folder with its own database server, and the processes that were started on it."""

    data: Path
    port: int
    processes: list[subprocess.Popen[bytes]] = field(default_factory=list)
    made: dict[str, Any] = field(default_factory=dict)

    @property
    def environment(self) -> dict[str, str]:
        ours = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith("ONEDOOR_TEST") and name != "ONEDOOR_DATABASE_URL"
        }
        return {
            **ours, "ONEDOOR_DATA": str(self.data), "ONEDOOR_PORT": str(self.port), "DJANGO_SETTINGS_MODULE": "onedoor.config.settings",
            "PYTHONPATH": f"{ROOT}/src:{ROOT}", "ONEDOOR_WEB_WORKERS": "2",
        }  # fmt: skip

    def run(self, *command: str) -> str:
        done = subprocess.run([*command], cwd=ROOT, env=self.environment, capture_output=True, text=True, check=False, timeout=120)
        assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
        return done.stdout

    def furnish(self, *, accepted: int, drafts: int) -> dict[str, Any]:
        """Build the city with so many accepted applications and so many drafts ready to be sent."""
        return dict(json.loads(self.run(sys.executable, "-c", FURNISH, str(accepted), str(drafts)).splitlines()[-1]))

    def start(self, command: str) -> subprocess.Popen[bytes]:
        with (self.data / f"{command}.log").open("ab") as log:
            process = subprocess.Popen(
                [ONEDOOR, command], cwd=ROOT, env=self.environment, stdout=log, stderr=log, start_new_session=True
            )
        self.processes.append(process)
        return process

    def kill(self, process: subprocess.Popen[bytes]) -> None:
        """Kill a process and its children at once, as a power cut would."""
        os.killpg(process.pid, signal.SIGKILL)
        process.wait(10)

    def kill_database(self) -> None:
        os.kill(int((engine.place(self.data).cluster / "postmaster.pid").read_text().split()[0]), signal.SIGKILL)

    def ask(self, statement: str) -> list[tuple[Any, ...]]:
        with psycopg.connect(engine.embedded_url(self.data)) as connection:
            return connection.execute(statement).fetchall()

    def tell(self, statements: str) -> None:
        with psycopg.connect(engine.embedded_url(self.data)) as connection:
            connection.execute(statements)

    def count(self, what: str) -> int:
        return int(self.ask(f"SELECT count(*) FROM {what}")[0][0])

    def is_ready(self) -> bool:
        try:
            return httpx.get(f"http://127.0.0.1:{self.port}/readyz", timeout=5).status_code == 200
        except httpx.TransportError:
            return False


@pytest.fixture(scope="module")
def furnished() -> Iterator[tuple[Installation, dict[str, Any], Path]]:
    """An installation at rest and a copy of all it has, made once: building the city takes longer than a test."""
    data = Path(tempfile.mkdtemp(prefix="onedoor-killed-"))
    data.chmod(0o711)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        here = Installation(data, free.getsockname()[1])
    kept = Path(tempfile.mkdtemp(prefix="onedoor-kept-"))
    try:
        made = here.furnish(accepted=ACCEPTED, drafts=DRAFTS)
        engine.stop(data)
        assert not engine.lies_apart(data), "the temporary folder must be passable for everybody"
        copy(data, kept)
        yield here, made, kept
    finally:
        engine.stop(data)
        rmtree(data, ignore_errors=True)
        rmtree(kept, ignore_errors=True)


def copy(source: Path, target: Path) -> None:
    subprocess.run(["cp", "-a", f"{source}/.", str(target)], check=True)


@pytest.fixture
def installation(furnished: tuple[Installation, dict[str, Any], Path]) -> Iterator[Installation]:
    here, made, kept = furnished
    for each in here.data.iterdir():
        rmtree(each) if each.is_dir() else each.unlink()
    copy(kept, here.data)
    here.made = made
    here.run(str(ONEDOOR), "db", "start")
    yield here
    for process in here.processes:
        if process.poll() is None:
            here.kill(process)
    here.processes.clear()
    engine.stop(here.data)


def wait_for(truth: Callable[[], Any], what: str, *, seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not truth():
        assert time.monotonic() < end, f"{what} within {seconds} s"
        time.sleep(0.02)


def test_a_worker_killed_twice_leaves_nothing_undone_and_nothing_twice(installation: Installation) -> None:
    waiting = installation.count("documents_paper WHERE state <> 'sealed'")
    assert waiting == ACCEPTED * 3
    sealed = "documents_paper WHERE state = 'sealed'"
    for least in (2, 5):
        worker = installation.start("worker")
        wait_for(lambda least=least: installation.count(sealed) >= least, f"{least} papers sealed")
        installation.kill(worker)
    assert installation.count(sealed) < waiting
    installation.start("worker")
    unsent = "notify_message WHERE channel <> 'inbox' AND sent_at IS NULL"
    wait_for(
        lambda: installation.count(sealed) == waiting and not installation.count(unsent), "all papers and messages out", seconds=150
    )

    numbers = [row[0] for row in installation.ask("SELECT number FROM documents_paper WHERE kind = 'acceptance'")]
    assert sorted(int(number[-6:-1]) for number in numbers) == list(range(1, ACCEPTED + 1))
    files = [row[0] for row in installation.ask("SELECT storage_key FROM documents_paper")]
    assert len(set(files)) == waiting
    assert all((installation.data / "files" / name).stat().st_size > 1000 for name in files)
    installation.run(str(ONEDOOR), "journal", "verify")
    entries = Counter(row[0] for row in installation.ask("SELECT subject_id FROM journal_entry WHERE act = 'documents.seal'"))
    assert set(entries.values()) <= {1}


def send(installation: Installation, session: str, draft: str) -> str | None:
    """Send one draft as a browser would; return its reference, or None when no acknowledgement came."""
    base = f"http://127.0.0.1:{installation.port}"
    try:
        with httpx.Client(base_url=base, cookies={"session": session}, timeout=15) as browser:
            page = browser.get(f"/apply/d/{draft}/check/")
            if page.status_code == 200:
                said = {"truth": "on", "csrfmiddlewaretoken": browser.cookies["csrftoken"]}
                page = browser.post(f"/apply/d/{draft}/check/", data=said, headers={"Origin": base})
            if page.status_code == 503:
                assert "服务暂停片刻" in page.text
                return None
            assert page.status_code == 302, (page.status_code, page.text[:500])  # on to the receipt, also when it was sent before
            return draft if browser.get(f"/apply/d/{draft}/done/").status_code == 200 else None
    except httpx.TransportError:
        return None


LOSE_ONE = """
CREATE SEQUENCE ends;
CREATE FUNCTION lose_one() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF nextval('ends') = 1 THEN PERFORM pg_terminate_backend(pg_backend_pid()); END IF;
  RETURN OLD;
END $$;
CREATE TRIGGER lose_one BEFORE DELETE ON procrastinate_jobs FOR EACH ROW EXECUTE FUNCTION lose_one();
"""


def test_what_was_acknowledged_survives_the_database_and_the_web_server(installation: Installation) -> None:
    installation.tell(LOSE_ONE)  # the worker's connection is lost once while it writes down that a job is done
    web = installation.start("serve")
    wait_for(installation.is_ready, "ready")
    worker = installation.start("worker")
    acknowledged: set[str] = set()
    waiting, over = deque(installation.made["drafts"]), threading.Event()

    def be_a_client() -> None:
        while not over.is_set():
            try:
                draft = waiting.popleft()
            except IndexError:
                return
            if send(installation, installation.made["session"], draft):
                acknowledged.add(draft)
            else:
                waiting.append(draft)
                time.sleep(0.1)

    with ThreadPoolExecutor(4) as pool:
        try:
            clients = [pool.submit(be_a_client) for _ in range(4)]
            wait_for(lambda: len(acknowledged) >= 4, "4 applications sent")
            installation.kill_database()
            wait_for(lambda: not installation.is_ready(), "the web server to notice")
            kept = set(acknowledged)
            installation.run(str(ONEDOOR), "db", "start")
            wait_for(installation.is_ready, "ready again without a restart", seconds=20)
            references = {
                str(row[0]) for row in installation.ask("SELECT id FROM casework_application WHERE reference IS NOT NULL")
            }
            assert kept <= references
            wait_for(lambda: len(acknowledged) >= 8, "8 applications sent")
            installation.kill(web)
            installation.start("serve")
            for each in clients:
                each.result(60)
        finally:
            over.set()
    assert acknowledged == set(installation.made["drafts"])
    assert installation.count("casework_application WHERE status = 'submitted'") == DRAFTS
    everyone = ACCEPTED + DRAFTS
    receipts = "documents_paper WHERE kind = 'submission_receipt'"
    assert installation.ask(f"SELECT count(*), count(DISTINCT number), count(DISTINCT subject_id) FROM {receipts}") == [
        (everyone,) * 3
    ]
    assert installation.count("journal_entry WHERE act = 'casework.submit'") == everyone

    wait_for(
        lambda: installation.count(f"{receipts} AND state = 'sealed'") == everyone, "the worker to go on by itself", seconds=90
    )
    wait_for(lambda: not installation.count("procrastinate_jobs WHERE status = 'doing'"), "no job to be left lying")
    assert worker.poll() is None
    assert installation.ask("SELECT is_called FROM ends") == [(True,)]
    installation.run(str(ONEDOOR), "journal", "verify")
