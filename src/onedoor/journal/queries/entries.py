"""What happened to a subject."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby
from typing import Any
from uuid import UUID

from django.db.models import OuterRef, Subquery
from django.utils.translation import gettext

from onedoor.journal.acts import sentence_for, sentence_for_several
from onedoor.journal.models import Entry, Leaf, PersonalFacts
from onedoor.kernel.errors import NotFound
from onedoor.kernel.subjects import Subject


@dataclass(frozen=True, slots=True)
class EntryView:
    """One entry for people: who did what, when it happened and when it was recorded."""

    id: UUID
    act: str
    at: datetime
    recorded_at: datetime
    actor: str
    account_id: UUID | None
    facts: Mapping[str, Any] = field(repr=False)
    batch: int | None

    @property
    def sealed(self) -> bool:
        return self.batch is not None

    @property
    def sentence(self) -> str:
        return sentence_for(self.act, self.actor, self.facts)


@dataclass(frozen=True, slots=True)
class Fold:
    """Entries that follow each other and say the same of the same actor, told as one; each keeps its own proof."""

    entries: Sequence[EntryView]

    @property
    def first(self) -> EntryView:
        return self.entries[0]

    @property
    def is_single(self) -> bool:
        return len(self.entries) == 1

    @property
    def sealed(self) -> bool:
        return all(each.sealed for each in self.entries)

    @property
    def sentence(self) -> str:
        first = self.first
        if self.is_single:
            return first.sentence
        return sentence_for_several(first.act, first.actor, first.facts, len(self.entries))


def folded(entries: Iterable[EntryView]) -> list[Fold]:
    """Return entries in their order, those that follow each other and say the same as one. No statement."""
    alike = groupby(entries, key=lambda each: (each.act, each.account_id, each.sentence))
    return [Fold(tuple(group)) for _what, group in alike]


def entries_of(subject: Subject, limit: int = 100) -> list[EntryView]:
    """Return the newest entries about a subject, newest first. One statement."""
    seal = Leaf.objects.filter(entry_id=OuterRef("pk")).values("batch_id")
    found = Entry.objects.filter(subject_id=subject.id, subject_kind=subject.kind).annotate(batch=Subquery(seal)).order_by("-pk")
    return [_view(each) for each in found[:limit]]


def entries_on_behalf_of(represented: UUID, limit: int = 100) -> list[EntryView]:
    """Return the newest entries of what was done for a person or an organisation by somebody else, newest first. One statement."""
    seal = Leaf.objects.filter(entry_id=OuterRef("pk")).values("batch_id")
    found = Entry.objects.filter(on_behalf_of=represented).annotate(batch=Subquery(seal)).order_by("-pk")
    return [_view(each) for each in found[:limit]]


def entries_about(subjects: Collection[Subject], *, acts: Collection[str], limit: int = 100) -> list[EntryView]:
    """Return the newest entries of some acts about any of the subjects, newest first. One statement."""
    seal = Leaf.objects.filter(entry_id=OuterRef("pk")).values("batch_id")
    found = Entry.objects.filter(subject_id__in=[each.id for each in subjects], act__in=list(acts))
    return [_view(each) for each in found.annotate(batch=Subquery(seal)).order_by("-pk")[:limit]]


def entry_view(entry_id: UUID) -> EntryView:
    """Return one entry.

    :raises NotFound: when there is none.
    """
    seal = Leaf.objects.filter(entry_id=OuterRef("pk")).values("batch_id")
    found = Entry.objects.filter(pk=entry_id).annotate(batch=Subquery(seal)).first()
    if found is None:
        raise NotFound
    return _view(found)


def _view(entry: Any) -> EntryView:
    return EntryView(
        id=entry.pk,
        act=entry.act,
        at=entry.at,
        recorded_at=entry.recorded_at,
        actor=entry.actor_label
        or (gettext("Somebody acting for the applicant") if entry.facts.get("proxy") else gettext("The applicant")),
        account_id=entry.account_id,
        facts=entry.facts,
        batch=entry.batch,
    )


def personal_facts(entry_ids: Iterable[UUID]) -> dict[UUID, dict[str, Any]]:
    """Return the personal facts of entries as far as they were not shredded. One statement; asking needs a reason of its own."""
    return {each.entry_id: each.facts for each in PersonalFacts.objects.filter(entry_id__in=list(entry_ids))}
