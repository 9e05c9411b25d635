"""Papers that the sample's people hand in: real small files that say that they are samples."""

from __future__ import annotations

import io
from functools import cache

from django.core.files.base import ContentFile
from PIL import Image, ImageDraw


def pdf() -> ContentFile[bytes]:
    """Return a PDF of one page."""
    return ContentFile(_pdf(), name="材料扫描件（示例）.pdf")


def photo() -> ContentFile[bytes]:
    """Return a photo of a card."""
    return ContentFile(_photo(), name="证件照片（示例）.jpg")


@cache
def _pdf() -> bytes:
    text = b"BT /F1 24 Tf 72 720 Td (SAMPLE PAPER) Tj 0 -36 Td /F1 14 Tf (OneDoor sample city. No legal force.) Tj ET"
    bodies = (
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>",
        b"<</Length %d>>stream\n%s\nendstream" % (len(text), text),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    )
    out, places = bytearray(b"%PDF-1.4\n"), []
    for number, body in enumerate(bodies, start=1):
        places.append(len(out))
        out += b"%d 0 obj%s endobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n%s" % (len(bodies) + 1, table)
    out += b"trailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (len(bodies) + 1, start)
    return bytes(out)


@cache
def _photo() -> bytes:
    picture = Image.new("RGB", (640, 400), "#e7f1f2")
    pen = ImageDraw.Draw(picture)
    pen.rounded_rectangle((16, 16, 624, 384), radius=18, outline="#0e5563", width=4)
    pen.rectangle((440, 80, 590, 270), fill="#ede7db", outline="#4b5b62")
    for line in range(5):
        pen.rectangle((48, 90 + 44 * line, 380 - 30 * line, 104 + 44 * line), fill="#2b7685")
    pen.text((48, 330), "SAMPLE CARD - NOT VALID", fill="#a92c1a")
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=70)
    return out.getvalue()
