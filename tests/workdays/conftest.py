from __future__ import annotations

from collections.abc import Iterator

import pytest

from onedoor.workdays.queries import forget_calendar


@pytest.fixture(autouse=True)
def _calendar_of_this_database() -> Iterator[None]:
    """Each test's database has its own notices; the process must not remember another's."""
    forget_calendar()
    yield
    forget_calendar()
