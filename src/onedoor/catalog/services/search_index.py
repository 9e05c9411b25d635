"""The words by which items are found, and the synonyms that people use."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import connection, transaction
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from onedoor.catalog import words
from onedoor.catalog.models import CURRENT, CatalogItem, ItemVersion, Synonym
from onedoor.catalog.services.edition import move_edition
from onedoor.catalog.topics import TOPIC_BY_CODE
from onedoor.kernel.actor import Actor
from onedoor.kernel.errors import Refused


class UnknownSynonymItem(Refused):
    """A synonym names an item that the catalogue does not have."""

    code = "unknown_item"
    http_status = 422


@dataclass(frozen=True, slots=True)
class NewSynonym:
    """People's word, the catalogue's word, and the item it means where it means one."""

    word: str
    catalogue_word: str
    item_code: str = ""


@transaction.atomic(savepoint=False)
def add_synonyms(rows: Sequence[NewSynonym], *, by: Actor, at: datetime) -> int:
    """Add people's words to the search; words that are there already stay. Returns how many were given.

    :raises UnknownSynonymItem: when a word names an item that is not there.
    """
    del by, at
    known = dict(CatalogItem.objects.filter(code__in={row.item_code for row in rows if row.item_code}).values_list("code", "id"))
    for row in rows:
        if row.item_code and row.item_code not in known:
            raise UnknownSynonymItem(_("There is no item %(code)s in the catalogue.") % {"code": row.item_code})
    made = [
        Synonym(word=words.normalised(row.word), catalogue_word=row.catalogue_word, item_id=known.get(row.item_code))
        for row in rows
    ]
    Synonym.objects.bulk_create(made, ignore_conflicts=True)
    index(sorted({each.item_id for each in made if each.item_id is not None}))
    move_edition()
    return len(made)


_INDEX = """
INSERT INTO catalog_searchentry (item_id, words)
SELECT item, words::tsvector FROM unnest(%s::uuid[], %s::text[]) AS given(item, words)
ON CONFLICT (item_id) DO UPDATE SET words = EXCLUDED.words
"""


def index(item_ids: Sequence[UUID]) -> None:
    """Cut the words of items and write them; names and people's words weigh most. Three statements for any number."""
    if not item_ids:
        return
    synonyms: dict[UUID, list[str]] = {}
    for item_id, word in Synonym.objects.filter(item__in=item_ids).values_list("item_id", "word"):
        synonyms.setdefault(item_id, []).append(word)
    versions = ItemVersion.objects.filter(item__in=item_ids, status__in=CURRENT).select_related("item")
    vectors = {each.item_id: _vector(each, synonyms.get(each.item_id, [])) for each in versions}
    with connection.cursor() as cursor:
        cursor.execute(_INDEX, [list(vectors), list(vectors.values())])


def _vector(version: ItemVersion, synonyms: Sequence[str]) -> str:
    item, text = version.item, version.content
    names = " ".join((item.name, text.get("plain_name", ""), *synonyms))
    keywords = " ".join(text.get("keywords", ()))
    more = " ".join((text.get("summary", ""), text.get("who_can", ""), text.get("result", {}).get("name", "")))
    options = " ".join(option["name"] for option in text.get("options", ()))
    with translation.override("zh-hans"):
        kinds = " ".join(str(TOPIC_BY_CODE[code].name) for code in item.topics)
    return words.vector(
        (
            ("A", words.cut(names)),
            ("B", words.cut(f"{keywords} {item.name_en}")),
            ("C", words.cut(f"{more} {options} {kinds}")),
            ("D", words.pairs(f"{names} {keywords}")),
        )
    )
