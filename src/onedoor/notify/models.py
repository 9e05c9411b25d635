"""Tables of what people are told."""

from __future__ import annotations

from django.db import models
from django.db.models import Q, TextChoices
from django.utils.translation import gettext_lazy as _

from onedoor.kernel.fields import EncryptedJSONField, EncryptedTextField
from onedoor.kernel.rows import Row


class Channel(TextChoices):
    INBOX = "inbox", _("Inbox")
    SMS = "sms", _("Text message")
    EMAIL = "email", _("E-mail")


class DeliveryState(TextChoices):
    """States of a delivery (lessons.md 4)."""

    CREATED = "created", _("Waiting")
    SENT = "sent", _("Sent")
    DELIVERED = "delivered", _("Delivered")
    FAILED = "failed", _("Could not be delivered")


class Message(Row):
    """One thing told to one recipient through one channel; stored with the act, sent by the worker."""

    template = models.CharField(max_length=60)
    channel = models.CharField(max_length=10, choices=Channel)
    account_id = models.UUIDField(null=True)
    address = EncryptedTextField(null=True)
    language = models.CharField(max_length=10, default="zh-hans")
    subject_kind = models.CharField(max_length=40, blank=True)
    subject_id = models.UUIDField(null=True)
    values = EncryptedJSONField()
    created_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=DeliveryState, default=DeliveryState.CREATED)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_try_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    read_at = models.DateTimeField(null=True)
    problem = models.CharField(max_length=200, blank=True)

    class Meta:
        indexes = (
            models.Index(fields=["next_try_at"], condition=Q(state=DeliveryState.CREATED), name="notify_message_waiting"),
            models.Index(fields=["account_id", "id"], condition=Q(channel=Channel.INBOX), name="notify_message_inbox"),
            models.Index(fields=["subject_id", "id"], name="notify_message_subject"),
        )

    def __str__(self) -> str:
        return f"{self.template} by {self.channel}"
