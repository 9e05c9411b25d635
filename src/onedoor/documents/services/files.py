"""Acts on files that people hand in. Cores: they join the transaction of the act that calls them."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.base import File as DjangoFile
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from onedoor.documents import acts, infections, keeping, naming, pictures, sniffing
from onedoor.documents.models import File, Paper, ScanState
from onedoor.documents.sniffing import WrongFile
from onedoor.journal.services import Record, record, record_many
from onedoor.kernel import jobs
from onedoor.kernel.actor import Actor
from onedoor.kernel.errors import NotFound
from onedoor.kernel.subjects import Subject

FILE = "documents.file"
LOOSE_DAYS = 7


def store_upload(upload: DjangoFile[Any], *, by: Actor, at: datetime, subject: Subject | None = None) -> File:
    """Keep a file that somebody hands in, under a random name, and queue its virus check where one is configured.

    A photo is kept upright and without its remarks (place, time, owner), and the digest of what came is noted beside.
    Without a ``subject`` it is loose until ``use_files`` names one, and swept after seven days.

    :raises WrongFile: when it is empty, too large, of no known format, not what its name says, or dangerous to open.
    """
    name = naming.clean_name(upload.name or "")
    size = _size(upload)
    found = sniffing.sniff(upload, name)
    upload.seek(0)
    digest = came = hashlib.file_digest(upload, "sha256").digest()
    kept, kind = upload, found.format
    if kind in sniffing.PICTURES and (made := pictures.as_kept(upload, kind)) is not None:
        kept, kind = ContentFile(made[0]), made[1]
        digest, size = hashlib.sha256(made[0]).digest(), len(made[0])
    name = naming.with_ending(name, kind)
    key = keeping.keep("uploads", kept, at=at)
    file = File(
        storage_key=key,
        name=name,
        media_type=sniffing.MEDIA_TYPES[kind],
        size=size,
        sha256=digest,
        original_sha256=came if came != digest else None,
        is_active=found.is_active,
        scan=ScanState.PENDING if settings.ONEDOOR_CLAMD else ScanState.NOT_SCANNED,
        uploaded_at=at,
        uploaded_by=by.account,
        uploaded_by_client=by.client_id,
        subject_kind=subject.kind if subject else "",
        subject_id=subject.id if subject else None,
        loose_since=None if subject else at,
    )
    with transaction.atomic(savepoint=False):
        file.save(force_insert=True)
        record(
            acts.STORE_UPLOAD,
            subject=subject or Subject(FILE, file.id),
            by=by,
            at=at,
            facts={"file": str(file.id), "name": name, "size": size, "sha256": digest.hex()}
            | ({"original_sha256": came.hex()} if came != digest else {}),
        )
        if file.scan == ScanState.PENDING:
            jobs.queue("documents.scan", file_id=str(file.id))
    return file


def _size(upload: DjangoFile[Any]) -> int:
    size = upload.size
    if not size:
        raise WrongFile(_("This file is empty. Please choose it again."))
    if size > settings.ONEDOOR_UPLOAD_MB * 1_000_000:
        raise WrongFile(
            _("This file is larger than %(limit)s MB. Please save it smaller, or hand it in as several files.")
            % {"limit": settings.ONEDOOR_UPLOAD_MB}
        )
    return size


@transaction.atomic(savepoint=False)
def use_files(file_ids: Collection[UUID], *, subject: Subject, by: Actor, at: datetime) -> None:
    """Bind files to what they are for, so that its guard decides who opens them and the sweep leaves them alone. One statement.

    :raises NotFound: when one is not there, was handed in by somebody else, belongs to another subject, or has a virus.
    """
    del at
    wanted = set(file_ids)
    free = Q(subject_id__isnull=True) | Q(subject_id=subject.id)
    found = File.objects.filter(free, _handed_in_by(by), pk__in=wanted).exclude(scan=ScanState.INFECTED)
    if wanted and found.update(subject_kind=subject.kind, subject_id=subject.id, loose_since=None) != len(wanted):
        raise NotFound(_("This file is no longer there, or a virus was found in it. Please hand it in again."))


def _handed_in_by(by: Actor) -> Q:
    if by.is_staff:
        return Q()
    if by.client_id is not None:
        return Q(uploaded_by_client=by.client_id)
    return Q(uploaded_by=by.account, uploaded_by__isnull=False)


@transaction.atomic(savepoint=False)
def release_files(file_ids: Iterable[UUID], *, at: datetime) -> None:
    """Let files go that their subject no longer uses; the sweep deletes them seven days after ``at``."""
    File.objects.filter(pk__in=list(file_ids)).update(loose_since=at)


@transaction.atomic(durable=True)
def note_scan(file_id: UUID, *, virus: str, by: Actor, at: datetime) -> None:
    """Write down what the virus check said; an empty ``virus`` means that it found none. Twice is once."""
    state = ScanState.INFECTED if virus else ScanState.CLEAN
    changed = File.objects.filter(pk=file_id, scan=ScanState.PENDING).update(scan=state, virus=virus[:120], scanned_at=at)
    if changed and virus:
        record(acts.FIND_VIRUS, subject=Subject(FILE, file_id), by=by, at=at, facts={"virus": virus[:120]})
        job = infections.job_for(File.objects.values_list("subject_kind", flat=True).get(pk=file_id))
        if job is not None:
            jobs.queue(job, file_id=str(file_id))


def sweep_uploads(*, by: Actor, at: datetime, limit: int = 500) -> int:
    """Delete files that nothing has used for seven days, rows after bytes; return how many. Killed half-way, the next run ends it."""
    with transaction.atomic(durable=True):
        loose = list(
            File.objects.select_for_update(skip_locked=True, of=("self",))
            .filter(loose_since__lt=at - timedelta(days=LOOSE_DAYS))
            .order_by("loose_since", "pk")[:limit]
        )
        used = _still_pointed_at([file.pk for file in loose])
        loose = [file for file in loose if file.pk not in used]
        for file in loose:  # bytes first: a row without bytes is swept again, bytes without a row would be found by nobody
            keeping.storage().delete(file.storage_key)
        File.objects.filter(pk__in=[file.pk for file in loose]).delete()
        record_many(
            acts.SWEEP_UPLOAD, [Record(Subject(FILE, file.id), {"sha256": file.sha256.hex()}) for file in loose], by=by, at=at
        )
    return len(loose)


def _still_pointed_at(file_ids: list[UUID]) -> set[UUID]:
    """Return the files that a row of any room points at; which tables do is asked of Django, because they lie above this room."""
    used: set[UUID] = set()
    for relation in File._meta.related_objects:  # noqa: SLF001 - Django's documented model API
        rows = relation.related_model._base_manager.filter(**{f"{relation.field.name}__in": file_ids})  # noqa: SLF001
        used.update(rows.values_list(relation.field.attname, flat=True))
    return used


def sweep_orphans(folder: str, day: date) -> int:
    """Delete stored bytes of ``day`` that no row points at: what an act left that was rolled back or killed half-way."""
    prefix = naming.day_folder(folder, day)
    try:
        _folders, names = keeping.storage().listdir(prefix)
    except FileNotFoundError:
        return 0
    keys = {f"{prefix}/{name}" for name in names}
    table = File if folder == "uploads" else Paper
    known = set(table.objects.filter(storage_key__in=keys).values_list("storage_key", flat=True))
    for key in keys - known:
        keeping.storage().delete(key)
    return len(keys - known)
