"""Pages of the door: log in, register, passwords, second factor, and one's own account."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from allauth.account.internal.decorators import login_stage_required
from allauth.mfa.base.internal.flows import post_authentication
from allauth.mfa.stages import AuthenticateStage
from allauth.mfa.totp.internal.auth import clear_totp_secret, get_totp_secret, validate_totp_code
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from onedoor.kernel.actor import Actor
from onedoor.kernel.clock import local_date
from onedoor.kernel.doors import Door, door
from onedoor.kernel.errors import Refused
from onedoor.kernel.masking import mask_phone
from onedoor.people import adapters, queries, services, sessions
from onedoor.people.forms import (
    ChangePasswordForm,
    FactorForm,
    IdentityForm,
    KindForm,
    LoginForm,
    NewPasswordForm,
    PhoneForm,
    TextCodeForm,
)
from onedoor.people.states import AccountKind, CodePurpose

if TYPE_CHECKING:
    from onedoor.people.models import Account

REGISTER, CODE_LOGIN, RESET = "register", "code_login", "reset"


def _anybody() -> Actor:
    return Actor(client="web")


def _address(request: HttpRequest) -> str:
    return str(request.META.get("REMOTE_ADDR", ""))


def _next(request: HttpRequest) -> str | None:
    """Return the page to go on to: one of ours only."""
    target = request.POST.get("next") or request.GET.get("next") or ""
    return target if url_has_allowed_host_and_scheme(target, allowed_hosts=None) else None


def _account(request: HttpRequest) -> Account:
    account = sessions.account_of(request)
    assert account is not None  # noqa: S101 - login_required stands before every caller
    return account


def _page(request: HttpRequest, template: str, form: KindForm | None, **context: Any) -> HttpResponse:
    status = 422 if form is not None and form.errors else 200
    return render(request, f"people/{template}.html", {"form": form, "next": _next(request) or "", **context}, status=status)


@door(Door.ANYONE)
@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
def log_in(request: HttpRequest) -> HttpResponse:
    """Log in with number and password: citizens and civil servants on one page, parted by ``?as=staff``."""
    account = sessions.account_of(request)
    if account is not None and request.method == "GET":
        return HttpResponseRedirect(_next(request) or sessions.home_of(account))
    staff = (request.POST.get("as") or request.GET.get("as")) == AccountKind.STAFF
    form = LoginForm(request.POST or None, staff=staff)
    if request.method == "POST" and form.is_valid():
        try:
            found = services.check_login(
                login=form.cleaned_data["login"],
                password=form.cleaned_data["password"],
                kind=AccountKind.STAFF if staff else AccountKind.CITIZEN,
                address=_address(request),
                by=_anybody(),
                at=timezone.now(),
            )
        except Refused as refusal:
            form.refuse(refusal)
        else:
            return sessions.log_in(request, found, how="password", redirect_url=_next(request))
    return _page(request, "login", form, staff=staff, was_idle="idle" in request.GET)


@door(Door.ANYONE)
@never_cache
@login_stage_required(stage=AuthenticateStage.key, redirect_urlname="account_login")  # type: ignore[untyped-decorator]
@require_http_methods(["GET", "POST"])
def second_factor(request: HttpRequest) -> HttpResponse:
    """Ask for the second factor of an account whose password was right."""
    stage = request._login_stage  # type: ignore[attr-defined]  # noqa: SLF001 - how allauth hands the stage over
    form = FactorForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            factor = services.check_second_factor(
                account=stage.login.user, code=form.cleaned_data["code"], by=_anybody(), at=timezone.now()
            )
        except Refused as refusal:
            form.refuse(refusal, "code")
        else:
            post_authentication(request, factor)
            answer: HttpResponse = stage.exit()
            return answer
    return _page(request, "factor", form)


@door(Door.ANYONE)
@require_POST
def log_out(request: HttpRequest) -> HttpResponse:
    """Log out, and say so on the home page."""
    sessions.log_out(request, idle=False, at=timezone.now())
    return redirect("/")


def _send_step(request: HttpRequest, flow: str, purpose: CodePurpose, template: str, onward: str) -> HttpResponse:
    form = PhoneForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        phone = form.cleaned_data["phone"]
        try:
            services.send_code(phone=phone, purpose=purpose, address=_address(request), at=timezone.now())
        except Refused as refusal:
            form.refuse(refusal, "phone")
        else:
            sessions.remember(request, flow, {"phone": phone, "next": _next(request)})
            return redirect(onward)
    return _page(request, template, form)


@door(Door.ANYONE)
@never_cache
@require_http_methods(["GET", "POST"])
def register(request: HttpRequest) -> HttpResponse:
    """Registering, step 1: the mobile number."""
    return _send_step(request, REGISTER, CodePurpose.REGISTER, "register_phone", "account_register_code")


@door(Door.ANYONE)
@never_cache
@require_http_methods(["GET", "POST"])
def register_code(request: HttpRequest) -> HttpResponse:
    """Registering, still step 1: the code that proves the number."""
    kept = sessions.recall(request, REGISTER)
    if "phone" not in kept:
        return redirect("account_register")
    form = TextCodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            services.use_code(phone=kept["phone"], purpose=CodePurpose.REGISTER, code=form.cleaned_data["code"], at=timezone.now())
        except Refused as refusal:
            form.refuse(refusal, "code")
        else:
            sessions.remember(request, REGISTER, {**kept, "is_proven": True})
            return redirect("account_register_identity")
    return _page(request, "register_code", form, phone=mask_phone(kept["phone"]))


@door(Door.ANYONE)
@never_cache
@require_http_methods(["GET", "POST"])
def register_identity(request: HttpRequest) -> HttpResponse:
    """Registering, step 2: name and identity paper."""
    kept = sessions.recall(request, REGISTER)
    if not kept.get("is_proven"):
        return redirect("account_register")
    shown = {field: kept[field] for field in ("name", "identity_kind", "identity") if field in kept}
    form = IdentityForm(request.POST or None, today=local_date(timezone.now()), initial=shown)
    if request.method == "POST" and form.is_valid():
        sessions.remember(request, REGISTER, {**kept, **form.cleaned_data})
        return redirect("account_register_password")
    return _page(request, "register_identity", form)


@door(Door.ANYONE)
@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
def register_password(request: HttpRequest) -> HttpResponse:
    """Registering, step 3: the password; then the account is open and logged in."""
    kept = sessions.recall(request, REGISTER)
    if "identity" not in kept:
        return redirect("account_register")
    form = NewPasswordForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        person = {field: kept[field] for field in ("name", "identity_kind", "identity", "phone")}
        try:
            account = services.register_citizen(**person, password=form.cleaned_data["password"], by=_anybody(), at=timezone.now())
        except Refused as refusal:
            form.refuse(refusal)
        else:
            sessions.forget(request, REGISTER)
            return sessions.log_in(request, account, how="password", redirect_url=kept.get("next"))
    return _page(request, "register_password", form)


@door(Door.ANYONE)
@never_cache
@require_http_methods(["GET", "POST"])
def code_login(request: HttpRequest) -> HttpResponse:
    """Log in without password, step 1: the mobile number."""
    return _send_step(request, CODE_LOGIN, CodePurpose.LOGIN, "code_login_phone", "account_code_login_code")


@door(Door.ANYONE)
@never_cache
@require_http_methods(["GET", "POST"])
def code_login_code(request: HttpRequest) -> HttpResponse:
    """Log in without password, step 2: the code; the same answer whether the number is known or not."""
    kept = sessions.recall(request, CODE_LOGIN)
    if "phone" not in kept:
        return redirect("account_code_login")
    form = TextCodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            account = services.check_login_by_code(phone=kept["phone"], code=form.cleaned_data["code"], at=timezone.now())
        except Refused as refusal:
            form.refuse(refusal, "code")
        else:
            sessions.forget(request, CODE_LOGIN)
            return sessions.log_in(request, account, how="code", redirect_url=kept.get("next"))
    return _page(request, "code_login_code", form, phone=mask_phone(kept["phone"]))


@door(Door.ANYONE)
@never_cache
@require_http_methods(["GET", "POST"])
def reset(request: HttpRequest) -> HttpResponse:
    """Forgotten password of a citizen, step 1: the mobile number."""
    return _send_step(request, RESET, CodePurpose.RESET, "reset_phone", "account_reset_password")


@door(Door.ANYONE)
@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
def reset_password(request: HttpRequest) -> HttpResponse:
    """Forgotten password, step 2: code and new password; the code is used up only by a password that is good."""
    kept = sessions.recall(request, RESET)
    if "phone" not in kept:
        return redirect("account_reset")
    form = _ResetForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            account = services.reset_password(
                phone=kept["phone"],
                code=form.cleaned_data["code"],
                password=form.cleaned_data["password"],
                by=_anybody(),
                at=timezone.now(),
            )
        except services.WrongTextCode as refusal:
            form.refuse(refusal, "code")
        except Refused as refusal:
            form.refuse(refusal)
        else:
            sessions.forget(request, RESET)
            return sessions.log_in(request, account, how="code", redirect_url=None)
    return _page(request, "reset_password", form, phone=mask_phone(kept["phone"]))


class _ResetForm(TextCodeForm, NewPasswordForm):
    field_order = ("code", "password")


@door(Door.ACCOUNT)
@never_cache
@login_required
@sensitive_post_parameters("present", "password")
@require_http_methods(["GET", "POST"])
def change_password(request: HttpRequest) -> HttpResponse:
    """Choose a new password, knowing the present one; other sessions end."""
    account = _account(request)
    form = ChangePasswordForm(request.POST or None)
    at = timezone.now()
    if request.method == "POST" and form.is_valid():
        try:
            services.check_present_password(account=account, password=form.cleaned_data["present"], by=_anybody(), at=at)
        except Refused as refusal:
            form.refuse(refusal, "present")
    if request.method == "POST" and form.is_valid():
        try:
            changed = services.change_password(
                account_id=account.id, password=form.cleaned_data["password"], by=sessions.actor_of(request), at=at
            )
        except Refused as refusal:
            form.refuse(refusal)
        else:
            sessions.keep_after_password_change(request, changed)
            return _page(request, "password_changed", None, home=sessions.home_of(changed))
    return _page(request, "change_password", form, must=account.is_staff_account and sessions.must_choose_password(account, at=at))


@door(Door.ACCOUNT)
@never_cache
@login_required
@require_http_methods(["GET", "POST"])
def set_second_factor(request: HttpRequest) -> HttpResponse:
    """Set up the second factor: QR code and key as text, proven by a first code; then the recovery codes, once."""
    account = _account(request)
    if queries.has_second_factor(account):
        return redirect(sessions.home_of(account))
    secret = get_totp_secret()
    form = FactorForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        if validate_totp_code(secret, form.cleaned_data["code"]):
            codes = services.set_up_second_factor(account=account, secret=secret, by=sessions.actor_of(request), at=timezone.now())
            clear_totp_secret(request)
            sessions.mark_second_factor(request, account)
            return _page(request, "recovery_codes", None, codes=codes, home=sessions.home_of(account))
        form.add_error("code", _("This code is not right. Check the clock of your phone, and take the code shown now."))
    spelled = " ".join(secret[start : start + 4] for start in range(0, len(secret), 4))
    return _page(
        request, "second_factor", form, secret=spelled, otpauth=adapters.otpauth_url(account, secret), must=account.is_staff_account
    )


@door(Door.ACCOUNT)
@never_cache
@login_required
@require_http_methods(["GET", "POST"])
def recovery_codes(request: HttpRequest) -> HttpResponse:
    """Make new recovery codes, which void the old ones, after the password was given again."""
    account = _account(request)
    form = _PresentForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        at = timezone.now()
        try:
            services.check_present_password(account=account, password=form.cleaned_data["present"], by=_anybody(), at=at)
            codes = services.new_recovery_codes(account=account, by=sessions.actor_of(request), at=at)
        except Refused as refusal:
            form.refuse(refusal, "present")
        else:
            return _page(request, "recovery_codes", None, codes=codes, home=sessions.home_of(account))
    return _page(request, "recovery_codes_ask", form)


class _PresentForm(KindForm):
    present = ChangePasswordForm.base_fields["present"]


@door(Door.ACCOUNT)
@never_cache
@login_required
def my_account(request: HttpRequest) -> HttpResponse:
    """Show one's own account: what the city knows of it, and how to change it."""
    account = _account(request)
    person = queries.person_view(account.person_id) if account.person_id else None
    return _page(
        request,
        "my_account",
        None,
        account=account,
        person=person,
        phone=mask_phone(account.phone) if account.phone else "",
        applicants=[each for each in queries.applicants_for(account) if each.is_organisation],
        has_factor=queries.has_second_factor(account),
    )
