"""Saying where one lives, county by township by village, so that pages can name the nearest place."""

from __future__ import annotations

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_safe

from onedoor.kernel.doors import Door, door
from onedoor.look.modes import YEAR_SECONDS
from onedoor.network import places, queries


@door(Door.ANYONE)
@require_safe
def choose(request: HttpRequest) -> HttpResponse:
    """Show the regions below the one named, to go further in or to keep this one; ``keep`` writes the cookie, ``forget`` takes it away."""
    back = request.GET.get("next", "")
    if not url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()}, require_https=request.is_secure()):
        back = "/"
    if "forget" in request.GET:
        response = HttpResponseRedirect(back)
        response.delete_cookie(places.COOKIE, samesite="Lax")
        return response
    kept = places.region_named(request.GET.get("keep", ""))
    if kept is not None:
        response = HttpResponseRedirect(back)
        response.set_cookie(
            places.COOKIE, kept.code, max_age=YEAR_SECONDS, samesite="Lax", secure=request.is_secure(), httponly=True
        )
        return response
    here = places.region_named(request.GET.get("in", "")) or places.region_named(queries.root_region())
    below = queries.region_choices(here.code) if here is not None else []
    page = {
        "here": here,
        "is_whole_city": here is None or here.code == queries.root_region(),
        "choices": [(name, _address(code, back, has_more=not code[9:].strip("0"))) for code, name in below],
        "keep_url": "" if here is None else "?" + urlencode({"keep": here.code, "next": back}),
        "above_url": _above(here.code if here else "", back),
        "back": back,
        "chosen": places.chosen_region(request),
    }
    return render(request, "network/region.html", page)


def _address(code: str, back: str, *, has_more: bool) -> str:
    """Return where a region of the list leads: further in, or, for a village, to keeping it."""
    return "?" + urlencode({"in" if has_more else "keep": code, "next": back})


def _above(code: str, back: str) -> str:
    above = queries.regions_above(code)[:-1] if code else []
    return "?" + urlencode({"in": above[-1].code, "next": back}) if above else ""
