"""Tables of the journal. The database itself refuses to change or drop an entry or its seal (migration 0002)."""

from __future__ import annotations

from typing import Any, NoReturn

from django.db import models

from onedoor.kernel.fields import EncryptedJSONField
from onedoor.kernel.ids import new_id
from onedoor.kernel.rows import Row


class NeverChanged(TypeError):
    """Somebody tried to write, change or delete an entry other than by ``journal.services.record``."""


class EntryQuerySet(models.QuerySet["Entry"]):
    """Entries can only be read."""

    def _refuse(self, *_args: Any, **_kwargs: Any) -> NoReturn:
        raise NeverChanged("entries are written by journal.services.record and never changed")

    create = update = delete = bulk_create = bulk_update = get_or_create = update_or_create = _refuse
    _raw_delete = _refuse


class Entry(Row):
    """One act as it happened. Partitioned by month over the key, which is a UUIDv7."""

    act = models.CharField(max_length=60)
    subject_kind = models.CharField(max_length=40)
    subject_id = models.UUIDField()
    at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    account_id = models.UUIDField(null=True)
    posting_id = models.UUIDField(null=True)
    on_behalf_of = models.UUIDField(null=True)
    site_id = models.UUIDField(null=True)
    region = models.CharField(max_length=12, blank=True)
    client = models.CharField(max_length=60)
    actor_label = models.CharField(max_length=120, blank=True)
    request_id = models.UUIDField()
    facts = models.JSONField(default=dict)
    personal_hash = models.BinaryField(null=True)

    objects = EntryQuerySet.as_manager()

    class Meta:
        indexes = (models.Index(fields=["subject_id", "id"], name="journal_entry_subject"),)

    def __str__(self) -> str:
        return f"{self.act} {self.subject_kind} {self.subject_id}"

    def save(self, *_args: Any, **_kwargs: Any) -> NoReturn:
        raise NeverChanged("entries are written by journal.services.record and never changed")

    def delete(self, *_args: Any, **_kwargs: Any) -> NoReturn:
        raise NeverChanged("entries are never deleted; personal facts are shredded by journal.services.shred_personal_facts")


class PersonalFacts(models.Model):
    """Personal facts of one entry, with the salt of their hash; shredding deletes the row and leaves the proof valid."""

    entry_id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    salt = models.BinaryField()
    facts = EncryptedJSONField()

    def __str__(self) -> str:
        return str(self.entry_id)


class Unsealed(models.Model):
    """An entry that waits for its seal; written with the entry, so that an entry put in by hand is told at once."""

    entry_id = models.UUIDField(primary_key=True)

    def __str__(self) -> str:
        return str(self.entry_id)


class Batch(models.Model):
    """Entries sealed together: the root of their Merkle tree, chained to the batch before."""

    number = models.BigIntegerField(primary_key=True)
    sealed_at = models.DateTimeField()
    count = models.IntegerField()
    root = models.BinaryField()
    previous = models.BinaryField()
    chained = models.BinaryField()

    def __str__(self) -> str:
        return f"batch {self.number}"


class Leaf(models.Model):
    """Where an entry stands in which batch."""

    entry_id = models.UUIDField(primary_key=True)
    batch = models.ForeignKey(Batch, on_delete=models.PROTECT, related_name="leaves", db_index=False)
    position = models.IntegerField()
    digest = models.BinaryField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["batch", "position"], name="journal_leaf_place_taken_once"),)

    def __str__(self) -> str:
        return f"{self.batch_id}/{self.position}"


class RequestKey(models.Model):
    """An idempotency key that was answered: same body, same answer; another body is refused."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    scope = models.CharField(max_length=100)
    key = models.CharField(max_length=255)
    body_hash = models.BinaryField()
    answer = models.JSONField(null=True)
    answered_at = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["scope", "key"], name="journal_requestkey_answered_once"),)
        indexes = (models.Index(fields=["answered_at"], name="journal_requestkey_age"),)

    def __str__(self) -> str:
        return f"{self.scope} {self.key}"
