"""News of this room for people: how it is handed to the room that tells, without knowing that room.

``notify`` registers its teller when it starts; it is called inside the act's transaction and stores the messages there.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from onedoor.kernel.errors import Text
from onedoor.kernel.subjects import Subject


@dataclass(frozen=True, slots=True)
class News:
    """One thing to tell: the code of its text, and to whom; ``phone`` is for somebody of whom no account is known."""

    code: str
    account_id: UUID | None
    values: Mapping[str, str] = field(default_factory=dict)
    phone: str | None = None
    subject: Subject | None = None


Teller = Callable[[Sequence[News], datetime], None]
_tellers: list[Teller] = []


_kinds: dict[str, Text] = {}


def register_kinds(kinds: Mapping[str, Text]) -> None:
    """Set the kinds of news for which people choose the ways, with their names."""
    _kinds.clear()
    _kinds.update(kinds)


def kinds() -> dict[str, Text]:
    """Return the kinds of news for which people choose the ways, with their names."""
    return dict(_kinds)


class NobodyTells(RuntimeError):
    """No teller was registered: a fault of the installation, not of the person."""


def register_teller(teller: Teller) -> None:
    """Set the function that tells news; the last one registered counts."""
    _tellers[:] = [teller]


def tell(news: Sequence[News], *, at: datetime) -> None:
    """Give news to the teller, in the transaction of the act.

    :raises NobodyTells: when none is registered.
    """
    if not news:
        return
    if not _tellers:
        raise NobodyTells
    _tellers[0](news, at)
