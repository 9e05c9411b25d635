"""What was published is seen at the next request in every web process, each with pages of its own in memory."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace

import pytest
from django.db import connection
from django.utils import timezone

from onedoor.catalog import services
from onedoor.catalog.content import Content
from onedoor.catalog.models import ItemVersion
from onedoor.catalog.parts import COLUMNS
from onedoor.catalog.services import NewVersion
from tests.catalog.city import BY
from tests.catalog.keepers import import_items

CODE = "130300-FG-10-0001"
PROCESS = """
import os, sys
import django
from django.conf import settings
from django.test import Client
django.setup()
settings.DATABASES["default"]["NAME"] = sys.argv[1]
settings.ALLOWED_HOSTS = ["testserver"]
client = Client()
for line in sys.stdin:
    page = client.get(line.strip()).content.decode()
    print("new" if "改过的说明" in page else "old" if "</html>" in page else "none", flush=True)
"""


class WebProcess:
    """A process that answers requests by the whole handler, with its caches, one after the other."""

    def __init__(self, database: str) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-c", PROCESS, database],
            env={**os.environ, "DJANGO_SETTINGS_MODULE": "tests.settings"},
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip

    def get(self, path: str) -> str:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        print(path, file=self._process.stdin, flush=True)
        return self._process.stdout.readline().strip()

    def end(self) -> None:
        self._process.communicate()


@pytest.fixture
def other(transactional_db: None) -> Iterator[WebProcess]:
    import_items(CODE)
    process = WebProcess(str(connection.settings_dict["NAME"]))
    yield process
    process.end()


def publish_with(summary: str) -> None:
    now = ItemVersion.objects.get(item__code=CODE, status="published")
    said = {name: getattr(now, name) for name in COLUMNS}
    content = replace(Content.from_json(now.content), summary=summary)
    new = NewVersion(CODE, **said, accepts_online=now.accepts_online, is_complete=True, content=content)
    services.publish_version(new, by=BY, at=timezone.now())


def test_the_next_request_of_another_process_sees_what_was_published(other: WebProcess) -> None:
    path = f"/items/{CODE}/"
    assert [other.get(path), other.get(path)] == ["old", "old"], "the second answer comes from memory"
    publish_with("改过的说明")
    assert [other.get(path), other.get(path)] == ["new", "new"]
    publish_with("又改过")
    assert other.get(path) == "old"
