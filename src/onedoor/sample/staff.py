"""Posts of the sample city and the people who hold them, made by rule from its offices (因事设岗、因岗定人)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from random import Random
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import transaction

from onedoor.kernel.actor import Actor
from onedoor.network import services as network
from onedoor.network.entries import NewPost, NewPosting
from onedoor.people import services as people
from onedoor.sample import names, offices
from onedoor.sample.sources import HALL, Place, Source

if TYPE_CHECKING:
    from onedoor.people.models import Account

UNMASK, AUTHORISE = ("people.unmask",), ("network.authorise",)
AT_WINDOW = (*UNMASK, "people.keep_persons")
HEAD = (*AUTHORISE, "casework.head")
HEAD_OF_DEPARTMENT = (*HEAD, "catalog.edit")
CENTRE = (
    "network.manage",
    "catalog.publish",
    "workdays.enter_notice",
    "casework.keep_kinds",
    "casework.void",
    "casework.keep_bars",
)
CLERK = f"{offices.CENTER}-CLERK"
ISSUE = f"{offices.CENTER}-ISSUE"
AREA_POSTS = {area: f"{offices.CENTER}-AREA{number}" for number, area in enumerate(offices.AREAS, start=1)}
BIZ, SYSTEM, SECURITY, AUDIT = (f"{offices.CENTER}-{word}" for word in ("BIZ", "SYS", "SEC", "AUD"))
# Rooms whose agent has a name and an account; the other rooms are reached through their township.
STAFFED_ROOMS = 12
FIRST_NUMBER = 300001


@dataclass(frozen=True, slots=True)
class Seat:
    """One person's place: the post, and the window (site, number) or room where it is."""

    post: str
    window: tuple[str, str] | None = None
    room: str | None = None


@dataclass(slots=True)
class Staff:
    """Who works where: accounts by post, in the order of their seats."""

    posts: dict[str, UUID]
    accounts: dict[str, list[Account]] = field(default_factory=dict)
    windows: dict[UUID, UUID] = field(default_factory=dict)


def post_of(agency: str, role: str) -> str:
    """Return the code of an office's post: CLERK, HANDLE, REVIEW, APPROVE, HEAD or AGENT."""
    return f"{agency}-{role}"


def posts(source: Source) -> list[NewPost]:
    """Return all posts."""
    found = [
        NewPost(CLERK, "综合受理岗", offices.CENTER, "window_clerk", HALL, duties=AT_WINDOW),
        NewPost(ISSUE, "统一出件岗", offices.CENTER, "window_clerk", HALL),
        *(NewPost(code, f"{area}专区受理岗", offices.CENTER, "window_clerk", HALL, duties=UNMASK) for area, code in AREA_POSTS.items()),
        NewPost(BIZ, "业务科科长", offices.CENTER, "center_biz", HALL, duties=CENTRE),
        NewPost(SYSTEM, "系统管理员", offices.CENTER, "sysadmin", HALL, duties=("people.manage_clients",)),
        NewPost(SECURITY, "安全管理员", offices.CENTER, "secadmin", HALL, duties=("people.manage_accounts",)),
        NewPost(AUDIT, "审计管理员", offices.CENTER, "auditor", HALL, duties=("journal.audit", "journal.shred")),
    ]  # fmt: skip
    for row in source.departments:
        found += _office(offices.department_code(row["code"]), HALL, "首席代表", handle="承办岗")
    for county in source.counties:
        code, site = offices.bureau_code(county), county.site["code"]
        found.append(NewPost(post_of(code, "CLERK"), "综合受理岗", code, "county_clerk", site, duties=AT_WINDOW))
        found += _office(code, site, "局长", handle="审查岗", prefix="county_")
    for township in source.townships:
        code, site = offices.township_code(township), township.site["code"]
        found += [
            NewPost(post_of(code, "CLERK"), "综合窗口岗", code, "township_clerk", site, duties=AT_WINDOW),
            NewPost(post_of(code, "REVIEW"), "审核岗", code, "township_reviewer", site, duties=UNMASK),
            NewPost(post_of(code, "APPROVE"), "审批岗", code, "township_approver", site, duties=HEAD),
            NewPost(post_of(code, "AGENT"), "村（社区）代办岗", code, "village_agent"),
        ]
    return found


def _office(code: str, site: str, head: str, *, handle: str, prefix: str = "") -> Iterator[NewPost]:
    yield NewPost(post_of(code, "HANDLE"), handle, code, f"{prefix}handler", site, duties=UNMASK)
    yield NewPost(post_of(code, "REVIEW"), "审核岗", code, f"{prefix}reviewer", site, duties=UNMASK)
    yield NewPost(post_of(code, "APPROVE"), "审批岗", code, f"{prefix}approver", site, duties=UNMASK)
    yield NewPost(
        post_of(code, "HEAD"),
        head,
        code,
        f"{prefix}dept_head" if not prefix else "county_head",
        site,
        duties=HEAD if prefix else HEAD_OF_DEPARTMENT,
    )


def seats(source: Source) -> list[Seat]:
    """Return every place that somebody holds; windows first, so that their clerks have the lowest numbers."""
    found = [Seat(CLERK, (HALL, str(number))) for number in range(1, 9)]
    found += [Seat(CLERK, (HALL, number)) for number in ("21", "22", "23", "24", "25", "26")]
    for place, post in enumerate(AREA_POSTS.values()):
        found += [Seat(post, (HALL, str(9 + 2 * place))), Seat(post, (HALL, str(10 + 2 * place)))]
    found += [Seat(ISSUE, (HALL, "19")), Seat(ISSUE, (HALL, "20")), Seat(BIZ), Seat(SYSTEM), Seat(SECURITY), Seat(AUDIT)]
    for row in source.departments:
        found += _four(offices.department_code(row["code"]))
    for county in source.counties:
        code, site = offices.bureau_code(county), county.site["code"]
        found += [Seat(post_of(code, "CLERK"), (site, str(number))) for number in range(1, 5)]
        found += _four(code)
    for township in source.townships:
        code = offices.township_code(township)
        found += [
            Seat(post_of(code, "CLERK"), (township.site["code"], "1")),
            Seat(post_of(code, "REVIEW")),
            Seat(post_of(code, "APPROVE")),
        ]
    found += [
        Seat(post_of(offices.township_code(township), "AGENT"), room=room.site["code"]) for township, room in staffed_rooms(source)
    ]
    return found  # fmt: skip


def _four(code: str) -> list[Seat]:
    return [Seat(post_of(code, role)) for role in ("HANDLE", "REVIEW", "APPROVE", "HEAD")]


def staffed_rooms(source: Source) -> list[tuple[Place, Place]]:
    """Return townships with the room whose agent has an account: the first ones, and one for each county."""
    first_room: dict[str, Place] = {}
    for village in source.villages:
        first_room.setdefault(village.parent, village)
    chosen = {each.code: each for each in source.townships[:3]}
    for county in source.counties:
        chosen |= {each.code: each for each in [t for t in source.townships if t.parent == county.code][-1:]}
    return [(township, first_room[code]) for code, township in list(chosen.items())[:STAFFED_ROOMS] if code in first_room]


@transaction.atomic
def make_posts(source: Source, *, by: Actor, at: datetime) -> Staff:
    """Make the posts."""
    return Staff(network.create_posts(posts(source), by=by, at=at))


@transaction.atomic
def make_people(
    source: Source, staff: Staff, windows: Mapping[tuple[str, str], UUID], passwords: Mapping[str, str], *, since: datetime,
    by: Actor, at: datetime,
) -> None:  # fmt: skip
    """Make the people and give them their posts since some time ago; only the first holders of some posts can log in."""
    places = seats(source)
    given = names.names(Random(130300))  # noqa: S311  made-up people, no secrets
    waiting = dict(passwords)
    new = [
        people.NewStaff(str(FIRST_NUMBER + number), next(given), waiting.pop(seat.post, None), must_change=False)
        for number, seat in enumerate(places)
    ]
    accounts = people.create_staff_accounts(new, by=by, at=at)
    postings = [
        NewPosting(account.id, seat.post, window=windows[seat.window] if seat.window else None, site=seat.room, starts_at=since)
        for account, seat in zip(accounts, places, strict=True)
    ]
    network.post_people(postings, by=by, at=since)
    for account, seat in zip(accounts, places, strict=True):
        staff.accounts.setdefault(seat.post, []).append(account)
        if seat.window:
            staff.windows[account.id] = windows[seat.window]
