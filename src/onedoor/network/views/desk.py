"""Desk pages: from which post I act, and who may do what in my office."""

from __future__ import annotations

from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from onedoor.kernel.actor import Actor
from onedoor.kernel.doors import Door, door
from onedoor.kernel.errors import Invalid, NotAllowed, NotFound, Refused
from onedoor.network import permissions, queries, resolver, services
from onedoor.network.entries import NewPosting
from onedoor.network.models import Agency, Stage
from onedoor.network.panels import ItemChoice, items_of
from onedoor.people import directory

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


@door(Door.STAFF, duty=permissions.MANAGE)
@require_safe
def postings(request: HttpRequest) -> HttpResponse:
    """Find a civil servant whose posts are to be changed, by staff number or name."""
    search, after = request.GET.get("q", ""), request.GET.get("after", "")
    page = directory.staff_accounts(search, after=after, open_only=True)
    next_url = f"?{urlencode({'q': search, 'after': page.rows[-1].username})}" if page.has_more else ""
    posts = queries.posts_held([each.id for each in page.rows])
    shown = {
        "rows": [(each, posts.get(each.id, [])) for each in page.rows],
        "page": page,
        "q": search,
        "next_url": next_url,
        "previous_url": f"?{urlencode({'q': search})}" if after else "",
    }
    return render(request, "network/postings.html", shown)


@door(Door.STAFF, duty=permissions.MANAGE)
@require_http_methods(["GET", "POST"])
def posts_of_somebody(request: HttpRequest, account_id: UUID) -> HttpResponse:
    """Show the posts that somebody has and had; a POST gives one more."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    person = directory.staff_account(account_id)
    offices = list(queries.agencies())
    code = request.POST.get("agency") or request.GET.get("agency", "")
    office = next((each for each in offices if each.code == code), None)
    refusal: Refused | None = None
    if request.method == "POST":
        try:
            services.give_post(posting=_new_posting(request.POST, account_id, office), by=actor, at=timezone.now())
        except Refused as refused:
            refusal = refused
        else:
            messages.success(request, _("%(name)s holds the post from now on.") % {"name": person.name})
            return redirect("network:postings_of", account_id)
    shown = {
        "person": person,
        "own": actor.account == account_id,
        "held": queries.postings_of(account_id),
        "offices": offices,
        "office": office,
        "posts": queries.posts_in(office.id) if office else [],
        "windows": queries.windows_at_posts(office.id) if office else [],
        "refusal": refusal,
        "posted": request.POST,
    }
    return render(request, "network/postings_of.html", shown, status=refusal.http_status if refusal else 200)


def _new_posting(posted: QueryDict, account_id: UUID, office: Agency | None) -> NewPosting:
    """Return the posting that a form asks for.

    :raises Invalid: when no post of the office, or a window elsewhere, was chosen.
    """
    code = posted.get("post", "")
    if office is None or code not in {each.code for each in queries.posts_in(office.id)}:
        raise Invalid({"post": _("Please choose a post.")}, _("Please choose a post."))
    window = next((each for each in queries.windows_at_posts(office.id) if str(each.id) == posted.get("window")), None)
    return NewPosting(account_id, code, window=window.id if window else None, site=posted.get("site", "").strip() or None)


@door(Door.STAFF, duty=permissions.MANAGE)
@require_http_methods(["GET", "POST"])
def end_posting(request: HttpRequest, account_id: UUID, posting_id: UUID) -> HttpResponse:
    """Ask once whether somebody shall leave a post, and end the posting."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    person = directory.staff_account(account_id)
    held = next((each for each in queries.postings_of(account_id) if each.id == posting_id and each.ends_at is None), None)
    if held is None:
        raise NotFound
    if request.method == "POST":
        services.end_posting(posting=posting_id, by=actor, at=timezone.now())
        messages.success(request, _("%(name)s has left the post %(post)s.") % {"name": person.name, "post": held.post.name})
        return redirect("network:postings_of", account_id)
    return render(request, "network/posting_end.html", {"person": person, "held": held})
