"""Who may enter an address: declared at each view, enforced by one middleware, and a test finds each view that does not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Any, TypeVar

View = TypeVar("View", bound=Callable[..., Any])
_MARK = "onedoor_opening"


class Door(Enum):
    ANYONE = "anyone"  # no log-in; the session is not even read
    ACCOUNT = "account"  # somebody who logged in, whoever it is
    CITIZEN = "citizen"  # somebody who logged in for themselves
    STAFF = "staff"  # somebody who logged in and holds a post
    CLIENT = "client"  # another system, by its token; the API itself asks for it


@dataclass(frozen=True, slots=True)
class Opening:
    """To whom an address opens; ``duty`` is the general duty that a post must have besides."""

    door: Door
    duty: str = ""


def door(kind: Door, *, duty: str = "") -> Callable[[View], View]:
    """Declare who may enter a view: ``@door(Door.STAFF, duty="workdays.enter_notice")``."""
    if duty and kind is not Door.STAFF:
        raise ValueError("only posts have duties")

    def mark(view: View) -> View:
        setattr(view, _MARK, Opening(kind, duty))
        return view

    return mark


def opening_of(view: Callable[..., Any]) -> Opening | None:
    """Return what a view declares, or None; decorators that use ``functools.wraps`` keep it."""
    found = getattr(view, _MARK, None) or getattr(getattr(view, "view_class", None), _MARK, None)
    return found if isinstance(found, Opening) else None
