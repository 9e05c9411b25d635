"""What a file really is, told from its bytes: a table, a workbook, JSON, or something that cannot be taken, with what to do then."""

from __future__ import annotations

import zipfile
from typing import IO

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from onedoor.catalog.exchange.faults import Unreadable
from onedoor.documents import packages

LARGEST = 200_000_000
"""Bytes of the largest file that is read."""
LARGEST_UNPACKED = 1_000_000_000
"""Bytes to which a workbook may unpack. It is read in pieces, so this bounds the time and not the memory."""
MOST_PARTS = 2_000
_PROTECTED = gettext_lazy("This file is protected by a password. Take the password away and save it again.")
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
    if head.startswith(packages.ZIP_HEAD):
        return _package(stream)
    if head.startswith(packages.COMPOUND_HEAD):
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

    :raises Unreadable: when it is damaged, encrypted, or unpacks to far more than a table holds.
    """
    try:
        parts = packages.parts_of(stream, most_parts=MOST_PARTS, most_unpacked=LARGEST_UNPACKED)
    except packages.DamagedPackage as broken:
        raise Unreadable(_("This file is damaged. Open it, save it again and hand in the new one.")) from broken
    except packages.ExplodingPackage as bomb:
        raise Unreadable(_("This file unpacks to far more than a table holds. Save it again and hand in the new one.")) from bomb
    if packages.is_encrypted(parts):
        raise Unreadable(str(_PROTECTED))
    return parts


def _of_compound(stream: IO[bytes]) -> str:
    found = packages.first_named(stream, ["EncryptedPackage", "Workbook", "Book"])
    if found is None:
        return _("This is no table. Save the table as XLSX, CSV or JSON.")
    return str(_PROTECTED) if found == "EncryptedPackage" else _("This is an old Excel file (.xls). Open it and save it as XLSX.")
