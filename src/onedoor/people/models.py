"""Tables of persons, organisations and accounts."""

from __future__ import annotations

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.db.models import Q, TextChoices
from django.utils.translation import gettext_lazy as _

from onedoor.kernel.fields import EncryptedTextField
from onedoor.kernel.identity import IdentityKind
from onedoor.kernel.rows import Row


class Person(Row):
    """A natural person as the city knows them. The number is encrypted and found by ``identity_hash``."""

    name = models.CharField(max_length=120)
    identity_kind = models.CharField(max_length=4, choices=IdentityKind)
    identity = EncryptedTextField()
    identity_hash = models.BinaryField(unique=True)
    phone = EncryptedTextField(null=True)
    verified_at = models.DateTimeField(null=True)
    verified_how = models.CharField(max_length=40, blank=True)
    region = models.CharField(max_length=12, blank=True)

    def __str__(self) -> str:
        return f"person {self.id}"


class Organisation(Row):
    """A legal person or other organisation."""

    name = models.CharField(max_length=200)
    credit_code = models.CharField(max_length=18, unique=True)
    legal_representative = models.CharField(max_length=120, blank=True)
    region = models.CharField(max_length=12, blank=True)
    verified_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.credit_code


class AccountKind(TextChoices):
    CITIZEN = "citizen", _("Citizen")
    STAFF = "staff", _("Civil servant")


class AccountManager(BaseUserManager["Account"]):
    """Finds accounts by user name, as log-in does."""


class Account(Row, AbstractBaseUser, PermissionsMixin):
    """Somebody who can log in. Citizens log in by phone or identity number (keyed hashes), civil servants by staff number."""

    username = models.CharField(max_length=60, unique=True)
    kind = models.CharField(max_length=10, choices=AccountKind)
    person = models.ForeignKey("people.Person", on_delete=models.PROTECT, null=True, related_name="accounts")
    phone = EncryptedTextField(null=True)
    phone_hash = models.BinaryField(unique=True, null=True)
    phone_verified_at = models.DateTimeField(null=True)
    email = models.EmailField(blank=True)
    display_name = models.CharField(max_length=120, blank=True)
    is_active = models.BooleanField(default=True)
    is_staff = models.BooleanField(default=False)
    date_joined = models.DateTimeField()
    locked_until = models.DateTimeField(null=True)

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    objects = AccountManager()

    def __str__(self) -> str:
        return self.username


class Membership(Row):
    """An account that may act for an organisation."""

    account = models.ForeignKey("people.Account", on_delete=models.PROTECT, related_name="memberships")
    organisation = models.ForeignKey("people.Organisation", on_delete=models.PROTECT, related_name="memberships")
    role = models.CharField(max_length=20)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["account", "organisation"], condition=Q(ends_at__isnull=True), name="people_membership_one_open"
            ),
        )

    def __str__(self) -> str:
        return f"{self.account_id} for {self.organisation_id}"


class Tries(models.Model):
    """How often something was tried within a window; kept in the database, where all web processes see it."""

    key = models.BinaryField(primary_key=True)
    window_starts_at = models.DateTimeField()
    count = models.PositiveIntegerField()

    def __str__(self) -> str:
        return f"{self.count} since {self.window_starts_at}"
