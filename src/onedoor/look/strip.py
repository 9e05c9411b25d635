"""What the strip above every page asks of rooms upstairs: whether the hall is open, and whether this city is a sample.

The rooms that know register a function; its answer is kept for a few seconds, so that a page costs no statement for it.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Protocol

from onedoor.look.kept import Kept

OPEN_STATE_SECONDS = 20
SAMPLE_SECONDS = 60


class OpenState(Protocol):
    """Whether a hall is open now and until or from when, in words ("今天到 17:30")."""

    @property
    def is_open(self) -> bool: ...
    @property
    def text(self) -> object: ...


hall: Kept[OpenState | None] = Kept(OPEN_STATE_SECONDS, None)
sample: Kept[bool] = Kept(SAMPLE_SECONDS, nothing=False)


def register(open_state: Callable[[datetime], OpenState | None]) -> None:
    """Let ``open_state(now)`` say whether the city's main hall is open."""
    hall.ask = open_state
    hall.forget()


def register_sample(is_sample: Callable[[datetime], bool]) -> None:
    """Let ``is_sample(now)`` say whether the data of this installation are a sample."""
    sample.ask = is_sample
    sample.forget()
