"""Who may do what: rights to items and stages for every post, by rule from the items (S03)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from uuid import UUID

from django.db import transaction

from onedoor.kernel.actor import Actor
from onedoor.network import services as network
from onedoor.network.entries import NewAuthorisation
from onedoor.sample import offices, staff
from onedoor.sample.catalogue import implementing
from onedoor.sample.sources import Item, Source

ClerksOf = Callable[[Item], Iterable[str]]
WINDOW = ("receive", "issue", "deliver")
WORK = ("handle", "review", "approve")
# Which stages of commitment items each post of a department or a bureau does; the head stands in for all three.
OFFICE = {"HANDLE": ("handle",), "REVIEW": ("review",), "APPROVE": ("approve",), "HEAD": WORK}
TOWNSHIP = {"REVIEW": ("handle", "review"), "APPROVE": ("approve",)}


@transaction.atomic
def grant_all(source: Source, posts: Mapping[str, UUID], keys: Mapping[str, UUID], *, by: Actor, at: datetime) -> int:
    """Give every post its rights and return how many there are."""
    wanted = [
        NewAuthorisation(posts[post], keys[agency], item, stage, starts_at=at) for post, agency, item, stage in rights(source)
    ]
    network.grant_authorisations(wanted, by=by, at=at)
    return len(wanted)


def rights(source: Source) -> Iterator[tuple[str, str, str, str]]:
    """Yield post, office, item and stage of every right."""
    for agency, items in implementing(source):
        if agency.endswith("-BM"):
            yield from _of_township(agency, items)
        elif agency.endswith("-SPJ"):
            yield from _of_office(agency, items, clerks=_own_clerks(agency))
        else:
            yield from _of_office(agency, items, clerks=_hall_clerks)
            yield from ((staff.ISSUE, agency, item.code, stage) for item in items for stage in ("issue", "deliver"))


def _hall_clerks(item: Item) -> Iterable[str]:
    """Return the posts at the hall's windows that receive an item: the general ones all, those of a function area its own."""
    return (staff.CLERK, staff.AREA_POSTS[item.module]) if item.module in offices.AREAS else (staff.CLERK,)


def _own_clerks(agency: str) -> ClerksOf:
    return lambda _item: (staff.post_of(agency, "CLERK"),)


def _of_office(agency: str, items: Iterable[Item], *, clerks: ClerksOf) -> Iterator[tuple[str, str, str, str]]:
    for item in items:
        for clerk in clerks(item):
            yield from ((clerk, agency, item.code, stage) for stage in _at_window(item))
        for role, stages in ({"HEAD": WORK} if item.is_instant else OFFICE).items():
            yield from ((staff.post_of(agency, role), agency, item.code, stage) for stage in stages)


def _of_township(agency: str, items: Iterable[Item]) -> Iterator[tuple[str, str, str, str]]:
    for item in items:
        yield from ((staff.post_of(agency, "CLERK"), agency, item.code, stage) for stage in _at_window(item))
        if not item.is_instant:
            for role, stages in TOWNSHIP.items():
                yield from ((staff.post_of(agency, role), agency, item.code, stage) for stage in stages)
        if "village" in item.receiving_levels:
            yield staff.post_of(agency, "AGENT"), agency, item.code, "receive"


def _at_window(item: Item) -> tuple[str, ...]:
    """Return what a window does with an item: one decided on the spot wholly, under the authority of the chief representative."""
    return (*WINDOW, *WORK) if item.is_instant else WINDOW
