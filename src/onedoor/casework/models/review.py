"""What a review needs beside its own stages: the opinion of another office."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q, TextChoices
from django.utils.translation import gettext_lazy as _

from onedoor.casework.models.application import Application
from onedoor.kernel.rows import Row


class Stance(TextChoices):
    """How another office stands to what it was asked."""

    AGREES = "agrees", _("Agrees")
    OBJECTS = "objects", _("Objects")
    NEUTRAL = "neutral", _("Has no opinion of its own")


class Consultation(Row):
    """The opinion of another office (征求意见), asked about one application; answered once, or taken back.

    Its limit is one of ``workdays`` with the consultation as its subject; it pauses nothing.
    """

    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="consultations")
    office = models.ForeignKey("network.Agency", on_delete=models.PROTECT, related_name="consultations")
    question = models.TextField()
    length = models.PositiveSmallIntegerField(help_text=_("Working days"))
    asked_at = models.DateTimeField()
    asked_by = models.UUIDField(null=True, help_text=_("The posting"))
    asked_account = models.UUIDField(null=True)
    asked_label = models.CharField(max_length=120, blank=True)
    ended_at = models.DateTimeField(null=True)
    ended_by = models.UUIDField(null=True, help_text=_("The posting"))
    ended_account = models.UUIDField(null=True)
    ended_label = models.CharField(max_length=120, blank=True)
    stance = models.CharField(max_length=8, choices=Stance, blank=True, help_text=_("Empty where it was taken back"))
    answer = models.TextField(blank=True, help_text=_("The opinion, or why it was taken back"))

    class Meta:
        constraints = (
            models.CheckConstraint(condition=~Q(question=""), name="casework_consultation_has_question"),
            models.CheckConstraint(condition=Q(length__gt=0, length__lte=30), name="casework_consultation_takes_time"),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, stance="", answer="") | Q(ended_at__gte=F("asked_at")) & ~Q(answer=""),
                name="casework_consultation_ends_with_words",
            ),
            models.UniqueConstraint(
                fields=["application", "office"], condition=Q(ended_at__isnull=True), name="casework_consultation_one_open"
            ),
        )
        indexes = (
            models.Index(fields=["application", "id"], name="casework_consultation_case"),
            models.Index(fields=["office", "id"], condition=Q(ended_at__isnull=True), name="casework_consultation_asked"),
        )

    def __str__(self) -> str:
        return f"{self.application_id} {self.office_id}"

    @property
    def is_open(self) -> bool:
        return self.ended_at is None

    @property
    def is_taken_back(self) -> bool:
        return self.ended_at is not None and not self.stance
