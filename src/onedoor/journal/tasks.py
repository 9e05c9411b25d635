"""What the worker does for the journal by the clock."""

from __future__ import annotations

from django.utils import timezone
from procrastinate.contrib.django import app

from onedoor.journal import services


@app.periodic(cron="* * * * *")
@app.task(name="journal.seal", queueing_lock="journal.seal", lock="journal.seal")
def seal(timestamp: int) -> None:
    """Seal what was recorded since the last minute."""
    del timestamp
    services.seal(at=timezone.now())


@app.periodic(cron="20 3 * * *")
@app.task(name="journal.make_months", queueing_lock="journal.make_months")
def make_months(timestamp: int) -> None:
    """Make the partitions of the coming months."""
    del timestamp
    services.make_months(at=timezone.now())


@app.periodic(cron="40 * * * *")
@app.task(name="journal.sweep_request_keys", queueing_lock="journal.sweep_request_keys")
def sweep_request_keys(timestamp: int) -> None:
    """Forget the keys of requests that were answered more than a day ago."""
    del timestamp
    services.sweep_request_keys(at=timezone.now())
