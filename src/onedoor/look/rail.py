"""The rail of the desk: each room registers its doors, each person sees those that the post opens."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from django.urls import reverse
from django.utils.functional import Promise

from onedoor.kernel.actor import Actor

Text = str | Promise
GROUPS = ("work", "hall", "hotline", "oversight", "house")


@dataclass(frozen=True, slots=True)
class Door:
    """One entry of the rail."""

    label: Text
    url_name: str
    icon: str
    opens_for: Callable[[Actor], bool]
    count: Callable[[Actor], int] | None
    group: str
    order: int
    is_work_list: bool


@dataclass(frozen=True, slots=True)
class Entry:
    """A door as one person sees it now."""

    label: Text
    url: str
    icon: str
    group: str
    count: int | None
    is_current: bool


_doors: dict[str, Door] = {}
_search: list[str] = []
_bell: list[tuple[str, Callable[[Actor], int]]] = []
MOST_ON_BELL = 99


def register(
    label: Text,
    url_name: str,
    opens_for: Callable[[Actor], bool],
    count: Callable[[Actor], int] | None = None,
    *,
    icon: str = "file-text",
    group: str = "work",
    order: int = 50,
    is_work_list: bool = False,
) -> None:
    """Add a door to the rail; ``is_work_list`` marks the page on which a day at the desk begins."""
    if group not in GROUPS:
        message = f"unknown group of the rail: {group}"
        raise ValueError(message)
    _doors[url_name] = Door(label, url_name, icon, opens_for, count, group, order, is_work_list)


def entries_for(actor: Actor, path: str) -> Iterator[Entry]:
    """Yield the doors that are open to ``actor``, group by group; the longest address that begins ``path`` is the current one."""
    doors = [door for door in _doors.values() if door.opens_for(actor)]
    doors.sort(key=lambda door: (GROUPS.index(door.group), door.order))
    urls = {door.url_name: reverse(door.url_name) for door in doors}
    current = max((url for url in urls.values() if path.startswith(url)), key=len, default="")
    for door in doors:
        url = urls[door.url_name]
        yield Entry(door.label, url, door.icon, door.group, door.count(actor) if door.count else None, url == current)


def first_work_list(actor: Actor) -> str | None:
    """Return the address of the work list where ``actor`` begins the day, if a room has registered one."""
    lists = [door for door in _doors.values() if door.is_work_list and door.opens_for(actor)]
    return reverse(min(lists, key=lambda door: door.order).url_name) if lists else None


def register_search(url_name: str) -> None:
    """Let the search in the bar of the desk lead to ``url_name`` with ``q``."""
    _search[:] = [url_name]


def search_url() -> str | None:
    """Return the address of the desk's search, if a room has registered one."""
    return reverse(_search[0]) if _search else None


@dataclass(frozen=True, slots=True)
class Bell:
    """The bell in the bar of the desk: where the messages are, and how many of them are unread."""

    url: str
    count: int
    is_current: bool

    @property
    def count_text(self) -> str:
        return f"{MOST_ON_BELL}+" if self.count > MOST_ON_BELL else str(self.count)


def register_bell(url_name: str, unread: Callable[[Actor], int]) -> None:
    """Let the bell in the bar of the desk lead to ``url_name`` and show how many messages are unread."""
    _bell[:] = [(url_name, unread)]


def bell_for(actor: Actor, path: str) -> Bell | None:
    """Return the bell as ``actor`` sees it now, if a room has registered one."""
    if not _bell or not actor.is_staff:
        return None
    url_name, unread = _bell[0]
    url = reverse(url_name)
    return Bell(url, unread(actor), is_current=path == url)
