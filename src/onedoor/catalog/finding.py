"""Search: people's words to items. Candidates are bounded before they are ranked: a common word costs as much as a rare one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db import connection

from onedoor.catalog import words
from onedoor.catalog.content import in_language
from onedoor.catalog.models import CURRENT, ItemVersion
from onedoor.catalog.queries import Facets, ItemLine, item_line
from onedoor.catalog.understanding import Concept, Understood, understand

# So many entries are ranked, those of the best standing among so many times as many, taken as the index gives them.
MOST_CANDIDATES = 200
LOOKED_AT = 15
MOST_FOUND = 200
SIZE = 60
# Below this share of the best match is noise: a single word that happens to be shared.
NOISE = 0.35
# How many entries the rarer words of a question may have together before the commoner ones only rank.
ENOUGH = 2000

# The bound comes first: of the entries that have all words, and of those that have any of the rarer ones, those of the best
# standing are ranked, the others never looked at.
_RANK = """
WITH asked AS (
    SELECT concept, query, gain, numnode(query) / 2 + 1 AS size
    FROM unnest(%(concept)s::int[], %(query)s::text[]::tsquery[], %(gain)s::float8[]) AS given(concept, query, gain)
), meant AS (
    SELECT item_id, max(share) AS share FROM (
        SELECT item_id, share FROM unnest(%(meant)s::uuid[], %(share)s::float8[]) AS given(item_id, share)
        UNION ALL SELECT id, 3 FROM catalog_catalogitem WHERE code = upper(%(q)s)
    ) AS either GROUP BY item_id
), candidates AS (
    SELECT item_id FROM meant
    UNION (SELECT item_id FROM (
        SELECT item_id, standing FROM catalog_searchentry
        WHERE words @@ %(all)s::tsquery AND facets @> %(facets)s::varchar[] LIMIT %(looked_at)s
    ) AS has_all ORDER BY standing, item_id LIMIT %(most)s)
    UNION (SELECT item_id FROM (
        SELECT item_id, standing FROM catalog_searchentry
        WHERE words @@ %(any)s::tsquery AND facets @> %(facets)s::varchar[] LIMIT %(looked_at)s
    ) AS has_any ORDER BY standing, item_id LIMIT %(most)s)
), entries AS (
    SELECT e.item_id, e.words, e.facets FROM candidates JOIN catalog_searchentry e USING (item_id)
    WHERE e.facets @> %(facets)s::varchar[]
), fits AS (
    SELECT item_id, sum(best) AS fit FROM (
        SELECT e.item_id, max(a.gain * least(1, 1.645 * a.size * ts_rank('{0.2, 0.35, 0.7, 1}', e.words, a.query))) AS best
        FROM entries e JOIN asked a ON e.words @@ a.query GROUP BY e.item_id, a.concept
    ) AS each GROUP BY item_id
)
SELECT e.item_id, i.code, i.name, i.name_en, e.facets,
       (10000 * (coalesce(f.fit, 0) + coalesce(m.share, 0)
        + CASE WHEN lower(i.name) = %(q)s THEN 2 WHEN position(%(q)s IN lower(i.name)) > 0 THEN 0.4 ELSE 0 END
        - 0.003 * char_length(i.name)))::int AS score
FROM entries e JOIN catalog_catalogitem i ON i.id = e.item_id LEFT JOIN fits f USING (item_id) LEFT JOIN meant m USING (item_id)
ORDER BY ('open' = ANY(e.facets)) DESC, score DESC, i.code LIMIT %(found)s
"""


@dataclass(frozen=True, slots=True)
class Match:
    """An item that fits, with what places it: open ones first, then by score, then by code."""

    item_id: UUID
    code: str
    name: str
    name_en: str
    is_open: bool
    score: int

    @property
    def title(self) -> str:
        return in_language(self.name, self.name_en)

    @property
    def place(self) -> tuple[bool, int, str]:
        return (not self.is_open, -self.score, self.code)

    @property
    def mark(self) -> str:
        """The place as an address carries it."""
        return f"{int(self.is_open)}.{self.score}.{self.code}"


@dataclass(frozen=True, slots=True)
class Found:
    """What a search found, best first, and the question as it was understood.

    ``items`` are those of the page; ``count`` of all, at most ``MOST_FOUND``; ``next`` marks where the next page begins; ``counts``
    says how many of all have each mark that lists are narrowed by.
    """

    question: str
    items: list[ItemLine]
    meant: tuple[str, ...] = ()
    count: int = 0
    next: str = ""
    counts: Mapping[str, int] = field(default_factory=dict)

    @property
    def is_cut_off(self) -> bool:
        return self.count >= MOST_FOUND


def search(text: str, facets: Facets | None = None, *, after: str = "", size: int = SIZE, bound: int = MOST_CANDIDATES) -> Found:
    """Return a page of the items that people's words mean, best first; items that cannot be applied for come last.

    ``bound`` is how many are ranked at most. Three statements, and up to two more where the question has mistakes or people's
    words for several things.
    """
    understood = understand(text)
    if not understood.question:
        return Found("", [])
    ranked, counts = _ranked(understood, facets or Facets(), bound)
    begin = _place(after)
    rest = [match for match in ranked if begin is None or match.place > begin]
    shown = rest[:size]
    return Found(
        understood.question,
        _lines(shown),
        understood.terms,
        len(ranked),
        shown[-1].mark if len(rest) > size else "",
        counts,
    )


def likeliest(understood: Understood, *, bound: int) -> list[Match]:
    """Return what a question means, best first, of at most ``bound`` that are ranked. One statement."""
    return _ranked(understood, Facets(), bound)[0] if understood.question else []


def _place(mark: str) -> tuple[bool, int, str] | None:
    """Return the place that an address carries; None where it carries none that can be read."""
    parts = mark.split(".", 2)
    if len(parts) != 3 or parts[0] not in {"0", "1"} or not parts[1].lstrip("-").isdecimal() or len(parts[1]) > 9:
        return None
    return (parts[0] == "0", -int(parts[1]), parts[2])


def _lines(matches: Sequence[Match]) -> list[ItemLine]:
    if not matches:
        return []
    ids = [match.item_id for match in matches]
    rows = ItemVersion.objects.filter(item__in=ids, status__in=CURRENT).select_related("item")
    lines = {row.item_id: item_line(row) for row in rows}
    return [lines[item] for item in ids if item in lines]


def _ranked(understood: Understood, facets: Facets, bound: int) -> tuple[list[Match], Mapping[str, int]]:
    """Return what fits, best first, without what is far worse than the best, and how many have each mark."""
    if not understood.concepts and not understood.items and not _may_be_code(understood.question):
        return [], {}
    with connection.cursor() as cursor:
        cursor.execute(_RANK, _values(understood, facets, bound))
        rows = cursor.fetchall()
    least = NOISE * min(10_000, max((score for *_row, score in rows), default=0))
    rows = [row for row in rows if row[-1] > 0 and row[-1] >= least]
    counts = Counter(mark for *_item, marks, _score in rows for mark in marks)
    return [Match(item, code, name, name_en, "open" in marks, score) for item, code, name, name_en, marks, score in rows], counts


def _may_be_code(question: str) -> bool:
    return question[:1].isdecimal() and "-" in question


def _values(understood: Understood, facets: Facets, bound: int) -> dict[str, Any]:
    concepts = understood.concepts
    weight = sum(concept.telling for concept in concepts) or 1.0
    asked = [
        (number, words.query(some), gain * concept.telling / weight)
        for number, concept in enumerate(concepts)
        for gain, some in _by_gain(concept)
    ]
    return {
        "concept": [number for number, _query, _gain in asked],
        "query": [query for _number, query, _gain in asked],
        "gain": [gain for _number, _query, gain in asked],
        "meant": list(understood.items),
        "share": list(understood.items.values()),
        "all": " & ".join(f"({words.query(concept.alternatives)})" for concept in concepts),
        "any": words.query(word for concept in _rarer(concepts) for word in concept.alternatives),
        "facets": facets.marks(),
        "q": understood.question,
        "looked_at": bound * LOOKED_AT,
        "most": bound,
        "found": MOST_FOUND,
    }


def _by_gain(concept: Concept) -> list[tuple[float, list[str]]]:
    """Return the words of a concept, those that say it equally well together."""
    found: dict[float, list[str]] = {}
    for word, gain in concept.alternatives.items():
        found.setdefault(round(gain, 2), []).append(word)
    return list(found.items())


def _rarer(concepts: Sequence[Concept]) -> list[Concept]:
    """Return the rarer concepts of a question: those that together have not too many entries, at least one."""
    found: list[Concept] = []
    together = 0
    for concept in sorted(concepts, key=lambda each: each.entries):
        together += concept.entries
        if found and together > ENOUGH:
            break
        found.append(concept)
    return found
