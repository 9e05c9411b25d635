"""Tables of places, offices, posts and rights. History is kept by triggers (pghistory)."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q, TextChoices
from django.utils.translation import gettext_lazy as _

from onedoor.kernel.rows import Row


class Level(TextChoices):
    """Levels of the network; stored words, exported as A.2 of GB/T 39046 (3, 4, 5, 6)."""

    CITY = "city", _("City")
    COUNTY = "county", _("County")
    TOWNSHIP = "township", _("Township")
    VILLAGE = "village", _("Village")


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


class Agency(Row):
    """An office that implements items in its own name (实施主体): bureaus of the city, county bureaus, township governments."""

    code = models.CharField(max_length=40, unique=True)
    name = models.CharField(max_length=120)
    name_en = models.CharField(max_length=200, blank=True)
    short_name = models.CharField(max_length=60, blank=True)
    credit_code = models.CharField(max_length=18, blank=True)
    level = models.CharField(max_length=10, choices=Level)
    region = models.ForeignKey("network.Region", on_delete=models.PROTECT, related_name="agencies")
    department_code = models.CharField(max_length=10, blank=True)
    paper_word = models.CharField(max_length=10, blank=True, help_text=_("How its papers begin, as in 秦审"))
    phone = models.CharField(max_length=30, blank=True)
    complaint_phone = models.CharField(max_length=30, blank=True)
    is_open = models.BooleanField(default=True)

    def __str__(self) -> str:
        return self.code


class SiteKind(TextChoices):
    CENTER = "center", _("Service centre")
    BRANCH = "branch", _("Branch centre")
    STATION = "station", _("Convenience centre")
    ROOM = "room", _("Village or community room")


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


class Window(Row):
    """A numbered place in a site."""

    site = models.ForeignKey("network.Site", on_delete=models.PROTECT, related_name="windows")
    number = models.CharField(max_length=10)
    name = models.CharField(max_length=60)
    kind = models.CharField(max_length=20, default="integrated")

    class Meta:
        constraints = (models.UniqueConstraint(fields=["site", "number"], name="network_window_number_once_per_site"),)

    def __str__(self) -> str:
        return f"{self.site_id} {self.number}"


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


class Posting(Row):
    """A person's time in a post: ``[starts_at, ends_at)``."""

    account = models.ForeignKey("people.Account", on_delete=models.PROTECT, related_name="postings")
    post = models.ForeignKey("network.Post", on_delete=models.PROTECT, related_name="postings")
    window = models.ForeignKey("network.Window", on_delete=models.PROTECT, null=True, related_name="postings")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["account", "post"], condition=Q(ends_at__isnull=True), name="network_posting_one_open"),
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


class Authorisation(Row):
    """A post's right to one item at one stage (S03), for applications to one agency, within ``[starts_at, ends_at)``.

    ``item_code`` is the local code of the catalogue item; the agency is the one whose applications the post may work on.
    """

    post = models.ForeignKey("network.Post", on_delete=models.PROTECT, related_name="authorisations")
    agency = models.ForeignKey("network.Agency", on_delete=models.PROTECT, related_name="authorisations")
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
        )
        indexes = (models.Index(fields=["agency", "item_code", "stage"], name="network_authorisation_item"),)

    def __str__(self) -> str:
        return f"{self.post_id} may {self.stage} {self.item_code}"
