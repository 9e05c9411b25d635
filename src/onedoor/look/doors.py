"""The doors of the portal that the frame offers: only those behind which there is a room."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from django.urls import Resolver404, resolve
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from onedoor.look import strip

Text = str | Promise


@dataclass(frozen=True, slots=True)
class PortalDoor:
    """A page of the portal as the frame names it."""

    path: str
    label: Text
    section: str
    in_head: bool
    foot_label: Text = ""


SAMPLE_DOOR = "/demo/"  # a page of sample cities only
OFFERED = (
    PortalDoor("/items/", _("Services"), "do", in_head=True, foot_label=_("All services")),
    PortalDoor("/joint/", _("Life events"), "do", in_head=False),
    PortalDoor("/track/", _("Track progress"), "do", in_head=True),
    PortalDoor("/appointments/", _("Appointments"), "do", in_head=True),
    PortalDoor("/map/", _("Find a hall"), "do", in_head=True),
    PortalDoor("/12345/", _("Requests to 12345"), "do", in_head=True),
    PortalDoor("/verify/", _("Verify a paper"), "open", in_head=True),
    PortalDoor("/news/", _("News"), "open", in_head=False),
    PortalDoor("/open/", _("Published results"), "open", in_head=False),
    PortalDoor("/my/", _("My page"), "do", in_head=True),
    PortalDoor("/journal/", _("The sealed journal"), "open", in_head=False),
    PortalDoor("/departments/", _("Departments and halls"), "help", in_head=False),
    PortalDoor("/accounts/register/", _("Open an account"), "help", in_head=False),
    PortalDoor("/figures/", _("How our figures are counted"), "open", in_head=False),
    PortalDoor("/accessibility/", _("Accessibility statement"), "help", in_head=False),
    PortalDoor(SAMPLE_DOOR, _("About this sample city"), "help", in_head=False),
)


@cache
def has_door(path: str) -> bool:
    """Return whether a room answers at ``path``."""
    try:
        resolve(path)
    except Resolver404:
        return False
    return True


def portal_doors() -> Iterator[PortalDoor]:
    """Yield the doors that exist in this installation."""
    is_sample = strip.sample.get()
    return (door for door in OFFERED if has_door(door.path) and (is_sample or door.path != SAMPLE_DOOR))
