"""Sending in the worker: what was just told, and every minute what is due again or was lost."""

from __future__ import annotations

from uuid import UUID

from django.utils import timezone
from procrastinate.contrib.django import app

from onedoor.notify import services


@app.task(name=services.DELIVER)
def deliver(messages: list[str]) -> None:
    """Send messages that were just told; what fails is due again later and swept up."""
    ids = [UUID(each) for each in messages]
    while services.deliver(at=timezone.now(), messages=ids).tried:
        pass


@app.periodic(cron="* * * * *")
@app.task(name="notify.sweep", queueing_lock="notify.sweep")
def sweep(timestamp: int) -> None:
    """Send whatever is due, until nothing is left or the way out is closed."""
    del timestamp
    while services.deliver(at=timezone.now()).sent:
        pass


@app.periodic(cron="40 3 2 * *")
@app.task(name="notify.prepare_months")
def prepare_months(timestamp: int) -> None:
    """Make the partitions of the months to come."""
    del timestamp
    services.prepare_months(at=timezone.now())
