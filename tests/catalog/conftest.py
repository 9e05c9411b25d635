from __future__ import annotations

import pytest

from onedoor.look.pagecache import shelf
from onedoor.network import opening


@pytest.fixture
def city(whole_city: None, db: None) -> None:
    """Stand in the whole city."""
    opening.forget()
    shelf.clear()
