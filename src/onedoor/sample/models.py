"""The mark of a sample city: a row, so that no variable can switch the demonstration on over real data."""

from __future__ import annotations

from django.db import models
from django.db.models import Q


class Mark(models.Model):
    """The single row of an installation whose data are a sample; ``built_at`` is empty while the city is being built."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    version = models.CharField(max_length=20)
    begun_at = models.DateTimeField()
    built_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (models.CheckConstraint(condition=Q(id=1), name="sample_mark_single_row"),)

    def __str__(self) -> str:
        return f"sample city {self.version}"


class Role(models.Model):
    """A role of the demonstration and the account behind it, into which anybody may step in demo mode."""

    code = models.CharField(max_length=20, primary_key=True)
    place = models.PositiveSmallIntegerField()
    account = models.ForeignKey("people.Account", on_delete=models.PROTECT, related_name="demo_roles")

    def __str__(self) -> str:
        return self.code
