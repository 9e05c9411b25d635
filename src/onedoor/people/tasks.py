"""Work that comes round: what has run out is forgotten."""

from __future__ import annotations

from datetime import timedelta

from django.core.management import call_command
from django.utils import timezone
from procrastinate.contrib.django import app

from onedoor.people import services


@app.periodic(cron="17 3 * * *")
@app.task(name="people.forget", queueing_lock="people.forget")
def forget(timestamp: int) -> None:  # noqa: ARG001 - handed over by the schedule
    """Delete codes, counters of tries and sessions that have run out."""
    at = timezone.now()
    services.forget_old_codes(at=at)
    services.forget_old_tries(before=at - timedelta(days=2))
    call_command("clearsessions")
