"""Who stands at the desk of the catalogue: keepers of items only, each for the items that they keep."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from onedoor.catalog import life, permissions
from onedoor.catalog.life import ItemSheet
from onedoor.kernel.actor import Actor
from onedoor.kernel.errors import Invalid, NotAllowed, NotFound, Refused, Text


def actor_of(request: HttpRequest) -> Actor:
    """Return who asks."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    return actor


def keeper(request: HttpRequest) -> Actor:
    """Return who asks, when they have to do with the making of items.

    :raises NotAllowed: when they have not.
    """
    actor = actor_of(request)
    if not permissions.keeps_items(actor):
        raise NotAllowed
    return actor


def publisher(request: HttpRequest) -> Actor:
    """Return who asks, when they may publish.

    :raises NotAllowed: when they may not.
    """
    actor = actor_of(request)
    permissions.require_publisher(actor)
    return actor


def sheet_for(request: HttpRequest, code: str) -> ItemSheet:
    """Return an item for somebody who keeps it.

    :raises NotAllowed: when the actor does not write the items of its department.
    """
    actor = keeper(request)
    sheet = life.item_sheet(clean(code))
    permissions.require_editor(actor, sheet.item.department_code)
    return sheet


def clean(text: str, most: int = 100) -> str:
    """Return text from an address without what no text holds."""
    return text.replace("\x00", "").strip()[:most]


def done(request: HttpRequest, act: Callable[[], object], said: Text, to: str, *arguments: object) -> HttpResponse:
    """Do one act, say so and go on; a refusal that is no want of right is said on the page that follows."""
    try:
        act()
    except (NotAllowed, NotFound):
        raise
    except Refused as refusal:
        messages.error(request, told(refusal))
    else:
        messages.success(request, str(said))
    return redirect(to, *arguments)


def told(refusal: Refused) -> str:
    """Return a refusal in one sentence, with what is wrong where it says so."""
    errors: Mapping[str, Any] = refusal.errors if isinstance(refusal, Invalid) else {}
    return " ".join([str(refusal), *(str(each) for each in errors.values())]) if not errors else " ".join(map(str, errors.values()))
