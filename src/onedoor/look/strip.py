"""What the strips above every page ask of rooms upstairs: whether the hall is open, whether this city is a sample, and what the
whole desk has to know.

The rooms that know register a function; its answer is kept for a few seconds, so that a page costs no statement for it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from onedoor.kernel.actor import Actor
from onedoor.look.kept import Kept

OPEN_STATE_SECONDS = 20
SAMPLE_SECONDS = 60
NOTICE_SECONDS = 60


class OpenState(Protocol):
    """Whether a hall is open now and until or from when, in words ("今天到 17:30")."""

    @property
    def is_open(self) -> bool: ...
    @property
    def text(self) -> object: ...


@dataclass(frozen=True, slots=True)
class DeskNotice:
    """What everybody at the desk has to know, and where it is put right: address and words of the link, for each officer."""

    text: object
    link_for: Callable[[Actor], tuple[str, object]]


hall: Kept[OpenState | None] = Kept(OPEN_STATE_SECONDS, None)
sample: Kept[bool] = Kept(SAMPLE_SECONDS, nothing=False)
desk_notice: Kept[DeskNotice | None] = Kept(NOTICE_SECONDS, None)


def register(open_state: Callable[[datetime], OpenState | None]) -> None:
    """Let ``open_state(now)`` say whether the city's main hall is open."""
    hall.ask = open_state
    hall.forget()


def register_sample(is_sample: Callable[[datetime], bool]) -> None:
    """Let ``is_sample(now)`` say whether the data of this installation are a sample."""
    sample.ask = is_sample
    sample.forget()


def register_desk_notice(ask: Callable[[datetime], DeskNotice | None]) -> None:
    """Let ``ask(now)`` say what everybody at the desk has to know."""
    desk_notice.ask = ask
    desk_notice.forget()
