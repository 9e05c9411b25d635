"""Tables of persons, organisations, accounts and tries. What persons, organisations and memberships were before, triggers keep."""

from __future__ import annotations

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from onedoor.kernel.fields import EncryptedTextField
from onedoor.kernel.history import keep_history
from onedoor.kernel.identity import IdentityKind
from onedoor.kernel.rows import Row
from onedoor.people.states import AccountKind, MandateBasis, MandateEnd, MembershipRole, Verified


@keep_history()
class Person(Row):
    """A natural person as the city knows them. The number is encrypted and found by ``identity_hash``."""

    name = models.CharField(max_length=120)
    identity_kind = models.CharField(max_length=4, choices=IdentityKind)
    identity = EncryptedTextField()
    identity_hash = models.BinaryField(unique=True)
    phone = EncryptedTextField(null=True)
    verified_at = models.DateTimeField(null=True)
    verified_how = models.CharField(max_length=40, choices=Verified, blank=True)
    region = models.CharField(max_length=12, blank=True)
    died_day = models.DateField(null=True)
    merged_into = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="absorbed")

    class Meta:
        constraints = (
            models.CheckConstraint(condition=~Q(merged_into=models.F("id")), name="people_person_not_merged_into_itself"),
            models.CheckConstraint(
                condition=Q(verified_at__isnull=True, verified_how="") | (Q(verified_at__isnull=False) & ~Q(verified_how="")),
                name="people_person_verified_says_how",
            ),
            models.CheckConstraint(condition=~Q(name=""), name="people_person_has_name"),
        )

    def __str__(self) -> str:
        return f"person {self.id}"


@keep_history()
class Organisation(Row):
    """A legal person or other organisation. Its credit code is public (GB 32100), so it is not encrypted."""

    name = models.CharField(max_length=200)
    credit_code = models.CharField(max_length=18, unique=True)
    legal_representative = models.CharField(max_length=120, blank=True)
    region = models.CharField(max_length=12, blank=True)
    verified_at = models.DateTimeField(null=True)
    verified_how = models.CharField(max_length=40, choices=Verified, blank=True)
    merged_into = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="absorbed")

    class Meta:
        constraints = (
            models.CheckConstraint(condition=~Q(name=""), name="people_organisation_has_name"),
            models.CheckConstraint(condition=~Q(merged_into=models.F("id")), name="people_organisation_not_merged_into_itself"),
        )

    def __str__(self) -> str:
        return self.credit_code


class AccountManager(BaseUserManager["Account"]):
    """Finds accounts by user name, as log-in does."""


class Account(Row, AbstractBaseUser):
    """Somebody who can log in.

    Citizens log in by phone or identity number (keyed hashes), civil servants by staff number. There is no super-user:
    what an account may do comes from its postings (``network``) or from being the applicant. An account that is not active
    was locked by hand, or closed for good where ``closed_at`` is set.
    """

    username = models.CharField(max_length=60, unique=True)
    kind = models.CharField(max_length=10, choices=AccountKind)
    person = models.ForeignKey("people.Person", on_delete=models.PROTECT, null=True, related_name="accounts")
    phone = EncryptedTextField(null=True)
    phone_hash = models.BinaryField(unique=True, null=True)
    phone_verified_at = models.DateTimeField(null=True)
    email = models.EmailField(blank=True)
    email_verified_at = models.DateTimeField(null=True)
    no_sms = ArrayField(models.CharField(max_length=20), default=list, help_text=_("Kinds of news not wanted by text message"))
    no_email = ArrayField(models.CharField(max_length=20), default=list, help_text=_("Kinds of news not wanted by e-mail"))
    display_name = models.CharField(max_length=120, blank=True)
    is_active = models.BooleanField(default=True)
    closed_at = models.DateTimeField(null=True)
    date_joined = models.DateTimeField()
    password_changed_at = models.DateTimeField()
    must_change_password = models.BooleanField(default=False)

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    objects = AccountManager()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["person"], condition=Q(kind=AccountKind.CITIZEN), name="people_account_one_per_citizen"
            ),
            models.CheckConstraint(condition=Q(kind__in=AccountKind.values), name="people_account_kind_known"),
            models.CheckConstraint(
                condition=Q(phone__isnull=True, phone_hash__isnull=True) | Q(phone__isnull=False, phone_hash__isnull=False),
                name="people_account_phone_is_found_by_hash",
            ),
            models.CheckConstraint(
                condition=Q(closed_at__isnull=True) | Q(is_active=False), name="people_account_closed_is_not_active"
            ),
        )
        indexes = (models.Index(fields=["username"], condition=Q(kind=AccountKind.STAFF), name="people_account_staff"),)

    def __str__(self) -> str:
        return self.username

    @property
    def is_staff_account(self) -> bool:
        return self.kind == AccountKind.STAFF


class LostPhone(Row):
    """A mobile number that somebody else has proved to be theirs since: nothing for its former owner goes there any more."""

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="lost_phones")
    phone_hash = models.BinaryField()
    lost_at = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["account", "phone_hash"], name="people_lostphone_once"),)
        indexes = (models.Index(fields=["phone_hash"], name="people_lostphone_found"),)

    def __str__(self) -> str:
        return f"{self.account_id} until {self.lost_at:%Y-%m-%d}"


@keep_history()
class Membership(Row):
    """An account that may act for an organisation."""

    account = models.ForeignKey("people.Account", on_delete=models.PROTECT, related_name="memberships")
    organisation = models.ForeignKey("people.Organisation", on_delete=models.PROTECT, related_name="memberships")
    role = models.CharField(max_length=20, choices=MembershipRole)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["account", "organisation"], condition=Q(ends_at__isnull=True), name="people_membership_one_open"
            ),
            models.UniqueConstraint(
                fields=["organisation"],
                condition=Q(ends_at__isnull=True, role=MembershipRole.LEGAL),
                name="people_membership_one_representative",
            ),
            models.CheckConstraint(
                condition=Q(ends_at__isnull=True) | Q(ends_at__gte=models.F("starts_at")), name="people_membership_ends_after_start"
            ),
        )

    def __str__(self) -> str:
        return f"{self.account_id} for {self.organisation_id}"


class Mandate(Row):
    """A person or an organisation lets somebody act for them (代办): for all items or named ones, from day to day.

    Offered until ``proxy`` accepts; found until then by the phone and the name that were given. ``scope`` is the empty text for all
    items, or the named ones in order. A trigger keeps two mandates of one pair and scope from overlapping.
    """

    principal_person = models.ForeignKey("people.Person", on_delete=models.PROTECT, null=True, related_name="mandates_given")
    principal_organisation = models.ForeignKey(
        "people.Organisation", on_delete=models.PROTECT, null=True, related_name="mandates_given"
    )
    proxy = models.ForeignKey("people.Person", on_delete=models.PROTECT, null=True, related_name="mandates_held")
    proxy_name = models.CharField(max_length=120)
    proxy_phone = EncryptedTextField(null=True)
    proxy_phone_hash = models.BinaryField(null=True)
    basis = models.CharField(max_length=10, choices=MandateBasis)
    items = ArrayField(models.CharField(max_length=50), default=list)
    scope = models.TextField(blank=True)
    first_day = models.DateField()
    last_day = models.DateField()
    paper_id = models.UUIDField(null=True)
    offered_at = models.DateTimeField()
    offered_by = models.UUIDField(null=True)
    accepted_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    ended_by = models.UUIDField(null=True)
    ended_how = models.CharField(max_length=10, choices=MandateEnd, blank=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(principal_person__isnull=True, principal_organisation__isnull=False)
                | Q(principal_person__isnull=False, principal_organisation__isnull=True),
                name="people_mandate_one_principal",
            ),
            models.CheckConstraint(
                condition=Q(accepted_at__isnull=True, proxy__isnull=True) | Q(accepted_at__isnull=False, proxy__isnull=False),
                name="people_mandate_accepted_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(proxy__isnull=True) | Q(principal_person__isnull=True) | ~Q(proxy=models.F("principal_person")),
                name="people_mandate_for_somebody_else",
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, ended_how="") | (Q(ended_at__isnull=False) & ~Q(ended_how="")),
                name="people_mandate_end_says_how",
            ),
            models.CheckConstraint(condition=Q(last_day__gte=models.F("first_day")), name="people_mandate_days_in_order"),
            models.CheckConstraint(
                condition=Q(basis=MandateBasis.CONSENT) | Q(paper_id__isnull=False), name="people_mandate_paper_was_seen"
            ),
        )
        indexes = (
            models.Index(fields=["proxy", "last_day"], condition=Q(ended_at__isnull=True), name="people_mandate_held"),
            models.Index(fields=["principal_person"], name="people_mandate_person"),
            models.Index(fields=["principal_organisation"], name="people_mandate_org"),
            models.Index(
                fields=["proxy_phone_hash"],
                condition=Q(accepted_at__isnull=True, ended_at__isnull=True),
                name="people_mandate_offered",
            ),
        )

    def __str__(self) -> str:
        return f"mandate of {self.principal_person_id or self.principal_organisation_id}"


class Client(Row):
    """Another system that uses the API: what its token opens, where, how fast and until when. Of the token only a keyed hash is kept."""

    name = models.CharField(max_length=50, unique=True)
    token_hash = models.BinaryField(unique=True)
    scopes = ArrayField(models.CharField(max_length=40))
    agencies = ArrayField(models.CharField(max_length=60), default=list)
    region = models.CharField(max_length=12, blank=True)
    rate_per_minute = models.PositiveIntegerField()
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.CheckConstraint(condition=~Q(name=""), name="people_client_has_name"),
            models.CheckConstraint(condition=~Q(scopes=[]), name="people_client_may_do_something"),
            models.CheckConstraint(condition=Q(rate_per_minute__gte=1), name="people_client_has_rate"),
        )

    def __str__(self) -> str:
        return self.name


class TextCode(models.Model):
    """The one code that is good for a phone and a purpose; using it deletes it, sending another replaces it."""

    key = models.BinaryField(primary_key=True)
    code_hash = models.BinaryField()
    expires_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"code until {self.expires_at}"


class Tries(models.Model):
    """How often something was tried within a window; kept in the database, where all web processes see it."""

    key = models.BinaryField(primary_key=True)
    window_starts_at = models.DateTimeField(db_index=True)
    count = models.PositiveIntegerField()

    def __str__(self) -> str:
        return f"{self.count} since {self.window_starts_at}"
