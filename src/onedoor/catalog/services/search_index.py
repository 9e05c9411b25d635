"""The index of the search: by which words an item is found, by what lists are narrowed, what is suggested.

Indexing has two speeds. The act itself writes what can be said without a cutter, so that the next question finds the item; a job then
cuts the words and adds their pinyin, because what that takes (90 MB) has no place in a web process. Imports do it all at once.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.utils import translation

from onedoor.catalog import spelling, words
from onedoor.catalog.models import CURRENT, ItemVersion, Synonym, VersionStatus
from onedoor.catalog.topics import TOPIC_BY_CODE
from onedoor.kernel import jobs

Cutter = Callable[[str], list[str]]
AT_ONCE = 2000
PERSON = "1"  # 服务对象: 自然人 (domain.md 1.3)
_NAMES = re.compile(r"[、，,;；/]")

_ENTRIES = """
INSERT INTO catalog_searchentry (item_id, own, peoples, facets, standing)
SELECT item, own::tsvector, peoples::tsvector, facets::varchar[], standing
FROM unnest(%s::uuid[], %s::text[], %s::text[], %s::text[], %s::smallint[]) AS given(item, own, peoples, facets, standing)
ON CONFLICT (item_id) DO UPDATE SET own = EXCLUDED.own, peoples = EXCLUDED.peoples, facets = EXCLUDED.facets,
                                    standing = EXCLUDED.standing
"""
_STANDING = """
UPDATE catalog_searchentry SET facets = given.facets::varchar[], standing = given.standing
FROM unnest(%s::uuid[], %s::text[], %s::smallint[]) AS given(item, facets, standing) WHERE item_id = given.item
"""
# Sorted, so that two acts that bring the same words do not wait for each other in a circle.
_WORDS = """
INSERT INTO catalog_searchword (word, entries, pinyin, initials, is_read, shapes)
SELECT word, 1, pinyin, initials, is_read, string_to_array(shapes, ' ')::varchar[]
FROM unnest(%s::text[], %s::text[], %s::text[], %s::bool[], %s::text[]) AS given(word, pinyin, initials, is_read, shapes)
ORDER BY word
ON CONFLICT (word) DO UPDATE SET pinyin = EXCLUDED.pinyin, initials = EXCLUDED.initials, is_read = true, shapes = EXCLUDED.shapes
WHERE EXCLUDED.is_read AND NOT catalog_searchword.is_read
"""
_PHRASES = """
WITH gone AS (DELETE FROM catalog_searchphrase WHERE item_id = ANY(%s))
INSERT INTO catalog_searchphrase (item_id, text, folded, pinyin, initials, standing)
SELECT * FROM unnest(%s::uuid[], %s::text[], %s::text[], %s::text[], %s::text[], %s::smallint[])
"""
# Counted as a whole, because an entry that changes does not say which words it had before. Waits for acts that are indexing, so
# that no word is thrown out that one of them is bringing.
_COUNT = (
    "LOCK TABLE catalog_searchentry IN SHARE MODE",
    "CREATE TEMPORARY TABLE counted AS SELECT word, ndoc FROM ts_stat('SELECT words FROM catalog_searchentry')",
    "INSERT INTO counted SELECT '', count(*) FROM catalog_searchentry",
    """INSERT INTO catalog_searchword (word, entries, pinyin, initials, is_read, shapes)
       VALUES ('', 0, '', '', true, '{}') ON CONFLICT DO NOTHING""",
    "DELETE FROM catalog_searchword w WHERE NOT EXISTS (SELECT FROM counted c WHERE c.word = w.word)",
    "UPDATE catalog_searchword w SET entries = ndoc FROM counted c WHERE c.word = w.word AND w.entries <> ndoc",
    "DROP TABLE counted",
)


def index_soon(item_ids: Sequence[UUID], versions: Sequence[ItemVersion] = ()) -> None:
    """Let items be found at once by what needs no cutter, and queue the job that indexes them in full.

    :param versions: those in force of the items, with their items, where they are at hand.
    """
    if item_ids:
        index(item_ids, versions, cutter=None)
        jobs.queue("catalog.index_items", items=[str(each) for each in item_ids])


def index(item_ids: Sequence[UUID], versions: Sequence[ItemVersion] = (), *, cutter: Cutter | None = words.cut) -> None:
    """Write by which words items are found and what is suggested for them; without a cutter, without pinyin too.

    Five statements for each two thousand items; one less where their ``versions`` in force are at hand.
    """
    for start in range(0, len(item_ids), AT_ONCE):
        some = item_ids[start : start + AT_ONCE]
        _index(some, versions[start : start + AT_ONCE] or _in_force(some), cutter)


def _in_force(item_ids: Sequence[UUID]) -> list[ItemVersion]:
    return list(ItemVersion.objects.filter(item__in=item_ids, status__in=CURRENT).select_related("item"))


def _index(item_ids: Sequence[UUID], versions: Sequence[ItemVersion], cutter: Cutter | None) -> None:
    if not versions:
        return
    synonyms: dict[UUID, list[str]] = {}
    for item_id, word in Synonym.objects.filter(item__in=item_ids).order_by("id").values_list("item_id", "word"):
        synonyms.setdefault(item_id, []).append(word)
    own = [_own_words(version, cutter or words.pieces) for version in versions]
    peoples = [_peoples_words(synonyms.get(version.item_id, ()), cutter or words.pieces) for version in versions]
    rows = [
        (version.item_id, words.vector(mine), words.vector(theirs), _array(marks_of(version)), standing_of(version))
        for version, mine, theirs in zip(versions, own, peoples, strict=True)
    ]
    used = {word for weighted in (*own, *peoples) for _weight, some in weighted for word in some}
    with connection.cursor() as cursor:
        cursor.execute(_ENTRIES, [list(column) for column in zip(*rows, strict=True)])
    _add_words(used, is_read=cutter is not None)
    _write_phrases(versions, synonyms, is_read=cutter is not None)


def _own_words(version: ItemVersion, cutter: Cutter) -> list[tuple[str, list[str]]]:
    """Return the words of a version with their weights: names A, keywords and English B, neighbours C, what it says D."""
    item, text = version.item, version.content
    names = f"{item.name} {text.get('plain_name', '')}"
    keywords = text.get("keywords", ())
    more = " ".join((text.get("summary", ""), text.get("who_can", ""), text.get("result", {}).get("name", "")))
    options = " ".join(option["name"] for option in text.get("options", ()))
    with translation.override("zh-hans"):
        kinds = " ".join(str(TOPIC_BY_CODE[code].name) for code in item.topics if code in TOPIC_BY_CODE)
    spoken = [words.normalised(each) for each in keywords if len(each) <= words.LONGEST_WORD]
    return [
        ("A", cutter(names)),
        ("B", [*cutter(f"{' '.join(keywords)} {item.name_en}"), *(each for each in spoken if each.isalnum())]),
        ("C", words.pairs(f"{names} {' '.join(keywords)}")),
        ("D", cutter(f"{more} {options} {kinds}")),
    ]


def _peoples_words(synonyms: Iterable[str], cutter: Cutter) -> list[tuple[str, list[str]]]:
    """Return people's words for an item, each whole and in pieces."""
    spoken = list(synonyms)
    whole = [each for each in spoken if len(each) <= words.LONGEST_WORD and each.isalnum()]
    return [("A", [*whole, *(word for each in spoken for word in cutter(each))]), ("C", words.pairs(" ".join(spoken)))]


def marks_of(version: ItemVersion) -> list[str]:
    """Return by what a list may be narrowed to an item: board, kind, department, levels, who, online, on the spot, open."""
    item = version.item
    objects = version.content.get("objects", ())
    is_open = version.status == VersionStatus.PUBLISHED
    marks = [f"b:{item.board}", f"d:{item.department_code}", *(f"t:{each}" for each in item.topics)]
    marks += [f"l:{each}" for each in dict.fromkeys((*version.levels, *version.content.get("receiving_levels", ())))]
    marks += ["w:person"] * (not objects or PERSON in objects)
    marks += ["w:organisation"] * (not objects or any(each != PERSON for each in objects))
    marks += ["open"] * is_open + ["online"] * (is_open and version.accepts_online)
    return marks + ["instant"] * (is_open and version.case_kind == "1")


def standing_of(version: ItemVersion) -> int:
    """Return where an item stands among many: open ones first, those with a full guide, then the shorter names."""
    is_open = version.status == VersionStatus.PUBLISHED
    return 1000 * (not is_open) + 200 * (not version.is_complete) + min(len(version.item.name), 199)


def stand_anew(item_ids: Sequence[UUID]) -> None:
    """Let lists know that the status of items changed. Two statements."""
    versions = ItemVersion.objects.filter(item__in=item_ids, status__in=CURRENT).select_related("item").order_by("item_id")
    rows = [(version.item_id, _array(marks_of(version)), standing_of(version)) for version in versions]
    if rows:
        with connection.cursor() as cursor:
            cursor.execute(_STANDING, [list(column) for column in zip(*rows, strict=True)])


def _array(marks: Iterable[str]) -> str:
    return "{" + ",".join(f'"{mark}"' for mark in marks) + "}"


def _add_words(used: Iterable[str], *, is_read: bool) -> None:
    """Add words to those by which questions are read, with pinyin where it may be made. Two statements."""
    given = sorted(used)
    with connection.cursor() as cursor:
        cursor.execute("SELECT word FROM catalog_searchword WHERE word = ANY(%s) AND (is_read OR NOT %s)", [given, is_read])
        known = {word for (word,) in cursor.fetchall()}
        fresh = [word for word in given if word not in known]
        sounds = spelling.pinyin_of(fresh) if is_read else [("", "")] * len(fresh)
        shapes = [" ".join(spelling.all_shapes((word, sound))) for word, (sound, _initials) in zip(fresh, sounds, strict=True)]
        columns: list[Any] = [
            fresh,
            [sound for sound, _i in sounds],
            [initials for _s, initials in sounds],
            [is_read] * len(fresh),
            shapes,
        ]
        cursor.execute(_WORDS, columns)


def _write_phrases(versions: Sequence[ItemVersion], synonyms: Mapping[UUID, Sequence[str]], *, is_read: bool) -> None:
    """Write what may be suggested for items: their names and people's words. One statement."""
    rows: list[tuple[UUID, str, str, int]] = []
    for version in versions:
        given = (version.item.name, *_NAMES.split(version.content.get("plain_name", "")), *synonyms.get(version.item_id, ()))
        texts = {words.normalised(each)[:300]: each.strip()[:300] for each in reversed((*given, version.item.name_en))}
        rows += [(version.item_id, text, folded, standing_of(version)) for folded, text in texts.items() if folded]
    sounds = spelling.pinyin_of([folded for _item, _text, folded, _standing in rows]) if is_read else [("", "")] * len(rows)
    with connection.cursor() as cursor:
        cursor.execute(
            _PHRASES,
            [
                [version.item_id for version in versions],
                [row[0] for row in rows],
                [row[1] for row in rows],
                [row[2] for row in rows],
                [sound[:1000] for sound, _initials in sounds],
                [initials[:300] for _sound, initials in sounds],
                [row[3] for row in rows],
            ],
        )


@transaction.atomic
def count_words() -> None:
    """Count in how many entries each word is, and throw out words that no entry has any more."""
    with connection.cursor() as cursor:
        for statement in _COUNT:
            cursor.execute(statement)
