from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

import pytest
from django.contrib.sessions.models import Session
from django.db.models import IntegerField, QuerySet, Value

from onedoor.kernel.prepared import Prepared

NEW_YEAR = datetime(2027, 1, 1, tzinfo=UTC)


def open_sessions(key: str, now: datetime) -> QuerySet[Session]:
    return Session.objects.filter(session_key=key, expire_date__gt=now)


@pytest.fixture
def two_sessions(db: None) -> None:
    Session.objects.bulk_create(Session(session_key=key, session_data=key.upper(), expire_date=NEW_YEAR) for key in ("one", "two"))


def test_it_answers_like_the_query_with_other_values(two_sessions: None) -> None:
    asked = Prepared(open_sessions, "example", datetime(2004, 7, 1, tzinfo=UTC))
    before, after = datetime(2026, 12, 31, tzinfo=UTC), datetime(2027, 1, 2, tzinfo=UTC)
    assert [each.session_data for each in asked.rows("one", before)] == ["ONE"]
    assert asked.row("two", before) == open_sessions("two", before).get()
    assert asked.row("two", after) is None
    assert asked.row("three", before) is None


def test_each_question_is_one_statement(two_sessions: None, count_statements) -> None:
    asked = Prepared(open_sessions, "example", datetime(2004, 7, 1, tzinfo=UTC))
    with count_statements() as sent:
        asked.row("one", datetime(2026, 12, 31, tzinfo=UTC))
        asked.row("two", datetime(2026, 12, 31, tzinfo=UTC))
    assert len(sent) == 2


def test_columns_that_were_added_come_along(two_sessions: None) -> None:
    asked = Prepared(
        lambda key: Session.objects.filter(session_key=key).annotate(number=Value(7, output_field=IntegerField())), "example"
    )
    assert asked.row("one").number == 7


def test_columns_alone(two_sessions: None) -> None:
    asked = Prepared(
        lambda now: (
            Session.objects.filter(expire_date__gt=now).order_by("session_key").values_list("session_key", "expire_date")[:9]
        ),
        datetime(2004, 7, 1, tzinfo=UTC),
    )
    assert asked.tuples(datetime(2026, 12, 31, tzinfo=UTC)) == [("one", NEW_YEAR), ("two", NEW_YEAR)]
    assert asked.tuples(NEW_YEAR) == []


def test_rows_can_be_changed_and_saved(two_sessions: None) -> None:
    row = Prepared(lambda key: Session.objects.filter(session_key=key), "example").row("one")
    row.session_data = "changed"
    row.save(update_fields=["session_data"])
    assert Session.objects.get(session_key="one").session_data == "changed"


def test_an_example_that_the_statement_does_not_hold_is_a_bug(two_sessions: None) -> None:
    asked = Prepared(lambda _key: Session.objects.all(), UUID(int=1))
    with pytest.raises(ValueError, match="example"):
        asked.rows(UUID(int=2))
