"""Whom I act for and who acts for me (``/my/mandates/``): offered, agreed to, taken back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from onedoor.casework.mandate_forms import NAMED, MandateForm
from onedoor.casework.views.public.apply import actor_of
from onedoor.catalog import finding
from onedoor.catalog import queries as catalog
from onedoor.kernel.clock import local_date
from onedoor.kernel.doors import Door, door
from onedoor.kernel.errors import NotAllowed, NotFound, Refused, Text
from onedoor.people import mandates
from onedoor.people import services as people

FOUND_AT_MOST = 8


@dataclass(frozen=True, slots=True)
class Shown:
    """A mandate with the names of its items; none means all."""

    mandate: mandates.MandateView
    items: Sequence[Text]


@door(Door.CITIZEN)
@never_cache
@require_safe
def mandate_list(request: HttpRequest) -> HttpResponse:
    """List what waits for my yes, whom I act for, who acts for me, and what is over."""
    found = mandates.mandates_of(_account(request), at=timezone.now())
    names = _names(code for group in (found.offers, found.held, found.given, found.past) for each in group for code in each.items)
    context = {
        name: [Shown(each, [names.get(code, code) for code in each.items]) for each in group]
        for name, group in (("offers", found.offers), ("held", found.held), ("given", found.given), ("past", found.past))
    }
    return render(request, "casework/my/mandates.html", context)


@door(Door.CITIZEN)
@never_cache
@require_http_methods(["GET", "POST"])
def mandate(request: HttpRequest, mandate_id: UUID) -> HttpResponse:
    """Show one mandate: agree to it, decline it, or end it after one question."""
    view = mandates.mandate_of(_account(request), mandate_id, at=timezone.now())
    refusal = None
    if request.method == "POST":
        by, at = actor_of(request), timezone.now()
        try:
            if "accept" in request.POST and not view.is_principal:
                people.accept_mandate(mandate_id=mandate_id, by=by, at=at)
                said = _("You may now act for %(name)s. Choose it when you start an application.") % {"name": view.principal}
            else:
                people.end_mandate(mandate_id=mandate_id, by=by, at=at)
                said = _("This mandate has ended; it counts from now on.")
        except (NotAllowed, NotFound):
            raise
        except Refused as refused:
            refusal = refused
        else:
            messages.success(request, said)
            return redirect("casework:mandates")
    names = _names(view.items)
    shown = Shown(view, [names.get(code, code) for code in view.items])
    context = {"shown": shown, "refusal": refusal}
    return render(request, "casework/my/mandate.html", context, status=refusal.http_status if refusal else 200)


@door(Door.CITIZEN)
@never_cache
@require_http_methods(["GET", "POST"])
def new_mandate(request: HttpRequest) -> HttpResponse:
    """Offer somebody the right to act: in whose name, who, for which items, until when."""
    principals = mandates.represented_by(_account(request))
    form = MandateForm(request.POST or None, principals=principals)
    chosen = [line for line in catalog.items_named(request.POST.getlist("item")) if line.code in request.POST.getlist("item")]
    words = request.POST.get("q", "").strip()[:100]
    found = [line for line in finding.search(words).items if line not in chosen][:FOUND_AT_MOST] if words else []
    is_search = "find" in request.POST
    if is_search:
        form = MandateForm(initial={name: request.POST.get(name, "") for name in form.fields}, principals=principals)
    elif request.method == "POST" and form.is_valid():
        if form.cleaned_data["scope"] == NAMED and not chosen:
            form.add_error("scope", _("Please find the items and tick them, or choose all items."))
        elif _offer(request, form, [line.code for line in chosen] if form.cleaned_data["scope"] == NAMED else []):
            return redirect("casework:mandates")
    context = {"form": form, "chosen": chosen, "found": found, "q": words, "searched": bool(words)}
    return render(request, "casework/my/mandate_new.html", context, status=422 if form.errors else 200)


def _offer(request: HttpRequest, form: MandateForm, items: Sequence[str]) -> bool:
    at, given = timezone.now(), form.cleaned_data
    try:
        people.offer_mandate(
            principal=form.subjects[given["principal"]], name=given["name"], phone=given["phone"], items=items,
            first_day=local_date(at), last_day=given["last_day"], by=actor_of(request), at=at,
        )  # fmt: skip
    except (NotAllowed, NotFound):
        raise
    except Refused as refusal:
        form.refuse(refusal)
        return False
    said = _("Offered. It counts as soon as the person has logged in with this mobile and agreed.")
    messages.success(request, said)
    return True


def _account(request: HttpRequest) -> UUID:
    account = actor_of(request).account
    if account is None:
        raise NotFound
    return account


def _names(codes: object) -> dict[str, Text]:
    wanted = sorted(set(codes))  # type: ignore[call-overload]
    return {line.code: line.title for line in catalog.items_named(wanted)} if wanted else {}
