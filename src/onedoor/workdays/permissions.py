"""Who may change the calendar."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from onedoor.kernel.actor import Actor
from onedoor.kernel.errors import NotAllowed

ENTER_NOTICE = "workdays.enter_notice"
CALENDAR_KEEPERS = frozenset({"system:cli", "system:install"})


def may_enter_notice(actor: Actor) -> bool:
    """Tell whether the actor may enter the State Council's notice: by duty of the post, or from the machine's own command line."""
    return actor.has(ENTER_NOTICE) or actor.client in CALENDAR_KEEPERS


def require_calendar_keeper(by: Actor) -> None:
    """Let only those pass who keep the calendar.

    :raises NotAllowed: when the post has no such duty.
    """
    if not may_enter_notice(by):
        raise NotAllowed(_("Your post may not change the calendar. Ask the business section of the centre."))
