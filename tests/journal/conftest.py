from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest


@pytest.fixture(autouse=True)
def data_folder(tmp_path: Path, settings: Any) -> Path:
    """Keep the roots of each test apart."""
    settings.ONEDOOR_DATA = tmp_path
    return tmp_path
