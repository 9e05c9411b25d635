import pytest
from django.db import DatabaseError, connection

from onedoor.config import health


@pytest.fixture(autouse=True)
def ask_anew(monkeypatch):
    monkeypatch.setattr(health, "_migrated", False)


@pytest.mark.django_db
def test_ready_when_database_and_tables_stand(client):
    assert client.get("/healthz").status_code == 200
    assert client.get("/readyz").status_code == 200


@pytest.mark.django_db
def test_not_ready_while_a_migration_is_missing(client):
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'workdays'")
    answer = client.get("/readyz")
    assert (answer.status_code, answer.content) == (503, b"migrations are missing\n")


@pytest.mark.django_db
def test_second_question_sends_one_statement(client, count_statements):
    client.get("/readyz")
    with count_statements() as sent:
        client.get("/readyz")
    assert len(sent) == 1


@pytest.mark.django_db(transaction=True)
def test_connection_that_the_server_closed_is_noticed_without_a_statement(count_statements):
    """The next request gets a new connection instead of an error."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (pid,) = cursor.fetchone()
    with count_statements() as sent:
        assert connection.is_usable()
    assert len(sent) == 0
    other = connection.copy()
    try:
        with other.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(%s, 5000)", [pid])
    finally:
        other.close()
    assert not connection.is_usable()
    with pytest.raises(DatabaseError), connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    connection.close()
