"""Tables of the calendar and of the limits. That pauses of a limit do not overlap is kept by a trigger (migration 0002)."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from onedoor.kernel.rows import Row
from onedoor.workdays.states import DAY_KINDS, UNITS, DaySource


class CalendarDay(models.Model):
    """What kind of day a date is, who says so and whether it is confirmed (domain.md 3.2)."""

    date = models.DateField(primary_key=True)
    kind = models.CharField(max_length=10, choices=[(kind.value, name) for kind, name in DAY_KINDS.items()])
    name = models.CharField(max_length=60, blank=True)
    source = models.CharField(max_length=10, choices=DaySource)
    confirmed = models.BooleanField()

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(confirmed=True) ^ Q(source=DaySource.PROJECTED), name="workdays_calendarday_projected_is_unconfirmed"
            ),
        )

    def __str__(self) -> str:
        return f"{self.date} {self.kind}"


class Limit(Row):
    """One promise of time about one subject. ``due_at`` is computed from the numbers beside it and kept for sweeps and lists.

    While a limit is paused its ``due_at`` leaves the open pause out. ``edition`` is the calendar's, as of the last computation.
    """

    subject_kind = models.CharField(max_length=40)
    subject_id = models.UUIDField()
    kind = models.CharField(max_length=30)
    unit = models.CharField(max_length=20, choices=[(unit.value, name) for unit, name in UNITS.items()])
    length = models.PositiveIntegerField()
    extension = models.PositiveIntegerField(default=0)
    extended_at = models.DateTimeField(null=True)
    extended_by = models.UUIDField(null=True)
    started_at = models.DateTimeField()
    not_after = models.DateField(null=True)
    due_at = models.DateTimeField()
    confirmed = models.BooleanField()
    edition = models.PositiveIntegerField(default=0)
    paused = models.BooleanField(default=False)
    ended_at = models.DateTimeField(null=True)
    region = models.CharField(max_length=12, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["subject_id", "kind"], condition=Q(ended_at__isnull=True), name="workdays_limit_one_open_of_a_kind"
            ),
            models.CheckConstraint(condition=Q(paused=False) | Q(ended_at__isnull=True), name="workdays_limit_ended_is_not_paused"),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True) | Q(ended_at__gte=F("started_at")), name="workdays_limit_ends_after_start"
            ),
            models.CheckConstraint(
                condition=Q(extension=0, extended_at__isnull=True) | Q(extension__gt=0, extended_at__isnull=False),
                name="workdays_limit_extension_has_moment",
            ),
        )
        indexes = (
            models.Index(
                fields=["kind", "due_at", "id"], condition=Q(ended_at__isnull=True, paused=False), name="workdays_limit_running"
            ),
            models.Index(fields=["subject_id", "kind"], name="workdays_limit_subject"),
            models.Index(fields=["due_at"], condition=Q(ended_at__isnull=True, confirmed=False), name="workdays_limit_provisional"),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.subject_kind} {self.subject_id}"


class LimitPause(Row):
    """A time ``[from, to)`` that does not count."""

    limit = models.ForeignKey(Limit, on_delete=models.PROTECT, related_name="pauses")
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=300)
    started_by = models.UUIDField(null=True)
    ended_by = models.UUIDField(null=True)

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
    """A State Council notice as it was entered, or a newer release's calendar: each makes a new edition of the calendar."""

    number = models.PositiveIntegerField(unique=True)
    year = models.PositiveIntegerField()
    source = models.CharField(max_length=10, choices=DaySource)
    title = models.CharField(max_length=200, blank=True)
    text = models.TextField(blank=True)
    entered_at = models.DateTimeField()
    entered_by = models.UUIDField(null=True)

    def __str__(self) -> str:
        return f"notice {self.number} for {self.year}"
