from __future__ import annotations

from pathlib import Path

import pytest
from pytest_django.fixtures import SettingsWrapper


@pytest.fixture(autouse=True)
def data_folder(tmp_path: Path, settings: SettingsWrapper) -> Path:
    """Keep the roots of each test apart."""
    settings.ONEDOOR_DATA = tmp_path
    return tmp_path
