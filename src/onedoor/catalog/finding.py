"""Search: people's words to items. Candidates are bounded before they are ranked: a common word costs as much as a rare one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import connection

from onedoor.catalog import words
from onedoor.catalog.models import CURRENT, ItemVersion
from onedoor.catalog.queries import Facets, ItemLine, item_line

MOST_CANDIDATES = 400
MOST_FOUND = 60
# Below this rank, or far below the best match, is noise: a single pair of characters that happens to be shared.
NOISE = 0.15

_SYNONYMS = """
SELECT word, catalogue_word, item_id FROM catalog_synonym
WHERE position(word IN %(q)s) > 0 OR (char_length(%(q)s) > 1 AND word LIKE %(like)s)
ORDER BY word = %(q)s DESC, char_length(word) DESC, id LIMIT 40
"""
# The bound comes first: entries are taken as the index gives them, then ranked. All words at once are asked for before any of
# them, so that the bound never cuts off what fits best.
_RANK = """
WITH meant AS (SELECT unnest(%(meant)s::uuid[]) AS item_id UNION SELECT id FROM catalog_catalogitem WHERE code = upper(%(q)s)),
candidates AS (
    (SELECT item_id, words FROM catalog_searchentry WHERE item_id IN (SELECT item_id FROM meant))
    UNION (SELECT item_id, words FROM catalog_searchentry WHERE words @@ %(all)s::tsquery LIMIT %(most)s)
    UNION (SELECT item_id, words FROM catalog_searchentry WHERE words @@ %(any)s::tsquery LIMIT %(most)s)
), ranked AS (
    SELECT c.item_id,
           ts_rank('{0.02, 0.15, 0.4, 1.0}', c.words, %(any)s::tsquery)
           + CASE WHEN c.words @@ %(all)s::tsquery THEN 1 ELSE 0 END
           + CASE WHEN c.item_id IN (SELECT item_id FROM meant) THEN 2 ELSE 0 END
           + CASE WHEN position(%(q)s IN lower(i.name)) > 0 THEN 1.5 ELSE 0 END
           + CASE WHEN lower(i.name) = %(q)s THEN 3 ELSE 0 END AS score
    FROM candidates c JOIN catalog_catalogitem i ON i.id = c.item_id
)
SELECT r.item_id, r.score FROM ranked r ORDER BY r.score DESC, r.item_id LIMIT %(found)s
"""


@dataclass(frozen=True, slots=True)
class Found:
    """What a search found, best first, and the question as it was understood."""

    question: str
    items: list[ItemLine]
    meant: tuple[str, ...] = ()


def search(text: str, facets: Facets | None = None) -> Found:
    """Return the items that people's words mean, best first; items that cannot be applied for come last. Three statements."""
    question = words.normalised(text)[: words.LONGEST_QUESTION]
    if not question or "\x00" in question:
        return Found(question.replace("\x00", ""), [])
    meant, catalogue_words, terms = _synonyms_in(question)
    cut = words.cut(question) or words.pairs(question) or [question]
    also = [word for each in catalogue_words for word in words.cut(each)]
    asked = words.telling(dict.fromkeys((*cut, *also, *words.pairs(question))))
    ranked = _ranked(question, words.query(cut, " & "), words.query(asked), meant)
    if not ranked:
        return Found(question, [], terms)
    least = min(max(ranked.values()), 1.0) * NOISE
    ids = [item for item, score in ranked.items() if score >= least]
    versions = ItemVersion.objects.filter(item__in=ids, status__in=CURRENT).select_related("item")
    if facets is not None:
        versions = versions.filter(facets.condition())
    lines = {row.item_id: item_line(row) for row in versions}
    best_first = [lines[item] for item in ids if item in lines]
    return Found(question, sorted(best_first, key=lambda line: not line.is_open), terms)


def _synonyms_in(question: str) -> tuple[list[UUID], list[str], tuple[str, ...]]:
    """Return the items that words of a question mean, the catalogue's words where they mean no single item, and the words."""
    like = question.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
    with connection.cursor() as cursor:
        cursor.execute(_SYNONYMS, {"q": question, "like": like})
        rows = cursor.fetchall()
    items = [item for _word, _meaning, item in rows if item is not None]
    return (
        items,
        list(dict.fromkeys(meaning for _word, meaning, item in rows if item is None)),
        tuple(dict.fromkeys(word for word, _m, _i in rows)),
    )


def _ranked(question: str, all_words: str, any_word: str, meant: list[UUID]) -> dict[UUID, float]:
    values: dict[str, Any] = {
        "q": question,
        "all": all_words,
        "any": any_word,
        "meant": meant,
        "most": MOST_CANDIDATES,
        "found": MOST_FOUND,
    }
    with connection.cursor() as cursor:
        cursor.execute(_RANK, values)
        return dict(cursor.fetchall())
