"""Jobs of a killed worker are done again; jobs that an act queues share its fate, in the worker too."""

import asyncio
from contextlib import closing, suppress

import pytest
from asgiref.sync import sync_to_async
from django.db import connection, transaction
from procrastinate import PsycopgConnector
from procrastinate.contrib.django import app
from procrastinate.contrib.django.utils import connector_params

from onedoor.config import worker
from onedoor.kernel import jobs

FILE = "00000000-0000-0000-0000-000000000000"


def asked(statement):
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchall()


def in_worker(what):
    async def do():
        with app.replace_connector(PsycopgConnector(kwargs=connector_params())):
            async with app.open_async():
                await what()

    asyncio.run(do())


def left_by_a_dead_worker(tries_before=0):
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - interval '5 minutes')")
        cursor.execute(
            "UPDATE procrastinate_jobs SET status = 'doing', worker_id = (SELECT max(id) FROM procrastinate_workers), attempts = %s",
            [tries_before],
        )


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("tries_before", "status"), [(0, "todo"), (10, "failed")])
def test_job_of_a_dead_worker_is_taken_up_again_but_not_for_ever(tries_before, status):
    jobs.queue("documents.scan", file_id=FILE)
    left_by_a_dead_worker(tries_before)
    in_worker(worker.take_up_lost_jobs)
    assert asked("SELECT status::text FROM procrastinate_jobs") == [(status,)]


@pytest.mark.django_db(transaction=True)
def test_lost_job_makes_room_for_the_one_queued_since_which_its_lock_kept_waiting_for_ever():
    seal = app.configure_task("journal.seal", allow_unknown=True, lock="journal.seal", queueing_lock="journal.seal")
    seal.defer(timestamp=1)
    left_by_a_dead_worker()
    seal.defer(timestamp=2)
    jobs.queue("documents.scan", file_id=FILE)
    asked("UPDATE procrastinate_jobs SET status = 'doing' WHERE task_name = 'documents.scan' RETURNING id")
    in_worker(worker.take_up_lost_jobs)
    assert asked("SELECT task_name::text, status::text, args ->> 'timestamp' FROM procrastinate_jobs ORDER BY id") == [
        ("journal.seal", "todo", "2"),
        ("documents.scan", "todo", None),
    ]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("rolled_back", "left"), [(True, 0), (False, 1)])
def test_job_queued_by_an_act_in_the_worker_waits_for_its_commit(rolled_back, left):
    def act():
        with suppress(RuntimeError), closing(connection), transaction.atomic():
            jobs.queue("documents.scan", file_id=FILE)
            if rolled_back:
                raise RuntimeError

    in_worker(sync_to_async(act))
    assert asked("SELECT count(*) FROM procrastinate_jobs") == [(left,)]
