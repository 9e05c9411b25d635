"""Suggestions while somebody types: what begins so, by characters, pinyin or initials; else what a search would find."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db import connection

from onedoor.catalog import words
from onedoor.catalog.content import in_language
from onedoor.catalog.finding import likeliest
from onedoor.catalog.understanding import understand

MOST = 8
ENOUGH = 3
LONGEST_BEGINNING = 40
BOUND = 40

# Each way in is bounded before anything is compared: a single letter begins a tenth of all phrases. Names are looked up for the few
# that are shown.
_BEGINNING = """
SELECT item_id, text, folded, standing FROM catalog_searchphrase WHERE {column} LIKE %(like)s LIMIT 300
"""
_SUGGEST = """
WITH begun AS ({ways}),
each AS (SELECT DISTINCT ON (item_id) * FROM begun ORDER BY item_id, folded <> %(q)s, char_length(folded), folded),
shown AS (SELECT * FROM each ORDER BY folded <> %(q)s, standing, char_length(folded), folded, item_id LIMIT %(most)s)
SELECT text, name, name_en, code FROM shown JOIN catalog_catalogitem i ON i.id = item_id
ORDER BY folded <> %(q)s, standing, char_length(folded), code
"""
_ONE_WAY, _THREE_WAYS = (
    _SUGGEST.format(ways=" UNION ALL ".join(f"({_BEGINNING.format(column=column)})" for column in columns))
    for columns in (("folded",), ("folded", "pinyin", "initials"))
)
# One word that stands inside many names (补领, 变更): nothing is ranked, those of the best standing come first.
_INSIDE = """
WITH hits AS (SELECT item_id, standing FROM catalog_searchentry WHERE words @@ %(named)s::tsquery LIMIT 300),
best AS (SELECT * FROM hits ORDER BY standing, item_id LIMIT 40)
SELECT name, name_en, code FROM best JOIN catalog_catalogitem i ON i.id = item_id
ORDER BY position(%(q)s IN lower(name)) = 0, standing, code LIMIT %(most)s
"""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """An item that may be meant: by what it was found, what it is called, where its guide is."""

    text: str
    name: str
    code: str

    @property
    def url(self) -> str:
        return f"/items/{self.code}/"

    @property
    def also(self) -> str:
        """The words by which it was found where these are not its name."""
        return "" if words.normalised(self.text) == words.normalised(self.name) else self.text


def suggest(text: str) -> list[Suggestion]:
    """Return what may be meant by the beginning of a question, at most eight. One statement, up to four more where too little begins so."""
    question = words.normalised(words.normalised(text)[:LONGEST_BEGINNING])
    if not question:
        return []
    found = {code: Suggestion(phrase, in_language(name, name_en), code) for phrase, name, name_en, code in _begun(question)}
    if len(found) < ENOUGH and len(question) > 1:
        for title, code in _meant(question):
            found.setdefault(code, Suggestion(title, title, code))
    return list(found.values())[:MOST]


def _begun(question: str) -> list[tuple[str, str, str, str]]:
    """Return items of which a name or people's word begins with a question."""
    letters = "".join(words.LATIN.findall(question)) if question.isascii() else ""
    values: dict[str, Any] = {"q": question, "most": MOST, "like": _like(letters or question)}
    with connection.cursor() as cursor:
        cursor.execute(_THREE_WAYS if letters else _ONE_WAY, values)
        return list(cursor.fetchall())


def _meant(question: str) -> list[tuple[str, str]]:
    """Return titles and codes of the items that a search would find: those with one word in their names, or the likeliest."""
    understood = understand(question)
    if len(understood.concepts) != 1 or understood.items:
        return [(match.title, match.code) for match in likeliest(understood, bound=BOUND)]
    named = " | ".join(f"{words.query([word])}:AB" for word in understood.concepts[0].alternatives)
    with connection.cursor() as cursor:
        cursor.execute(_INSIDE, {"q": question, "named": named, "most": MOST})
        return [(in_language(name, name_en), code) for name, name_en, code in cursor.fetchall()]


def _like(text: str) -> str:
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
