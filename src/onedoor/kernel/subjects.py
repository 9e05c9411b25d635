"""What an act, a limit or a paper is about: kind and id, without a foreign key, so that lower rooms need not know higher ones."""

from __future__ import annotations

from typing import NamedTuple
from uuid import UUID


class Subject(NamedTuple):
    """One row of any room: ``kind`` is ``<room>.<entity>``, as in ``casework.application``."""

    kind: str
    id: UUID
