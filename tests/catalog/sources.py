"""The sample's files, read once for all tests of the catalogue."""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path

import onedoor.sample
from onedoor.catalog.importing import Reading, read

DATA = Path(onedoor.sample.__file__).parent / "data"


@cache
def items_file() -> bytes:
    return (DATA / "items_full.csv").read_bytes()


@cache
def guides_file() -> bytes:
    return (DATA / "guides.json").read_bytes()


@cache
def sample_reading() -> Reading:
    return read(items_file(), guides_file())


@cache
def synonym_rows() -> list[dict[str, str]]:
    with (DATA / "synonyms.csv").open(encoding="utf-8-sig", newline="") as lines:
        return list(csv.DictReader(lines))
