"""What every template may ask: lazily, so that a page which does not ask pays nothing."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from django.conf import settings
from django.contrib.messages import get_messages
from django.contrib.messages.storage.base import Message
from django.http import HttpRequest
from django.shortcuts import resolve_url
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.translation import get_language

from onedoor.kernel.actor import Actor
from onedoor.look import doors, rail, strip
from onedoor.look.house import House, house
from onedoor.look.modes import ELDER_COOKIE

ANONYMOUS = Actor(client="web")


@dataclass(slots=True)
class Look:
    """The frame's view of a request; every answer is made when it is asked for."""

    request: HttpRequest
    now: datetime = field(default_factory=timezone.now)

    @property
    def elder(self) -> bool:
        return self.request.COOKIES.get(ELDER_COOKIE) == "1"

    @property
    def html_lang(self) -> str:
        return "en" if (get_language() or "").startswith("en") else "zh-CN"

    @property
    def house(self) -> House:
        return house()

    @property
    def hall(self) -> strip.OpenState | None:
        return strip.hall.get()

    @property
    def here(self) -> str:
        return self.request.get_full_path()

    @property
    def doors(self) -> list[doors.PortalDoor]:
        return list(doors.portal_doors())

    @property
    def section(self) -> str:
        """Return the path of the door under which this page lies."""
        return max((door.path for door in doors.OFFERED if self.request.path.startswith(door.path)), key=len, default="")

    @property
    def login_url(self) -> str:
        """Return where to log in, or nothing where no room lets people in."""
        try:
            address = resolve_url(settings.LOGIN_URL)
        except NoReverseMatch:
            return ""
        return address if doors.has_door(address) else ""

    @property
    def logout_url(self) -> str:
        if not self.signed_in:
            return ""
        try:
            return reverse("account_logout")
        except NoReverseMatch:
            return ""

    @property
    def messages(self) -> list[Message]:
        """Return what the last act has to say; without a cookie there is nothing to say."""
        if settings.SESSION_COOKIE_NAME in self.request.COOKIES or "messages" in self.request.COOKIES:
            return list(get_messages(self.request))
        return []

    @property
    def desk_search(self) -> str | None:
        return rail.search_url()

    @property
    def bell(self) -> rail.Bell | None:
        return rail.bell_for(self.actor, self.request.path)

    @property
    def desk_notice(self) -> strip.DeskNotice | None:
        return strip.desk_notice.get() if self.actor.is_staff else None

    @property
    def desk_notice_link(self) -> tuple[str, object] | None:
        """Return where the notice of the desk leads this officer, and the words of the link."""
        notice = self.desk_notice
        return notice.link_for(self.actor) if notice else None

    @property
    def has_posts(self) -> bool:
        """Return whether there is a page on which to choose the post."""
        return doors.has_door("/desk/posts/")

    @property
    def signed_in(self) -> bool:
        """Return whether somebody is logged in; without a session cookie the session is not even looked at."""
        if settings.SESSION_COOKIE_NAME not in self.request.COOKIES:
            return False
        user = getattr(self.request, "user", None)
        return bool(user is not None and user.is_authenticated)

    @property
    def actor(self) -> Actor:
        if settings.SESSION_COOKIE_NAME not in self.request.COOKIES:
            return ANONYMOUS
        return getattr(self.request, "actor", None) or ANONYMOUS

    @property
    def rail(self) -> list[rail.Entry]:
        return list(rail.entries_for(self.actor, self.request.path))


def look(request: HttpRequest) -> dict[str, object]:
    """Return the frame's view of the request and the sample mark."""
    return {"look": Look(request), "is_sample": strip.sample.get()}
