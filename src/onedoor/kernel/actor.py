"""Who acts: one frozen value, made once at the edge and handed to every act as ``by``."""

from __future__ import annotations

from dataclasses import dataclass, field
from uuid import UUID

from onedoor.kernel.ids import new_id


@dataclass(frozen=True, slots=True)
class Actor:
    """The account, post and place behind an act, and what that post may do.

    The journal keeps these ids as plain values. ``duties`` holds the codes of general duties (``people.unmask``,
    ``workdays.enter_notice``); what a post may do with a certain item at a certain stage is asked of ``network``.
    ``level`` is that of the place where the post is (city, county, township, village); empty for who stands at none.
    ``client_id`` is the key of another system that acts through the API, which owns what it files.
    """

    client: str
    account: UUID | None = None
    person: UUID | None = None
    posting: UUID | None = None
    post: UUID | None = None
    agency: UUID | None = None
    site: UUID | None = None
    region: str = ""
    level: str = ""
    label: str = ""
    duties: frozenset[str] = frozenset()
    client_id: UUID | None = None
    request: UUID = field(default_factory=new_id)

    @property
    def is_staff(self) -> bool:
        return self.posting is not None

    def has(self, duty: str) -> bool:
        return duty in self.duties


def system_actor(name: str) -> Actor:
    """Return the actor of a background job or of the command line, which acts for the house itself."""
    return Actor(client=f"system:{name}", label=name)
