"""A small sample city, built once for all tests of the room; each test undoes what it did itself."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from django.db import connection, transaction

from onedoor.look import kept
from onedoor.sample import city as making
from onedoor.sample.sources import Scale

NOW = datetime(2026, 11, 24, 7, 0, tzinfo=UTC)  # Tuesday 15:00 in Asia/Shanghai
SMALL = Scale(
    counties=1, townships=2, villages=2, departments=frozenset({"RS", "YJ", "FG", "GA", "MZ"}), citizens=24, walk_ins=8, shops=3,
    finished=12,
)  # fmt: skip


class _Undone:
    """A transaction that is always rolled back and inside which durable acts are allowed, as in Django's own test cases."""

    def __enter__(self) -> None:
        self.atomic = transaction.atomic()
        self.atomic._from_testcase = True  # type: ignore[attr-defined]
        self.atomic.__enter__()

    def __exit__(self, *_: object) -> None:
        transaction.set_rollback(True)
        self.atomic.__exit__(None, None, None)
        kept.forget_all()


@pytest.fixture(scope="module")
def built(django_db_setup: None, django_db_blocker) -> Iterator[making.City]:
    with django_db_blocker.unblock(), _Undone():
        yield making.build(lambda _text: None, scale=SMALL, now=NOW)
    with django_db_blocker.unblock():
        connection.close()


@pytest.fixture
def city(built: making.City) -> Iterator[making.City]:
    kept.forget_all()
    with _Undone():
        yield built
