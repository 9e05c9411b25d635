"""Tables of the calendar and of the limits."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q, TextChoices
from django.utils.translation import gettext_lazy as _

from onedoor.kernel.rows import Row


class DayKind(TextChoices):
    WORKDAY = "workday", _("Working day")
    WEEKEND = "weekend", _("Weekend")
    HOLIDAY = "holiday", _("Holiday")
    MAKEUP = "makeup", _("Make-up working day")


class DaySource(TextChoices):
    PACKAGE = "package", _("Calendar package")
    OFFICIAL = "official", _("State Council notice")
    PROJECTED = "projected", _("Projection")


class CalendarDay(models.Model):
    """What kind of day a date is, who says so and whether it is confirmed (domain.md 3.2)."""

    date = models.DateField(primary_key=True)
    kind = models.CharField(max_length=10, choices=DayKind)
    name = models.CharField(max_length=60, blank=True)
    source = models.CharField(max_length=10, choices=DaySource)
    confirmed = models.BooleanField()

    def __str__(self) -> str:
        return f"{self.date} {self.kind}"


class Unit(TextChoices):
    """Units of a limit (domain.md 2.6)."""

    WORKING_DAYS = "working-days", _("working days")
    NATURAL_DAYS = "natural-days", _("natural days")
    MONTHS = "months", _("months")
    YEARS = "years", _("years")
    WORKING_HOURS = "working-hours", _("working hours")
    HOURS = "hours", _("hours")


class Limit(Row):
    """One promise of time about one subject. ``due_at`` is computed from the numbers beside it and kept for sweeps and lists."""

    subject_kind = models.CharField(max_length=40)
    subject_id = models.UUIDField()
    kind = models.CharField(max_length=30)
    unit = models.CharField(max_length=20, choices=Unit)
    length = models.PositiveIntegerField()
    extension = models.PositiveIntegerField(default=0)
    started_at = models.DateTimeField()
    due_at = models.DateTimeField()
    confirmed = models.BooleanField()
    paused = models.BooleanField(default=False)
    ended_at = models.DateTimeField(null=True)
    region = models.CharField(max_length=12, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["subject_id", "kind"], condition=Q(ended_at__isnull=True), name="workdays_limit_one_open_of_a_kind"
            ),
        )
        indexes = (
            models.Index(fields=["due_at", "id"], condition=Q(ended_at__isnull=True), name="workdays_limit_open_by_due"),
            models.Index(fields=["subject_id", "kind"], name="workdays_limit_subject"),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.subject_kind} {self.subject_id}"


class LimitPause(Row):
    """A time ``[from, to)`` that does not count."""

    limit = models.ForeignKey(Limit, on_delete=models.PROTECT, related_name="pauses")
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=300)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["limit"], condition=Q(ended_at__isnull=True), name="workdays_limitpause_one_open"),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True) | Q(ended_at__gte=F("started_at")), name="workdays_limitpause_ends_after_start"
            ),
        )

    def __str__(self) -> str:
        return f"pause of {self.limit_id}"


class Notice(Row):
    """A State Council notice on holidays as it was entered."""

    year = models.PositiveIntegerField()
    title = models.CharField(max_length=200, blank=True)
    text = models.TextField()
    entered_at = models.DateTimeField()
    entered_by = models.UUIDField(null=True)

    def __str__(self) -> str:
        return f"notice for {self.year}"
