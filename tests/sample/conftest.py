"""A small sample city, built once for all tests of the room; each test undoes what it did itself."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from django.db import connection

from onedoor.look import kept
from onedoor.sample import city as making
from onedoor.sample.sources import Scale
from tests.undone import Undone

NOW = datetime(2026, 11, 24, 7, 0, tzinfo=UTC)  # Tuesday 15:00 in Asia/Shanghai
SMALL = Scale(
    counties=1, townships=2, villages=2, departments=frozenset({"RS", "YJ", "MZ"}), citizens=24, walk_ins=6, shops=2,
    finished=12,
)  # fmt: skip


@pytest.fixture(scope="module")
def built(django_db_setup: None, django_db_blocker) -> Iterator[making.City]:
    with django_db_blocker.unblock(), Undone():
        yield making.build(lambda _text: None, scale=SMALL, now=NOW)
    with django_db_blocker.unblock():
        connection.close()


@pytest.fixture
def city(built: making.City) -> Iterator[making.City]:
    kept.forget_all()
    with Undone():
        yield built
