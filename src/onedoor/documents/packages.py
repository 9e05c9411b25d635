"""Packages (ZIP) and old Office files, told from their directories alone: nothing is unpacked, so nothing can explode."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator, Sequence
from typing import IO

ZIP_HEAD = b"PK\x03\x04"
COMPOUND_HEAD = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_CHUNK = 65_536


class DamagedPackage(Exception):
    """The directory of a package cannot be read."""


class ExplodingPackage(Exception):
    """A package has more parts, or unpacks to more, than what it is taken for."""


def parts_of(stream: IO[bytes], *, most_parts: int, most_unpacked: int) -> list[zipfile.ZipInfo]:
    """Return the parts of a package. The sizes announced are the ones that are read: what unpacks to more is refused then.

    :param most_unpacked: bytes.
    :raises DamagedPackage: when its directory cannot be read.
    :raises ExplodingPackage: when it has more parts, or unpacks to more.
    """
    stream.seek(0)
    try:
        with zipfile.ZipFile(stream) as package:
            parts = package.infolist()
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError) as broken:
        raise DamagedPackage from broken
    if len(parts) > most_parts or sum(each.file_size for each in parts) > most_unpacked:
        raise ExplodingPackage
    return parts


def is_encrypted(parts: Sequence[zipfile.ZipInfo]) -> bool:
    """Return whether any part of a package is."""
    return any(each.flag_bits & 1 for each in parts)


def first_named(stream: IO[bytes], names: Sequence[str]) -> str | None:
    """Return which of some entries an old Office file (a compound file) has, the first one of its bytes."""
    wanted = {name.encode("utf-16-le") + b"\0\0": name for name in names}
    for piece in pieces(stream):
        for spelt, name in wanted.items():
            if spelt in piece:
                return name
    return None


def pieces(stream: IO[bytes], overlap: int = 64) -> Iterator[bytes]:
    """Yield a file in pieces that overlap, so that a word on a seam is found."""
    stream.seek(0)
    tail = b""
    while chunk := stream.read(_CHUNK):
        yield tail + chunk
        tail = chunk[-overlap:]
