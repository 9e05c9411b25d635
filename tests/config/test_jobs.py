"""A worker killed in the middle of a job: another one does it again."""

import asyncio

import pytest
from django.db import connection
from procrastinate.contrib.django import app

from onedoor.kernel import jobs


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("tries_before", "status"), [(0, "todo"), (10, "failed")])
def test_job_of_a_dead_worker_is_taken_up_again_but_not_for_ever(tries_before, status):
    app.perform_import_paths()
    jobs.queue("documents.scan", file_id="00000000-0000-0000-0000-000000000000")
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - interval '5 minutes') RETURNING id")
        cursor.execute(
            "UPDATE procrastinate_jobs SET status = 'doing', worker_id = (SELECT max(id) FROM procrastinate_workers), attempts = %s",
            [tries_before],
        )

    async def sweep():
        worker = app.connector.get_worker_connector()
        with app.replace_connector(worker):
            async with app.open_async():
                await app.tasks["config.retry_stalled"].func(timestamp=0)

    asyncio.run(sweep())
    with connection.cursor() as cursor:
        cursor.execute("SELECT status::text FROM procrastinate_jobs")
        assert cursor.fetchall() == [(status,)]
