"""What a process keeps of the catalogue, thrown away whenever an edition is published."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Any, TypeVar

T = TypeVar("T")
MOST_ENTRIES = 1000


class EditionCache:
    """Keeps answers under the edition they were made from; a new edition empties it, and so does being full."""

    def __init__(self) -> None:
        self._edition: int | None = None
        self._kept: dict[Hashable, Any] = {}

    def get(self, edition: int, key: Hashable, make: Callable[[], T]) -> T:
        """Return the kept answer of this edition, or the one that ``make`` gives now."""
        if edition != self._edition or len(self._kept) >= MOST_ENTRIES:
            # A new dict, not clear(): another thread may be reading the old one.
            self._kept, self._edition = {}, edition
        kept, place = self._kept, (edition, key)  # the edition again: another thread may have begun the next one
        if place not in kept:
            kept[place] = make()
        found: T = kept[place]
        return found
