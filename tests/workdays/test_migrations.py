"""The migrations of this room go forth and back."""

from __future__ import annotations

import pytest
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor


def has_trigger() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_trigger WHERE tgname = 'workdays_limitpause_no_overlap'")
        return bool(cursor.fetchone()[0])


@pytest.mark.django_db(transaction=True)
def test_the_guard_of_pauses_can_be_taken_away_and_put_back():
    assert has_trigger()
    MigrationExecutor(connection).migrate([("workdays", "0001_initial")])
    assert not has_trigger()
    MigrationExecutor(connection).migrate([("workdays", "0002_pauses_do_not_overlap")])
    assert has_trigger()


@pytest.mark.django_db
def test_tables_are_as_the_models_say():
    call_command("makemigrations", "workdays", check=True, dry_run=True, verbosity=0)
