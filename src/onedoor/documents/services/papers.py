"""Acts on official papers. The act fixes number, date and content; the worker makes and seals them."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.core.files.base import ContentFile
from django.db import connection, transaction
from django.db.models import F

from onedoor.documents import acts, keeping, kinds
from onedoor.documents.keeping import StoreFull
from onedoor.documents.models import Paper, PaperState
from onedoor.documents.seal_keys import NoSealKey
from onedoor.journal.services import Record, record, record_many
from onedoor.kernel import jobs
from onedoor.kernel.actor import Actor
from onedoor.kernel.clock import local_date
from onedoor.kernel.ids import new_id
from onedoor.kernel.references import new_code
from onedoor.kernel.subjects import Subject
from onedoor.look import strip

PAPER = "documents.paper"
CODE_LENGTH = 12
MAX_SEAL_TRIES = 5


@dataclass(frozen=True, slots=True)
class NewPaper:
    """A paper to be issued. ``series_word`` (秦审受) numbers it; ``number`` is given where another number is the paper's name.

    ``content`` is what the paper says: see ``docs/papers.md`` for the words that each kind knows. ``entry`` is the journal
    entry of the act that issues it.
    """

    kind: str
    subject: Subject
    holder: str
    title: str
    issuer: str
    series_word: str = ""
    number: str | None = None
    content: Mapping[str, Any] = field(default_factory=dict)
    valid_from: date | None = None
    valid_to: date | None = None
    entry: UUID | None = None


class PaperIncomplete(ValueError):
    """An act wants to issue a paper that leaves out what the law wants said: a bug, never an answer to people."""


class CannotSeal(Exception):
    """No paper of ``issuer`` can be sealed now; its papers wait."""

    def __init__(self, issuer: str, why: str) -> None:
        super().__init__(why)
        self.issuer = issuer


@transaction.atomic(savepoint=False)
def issue_papers(papers: Sequence[NewPaper], *, by: Actor, at: datetime) -> list[Paper]:
    """Fix number, date and content of papers; the worker makes and seals them after commit.

    Call it last in an act: the counter's row stays locked from here to the commit, and only so have numbers no gaps.
    Three statements, however many papers.

    :raises PaperIncomplete: when a paper leaves out what the law wants said.
    """
    del by
    if not papers:
        return []
    for paper in papers:
        if gaps := kinds.missing(paper.kind, paper.content):
            raise PaperIncomplete(f"{paper.kind} without {', '.join(gaps)}")
    jobs.queue_behind("documents.seal_papers")
    numbers = _numbers(papers, at=at)
    is_sample = bool(strip.sample.get())
    rows = [
        Paper(
            id=new_id(),
            kind=paper.kind,
            number=number,
            subject_kind=paper.subject.kind,
            subject_id=paper.subject.id,
            holder=paper.holder,
            title=paper.title,
            content=dict(paper.content),
            issued_at=at,
            issuer=paper.issuer,
            valid_from=paper.valid_from,
            valid_to=paper.valid_to,
            code=new_code(CODE_LENGTH),
            is_sample=is_sample,
            entry_id=paper.entry,
        )
        for paper, number in zip(papers, numbers, strict=True)
    ]
    return Paper.objects.bulk_create(rows)


def _numbers(papers: Sequence[NewPaper], *, at: datetime) -> list[str]:
    year = local_date(at).year
    series = [f"{paper.series_word}〔{year}〕" if paper.number is None else "" for paper in papers]
    wanted = Counter(each for each in series if each)
    last = _take_serials(wanted)
    following = {each: last[each] - count for each, count in wanted.items()}
    numbers = []
    for paper, each in zip(papers, series, strict=True):
        if paper.number is not None:
            numbers.append(paper.number)
            continue
        following[each] += 1
        numbers.append(f"{each}{following[each]:05d}号")
    return numbers


def _take_serials(wanted: Mapping[str, int]) -> dict[str, int]:
    """Return the last of ``wanted`` serials of each series, taken in one statement and given back by a rollback.

    Series are taken in their order, so that two acts never wait for each other.
    """
    if not wanted:
        return {}
    values = ", ".join(["(%s, %s)"] * len(wanted))
    arguments = [value for pair in sorted(wanted.items()) for value in pair]
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO documents_papercounter AS counter (series, last) VALUES {values} "  # noqa: S608 - only place-holders
            "ON CONFLICT (series) DO UPDATE SET last = counter.last + excluded.last RETURNING series, last",
            arguments,
        )
        return dict(cursor.fetchall())


@transaction.atomic(savepoint=False)
def revoke_papers(paper_ids: Sequence[UUID], *, reason: str, by: Actor, at: datetime, replaced_by: UUID | None = None) -> None:
    """Take back papers, so that whoever verifies them is told; twice is once. The bytes stay as evidence."""
    papers = list(Paper.objects.select_for_update().filter(pk__in=paper_ids, revoked_at__isnull=True).order_by("pk"))
    Paper.objects.filter(pk__in=[paper.pk for paper in papers]).update(revoked_at=at, replaced_by_id=replaced_by)
    facts = {"reason": reason, "replaced_by": str(replaced_by or "")}
    record_many(
        acts.REVOKE_PAPER,
        [Record(Subject(PAPER, paper.id), {**facts, "number": paper.number}) for paper in papers],
        by=by,
        at=at,
    )


def queue_sealing() -> None:
    """Queue another run of the sealing, for what the last one did not reach in its time."""
    jobs.queue_behind("documents.seal_papers")


Maker = Callable[[Paper], bytes]


def seal_newest(*, make: Maker, by: Actor, at: datetime, stubborn: bool = False, without: Collection[str] = ()) -> Paper | None:
    """Make and seal the newest paper that waits, because somebody is looking at its page; return it, or None when none waits.

    The row stays locked meanwhile: two workers never make one paper, and a killed one leaves it waiting. A paper that
    cannot be made goes to the end of the line, and after five tries only the ``stubborn`` sweep takes it up again; so it
    does with papers that wait because their issuer cannot seal. Issuers ``without`` a seal are left out.

    :raises CannotSeal: when the issuer has no valid key now, or no room is left; all its papers wait, none of them at fault.
    """
    waiting = Paper.objects.select_for_update(skip_locked=True, of=("self",)).filter(state=PaperState.ISSUED)
    waiting = waiting.exclude(issuer__in=list(without)) if without else waiting
    if not stubborn:
        waiting = waiting.filter(seal_tries__lt=MAX_SEAL_TRIES, seal_trouble="")
    paper = None
    try:
        with transaction.atomic(durable=True):
            paper = waiting.order_by("seal_tries", "-id").first()
            if paper is not None:
                paper.is_sample = paper.is_sample or bool(strip.sample.get())
                _seal(paper, make(paper), by=by, at=at)
    except (NoSealKey, StoreFull) as trouble:
        if paper is not None:
            why = str(trouble) if isinstance(trouble, NoSealKey) else f"no room in the store: {trouble.__cause__}"
            _note_trouble(paper.issuer, why)
            raise CannotSeal(paper.issuer, why) from trouble
        raise
    except Exception:
        if paper is not None:
            Paper.objects.filter(pk=paper.pk).update(seal_tries=F("seal_tries") + 1)
        raise
    return paper


def _note_trouble(issuer: str, trouble: str) -> None:
    """Write down at all papers of an issuer why they wait, or that they need not any longer; one statement."""
    theirs = Paper.objects.filter(state=PaperState.ISSUED, issuer=issuer)
    theirs.exclude(seal_trouble=trouble[:300]).update(seal_trouble=trouble[:300])


def _seal(paper: Paper, pdf: bytes, *, by: Actor, at: datetime) -> None:
    paper.storage_key = keeping.keep("papers", ContentFile(pdf), at=at)
    paper.sha256 = hashlib.sha256(pdf).digest()
    paper.size = len(pdf)
    paper.state = PaperState.SEALED
    paper.sealed_at = at
    facts = {"number": paper.number, "sha256": paper.sha256.hex()}
    paper.seal_entry_id = record(acts.SEAL_PAPER, subject=Subject(PAPER, paper.id), by=by, at=at, facts=facts)
    had_trouble, paper.seal_trouble = bool(paper.seal_trouble), ""
    fields = ["storage_key", "sha256", "size", "state", "is_sample", "sealed_at", "seal_entry_id", "seal_trouble"]
    paper.save(update_fields=fields)
    if had_trouble:
        _note_trouble(paper.issuer, "")
