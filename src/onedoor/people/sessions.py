"""Sessions: who is logged in, whether the second factor was passed, and for how long nobody touched the keys.

What a session remembers of a person between two pages is encrypted: the rows of sessions lie in the database in clear.
"""

from __future__ import annotations

import base64
import json
import time
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, cast

from allauth.account.internal.flows import login as login_flow
from allauth.account.internal.flows.login import get_authentication_records, record_authentication
from allauth.account.models import Login
from django.conf import settings
from django.contrib import auth

from onedoor.kernel import vault
from onedoor.kernel.actor import Actor
from onedoor.people import actors, backends, services
from onedoor.people.models import Account

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

SEEN = "people_seen"
HOW = "people_how"
SECONDS_BETWEEN_MARKS = 60
STAFF_HOME = "/desk/"
CITIZEN_HOME = "/my/"


def has_cookie(request: HttpRequest) -> bool:
    """Tell whether a request may belong to a session; without a cookie the session is never looked at."""
    return settings.SESSION_COOKIE_NAME in request.COOKIES


def account_of(request: HttpRequest) -> Account | None:
    """Return the account that is logged in."""
    user = request.user if has_cookie(request) or getattr(request, "_people_logged_in", False) else None
    return user if isinstance(user, Account) else None


def passed_second_factor(request: HttpRequest, account: Account) -> bool:
    """Tell whether this session passed the second factor."""
    return any(record.get("method") == "mfa" for record in get_authentication_records(request, account))


def actor_of(request: HttpRequest) -> Actor:
    """Return who acts in a request: nobody known, a citizen, or a civil servant who passed the second factor."""
    account = account_of(request)
    if account is None:
        return Actor(client=actors.WEB)
    if not account.is_staff_account:
        return actors.citizen(account)
    return actors.staff(account, request) if passed_second_factor(request, account) else actors.without_post(account)


def home_of(account: Account) -> str:
    """Return where an account goes after logging in."""
    return STAFF_HOME if account.is_staff_account else CITIZEN_HOME


def log_in(request: HttpRequest, account: Account, *, how: str, redirect_url: str | None) -> HttpResponse:
    """Log an account in after its password or code was checked; where it has a second factor, that is asked for first."""
    request.session[HOW] = how
    if how == "password":
        record_authentication(request, account, method="password")
    login = Login(user=account, redirect_url=redirect_url, email_verification="none")
    return cast("HttpResponse", login_flow.perform_login(request, login))


def begin(request: HttpRequest, account: Account, *, at: datetime) -> None:
    """Start a session that has just been logged in: its length, its mark of being used, its journal entry."""
    request._people_logged_in = True  # type: ignore[attr-defined]  # noqa: SLF001 - ours, beside the framework's
    hours = settings.ONEDOOR_STAFF_SESSION_HOURS if account.is_staff_account else settings.SESSION_COOKIE_AGE // 3600
    request.session.set_expiry(hours * 3600)
    request.session[SEEN] = int(at.timestamp())
    by = actors.without_post(account) if account.is_staff_account else actors.citizen(account)
    services.record_login(account=account, how=request.session.pop(HOW, "password"), by=by, at=at)


def demo_step_in(request: HttpRequest, account: Account, *, at: datetime) -> str:
    """Log an account in without password and second factor, and return where it goes.

    Only for the sample city: the caller has made sure that the database bears the demo mark.
    """
    if request.user.is_authenticated:
        auth.logout(request)
    request.session[HOW] = "demo"
    auth.login(request, account, backend=backends.PATH)
    if account.is_staff_account:
        record_authentication(request, account, method="mfa", type="demo")
    begin(request, account, at=at)
    return home_of(account)


def mark_second_factor(request: HttpRequest, account: Account) -> None:
    """Note that this session has just set up the second factor with a code of the app, which passes it too."""
    record_authentication(request, account, method="mfa", type="totp")


def keep_after_password_change(request: HttpRequest, account: Account) -> None:
    """Keep this session, and this one only, after its account chose a new password."""
    auth.update_session_auth_hash(request, account)


def is_idle(request: HttpRequest, *, at: datetime) -> bool:
    """Tell whether nobody touched this session for the idle time, and mark it as used now where not."""
    seen = request.session.get(SEEN, 0)
    now = int(at.timestamp())
    if now - seen > settings.ONEDOOR_STAFF_IDLE_MINUTES * 60:
        return True
    if now - seen >= SECONDS_BETWEEN_MARKS:
        request.session[SEEN] = now
    return False


def must_choose_password(account: Account, *, at: datetime) -> bool:
    """Tell whether a civil servant has to choose a password: the first one of one's own, or the old one has aged."""
    return account.must_change_password or at - account.password_changed_at > timedelta(days=settings.ONEDOOR_PASSWORD_DAYS)


def log_out(request: HttpRequest, *, idle: bool, at: datetime) -> None:
    """End the session of whoever is logged in."""
    account = account_of(request)
    if account is not None:
        services.record_logout(account=account, idle=idle, by=actor_of(request), at=at)
    auth.logout(request)


def remember(request: HttpRequest, name: str, values: dict[str, Any]) -> None:
    """Keep values between two pages of a flow, encrypted."""
    plain = json.dumps({**values, "_at": time.time()}, ensure_ascii=False).encode()
    request.session[f"people_{name}"] = base64.b64encode(vault.encrypt(plain)).decode()


def recall(request: HttpRequest, name: str, *, minutes: int = 30) -> dict[str, Any]:
    """Return what was kept for a flow, or nothing where it is older than ``minutes``."""
    sealed = request.session.get(f"people_{name}") if has_cookie(request) else None
    if not sealed:
        return {}
    values: dict[str, Any] = json.loads(vault.decrypt(base64.b64decode(sealed)))
    return values if time.time() - values.pop("_at") < minutes * 60 else {}


def forget(request: HttpRequest, name: str) -> None:
    """Drop what was kept for a flow."""
    request.session.pop(f"people_{name}", None)
