"""Jobs of the catalogue."""

from __future__ import annotations

from django.utils import timezone
from procrastinate.contrib.django import app

from onedoor.catalog.services import changes
from onedoor.kernel.actor import system_actor


@app.periodic(cron="*/10 * * * *")
@app.task(name="catalog.honour_dates", queueing_lock="catalog.honour_dates", lock="catalog.honour_dates")
def honour_dates(timestamp: int) -> None:
    """Put into force what has its day today; late, or twice, changes nothing more."""
    del timestamp
    changes.honour_dates(by=system_actor("catalog"), at=timezone.now())
