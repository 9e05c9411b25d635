"""People's words for what the catalogue calls otherwise: added, changed and taken out at the desk, in force with the next question."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from onedoor.catalog import words
from onedoor.catalog.acts import ADD_SYNONYM, CHANGE_SYNONYM, REMOVE_SYNONYM
from onedoor.catalog.models import CatalogItem, Synonym
from onedoor.catalog.permissions import require_publisher
from onedoor.catalog.services.edition import move_edition
from onedoor.catalog.services.search_index import index, index_soon
from onedoor.catalog.subjects import SYNONYM
from onedoor.journal.services import Record, record, record_many
from onedoor.kernel.actor import Actor
from onedoor.kernel.errors import NotFound, Refused
from onedoor.kernel.ids import new_id
from onedoor.kernel.subjects import Subject

LONGEST = 60
LONGEST_MEANING = 120


class UnknownSynonymItem(Refused):
    """A synonym names an item that the catalogue does not have."""

    code = "unknown_item"
    http_status = 422


class WrongSynonym(Refused):
    """A synonym without a word, or without what it means."""

    code = "wrong_synonym"
    http_status = 422


class SynonymTaken(Refused):
    """The same word is there already with the same meaning."""

    code = "synonym_taken"
    http_status = 409
    default = _("This word is there already with this meaning.")


@dataclass(frozen=True, slots=True)
class NewSynonym:
    """People's word, the catalogue's word, and the item it means where it means one."""

    word: str
    catalogue_word: str
    item_code: str = ""


@transaction.atomic(savepoint=False)
def add_synonyms(rows: Sequence[NewSynonym], *, by: Actor, at: datetime) -> int:
    """Add people's words to the search, cut at once; those that are there already stay. Returns how many were added.

    :raises UnknownSynonymItem: when a word names an item that is not there.
    :raises WrongSynonym: when a word or its meaning is missing or too long.
    :raises NotAllowed: when the actor has not the duty ``catalog.publish``.
    """
    require_publisher(by)
    made = _add(rows, by=by, at=at)
    index(sorted({each.item_id for each in made if each.item_id is not None}))
    move_edition()
    return len(made)


@transaction.atomic(durable=True)
def add_synonym(row: NewSynonym, *, by: Actor, at: datetime) -> UUID:
    """Add one of people's words; the next question finds by it, in every process.

    :raises UnknownSynonymItem: when it names an item that is not there.
    :raises WrongSynonym: when the word or its meaning is missing or too long.
    :raises SynonymTaken: when it is there already with this meaning.
    :raises NotAllowed: when the actor has not the duty ``catalog.publish``.
    """
    require_publisher(by)
    made = _add([row], by=by, at=at)
    if not made:
        raise SynonymTaken
    _take_effect(made[0].item_id)
    return made[0].id


@transaction.atomic(durable=True)
def change_synonym(synonym_id: UUID, *, row: NewSynonym, by: Actor, at: datetime) -> None:
    """Give one of people's words another spelling or another meaning.

    :raises NotFound: when it is not there any more.
    :raises UnknownSynonymItem: when it names an item that is not there.
    :raises WrongSynonym: when the word or its meaning is missing or too long.
    :raises SynonymTaken: when another one is there with this word and this meaning.
    :raises NotAllowed: when the actor has not the duty ``catalog.publish``.
    """
    require_publisher(by)
    synonym = _locked(synonym_id)
    changed = _checked([row])[0]
    if Synonym.objects.filter(_same(changed)).exclude(id=synonym_id).exists():
        raise SynonymTaken
    before = _facts(synonym)
    item_before = synonym.item_id
    synonym.word, synonym.catalogue_word, synonym.item = changed.word, changed.catalogue_word, changed.item
    synonym.save(update_fields=["word", "catalogue_word", "item"])
    facts = _facts(synonym) | {f"old_{name}": value for name, value in before.items()}
    record(CHANGE_SYNONYM, subject=Subject(SYNONYM, synonym.id), by=by, at=at, facts=facts)
    _take_effect(item_before, synonym.item_id)


@transaction.atomic(durable=True)
def remove_synonym(synonym_id: UUID, *, by: Actor, at: datetime) -> None:
    """Take one of people's words out of the search.

    :raises NotFound: when it is not there any more.
    :raises NotAllowed: when the actor has not the duty ``catalog.publish``.
    """
    require_publisher(by)
    synonym = _locked(synonym_id)
    record(REMOVE_SYNONYM, subject=Subject(SYNONYM, synonym.id), by=by, at=at, facts=_facts(synonym))
    synonym.delete()
    _take_effect(synonym.item_id)


def _locked(synonym_id: UUID) -> Synonym:
    synonym = Synonym.objects.select_for_update(of=("self",)).select_related("item").filter(id=synonym_id).first()
    if synonym is None:
        raise NotFound(_("This word is not in the search any more. Somebody else may have taken it out."))
    return synonym


def _checked(rows: Sequence[NewSynonym]) -> list[Synonym]:
    """Return rows as they would be written."""
    known = {item.code: item for item in CatalogItem.objects.filter(code__in={row.item_code for row in rows if row.item_code})}
    found = []
    for row in rows:
        if row.item_code and row.item_code not in known:
            raise UnknownSynonymItem(_("There is no item %(code)s in the catalogue.") % {"code": row.item_code})
        item = known.get(row.item_code)
        word, meaning = words.normalised(row.word), words.normalised(row.catalogue_word or (item.name if item else ""))
        if not 0 < len(word) <= LONGEST or not 0 < len(meaning) <= LONGEST_MEANING:
            raise WrongSynonym(
                _(
                    "Say the word that people use, in at most 60 characters, and the item or the word of the catalogue that it means."
                )
            )
        found.append(Synonym(id=new_id(), word=word, catalogue_word=meaning, item=item))
    return found


def _add(rows: Sequence[NewSynonym], *, by: Actor, at: datetime) -> list[Synonym]:
    """Write and record the words that are not there yet. Four statements for any number."""
    given = {(each.word, each.catalogue_word, each.item_id): each for each in _checked(rows)}
    there = Synonym.objects.filter(word__in={word for word, _meaning, _item in given})
    for key in there.values_list("word", "catalogue_word", "item_id"):
        given.pop(key, None)
    made = list(given.values())
    try:
        Synonym.objects.bulk_create(made)
    except IntegrityError as error:  # somebody else added it in this moment
        raise SynonymTaken from error
    record_many(ADD_SYNONYM, [Record(Subject(SYNONYM, each.id), _facts(each)) for each in made], by=by, at=at)
    return made


def _same(synonym: Synonym) -> Q:
    return Q(word=synonym.word, catalogue_word=synonym.catalogue_word, item=synonym.item_id)


def _facts(synonym: Synonym) -> dict[str, str]:
    meaning = synonym.item.name if synonym.item else synonym.catalogue_word
    return {"word": synonym.word, "meaning": meaning} | ({"item": synonym.item.code} if synonym.item else {})


def _take_effect(*item_ids: UUID | None) -> None:
    index_soon(sorted({each for each in item_ids if each is not None}))
    move_edition()
