"""Reads of files and papers. What a viewer may not open is not there for him."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING
from uuid import UUID

from django.conf import settings
from django.db.models import Exists, TextChoices
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from onedoor.documents import guards
from onedoor.documents.kinds import PaperKind
from onedoor.documents.models import File, Paper, PaperState, ScanState
from onedoor.kernel.clock import local_date
from onedoor.kernel.errors import NotFound, WrongState
from onedoor.kernel.masking import mask_name
from onedoor.kernel.references import parse_code
from onedoor.kernel.subjects import Subject

if TYPE_CHECKING:
    from onedoor.kernel.actor import Actor


@dataclass(frozen=True, slots=True)
class FileView:
    """A file as pages list it; ``locked`` says why officers cannot open it, or is empty."""

    id: UUID
    name: str
    media_type: str
    size: int
    uploaded_at: datetime
    scan: str
    scan_text: str | Promise
    is_active: bool

    @property
    def is_locked(self) -> bool:
        return self.scan in {ScanState.PENDING, ScanState.INFECTED}


@dataclass(frozen=True, slots=True)
class PaperView:
    """A paper as pages list it; ``url`` is empty until it is sealed."""

    id: UUID
    kind: str
    kind_text: str | Promise
    title: str
    number: str
    issued_at: datetime
    issuer: str
    is_sealed: bool
    url: str
    verify_url: str
    code: str
    valid_from: date | None
    valid_to: date | None
    is_revoked: bool
    holder: str
    is_delayed: bool


def files_of(file_ids: Iterable[UUID]) -> dict[UUID, FileView]:
    """Return views of files by id, in one statement."""
    return {file.id: _file_view(file) for file in File.objects.filter(pk__in=list(file_ids)).order_by("pk")}


def _file_view(file: File) -> FileView:
    return FileView(
        id=file.id,
        name=file.name,
        media_type=file.media_type,
        size=file.size,
        uploaded_at=file.uploaded_at,
        scan=file.scan,
        scan_text=ScanState(file.scan).label,
        is_active=file.is_active,
    )


def file_for(actor: Actor, file_id: UUID, *, granted_subjects: Iterable[UUID] = ()) -> File:
    """Return a file that ``actor`` may open now; ``granted_subjects`` are those whose page has checked the viewer already.

    Who handed a file in may open it while it waits for its virus check, since he has it anyway; nobody opens an infected one.

    :raises NotFound: when it is not there or the guard of its subject says no.
    :raises WrongState: when it waits for the virus check, or a virus was found.
    """
    (file,) = files_for(actor, [file_id], granted_subjects=granted_subjects)
    return file


def files_for(actor: Actor, file_ids: Sequence[UUID], *, granted_subjects: Iterable[UUID] = ()) -> list[File]:
    """Return files that ``actor`` may open now, in the order asked for, under the rule of ``file_for``. One statement and the guards.

    :raises NotFound: when one is not there or the guard of its subject says no.
    :raises WrongState: when one waits for the virus check, or a virus was found.
    """
    found = File.objects.in_bulk(list(file_ids))
    granted, allowed = set(granted_subjects), dict[UUID | None, bool]()
    for file in found.values():
        if file.subject_id is None or file.subject_id not in allowed:
            allowed[file.subject_id] = file.subject_id in granted or _may_open_file(actor, file)
        if not allowed[file.subject_id]:
            raise NotFound
    if len(found) < len(set(file_ids)):
        raise NotFound
    return [_unlocked(found[each], own=_is_own(actor, found[each])) for each in file_ids]


def _is_own(actor: Actor, file: File) -> bool:
    return actor.account is not None and file.uploaded_by == actor.account and not actor.is_staff


def original_of(file_id: UUID, *, subject: Subject) -> File:
    """Return a file of a subject as it was handed in. That the viewer may see it without its mark is for the room of the subject to know.

    :raises NotFound: when it is not there or belongs to another subject.
    :raises WrongState: when it waits for the virus check, or a virus was found.
    """
    file = File.objects.filter(pk=file_id, subject_kind=subject.kind, subject_id=subject.id).first()
    if file is None:
        raise NotFound
    return _unlocked(file, own=False)


BINDABLE = frozenset({"application/pdf", "image/jpeg", "image/png", "image/webp"})
"""Kinds of files that can be pages of one PDF."""


def file_offered(file_id: UUID) -> File:
    """Return a file that a room offers to everybody; that it does is for the room to know.

    :raises NotFound: when it is not there.
    :raises WrongState: when it waits for the virus check, or a virus was found.
    """
    file = File.objects.filter(pk=file_id).first()
    if file is None:
        raise NotFound
    return _unlocked(file, own=False)


def _unlocked(file: File, *, own: bool) -> File:
    if file.scan == ScanState.INFECTED:
        raise WrongState(_("A virus was found in this file, so nobody can open it. Please have it handed in again."))
    if file.scan == ScanState.PENDING and not own:
        raise WrongState(_("This file is being checked for viruses. Please try again in a minute."))
    return file


def _may_open_file(actor: Actor, file: File) -> bool:
    if file.subject_id is None:
        return actor.account is not None and file.uploaded_by == actor.account
    return guards.may_open(actor, Subject(file.subject_kind, file.subject_id))


def papers_of(subject_id: UUID) -> list[PaperView]:
    """Return the papers of a subject, oldest first. The caller has checked that the viewer may see the subject."""
    return [_paper_view(paper) for paper in Paper.objects.filter(subject_id=subject_id).defer("content").order_by("id")]


def papers_for(actor: Actor, subject: Subject, *, granted: Iterable[UUID] = ()) -> list[PaperView]:
    """Return the papers of a subject that ``actor`` may see.

    :raises NotFound: when the guard of the subject says no.
    """
    if not (subject.id in set(granted) or guards.may_open(actor, subject)):
        raise NotFound
    return papers_of(subject.id)


def papers_of_many(subject_ids: Sequence[UUID]) -> dict[UUID, list[PaperView]]:
    """Return the papers of several subjects in one statement."""
    views: dict[UUID, list[PaperView]] = {subject_id: [] for subject_id in subject_ids}
    for paper in Paper.objects.filter(subject_id__in=list(subject_ids)).defer("content").order_by("id"):
        views[paper.subject_id].append(_paper_view(paper))
    return views


def _paper_view(paper: Paper) -> PaperView:
    is_sealed = paper.state == PaperState.SEALED
    return PaperView(
        id=paper.id,
        kind=paper.kind,
        kind_text=PaperKind(paper.kind).label,
        title=paper.title,
        number=paper.number,
        issued_at=paper.issued_at,
        issuer=paper.issuer,
        is_sealed=is_sealed,
        url=f"/papers/{paper.id}/" if is_sealed else "",
        verify_url=verify_address(paper.code),
        code=paper.code,
        valid_from=paper.valid_from,
        valid_to=paper.valid_to,
        is_revoked=paper.revoked_at is not None,
        holder=paper.holder,
        is_delayed=not is_sealed and (bool(paper.seal_trouble) or paper.seal_tries > 0),
    )


def valid_certificates(subject_ids: Sequence[UUID], *, today: date) -> list[tuple[UUID, PaperView]]:
    """Return the certificates of subjects that are valid on a day, with their subjects, oldest first. One statement."""
    found = Paper.objects.filter(kind=PaperKind.CERTIFICATE, subject_id__in=list(subject_ids), revoked_at__isnull=True)
    return [
        (paper.subject_id, _paper_view(paper))
        for paper in found.defer("content").order_by("id")
        if standing_of(paper, today) in (Standing.VALID, Standing.BEING_MADE)
    ]


@dataclass(frozen=True, slots=True)
class RunningOut:
    """A certificate whose last valid day is near."""

    id: UUID
    subject_id: UUID
    title: str
    number: str
    valid_to: date


def running_out(first: date, last: date, *, subject_kind: str, unless: Exists, limit: int) -> list[RunningOut]:
    """Return the certificates whose last valid day lies between two days, soonest first; ``unless`` leaves out what it finds."""
    found = Paper.objects.filter(~unless, kind=PaperKind.CERTIFICATE, valid_to__range=(first, last), revoked_at__isnull=True)
    found = found.filter(subject_kind=subject_kind, replaced_by__isnull=True).order_by("valid_to", "id")
    return [
        RunningOut(paper.id, paper.subject_id, paper.title, paper.number, paper.valid_to)
        for paper in found.only("subject_id", "title", "number", "valid_to")[:limit]
        if paper.valid_to is not None
    ]


def valid_among(paper_ids: Sequence[UUID], *, today: date) -> dict[UUID, PaperView]:
    """Return those of some papers that are valid on a day. One statement."""
    return {
        paper.id: _paper_view(paper)
        for paper in Paper.objects.filter(pk__in=list(paper_ids)).defer("content").order_by("id")
        if standing_of(paper, today) in (Standing.VALID, Standing.BEING_MADE)
    }


def is_any_unsealed() -> bool:
    """Return whether a paper waits to be made."""
    return Paper.objects.filter(state=PaperState.ISSUED).exists()


@dataclass(frozen=True, slots=True)
class WaitingPaper:
    """A paper that is issued and not sealed yet, for those who run the installation."""

    number: str
    kind_text: str | Promise
    issuer: str
    issued_at: datetime
    tries: int
    trouble: str


WAITING_SHOWN = 200


def waiting_papers() -> list[WaitingPaper]:
    """Return papers that wait for their seal, those that somebody must look after first, at most ``WAITING_SHOWN``."""
    found = Paper.objects.filter(state=PaperState.ISSUED).defer("content").order_by("-seal_trouble", "-seal_tries", "id")
    return [
        WaitingPaper(
            number=paper.number,
            kind_text=PaperKind(paper.kind).label,
            issuer=paper.issuer,
            issued_at=paper.issued_at,
            tries=paper.seal_tries,
            trouble=paper.seal_trouble,
        )
        for paper in found[:WAITING_SHOWN]
    ]


def pending_key(file_id: UUID) -> str | None:
    """Return the storage key of a file that waits for its virus check."""
    return File.objects.filter(pk=file_id, scan=ScanState.PENDING).values_list("storage_key", flat=True).first()


def pending_files(limit: int = 200) -> list[UUID]:
    """Return files that wait for their virus check, oldest first."""
    return list(File.objects.filter(scan=ScanState.PENDING).order_by("id").values_list("id", flat=True)[:limit])


def verify_address(code: str) -> str:
    """Return the address that a paper's QR code leads to."""
    return f"{settings.ONEDOOR_BASE_URL}/verify/{code}"


def paper_for(actor: Actor, paper_id: UUID, *, granted: Iterable[UUID] = ()) -> Paper:
    """Return a sealed paper that ``actor`` may open; ``granted`` are subjects whose page has checked the viewer already.

    :raises NotFound: when it is not there or the guard of its subject says no.
    :raises WrongState: when it is still being made.
    """
    paper = Paper.objects.filter(pk=paper_id).defer("content").first()
    if paper is None or not (
        paper.subject_id in set(granted) or guards.may_open(actor, Subject(paper.subject_kind, paper.subject_id))
    ):
        raise NotFound
    if paper.state != PaperState.SEALED:
        raise WrongState(_("This paper is being made. Please try again in a few seconds."))
    return paper


class Standing(TextChoices):
    """What a paper is worth on a given day."""

    VALID = "valid", _("Valid")
    BEING_MADE = "being_made", _("Issued, its file is being made")
    NOT_YET = "not_yet", _("Not valid yet")
    EXPIRED = "expired", _("Expired")
    REVOKED = "revoked", _("Revoked")
    REPLACED = "replaced", _("Replaced by a newer paper")


@dataclass(frozen=True, slots=True)
class Verification:
    """All that a stranger learns about a paper."""

    kind_text: str | Promise
    title: str
    number: str
    code: str
    holder: str
    issuer: str
    issued_at: datetime
    valid_from: date | None
    valid_to: date | None
    standing: Standing
    sealed_at: datetime | None
    entry: UUID | None
    is_sample: bool

    @property
    def is_good(self) -> bool:
        return self.standing in {Standing.VALID, Standing.BEING_MADE}


def verification_by_code(code: str, *, number: str | None = None, now: datetime) -> Verification | None:
    """Return what may be told of the paper with ``code``, and with ``number`` when one was typed; None when there is none."""
    paper = Paper.objects.filter(code=parse_code(code)).defer("content").first()
    if paper is None or (number is not None and _bare(number) != _bare(paper.number)):
        return None
    return _verification(paper, now)


def verification_by_digest(digest: bytes, *, now: datetime) -> Verification | None:
    """Return the paper whose sealed file has exactly these bits; None when the city never issued them."""
    paper = Paper.objects.filter(sha256=digest).defer("content").first()
    return None if paper is None else _verification(paper, now)


def _bare(number: str) -> str:
    """Return a paper's number without the marks that people type in many ways: 秦审受〔2026〕00001号 → 秦审受202600001."""
    return "".join(c for c in parse_code(number) if c.isalnum()).removesuffix("号")


def _verification(paper: Paper, now: datetime) -> Verification:
    return Verification(
        kind_text=PaperKind(paper.kind).label,
        title=paper.title,
        number=paper.number,
        code=paper.code,
        holder=mask_name(paper.holder),
        issuer=paper.issuer,
        issued_at=paper.issued_at,
        valid_from=paper.valid_from,
        valid_to=paper.valid_to,
        standing=standing_of(paper, local_date(now)),
        sealed_at=paper.sealed_at,
        entry=paper.seal_entry_id or paper.entry_id,
        is_sample=paper.is_sample,
    )


def standing_of(paper: Paper, today: date) -> Standing:
    """Return what ``paper`` is worth on ``today``; its last day counts in full."""
    if paper.revoked_at is not None:
        return Standing.REPLACED if paper.replaced_by_id else Standing.REVOKED
    if paper.valid_to is not None and today > paper.valid_to:
        return Standing.EXPIRED
    if paper.valid_from is not None and today < paper.valid_from:
        return Standing.NOT_YET
    return Standing.VALID if paper.state == PaperState.SEALED else Standing.BEING_MADE
