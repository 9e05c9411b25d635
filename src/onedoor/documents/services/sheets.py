"""Sheets: pages set from words, neither numbered nor sealed. The worker makes them when first asked for; they are kept for a while."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from io import BytesIO
from typing import Any

from django.core.files.base import File
from django.db import transaction

from onedoor.documents import keeping
from onedoor.documents.models import Sheet
from onedoor.kernel import jobs

FOLDER = "sheets"
KEPT_DAYS = 30
AGAIN = timedelta(minutes=2)
"""After how long a sheet is queued again whose job was lost."""


@transaction.atomic(savepoint=False)
def want_sheet(*, template: str, words: Mapping[str, Any], at: datetime) -> Sheet:
    """Return the sheet that a template says with these words, and have the worker make it where that was not done yet.

    The same words are the same sheet, whoever asks. One statement for one that is kept; it stays while somebody asks for it.
    """
    said = json.dumps(words, ensure_ascii=False, sort_keys=True, default=list)
    digest = hashlib.sha256(f"{template}\n{said}".encode()).digest()
    sheet = Sheet.objects.filter(digest=digest).first()
    if sheet is None:
        Sheet.objects.bulk_create(
            [Sheet(digest=digest, template=template, words=json.loads(said), asked_at=at, queued_at=at)], ignore_conflicts=True
        )
        jobs.queue("documents.make_sheet", digest=digest.hex())
        return Sheet.objects.get(digest=digest)
    if not sheet.is_made and sheet.queued_at < at - AGAIN:
        Sheet.objects.filter(digest=digest).update(queued_at=at)
        jobs.queue("documents.make_sheet", digest=digest.hex())
    elif sheet.asked_at < at - timedelta(days=1):
        Sheet.objects.filter(digest=digest).update(asked_at=at)
    return sheet


@transaction.atomic(durable=True)
def make_sheet(digest: bytes, *, make: Callable[[str, Mapping[str, Any]], bytes], at: datetime) -> None:
    """Make a sheet that was asked for; one that is made stays as it is, so that a job that runs twice makes it once."""
    sheet = Sheet.objects.select_for_update().filter(digest=digest, storage_key="").first()
    if sheet is None:
        return
    pdf = make(sheet.template, sheet.words)
    sheet.storage_key = keeping.keep(FOLDER, File(BytesIO(pdf), name="sheet.pdf"), at=at)
    sheet.words = {}
    sheet.save(update_fields=["storage_key", "words"])


def sweep_sheets(*, at: datetime, limit: int = 500) -> int:
    """Delete sheets that nobody has asked for in thirty days; return how many. Who asks again gets them made again."""
    with transaction.atomic(durable=True):
        old = list(Sheet.objects.select_for_update(skip_locked=True).filter(asked_at__lt=at - timedelta(days=KEPT_DAYS))[:limit])
        Sheet.objects.filter(pk__in=[each.pk for each in old]).delete()
    for each in old:
        if each.storage_key:
            keeping.storage().delete(each.storage_key)
    return len(old)
