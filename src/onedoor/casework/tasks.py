"""Jobs of casework: what the clock does, every few minutes, and what an infected file leads to; late or twice changes nothing."""

from __future__ import annotations

from uuid import UUID

from django.utils import timezone
from procrastinate.contrib.django import app

from onedoor.casework.services import clock, dropping, infected, reminders
from onedoor.kernel.actor import system_actor


@app.periodic(cron="*/5 * * * *")
@app.task(name="casework.watch_the_clock", queueing_lock="casework.watch_the_clock", lock="casework.watch_the_clock")
def watch_the_clock(timestamp: int) -> None:
    """Accept what counts as accepted and close what lapsed, until nothing more is due."""
    del timestamp
    by, at = system_actor("casework"), timezone.now()
    while clock.deem_accepted(by=by, at=at):
        continue
    while clock.lapse_corrections(by=by, at=at):
        continue
    while clock.lapse_gaps(by=by, at=at):
        continue


@app.periodic(cron="*/10 * * * *")
@app.task(name="casework.remind", queueing_lock="casework.remind", lock="casework.remind")
def remind(timestamp: int) -> None:
    """Tell of limits and certificates that are about to end, until everybody concerned was told."""
    del timestamp
    by, at = system_actor("casework"), timezone.now()
    while reminders.remind(by=by, at=at):
        continue


@app.periodic(cron="25 3 * * *")
@app.task(name="casework.expire_drafts", queueing_lock="casework.expire_drafts")
def expire_drafts(timestamp: int) -> None:
    """Drop drafts that nobody went on with, until none is left."""
    del timestamp
    while dropping.expire_drafts(by=system_actor("casework"), at=timezone.now()):
        continue


@app.task(name="casework.turn_away_infected", retry=5)
def turn_away_infected(file_id: str) -> None:
    """Ask anew for what an infected file stands for."""
    infected.turn_away_infected(UUID(file_id), by=system_actor("casework"), at=timezone.now())
