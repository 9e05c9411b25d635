"""Pages on which one says how one is reached: another mobile number, an e-mail address, what comes by which way."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from onedoor.kernel.actor import Actor
from onedoor.kernel.doors import Door, door
from onedoor.kernel.errors import Refused
from onedoor.kernel.masking import mask_phone
from onedoor.people import services, sessions, telling
from onedoor.people.forms import EmailForm, KindForm, NewPhoneForm, TextCodeForm
from onedoor.people.models import Account
from onedoor.people.states import CodePurpose

PHONE, EMAIL = "new-phone", "new-email"


def _page(request: HttpRequest, template: str, form: KindForm | None, **context: Any) -> HttpResponse:
    status = 422 if form is not None and form.errors else 200
    return render(request, f"people/{template}.html", {"form": form, **context}, status=status)


def _actor(request: HttpRequest) -> Actor:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    return actor


def _account(request: HttpRequest) -> Account:
    return request.user  # type: ignore[return-value]


@door(Door.CITIZEN)
@never_cache
@login_required
@sensitive_post_parameters("present")
@require_http_methods(["GET", "POST"])
def phone(request: HttpRequest) -> HttpResponse:
    """Use another mobile number, step 1: the number, and the password once more."""
    account = _account(request)
    form = NewPhoneForm(request.POST or None, has_password=account.has_usable_password())
    if request.method == "POST" and form.is_valid():
        at, number = timezone.now(), form.cleaned_data["phone"]
        try:
            if account.has_usable_password():
                services.check_present_password(
                    account=account, password=form.cleaned_data["present"], by=Actor(client="web"), at=at
                )
            services.send_code(phone=number, purpose=CodePurpose.PHONE, address=str(request.META.get("REMOTE_ADDR", "")), at=at)
        except Refused as refusal:
            form.refuse(refusal, "present" if isinstance(refusal, services.WrongPassword) else "phone")
        else:
            sessions.remember(request, PHONE, {"phone": number})
            return redirect("my_phone_code")
    return _page(request, "new_phone", form)


@door(Door.CITIZEN)
@never_cache
@login_required
@require_http_methods(["GET", "POST"])
def phone_code(request: HttpRequest) -> HttpResponse:
    """Use another mobile number, step 2: the code that came to it."""
    kept = sessions.recall(request, PHONE)
    if "phone" not in kept:
        return redirect("my_phone")
    form = TextCodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            services.change_phone(phone=kept["phone"], code=form.cleaned_data["code"], by=_actor(request), at=timezone.now())
        except Refused as refusal:
            form.refuse(refusal, "code")
        else:
            sessions.forget(request, PHONE)
            messages.success(request, _("Your new mobile number counts from now on."))
            return redirect("my_account")
    return _page(request, "new_phone_code", form, where=mask_phone(kept["phone"]), again="my_phone")


@door(Door.CITIZEN)
@never_cache
@login_required
@require_http_methods(["GET", "POST"])
def email(request: HttpRequest) -> HttpResponse:
    """Be told by e-mail too, step 1: the address; or no more."""
    form = EmailForm(request.POST or None)
    if request.method == "POST" and "drop" in request.POST:
        services.drop_email(by=_actor(request), at=timezone.now())
        messages.success(request, _("No more e-mail is sent to you."))
        return redirect("my_account")
    if request.method == "POST" and form.is_valid():
        address = form.cleaned_data["email"]
        try:
            services.send_code(
                phone=address, purpose=CodePurpose.EMAIL, address=str(request.META.get("REMOTE_ADDR", "")), at=timezone.now()
            )
        except Refused as refusal:
            form.refuse(refusal, "email")
        else:
            sessions.remember(request, EMAIL, {"email": address})
            return redirect("my_email_code")
    return _page(request, "new_email", form, account=_account(request))


@door(Door.CITIZEN)
@never_cache
@login_required
@require_http_methods(["GET", "POST"])
def email_code(request: HttpRequest) -> HttpResponse:
    """Be told by e-mail too, step 2: the code that came to the address."""
    kept = sessions.recall(request, EMAIL)
    if "email" not in kept:
        return redirect("my_email")
    form = TextCodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            services.change_email(email=kept["email"], code=form.cleaned_data["code"], by=_actor(request), at=timezone.now())
        except Refused as refusal:
            form.refuse(refusal, "code")
        else:
            sessions.forget(request, EMAIL)
            messages.success(request, _("This address is yours; news come there from now on."))
            return redirect("my_news")
    return _page(request, "new_phone_code", form, where=kept["email"], again="my_email")


@door(Door.CITIZEN)
@never_cache
@login_required
@require_http_methods(["GET", "POST"])
def news(request: HttpRequest) -> HttpResponse:
    """Choose by kind what comes by text message and by e-mail."""
    account, kinds = _account(request), telling.kinds()
    if request.method == "POST":
        wanted = {way: request.POST.getlist(way) for way in ("sms", "email")}
        services.choose_news(
            no_sms=[kind for kind in kinds if kind not in wanted["sms"]],
            no_email=[kind for kind in kinds if kind not in wanted["email"]],
            by=_actor(request),
            at=timezone.now(),
        )
        messages.success(request, _("Kept. It counts for news from now on."))
        return redirect("my_news")
    rows = [(kind, name, kind not in account.no_sms, kind not in account.no_email) for kind, name in kinds.items()]
    return _page(request, "my_news", None, rows=rows, account=account, phone=mask_phone(account.phone) if account.phone else "")
