"""What the strip above every page asks of rooms upstairs: whether the hall is open, and whether this city is a sample.

The rooms that know register a function; its answer is kept for a few seconds, so that a page costs no statement for it.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Generic, Protocol, TypeVar

from django.utils import timezone

Answer = TypeVar("Answer")
OPEN_STATE_SECONDS = 20
SAMPLE_SECONDS = 60


class OpenState(Protocol):
    """Whether a hall is open now and until or from when, in words ("今天到 17:30")."""

    @property
    def is_open(self) -> bool: ...
    @property
    def text(self) -> object: ...


@dataclass(slots=True)
class Kept(Generic[Answer]):
    """The answer of a registered function, asked again after ``seconds``."""

    seconds: float
    nothing: Answer
    ask: Callable[[datetime], Answer] | None = None
    _until: float = 0.0
    _answer: Answer | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def get(self) -> Answer:
        """Return the kept answer; one thread asks anew while the others go on with the old one."""
        if self.ask is None:
            return self.nothing
        if time.monotonic() >= self._until and self._lock.acquire(blocking=self._answer is None):
            try:
                if time.monotonic() >= self._until:
                    self._answer = self.ask(timezone.now())
                    self._until = time.monotonic() + self.seconds
            finally:
                self._lock.release()
        return self.nothing if self._answer is None else self._answer

    def forget(self) -> None:
        """Ask again at the next page; for those who changed what the answer depends on."""
        self._until = 0.0
        self._answer = None


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
