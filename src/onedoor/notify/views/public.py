"""What the holder of an account was told."""

from __future__ import annotations

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from onedoor.kernel.doors import Door, door
from onedoor.kernel.errors import NotFound
from onedoor.notify import queries, services


@door(Door.ACCOUNT)
@login_required
@require_http_methods(["GET", "POST"])
def inbox(request: HttpRequest) -> HttpResponse:
    """Show the messages of the account, newest first; a POST marks all as read."""
    return inbox_page(request, "notify:inbox", "notify/inbox.html", at_desk=False)


def inbox_page(request: HttpRequest, name: str, template: str, *, at_desk: bool) -> HttpResponse:
    """Show the messages of whoever is logged in on the page ``name``, or mark all as read and show it again."""
    account_id: UUID = request.actor.account  # type: ignore[attr-defined]
    if request.method == "POST":
        services.mark_read(account_id=account_id, at=timezone.now())
        return redirect(name)
    page = queries.inbox(account_id, after=_after(request), at_desk=at_desk)
    next_url = f"{reverse(name)}?after={page.rows[-1].id}" if page.has_more else ""
    unread = any(not message.is_read for message in page.rows)
    return render(request, template, {"page": page, "next_url": next_url, "has_unread": unread})


def _after(request: HttpRequest) -> UUID | None:
    given = request.GET.get("after", "")
    try:
        return UUID(given) if given else None
    except ValueError:
        raise NotFound from None
