"""No room on the disk, no key for the seal, a worker killed half-way: acts go on, nothing is half kept, papers follow once."""

from __future__ import annotations

import logging
import os
import resource
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509.oid import NameOID
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction
from django.test import Client
from django.utils import timezone

from onedoor.documents import keeping, queries, seal_keys, services, tasks
from onedoor.documents.models import File, Paper, PaperState
from onedoor.journal import queries as journal
from onedoor.kernel.actor import Actor, system_actor
from onedoor.kernel.subjects import Subject
from tests.documents.conftest import AT, ISSUER

WORKER = system_actor("documents.seal_papers")
LARGE = b"%PDF-1.7\n" + os.urandom(400_000)


@contextmanager
def no_room(most: int = 100_000) -> Iterator[None]:
    """Let no file of this process grow beyond ``most`` bytes, as on a disk that fills up."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (most, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def _stored() -> set[Path]:
    return {each for each in Path(str(keeping.storage().path(""))).rglob("*") if each.is_file()}


@pytest.mark.django_db
def test_a_full_disk_is_told_and_leaves_nothing_half_kept(citizen: Actor, case: Subject) -> None:
    before = _stored()
    with no_room(), pytest.raises(services.StoreFull) as refused:
        services.store_upload(SimpleUploadedFile("a.pdf", LARGE), by=citizen, at=AT, subject=case)
    assert refused.value.http_status == 507
    assert _stored() == before
    assert not File.objects.exists()
    assert not journal.entries_of(case)
    assert services.store_upload(SimpleUploadedFile("a.pdf", LARGE), by=citizen, at=AT, subject=case).size == len(LARGE)


@pytest.mark.django_db
def test_a_disk_that_fills_while_the_upload_arrives_is_told_without_running_the_view() -> None:
    client = Client(enforce_csrf_checks=True, raise_request_exception=True)
    client.get("/verify/")
    token = client.cookies["csrftoken"].value
    upload = SimpleUploadedFile("a.pdf", b"%PDF-1.7\n" + bytes(3_000_000))
    with no_room():
        answer = client.post("/verify/", {"csrfmiddlewaretoken": token, "by": "file", "file": upload})
    assert answer.status_code == 507
    assert "空间" in answer.content.decode()
    upload.seek(0)
    assert client.post("/verify/", {"csrfmiddlewaretoken": token, "by": "file", "file": upload}).status_code == 200


# The seal's key


def _city_seal(settings, folder: Path, *, days: int = 3650) -> Path:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "某市电子印章")])
    start = timezone.now() - timedelta(days=100)
    certificate = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key()).serial_number(1)
        .not_valid_before(start).not_valid_after(start + timedelta(days=100 + days)).sign(key, hashes.SHA256())
    )  # fmt: skip
    file = folder / "seal.p12"
    file.write_bytes(pkcs12.serialize_key_and_certificates(b"seal", key, certificate, None, serialization.NoEncryption()))
    settings.ONEDOOR_SEAL_P12, settings.ONEDOOR_SEAL_PASSWORD_FILE = str(file), ""
    return file


@pytest.mark.parametrize("trouble", ["expired", "missing", "password", "broken"])
def test_it_is_found_out_before_a_page_is_laid_out(settings, tmp_path: Path, trouble: str) -> None:
    file = _city_seal(settings, tmp_path, days=-1 if trouble == "expired" else 10)
    if trouble == "missing":
        file.unlink()
    elif trouble == "password":
        settings.ONEDOOR_SEAL_PASSWORD_FILE = str(tmp_path / "password")
    elif trouble == "broken":
        file.write_bytes(b"PKCS")
    with pytest.raises(seal_keys.NoSealKey, match={"expired": "expired on", "missing": "seal.p12"}.get(trouble, "p")):
        seal_keys.require_seal(ISSUER, at=timezone.now())


def test_a_seal_of_our_own_ca_is_renewed_before_it_ends_and_when_its_key_was_lost() -> None:
    issuer, now = "某镇人民政府", timezone.now()
    seal_keys.require_seal(issuer, at=now)
    key, certificate = seal_keys.seal_files(issuer)
    first = certificate.read_bytes()
    ends = x509.load_pem_x509_certificate(first).not_valid_after_utc
    key.unlink()
    seal_keys.require_seal(issuer, at=now)
    second = certificate.read_bytes()
    assert key.exists()
    assert second != first
    with pytest.raises(seal_keys.NoSealKey):  # made anew at once, but a certificate starts today, not in ten years
        seal_keys.require_seal(issuer, at=ends + timedelta(days=30))
    assert certificate.read_bytes() != second


def test_a_seal_made_while_the_clock_ran_ahead_is_made_anew() -> None:
    issuer, now = "某村村民委员会", timezone.now()
    with time_machine.travel(now + timedelta(days=9)):
        ahead = seal_keys.seal_files(issuer)[1].read_bytes()
    seal_keys.require_seal(issuer, at=now)
    assert seal_keys.seal_files(issuer)[1].read_bytes() != ahead


@pytest.mark.django_db(transaction=True)
def test_papers_wait_for_the_key_acts_go_on_and_all_are_sealed_when_it_is_back(
    issue: Callable[..., Paper], citizen: Actor, case: Subject, settings, tmp_path: Path, caplog
) -> None:
    file = _city_seal(settings, tmp_path)
    away = file.rename(tmp_path / "away.p12")
    papers = [issue(), issue()]
    with caplog.at_level(logging.ERROR):
        tasks.seal_papers()
        papers.append(issue())
        tasks.seal_waiting(0)
    assert set(Paper.objects.values_list("state", "seal_tries")) == {(PaperState.ISSUED, 0)}
    assert caplog.text.count(f"papers of {ISSUER} wait") == 2
    assert "seal.p12" in caplog.text
    waiting = queries.waiting_papers()
    assert {each.number for each in waiting} == {paper.number for paper in papers}
    assert all("seal.p12" in each.trouble for each in waiting)
    (view, *_others) = queries.papers_for(citizen, case)
    assert (view.is_sealed, view.is_delayed) == (False, True)
    away.rename(file)
    with no_room(1000):  # the next thing that goes wrong
        tasks.seal_waiting(0)
    assert {each.tries for each in queries.waiting_papers()} == {0}
    tasks.seal_waiting(0)
    assert set(Paper.objects.values_list("state", "seal_trouble")) == {(PaperState.SEALED, "")}
    assert not queries.waiting_papers()


@pytest.mark.django_db(transaction=True)
def test_one_office_without_a_key_holds_up_no_other(issue: Callable[..., Paper]) -> None:
    good = issue(issuer="另一局")
    issue()

    def make(paper: Paper) -> bytes:
        if paper.issuer == ISSUER:
            raise seal_keys.NoSealKey("gone")
        return b"%PDF"

    with pytest.raises(services.CannotSeal):
        services.seal_newest(make=make, by=WORKER, at=AT)
    made = services.seal_newest(make=make, by=WORKER, at=AT)
    assert made is not None
    assert made.pk == good.pk
    assert services.seal_newest(make=make, by=WORKER, at=AT) is None
    assert services.seal_newest(make=make, by=WORKER, at=AT, stubborn=True, without={ISSUER}) is None


# A worker that dies

_KILLED = """
import os, signal, django
django.setup()
from django.conf import settings
from django.utils import timezone
from onedoor.documents import keeping, services
from onedoor.kernel.actor import system_actor
def die(*_): os.kill(os.getpid(), signal.SIGKILL)
if os.environ["DIES"] == "keeping":
    kept = keeping.keep
    def keep(*a, **k): kept(*a, **k); die()
    keeping.keep = keep
services.seal_newest(make=die if os.environ["DIES"] == "making" else lambda paper: b"%PDF half",
    by=system_actor("documents.seal_papers"), at=timezone.now())
"""


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("dies", ["making", "keeping"])
def test_a_worker_killed_half_way_leaves_the_paper_to_be_made_again_once(issue: Callable[..., Paper], settings, dies: str) -> None:
    paper = issue()
    settings_of_test = {
        "DJANGO_SETTINGS_MODULE": "tests.settings",
        "DIES": dies,
        "ONEDOOR_DATABASE_URL": _address(),
        "ONEDOOR_DATA": str(settings.ONEDOOR_DATA),
    }
    done = subprocess.run([sys.executable, "-c", _KILLED], check=False, env=os.environ | settings_of_test, capture_output=True)
    assert done.returncode == -signal.SIGKILL, done.stderr.decode()[-500:]
    with transaction.atomic():  # waits until the server has noticed the death and let go of the row
        paper = Paper.objects.select_for_update().get(pk=paper.pk)
    assert paper.state == PaperState.ISSUED
    made = services.seal_newest(make=lambda _: b"%PDF whole", by=WORKER, at=AT)
    assert made is not None
    assert made.pk == paper.pk
    assert services.seal_newest(make=lambda _: b"%PDF again", by=WORKER, at=AT) is None
    assert len(journal.entries_of(Subject("documents.paper", paper.id))) == 1


def _address() -> str:
    it = connection.settings_dict
    return f"postgresql://{it['USER']}:{it['PASSWORD']}@/{it['NAME']}?host={it['HOST']}&port={it['PORT']}"
