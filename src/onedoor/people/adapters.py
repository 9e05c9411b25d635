"""What django-allauth asks of this installation: where people go, and how secrets of second factors are kept."""

from __future__ import annotations

import base64
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import timezone

from onedoor.kernel import vault
from onedoor.people import sessions
from onedoor.people.models import Account


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth has no types
    """Keeps allauth to sessions and second factors: registration and passwords are acts of this room."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:  # noqa: ARG002
        return False

    def get_login_stages(self) -> list[str]:
        return ["allauth.mfa.stages.AuthenticateStage"]

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        account = sessions.account_of(request)
        return sessions.home_of(account) if account else "/"

    def post_login(self, request: HttpRequest, user: Account, **hooks: Any) -> HttpResponse:
        sessions.begin(request, user, at=timezone.now())
        return HttpResponseRedirect(hooks.get("redirect_url") or sessions.home_of(user))

    def add_message(self, *_arguments: Any, **_options: Any) -> None:
        """Say nothing: the pages of this room say what happened, in its own words."""

    def send_notification_mail(self, *_arguments: Any, **_options: Any) -> None:
        """Send nothing: what people are told goes through ``notify``."""


class SecondFactorAdapter(DefaultMFAAdapter):  # type: ignore[misc]  # allauth has no types
    """Keeps secrets of second factors encrypted with the key outside the database."""

    def get_totp_issuer(self) -> str:
        return str(settings.ONEDOOR_NAME)

    def get_totp_label(self, user: Account) -> str:
        return user.username

    def encrypt(self, text: str) -> str:
        return base64.b64encode(vault.encrypt(text.encode(), name="second-factor")).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return vault.decrypt(base64.b64decode(encrypted_text), name="second-factor").decode()

    def can_delete_authenticator(self, authenticator: Any) -> bool:
        return not authenticator.user.is_staff_account


def otpauth_url(account: Account, secret: str) -> str:
    """Return what the QR code for an authenticator app holds."""
    url: str = SecondFactorAdapter().build_totp_url(account, secret)
    return url
