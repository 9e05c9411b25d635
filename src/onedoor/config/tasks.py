"""Work of the house itself: jobs of killed workers are done again."""

from __future__ import annotations

import logging

from procrastinate.contrib.django import app
from procrastinate.jobs import Status

TRIES = 10
log = logging.getLogger(__name__)


@app.periodic(cron="* * * * *")
@app.task(name="config.retry_stalled", queueing_lock="config.retry_stalled")
async def retry_stalled(timestamp: int) -> None:
    """Hand jobs of workers that no longer give a sign of life to others; give up a job that killed its workers again and again."""
    del timestamp
    for job in await app.job_manager.get_stalled_jobs():
        if job.attempts < TRIES:
            log.warning("job taken up again", extra={"job": job.id, "task": job.task_name})
            await app.job_manager.retry_job(job)
        else:
            log.error("job given up", extra={"job": job.id, "task": job.task_name})
            await app.job_manager.finish_job(job, Status.FAILED, delete_job=False)
