"""Drafts that nobody goes on with: dropped after a time that is said on them, and with the account that is closed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction

from onedoor.casework import acts
from onedoor.casework.models import Application, MaterialFile
from onedoor.casework.services import core
from onedoor.casework.states import Status
from onedoor.documents import services as documents
from onedoor.kernel.actor import Actor

AT_ONCE = 200


@transaction.atomic(savepoint=False)
def drop_drafts(drafts: Sequence[Application], *, by: Actor, at: datetime) -> None:
    """Drop locked drafts with their answers; their files go with the sweep."""
    files = list(MaterialFile.objects.filter(material__application__in=drafts).values_list("file_id", flat=True))
    core.record(drafts, acts.DROP_DRAFT, by=by, at=at)
    Application.objects.filter(pk__in=[each.pk for each in drafts], status=Status.DRAFT).delete()
    documents.release_files(files, at=at)


@transaction.atomic(durable=True)
def expire_drafts(*, by: Actor, at: datetime) -> int:
    """Drop up to two hundred drafts that nobody has touched for ``ONEDOOR_DRAFT_DAYS``, and return how many; twice is once."""
    old = Application.objects.filter(status=Status.DRAFT, edited_at__lt=at - timedelta(days=settings.ONEDOOR_DRAFT_DAYS))
    found = list(old.select_for_update(skip_locked=True).order_by("edited_at", "pk")[:AT_ONCE])
    drop_drafts(found, by=by, at=at)
    return len(found)


def drop_drafts_of(account_id: UUID, by: Actor, at: datetime) -> None:
    """Drop what somebody began and never handed in, in the transaction that closes the account."""
    found = Application.objects.filter(filed_by=account_id, status=Status.DRAFT).select_for_update().order_by("pk")
    drop_drafts(list(found), by=by, at=at)
