"""What a file really is, told from its bytes: a table, a workbook, JSON, or something that cannot be taken, with what to do then."""

from __future__ import annotations

import zipfile
from typing import IO

from django.utils.translation import gettext as _

from onedoor.catalog.exchange.faults import Unreadable

LARGEST = 200_000_000
"""Bytes of the largest file that is read."""
LARGEST_UNPACKED = 1_000_000_000
"""Bytes to which a workbook may unpack. It is read in pieces, so this bounds the time and not the memory."""
MOST_PARTS = 2_000
_COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_SUFFIXES = {"csv", "xlsx", "json"}


def format_of(stream: IO[bytes], name: str = "") -> str:
    """Return ``csv``, ``xlsx`` or ``json``; where the name ends in another of the three, it must agree.

    :raises Unreadable: when it is none of them.
    """
    size = stream.seek(0, 2)
    stream.seek(0)
    if not size:
        raise Unreadable(_("The file is empty."))
    if size > LARGEST:
        raise Unreadable(_("The file has more than %(n)d MB. Split it into several files.") % {"n": LARGEST // 1_000_000})
    head = stream.read(4096)
    found = _told_by(head, stream)
    stream.seek(0)
    suffix = name.rpartition(".")[2].lower()
    if suffix in _SUFFIXES and suffix != found:
        words = {"named": suffix, "found": found}
        raise Unreadable(
            _("The name of the file ends in “.%(named)s”, but it holds “.%(found)s”. Save it again as what it is.") % words
        )
    return found


def _told_by(head: bytes, stream: IO[bytes]) -> str:
    if head.startswith(b"PK\x03\x04"):
        return _package(stream)
    if head.startswith(_COMPOUND):
        raise Unreadable(_of_compound(stream))
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if text.startswith((b"[", b"{")):
        return "json"
    if text.startswith(b"<"):
        raise Unreadable(_("This is a web page and no table, whatever its name says. Open it and save it as XLSX or CSV."))
    if head.startswith((b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"Rar!", b"7z\xbc\xaf", b"\x1f\x8b")):
        raise Unreadable(_("This is no table. Save the table as XLSX, CSV or JSON."))
    return "csv"


def _package(stream: IO[bytes]) -> str:
    names = {each.filename for each in parts_of(stream)}
    if "xl/workbook.xml" in names:
        return "xlsx"
    if any(name.endswith("/workbook.xml") for name in names) and "[Content_Types].xml" in names:
        return "xlsx"
    if "xl/workbook.bin" in names or "content.xml" in names:
        raise Unreadable(_("This kind of workbook cannot be read. Open it and save it as XLSX."))
    raise Unreadable(_("This is no table. Save the table as XLSX, CSV or JSON."))


def parts_of(stream: IO[bytes]) -> list[zipfile.ZipInfo]:
    """Return the parts of a package, none of them unpacked yet.

    The sizes announced are true ones: what unpacks to more than it announces is refused where it is read.

    :raises Unreadable: when it is damaged, encrypted, or unpacks to far more than a table holds.
    """
    stream.seek(0)
    try:
        with zipfile.ZipFile(stream) as package:
            parts = package.infolist()
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError) as broken:
        raise Unreadable(_("This file is damaged. Open it, save it again and hand in the new one.")) from broken
    if len(parts) > MOST_PARTS or sum(each.file_size for each in parts) > LARGEST_UNPACKED:
        raise Unreadable(_("This file unpacks to far more than a table holds. Save it again and hand in the new one."))
    if any(each.flag_bits & 1 for each in parts):
        raise Unreadable(_("This file is protected by a password. Take the password away and save it again."))
    return parts


def _of_compound(stream: IO[bytes]) -> str:
    stream.seek(0)
    tail = b""
    while chunk := stream.read(65_536):
        piece = tail + chunk
        if "EncryptedPackage".encode("utf-16-le") in piece:
            return _("This file is protected by a password. Take the password away and save it again.")
        if any(name.encode("utf-16-le") + b"\0\0" in piece for name in ("Workbook", "Book")):
            return _("This is an old Excel file (.xls). Open it and save it as XLSX.")
        tail = chunk[-64:]
    return _("This is no table. Save the table as XLSX, CSV or JSON.")
