"""Suggestions while somebody types: what begins so, by characters, pinyin or initials; else what a search would find."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import connection

from onedoor.catalog import words
from onedoor.catalog.content import in_language
from onedoor.catalog.finding import likeliest

MOST = 8
ENOUGH = 3
LONGEST_BEGINNING = 40
BOUND = 40

# Each way in is bounded before anything is compared: a single letter begins a tenth of all phrases.
_BEGINNING = """
SELECT item_id, text, folded, standing FROM catalog_searchphrase WHERE {column} LIKE %(like)s LIMIT 400
"""
_SUGGEST = """
WITH begun AS ({ways}),
each AS (SELECT DISTINCT ON (item_id) * FROM begun ORDER BY item_id, folded <> %(q)s, char_length(folded), folded)
SELECT item_id, text, name, name_en, code FROM each JOIN catalog_catalogitem i ON i.id = item_id
ORDER BY folded <> %(q)s, standing, char_length(folded), code LIMIT %(most)s
"""
_ONE_WAY, _THREE_WAYS = (
    _SUGGEST.format(ways=" UNION ALL ".join(f"({_BEGINNING.format(column=column)})" for column in columns))
    for columns in (("folded",), ("folded", "pinyin", "initials"))
)


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
    found: dict[str, Suggestion] = {}
    for _item, phrase, name, name_en, code in _begun(question):
        found[code] = Suggestion(phrase, in_language(name, name_en), code)
    if len(found) < ENOUGH and len(question) > 1:
        for match in likeliest(question, bound=BOUND):
            found.setdefault(match.code, Suggestion(match.title, match.title, match.code))
    return list(found.values())[:MOST]


def _begun(question: str) -> list[tuple[UUID, str, str, str, str]]:
    """Return items of which a name or people's word begins with a question."""
    letters = "".join(words.LATIN.findall(question)) if question.isascii() else ""
    values: dict[str, Any] = {"q": question, "most": MOST, "like": _like(letters or question)}
    with connection.cursor() as cursor:
        cursor.execute(_THREE_WAYS if letters else _ONE_WAY, values)
        return list(cursor.fetchall())


def _like(text: str) -> str:
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
