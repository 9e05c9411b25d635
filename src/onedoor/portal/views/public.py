"""Pages of the portal's own: the home page and the definitions of its figures."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from onedoor.catalog.queries import edition
from onedoor.kernel.doors import Door, door
from onedoor.look.pagecache import cached_page, edition_of
from onedoor.portal import queries


@door(Door.ANYONE)
@require_safe
@cached_page(edition)
def home(request: HttpRequest) -> HttpResponse:
    """Show the question, the search and the ways into the house."""
    return render(request, "portal/home.html", {"page": queries.home_page(edition=edition_of(request))})


@door(Door.ANYONE)
@require_safe
@cached_page(edition)
def figures(request: HttpRequest) -> HttpResponse:
    """Show what each figure on the home page counts."""
    return render(request, "portal/figures.html", {"page": queries.home_page(edition=edition_of(request))})


@door(Door.ANYONE)
@require_safe
@cached_page(edition)
def accessibility(request: HttpRequest) -> HttpResponse:
    """Show what is done so that everybody can use the house, and whom to tell when it does not suffice."""
    return render(request, "portal/accessibility.html")
