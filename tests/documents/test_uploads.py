"""Files that people hand in: stored, scanned, opened, swept."""

from __future__ import annotations

import hashlib
import socketserver
import struct
import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client

from onedoor.documents import clamd, keeping, queries, services, tasks
from onedoor.documents.models import File, ScanState
from onedoor.documents.services import WrongFile
from onedoor.journal import queries as journal
from onedoor.kernel.actor import Actor, system_actor
from onedoor.kernel.errors import NotFound, WrongState
from onedoor.kernel.ids import new_id
from onedoor.kernel.subjects import Subject
from tests.documents.conftest import AT

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.7\n" + bytes(200_000)
STRANGER = Actor(client="web", account=new_id())
OFFICER = Actor(client="web", account=new_id(), posting=new_id())
VIRUS = b"%PDF-1.7\nX5O!P%@AP-TEST-VIRUS"


def upload(name: str = "身份证.pdf", content: bytes = PDF) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def test_a_file_is_kept_under_a_random_name_with_its_digest(citizen: Actor, case: Subject) -> None:
    file = services.store_upload(upload(), by=citizen, at=AT, subject=case)
    assert bytes(file.sha256) == hashlib.sha256(PDF).digest()
    assert (file.name, file.media_type, file.size) == ("身份证.pdf", "application/pdf", len(PDF))
    assert "身份证" not in file.storage_key
    with keeping.open_stored(file.storage_key) as stored:
        assert stored.read() == PDF
    stored_path = Path(keeping.storage().path(file.storage_key))
    assert stored_path.stat().st_mode & 0o777 == 0o600


def test_handing_in_is_recorded_once_and_the_name_can_be_shredded(citizen: Actor, case: Subject) -> None:
    services.store_upload(upload(), by=citizen, at=AT, subject=case)
    (entry,) = journal.entries_of(case)
    assert "身份证" not in str(entry)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("../../etc/passwd.pdf", "passwd.pdf"),
        ("C:\\Temp\\a.pdf", "a.pdf"),
        ("a\u202efdp.pdf", "afdp.pdf"),
        ("x" * 300 + ".pdf", None),
    ],
)
def test_names_lose_what_could_mislead(citizen: Actor, name: str, expected: str | None) -> None:
    file = services.store_upload(upload(name), by=citizen, at=AT)
    assert file.name == expected if expected else len(file.name) <= 120
    assert file.name.endswith(".pdf")


def test_a_photo_without_an_ending_to_its_name_was_refused(citizen: Actor) -> None:
    assert services.store_upload(upload("扫描件"), by=citizen, at=AT).name == "扫描件.pdf"


@pytest.mark.parametrize("content", [b"", b"%PDF-" + bytes(1_000_001)], ids=["empty", "too large"])
def test_empty_and_large_files_are_refused_and_leave_nothing(citizen: Actor, settings, content: bytes) -> None:
    settings.ONEDOOR_UPLOAD_MB = 1
    with pytest.raises(WrongFile):
        services.store_upload(upload(content=content), by=citizen, at=AT)
    assert not File.objects.exists()


def test_who_handed_in_a_loose_file_opens_it_and_nobody_else(citizen: Actor) -> None:
    file = services.store_upload(upload(), by=citizen, at=AT)
    assert queries.file_for(citizen, file.id) == file
    for other in (STRANGER, OFFICER, Actor(client="web")):
        with pytest.raises(NotFound):
            queries.file_for(other, file.id)


def test_the_guard_of_the_subject_decides(citizen: Actor, case: Subject) -> None:
    file = services.store_upload(upload(), by=citizen, at=AT, subject=case)
    assert queries.file_for(citizen, file.id) == file
    with pytest.raises(NotFound):
        queries.file_for(STRANGER, file.id)
    orphan = services.store_upload(upload(), by=citizen, at=AT, subject=Subject("nobody.guards", new_id()))
    with pytest.raises(NotFound):
        queries.file_for(citizen, orphan.id)


def test_nobody_uses_the_file_of_another(citizen: Actor, case: Subject) -> None:
    file = services.store_upload(upload(), by=STRANGER, at=AT)
    with pytest.raises(NotFound), transaction.atomic():
        services.use_files([file.id], subject=case, by=citizen, at=AT)
    mine = services.store_upload(upload(), by=citizen, at=AT)
    services.use_files([mine.id], subject=case, by=citizen, at=AT)
    with pytest.raises(NotFound), transaction.atomic():
        services.use_files([mine.id], subject=Subject("tests.other", new_id()), by=citizen, at=AT)


def test_files_that_nothing_uses_are_swept_after_seven_days(citizen: Actor, case: Subject) -> None:
    loose, used, released = (services.store_upload(upload(), by=citizen, at=AT) for _ in range(3))
    services.use_files([used.id, released.id], subject=case, by=citizen, at=AT)
    services.release_files([released.id], at=AT + timedelta(days=1))
    by = system_actor("documents.sweep")
    assert services.sweep_uploads(by=by, at=AT + timedelta(days=6, hours=23)) == 0
    assert services.sweep_uploads(by=by, at=AT + timedelta(days=7, minutes=1)) == 1
    assert not keeping.storage().exists(loose.storage_key)
    assert services.sweep_uploads(by=by, at=AT + timedelta(days=8, minutes=1)) == 1
    assert list(File.objects.values_list("pk", flat=True)) == [used.id]
    assert keeping.storage().exists(used.storage_key)


def test_bytes_of_a_rolled_back_act_are_swept(citizen: Actor, case: Subject) -> None:
    kept = services.store_upload(upload(), by=citizen, at=AT, subject=case)
    with transaction.atomic():
        lost = services.store_upload(upload(), by=citizen, at=AT, subject=case)
        transaction.set_rollback(True)
    assert keeping.storage().exists(lost.storage_key)
    services.sweep_orphans("uploads", AT.date())
    assert not keeping.storage().exists(lost.storage_key)
    assert keeping.storage().exists(kept.storage_key)


# The virus check, against a daemon that speaks the protocol


class _Daemon(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        assert self.rfile.read(10) == b"zINSTREAM\0"
        body = b""
        while length := struct.unpack(">I", self.rfile.read(4))[0]:
            body += self.rfile.read(length)
        self.wfile.write(b"stream: Test.Virus FOUND\0" if b"TEST-VIRUS" in body else b"stream: OK\0")


@pytest.fixture
def daemon(settings, tmp_path: Path) -> Iterator[None]:
    address = tmp_path / "clamd.sock"
    with socketserver.ThreadingUnixStreamServer(str(address), _Daemon) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        settings.ONEDOOR_CLAMD = str(address)
        yield
        server.shutdown()


def test_without_antivirus_a_file_is_usable_and_says_that_it_was_not_checked(citizen: Actor, case: Subject) -> None:
    file = services.store_upload(upload(), by=citizen, at=AT, subject=case)
    assert queries.files_of([file.id])[file.id].scan == ScanState.NOT_SCANNED


@pytest.mark.django_db(transaction=True)
def test_a_clean_file_waits_for_its_check_and_is_open_after_it(citizen: Actor, case: Subject, daemon: None) -> None:
    file = services.store_upload(upload(), by=citizen, at=AT, subject=case)
    assert file.scan == ScanState.PENDING
    assert queries.files_of([file.id])[file.id].is_locked
    assert queries.file_for(citizen, file.id)
    with pytest.raises(WrongState):
        queries.file_for(STRANGER, file.id, granted_subjects=[case.id])
    tasks.scan(file_id=str(file.id))
    tasks.scan(file_id=str(file.id))
    assert queries.file_for(STRANGER, file.id, granted_subjects=[case.id]).scan == ScanState.CLEAN


@pytest.mark.django_db(transaction=True)
def test_an_infected_file_is_never_opened(citizen: Actor, case: Subject, daemon: None) -> None:
    file = services.store_upload(upload(content=VIRUS), by=citizen, at=AT, subject=case)
    tasks.scan(file_id=str(file.id))
    file.refresh_from_db()
    assert (file.scan, file.virus) == (ScanState.INFECTED, "Test.Virus")
    with pytest.raises(WrongState):
        queries.file_for(citizen, file.id)
    assert len(journal.entries_of(Subject("documents.file", file.id))) == 1


@pytest.mark.django_db(transaction=True)
def test_a_daemon_that_is_down_leaves_the_file_waiting(citizen: Actor, case: Subject, settings) -> None:
    settings.ONEDOOR_CLAMD = "/nowhere/clamd.sock"
    file = services.store_upload(upload(), by=citizen, at=AT, subject=case)
    with pytest.raises(clamd.ScanFailed):
        tasks.scan(file_id=str(file.id))
    assert queries.pending_files() == [file.id]


def test_a_huge_request_is_refused_before_its_body_is_read(client: Client) -> None:
    class Body:
        def read(self, *_: object) -> bytes:
            raise AssertionError("the body was read")

        readline = read

    answer = client.generic("POST", "/verify/", **{"CONTENT_LENGTH": "200000000", "wsgi.input": Body()})
    assert answer.status_code == 413
