"""Copies: what is shown in place of files, because they are marked for their purpose or are the pages of one paper.

The worker makes a copy when it is first asked for. It can be made again at any time, so what nobody asks for is deleted.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.core.files.base import ContentFile
from django.db import transaction

from onedoor.documents import keeping
from onedoor.documents.models import Copy, File
from onedoor.kernel import jobs

FOLDER = "copies"
KEPT_DAYS = 30
AGAIN = timedelta(minutes=2)
"""After how long a copy is queued again whose job was lost with its worker."""
Make = Callable[[Sequence[tuple[File, bytes, str]], str], bytes]


class NoCopy(Exception):
    """The files cannot be made into a copy, now or later; the text says why."""


@transaction.atomic(savepoint=False)
def want_copy(files: Sequence[File], marks: Mapping[UUID, str], *, title: str, at: datetime) -> Copy:
    """Return the copy of files in their order, with their marks, and have the worker make it where that was not done yet.

    The same bytes with the same marks in the same order are the same copy. One statement for one that is kept.
    """
    told = "\n".join([title, *(f"{bytes(file.sha256).hex()} {marks.get(file.id, '')!r}" for file in files)])
    digest = hashlib.sha256(told.encode()).digest()
    copy = Copy.objects.filter(digest=digest).first()
    if copy is None:
        parts = [{"file": str(file.id), "mark": marks.get(file.id, "")} for file in files]
        Copy.objects.bulk_create([Copy(digest=digest, title=title, parts=parts, asked_at=at, queued_at=at)], ignore_conflicts=True)
        jobs.queue("documents.make_copy", digest=digest.hex())
        return Copy.objects.get(digest=digest)
    if not copy.is_made and not copy.trouble and copy.queued_at < at - AGAIN:
        Copy.objects.filter(digest=digest).update(queued_at=at)
        jobs.queue("documents.make_copy", digest=digest.hex())
    elif copy.asked_at < at - timedelta(days=1):
        Copy.objects.filter(digest=digest).update(asked_at=at)
    return copy


@transaction.atomic(durable=True)
def make_copy(digest: bytes, *, make: Make, at: datetime) -> None:
    """Make a copy that was asked for. Its row is locked meanwhile: a job that runs twice, or after a killed one, makes it once."""
    copy = Copy.objects.select_for_update().filter(digest=digest, storage_key="", trouble="").first()
    if copy is None:
        return
    files = File.objects.in_bulk([UUID(part["file"]) for part in copy.parts])
    try:
        parts = [(files[UUID(part["file"])], part["mark"]) for part in copy.parts]
        pdf = make([(file, _content(file), mark) for file, mark in parts], copy.title)
    except (NoCopy, KeyError) as why:
        copy.trouble = f"{type(why).__name__}: {why}"[:300]
        copy.save(update_fields=["trouble"])
        return
    copy.storage_key = keeping.keep(FOLDER, ContentFile(pdf), at=at)
    copy.size = len(pdf)
    copy.save(update_fields=["storage_key", "size"])


def _content(file: File) -> bytes:
    with keeping.open_stored(file.storage_key) as stored:
        return stored.read()


def sweep_copies(*, at: datetime, limit: int = 500) -> int:
    """Delete copies that nobody has asked for in thirty days; return how many. Who asks again gets them made again."""
    with transaction.atomic(durable=True):
        old = list(Copy.objects.select_for_update(skip_locked=True).filter(asked_at__lt=at - timedelta(days=KEPT_DAYS))[:limit])
        Copy.objects.filter(pk__in=[each.pk for each in old]).delete()
    for each in old:
        if each.storage_key:
            keeping.storage().delete(each.storage_key)
    return len(old)
