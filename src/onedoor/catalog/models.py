"""Tables of the catalogue: three layers (domain.md 1.1).

What an item demands is said once for the whole city in its versions; a service item says which agency implements it where.
"""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import F, Q, TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from onedoor.kernel.history import keep_history
from onedoor.kernel.rows import Row


class Board(TextChoices):
    """The two service boards of the hall (两大服务板块)."""

    LIVELIHOOD = "livelihood", _("For people")
    ENTERPRISE = "enterprise", _("For enterprises")


@keep_history()
class CatalogItem(Row):
    """Layer 1: an entry of the city's catalogue, sub-item of a main item where ``main`` is set."""

    code = models.CharField(max_length=50, unique=True)
    catalog_code = models.CharField(max_length=50, unique=True)
    name = models.CharField(max_length=200)
    name_en = models.CharField(max_length=300, blank=True)
    item_type = models.CharField(max_length=2)
    department_code = models.CharField(max_length=10)
    board = models.CharField(max_length=12, choices=Board)
    topics = ArrayField(models.CharField(max_length=20), default=list)
    main = models.ForeignKey("catalog.CatalogItem", on_delete=models.PROTECT, null=True, related_name="sub_items")

    class Meta:
        indexes = (
            models.Index(fields=["department_code", "code"], name="catalog_item_department"),
            models.Index(fields=["board", "code"], name="catalog_item_board"),
            GinIndex(fields=["topics"], name="catalog_item_topics"),
        )

    def __str__(self) -> str:
        return self.code


class VersionStatus(TextChoices):
    """Life of a version (domain.md 1.6); handed down is cancelled here and done by a lower level from then on."""

    DRAFT = "draft", _("Draft")
    IN_REVIEW = "in_review", pgettext_lazy("guide", "In review")
    APPROVED = "approved", _("Waiting for its day")
    PUBLISHED = "published", _("Published")
    SUPERSEDED = "superseded", _("Superseded")
    SUSPENDED = "suspended", _("Suspended")
    CANCELLED = "cancelled", _("Cancelled")
    HANDED_DOWN = "handed_down", _("Handed down")


CURRENT = (VersionStatus.PUBLISHED, VersionStatus.SUSPENDED, VersionStatus.CANCELLED, VersionStatus.HANDED_DOWN)


COMING = (VersionStatus.DRAFT, VersionStatus.IN_REVIEW, VersionStatus.APPROVED)


class ItemVersion(Row):
    """One version of an item's standard. Once approved its content never changes (trigger of migration 0002).

    The number of a version that is still coming is provisional: numbers are given for good when it comes into force.
    Everybody who edited it is among ``editors``, and none of them may approve it (constraint of migration 0002).
    ``accepted_faults`` are the rules of good guides that it was published against, and ``accepted_reason`` says why.
    ``run`` is the file that it came with: what one person handed in so, another approves or sends back as a whole.
    """

    item = models.ForeignKey("catalog.CatalogItem", on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    status = models.CharField(max_length=12, choices=VersionStatus)
    effective_from = models.DateField()
    effective_to = models.DateField(null=True)
    published_at = models.DateTimeField(null=True)
    case_kind = models.CharField(max_length=1)
    legal_length = models.PositiveIntegerField()
    legal_unit = models.CharField(max_length=20)
    promise_length = models.PositiveIntegerField()
    promise_unit = models.CharField(max_length=20)
    levels = models.JSONField(default=list)
    accepts_online = models.BooleanField(default=True)
    is_complete = models.BooleanField(default=False, help_text=_("Has a full guide with form and procedure"))
    content = models.JSONField()
    based_on = models.ForeignKey("catalog.ItemVersion", on_delete=models.PROTECT, null=True, related_name="+")
    editors = ArrayField(models.UUIDField(), default=list)
    submitted_by = models.UUIDField(null=True)
    approved_by = models.UUIDField(null=True)
    returned_reason = models.CharField(max_length=500, blank=True)
    accepted_faults = ArrayField(models.PositiveSmallIntegerField(), default=list)
    accepted_reason = models.CharField(max_length=500, blank=True)
    run = models.ForeignKey("catalog.ExchangeRun", on_delete=models.PROTECT, null=True, related_name="versions")

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["item"], condition=Q(status__in=COMING), name="catalog_itemversion_one_coming"),
            models.UniqueConstraint(
                fields=["item", "number"], condition=~Q(status__in=COMING), name="catalog_itemversion_number_once"
            ),
            models.UniqueConstraint(fields=["item"], condition=Q(status__in=CURRENT), name="catalog_itemversion_one_current"),
            models.CheckConstraint(
                condition=Q(effective_to__isnull=True) | Q(effective_to__gte=F("effective_from")),
                name="catalog_itemversion_ends_not_before_start",
            ),
        )

    def __str__(self) -> str:
        return f"{self.item_id} v{self.number}"


class ChangeKind(TextChoices):
    """What can happen to an item besides a new version (S04)."""

    MOVED_IN = "moved_in", _("Moved into the hall")
    RE_ENGINEERED = "re_engineered", _("Re-engineered")
    MERGED = "merged", _("Merged")
    SPLIT = "split", _("Split")
    CANCELLED = "cancelled", pgettext_lazy("item", "Cancelled")
    HANDED_DOWN = "handed_down", pgettext_lazy("item", "Handed down")
    TAKEN_BACK = "taken_back", _("Taken back")
    SUSPENDED = "suspended", pgettext_lazy("item", "Suspended")
    RESUMED = "resumed", _("Resumed")


class ItemChange(Row):
    """A change of the catalogue with its basis: planned until its day, then done once."""

    kind = models.CharField(max_length=16, choices=ChangeKind)
    basis = models.CharField(max_length=300)
    note = models.CharField(max_length=500, blank=True)
    effective_on = models.DateField()
    decided_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.CheckConstraint(condition=~Q(basis=""), name="catalog_itemchange_has_basis"),
            models.CheckConstraint(
                condition=Q(done_at__isnull=True) | Q(revoked_at__isnull=True), name="catalog_itemchange_done_or_revoked"
            ),
        )
        indexes = (
            models.Index(fields=["effective_on", "id"], name="catalog_itemchange_by_day"),
            models.Index(fields=["effective_on"], condition=Q(done_at=None, revoked_at=None), name="catalog_itemchange_waiting"),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.effective_on}"


class ChangedItem(Row):
    """An item that a change took away, touched, or brought about (``is_result``)."""

    change = models.ForeignKey("catalog.ItemChange", on_delete=models.PROTECT, related_name="items")
    item = models.ForeignKey("catalog.CatalogItem", on_delete=models.PROTECT, related_name="changes")
    is_result = models.BooleanField(default=False)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["change", "item"], name="catalog_changeditem_once"),)

    def __str__(self) -> str:
        return f"{self.change_id} {self.item_id}"


@keep_history()
class ServiceItem(Row):
    """Layer 2: a catalogue item as one agency implements it (实施清单)."""

    item = models.ForeignKey("catalog.CatalogItem", on_delete=models.PROTECT, related_name="service_items")
    agency = models.ForeignKey("network.Agency", on_delete=models.PROTECT, related_name="service_items")
    task_code = models.CharField(max_length=50, unique=True)
    is_open = models.BooleanField(default=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["item", "agency"], name="catalog_serviceitem_once_per_agency"),)

    def __str__(self) -> str:
        return self.task_code


class ItemOption(Row):
    """Layer 3: a handling option (业务办理项) of a version, the smallest unit with a code."""

    version = models.ForeignKey("catalog.ItemVersion", on_delete=models.PROTECT, related_name="options")
    code = models.CharField(max_length=2)
    name = models.CharField(max_length=120)
    when_needed = models.CharField(max_length=300, blank=True)
    change = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["version", "code"], name="catalog_itemoption_code_once"),)

    def __str__(self) -> str:
        return f"{self.version_id} {self.code}"


class SearchEntry(models.Model):
    """What an item is found by: the words of its current version, people's words for it, and what a list is narrowed by.

    ``standing`` says which items come first where a word finds too many; the smaller the sooner.
    """

    item = models.OneToOneField("catalog.CatalogItem", on_delete=models.CASCADE, primary_key=True)
    own = SearchVectorField()
    peoples = SearchVectorField()
    words = models.GeneratedField(
        expression=models.Func(F("own"), F("peoples"), template="(%(expressions)s)", arg_joiner=" || "),
        output_field=SearchVectorField(),
        db_persist=True,
    )
    facets = ArrayField(models.CharField(max_length=24), default=list)
    standing = models.PositiveSmallIntegerField()

    class Meta:
        indexes = (
            GinIndex(fields=["words"], name="catalog_searchentry_words", fastupdate=False),
            GinIndex(fields=["facets"], name="catalog_searchentry_facets", fastupdate=False),
            models.Index(fields=["standing", "item"], name="catalog_searchentry_standing"),
        )

    def __str__(self) -> str:
        return str(self.item_id)


class SearchWord(models.Model):
    """A word of the index: by these questions are read.

    ``entries`` is how many items had it when last counted; ``is_read`` whether its pinyin was made.
    """

    word = models.CharField(max_length=60, primary_key=True)
    entries = models.PositiveIntegerField(default=1)
    pinyin = models.CharField(max_length=80, blank=True)
    initials = models.CharField(max_length=60, blank=True)
    is_read = models.BooleanField(default=False)
    shapes = ArrayField(models.CharField(max_length=60), default=list)

    class Meta:
        indexes = (
            models.Index(fields=["pinyin"], name="catalog_searchword_pinyin"),
            models.Index(fields=["initials"], name="catalog_searchword_initials"),
            GinIndex(fields=["shapes"], name="catalog_searchword_shapes", fastupdate=False),
        )

    def __str__(self) -> str:
        return self.word


class SearchPhrase(models.Model):
    """What may be suggested while somebody types: a name of an item, or people's word for it."""

    item = models.ForeignKey("catalog.CatalogItem", on_delete=models.CASCADE, related_name="+")
    text = models.CharField(max_length=300)
    folded = models.CharField(max_length=300)
    pinyin = models.CharField(max_length=1000, blank=True)
    initials = models.CharField(max_length=300, blank=True)
    standing = models.PositiveSmallIntegerField()

    class Meta:
        indexes = (
            models.Index(fields=["folded"], name="catalog_searchphrase_folded", opclasses=["text_pattern_ops"]),
            models.Index(fields=["pinyin"], name="catalog_searchphrase_pinyin", opclasses=["text_pattern_ops"]),
            models.Index(fields=["initials"], name="catalog_searchphrase_initials", opclasses=["text_pattern_ops"]),
        )

    def __str__(self) -> str:
        return self.text


class AskedQuestion(models.Model):
    """How often a question was asked on a day, and how often a guide was opened from its results. Nobody's name is with it.

    ``found`` is how many items it found when last asked; null when it was only opened on that day.
    """

    day = models.DateField()
    question = models.CharField(max_length=60)
    asked = models.PositiveIntegerField(default=0)
    found = models.PositiveIntegerField(null=True)
    opened = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["day", "question"], name="catalog_askedquestion_once_a_day"),)

    def __str__(self) -> str:
        return f"{self.day} {self.question}"


@keep_history()
class Synonym(Row):
    """People's word for the catalogue's word."""

    word = models.CharField(max_length=60)
    catalogue_word = models.CharField(max_length=120)
    item = models.ForeignKey("catalog.CatalogItem", on_delete=models.CASCADE, null=True, related_name="synonyms")

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["word", "catalogue_word", "item"], nulls_distinct=False, name="catalog_synonym_once"),
        )
        indexes = (models.Index(fields=["word"], name="catalog_synonym_begins", opclasses=["text_pattern_ops"]),)

    def __str__(self) -> str:
        return f"{self.word} = {self.catalogue_word}"


class RunKind(TextChoices):
    TRIAL = "trial", _("Dry run")
    IMPORT = "import", pgettext_lazy("exchange", "Import")
    EXPORT = "export", pgettext_lazy("exchange", "Export")
    BOOK = "book", pgettext_lazy("exchange", "Book")


class RunState(TextChoices):
    WAITING = "waiting", pgettext_lazy("exchange", "Waiting")
    RUNNING = "running", pgettext_lazy("exchange", "Running")
    PROPOSED = "proposed", pgettext_lazy("exchange", "Waits for approval")
    DONE = "done", pgettext_lazy("exchange", "Done")
    RETURNED = "returned", pgettext_lazy("exchange", "Sent back")
    FAULTY = "faulty", _("Has mistakes")
    FAILED = "failed", pgettext_lazy("exchange", "Not done")


UNDER_WAY = (RunState.WAITING, RunState.RUNNING)
UNFINISHED = (*UNDER_WAY, RunState.PROPOSED)


class ExchangeRun(Row):
    """A file of items that was handed in at the desk, or asked for; the worker does it once and says here how far it is.

    What a file brings waits as versions in review until somebody else (``decided_by``) approves all of them together, for the reason
    in ``basis`` where they break rules of good guides. The command line puts a file into force at once, on the basis named there.
    ``storage_key`` names the file handed in, ``result_key`` the one that came of it: the export, or the marked workbook.
    Both are deleted after thirty days, the row stays.
    """

    kind = models.CharField(max_length=10, choices=RunKind)
    state = models.CharField(max_length=10, choices=RunState, default=RunState.WAITING)
    format = models.CharField(max_length=5, blank=True)
    profile = models.CharField(max_length=10, blank=True)
    department = models.CharField(max_length=8, blank=True, help_text=_("Whose items a book has; empty for all"))
    name = models.CharField(max_length=200)
    storage_key = models.CharField(max_length=120, blank=True)
    result_key = models.CharField(max_length=120, blank=True)
    size = models.BigIntegerField(null=True)
    sha256 = models.BinaryField(null=True)
    asked_at = models.DateTimeField()
    asked_by = models.UUIDField(null=True)
    asked_from = models.UUIDField(null=True, help_text=_("The posting of the one who asked, whose rights are looked at again"))
    decided_by = models.UUIDField(null=True)
    decided_from = models.UUIDField(null=True)
    basis = models.CharField(max_length=500, blank=True)
    finished_at = models.DateTimeField(null=True)
    percent = models.PositiveSmallIntegerField(default=0)
    report = models.JSONField(default=dict)
    faults = models.JSONField(default=list)
    fault_count = models.PositiveIntegerField(default=0)
    reason = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(state__in=UNFINISHED) | Q(finished_at__isnull=False), name="catalog_exchangerun_end_has_moment"
            ),
            models.CheckConstraint(
                condition=Q(decided_by=None) | Q(asked_by__isnull=False) & ~Q(decided_by=F("asked_by")),
                name="catalog_exchangerun_two_people",
            ),
        )
        indexes = (models.Index(fields=["-asked_at", "id"], name="catalog_exchangerun_newest"),)

    def __str__(self) -> str:
        return f"{self.kind} {self.name}"

    @property
    def is_under_way(self) -> bool:
        """Whether the worker has something to do with it."""
        return self.state in UNDER_WAY

    @property
    def brings(self) -> int:
        """How many items it brings or changes."""
        return int(self.report.get("created", 0) + self.report.get("changed", 0))


class ShortCode(models.Model):
    """A code behind ``/q/``: what it leads to is registered by the room that owns the kind."""

    code = models.CharField(max_length=16, primary_key=True)
    target_kind = models.CharField(max_length=40)
    target_id = models.UUIDField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["target_kind", "target_id"], name="catalog_shortcode_one_per_target"),)

    def __str__(self) -> str:
        return self.code


class Edition(models.Model):
    """A single row that moves with every publication, so that web processes know when a cached page is old."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    number = models.BigIntegerField(default=0)

    class Meta:
        constraints = (models.CheckConstraint(condition=Q(id=1), name="catalog_edition_single_row"),)

    def __str__(self) -> str:
        return f"edition {self.number}"
