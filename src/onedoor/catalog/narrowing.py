"""By what a list is narrowed, with how much each choice would leave. What cannot be counted within a bound is not counted."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.db import connection
from django.utils.translation import gettext, pgettext

from onedoor.catalog.queries import Facets
from onedoor.kernel.errors import Text

MOST_COUNTED = 2000

_COUNT = """
WITH listed AS (SELECT facets FROM catalog_searchentry WHERE facets @> %s::varchar[] LIMIT %s)
SELECT mark, count(*), (SELECT count(*) FROM listed) FROM listed, unnest(facets) AS mark GROUP BY mark
"""


@dataclass(frozen=True, slots=True)
class Choice:
    """One choice by which a list is narrowed; ``count`` is what it would leave, None where nobody counted."""

    value: str
    label: Text
    count: int | None
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class Choices:
    """All choices beside a list."""

    who: list[Choice]
    departments: list[Choice]
    levels: list[Choice]
    online: Choice
    instant: Choice


def counts_of(facets: Facets) -> Mapping[str, int]:
    """Return how many items of a list have each mark; nothing where the list is longer than ``MOST_COUNTED``. One statement."""
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, [facets.marks(), MOST_COUNTED + 1])
        rows = cursor.fetchall()
    return {} if not rows or rows[0][2] > MOST_COUNTED else {mark: count for mark, count, _all in rows}


def choices(facets: Facets, counts: Mapping[str, int], departments: Iterable[tuple[str, str, int]]) -> Choices:
    """Return the choices with what each would leave; where one was chosen, its neighbours were not counted."""

    def choice(kind: str, value: str, label: Text, chosen: str) -> Choice:
        counted = counts.get(f"{kind}:{value}", 0) if counts and chosen in ("", value) else None
        return Choice(value, label, counted, value == chosen)

    def box(mark: str, label: Text, *, is_chosen: bool) -> Choice:
        return Choice("1", label, counts.get(mark, 0) if counts else None, is_chosen)

    names = [choice("d", code, name, facets.department) for code, name, _count in departments]
    return Choices(
        who=[choice("w", value, label, facets.who) for value, label in whos()],
        departments=[each for each in names if each.count != 0 or each.is_chosen],
        levels=[choice("l", value, label, facets.level) for value, label in levels()],
        online=box("online", gettext("Only what can be done online"), is_chosen=facets.online),
        instant=box("instant", gettext("Only what is done on the spot"), is_chosen=facets.instant),
    )


def whos() -> list[tuple[str, str]]:
    """Return who may apply."""
    return [("person", gettext("A person")), ("organisation", gettext("A company or another organisation"))]


def levels() -> list[tuple[str, str]]:
    """Return the levels, the city first."""
    return [
        ("city", pgettext("level", "City")),
        ("county", pgettext("level", "County or district")),
        ("township", pgettext("level", "Township or street")),
        ("village", pgettext("level", "Village or community")),
    ]
