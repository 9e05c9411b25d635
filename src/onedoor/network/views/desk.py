"""Desk pages: from which post I act, and who may do what in my office."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from onedoor.kernel.actor import Actor
from onedoor.kernel.doors import Door, door
from onedoor.kernel.errors import Invalid, NotAllowed, NotFound
from onedoor.network import permissions, queries, resolver, services
from onedoor.network.models import Agency, Stage
from onedoor.network.panels import ItemChoice, items_of

Pair = tuple[UUID, str]


@door(Door.STAFF)
@login_required
@require_http_methods(["GET", "POST"])
def posts(request: HttpRequest) -> HttpResponse:
    """Show the posts that I hold; a POST chooses the one from which this session acts."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    if actor.account is None:
        raise NotAllowed
    held = queries.posts_of(actor.account)
    if request.method == "POST":
        chosen = next((each for each in held if str(each.posting) == request.POST.get("posting")), None)
        if chosen is None:
            raise NotFound
        resolver.choose(request, chosen.posting)
        messages.success(request, _("You now act from the post %(post)s.") % {"post": chosen.post})
        return redirect("/desk/")
    return render(request, "network/posts.html", {"held": held, "current": actor.posting})


@door(Door.STAFF)
@login_required
@require_http_methods(["GET", "POST"])
def authorisations(request: HttpRequest) -> HttpResponse:
    """Show which post may do which stage of an item of my office; a POST gives and withdraws rights."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    agency = _agency(request, actor)
    items = _items(agency)
    item = _chosen(items, request.GET.get("item", ""))
    if request.method == "POST":
        if item is None:
            raise NotFound
        _change(request.POST, agency, item, actor)
        messages.success(request, _("The rights for %(item)s are changed.") % {"item": item.name})
        return redirect(f"{reverse('network:authorisations')}?{request.GET.urlencode()}")
    page = {
        "agency": agency,
        "agencies": queries.agencies() if actor.has(permissions.MANAGE) else None,
        "items": items,
        "item": item,
        "stages": Stage.choices,
        "rows": queries.authorised_posts(agency.id, item.code) if item is not None else [],
        "own_posts": _own_posts(actor),
    }
    return render(request, "network/authorisations.html", page)


def _agency(request: HttpRequest, actor: Actor) -> Agency:
    """Return the office whose rights are shown: one's own, or the one named for who keeps the network."""
    code = request.GET.get("agency", "")
    if code and actor.has(permissions.MANAGE):
        return queries.agency_for(code)
    if actor.agency is None or not permissions.may_authorise(actor, actor.agency):
        raise NotAllowed
    return queries.agency_by_id(actor.agency)


def _items(agency: Agency) -> list[ItemChoice]:
    """Return the items of an office by name, those too for which rights exist but that the catalogue does not name."""
    named = {item.code: item for item in items_of(agency.id)}
    for code in queries.items_with_rights(agency.id):
        named.setdefault(code, ItemChoice(code, code))
    return sorted(named.values(), key=lambda item: item.code)


def _chosen(items: list[ItemChoice], code: str) -> ItemChoice | None:
    return next((item for item in items if item.code == code), items[0] if items and not code else None)


def _change(posted: QueryDict, agency: Agency, item: ItemChoice, actor: Actor) -> None:
    """Give what was ticked and withdraw what was unticked since the page was shown, so that two heads do not undo each other."""
    was, wanted = _pairs(posted.getlist("was")), _pairs(posted.getlist("may"))
    services.change_authorisations(
        agency=agency.id, item_code=item.code, grant=wanted - was, withdraw=was - wanted, by=actor, at=timezone.now()
    )


def _pairs(values: list[str]) -> set[Pair]:
    pairs = set()
    for value in values:
        post, _colon, stage = value.partition(":")
        try:
            pairs.add((UUID(post), Stage(stage).value))
        except ValueError as error:
            raise Invalid({"may": _("Load the page again and tick once more.")}) from error
    return pairs


def _own_posts(actor: Actor) -> set[UUID]:
    return set() if actor.account is None else queries.post_ids_of(actor.account)
