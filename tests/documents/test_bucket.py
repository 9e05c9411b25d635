"""Files and papers in a bucket: against a real S3 server, over HTTP."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.storage import storages
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction

from onedoor.documents import keeping, services
from onedoor.documents.models import File, Paper
from onedoor.kernel.actor import Actor, system_actor
from onedoor.kernel.subjects import Subject
from tests.documents.conftest import AT

PDF = b"%PDF-1.7\n" + bytes(200_000)
BUCKET = "onedoor-files"


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    _host, port = server.get_host_and_port()
    yield f"http://127.0.0.1:{port}"
    server.stop()


@pytest.fixture
def bucket(server: str, settings, monkeypatch) -> Iterator[Any]:
    """Keep files in a bucket, by the settings that an installation would make."""
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    options = {
        "bucket_name": BUCKET, "endpoint_url": server, "access_key": "test", "secret_key": "test", "region_name": "us-east-1",
        "default_acl": None, "file_overwrite": False,
    }  # fmt: skip
    settings.STORAGES = settings.STORAGES | {"files": {"BACKEND": "storages.backends.s3.S3Storage", "OPTIONS": options}}
    client = storages["files"].connection.meta.client
    client.create_bucket(Bucket=BUCKET)
    yield client
    for each in client.list_objects_v2(Bucket=BUCKET).get("Contents", []):
        client.delete_object(Bucket=BUCKET, Key=each["Key"])
    client.delete_bucket(Bucket=BUCKET)


def keys(bucket: Any) -> list[str]:
    return [each["Key"] for each in bucket.list_objects_v2(Bucket=BUCKET).get("Contents", [])]


@pytest.mark.django_db
def test_what_is_handed_in_lies_encrypted_in_the_bucket_and_is_read_back(citizen: Actor, case: Subject, bucket: Any) -> None:
    file = services.store_upload(SimpleUploadedFile("a.pdf", PDF), by=citizen, at=AT, subject=case)
    assert keys(bucket) == [file.storage_key]
    assert b"PDF" not in bucket.get_object(Bucket=BUCKET, Key=file.storage_key)["Body"].read()
    with keeping.open_stored(file.storage_key) as stored:
        assert stored.read() == PDF


@pytest.mark.django_db
def test_a_paper_is_kept_in_the_bucket_as_it_was_sealed(issue, bucket: Any) -> None:
    paper = issue()
    services.seal_newest(make=lambda _: b"%PDF sealed", by=system_actor("documents.seal_papers"), at=AT)
    key = Paper.objects.get(pk=paper.pk).storage_key
    assert bucket.get_object(Bucket=BUCKET, Key=key)["Body"].read() == b"%PDF sealed"
    with keeping.open_stored(key) as stored:
        assert stored.read() == b"%PDF sealed"


@pytest.mark.django_db
def test_the_sweeps_clear_the_bucket_and_a_second_run_changes_nothing(citizen: Actor, case: Subject, bucket: Any) -> None:
    used = services.store_upload(SimpleUploadedFile("a.pdf", PDF), by=citizen, at=AT, subject=case)
    services.store_upload(SimpleUploadedFile("b.pdf", PDF), by=citizen, at=AT)
    with transaction.atomic():
        services.store_upload(SimpleUploadedFile("c.pdf", PDF), by=citizen, at=AT, subject=case)
        transaction.set_rollback(True)
    assert len(keys(bucket)) == 3
    by, later = system_actor("documents.sweep"), AT + timedelta(days=8)
    assert [services.sweep_uploads(by=by, at=later) for _ in range(2)] == [1, 0]
    assert [services.sweep_orphans("uploads", AT.date()) for _ in range(2)] == [1, 0]
    assert keys(bucket) == [used.storage_key]


@pytest.mark.django_db
def test_a_sweep_that_could_not_delete_the_bytes_keeps_the_row_and_comes_again(citizen: Actor, bucket: Any, monkeypatch) -> None:
    services.store_upload(SimpleUploadedFile("b.pdf", PDF), by=citizen, at=AT)
    by, later = system_actor("documents.sweep"), AT + timedelta(days=8)

    def away(_key: str) -> None:
        raise ConnectionError

    with monkeypatch.context() as broken:
        broken.setattr(keeping.storage(), "delete", away)
        with pytest.raises(ConnectionError):
            services.sweep_uploads(by=by, at=later)
    assert (File.objects.count(), len(keys(bucket))) == (1, 1)
    assert services.sweep_uploads(by=by, at=later) == 1
    assert (File.objects.count(), keys(bucket)) == (0, [])


@pytest.mark.django_db
def test_a_bucket_that_does_not_answer_is_told_and_nothing_is_half_kept(citizen: Actor, case: Subject, settings) -> None:
    options = {
        "bucket_name": BUCKET, "endpoint_url": "http://127.0.0.1:9", "access_key": "test", "secret_key": "test",
        "client_config": _impatient(),
    }  # fmt: skip
    settings.STORAGES = settings.STORAGES | {"files": {"BACKEND": "storages.backends.s3.S3Storage", "OPTIONS": options}}
    with pytest.raises(services.StoreFull) as refused:
        services.store_upload(SimpleUploadedFile("a.pdf", PDF), by=citizen, at=AT, subject=case)
    assert refused.value.http_status == 503
    assert not File.objects.exists()


def _impatient() -> Any:
    from botocore.config import Config

    return Config(connect_timeout=1, retries={"total_max_attempts": 1})
