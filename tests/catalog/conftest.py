from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.db import transaction

from onedoor.look.pagecache import shelf
from onedoor.network import opening
from tests.catalog.city import build_city


@pytest.fixture(scope="module")
def whole_city(django_db_setup: None, django_db_blocker: pytest.FixtureRequest) -> Iterator[None]:
    """Build the whole city once for a module, in a transaction around those of its tests, and take it away again."""
    with django_db_blocker.unblock():
        around = transaction.atomic()
        around._from_testcase = True
        with around:
            build_city()
            yield
            transaction.set_rollback(True)
        opening.forget()
        shelf.clear()


@pytest.fixture
def city(whole_city: None, db: None) -> None:
    """Stand in the whole city."""
    opening.forget()
    shelf.clear()
