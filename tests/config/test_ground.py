import subprocess
import sys
from pathlib import Path

import pytest
from django.contrib.auth.models import Group
from django.db import connection


@pytest.mark.django_db
def test_database_is_migrated_and_sorted_by_code_point():
    with connection.cursor() as cursor:
        cursor.execute("SELECT datlocale FROM pg_database WHERE datname = current_database()")
        assert cursor.fetchone() == ("C.UTF-8",)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("turn", ["first", "second"])
def test_what_a_race_committed_is_gone_for_the_next_test(turn):
    assert not Group.objects.exists()
    Group.objects.create(name=turn)


def test_arguments_of_psql_may_begin_with_a_dash():
    onedoor = Path(sys.executable).with_name("onedoor")
    done = subprocess.run([onedoor, "db", "psql", "-Atc", "select 1 - 2"], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "-1\n", "")
