"""The files of ``data/`` as rows, cut down to the scale that is asked for."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

DATA = Path(__file__).parent / "data"
CITY = "130300000000"
HALL = "QHD-C-0001"
KINDS = {"city": "center", "sub_centre": "branch", "county": "center", "township": "station", "village": "room"}
OPEN = ("published", "suspended")


@dataclass(frozen=True, slots=True)
class Scale:
    """How much of the city is made; nothing given means all of it."""

    counties: int | None = None
    townships: int | None = None
    villages: int | None = None
    departments: frozenset[str] | None = None
    citizens: int = 120
    walk_ins: int = 180
    shops: int = 45
    finished: int = 32


@dataclass(frozen=True, slots=True)
class Place:
    """A region with the site that serves it."""

    code: str
    name: str
    level: str
    parent: str
    site: dict[str, str]


@dataclass(frozen=True, slots=True)
class Item:
    """What the rules need to know of an item."""

    code: str
    department: str
    levels: frozenset[str]
    receiving_levels: frozenset[str]
    is_instant: bool
    module: str
    for_persons: bool
    is_online: bool
    is_published: bool


def text(name: str) -> str:
    """Return a file of the sample's data."""
    return (DATA / name).read_text(encoding="utf-8-sig")


def rows(name: str) -> list[dict[str, str]]:
    """Return the rows of a table."""
    return list(csv.DictReader(io.StringIO(text(name))))


@dataclass(frozen=True, slots=True)
class Source:
    """The city as the files tell it."""

    scale: Scale
    counties: list[Place]
    townships: list[Place]
    villages: list[Place]
    hall: dict[str, str]
    branches: list[dict[str, str]]
    departments: list[dict[str, str]]
    items: list[Item]

    @property
    def places(self) -> Iterator[Place]:
        yield from self.counties
        yield from self.townships
        yield from self.villages


def read(scale: Scale) -> Source:
    """Return the city at a scale: the first counties, in each the first townships, in each the first villages."""
    sites = rows("sites.csv")
    by_region = {each["region"]: each for each in sites if each["level"] not in {"city", "sub_centre"}}
    regions = rows("regions_130300.csv")
    counties = _below(regions, by_region, "county", {CITY}, scale.counties)
    townships = _below(regions, by_region, "township", {each.code for each in counties}, scale.townships)
    villages = _below(regions, by_region, "village", {each.code for each in townships}, scale.villages)
    offices = {each["code"]: each for each in rows("department_offices.csv")}
    english = {each["code"]: each["name_en"] for each in rows("departments_en.csv")}
    departments = [
        {**each, **offices[each["code"]], "name_en": english[each["code"]]}
        for each in rows("departments.csv")
        if scale.departments is None or each["code"] in scale.departments
    ]
    return Source(
        scale, counties, townships, villages,
        hall=next(each for each in sites if each["level"] == "city"),
        branches=[each for each in sites if each["level"] == "sub_centre"],
        departments=departments,
        items=_items({each["code"] for each in departments}),
    )  # fmt: skip


def _below(
    regions: list[dict[str, str]], sites: dict[str, dict[str, str]], level: str, parents: set[str], most: int | None
) -> list[Place]:
    taken: dict[str, int] = {}
    found = []
    for each in regions:
        parent = each["parent12"]
        if each["level"] != level or parent not in parents or (most is not None and taken.get(parent, 0) >= most):
            continue
        taken[parent] = taken.get(parent, 0) + 1
        found.append(Place(each["code12"], each["name"], level, parent, sites[each["code12"]]))
    return found


def _items(departments: set[str]) -> list[Item]:
    return [
        Item(
            each["code"],
            each["dept"],
            frozenset(each["levels"].split(";")),
            frozenset(filter(None, each["receiving_levels"].split(";"))),
            each["case_kind"] == "1",
            each["module"],
            for_persons="1" in each["objects"].split(";"),
            is_online=bool({"2", "3"} & set(each["channels"].split(";"))),
            is_published=each["status"] == "published",
        )
        for each in rows("items_full.csv")
        if each["status"] in OPEN and each["dept"] in departments
    ]
