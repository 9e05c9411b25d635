"""What a paper says becomes a page: its content as template words, its template as HTML, the HTML as PDF/A.

Imported by the worker only: WeasyPrint costs a second and 60 MB.
"""

from __future__ import annotations

import base64
import io
import logging
import re
import struct
import threading
import zlib
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pikepdf
import segno
from django.conf import settings
from django.template.loader import render_to_string
from django.utils import translation
from weasyprint import CSS, HTML
from weasyprint.text.fonts import FontConfiguration

from onedoor.documents.queries import verify_address
from onedoor.documents.seal_picture import seal_svg
from onedoor.kernel.clock import local_date
from onedoor.kernel.references import grouped, parse_reference

if TYPE_CHECKING:
    from onedoor.documents.models import Paper

_STYLES = Path(__file__).parent / "templates" / "documents" / "papers" / "paper.css"
_DATES = ("applied_on", "promised_on", "accepted_on", "decided_on", "delivered_on", "due")
_LISTS = ("reasons", "articles", "remedies", "conditions", "paragraphs", "documents")
_ROWS = {"materials": "name", "points": "name", "facts": "label"}

for _name in ("weasyprint", "weasyprint.progress", "fontTools", "fontTools.subset"):
    logging.getLogger(_name).setLevel(logging.ERROR)  # it remarks on every glyph table of the font


def paper_pdf(paper: Paper) -> bytes:
    """Return ``paper`` as PDF/A-2b, not sealed yet. Papers are in Chinese, the language of the law, whoever reads the page."""
    with translation.override("zh-hans"):
        return sheet_pdf(f"documents/papers/{paper.kind}.html", words_of(paper))


def sheet_pdf(template: str, words: Mapping[str, Any]) -> bytes:
    """Return a template of papers with its words as PDF/A-2b."""
    with translation.override("zh-hans"):
        html = render_to_string(template, dict(words))
    with one_at_a_time:
        document = HTML(string=html).render(stylesheets=[_styles()], font_config=fonts())
        pdf = document.write_pdf(pdf_variant="pdf/a-2b", pdf_tags=False, uncompressed_pdf=True)
    return _slim(pdf)


one_at_a_time = threading.Lock()
"""Pango and its fonts serve one thread; two jobs of one worker that lay out at once corrupt its memory, and it dies."""


def _slim(pdf: bytes) -> bytes:
    """Return ``pdf`` with its fonts cut down to their outlines: the tables around them are as large again and never read."""
    slim = io.BytesIO()
    with pikepdf.open(io.BytesIO(pdf)) as document:
        slim_fonts(document)
        document.save(slim, compress_streams=True, object_stream_mode=pikepdf.ObjectStreamMode.disable)
    return slim.getvalue()


def slim_fonts(document: pikepdf.Pdf) -> None:
    """Cut the fonts of a document down to their outlines and pack them."""
    for each in document.objects:
        if isinstance(each, pikepdf.Stream) and each.get("/Subtype") == "/OpenType":
            outlines = _outlines(each.read_bytes())
            parameters = pikepdf.Dictionary(Predictor=12, Columns=_WIDTH)
            each.write(_packed(outlines), filter=pikepdf.Name.FlateDecode, decode_parms=parameters)
            each["/Subtype"] = pikepdf.Name("/CIDFontType0C")


_WIDTH = 3
"""Bytes of an offset in a font's table of outlines."""


def _packed(data: bytes) -> bytes:
    """Return ``data`` compressed as differences of rows of three bytes (PNG's *up*).

    A font keeps its 62,000 places, nearly all empty, so that most of it is a list of numbers of three bytes that grow by one:
    180 KB as they stand, 60 KB so.
    """
    whole = data + bytes(-len(data) % (2 * _WIDTH))
    differences = _differences(whole)
    rows = bytearray(b"\x02") * (len(whole) // _WIDTH * (_WIDTH + 1))
    for place in range(_WIDTH):
        rows[place + 1 :: _WIDTH + 1] = differences[place::_WIDTH]
    return zlib.compress(rows, 9)


def _differences(data: bytes) -> bytes:
    """Return each byte less the one a row before, modulo 256: every second byte at once, as one long number."""
    lanes = len(data) // 2
    low = int.from_bytes(b"\x00\xff" * lanes, "big")
    guard = int.from_bytes(b"\x01\x00" * lanes, "big")
    here, above = int.from_bytes(data, "big"), int.from_bytes(bytes(_WIDTH) + data[:-_WIDTH], "big")
    even = ((here & low | guard) - (above & low)) & low
    odd = ((here >> 8 & low | guard) - (above >> 8 & low)) & low
    return (even | odd << 8).to_bytes(len(data), "big")


def _outlines(font: bytes) -> bytes:
    """Return the ``CFF`` table of an OpenType font."""
    (count,) = struct.unpack(">H", font[4:6])
    for place in range(12, 12 + 16 * count, 16):
        tag, _sum, offset, length = struct.unpack(">4sLLL", font[place : place + 16])
        if tag == b"CFF ":
            return font[offset : offset + length]
    raise ValueError("a font without outlines")


def words_of(paper: Paper) -> dict[str, Any]:
    """Return what the templates may say: the content of the paper in one shape, however its act wrote it down."""
    content: Mapping[str, Any] = _set(paper.content)
    words: dict[str, Any] = dict(content)
    words.update({name: _date(content.get(name)) for name in _DATES})
    words.update({name: _lines(content.get(name)) for name in _LISTS})
    words.update({name: _rows(content.get(name), key) for name, key in _ROWS.items()})
    words.update(
        paper=paper,
        day=local_date(paper.issued_at),
        addressee=content.get("addressee") or paper.holder,
        reference=str(content.get("reference") or "").replace(" ", ""),
        shown_reference=_grouped(str(content.get("reference") or "")),
        contact=content.get("contact") or {},
        code=" ".join(paper.code[at : at + 4] for at in range(0, len(paper.code), 4)),
        verify_page=f"{settings.ONEDOOR_BASE_URL}/verify/",
        track_page=f"{settings.ONEDOOR_BASE_URL}/track/",
        qr=qr_picture(verify_address(paper.code)),
        seal=_data(seal_svg(paper.issuer, is_sample=paper.is_sample)),
    )
    words["applied_on"] = words["applied_on"] or words["day"]
    words["accepted_on"] = words["accepted_on"] or (words["day"] if paper.kind in {"acceptance", "tolerance"} else None)
    words["delivered_on"] = words["delivered_on"] or words["day"]
    return words


def _grouped(text: str) -> str:
    bare = parse_reference(text)
    return text if bare is None else grouped(bare)


_GAP = re.compile(r"(?<=[⺀-鿿〇-〟！-～]) +(?=[0-9A-Za-z])|(?<=[0-9A-Za-z]) +(?=[⺀-鿿〇-〟！-～])")


def set_in_type(text: str) -> str:
    """Return a text without spaces between Chinese and figures, which justified lines would tear wide."""
    return _GAP.sub("", text)


def _set(value: Any) -> Any:
    """Return content as it is set in type: no spaces between Chinese and figures, since justified lines would tear them wide."""
    if isinstance(value, str):
        return set_in_type(value)
    if isinstance(value, Mapping):
        return {name: _set(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [_set(each) for each in value]
    return value


def _date(value: object) -> date | None:
    """Return a date from what JSON holds of it: a date, or a moment, which is thought in local time."""
    if isinstance(value, datetime):
        return local_date(value)
    if isinstance(value, date):
        return value
    if not isinstance(value, str) or not value:
        return None
    return date.fromisoformat(value) if len(value) == 10 else local_date(datetime.fromisoformat(value))


def _lines(value: object) -> list[str]:
    if not value:
        return []
    if isinstance(value, str):
        return [line.strip() for line in value.splitlines() if line.strip()]
    if isinstance(value, Mapping):
        return [str(each) for each in value.values() if each]
    if isinstance(value, Sequence):
        return [str(each) for each in value if each]
    return [str(value)]


def _rows(value: object, key: str) -> list[dict[str, Any]]:
    """Return rows of a table; a mapping is label and value, a bare text is a row with a name only."""
    if not value:
        return []
    if isinstance(value, Mapping):
        return [{"label": name, "name": name, "value": each} for name, each in value.items() if each not in {None, ""}]
    rows = []
    for each in value if isinstance(value, Sequence) else []:
        row = {str(name): part for name, part in each.items()} if isinstance(each, Mapping) else {key: str(each)}
        row.setdefault("name", row.get("material", row.get("label", "")))
        rows.append(row)
    return rows


def qr_picture(text: str) -> str:
    """Return a QR code as the address of a picture that is part of the page."""
    picture = io.BytesIO()
    segno.make(text, error="m", micro=False).save(picture, kind="svg", border=2, scale=4, xmldecl=False)
    return _data(picture.getvalue().decode())


def _data(svg: str) -> str:
    return f"data:image/svg+xml;base64,{base64.b64encode(svg.encode()).decode()}"


@lru_cache
def fonts() -> FontConfiguration:
    """Return the fonts, read once."""
    return FontConfiguration()


@lru_cache
def _styles() -> CSS:
    return CSS(filename=str(_STYLES), font_config=fonts())
