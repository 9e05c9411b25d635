"""Jobs of the catalogue: what has its day, and what indexing leaves for a quiet moment."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction
from django.utils import timezone
from procrastinate import JobContext
from procrastinate.contrib.django import app

from onedoor.catalog.services import changes, exchange, questions, search_index
from onedoor.kernel.actor import system_actor
from onedoor.kernel.clock import local_date


@app.periodic(cron="*/10 * * * *")
@app.task(name="catalog.honour_dates", queueing_lock="catalog.honour_dates", lock="catalog.honour_dates")
def honour_dates(timestamp: int) -> None:
    """Put into force what has its day today; late, or twice, changes nothing more."""
    del timestamp
    changes.honour_dates(by=system_actor("catalog"), at=timezone.now())


@app.task(name="catalog.index_items", lock="catalog.index_items")
def index_items(items: list[str]) -> None:
    """Cut the words of items and add their pinyin. One such job at a time, so that the last one writes last."""
    with transaction.atomic():
        search_index.index([UUID(each) for each in items])


@app.task(name="catalog.count_words", lock="catalog.index_items")
def count_words() -> None:
    """Count the words by which questions are read."""
    search_index.count_words()


@app.task(name="catalog.exchange", retry=2, pass_context=True)
def exchange_items(context: JobContext, run_id: str) -> None:
    """Take a file of items in or out, as was asked for at the desk. Killed and begun again it is done once."""
    try:
        exchange.do_run(run_id=UUID(run_id), at=timezone.now())
    except Exception:
        if context.job.attempts >= 2:
            exchange.give_up(run_id=UUID(run_id), by=system_actor("catalog"), at=timezone.now())
        raise


@app.periodic(cron="50 3 * * *")
@app.task(name="catalog.sweep_exchange", queueing_lock="catalog.sweep_exchange")
def sweep_exchange(timestamp: int) -> None:
    """Delete the files of old runs."""
    del timestamp
    while exchange.sweep_files(at=timezone.now()):
        pass


@app.periodic(cron="10 3 * * *")
@app.task(name="catalog.tidy_search", queueing_lock="catalog.tidy_search", lock="catalog.index_items")
def tidy_search(timestamp: int) -> None:
    """Count the words anew and forget old questions."""
    del timestamp
    search_index.count_words()
    questions.forget_questions(today=local_date(timezone.now()))
