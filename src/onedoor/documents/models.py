"""Tables of files handed in and of papers issued."""

from __future__ import annotations

from django.db import models
from django.db.models import Q, TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from onedoor.documents.kinds import PaperKind
from onedoor.kernel.fields import EncryptedJSONField
from onedoor.kernel.rows import Row


class ScanState(TextChoices):
    """What the antivirus said; without one configured a file stays ``not_scanned`` and may be used."""

    PENDING = "pending", _("Waiting for the virus check")
    CLEAN = "clean", pgettext_lazy("virus check", "Checked")
    INFECTED = "infected", _("Infected")
    NOT_SCANNED = "not_scanned", _("Not checked")


class File(Row):
    """Bytes somebody handed in, under a random name that is never an address."""

    storage_key = models.CharField(max_length=120, unique=True)
    name = models.CharField(max_length=200)
    media_type = models.CharField(max_length=80)
    size = models.BigIntegerField()
    sha256 = models.BinaryField(help_text=_("Digest of the bytes that are kept"))
    original_sha256 = models.BinaryField(
        null=True, help_text=_("Digest of the bytes that came, where they are not those that are kept")
    )
    scan = models.CharField(max_length=12, choices=ScanState)
    scanned_at = models.DateTimeField(null=True)
    virus = models.CharField(max_length=120, blank=True)
    is_active = models.BooleanField(default=False, help_text=_("Holds scripts or commands; it is only ever saved, never shown"))
    uploaded_at = models.DateTimeField()
    uploaded_by = models.UUIDField(null=True)
    uploaded_by_client = models.UUIDField(null=True)
    subject_kind = models.CharField(max_length=40, blank=True)
    subject_id = models.UUIDField(null=True)
    loose_since = models.DateTimeField(null=True, help_text=_("Since when nothing uses it; swept after seven days"))

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(subject_id__isnull=False) | Q(loose_since__isnull=False), name="documents_file_used_or_loose"
            ),
        )
        indexes = (
            models.Index(fields=["subject_id"], name="documents_file_subject"),
            models.Index(fields=["loose_since"], condition=Q(loose_since__isnull=False), name="documents_file_loose"),
            models.Index(fields=["id"], condition=Q(scan="pending"), name="documents_file_pending"),
        )

    def __str__(self) -> str:
        return f"file {self.id}"


class PaperState(TextChoices):
    ISSUED = "issued", _("Being made")
    SEALED = "sealed", _("Sealed")


class Paper(Row):
    """An official paper. The act fixes number, date and content; the worker renders and seals it."""

    kind = models.CharField(max_length=30, choices=PaperKind)
    number = models.CharField(max_length=60, unique=True)
    subject_kind = models.CharField(max_length=40)
    subject_id = models.UUIDField()
    holder = models.CharField(max_length=200)
    title = models.CharField(max_length=200)
    content = EncryptedJSONField()
    issued_at = models.DateTimeField()
    issuer = models.CharField(max_length=120)
    valid_from = models.DateField(null=True)
    valid_to = models.DateField(null=True)
    code = models.CharField(max_length=16, unique=True, help_text=_("Random; whoever holds the paper can have it verified"))
    state = models.CharField(max_length=10, choices=PaperState, default=PaperState.ISSUED)
    storage_key = models.CharField(max_length=120, blank=True)
    sha256 = models.BinaryField(null=True)
    size = models.BigIntegerField(null=True)
    sealed_at = models.DateTimeField(null=True)
    seal_tries = models.PositiveSmallIntegerField(default=0)
    seal_trouble = models.CharField(max_length=300, blank=True, help_text=_("Why it cannot be sealed now; it waits meanwhile"))
    is_sample = models.BooleanField(default=False)
    entry_id = models.UUIDField(null=True, help_text=_("Journal entry of the act that issued it"))
    seal_entry_id = models.UUIDField(null=True, help_text=_("Journal entry of the sealing, which holds its digest"))
    revoked_at = models.DateTimeField(null=True)
    replaced_by = models.ForeignKey("documents.Paper", on_delete=models.PROTECT, null=True, related_name="replaces")

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=~Q(state=PaperState.SEALED)
                | Q(sha256__isnull=False, sealed_at__isnull=False, size__isnull=False) & ~Q(storage_key=""),
                name="documents_paper_sealed_has_digest",
            ),
        )
        indexes = (
            models.Index(fields=["subject_id", "id"], name="documents_paper_subject"),
            models.Index(fields=["valid_to", "id"], condition=Q(valid_to__isnull=False), name="documents_paper_runs_out"),
            models.Index(fields=["id"], condition=Q(state="issued"), name="documents_paper_unsealed"),
            models.Index(fields=["sha256"], condition=Q(sha256__isnull=False), name="documents_paper_digest"),
        )

    def __str__(self) -> str:
        return self.number


class PaperCounter(models.Model):
    """The last serial of a series (word and year); its row is taken in the act's transaction, so numbers have no gaps."""

    series = models.CharField(max_length=60, primary_key=True)
    last = models.BigIntegerField()

    def __str__(self) -> str:
        return f"{self.series} {self.last}"


class Sheet(models.Model):
    """A page set from words that is neither numbered nor sealed, such as a blank form; known by the digest of its words."""

    digest = models.BinaryField(primary_key=True)
    template = models.CharField(max_length=100)
    words = models.JSONField(help_text=_("What it says; empty when it is made"))
    storage_key = models.CharField(max_length=120, blank=True)
    asked_at = models.DateTimeField()
    queued_at = models.DateTimeField()

    class Meta:
        indexes = (models.Index(fields=["asked_at"], name="documents_sheet_asked"),)

    def __str__(self) -> str:
        return f"{self.template} {bytes(self.digest).hex()[:8]}"

    @property
    def is_made(self) -> bool:
        return bool(self.storage_key)


class Copy(models.Model):
    """A PDF that is shown in place of files: marked for their purpose, or several as one paper; known by the digest of all of that."""

    digest = models.BinaryField(primary_key=True)
    title = models.CharField(max_length=200)
    parts = models.JSONField(help_text=_("Files in their order, each with its mark"))
    storage_key = models.CharField(max_length=120, blank=True)
    size = models.BigIntegerField(null=True)
    trouble = models.CharField(max_length=300, blank=True, help_text=_("Why it cannot be made"))
    asked_at = models.DateTimeField()
    queued_at = models.DateTimeField()

    class Meta:
        indexes = (models.Index(fields=["asked_at"], name="documents_copy_asked"),)

    def __str__(self) -> str:
        return f"copy {bytes(self.digest).hex()[:8]}"

    @property
    def is_made(self) -> bool:
        return bool(self.storage_key)
