"""Codes by text message: how this room hands one over, without knowing the room that sends.

``notify`` registers its sender when it starts; it is called inside the act's transaction and queues the message there.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

CODE_DIGITS = 6
CODE_MINUTES = 10


@dataclass(frozen=True, slots=True)
class CodeMessage:
    """A code on its way to a phone, or for the purpose ``email`` to the address that stands in its place.

    ``purpose`` is a ``CodePurpose``; for ``member`` the name of the organisation is told with it.
    """

    phone: str
    code: str
    purpose: str
    minutes: int
    account_id: UUID | None
    organisation: str = ""


Sender = Callable[[CodeMessage, datetime], None]
_senders: list[Sender] = []


class NobodySends(RuntimeError):
    """No sender was registered: a fault of the installation, not of the person."""


def register_sender(sender: Sender) -> None:
    """Set the function that sends codes; the last one registered counts."""
    _senders[:] = [sender]


def hand_over(message: CodeMessage, at: datetime) -> None:
    """Give a code to the sender.

    :raises NobodySends: when none is registered.
    """
    if not _senders:
        raise NobodySends
    _senders[0](message, at)
