"""A mark across a picture, burnt into its points: who copies the picture copies what it may be used for."""

from __future__ import annotations

import io
import math
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL.Image import Image
    from PIL.ImageFont import FreeTypeFont

SIDE_AT_MOST = 2200
"""Points of the longer side of a marked picture: A4 at 190 dots per inch, enough to read every number of a card."""
_FONTS = ("NotoSansCJK-Regular.ttc", "NotoSerifCJK-Regular.ttc")
_SIMPLIFIED = 2  # place of the simplified Chinese face in these collections
_INK = (176, 24, 24, 96)
_QUALITY = 85


def marked_jpeg(data: bytes, text: str) -> bytes:
    """Return a picture as JPEG with ``text``, a line for each of its lines, across all of it."""
    from PIL import Image

    with Image.open(io.BytesIO(data)) as picture:
        picture.draft("RGB", (SIDE_AT_MOST, SIDE_AT_MOST))
        picture.thumbnail((SIDE_AT_MOST, SIDE_AT_MOST))
        return jpeg_of(marked(picture, text))


def jpeg_of(picture: Image) -> bytes:
    """Return a picture as JPEG; what is transparent becomes white."""
    from PIL import Image

    if picture.mode in {"RGBA", "LA", "P", "PA"}:
        layered = picture.convert("RGBA")
        picture = Image.alpha_composite(Image.new("RGBA", layered.size, "white"), layered)
    out = io.BytesIO()
    picture.convert("RGB").save(out, "JPEG", quality=_QUALITY)
    return out.getvalue()


def marked(picture: Image, text: str) -> Image:
    """Return a picture with ``text`` across it, turned, and again and again until it is full."""
    from PIL import Image, ImageDraw

    width, height = picture.size
    size = max(12, min(width, height) // 22)
    font = _font(size)
    lines = text.splitlines()
    across = math.ceil(math.hypot(width, height))
    sheet = Image.new("RGBA", (across, across), (0, 0, 0, 0))
    draw = ImageDraw.Draw(sheet)
    block = max(draw.textlength(line, font=font) for line in lines) + 3 * size
    step = int(size * (1.35 * len(lines) + 2.2))
    for row, top in enumerate(range(0, across, step)):
        left = -block / 2 if row % 2 else 0.0
        while left < across:
            for number, line in enumerate(lines):
                draw.text((left, top + number * size * 1.35), line, font=font, fill=_INK)
            left += block
    turned = sheet.rotate(30, resample=Image.Resampling.BILINEAR)
    left, top = (across - width) // 2, (across - height) // 2
    return Image.alpha_composite(picture.convert("RGBA"), turned.crop((left, top, left + width, top + height)))


@lru_cache(maxsize=32)
def _font(size: int) -> FreeTypeFont:
    """Return the font of marks. Without one nothing is shown: an identity paper without its mark must not leave the house."""
    from PIL import ImageFont

    for name in _FONTS:
        try:
            return ImageFont.truetype(name, size, index=_SIMPLIFIED)
        except OSError:
            continue
    raise FileNotFoundError(" or ".join(_FONTS))
