"""Answers that many pages need and that change slowly: asked for once, kept for some seconds in the memory of a process."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Generic, TypeVar

from django.utils import timezone

Answer = TypeVar("Answer")


_all: list[Kept[Any]] = []


def forget_all() -> None:
    """Ask everything anew; for tests, and after a change that many answers depend on."""
    for kept in _all:
        kept.forget()


@dataclass(slots=True, eq=False)
class Kept(Generic[Answer]):
    """The answer of a registered function, asked again after ``seconds``."""

    seconds: float
    nothing: Answer
    ask: Callable[[datetime], Answer] | None = None
    _until: float = 0.0
    _answer: Answer | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        _all.append(self)

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
