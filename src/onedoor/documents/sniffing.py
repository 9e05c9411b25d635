"""What a file really is, told from its bytes and never from its name. Nothing is decoded or unpacked, so nothing can explode.

Formats: those a material may be handed in as (``accept_formats`` of domain.md 1.4).
"""

from __future__ import annotations

import re
import struct
import zipfile
from dataclasses import dataclass
from typing import IO

from django.utils.translation import gettext_lazy as _

from onedoor.documents import packages
from onedoor.kernel.errors import Refused

MAX_PIXELS = 120_000_000
"""Pixels of the largest picture taken: a page of A3 at 600 dots per inch. What is larger costs its reader's memory."""
MAX_DECODED = 50_000_000
"""The same for pictures that can only be decoded whole (PNG, WEBP, HEIC): 150 MB of memory."""
PICTURES = frozenset({"jpg", "png", "webp", "heic"})
_MAX_ENTRIES = 5_000
_MAX_UNPACKED = 600_000_000

MEDIA_TYPES = {
    "pdf": "application/pdf",
    "jpg": "image/jpeg",
    "png": "image/png",
    "webp": "image/webp",
    "heic": "image/heic",
    "ofd": "application/ofd",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "doc": "application/msword",
    "xls": "application/vnd.ms-excel",
}
_SAME_FORMAT = {"jpeg": "jpg", "jpe": "jpg", "jfif": "jpg", "heif": "heic", "hif": "heic"}
SHOWN_AS = "PDF、JPG、PNG、WEBP、HEIC、OFD、DOC、DOCX、XLS、XLSX"


class WrongFile(Refused):
    """A file that cannot be taken; the text says what to hand in instead."""

    code = "wrong_file"
    http_status = 422


@dataclass(frozen=True, slots=True)
class Sniffed:
    """``is_active``: it holds scripts, macros or commands that a reader program might run."""

    format: str
    is_active: bool

    @property
    def media_type(self) -> str:
        return MEDIA_TYPES[self.format]


def sniff(stream: IO[bytes], name: str) -> Sniffed:
    """Return what ``stream`` holds; ``name`` must agree with it where it has an ending. The position of the stream is lost.

    :raises WrongFile: when the content is unknown, disagrees with the name, or is dangerous to open.
    """
    stream.seek(0)
    head = stream.read(4096)
    found = _format_of(head, stream)
    suffix = name.rsplit(".", 1)[-1].lower() if "." in name else ""
    named = _SAME_FORMAT.get(suffix, suffix)
    if found is None:
        raise WrongFile(_("This kind of file cannot be taken. Please hand in one of these: %(formats)s.") % {"formats": SHOWN_AS})
    if suffix and named != found:
        raise WrongFile(
            _("The name of the file ends in “.%(named)s”, but it holds “.%(found)s”. Please save it again as what it is.")
            % {"named": suffix, "found": found}
        )
    if found in PICTURES:
        _refuse_huge_picture(found, stream)
    return Sniffed(found, is_active=_is_active(found, stream))


_HEIC_BRANDS = frozenset({b"heic", b"heix", b"heim", b"heis", b"mif1"})


def _format_of(head: bytes, stream: IO[bytes]) -> str | None:
    if b"%PDF-" in head[:1024]:
        return "pdf"
    if head.startswith(b"\xff\xd8\xff"):
        return "jpg"
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return "png"
    if head.startswith(b"RIFF") and head[8:12] == b"WEBP":
        return "webp"
    if head[4:8] == b"ftyp" and head[8:12] in _HEIC_BRANDS:
        return "heic"
    if head.startswith(packages.ZIP_HEAD):
        return _package_format(stream)
    if head.startswith(packages.COMPOUND_HEAD):
        return _compound_format(stream)
    return None


def _package_format(stream: IO[bytes]) -> str | None:
    """Return the format of a ZIP package, from its directory alone."""
    names = {entry.filename for entry in _entries(stream)}
    if "OFD.xml" in names:
        return "ofd"
    if "[Content_Types].xml" not in names:
        return None
    return next((kind for part, kind in (("word/", "docx"), ("xl/", "xlsx")) if any(n.startswith(part) for n in names)), None)


def _entries(stream: IO[bytes]) -> list[zipfile.ZipInfo]:
    try:
        return packages.parts_of(stream, most_parts=_MAX_ENTRIES, most_unpacked=_MAX_UNPACKED)
    except packages.DamagedPackage as broken:
        raise WrongFile(_("This file is damaged. Please open it, save it again and hand in the new one.")) from broken
    except packages.ExplodingPackage as bomb:
        raise WrongFile(
            _("This file unpacks to far more than a document holds. Please save it again and hand in the new one.")
        ) from bomb


def _compound_format(stream: IO[bytes]) -> str | None:
    """Return whether an old Office file is a text or a table, from the names in its directory."""
    kinds = {"WordDocument": "doc", "Workbook": "xls", "Book": "xls"}
    found = packages.first_named(stream, list(kinds))
    return None if found is None else kinds[found]


_PDF_ACTIVE = re.compile(rb"/(JavaScript|JS|Launch|EmbeddedFile|RichMedia)(?![A-Za-z])")


def _is_active(kind: str, stream: IO[bytes]) -> bool:
    """Return whether the file says openly that it holds code. The virus check looks deeper; this costs nothing."""
    if kind == "pdf":
        return any(_PDF_ACTIVE.search(piece) for piece in packages.pieces(stream))
    if kind in {"docx", "xlsx"}:
        return any(entry.filename.endswith(("vbaProject.bin", ".exe", ".dll")) for entry in _entries(stream))
    if kind in {"doc", "xls"}:
        macros = "_VBA_PROJECT".encode("utf-16-le")
        return any(macros in piece for piece in packages.pieces(stream))
    return False


def _refuse_huge_picture(kind: str, stream: IO[bytes]) -> None:
    stream.seek(0)
    try:
        width, height = {"png": _png_size, "jpg": _jpeg_size, "webp": _webp_size, "heic": _heic_size}[kind](stream)
    except (struct.error, IndexError, KeyError, ValueError, OSError, RuntimeError, SyntaxError) as broken:
        raise WrongFile(_("This picture is damaged. Please take or save it again.")) from broken
    if width <= 0 or height <= 0:
        raise WrongFile(_("This picture is damaged. Please take or save it again."))
    if width * height > (MAX_PIXELS if kind == "jpg" else MAX_DECODED):
        raise WrongFile(
            _("This picture has %(width)s × %(height)s points, which is more than can be shown. Please hand in a smaller one.")
            % {"width": width, "height": height}
        )


def _png_size(stream: IO[bytes]) -> tuple[int, int]:
    head = stream.read(24)
    if head[12:16] != b"IHDR":
        raise KeyError("IHDR")
    width, height = struct.unpack(">II", head[16:24])
    return width, height


def _jpeg_size(stream: IO[bytes]) -> tuple[int, int]:
    """Walk the segments to the frame header; a thumbnail lies inside a segment and is skipped with it."""
    stream.read(2)
    while True:
        (mark,) = struct.unpack(">B", stream.read(1))
        if mark != 0xFF:
            raise KeyError("marker")
        while mark == 0xFF:
            (mark,) = struct.unpack(">B", stream.read(1))
        if 0xD0 <= mark <= 0xD9 or mark == 0x01:
            continue
        (length,) = struct.unpack(">H", stream.read(2))
        if 0xC0 <= mark <= 0xCF and mark not in {0xC4, 0xC8, 0xCC}:
            height, width = struct.unpack(">xHH", stream.read(5))
            return width, height
        if length < 2:
            raise KeyError("length")
        stream.seek(length - 2, 1)


def _webp_size(stream: IO[bytes]) -> tuple[int, int]:
    head = stream.read(30)
    kind = head[12:16]
    if kind == b"VP8X":
        return 1 + int.from_bytes(head[24:27], "little"), 1 + int.from_bytes(head[27:30], "little")
    if kind == b"VP8L":
        bits = int.from_bytes(head[21:25], "little")
        return 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
    if kind == b"VP8 ":
        width, height = struct.unpack("<HH", head[26:30])
        return width & 0x3FFF, height & 0x3FFF
    raise KeyError("VP8")


def _heic_size(stream: IO[bytes]) -> tuple[int, int]:
    """Read the size from the boxes of the file; its picture is not decoded."""
    import pi_heif

    width, height = pi_heif.open_heif(stream).size
    return int(width), int(height)
