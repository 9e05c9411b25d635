"""Acceptance against a promise (容缺受理), and who may not have it."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q, TextChoices
from django.utils.translation import gettext_lazy as _

from onedoor.casework.models.application import Application
from onedoor.kernel.rows import Row


class Tolerance(Row):
    """The applicant's promise to hand in papers later, and what became of it.

    ``papers`` are what was missing, as ``{"key", "name", "form"}``: when the promise was made, then as the acceptance took it.
    """

    application = models.OneToOneField(Application, on_delete=models.PROTECT, related_name="tolerance")
    papers = models.JSONField()
    promised_at = models.DateTimeField()
    promised_by = models.UUIDField(null=True, help_text=_("The account that made the promise; at a window that of the clerk"))
    promised_label = models.CharField(max_length=120, blank=True)
    is_signed_at_window = models.BooleanField(default=False)
    accepted_at = models.DateTimeField(null=True)
    length = models.PositiveSmallIntegerField(null=True, help_text=_("Working days from the acceptance"))
    filled_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.CheckConstraint(condition=~Q(papers=[]), name="casework_tolerance_names_papers"),
            models.CheckConstraint(
                condition=Q(accepted_at__isnull=True, length__isnull=True) | Q(accepted_at__isnull=False, length__range=(1, 20)),
                name="casework_tolerance_at_most_twenty",
            ),
            models.CheckConstraint(
                condition=Q(filled_at__isnull=True) | Q(filled_at__gte=F("accepted_at")), name="casework_tolerance_filled_after"
            ),
        )

    @property
    def keys(self) -> list[str]:
        """Return the keys of the papers that follow."""
        return [paper["key"] for paper in self.papers]

    @property
    def names(self) -> str:
        """Return the names of the papers that follow, in one line."""
        return "、".join(paper["name"] for paper in self.papers)

    def __str__(self) -> str:
        return f"{self.application_id} tolerance"


class BarKind(TextChoices):
    """From what somebody is barred."""

    CREDIT = "credit", _("Nothing on a mere promise")  # neither 容缺受理 nor 告知承诺, until the credit is repaired
    ITEM = "item", _("No new application for the item")  # 行政许可法 art. 78, 79


class Bar(Row):
    """Somebody who broke a promise, or got a permit by fraud, and what he may not have until when."""

    kind = models.CharField(max_length=8, choices=BarKind)
    person = models.ForeignKey("people.Person", on_delete=models.PROTECT, null=True, related_name="+")
    organisation = models.ForeignKey("people.Organisation", on_delete=models.PROTECT, null=True, related_name="+")
    item_code = models.CharField(max_length=50, blank=True)
    reason = models.TextField()
    entered_at = models.DateTimeField()
    entered_by = models.UUIDField(null=True)
    entered_label = models.CharField(max_length=120, blank=True)
    until = models.DateField(help_text=_("The last day of the bar"))
    lifted_at = models.DateTimeField(null=True)
    lifted_by = models.UUIDField(null=True)
    lifted_label = models.CharField(max_length=120, blank=True)
    lifted_because = models.TextField(blank=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(person__isnull=True, organisation__isnull=False) | Q(person__isnull=False, organisation__isnull=True),
                name="casework_bar_of_somebody",
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="casework_bar_has_reason"),
            models.CheckConstraint(condition=Q(kind="credit") | ~Q(item_code=""), name="casework_bar_names_item"),
            models.CheckConstraint(
                condition=Q(lifted_at__isnull=True) | ~Q(lifted_because=""), name="casework_bar_lifted_says_why"
            ),
        )
        indexes = (
            models.Index(fields=["person", "until"], condition=Q(lifted_at__isnull=True), name="casework_bar_person"),
            models.Index(fields=["organisation", "until"], condition=Q(lifted_at__isnull=True), name="casework_bar_organisation"),
        )

    def __str__(self) -> str:
        return f"{self.kind} until {self.until}"
