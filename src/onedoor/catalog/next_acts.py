"""What somebody may do next with the coming version of an item: what the acts would refuse is not shown. No statement."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from onedoor.catalog.models import VersionStatus
from onedoor.catalog.permissions import may_publish
from onedoor.kernel.actor import Actor

if TYPE_CHECKING:
    from onedoor.catalog.life import ItemSheet


@dataclass(frozen=True, slots=True)
class NextActs:
    """The acts that are open to one person."""

    begin: bool = False
    edit: bool = False
    update: bool = False
    submit: bool = False
    discard: bool = False
    take_back: bool = False
    send_back: bool = False
    approve: bool = False

    @property
    def wrote_it(self) -> bool:
        """Whether somebody may send back but not approve: who wrote in a version, or handed it in, has to leave that to others."""
        return self.send_back and not self.approve


def next_acts(sheet: ItemSheet, actor: Actor) -> NextActs:
    """Return what ``actor``, who writes the items of the department, may do now; two people, always."""
    version = sheet.coming
    if version is None:
        return NextActs(begin=True)
    draft, in_review = version.status == VersionStatus.DRAFT, version.status == VersionStatus.IN_REVIEW
    if in_review and version.run_id is not None:  # what a file brings is decided as a whole, on the page of the file
        return NextActs()
    publisher = may_publish(actor)
    wrote = actor.account in (*version.editors, version.submitted_by)
    return NextActs(
        edit=draft,
        update=draft and sheet.is_out_of_date,
        submit=draft and not sheet.is_out_of_date,
        discard=draft,
        take_back=not draft,
        send_back=in_review and publisher,
        approve=in_review and publisher and not wrote and not sheet.is_out_of_date,
    )
