"""Files of items at the desk: the file is kept first, the worker does the rest, once, whatever happens to the worker."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from datetime import datetime, timedelta
from tempfile import NamedTemporaryFile
from typing import Any, Self
from uuid import UUID

from django.conf import settings
from django.core.files.base import File
from django.db import connection, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from onedoor.catalog.acts import (
    ASK_FOR_FILE,
    CHECK_FILE,
    HAND_IN_FILE,
    PRINT_BOOK,
    PROPOSE_FILE,
    REFUSE_FILE,
    TAKE_OVER_FILE,
    WRITE_FILE,
)
from onedoor.catalog.exchange.faults import Fault
from onedoor.catalog.exchange.kinds import Profile
from onedoor.catalog.exchange.marking import write_marked
from onedoor.catalog.exchange.records import ItemRecord
from onedoor.catalog.exchange.writing import WRITERS
from onedoor.catalog.models import UNDER_WAY, ExchangeRun, RunKind, RunState
from onedoor.catalog.permissions import require_publisher
from onedoor.catalog.queries import department_names
from onedoor.catalog.records import count_current, current_records
from onedoor.catalog.services.imports import FaultyFile, take_over
from onedoor.catalog.services.proposals import InReview, put_run_into_force
from onedoor.catalog.subjects import RUN
from onedoor.documents import keeping, naming
from onedoor.journal.acts import Act
from onedoor.journal.services import record
from onedoor.kernel import jobs
from onedoor.kernel.actor import Actor, system_actor
from onedoor.kernel.clock import local_date
from onedoor.kernel.errors import Invalid, NotAllowed, NotFound, Refused
from onedoor.kernel.subjects import Subject
from onedoor.look import strip
from onedoor.network import queries as network

FOLDER = "exchange"
KEPT_DAYS = 30
BOOK_PARTS = ("all", "guides", "norms")
_SECONDS_BETWEEN = 0.5
_DONE: dict[str, Act] = {
    RunKind.TRIAL: CHECK_FILE,
    RunKind.IMPORT: TAKE_OVER_FILE,
    RunKind.EXPORT: WRITE_FILE,
    RunKind.BOOK: PRINT_BOOK,
}


@transaction.atomic(durable=True)
def ask_import(*, upload: File[Any], is_trial: bool, by: Actor, at: datetime) -> UUID:
    """Keep a file of items and have the worker check it, and hand it in for approval unless it is a dry run.

    :raises NotAllowed: when the actor has not the duty ``catalog.publish``; a dry run needs it, too.
    :raises Invalid: when the file is empty or too large.
    """
    require_publisher(by)
    size = upload.size or 0
    if not size:
        raise Invalid({"file": _("The file is empty.")})
    if size > settings.ONEDOOR_REQUEST_MB * 1_000_000:
        raise Invalid(
            {"file": _("The file has more than %(n)d MB. Split it into several files.") % {"n": settings.ONEDOOR_REQUEST_MB}}
        )
    upload.seek(0)
    digest = hashlib.file_digest(upload, "sha256").digest()
    run = ExchangeRun(
        kind=RunKind.TRIAL if is_trial else RunKind.IMPORT,
        name=naming.clean_name(upload.name or ""),
        storage_key=keeping.keep(FOLDER, upload, at=at),
        size=size,
        sha256=digest,
    )
    return _queue(run, by=by, at=at)


@transaction.atomic(durable=True)
def import_after_trial(*, run_id: UUID, by: Actor, at: datetime) -> UUID:
    """Hand in for approval a file that a dry run found right.

    :raises NotFound: when there is no such dry run without mistakes, or its file was deleted.
    """
    require_publisher(by)
    trial = ExchangeRun.objects.filter(id=run_id, kind=RunKind.TRIAL, state=RunState.DONE).exclude(storage_key="").first()
    if trial is None:
        raise NotFound
    with keeping.open_stored(trial.storage_key) as stored:
        key = keeping.keep(FOLDER, File(stored, name=trial.name), at=at)
    run = ExchangeRun(kind=RunKind.IMPORT, name=trial.name, storage_key=key, size=trial.size, sha256=trial.sha256)
    return _queue(run, by=by, at=at)


@transaction.atomic(durable=True)
def ask_export(*, kind: str, profile: str, by: Actor, at: datetime) -> UUID:
    """Have the worker write the items in force to a file.

    :raises Invalid: when there is no such format or profile.
    """
    require_publisher(by)
    if kind not in WRITERS or profile not in list(Profile):
        raise Invalid({"format": _("Choose a format and whose names the columns shall have.")})
    name = f"items-{local_date(at):%Y%m%d}.{kind}"
    return _queue(ExchangeRun(kind=RunKind.EXPORT, format=kind, profile=profile, name=name), by=by, at=at)


@transaction.atomic(durable=True)
def ask_book(*, parts: str, department: str, by: Actor, at: datetime) -> UUID:
    """Have the worker print the catalogue as a book: ``all``, ``guides`` or ``norms``, of one department or of all.

    :raises Invalid: when there is no such part or department.
    """
    require_publisher(by)
    if parts not in BOOK_PARTS or (department and department not in department_names()):
        raise Invalid({"parts": _("Choose what the book should contain, and for which department.")})
    name = "-".join(filter(None, ("book", parts if parts != "all" else "", department, f"{local_date(at):%Y%m%d}"))) + ".pdf"
    return _queue(ExchangeRun(kind=RunKind.BOOK, format="pdf", profile=parts, department=department, name=name), by=by, at=at)


def _queue(run: ExchangeRun, *, by: Actor, at: datetime) -> UUID:
    if by.account is None:
        raise NotAllowed
    run.asked_at, run.asked_by, run.asked_from = at, by.account, by.posting
    run.save(force_insert=True)
    digest = run.sha256.hex() if run.sha256 else ""
    act = ASK_FOR_FILE if run.kind in (RunKind.EXPORT, RunKind.BOOK) else HAND_IN_FILE
    record(act, subject=Subject(RUN, run.id), by=by, at=at, facts={"kind": run.kind, "file": run.name, "sha256": digest})
    jobs.queue("catalog.exchange", run_id=str(run.id))
    return run.id


def do_run(*, run_id: UUID, at: datetime) -> None:
    """Do what was asked for or approved, as whoever asked or approved and with the rights that they have now.

    A run that has nothing for the worker stays as it is.
    """
    run = ExchangeRun.objects.get(id=run_id)
    if not run.is_under_way:
        return
    ExchangeRun.objects.filter(id=run_id, state__in=UNDER_WAY).update(state=RunState.RUNNING, percent=0)
    who, posting = (run.decided_by, run.decided_from) if run.decided_by else (run.asked_by, run.asked_from)
    by = network.actor_for(who, posting, at=at) if who is not None else system_actor("exchange")
    try:
        require_publisher(by)
        if run.kind == RunKind.EXPORT:
            _export(run, by=by, at=at)
        elif run.kind == RunKind.BOOK:
            _print_book(run, by=by, at=at)
        elif run.decided_by is not None:
            _put_into_force(run, by=by, at=at)
        else:
            _import(run, by=by, at=at)
    except FaultyFile as refusal:
        _keep_faults(run, refusal, by=by, at=at)
    except Refused as refusal:
        _end(run, RunState.FAILED, by=by, at=at, reason=str(refusal)[:300])


def give_up(*, run_id: UUID, by: Actor, at: datetime) -> None:
    """Say of a run that it could not be done, for a reason that is ours and not the file's."""
    run = ExchangeRun.objects.get(id=run_id)
    _end(run, RunState.FAILED, by=by, at=at, reason=_("Something went wrong in the house. Nothing was changed. Ask the operators."))


def _import(run: ExchangeRun, *, by: Actor, at: datetime) -> None:
    """Check a file; what it brings waits for approval then, unless it is a dry run or brings nothing new."""
    is_trial = run.kind == RunKind.TRIAL
    with keeping.open_stored(run.storage_key) as stored, _Progress(run) as progress, transaction.atomic(durable=True):
        report = take_over(stored, InReview(run, by=by, at=at), name=run.name, by=by, progress=progress.show)
        said = asdict(report) | {"unchanged": report.unchanged}
        if is_trial:
            transaction.set_rollback(True)
        else:
            _finish(run, RunState.PROPOSED if report.created or report.changed else RunState.DONE, by=by, at=at, report=said)
    if is_trial:
        _end(run, RunState.DONE, by=by, at=at, report=said)


def _put_into_force(run: ExchangeRun, *, by: Actor, at: datetime) -> None:
    with _Progress(run) as progress, transaction.atomic(durable=True):
        put_run_into_force(run, by=by, at=at, progress=progress.show)
        _finish(run, RunState.DONE, by=by, at=at, report=run.report)


def _export(run: ExchangeRun, *, by: Actor, at: datetime) -> None:
    with NamedTemporaryFile() as out, _Progress(run) as progress:
        with transaction.atomic():
            total = count_current()
            WRITERS[run.format](progress.counting(current_records(), total), out, Profile(run.profile))
        key = keeping.keep(FOLDER, File(out, name=run.name), at=at)
    _end(run, RunState.DONE, by=by, at=at, report={"items": total}, result_key=key)


def _print_book(run: ExchangeRun, *, by: Actor, at: datetime) -> None:
    from onedoor.catalog.book.making import Book, make_book  # the typesetter, which only the worker loads

    book = Book(
        day=local_date(at), with_guides=run.profile != "norms", with_norms=run.profile != "guides", department=run.department,
        is_sample=bool(strip.sample.get()),
    )  # fmt: skip
    with NamedTemporaryFile() as out, _Progress(run) as progress:
        made = make_book(book, out, progress=progress.show)
        key = keeping.keep(FOLDER, File(out, name=run.name), at=at)
    _end(run, RunState.DONE, by=by, at=at, report={"items": made.guides or made.norms, "pages": made.pages}, result_key=key)


def _keep_faults(run: ExchangeRun, refusal: FaultyFile, *, by: Actor, at: datetime) -> None:
    with NamedTemporaryFile() as out, keeping.open_stored(run.storage_key) as stored:
        write_marked(stored, run.name, refusal.faults, out)
        key = keeping.keep(FOLDER, File(out, name="faults.xlsx"), at=at)
    told = [_as_json(each) for each in refusal.faults]
    _end(run, RunState.FAULTY, by=by, at=at, faults=told, fault_count=refusal.count, result_key=key)


def _as_json(fault: Fault) -> dict[str, str]:
    return {"sheet": fault.sheet, "row": fault.row, "column": fault.column, "reason": fault.reason}


@transaction.atomic(durable=True)
def _end(run: ExchangeRun, state: str, *, by: Actor, at: datetime, **said: Any) -> None:
    _finish(run, state, by=by, at=at, **said)


def _finish(run: ExchangeRun, state: str, *, by: Actor, at: datetime, **said: Any) -> None:
    """Write how a run ended, or that it waits for approval, unless it has ended already."""
    if state == RunState.FAILED and run.decided_by is not None:  # what was approved and could not be done waits again
        state, said = RunState.PROPOSED, {**said, "decided_by": None, "decided_from": None}
    ends = {} if state == RunState.PROPOSED else {"finished_at": at}
    if not ExchangeRun.objects.filter(id=run.id, state__in=UNDER_WAY).update(state=state, percent=100, **ends, **said):
        return
    facts = {"kind": run.kind, "file": run.name}
    subject = Subject(RUN, run.id)
    if said.get("reason") or "fault_count" in said:
        facts |= {"reason": said.get("reason") or _("%(n)d mistakes. Nothing was taken over.") % {"n": said["fault_count"]}}
        record(REFUSE_FILE, subject=subject, by=by, at=at, facts=facts)
    else:
        act = PROPOSE_FILE if state == RunState.PROPOSED else _DONE[run.kind]
        record(act, subject=subject, by=by, at=at, facts=facts | {"items": said["report"]["items"]})


def sweep_files(*, at: datetime) -> int:
    """Delete the files of runs that are older than thirty days; what the runs said stays. Returns of how many runs."""
    old = ExchangeRun.objects.filter(asked_at__lt=at - timedelta(days=KEPT_DAYS)).exclude(storage_key="", result_key="")[:500]
    runs = list(old)
    for run in runs:
        for key in filter(None, (run.storage_key, run.result_key)):
            keeping.storage().delete(key)
    ExchangeRun.objects.filter(id__in=[run.id for run in runs]).update(storage_key="", result_key="")
    return len(runs)


class _Progress:
    """Says how far a run is, over a connection of its own: others see it while the run's own transaction is open."""

    def __init__(self, run: ExchangeRun) -> None:
        self._run, self._next, self._beside = run, 0.0, connection.copy()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self._beside.close()

    def show(self, share: float) -> None:
        """Say how much is done, from 0 to 1; not more often than twice a second."""
        if time.monotonic() < self._next:
            return
        self._next = time.monotonic() + _SECONDS_BETWEEN
        with self._beside.cursor() as cursor:
            cursor.execute(
                "UPDATE catalog_exchangerun SET percent = %s WHERE id = %s AND state = 'running'", [int(share * 99), self._run.id]
            )

    def counting(self, records: Iterable[ItemRecord], total: int) -> Iterator[ItemRecord]:
        """Yield the records and say how many of them went by."""
        for number, each in enumerate(records, start=1):
            yield each
            self.show(number / max(1, total))


NO_FILE = gettext_lazy("Choose the file that holds the items.")
