"""What officers were told: the inbox of the desk."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods

from onedoor.kernel.doors import Door, door
from onedoor.notify.views.public import inbox_page


@door(Door.STAFF)
@require_http_methods(["GET", "POST"])
def inbox(request: HttpRequest) -> HttpResponse:
    """Show the messages of an officer, newest first; a POST marks all as read."""
    return inbox_page(request, "notify:desk_inbox", "notify/desk_inbox.html", at_desk=True)
