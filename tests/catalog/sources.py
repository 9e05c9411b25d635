"""The sample's files, read once for all tests of the catalogue."""

from __future__ import annotations

import csv
import io
from functools import cache
from pathlib import Path

import onedoor.sample
from onedoor.catalog.exchange.faults import Faults
from onedoor.catalog.exchange.items_file import ItemsFile
from onedoor.catalog.exchange.records import ItemRecord, record_of

DATA = Path(onedoor.sample.__file__).parent / "data"


@cache
def items_file() -> bytes:
    return (DATA / "items_full.csv").read_bytes()


@cache
def guides_file() -> bytes:
    return (DATA / "guides.json").read_bytes()


def records_of(items: bytes, guides: bytes | None = None, name: str = "") -> tuple[list[ItemRecord], Faults]:
    """Return the items of a file that are right, as of a catalogue that has none of them, and what is wrong with the others."""
    faults = Faults()
    file = ItemsFile(io.BytesIO(items), faults, name=name, guides=io.BytesIO(guides) if guides is not None else None)
    found = [record_of(given, None) for given in file]
    return [record for record in found if record is not None], faults


@cache
def sample_records() -> list[ItemRecord]:
    found, faults = records_of(items_file(), guides_file())
    assert not faults, faults.told[:5]
    return found


@cache
def synonym_rows() -> list[dict[str, str]]:
    with (DATA / "synonyms.csv").open(encoding="utf-8-sig", newline="") as lines:
        return list(csv.DictReader(lines))
