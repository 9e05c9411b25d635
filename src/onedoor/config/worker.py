"""The worker: does jobs until told to stop, and goes on by itself when the database was away.

Procrastinate's worker ends when it loses the database, and nobody starts it again. Here one worker follows another in the same
process, each with connections of its own, and takes up what the one before left half done.
"""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress
from typing import Any

import psycopg
from procrastinate import PsycopgConnector
from procrastinate.contrib.django import app
from procrastinate.contrib.django.utils import connector_params
from procrastinate.exceptions import ConnectorException, UniqueViolation
from procrastinate.jobs import DeleteJobCondition, Job, Status
from procrastinate.signals import on_stop
from procrastinate.worker import Worker

from onedoor.config import ground

TRIES = 10
BEAT, DEAD, LOOK, PATIENCE, PAUSE = 5, 20, 10, 5, 0.5  # seconds
LOST = (ConnectorException, psycopg.OperationalError)
log = logging.getLogger(__name__)


def run(*, jobs: int) -> None:
    """Do so many jobs at the same time until SIGTERM or SIGINT; the jobs that run then are brought to their end."""
    app.perform_import_paths()  # type: ignore[no-untyped-call]
    asyncio.run(_Work(jobs).go_on())


class _Work:
    """Workers one after the other."""

    def __init__(self, jobs: int) -> None:
        self.jobs = jobs
        self.told = asyncio.Event()
        self.former: set[int] = set()

    async def go_on(self) -> None:
        with on_stop(self.told.set):
            while not self.told.is_set():
                await self._wait_for_database()
                if not self.told.is_set():
                    await self._work_while_it_answers()
                    await self._pause()

    async def _wait_for_database(self) -> None:
        """Knock with connections of our own: those of a pool come back ever more seldom."""
        while not self.told.is_set():
            try:
                await (await psycopg.AsyncConnection.connect(ground.database_url(), connect_timeout=PATIENCE)).close()
            except psycopg.OperationalError:
                await self._pause()
            else:
                return

    async def _pause(self) -> None:
        with suppress(TimeoutError):
            await asyncio.wait_for(self.told.wait(), PAUSE)

    async def _work_while_it_answers(self) -> None:
        with app.replace_connector(PsycopgConnector(kwargs=connector_params(), timeout=PATIENCE)):
            worker = _Worker(
                app,
                concurrency=self.jobs,
                delete_jobs=DeleteJobCondition.SUCCESSFUL,
                install_signal_handlers=False,
                update_heartbeat_interval=BEAT,
                stalled_worker_timeout=DEAD,
                task_middleware=app.worker_defaults.get("task_middleware"),
            )
            try:
                async with app.open_async():
                    await self._bury()
                    await self._work(worker)
            except LOST as failure:
                log.warning("the worker lost the database", extra={"reason": str(failure.__cause__ or failure).strip()})
            if worker.worker_id is not None:
                self.former.add(worker.worker_id)

    async def _bury(self) -> None:
        """Strike out the workers before this one: they could not do it themselves, and what they left is then free at once."""
        for number in sorted(self.former):
            await app.job_manager.unregister_worker(number)
        self.former.clear()

    async def _work(self, worker: Worker) -> None:
        beside = [asyncio.create_task(each) for each in (self._stop_when_told(worker), _look_for_lost_jobs())]
        try:
            await worker.run()  # type: ignore[no-untyped-call]
        finally:
            for each in beside:
                each.cancel()
            await asyncio.gather(*beside, return_exceptions=True)

    async def _stop_when_told(self, worker: Worker) -> None:
        await self.told.wait()
        worker.stop()  # type: ignore[no-untyped-call]


class _Worker(Worker):
    """A worker that stops when it could not write down how a job ended: the next one finds the job and does it again."""

    async def _persist_job_status(self, *arguments: Any, **options: Any) -> None:
        try:
            await super()._persist_job_status(*arguments, **options)
        except ConnectorException:
            self.stop()  # type: ignore[no-untyped-call]
            raise


async def _look_for_lost_jobs() -> None:
    while True:
        with suppress(*LOST):  # the worker beside it loses the database too
            await take_up_lost_jobs()
        await asyncio.sleep(LOOK)


async def take_up_lost_jobs() -> None:
    """Put back the jobs of workers that no longer give a sign of life; give up a job that killed its workers again and again."""
    for job in await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=DEAD):
        if job.attempts >= TRIES:
            log.error("job given up", extra={"job": job.id, "task": job.task_name})
            await app.job_manager.finish_job(job, Status.FAILED, delete_job=False)
        else:
            log.warning("job taken up again", extra={"job": job.id, "task": job.task_name})
            await _put_back(job)


async def _put_back(job: Job) -> None:
    try:
        await app.job_manager.retry_job(job)
    except UniqueViolation:  # of the queueing lock: another one waits already, and does what this one would have done
        await app.job_manager.finish_job(job, Status.FAILED, delete_job=True)
