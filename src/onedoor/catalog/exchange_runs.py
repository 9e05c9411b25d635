"""What was taken in and out at the desk, and how far it is."""

from __future__ import annotations

from typing import IO
from uuid import UUID

from onedoor.catalog.models import ExchangeRun
from onedoor.documents import keeping
from onedoor.kernel.errors import NotFound


def latest_runs(limit: int = 20) -> list[ExchangeRun]:
    """Return the runs that were asked for last, without what they found wrong."""
    return list(ExchangeRun.objects.defer("faults").order_by("-asked_at", "id")[:limit])


def run_for(run_id: UUID) -> ExchangeRun:
    """Return a run.

    :raises NotFound: when there is none.
    """
    run = ExchangeRun.objects.filter(id=run_id).first()
    if run is None:
        raise NotFound
    return run


def result_of(run_id: UUID) -> tuple[IO[bytes], str]:
    """Return the file that came of a run, and its name.

    :raises NotFound: when there is none, or it was deleted.
    """
    run = run_for(run_id)
    if not run.result_key:
        raise NotFound
    name = run.name if run.kind == "export" else f"{run.name.rpartition('.')[0] or run.name}-faults.xlsx"
    return keeping.open_stored(run.result_key), name
