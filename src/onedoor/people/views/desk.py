"""At the desk: looking at masked data with a reason, and keeping the accounts of civil servants."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from onedoor.journal import queries as journal
from onedoor.kernel.actor import Actor
from onedoor.kernel.doors import Door, door
from onedoor.kernel.errors import AlreadyDone, Invalid, NotFound, Refused, Text
from onedoor.kernel.subjects import Subject
from onedoor.people import directory, permissions, queries, services
from onedoor.people.directory import StaffAccount
from onedoor.people.forms import NewStaffForm, ReasonForm, UnmaskForm

ENTRIES_SHOWN = 20


@door(Door.STAFF)
@never_cache
@require_http_methods(["GET", "POST"])
def unmask(request: HttpRequest, kind: str, subject_id: UUID, field: str) -> HttpResponse:
    """Show one masked value in full after a reason was given: a page, and with htmx the part that stands in its place."""
    actor = request.actor  # type: ignore[attr-defined]
    subject = Subject(f"people.{kind}", subject_id)
    form = UnmaskForm(request.POST if request.method == "POST" else None)
    value = None
    if request.method == "POST" and form.is_valid():
        try:
            value = services.unmask(subject=subject, field=field, reason=form.cleaned_data["reason"], by=actor, at=timezone.now())
        except Refused as refusal:
            if refusal.http_status != 422:
                raise
            form.refuse(refusal, "reason")
    elif not permissions.may_unmask(actor):
        raise NotFound
    template = "people/_unmask.html" if request.headers.get("HX-Request") == "true" else "people/unmask.html"
    context = {"form": form, "value": value, "label": queries.masked_field_name(subject.kind, field), "action": request.path}
    return render(request, template, context, status=422 if form.is_bound and form.errors else 200)


@dataclass(frozen=True, slots=True)
class Managing:
    """One thing that is done with an account: its page's title, what follows from it, its button, its act, for which accounts."""

    title: Text
    follows: Text
    button: Text
    act: Callable[..., object]
    fits: Callable[[StaffAccount], bool]
    is_destructive: bool = False


MANAGING = {
    "lock": Managing(
        _("Lock the account"),
        _("The account can do nothing from now on: log-in is refused and open sessions end. Posts stay as they are."),
        _("Lock this account"),
        services.lock_account,
        lambda account: account.is_active,
        is_destructive=True,
    ),
    "unlock": Managing(
        _("Unlock the account"),
        _("Log-in works again at once, also where too many wrong tries made it pause."),
        _("Unlock this account"),
        services.unlock_account,
        lambda account: account.closed_at is None,
    ),
    "password": Managing(
        _("Give a new first password"),
        _("The old password stops working and open sessions end. The new one is shown once and has to be changed at log-in."),
        _("Give a new first password"),
        services.give_first_password,
        lambda account: account.is_active,
    ),
    "factor": Managing(
        _("Remove the second factor"),
        _(
            "App and recovery codes stop working and open sessions end. At the next log-in with the new first password, "
            "a new second factor is set up."
        ),
        _("Remove the second factor"),
        services.reset_second_factor,
        lambda account: account.is_active and account.has_second_factor,
    ),
    "close": Managing(
        _("Close the account"),
        _("Closing is for good: the account is never opened again, and its staff number is never given anew."),
        _("Close this account for good"),
        services.close_staff_account,
        lambda account: account.closed_at is None,
        is_destructive=True,
    ),
}


def _by(request: HttpRequest) -> Actor:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    return actor


@door(Door.STAFF, duty=permissions.MANAGE_ACCOUNTS)
@never_cache
@require_safe
def accounts(request: HttpRequest) -> HttpResponse:
    """List the accounts of civil servants by staff number, or find some by number or name."""
    search, after = request.GET.get("q", ""), request.GET.get("after", "")
    page = directory.staff_accounts(search, after=after)
    next_url = f"?{urlencode({'q': search, 'after': page.rows[-1].username})}" if page.has_more else ""
    context = {"page": page, "q": search, "next_url": next_url, "previous_url": f"?{urlencode({'q': search})}" if after else ""}
    return render(request, "people/accounts.html", context)


@door(Door.STAFF, duty=permissions.MANAGE_ACCOUNTS)
@never_cache
@require_http_methods(["GET", "POST"])
def new_account(request: HttpRequest) -> HttpResponse:
    """Open the account of a civil servant and show its first password, once."""
    form = NewStaffForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made, password = services.open_staff_account(**form.cleaned_data, by=_by(request), at=timezone.now())
        except AlreadyDone as refusal:
            form.refuse(refusal, "username")
        except Refused as refusal:
            form.refuse(refusal)
        else:
            return _first_password(request, directory.staff_account(made.id), password)
    return render(request, "people/account_new.html", {"form": form}, status=422 if form.errors else 200)


@door(Door.STAFF, duty=permissions.MANAGE_ACCOUNTS)
@never_cache
@require_safe
def account(request: HttpRequest, account_id: UUID) -> HttpResponse:
    """Show the account of a civil servant, what may be done with it, and what was."""
    shown = directory.staff_account(account_id)
    own = _by(request).account == account_id
    open_acts = [] if own else [(name, each) for name, each in MANAGING.items() if each.fits(shown)]
    context = {"account": shown, "own": own, "acts": open_acts, "entries": journal.entries_of(shown.subject, limit=ENTRIES_SHOWN)}
    return render(request, "people/account.html", context)


@door(Door.STAFF, duty=permissions.MANAGE_ACCOUNTS)
@never_cache
@require_http_methods(["GET", "POST"])
def manage(request: HttpRequest, account_id: UUID, act: str) -> HttpResponse:
    """Lock, unlock, put right or close an account, after a reason was given."""
    shown = directory.staff_account(account_id)
    managing = MANAGING.get(act)
    if managing is None or not managing.fits(shown):
        raise NotFound
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            answer = managing.act(account_id=account_id, reason=form.cleaned_data["reason"], by=_by(request), at=timezone.now())
        except Invalid as refusal:
            form.refuse(refusal, "reason")
        else:
            if isinstance(answer, str):
                return _first_password(request, shown, answer)
            messages.success(request, gettext("Done. It is in the journal with your reason."))
            return redirect("people_account", account_id)
    context = {"form": form, "account": shown, "managing": managing}
    return render(request, "people/account_manage.html", context, status=422 if form.errors else 200)


def _first_password(request: HttpRequest, shown: StaffAccount, password: str) -> HttpResponse:
    return render(request, "people/account_password.html", {"account": shown, "password": password})
