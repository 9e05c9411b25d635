"""The shape that all tables share."""

from __future__ import annotations

from django.db import models

from onedoor.kernel.ids import new_id


class Row(models.Model):
    """A row with a UUIDv7 key."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)

    class Meta:
        abstract = True
