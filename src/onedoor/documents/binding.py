"""A book of many pages: each set alone so that it fits one A4, bound in portions, so that memory does not grow with the book.

Imported by the worker and the command line only, as ``layout`` is.
"""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from types import TracebackType
from typing import IO, Any, BinaryIO, Self, cast

import pikepdf
from django.template.loader import render_to_string
from django.utils import translation
from weasyprint import CSS, HTML

from onedoor.documents import layout

PORTION = 24
"""Pages that are bound at a time."""

_STYLES = Path(__file__).parent / "templates" / "documents" / "book.css"
_LINK = "https://page.invalid/"
"""Begins the address of a link to a page of the book, which is known only when all of it is bound."""


class DoesNotFit(ValueError):
    """A page does not fit one A4 in any of the sizes."""


@dataclass(frozen=True, slots=True)
class Bookmark:
    """A line of the book's outline; ``page`` counts from 1."""

    title: str
    page: int
    below: Sequence[Bookmark] = ()


@dataclass
class Binder:
    """Sets pages and binds them. Use it as a context: its portions lie in a folder of its own until then."""

    portions: list[Path] = field(default_factory=list)
    pages: int = 0
    _waiting: list[Any] = field(default_factory=list)
    _folder: tempfile.TemporaryDirectory[str] = field(default_factory=lambda: tempfile.TemporaryDirectory(prefix="book-"))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._folder.cleanup()

    def add_fitted(self, template: str, words: Mapping[str, Any], *, sizes: int, first: int = 0) -> int:
        """Set a page in the largest of ``sizes`` type sizes in which it fits one A4, tried from the ``first``; return which it was.

        :raises DoesNotFit: when it fits in none; nothing is added then.
        """
        for size in range(first, sizes):
            document = _rendered(template, {**words, "size": size})
            if len(document.pages) == 1:
                self._keep(document)
                return size
        raise DoesNotFit(template)

    def add_flowing(self, template: str, words: Mapping[str, Any]) -> int:
        """Set pages that flow on as they need; return how many they are."""
        document = _rendered(template, words)
        self._keep(document)
        return len(document.pages)

    def _keep(self, document: Any) -> None:
        self._waiting.append(document)
        self.pages += len(document.pages)
        if sum(len(each.pages) for each in self._waiting) >= PORTION:
            self.bind_portion()

    def bind_portion(self) -> None:
        """Write the pages that wait to a file and forget them."""
        if not self._waiting:
            return
        path = Path(self._folder.name, f"{len(self.portions):04d}.pdf")
        pages = [page for each in self._waiting for page in each.pages]
        with layout.one_at_a_time:
            self._waiting[0].copy(pages).write_pdf(path, uncompressed_pdf=True)
        with pikepdf.open(path, allow_overwriting_input=True) as portion:
            layout.slim_fonts(portion)
            portion.save(path, compress_streams=True)
        self.portions.append(path)
        self._waiting = []

    def bind(self, out: IO[bytes], *, title: str, author: str, outline: Sequence[Bookmark]) -> None:
        """Bind the portions into one file, with its outline and links."""
        self.bind_portion()
        with pikepdf.new() as book:
            opened = [pikepdf.open(path) for path in self.portions]
            for portion in opened:
                book.pages.extend(portion.pages)
            _lead_links(book)
            with book.open_outline() as top:
                top.root.extend(_item(each) for each in outline)
            with book.open_metadata(set_pikepdf_as_editor=False) as said:
                said["dc:title"], said["dc:creator"], said["dc:language"] = title, [author], ["zh-Hans"]
            book.Root.PageMode = pikepdf.Name.UseOutlines
            book.Root.Lang = pikepdf.String("zh-Hans")
            book.save(cast("BinaryIO", out), compress_streams=True, object_stream_mode=pikepdf.ObjectStreamMode.generate)
            for portion in opened:
                portion.close()


def count_pages(template: str, words: Mapping[str, Any]) -> int:
    """Return how many pages flowing text takes."""
    return len(_rendered(template, words).pages)


def _rendered(template: str, words: Mapping[str, Any]) -> Any:
    with translation.override("zh-hans"):
        html = layout.set_in_type(render_to_string(template, dict(words)))
    with layout.one_at_a_time:
        return HTML(string=html).render(stylesheets=[_styles()], font_config=layout.fonts())


def _item(mark: Bookmark) -> pikepdf.OutlineItem:
    item = pikepdf.OutlineItem(mark.title, mark.page - 1)
    item.children.extend(_item(each) for each in mark.below)
    item.is_closed = True
    return item


def _lead_links(book: pikepdf.Pdf) -> None:
    """Let links to page numbers lead to the pages."""
    for page in book.pages:
        for link in page.get("/Annots", pikepdf.Array()):
            address = str(link.get("/A", pikepdf.Dictionary()).get("/URI", ""))
            if address.startswith(_LINK):
                del link["/A"]
                link["/Dest"] = pikepdf.Array([book.pages[int(address.removeprefix(_LINK)) - 1].obj, pikepdf.Name.Fit])


@lru_cache
def _styles() -> CSS:
    return CSS(filename=str(_STYLES), font_config=layout.fonts())
