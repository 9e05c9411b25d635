"""Destroying personal facts whose keeping has no basis any more; the proof of the entries stays valid."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import connection, transaction

from onedoor.journal.acts import SHRED
from onedoor.journal.permissions import may_shred
from onedoor.journal.services.recording import Record, record_many
from onedoor.journal.shredding import shredders
from onedoor.kernel.actor import Actor
from onedoor.kernel.errors import NotAllowed
from onedoor.kernel.subjects import Subject

ENTRY = "journal.entry"

_OF_SUBJECTS = """
DELETE FROM journal_personalfacts AS facts USING journal_entry AS e
WHERE facts.entry_id = e.id AND (e.subject_kind, e.subject_id) IN (SELECT * FROM unnest(%s::text[], %s::uuid[]))
"""


@transaction.atomic(savepoint=False)
def shred_personal_facts(
    *, subjects: Sequence[Subject] = (), entry_ids: Sequence[UUID] = (), by: Actor, at: datetime, basis: str
) -> int:
    """Shred the personal facts about subjects, in other rooms' tables too, or those of single entries; return how many rows went.

    Facts and salt go together, so that a short fact cannot be guessed from the hash that stays in the entry. What was done, and
    on which basis, is recorded itself. Source: 个人信息保护法 art. 47.

    :raises NotAllowed: when the actor's post has not the duty to shred.
    """
    if not may_shred(by):
        raise NotAllowed
    gone = _shred_subjects(subjects) if subjects else 0
    if entry_ids:
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM journal_personalfacts WHERE entry_id = ANY(%s)", [list(entry_ids)])
            gone += cursor.rowcount
    about = [*subjects, *(Subject(ENTRY, each) for each in entry_ids)]
    record_many(SHRED, [Record(each, {"basis": basis}) for each in about], by=by, at=at)
    return gone


def _shred_subjects(subjects: Sequence[Subject]) -> int:
    with connection.cursor() as cursor:
        cursor.execute(_OF_SUBJECTS, [[each.kind for each in subjects], [each.id for each in subjects]])
        gone = cursor.rowcount
    return int(gone + sum(shredder(subjects) for shredder in shredders().values()))
