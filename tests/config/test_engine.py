"""The embedded server on real folders; as root it runs as nobody, so these tests are about permissions, too."""

import os
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

from onedoor.config import engine
from tests.ground import FAST

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can run the server as somebody else")


@contextmanager
def folders():
    """Give a maker of folders; the servers that are started under them are stopped and removed."""
    base = Path(tempfile.mkdtemp(prefix="onedoor-engine-"))
    base.chmod(0o711)
    used: list[Path] = []
    yield lambda *parts: used.append(base.joinpath(*parts)) or used[-1]
    for data in used:
        here = engine.place(data)
        engine.stop(data)
        for leftover in (here.home, here.socket, here.socket.parent):
            if leftover.is_relative_to(engine.OURS) or leftover.name.startswith("onedoor-"):
                shutil.rmtree(leftover, ignore_errors=True)
    shutil.rmtree(base)


@pytest.fixture
def folder():
    """Return an empty folder; the server that a test starts under it is stopped and removed."""
    with folders() as folder:
        yield folder


@pytest.fixture(scope="module")
def made():
    """Return a folder with a cluster, for tests that don't ask how it is made: that takes a second."""
    with folders() as folder:
        data = folder("data")
        engine.start(data, settings=FAST)
        yield data


@pytest.fixture
def running(made):
    """Return the folder of a server that runs."""
    engine.start(made, settings=FAST)
    return made


@pytest.fixture
def stopped(made):
    """Return the folder of a server that ran and was stopped."""
    engine.stop(made)
    return made


def ask(data, statement):
    with psycopg.connect(engine.embedded_url(data)) as connection:
        return connection.execute(statement).fetchone()[0]


def pid_of(data):
    return int((engine.place(data).cluster / "postmaster.pid").read_text().split("\n")[0])


def test_starts_stops_and_starts_again_with_what_was_there(running):
    with psycopg.connect(engine.embedded_url(running)) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 1 AS one")
    assert engine.stop(running)
    assert not engine.is_running(running)
    assert not engine.stop(running)
    engine.start(running, settings=FAST)
    assert ask(running, "SELECT one FROM kept") == 1


def test_listens_on_a_closed_socket_and_on_no_port(running):
    assert ask(running, "SHOW listen_addresses") == ""
    assert stat.S_IMODE(engine.place(running).socket.stat().st_mode) == 0o700


def test_role_of_the_application_is_no_superuser(running):
    assert ask(running, "SELECT rolsuper FROM pg_roles WHERE rolname = current_user") is False


def test_sorts_by_code_point(running):
    assert ask(running, "SELECT datlocale FROM pg_database WHERE datname = current_database()") == "C.UTF-8"


def test_recovers_after_it_was_killed(stopped):
    engine.start(stopped, settings={})
    with psycopg.connect(engine.embedded_url(stopped)) as connection:
        connection.execute("CREATE TABLE acknowledged AS SELECT 7 AS n")
    os.kill(pid_of(stopped), signal.SIGKILL)
    time.sleep(0.2)
    engine.start(stopped, settings={})
    assert ask(stopped, "SELECT n FROM acknowledged") == 7


def test_lock_file_of_a_dead_server_whose_number_another_program_has(stopped):
    sleeper = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    try:
        file = engine.place(stopped).cluster / "postmaster.pid"
        file.write_text(f"{sleeper.pid}\n{file.parent}\n0\n5432\n")
        engine.start(stopped, settings=FAST)
        assert ask(stopped, "SELECT 1") == 1
    finally:
        sleeper.kill()
        sleeper.wait()


def test_those_who_start_it_at_once_find_one_server(folder):
    data = folder("data")
    program = f"from pathlib import Path; from onedoor.config import engine; engine.start(Path({str(data)!r}), settings={FAST!r})"
    with ThreadPoolExecutor() as crowd:
        done = list(
            crowd.map(
                lambda _: subprocess.run([sys.executable, "-c", program], check=False, capture_output=True, text=True), range(4)
            )
        )
    assert [each.stderr for each in done] == [""] * 4
    assert ask(data, "SELECT 1") == 1


def test_any_path_will_do(folder):
    """Made where the path is too long for a socket; moved to where the socket lies behind a blank and a quotation mark."""
    long, short = folder("with space", "it's", "x" * 60, "长" * 30), folder("with space", "it's too")
    for data in (long, short):
        engine.start(data, settings=FAST)
        assert ask(data, "SELECT 1") == 1
        assert len(os.fsencode(engine.place(data).socket / ".s.PGSQL.5432")) <= engine.SOCKET_LIMIT
        assert engine.lies_apart(data) or engine.place(data).socket.is_relative_to(data) is (data == short)
        if data == long:
            engine.stop(long)
            long.rename(short)


@as_root
def test_runs_as_an_unprivileged_user(running):
    assert Path(f"/proc/{pid_of(running)}").stat().st_uid != 0


@as_root
def test_closed_parents_stay_closed(folder):
    closed = folder("closed")
    closed.mkdir(mode=0o700)
    data = folder("closed", "deep", "data")
    engine.start(data, settings=FAST)
    assert ask(data, "SELECT 1") == 1
    assert stat.S_IMODE(closed.stat().st_mode) == 0o700
    assert closed.stat().st_uid == 0
    assert engine.lies_apart(data)


@as_root
def test_somebody_else_cannot_come_in(running):
    here = engine.place(running)
    psql = [engine.tool("psql"), "-h", str(here.socket), "-U", engine.ROLE, "-d", engine.DATABASE, "-c", "SELECT 1"]
    for uid in (65534, 12345):  # the server's own user passes the folder and is refused by the server; others do not pass it
        done = subprocess.run(psql, check=False, user=uid, group=uid, extra_groups=[], capture_output=True, text=True)
        assert done.returncode != 0, uid


def test_says_in_one_line_what_is_wrong(stopped):
    with pytest.raises(engine.EngineFailed) as failure:
        engine.start(stopped, settings={"shared_buffers": "nonsense"})
    assert "\n" not in str(failure.value)
    assert "configuration file" in str(failure.value)
