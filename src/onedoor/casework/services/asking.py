"""What all requests share: one post asks, another one decides, and the row keeps both."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from onedoor.casework.models import Asked
from onedoor.kernel.actor import Actor
from onedoor.kernel.errors import AlreadyDone

DECIDED = ("decided_at", "decided_by", "decided_account", "decided_label", "is_granted", "answer")


class AlreadyAsked(AlreadyDone):
    """One request waits for its decision; a second one beside it would have two answers."""

    code = "already_asked"
    default = _("This was asked for already and waits for its decision.")


def decide_request(request: Asked, *, granted: bool, by: Actor, at: datetime, answer: str = "") -> None:
    """Write the decision on a request into its row, which the caller saves (``DECIDED``)."""
    request.decided_at, request.decided_by, request.decided_account = at, by.posting, by.account
    request.decided_label, request.is_granted, request.answer = by.label, granted, answer
