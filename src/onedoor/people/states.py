"""Kinds and purposes, as data."""

from __future__ import annotations

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class AccountKind(TextChoices):
    CITIZEN = "citizen", _("Citizen")
    STAFF = "staff", _("Civil servant")


class CodePurpose(TextChoices):
    """What a code sent by text message is good for; a code for one purpose opens nothing else."""

    REGISTER = "register", _("Register")
    LOGIN = "login", _("Log in")
    RESET = "reset", _("Choose a new password")
    MEMBER = "member", _("Act for an organisation")
    PHONE = "phone", _("Use another mobile number")
    EMAIL = "email", _("Use an e-mail address")


class Scope(TextChoices):
    """What the token of another system may open."""

    FILE = "applications:write", _("File applications, add what is missing, take them back")
    FOLLOW = "applications:read", _("See how its own applications stand")
    PAPERS = "papers:read", _("Fetch the official papers of its own applications")


class Verified(TextChoices):
    """How the city came to know that a person or an organisation is who they say."""

    NUMBER = "checked_number", _("The number checks out; no identity service was asked")
    WINDOW = "window", _("A clerk saw the paper at a window")
    SERVICE = "identity_service", _("The national identity service confirmed name and number")


class MembershipRole(TextChoices):
    LEGAL = "legal", _("Legal representative")
    AGENT = "agent", pgettext_lazy("acts for an organisation", "Agent")


class MandateBasis(TextChoices):
    """On what somebody's right to act for another rests."""

    CONSENT = "consent", _("Agreed online by both")
    PAPER = "paper", _("Mandate on paper, seen at a window")
    GUARDIAN = "guardian", _("Guardian of a minor")


class MandateEnd(TextChoices):
    """How a mandate ended before its last day."""

    DECLINED = "declined", _("Declined")
    WITHDRAWN = "withdrawn", _("Taken back by who gave it")
    GIVEN_UP = "given_up", _("Given up by who acted")
    WINDOW = "window", _("Ended at a window")
    DEATH = "death", _("Ended by death")
