"""What stops or moves the clocks of an application: asked for by one person, decided by another, never changed afterwards."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from onedoor.casework.models.application import Application
from onedoor.kernel.rows import Row
from onedoor.workdays.arithmetic import Unit
from onedoor.workdays.names import amount

UNITS = (("working-days", _("working days")), ("natural-days", _("natural days")))


class SpecialKind(Row):
    """A kind of special procedure (特别程序), as the centre keeps it: whether its time counts, and how long it may take at most.

    ``needs_item`` marks what 行政许可法 art. 45 does not name: it stops the clock only where the item's own record says so.
    ``is_verified`` says that somebody has held basis and length against the text of the rule.
    """

    code = models.CharField(max_length=30, unique=True)
    name = models.CharField(max_length=60)
    name_en = models.CharField(max_length=60, blank=True)
    is_excluded = models.BooleanField(help_text=_("Its time is taken out of the limits"))
    needs_item = models.BooleanField(help_text=_("Only where the record of the item names it"))
    max_length = models.PositiveSmallIntegerField()
    unit = models.CharField(max_length=20, choices=UNITS)
    basis = models.CharField(max_length=200, blank=True)
    is_verified = models.BooleanField()
    is_offered = models.BooleanField(default=True)
    position = models.PositiveSmallIntegerField()
    edited_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (models.CheckConstraint(condition=Q(max_length__gt=0), name="casework_specialkind_takes_time"),)

    @property
    def time_text(self) -> str:
        """Return in words how long it may take."""
        return amount(Unit(self.unit), self.max_length)

    def __str__(self) -> str:
        return self.name


class Asked(Row):
    """Something that one post asks for and another one decides."""

    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="%(class)ss")
    reason = models.TextField()
    asked_at = models.DateTimeField()
    asked_by = models.UUIDField(null=True, help_text=_("The posting"))
    asked_account = models.UUIDField(null=True)
    asked_label = models.CharField(max_length=120, blank=True)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.UUIDField(null=True, help_text=_("The posting"))
    decided_account = models.UUIDField(null=True)
    decided_label = models.CharField(max_length=120, blank=True)
    is_granted = models.BooleanField(null=True)
    answer = models.TextField(blank=True, help_text=_("Why it was refused"))

    class Meta:
        abstract = True

    @property
    def is_open(self) -> bool:
        return self.decided_at is None


def _decided_by_another(table: str) -> tuple[models.BaseConstraint, ...]:
    """Return the truths of everything that is asked for: decided as a whole, by somebody else, a refusal says why, one at a time."""
    return (
        models.CheckConstraint(
            condition=Q(decided_at__isnull=True, is_granted__isnull=True) | Q(decided_at__isnull=False, is_granted__isnull=False),
            name=f"casework_{table}_decided_has_answer",
        ),
        models.CheckConstraint(
            condition=Q(decided_at__isnull=True) | ~Q(decided_account=F("asked_account")), name=f"casework_{table}_four_eyes"
        ),
        models.CheckConstraint(condition=~Q(is_granted=False) | ~Q(answer=""), name=f"casework_{table}_refusal_says_why"),
        models.CheckConstraint(condition=~Q(reason=""), name=f"casework_{table}_has_reason"),
        models.UniqueConstraint(fields=["application"], condition=Q(decided_at__isnull=True), name=f"casework_{table}_one_asked"),
    )


class SpecialProcedure(Asked):
    """A special procedure of one application: it pauses the limits from the moment it is approved until its result is there.

    ``name``, ``length`` and ``basis`` are kept as they were when it was asked for, whatever becomes of the kind.
    """

    kind = models.ForeignKey(SpecialKind, on_delete=models.PROTECT, related_name="procedures")
    name = models.CharField(max_length=60)
    length = models.PositiveSmallIntegerField()
    unit = models.CharField(max_length=20, choices=UNITS)
    basis = models.CharField(max_length=200, blank=True)
    ended_at = models.DateTimeField(null=True)
    ended_account = models.UUIDField(null=True)
    ended_label = models.CharField(max_length=120, blank=True)
    result = models.TextField(blank=True)

    class Meta:
        constraints = (
            *_decided_by_another("specialprocedure"),
            models.CheckConstraint(condition=Q(length__gt=0), name="casework_specialprocedure_takes_time"),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True) | (Q(is_granted=True) & ~Q(result="")),
                name="casework_specialprocedure_ended_has_result",
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True) | Q(ended_at__gte=F("decided_at")),
                name="casework_specialprocedure_ends_after_start",
            ),
            models.UniqueConstraint(
                fields=["application"],
                condition=Q(is_granted=True, ended_at__isnull=True),
                name="casework_specialprocedure_one_runs",
            ),
        )

    @property
    def time_text(self) -> str:
        """Return in words how long it was declared to take."""
        return amount(Unit(self.unit), self.length)

    @property
    def is_running(self) -> bool:
        return bool(self.is_granted) and self.ended_at is None

    def __str__(self) -> str:
        return f"{self.application_id} {self.name}"


class Extension(Asked):
    """The legal limit of one application made longer, once, by the head of the agency (行政许可法 art. 42)."""

    length = models.PositiveSmallIntegerField()
    unit = models.CharField(max_length=20, choices=UNITS)

    class Meta:
        constraints = (
            *_decided_by_another("extension"),
            models.CheckConstraint(condition=Q(length__gt=0, length__lte=10), name="casework_extension_at_most_ten"),
            models.UniqueConstraint(fields=["application"], condition=Q(is_granted=True), name="casework_extension_once"),
        )

    def __str__(self) -> str:
        return f"{self.application_id} extension by {self.length}"


class Reminder(Row):
    """That somebody was reminded of the end of a limit or of a certificate: once for each rule, whatever runs how often."""

    about = models.UUIDField(help_text=_("The limit or the certificate"))
    rule = models.CharField(max_length=20)
    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="reminders")
    told_at = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["about", "rule"], name="casework_reminder_once"),)

    def __str__(self) -> str:
        return f"{self.rule} {self.about}"
