"""An application and what hangs on it. What must never be false stands in the constraints."""

from __future__ import annotations

from datetime import datetime

from django.db import models
from django.db.models import Q, TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from onedoor.casework.states import ACCEPTED_OR_LATER, Outcome, Status
from onedoor.catalog.content import step_title
from onedoor.kernel import masking
from onedoor.kernel.clock import local_date
from onedoor.kernel.fields import EncryptedJSONField, EncryptedTextField
from onedoor.kernel.rows import Row
from onedoor.workdays import arithmetic
from onedoor.workdays.arithmetic import Due, Unit


class Channel(TextChoices):
    """How an application came in (A.5 of GB/T 39046)."""

    WINDOW = "window", _("At a window")
    ONLINE = "online", _("Online")
    API = "api", _("From another system")


class Application(Row):
    """One application (办件), from draft to delivery, filed under one version of one item with one agency."""

    reference = models.CharField(max_length=12, unique=True, null=True)  # noqa: DJ001  a draft has none, and "" would be unique once
    query_code = EncryptedTextField(null=True)
    query_hash = models.BinaryField(null=True)
    status = models.CharField(max_length=12, choices=Status, default=Status.DRAFT)
    outcome = models.CharField(max_length=12, choices=Outcome, blank=True)
    channel = models.CharField(max_length=8, choices=Channel)
    item_code = models.CharField(max_length=50)
    version = models.ForeignKey("catalog.ItemVersion", on_delete=models.PROTECT, related_name="applications")
    service_item = models.ForeignKey("catalog.ServiceItem", on_delete=models.PROTECT, related_name="applications")
    agency = models.ForeignKey("network.Agency", on_delete=models.PROTECT, related_name="applications")
    site = models.ForeignKey("network.Site", on_delete=models.PROTECT, null=True, related_name="applications")
    window_id = models.UUIDField(null=True)
    option_code = models.CharField(max_length=2, blank=True)
    region = models.CharField(max_length=12)
    case_kind = models.CharField(max_length=1)
    applicant_person = models.ForeignKey("people.Person", on_delete=models.PROTECT, null=True, related_name="applications")
    applicant_organisation = models.ForeignKey(
        "people.Organisation", on_delete=models.PROTECT, null=True, related_name="applications"
    )
    applicant_name = models.CharField(max_length=200, blank=True)
    filed_by = models.ForeignKey("people.Account", on_delete=models.PROTECT, null=True, related_name="filed_applications")
    client_id = models.UUIDField(null=True, help_text=_("The other system that filed it and owns it"))
    answers = EncryptedJSONField()
    stage = models.CharField(
        max_length=10, blank=True, help_text=_("The stage that has to act next; empty where the city has nothing to do")
    )
    stage_position = models.PositiveSmallIntegerField(null=True)
    taken_by = models.UUIDField(null=True, help_text=_("The posting that has taken the current stage"))
    edited_at = models.DateTimeField()
    submitted_at = models.DateTimeField(null=True)
    arrived_at = models.DateTimeField(null=True)
    accepted_at = models.DateTimeField(null=True)
    accepted_as_deemed = models.BooleanField(default=False)
    decided_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    delivered_at = models.DateTimeField(null=True)
    corrections_asked = models.PositiveSmallIntegerField(default=0)
    has_gap = models.BooleanField(default=False, help_text=_("Accepted against a promise; papers are still to follow"))
    reason = models.TextField(blank=True, help_text=_("Why it was refused, not accepted or withdrawn"))
    late_reason = models.TextField(blank=True, help_text=_("Why it was decided after its due date; everybody may read it"))

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(status=Status.DRAFT) | Q(reference__isnull=False, submitted_at__isnull=False),
                name="casework_application_submitted_has_reference",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=sorted(ACCEPTED_OR_LATER - {Status.DELIVERED})) | Q(accepted_at__isnull=False),
                name="casework_application_accepted_has_moment",
            ),
            models.CheckConstraint(
                condition=~Q(outcome__in=[Outcome.GRANTED, Outcome.REFUSED, Outcome.DONE]) | Q(decided_at__isnull=False),
                name="casework_application_outcome_was_decided",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=[Status.CLOSED, Status.DELIVERED]) | ~Q(outcome=""),
                name="casework_application_closed_has_outcome",
            ),
            models.CheckConstraint(
                condition=~Q(outcome__in=[Outcome.REFUSED, Outcome.NOT_ACCEPTED, Outcome.VOID, Outcome.ENTRY_ERROR])
                | ~Q(reason=""),
                name="casework_application_refusal_has_reason",
            ),
            models.CheckConstraint(
                condition=Q(has_gap=False) | Q(status__in=[Status.ACCEPTED, Status.IN_REVIEW]),
                name="casework_application_gap_is_open_work",
            ),
            models.CheckConstraint(
                condition=Q(applicant_person__isnull=True) | Q(applicant_organisation__isnull=True),
                name="casework_application_one_applicant",
            ),
        )
        indexes = (
            models.Index(fields=["agency", "item_code", "stage"], condition=~Q(stage=""), name="casework_application_work"),
            models.Index(fields=["applicant_person", "id"], name="casework_application_person"),
            models.Index(fields=["filed_by", "id"], name="casework_application_filer"),
            models.Index(fields=["applicant_organisation", "id"], name="casework_application_org"),
            models.Index(fields=["agency", "item_code", "id"], name="casework_application_office"),
            models.Index(fields=["agency", "item_code"], condition=Q(status="correcting"), name="casework_application_asked"),
            models.Index(
                fields=["applicant_name", "id"], opclasses=["varchar_pattern_ops", "uuid_ops"], name="casework_application_name"
            ),
            models.Index(fields=["edited_at"], condition=Q(status="draft"), name="casework_application_drafts"),
            models.Index(fields=["client_id", "id"], condition=Q(client_id__isnull=False), name="casework_application_client"),
        )

    @property
    def is_paused(self) -> bool:
        """Return whether its limits stand still: known of applications that were locked or read for a page, no column."""
        return bool(self.__dict__.get("stands_still", False))

    def is_late(self, at: datetime) -> bool:
        """Tell whether a decision at a moment comes after the earlier of law and promise; known of applications that were locked."""
        due_at, unit = self.__dict__.get("decide_by"), self.__dict__.get("decide_unit")
        return (
            due_at is not None and not self.is_paused and arithmetic.is_late(Unit(str(unit)), Due(due_at, local_date(due_at)), at)
        )

    @property
    def is_asked_about(self) -> bool:
        """Return whether another office is asked about it: known of applications that were locked, no column."""
        return bool(self.__dict__.get("awaits_opinion", False))

    @property
    def masked_applicant(self) -> str:
        """Return the applicant as officers' lists name it: persons masked, organisations in full."""
        return (
            masking.mask_holder(self.applicant_name, is_person=self.applicant_organisation_id is None)
            if self.applicant_name
            else ""
        )

    def __str__(self) -> str:
        return self.reference or f"draft {self.id}"


class MaterialState(TextChoices):
    MISSING = "missing", _("Missing")
    PROVIDED = "provided", _("Provided")
    CHECKED = "checked", _("Checked")
    REJECTED = "rejected", _("To be replaced")
    NOT_NEEDED = "not_needed", _("Not needed")


class Material(Row):
    """One material of an application: ``key`` names the row of the version's list."""

    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="materials")
    key = models.CharField(max_length=60)
    name = models.CharField(max_length=200)
    state = models.CharField(max_length=10, choices=MaterialState, default=MaterialState.MISSING)
    trust_level = models.CharField(max_length=1, blank=True)
    copies = models.PositiveSmallIntegerField(default=0)
    is_original_seen = models.BooleanField(default=False)
    remark = models.CharField(max_length=300, blank=True)
    certificate = models.ForeignKey(
        "documents.Paper",
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        help_text=_("The city's own certificate that spares it"),
    )

    class Meta:
        constraints = (models.UniqueConstraint(fields=["application", "key"], name="casework_material_once"),)

    def __str__(self) -> str:
        return f"{self.application_id} {self.key}"


class MaterialFile(Row):
    """A file that serves as (part of) a material."""

    material = models.ForeignKey(Material, on_delete=models.CASCADE, related_name="files")
    file = models.ForeignKey("documents.File", on_delete=models.PROTECT, related_name="used_as")
    position = models.PositiveSmallIntegerField(default=0)
    added_at = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["material", "file"], name="casework_materialfile_once"),)

    def __str__(self) -> str:
        return f"{self.material_id} {self.file_id}"


class StageRun(Row):
    """One stage as it was worked on: since when, by whom, with which opinion."""

    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="runs")
    position = models.PositiveSmallIntegerField()
    stage = models.CharField(max_length=10)
    name = models.CharField(max_length=60)
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    posting_id = models.UUIDField(null=True)
    account_id = models.UUIDField(null=True)
    actor_label = models.CharField(max_length=120, blank=True)
    opinion = models.TextField(blank=True)
    is_returned = models.BooleanField(default=False, help_text=_("Ended by sending the application back to the stage before"))

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["application"], condition=Q(ended_at__isnull=True), name="casework_stagerun_one_open"),
            models.CheckConstraint(
                condition=Q(is_returned=False) | Q(ended_at__isnull=False) & ~Q(opinion=""),
                name="casework_stagerun_return_says_why",
            ),
        )
        indexes = (models.Index(fields=["account_id", "ended_at"], name="casework_stagerun_done_by"),)

    def __str__(self) -> str:
        return f"{self.application_id} {self.name}"

    @property
    def title(self) -> str:
        """The name in the language of the moment."""
        return step_title(self.stage, self.name)


class CorrectionNotice(Row):
    """Everything that is missing, told at once and in writing (行政许可法 art. 32)."""

    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="corrections")
    number = models.PositiveSmallIntegerField()
    told_at = models.DateTimeField()
    told_by = models.UUIDField(null=True, help_text=_("The account that hears when it is answered"))
    points = models.JSONField(help_text=_("What has to be put right, how, and by which paper or answer"))
    answered_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["application", "number"], name="casework_correctionnotice_numbered"),
            models.UniqueConstraint(
                fields=["application"], condition=Q(answered_at__isnull=True), name="casework_correctionnotice_one_open"
            ),
        )

    def __str__(self) -> str:
        return f"{self.application_id} notice {self.number}"


class Verdict(TextChoices):
    """How a point of the guidance norm was answered."""

    YES = "yes", pgettext_lazy("guidance norm", "Yes")
    NO = "no", pgettext_lazy("guidance norm", "No")
    NOT_APPLICABLE = "na", _("Does not apply")


class NormAnswer(Row):
    """How an officer answered one point of the guidance norm. What it was before stays: rows are replaced, never changed.

    ``key`` names a review point of a paper (``m1-2``) or the standard of a step (``step-0``); ``text`` is the point as
    ``version`` says it. ``is_at_once`` says that it was answered together with all that were still open, by one key.
    """

    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="norm_answers")
    version = models.ForeignKey("catalog.ItemVersion", on_delete=models.PROTECT, related_name="+")
    stage = models.CharField(max_length=10)
    key = models.CharField(max_length=80)
    name = models.CharField(max_length=200, help_text=_("The paper or the step"))
    text = models.TextField()
    verdict = models.CharField(max_length=3, choices=Verdict)
    note = models.CharField(max_length=300, blank=True)
    is_at_once = models.BooleanField(default=False)
    answered_at = models.DateTimeField()
    account_id = models.UUIDField(null=True)
    posting_id = models.UUIDField(null=True)
    actor_label = models.CharField(max_length=120, blank=True)
    replaced_at = models.DateTimeField(null=True, help_text=_("Since when another answer, or a new paper, has taken its place"))

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["application", "stage", "key"], condition=Q(replaced_at__isnull=True), name="casework_normanswer_one_counts"
            ),
            models.CheckConstraint(condition=~Q(verdict="no") | ~Q(note=""), name="casework_normanswer_no_says_why"),
        )

    def __str__(self) -> str:
        return f"{self.application_id} {self.stage} {self.key} {self.verdict}"


class Side(TextChoices):
    """Who wrote a message about an application."""

    APPLICANT = "applicant", _("Applicant")
    OFFICER = "officer", _("Office")


class CaseMessage(Row):
    """One message (留言) between the applicant and the officers of an application; never changed, at most answered.

    ``answers`` is the message of the other side that it answers, and with it everything that side had written before.
    """

    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="case_messages")
    side = models.CharField(max_length=10, choices=Side)
    text = EncryptedTextField()
    needs_answer = models.BooleanField(default=False)
    answers = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField(null=True)
    written_at = models.DateTimeField()
    account_id = models.UUIDField(null=True)
    posting_id = models.UUIDField(null=True)
    actor_label = models.CharField(max_length=120, blank=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(answered_at__isnull=True) | Q(needs_answer=True), name="casework_casemessage_answered_was_asked"
            ),
            models.CheckConstraint(
                condition=Q(side=Side.APPLICANT) | Q(posting_id__isnull=False), name="casework_casemessage_officer_has_posting"
            ),
        )
        indexes = (
            models.Index(fields=["application", "id"], name="casework_casemessage_talk"),
            models.Index(
                fields=["application", "side"],
                condition=Q(needs_answer=True, answered_at__isnull=True),
                name="casework_casemessage_open",
            ),
        )

    def __str__(self) -> str:
        return f"{self.application_id} {self.side} {self.written_at:%Y-%m-%d}"


class MessageFile(Row):
    """A file that goes along with a message."""

    message = models.ForeignKey(CaseMessage, on_delete=models.CASCADE, related_name="files")
    file = models.ForeignKey("documents.File", on_delete=models.PROTECT, related_name="sent_with")

    class Meta:
        constraints = (models.UniqueConstraint(fields=["message", "file"], name="casework_messagefile_once"),)

    def __str__(self) -> str:
        return f"{self.message_id} {self.file_id}"
