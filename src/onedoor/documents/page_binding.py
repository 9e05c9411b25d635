"""Several files as one PDF, each page with its mark. Imported by the worker only: it renders what strangers sent."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass

import pikepdf
import pypdfium2
from PIL import Image

from onedoor.documents.watermark import SIDE_AT_MOST, jpeg_of, marked, marked_jpeg

MOST_PAGES = 200
MOST_MARKED_PAGES = 60
_A4 = (595, 842)
_MARGIN = 28
_DOTS = 190


class CannotBind(Exception):
    """A file cannot be made into pages: damaged, locked, or far too long."""


@dataclass(frozen=True, slots=True)
class Part:
    """One file of a bound paper; ``mark`` is written across each of its pages, or empty."""

    media_type: str
    content: bytes
    mark: str


def bound_pdf(parts: Sequence[Part], *, title: str) -> bytes:
    """Return files as one PDF in their order. A picture is a page of A4; a PDF keeps its pages, or becomes pictures of them when marked.

    :raises CannotBind: when one of them cannot be made into pages.
    """
    try:
        with pikepdf.new() as book:
            for part in parts:
                _add(book, part)
                if len(book.pages) > MOST_PAGES:
                    raise CannotBind(f"more than {MOST_PAGES} pages")
            book.docinfo["/Title"] = title
            out = io.BytesIO()
            book.save(out)
            return out.getvalue()
    except (pikepdf.PdfError, pypdfium2.PdfiumError, OSError, ValueError, SyntaxError) as broken:
        raise CannotBind(str(broken)) from broken


def _add(book: pikepdf.Pdf, part: Part) -> None:
    if part.media_type != "application/pdf":
        _add_picture(book, marked_jpeg(part.content, part.mark) if part.mark else _as_jpeg(part))
    elif part.mark:
        for page in _pictures_of(part.content):
            _add_picture(book, jpeg_of(marked(page, part.mark)))
    else:
        with pikepdf.open(io.BytesIO(part.content)) as source:
            for name in ("/AcroForm", "/OpenAction", "/AA", "/Names"):
                if name in source.Root:
                    del source.Root[name]
            book.pages.extend(source.pages)


def _as_jpeg(part: Part) -> bytes:
    if part.media_type == "image/jpeg":
        return part.content
    with Image.open(io.BytesIO(part.content)) as picture:
        return jpeg_of(picture)


def _pictures_of(content: bytes) -> list[Image.Image]:
    document = pypdfium2.PdfDocument(content)
    try:
        if len(document) > MOST_MARKED_PAGES:
            raise CannotBind(f"more than {MOST_MARKED_PAGES} pages to be marked")
        pages = []
        for number in range(len(document)):
            page = document[number]
            scale = min(_DOTS / 72, SIDE_AT_MOST / max(page.get_width(), page.get_height(), 1))
            pages.append(page.render(scale=scale).to_pil().convert("RGB"))
            page.close()
        return pages
    finally:
        document.close()


_SPACES = {"L": "/DeviceGray", "RGB": "/DeviceRGB", "CMYK": "/DeviceCMYK"}


def _add_picture(book: pikepdf.Pdf, jpeg: bytes) -> None:
    """Add a page of A4, upright or lying as the picture is; a JPEG goes in as it is, no point of it changes."""
    with Image.open(io.BytesIO(jpeg)) as picture:
        (width, height), mode = picture.size, picture.mode
    page_width, page_height = _A4 if height >= width else _A4[::-1]
    scale = min((page_width - 2 * _MARGIN) / width, (page_height - 2 * _MARGIN) / height)
    shown_width, shown_height = width * scale, height * scale
    left, bottom = (page_width - shown_width) / 2, (page_height - shown_height) / 2
    page = book.add_blank_page(page_size=(page_width, page_height))
    image = pikepdf.Stream(
        book, jpeg, Type=pikepdf.Name.XObject, Subtype=pikepdf.Name.Image, Width=width, Height=height,
        ColorSpace=pikepdf.Name(_SPACES[mode]), BitsPerComponent=8, Filter=pikepdf.Name.DCTDecode,
    )  # fmt: skip
    if mode == "CMYK":
        image.Decode = pikepdf.Array([1, 0] * 4)  # as all programs write them since the first
    page.obj.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(Picture=image))
    draw = f"q {shown_width:.2f} 0 0 {shown_height:.2f} {left:.2f} {bottom:.2f} cm /Picture Do Q"
    page.obj.Contents = pikepdf.Stream(book, draw.encode())
