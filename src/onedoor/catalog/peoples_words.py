"""People's words as the desk lists them."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext

from onedoor.catalog import words
from onedoor.catalog.content import in_language
from onedoor.catalog.models import Synonym
from onedoor.kernel.errors import NotFound
from onedoor.kernel.paging import Page, first_page

SIZE = 50


@dataclass(frozen=True, slots=True)
class PeoplesWord:
    """One of people's words and what it means: an item, or a word of the catalogue."""

    id: UUID
    word: str
    catalogue_word: str
    item_code: str
    item_name: str

    @property
    def mark(self) -> str:
        """Where the next page begins."""
        return f"{self.word}\n{self.id}"


def words_page(text: str, *, after: str = "") -> Page[PeoplesWord]:
    """Return a page of people's words in order, those that have ``text`` in them or mean what has it. One statement."""
    rows = Synonym.objects.select_related("item").order_by("word", "id")
    if wanted := words.normalised(text):
        rows = rows.filter(
            Q(word__contains=wanted)
            | Q(catalogue_word__contains=wanted)
            | Q(item__name__contains=wanted)
            | Q(item__code=wanted.upper())
        )
    word, _line, key = after.partition("\n")
    if word and _is_id(key):
        rows = rows.filter(Q(word__gt=word) | Q(word=word, id__gt=key))
    return first_page([_shown(row) for row in rows[: SIZE + 1]], SIZE)


def word_for(synonym_id: UUID) -> PeoplesWord:
    """Return one of people's words.

    :raises NotFound: when it is not there.
    """
    row = Synonym.objects.select_related("item").filter(id=synonym_id).first()
    if row is None:
        raise NotFound(gettext("This word is not in the search any more. Somebody else may have taken it out."))
    return _shown(row)


def _shown(row: Synonym) -> PeoplesWord:
    item = row.item
    name = in_language(item.name, item.name_en) if item else ""
    return PeoplesWord(row.id, row.word, row.catalogue_word, item.code if item else "", name)


def _is_id(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True
