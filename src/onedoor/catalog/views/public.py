"""What anybody may read: the guide of a service, and what a short code leads to."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from onedoor.catalog import guide_page, queries, short_links
from onedoor.catalog.blank_form import blank_form
from onedoor.catalog.queries import Guide, SiteOffer
from onedoor.catalog.scenario import Case, case_for, given_by, is_wholly_known
from onedoor.catalog.steps_picture import LARGE, pictures
from onedoor.catalog.structured import as_script, government_service
from onedoor.catalog.topics import BOARD_BY_CODE, TOPIC_BY_CODE, BoardView, Topic
from onedoor.catalog.views.search import counts_openings
from onedoor.documents import blanks
from onedoor.documents import sending as documents
from onedoor.kernel.clock import local_date
from onedoor.kernel.doors import Door, door
from onedoor.kernel.errors import NotFound
from onedoor.kernel.references import parse_code
from onedoor.look.modes import is_large
from onedoor.look.pagecache import PLAIN, cached_page, edition_of
from onedoor.network import queries as network
from onedoor.network.places import ChosenRegion, chosen_region


def _varies(request: HttpRequest, named: Mapping[str, Any]) -> Hashable | None:
    """Return what a guide's page depends on besides its address: the answers, and where the reader lives.

    An address with anything else in it, or with answers that the guide does not understand, is answered afresh and not kept.
    """
    given = given_by(request.GET.lists())
    region = chosen_region(request)
    if not given:
        return (PLAIN if region is None else ("", region.code)) if not request.GET else None
    try:
        content = queries.published_guide(named["code"], edition_number=edition_of(request)).content
    except NotFound:
        return None
    if not is_wholly_known(content, given):
        return None
    return (case_for(content, given).query, region.code if region else "")


@door(Door.ANYONE)
@require_safe
@counts_openings
@cached_page(queries.edition, varies=_varies)
def guide(request: HttpRequest, code: str) -> HttpResponse:
    """Show the guide of a service, whole or for the situation that the address names."""
    edition, now = edition_of(request), timezone.now()
    found = queries.published_guide(code, edition_number=edition)
    case = case_for(found.content, given_by(request.GET.lists()))
    offers = queries.service_items_for(code, edition_number=edition)
    region, address = chosen_region(request), _address(found, case)
    content, is_over = found.content, found.is_over(local_date(now))
    page = {
        "guide": found,
        "content": content,
        "case": case,
        "answers": guide_page.answers(found, case),
        "papers": guide_page.papers(case, found.files),
        "tolerance_days": guide_page.tolerance_days(case),
        "steps": guide_page.step_lines(content),
        "pictures": pictures(
            content.steps, content.special_procedures, guide_page.promise_of(found, case), size=LARGE if is_large(request) else 1
        ),
        "fees": guide_page.fee_lines(case),
        "more_lines": guide_page.more_lines(content),
        "minutes": guide_page.minutes_to_fill(case),
        "places": guide_page.places(
            offers, region.code if region else "", _passing_on(found, region, edition), lambda site: network.open_state(site, now)
        ),
        "region": region,
        "topic": _topic(found),
        "is_over": is_over,
        "last_day": found.effective_to if found.is_open and not is_over else None,
        "qr_address": address,
        "structured": as_script(government_service(found, offers, address=_whole(reverse("catalog:guide", args=[code])))),
    }
    return render(request, "catalog/guide.html", page)


def _topic(found: Guide) -> Topic | BoardView | None:
    topic = next((TOPIC_BY_CODE[each] for each in found.topics if each in TOPIC_BY_CODE), None)
    return topic or BOARD_BY_CODE.get(found.board)


def _address(found: Guide, case: Case) -> str:
    """Return the address that the QR code holds: the short one, or, with answers, the guide's with them."""
    if case.is_narrowed:
        return _whole(f"{reverse('catalog:guide', args=[found.code])}?{case.query}")
    return short_links.address_of(found.short_code) if found.short_code else ""


def _whole(path: str) -> str:
    return settings.ONEDOOR_BASE_URL.rstrip("/") + path


def _passing_on(found: Guide, region: ChosenRegion | None, edition: int) -> list[tuple[str, SiteOffer]]:
    """Return the reader's places that take the item in and pass it on, such as the room of the village."""
    return [] if region is None else queries.passing_on(found, region.code, edition_number=edition)


@door(Door.ANYONE)
@require_safe
def guide_file(request: HttpRequest, code: str, file_id: UUID) -> FileResponse:
    """Send a form or a sample that the guide in force offers; it is only ever saved."""
    del request
    if file_id not in queries.published_guide(code).files:
        raise NotFound
    return documents.public_file(file_id)


@door(Door.ANYONE)
@require_safe
def guide_form(request: HttpRequest, code: str) -> HttpResponse | FileResponse:
    """Send the blank form of the guide in force to print, or say that it is being made.

    :raises NotFound: when nothing is asked, or the item cannot be applied for.
    """
    found = queries.published_guide(code)
    if not found.is_open or not found.content.form.fields:
        raise NotFound
    words, back = blank_form(found.content, found.name), reverse("catalog:guide", args=[code])
    return blanks.blank_form(words, title=found.title, name=f"{found.name}.pdf", back=back, request=request)


@door(Door.ANYONE)
@require_safe
def short_link(request: HttpRequest, code: str) -> HttpResponse:
    """Lead to what a short code stands for, however it was typed."""
    del request
    target = queries.short_code_target(parse_code(code)[:16])
    path = short_links.path_to(*target) if target else None
    if path is None:
        raise NotFound(
            _("The code %(code)s leads nowhere. Please compare it with the paper, or search by name.") % {"code": code[:16]}
        )
    return redirect(path)
