"""Photos as they are kept: upright, and without what a telephone writes beside the picture (place, time, owner, thumbnail).

Where only the remarks go, not one point of the picture is changed: its segments are copied without them. Turning decodes it.
"""

from __future__ import annotations

import io
import re
import struct
import threading
from collections.abc import Iterator
from typing import IO, TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from onedoor.documents.sniffing import WrongFile

if TYPE_CHECKING:
    from PIL.Image import Image

TURNED_AT_MOST = 25_000_000
"""Points of the largest picture that is decoded whole: A4 at 500 dots per inch. A larger photo is turned at half its size."""
_JPEG_QUALITY = 92
_ORIENTATION = 0x0112
_few = threading.BoundedSemaphore(2)  # each decoded picture takes up to 100 MB, and a process has many threads


def as_kept(stream: IO[bytes], kind: str) -> tuple[bytes, str] | None:
    """Return the bytes and the format that are kept of a picture, or None where it is kept as it came.

    :raises WrongFile: when it cannot be decoded.
    """
    stream.seek(0)
    data = stream.read()
    try:
        with _few:
            return _as_kept(data, kind)
    except (OSError, SyntaxError, ValueError, struct.error, IndexError, EOFError, RuntimeError) as broken:
        raise WrongFile(_("This picture is damaged. Please take or save it again.")) from broken


def _as_kept(data: bytes, kind: str) -> tuple[bytes, str] | None:
    from PIL import Image

    if kind == "heic":
        return _jpeg_of_heic(data), "jpg"
    bare = {"jpg": _bare_jpeg, "png": _bare_png, "webp": _bare_webp}[kind](data)
    with Image.open(io.BytesIO(data)) as picture:
        orientation = picture.getexif().get(_ORIENTATION, 1)
    with Image.open(io.BytesIO(bare)) as picture:
        if orientation in range(2, 9):
            return _turned(picture, orientation, kind), kind
        _try_to_decode(picture)
    return None if bare == data else (bare, kind)


def _try_to_decode(picture: Image) -> None:
    """Decode a picture, a JPEG at an eighth of its size, so that a broken one is refused while the photo can be taken again."""
    width, height = picture.size
    picture.draft(None, (max(1, width // 8), max(1, height // 8)))
    if picture.size[0] * picture.size[1] <= TURNED_AT_MOST:
        picture.load()


def _turned(picture: Image, orientation: int, kind: str) -> bytes:
    from PIL import Image

    turns = {
        2: (Image.Transpose.FLIP_LEFT_RIGHT,),
        3: (Image.Transpose.ROTATE_180,),
        4: (Image.Transpose.FLIP_TOP_BOTTOM,),
        5: (Image.Transpose.TRANSPOSE,),
        6: (Image.Transpose.ROTATE_270,),
        7: (Image.Transpose.TRANSVERSE,),
        8: (Image.Transpose.ROTATE_90,),
    }
    width, height = picture.size
    profile = picture.info.get("icc_profile")
    if width * height > TURNED_AT_MOST:
        picture.draft(None, (width // 2, height // 2))
    upright = picture.transpose(turns[orientation][0])
    out = io.BytesIO()
    more = {"quality": _JPEG_QUALITY} if kind in {"jpg", "webp"} else {}
    upright.save(out, {"jpg": "JPEG", "png": "PNG", "webp": "WEBP"}[kind], icc_profile=profile, **more)
    return out.getvalue()


def _jpeg_of_heic(data: bytes) -> bytes:
    """Return the main picture of a HEIC file as JPEG, which every office opens; its decoder turns it upright."""
    import pi_heif

    picture = pi_heif.open_heif(io.BytesIO(data), convert_hdr_to_8bit=True).to_pillow()
    out = io.BytesIO()
    profile = picture.info.get("icc_profile")
    picture.convert("RGB").save(out, "JPEG", quality=_JPEG_QUALITY, icc_profile=profile)
    return out.getvalue()


# JPEG

_SCAN_END = re.compile(rb"\xff+[^\x00\xd0-\xd7\xff]", re.DOTALL)
_START_OF_SCAN, _END_OF_IMAGE = 0xDA, 0xD9


def _bare_jpeg(data: bytes) -> bytes:
    """Return a JPEG with its frame, its tables and its colours only: no EXIF, XMP, IPTC, remarks, thumbnails or second pictures."""
    return b"\xff\xd8" + b"".join(_jpeg_parts(data)) + b"\xff\xd9"


def _jpeg_parts(data: bytes) -> Iterator[bytes]:
    at = 2
    while True:
        if data[at] != 0xFF:
            raise ValueError("marker")
        while data[at] == 0xFF:
            at += 1
        mark = data[at]
        at += 1
        if mark == _END_OF_IMAGE:
            return
        if 0xD0 <= mark <= 0xD8 or mark == 0x01:
            continue
        (length,) = struct.unpack_from(">H", data, at)
        body = data[at + 2 : at + length]
        if _is_kept_in_jpeg(mark, body):
            yield b"\xff" + bytes([mark]) + data[at : at + length]
        at += length
        if mark == _START_OF_SCAN:
            end = _SCAN_END.search(data, at)
            if end is None:  # a decoder would fill what is missing with grey and say nothing
                raise EOFError("end of image")
            yield data[at : end.start()]
            at = end.start()


def _is_kept_in_jpeg(mark: int, body: bytes) -> bool:
    if mark == 0xFE:
        return False
    if 0xE0 <= mark <= 0xEF:
        return (mark, body.split(b"\0", 1)[0]) in {(0xE0, b"JFIF"), (0xE2, b"ICC_PROFILE")} or (mark, body[:5]) == (0xEE, b"Adobe")
    return True


# PNG and WEBP

_PNG_KEPT = frozenset({b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"iCCP", b"sBIT", b"pHYs", b"bKGD"})
_WEBP_KEPT = frozenset({b"VP8X", b"VP8 ", b"VP8L", b"ALPH", b"ICCP", b"ANIM", b"ANMF"})
_WEBP_EXIF, _WEBP_XMP = 0x08, 0x04


def _bare_png(data: bytes) -> bytes:
    parts, at, kind = [data[:8]], 8, b""
    while kind != b"IEND":
        (length,) = struct.unpack_from(">I", data, at)
        kind = data[at + 4 : at + 8]
        if kind in _PNG_KEPT:
            parts.append(data[at : at + 12 + length])
        at += 12 + length
    return b"".join(parts)


def _bare_webp(data: bytes) -> bytes:
    parts, at, end = [], 12, min(len(data), 8 + int(struct.unpack_from("<I", data, 4)[0]))
    while at + 8 <= end:
        (length,) = struct.unpack_from("<I", data, at + 4)
        kind, whole = data[at : at + 4], data[at : at + 8 + length + length % 2]
        if kind == b"VP8X":
            whole = whole[:8] + bytes([whole[8] & ~(_WEBP_EXIF | _WEBP_XMP)]) + whole[9:]
        if kind in _WEBP_KEPT:
            parts.append(whole)
        at += len(whole)
    body = b"WEBP" + b"".join(parts)
    return b"RIFF" + struct.pack("<I", len(body)) + body
