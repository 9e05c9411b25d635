"""Pages on which a citizen sees for whom he may act, registers an organisation, and names its staff."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from onedoor.kernel.actor import Actor
from onedoor.kernel.doors import Door, door
from onedoor.kernel.errors import NotFound, Refused
from onedoor.kernel.identity import WrongCode
from onedoor.kernel.masking import mask_name, mask_phone
from onedoor.people import memberships, services, sessions
from onedoor.people.forms import KindForm, MemberForm, OrganisationForm, TextCodeForm

INVITE = "invite"


def _actor(request: HttpRequest) -> Actor:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    return actor


def _account_id(request: HttpRequest) -> UUID:
    account = _actor(request).account
    if account is None:
        raise NotFound
    return account


def _page(request: HttpRequest, template: str, form: KindForm | None = None, **context: Any) -> HttpResponse:
    status = 422 if form is not None and form.errors else 200
    return render(request, f"people/{template}.html", {"form": form, **context}, status=status)


@door(Door.CITIZEN)
@never_cache
@login_required
@require_safe
def organisations(request: HttpRequest) -> HttpResponse:
    """List the organisations for which I may act, in which role and since when."""
    return _page(request, "organisations", held=memberships.organisations_of(_account_id(request)))


@door(Door.CITIZEN)
@never_cache
@login_required
@require_http_methods(["GET", "POST"])
def register(request: HttpRequest) -> HttpResponse:
    """Register an organisation whose legal representative I am."""
    form = OrganisationForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = services.register_organisation(**form.cleaned_data, by=_actor(request), at=timezone.now())
        except WrongCode as refusal:
            form.refuse(refusal, "credit_code")
        except Refused as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, _("You now act for %(name)s as its legal representative.") % {"name": made.name})
            return redirect("my_organisation", made.id)
    return _page(request, "organisation_register", form)


@door(Door.CITIZEN)
@never_cache
@login_required
@require_safe
def organisation(request: HttpRequest, organisation_id: UUID) -> HttpResponse:
    """Show an organisation of mine; its representative sees who may act for it, and who did what."""
    own = memberships.own_organisation(_account_id(request), organisation_id)
    seen: dict[str, Any] = {}
    if own.is_representative:
        seen = {"members": memberships.members_of(own.id), "log": memberships.log_of(own.id)}
    return _page(request, "organisation", own=own, me=_account_id(request), **seen)


def _represented(request: HttpRequest, organisation_id: UUID) -> memberships.OwnOrganisation:
    own = memberships.own_organisation(_account_id(request), organisation_id)
    if not own.is_representative:
        raise services.OnlyRepresentative
    return own


@door(Door.CITIZEN)
@never_cache
@login_required
@require_http_methods(["GET", "POST"])
def add_member(request: HttpRequest, organisation_id: UUID) -> HttpResponse:
    """Name a colleague, step 1: mobile and name; a code goes to that mobile."""
    form = MemberForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            services.invite_member(
                organisation_id=organisation_id,
                address=str(request.META.get("REMOTE_ADDR", "")),
                by=_actor(request),
                at=timezone.now(),
                **form.cleaned_data,
            )
        except (services.OnlyRepresentative, NotFound):
            raise
        except Refused as refusal:
            form.refuse(refusal, "phone")
        else:
            sessions.remember(request, INVITE, {**form.cleaned_data, "organisation": str(organisation_id)})
            return redirect("my_organisation_code", organisation_id)
    return _page(request, "member_add", form, own=_represented(request, organisation_id))


@door(Door.CITIZEN)
@never_cache
@login_required
@require_http_methods(["GET", "POST"])
def add_member_code(request: HttpRequest, organisation_id: UUID) -> HttpResponse:
    """Name a colleague, step 2: the code that the colleague tells."""
    kept = sessions.recall(request, INVITE)
    if kept.get("organisation") != str(organisation_id):
        return redirect("my_organisation_add", organisation_id)
    form = TextCodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            services.add_member(
                organisation_id=organisation_id,
                phone=kept["phone"],
                name=kept["name"],
                code=form.cleaned_data["code"],
                by=_actor(request),
                at=timezone.now(),
            )
        except (services.OnlyRepresentative, NotFound):
            raise
        except Refused as refusal:
            form.refuse(refusal, "code")
        else:
            sessions.forget(request, INVITE)
            messages.success(request, _("%(name)s may now act for the organisation.") % {"name": mask_name(kept["name"])})
            return redirect("my_organisation", organisation_id)
    own = _represented(request, organisation_id)
    return _page(request, "member_code", form, own=own, phone=mask_phone(kept["phone"]), name=mask_name(kept["name"]))


@door(Door.CITIZEN)
@never_cache
@login_required
@require_http_methods(["GET", "POST"])
def end_member(request: HttpRequest, organisation_id: UUID, account_id: UUID) -> HttpResponse:
    """Ask once whether somebody shall not act for the organisation any more, and end it."""
    own = memberships.own_organisation(_account_id(request), organisation_id)
    mine = account_id == _account_id(request)
    if request.method == "POST":
        services.end_membership(account_id=account_id, organisation_id=organisation_id, by=_actor(request), at=timezone.now())
        messages.success(request, _("This right has ended; it counts from now on."))
        return redirect("my_organisations") if mine else redirect("my_organisation", organisation_id)
    if not mine:
        _represented(request, organisation_id)
    member = next(
        (each for each in memberships.members_of(organisation_id) if each.account_id == account_id and each.until is None), None
    )
    if member is None or member.is_representative:
        raise NotFound
    return _page(request, "member_end", own=own, member=member, mine=mine)
