"""Jobs: making and sealing papers, the virus check, and the sweeps that catch what was left lying."""

from __future__ import annotations

import logging
import time
from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.utils import timezone
from procrastinate.contrib.django import app

from onedoor.documents import clamd, keeping, queries, services
from onedoor.kernel import jobs
from onedoor.kernel.actor import system_actor
from onedoor.kernel.clock import local_date

log = logging.getLogger(__name__)
_SECONDS_A_RUN = 10


@app.task(name="documents.seal_papers", retry=3)
def seal_papers() -> None:
    """Make and seal the papers that wait, newest first, until none is left.

    Each act queues one such job; the first to run does the work of all, the others find nothing. They stand behind all
    other work and run for seconds only, so that seals of the journal and messages never wait for a heap of papers.
    """
    _seal_all(stubborn=False)


def _seal_all(*, stubborn: bool) -> None:
    from onedoor.documents.making import make_paper

    by = system_actor("documents.seal_papers")
    failed: Exception | None = None
    without: set[str] = set()
    end = time.monotonic() + _SECONDS_A_RUN
    while time.monotonic() < end:
        try:
            if services.seal_newest(make=make_paper, by=by, at=timezone.now(), stubborn=stubborn, without=without) is None:
                break
        except services.CannotSeal as trouble:
            log.error("papers of %s wait, acts go on: %s", trouble.issuer, trouble)  # noqa: TRY400 - no bug, a key to be renewed
            without.add(trouble.issuer)
        except Exception as error:
            log.exception("a paper could not be made")
            if failed is not None:
                break
            failed = error
    else:
        services.queue_sealing()
    if failed is not None:
        raise failed


@app.task(name="documents.make_sheet", retry=2)
def make_sheet(digest: str) -> None:
    """Set a sheet that somebody asked for."""
    from onedoor.documents.layout import sheet_pdf

    services.make_sheet(bytes.fromhex(digest), make=sheet_pdf, at=timezone.now())


@app.task(name="documents.make_copy", retry=2)
def make_copy(digest: str) -> None:
    """Make the copy of files that somebody asked for."""
    from onedoor.documents import making

    services.make_copy(bytes.fromhex(digest), make=making.make_copy, at=timezone.now())


@app.periodic(cron="*/2 * * * *")
@app.task(name="documents.seal_waiting", queueing_lock="documents.seal_waiting", priority=jobs.BEHIND)
def seal_waiting(timestamp: int) -> None:
    """Seal papers whose job was lost with its worker."""
    del timestamp
    if queries.is_any_unsealed():
        _seal_all(stubborn=True)


@app.task(name="documents.scan", retry=5)
def scan(file_id: str) -> None:
    """Have a file looked at by the virus check."""
    key = queries.pending_key(UUID(file_id))
    if key is None:
        return
    with keeping.open_stored(key) as stream:
        virus = clamd.scan(stream, settings.ONEDOOR_CLAMD)
    services.note_scan(UUID(file_id), virus=virus, by=system_actor("documents.scan"), at=timezone.now())


@app.periodic(cron="*/5 * * * *")
@app.task(name="documents.scan_waiting", queueing_lock="documents.scan_waiting")
def scan_waiting(timestamp: int) -> None:
    """Look at files whose job was lost or came while the virus check was down."""
    del timestamp
    if settings.ONEDOOR_CLAMD:
        for file_id in queries.pending_files():
            scan(file_id=str(file_id))


@app.periodic(cron="40 3 * * *")
@app.task(name="documents.sweep")
def sweep(timestamp: int) -> None:
    """Delete uploads that nothing used for seven days, and bytes that no row points at."""
    del timestamp
    now = timezone.now()
    by = system_actor("documents.sweep")
    while services.sweep_uploads(by=by, at=now):
        pass
    while services.sweep_sheets(at=now) or services.sweep_copies(at=now):
        pass
    for folder in ("uploads", "papers"):
        for days in range(2, 10):
            services.sweep_orphans(folder, local_date(now) - timedelta(days=days))
