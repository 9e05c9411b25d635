"""One's own data to take along: as JSON, or as a ZIP with the files, made while it is sent."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import IO, Any, cast
from uuid import UUID

from onedoor.kernel.clock import local
from onedoor.people import queries, records
from onedoor.people.records import HeldRecord

CHUNK = 64 * 1024


def everything(person_id: UUID, *, at: datetime) -> tuple[dict[str, Any], Mapping[str, Sequence[HeldRecord]]]:
    """Return all that is held about a person as plain values, and the records with their files."""
    held = records.records_about(person_id)
    looks = [
        {"at": local(each.at).isoformat(), "who": each.who, "what": each.what, "why": each.why}
        for each in queries.looks_at(person_id)
    ]
    data = {
        "made_at": local(at).isoformat(timespec="seconds"),
        "records": {room: [_plain(each) for each in found] for room, found in held.items()},
        "looked_at_by": looks,
    }
    return data, held


def _plain(record: HeldRecord) -> dict[str, Any]:
    plain: dict[str, Any] = {"kind": record.kind, "title": str(record.title)}
    if record.at is not None:
        plain["since"] = local(record.at).isoformat(timespec="seconds")
    return {
        **plain,
        **(record.data or {"facts": dict(record.facts)}),
        **({"files": [each.name for each in record.files]} if record.files else {}),
    }


def as_json(data: Mapping[str, Any]) -> bytes:
    """Return plain values as a JSON document that people can read too."""
    return json.dumps(data, ensure_ascii=False, indent=1, default=str).encode()


def as_zip(data: Mapping[str, Any], held: Mapping[str, Sequence[HeldRecord]]) -> Iterator[bytes]:
    """Yield a ZIP of the JSON document and all files, file by file: never more than one of them in memory."""
    sink = _Sink()
    with zipfile.ZipFile(cast("IO[bytes]", sink), "w", zipfile.ZIP_STORED) as archive:
        archive.writestr("data.json", as_json(data))
        yield sink.take()
        for name, source in _named(held):
            with source.open() as stored, archive.open(name, "w", force_zip64=True) as target:
                while chunk := stored.read(CHUNK):
                    target.write(chunk)
                    yield sink.take()
            yield sink.take()
    yield sink.take()


def _named(held: Mapping[str, Sequence[HeldRecord]]) -> Iterator[tuple[str, records.HeldFile]]:
    used: set[str] = set()
    for room, found in held.items():
        for number, record in enumerate(found, start=1):
            for file in record.files:
                name = f"{room}/{number:03d}/{file.name.replace('/', '_')}"
                while name in used:
                    folder, _slash, last = name.rpartition("/")
                    name = f"{folder}/_{last}"
                used.add(name)
                yield name, file


class _Sink:
    """A file that only grows and gives away what was written to it."""

    def __init__(self) -> None:
        self._kept = bytearray()

    def write(self, chunk: bytes) -> int:
        self._kept += chunk
        return len(chunk)

    def flush(self) -> None:
        """Nothing is held back."""

    def take(self) -> bytes:
        taken = bytes(self._kept)
        self._kept.clear()
        return taken
