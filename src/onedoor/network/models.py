"""Tables of places, offices, posts and rights. History is kept by triggers (pghistory)."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q, TextChoices
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from onedoor.kernel.history import keep_history
from onedoor.kernel.rows import Row


def _local(name: str, name_en: str) -> str:
    return name_en if name_en and (get_language() or "").startswith("en") else name


class Level(TextChoices):
    """Levels of the network; stored words, exported as A.2 of GB/T 39046 (3, 4, 5, 6)."""

    CITY = "city", _("City")
    COUNTY = "county", _("County")
    TOWNSHIP = "township", _("Township")
    VILLAGE = "village", _("Village")


@keep_history()
class Region(models.Model):
    """A region by its twelve digits (GB/T 2260, GB/T 10114), with the time in which it exists."""

    code = models.CharField(max_length=12, primary_key=True)
    name = models.CharField(max_length=60)
    level = models.CharField(max_length=10, choices=Level)
    parent = models.ForeignKey("network.Region", on_delete=models.PROTECT, null=True, related_name="children")
    valid_from = models.DateField(null=True)
    valid_to = models.DateField(null=True)
    replaced_by = models.ForeignKey("network.Region", on_delete=models.PROTECT, null=True, related_name="replaces")

    def __str__(self) -> str:
        return self.code


@keep_history()
class Agency(Row):
    """An office that implements items in its own name (实施主体): bureaus of the city, county bureaus, township governments."""

    code = models.CharField(max_length=40, unique=True)
    name = models.CharField(max_length=120)
    name_en = models.CharField(max_length=200, blank=True)
    short_name = models.CharField(max_length=60, blank=True)
    credit_code = models.CharField(max_length=18, blank=True)
    nature = models.CharField(max_length=1, default="1")  # GB/T 39046 A.3: 1 by law, 2 authorised, 3 entrusted, 9 other
    level = models.CharField(max_length=10, choices=Level)
    region = models.ForeignKey("network.Region", on_delete=models.PROTECT, related_name="agencies")
    department_code = models.CharField(max_length=10, blank=True)
    site = models.ForeignKey("network.Site", on_delete=models.PROTECT, null=True, related_name="agencies")
    section = models.CharField(max_length=60, blank=True, help_text=_("Its section in the hall, as in 行政审批科"))
    remit = models.TextField(blank=True, help_text=_("What the office is there for, shown to people"))
    paper_word = models.CharField(max_length=10, blank=True, help_text=_("How its papers begin, as in 秦审"))
    phone = models.CharField(max_length=30, blank=True)
    complaint_phone = models.CharField(max_length=30, blank=True)
    is_open = models.BooleanField(default=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["region", "department_code"], condition=~Q(department_code=""), name="network_agency_department_once"
            ),
        )

    def __str__(self) -> str:
        return self.code

    @property
    def local_name(self) -> str:
        """The name in the language of the moment."""
        return _local(self.name, self.name_en)


class SiteKind(TextChoices):
    CENTER = "center", _("Service centre")
    BRANCH = "branch", _("Branch centre")
    STATION = "station", _("Convenience centre")
    ROOM = "room", _("Village or community room")


@keep_history()
class Site(Row):
    """A place where people are served: one of the four levels of the network."""

    code = models.CharField(max_length=20, unique=True)
    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=10, choices=SiteKind)
    level = models.CharField(max_length=10, choices=Level)
    region = models.ForeignKey("network.Region", on_delete=models.PROTECT, related_name="sites")
    parent = models.ForeignKey("network.Site", on_delete=models.PROTECT, null=True, related_name="children")
    address = models.CharField(max_length=200)
    latitude = models.DecimalField(max_digits=8, decimal_places=5, null=True)
    longitude = models.DecimalField(max_digits=8, decimal_places=5, null=True)
    phone = models.CharField(max_length=30, blank=True)
    after_hours_contact = models.CharField(max_length=120, blank=True)
    hours_code = models.CharField(max_length=20, blank=True)
    facilities = models.JSONField(default=list)
    is_open = models.BooleanField(default=True)

    def __str__(self) -> str:
        return self.code


class OpeningHours(Row):
    """When sites of one hours code are open: local times, by weekday (0 = Monday), independent of legal working days."""

    code = models.CharField(max_length=20)
    weekday = models.PositiveSmallIntegerField()
    opens = models.TimeField()
    closes = models.TimeField()
    by_appointment = models.BooleanField(default=False)

    class Meta:
        constraints = (
            models.CheckConstraint(condition=Q(closes__gt=F("opens")), name="network_openinghours_closes_after_opening"),
            models.UniqueConstraint(fields=["code", "weekday", "opens"], name="network_openinghours_once"),
        )

    def __str__(self) -> str:
        return f"{self.code} {self.weekday} {self.opens}–{self.closes}"


class SpecialDay(Row):
    """Hours of one date that differ from the rule of the weekday; without times the sites are closed (domain.md 3.3)."""

    code = models.CharField(max_length=20)
    date = models.DateField()
    opens = models.TimeField(null=True)
    closes = models.TimeField(null=True)
    by_appointment = models.BooleanField(default=False)
    reason = models.CharField(max_length=60, blank=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(opens__isnull=True, closes__isnull=True) | Q(closes__gt=F("opens")),
                name="network_specialday_closes_after_opening",
            ),
            models.UniqueConstraint(fields=["code", "date", "opens"], nulls_distinct=False, name="network_specialday_once"),
        )

    def __str__(self) -> str:
        return f"{self.code} {self.date} {self.opens}–{self.closes}"


class WindowKind(TextChoices):
    """Kinds of windows (domain.md 5.2)."""

    INTEGRATED = "integrated", _("General window")
    SPECIAL = "special", _("Special window")
    ISSUING = "issuing", _("Collection window")
    ADVICE = "advice", _("Advice")
    JOINT = "joint", _("Joint window")
    GREEN = "green", _("Green channel")
    CROSS_PROVINCE = "cross_province", _("Services for other provinces")
    LEAD = "lead", _("Lead and agent service")
    TROUBLE = "trouble", _("Window for what could not be done")
    PAYMENT = "payment", _("Payments")


@keep_history()
class Window(Row):
    """A numbered place in a site."""

    site = models.ForeignKey("network.Site", on_delete=models.PROTECT, related_name="windows")
    number = models.CharField(max_length=10)
    name = models.CharField(max_length=60)
    kind = models.CharField(max_length=20, choices=WindowKind, default=WindowKind.INTEGRATED)
    name_en = models.CharField(max_length=120, blank=True)
    is_open = models.BooleanField(default=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["site", "number"], name="network_window_number_once_per_site"),)

    def __str__(self) -> str:
        return f"{self.site_id} {self.number}"

    @property
    def local_name(self) -> str:
        """The name in the language of the moment."""
        return _local(self.name, self.name_en)


@keep_history()
class Post(Row):
    """A post in an agency or at a site (岗位): rights hang on it, people come and go."""

    code = models.CharField(max_length=60, unique=True)
    name = models.CharField(max_length=60)
    agency = models.ForeignKey("network.Agency", on_delete=models.PROTECT, related_name="posts")
    site = models.ForeignKey("network.Site", on_delete=models.PROTECT, null=True, related_name="posts")
    region = models.CharField(max_length=12)
    role = models.CharField(max_length=30)
    duties = models.JSONField(default=list, help_text=_("Codes of general duties, such as people.unmask"))

    def __str__(self) -> str:
        return self.code


@keep_history()
class Posting(Row):
    """A person's time in a post: ``[starts_at, ends_at)``.

    It has a site of its own where one post serves many places, as that of village agents does.
    """

    account = models.ForeignKey("people.Account", on_delete=models.PROTECT, related_name="postings")
    post = models.ForeignKey("network.Post", on_delete=models.PROTECT, related_name="postings")
    site = models.ForeignKey("network.Site", on_delete=models.PROTECT, null=True, related_name="postings")
    window = models.ForeignKey("network.Window", on_delete=models.PROTECT, null=True, related_name="postings")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["account", "post"], condition=Q(ends_at__isnull=True), name="network_posting_one_open"),
            models.CheckConstraint(
                condition=Q(ends_at__isnull=True) | Q(ends_at__gte=F("starts_at")), name="network_posting_ends_after_start"
            ),
        )

    def __str__(self) -> str:
        return f"{self.account_id} at {self.post_id}"


class Stage(TextChoices):
    """Stages of handling an application for which a post may be authorised."""

    RECEIVE = "receive", _("Receive and accept")
    HANDLE = "handle", _("Handle")
    REVIEW = "review", _("Review")
    APPROVE = "approve", _("Approve")
    ISSUE = "issue", _("Make the certificate")
    DELIVER = "deliver", _("Deliver")


@keep_history()
class Authorisation(Row):
    """A post's right to one item at one stage (S03), for applications to one agency, within ``[starts_at, ends_at)``.

    ``item_code`` is the local code of the catalogue item; the agency is the one whose applications the post may work on.
    """

    post = models.ForeignKey("network.Post", on_delete=models.PROTECT, related_name="authorisations")
    agency = models.ForeignKey("network.Agency", on_delete=models.PROTECT, related_name="authorisations", db_index=False)
    item_code = models.CharField(max_length=60)
    stage = models.CharField(max_length=10, choices=Stage)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["post", "agency", "item_code", "stage"],
                condition=Q(ends_at__isnull=True),
                name="network_authorisation_one_open",
            ),
            models.CheckConstraint(
                condition=Q(ends_at__isnull=True) | Q(ends_at__gte=F("starts_at")), name="network_authorisation_ends_after_start"
            ),
            models.CheckConstraint(condition=Q(stage__in=Stage.values), name="network_authorisation_stage_known"),
        )
        indexes = (models.Index(fields=["agency", "item_code", "stage"], name="network_authorisation_item"),)

    def __str__(self) -> str:
        return f"{self.post_id} may {self.stage} {self.item_code}"
