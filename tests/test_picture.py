"""The tests stand on this: after one that commits, the database is again what it was."""

from __future__ import annotations

import pytest
from django.db import connection

from tests.casework.situations import City, submitted
from tests.picture import Picture


def run(*statements: str) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def everything(picture: Picture) -> list[object]:
    with connection.cursor() as cursor:
        found = []
        for table in picture.tables:
            cursor.execute(f"SELECT t::text FROM {table} t ORDER BY 1")
            found.append((table, cursor.fetchall()))
    return [*found, picture._stood()]


@pytest.mark.django_db(transaction=True)
def test_rows_and_sequences_come_back(furnished: City) -> None:
    picture = Picture()
    before = everything(picture)
    for _ in range(2):
        submitted(furnished)  # writes to the journal, from which nobody deletes
        run(
            "UPDATE people_account SET display_name = 'somebody else'",  # leaves the number of rows as it is
            "DELETE FROM network_posting",
            "SELECT nextval('procrastinate_jobs_id_seq')",
        )
        assert everything(picture) != before
        assert picture.restore()
        assert everything(picture) == before


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE INDEX new ON people_account (display_name)",
        "CREATE TABLE new (id int)",
        "ALTER TABLE people_account ALTER display_name DROP NOT NULL",
        "ALTER TABLE people_account ADD CHECK (true)",
        "ALTER TABLE journal_entry DISABLE TRIGGER USER",
        "CREATE OR REPLACE FUNCTION new() RETURNS int LANGUAGE sql AS 'SELECT 1'",
    ],
)
@pytest.mark.django_db(transaction=True)
def test_what_was_made_or_altered_needs_a_new_copy(statement: str) -> None:
    picture = Picture()
    run(statement)
    assert not picture.restore()
