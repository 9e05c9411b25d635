"""Work outside the database, queued by name in the act's own transaction: what rolls back queues nothing.

Jobs run at least once and take ids only, never personal data. Acts name them and do not import them, because tasks call acts.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar

from procrastinate.contrib.django import app
from procrastinate.contrib.django.django_connector import DjangoConnector
from procrastinate.jobs import Job
from procrastinate.manager import JobManager

JSON = str | int | float | bool | None | list["JSON"] | dict[str, "JSON"]


BEHIND = -10
_manager = JobManager(DjangoConnector())  # not the app's: in the worker that one has connections, and transactions, of its own
_Waiting = dict[tuple[str, str], Job]
_together: ContextVar[_Waiting | None] = ContextVar("jobs_together", default=None)


def queue(name: str, **arguments: JSON) -> None:
    """Queue one job; it runs after commit, or never when the transaction rolls back. One statement."""
    queue_many(name, [arguments])


def queue_behind(name: str, **arguments: JSON) -> None:
    """Queue one job behind all ordinary ones, so that a heap of them does not keep other work waiting."""
    queue_many(name, [arguments], priority=BEHIND)


def queue_many(name: str, arguments: Iterable[Mapping[str, JSON]], *, priority: int = 0) -> None:
    """Queue one job for each set of arguments, in one statement; a higher ``priority`` is done first."""
    deferrer = app.configure_task(name, allow_unknown=True, priority=priority)
    _defer(deferrer.make_new_job(**each) for each in arguments)


def _defer(jobs: Iterable[Job]) -> None:
    """Queue jobs, or lay them to those that wait for the end of a block; the same job twice is once."""
    waiting = _together.get()
    distinct: _Waiting = {} if waiting is None else waiting
    for job in jobs:
        distinct.setdefault((job.task_name, repr(job.task_kwargs)), job)
    if waiting is None and distinct:
        _manager.batch_defer_jobs([*distinct.values()])


@contextmanager
def queued_together() -> Iterator[None]:
    """Queue all jobs of a block at its end, in one statement, each once; none when the block is left by an exception."""
    waiting: _Waiting = {}
    token = _together.set(waiting)
    try:
        yield
    finally:
        _together.reset(token)
    _defer(waiting.values())
