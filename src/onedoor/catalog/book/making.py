"""Making the book: first how many pages everything takes, then each page with its number, then all of it bound.

Imported by the worker and the command line only: it loads the typesetter.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby, islice
from typing import IO, Any

from django.utils import translation
from django.utils.translation import gettext_lazy as _

from onedoor.catalog import queries, short_links
from onedoor.catalog.book import entries as found
from onedoor.catalog.book import pages
from onedoor.catalog.book.entries import Entry
from onedoor.catalog.models import ItemVersion
from onedoor.documents import binding, layout
from onedoor.documents.binding import Binder, Bookmark, DoesNotFit
from onedoor.kernel.errors import Refused
from onedoor.look.house import house

GUIDES, NORMS, CLOSED = "办事指南", "业务指导规范", "已取消和下放的事项"


@dataclass(frozen=True, slots=True)
class Book:
    """What is printed: guides, norms or both, of one department or of all, as of a day."""

    day: date
    with_guides: bool = True
    with_norms: bool = True
    department: str = ""
    is_sample: bool = False


@dataclass(frozen=True, slots=True)
class Made:
    """What came of it: how many guides, norms and pages."""

    guides: int
    norms: int
    pages: int


class NothingToPrint(Refused):
    """No item belongs into the book."""

    code = "nothing_to_print"
    default = _("There is no guide to print. Choose another department.")


def make_book(book: Book, out: IO[bytes], *, progress: Callable[[float], None] = lambda _share: None) -> Made:
    """Write the book as PDF; ``progress`` hears how much is done, from 0 to 1.

    :raises NothingToPrint: when there is no item to print.
    """
    with translation.override("zh-hans"), Binder() as binder:
        return _Maker(book, binder, progress).make(out)


class _Maker:
    def __init__(self, book: Book, binder: Binder, progress: Callable[[float], None]) -> None:
        self.book, self.binder, self.progress = book, binder, progress
        self.entries = found.entries(book.department)
        if not self.entries:
            raise NothingToPrint
        self.norms = found.norms(self.entries) if book.with_norms else []
        self.closed = found.closed(book.department) if book.with_guides else []
        self.scope = self.entries[0].department if book.department else ""
        self.title = "政务服务事项手册"
        self.frame = {"book": self.title, "is_sample": book.is_sample}
        self.guide_page: dict[str, int] = {}
        self.norm_page: list[int] = []
        self.closed_page: list[int] = []
        self.total = 0

    def make(self, out: IO[bytes]) -> Made:
        """Count, set and bind."""
        self._number(front=1 + self._contents_pages())
        front = self.binder.add_flowing("catalog/book/front.html", self._front())
        if front != self._first() - 1:
            raise AssertionError(f"the contents take {front} pages and not {self._first() - 1}")
        if self.book.with_guides:
            self._set_guides()
        self._set_norms()
        self._set_lists(CLOSED, "附录", found.portions(self.closed), self.total - len(self.closed_page) + 1)
        self.binder.bind(out, title=self.title, author=house().name, outline=self._outline())
        return Made(len(self.guide_page), len(self.norm_page), self.binder.pages)

    def _number(self, *, front: int) -> None:
        """Give each guide and norm its page: one for each, and those that list who follows a norm behind it."""
        page = front + 1
        self.guide_page, self.norm_page = {}, []
        if self.book.with_guides:
            self.guide_page = {each.code: page + place for place, each in enumerate(self.entries)}
            page += len(self.entries)
        for norm in self.norms:
            self.norm_page.append(page)
            page += 1 + len(norm.lists)
        self.closed_page = list(range(page, page + len(found.portions(self.closed))))
        self.total = page + len(self.closed_page) - 1

    def _first(self) -> int:
        return min([*self.guide_page.values(), *self.norm_page])

    def _contents_pages(self) -> int:
        """Return how many pages the contents take: numbers of three digits stand for those that are not known yet."""
        self._number(front=100)
        return binding.count_pages("catalog/book/front.html", self._front()) - 1

    def _front(self) -> dict[str, Any]:
        parts = [GUIDES] * self.book.with_guides + [NORMS] * self.book.with_norms
        contents = []
        if self.guide_page:
            contents.append({"title": GUIDES, "groups": [
                {"title": name, "lines": [{"title": each.name, "page": self.guide_page[each.code]} for each in group]}
                for name, group in _by_department(self.entries)
            ]})  # fmt: skip
        if self.norms:
            lines = [{"title": pages.title_of(norm), "page": page} for norm, page in zip(self.norms, self.norm_page, strict=True)]
            contents.append({"title": NORMS, "groups": [{"title": "", "lines": lines}]})
        if self.closed:
            contents.append({"title": "附录", "groups": [{"title": "", "lines": [{"title": CLOSED, "page": self.closed_page[0]}]}]})
        return {
            **self.frame, "publisher": house().name, "name": self.title, "parts": parts, "scope": self.scope,
            "day": self.book.day, "contents": contents,
        }  # fmt: skip

    def _set_guides(self) -> None:
        for chunk in _chunks(found.versions(self.entries)):
            places = found.places_of([entry.code for entry, _version in chunk])
            codes = queries.short_codes_of("catalog.item", [version.item_id for _entry, version in chunk])
            for entry, version in chunk:
                code = codes.get(version.item_id, "")
                words = pages.guide_words(entry, version, places.get(entry.code, pages.NO_PLACES), code)
                address = short_links.address_of(code) if code else ""
                self._set_guide({**words, **self.frame, "qr": layout.qr_picture(address) if address else ""}, entry)
                self.progress(self.binder.pages / self.total)

    def _set_guide(self, words: dict[str, Any], entry: Entry) -> None:
        """Set a guide on one page: in smaller type where it is longer, and in the end without what the web says as well."""
        said = {**words, "number": self.guide_page[entry.code]}
        for left_out in ("", *pages.LEFT_OUT):
            if left_out:
                said |= {left_out: (), "shortened": True}
            try:
                self.binder.add_fitted(
                    "catalog/book/guide.html", said, sizes=len(pages.TYPE_SIZES), first=pages.first_size(pages.weight(said))
                )
            except DoesNotFit:
                continue
            return
        said |= {"papers": said["papers"][: pages.LEAST_ROWS], "steps": said["steps"][: pages.LEAST_ROWS], "sites": ()}
        self.binder.add_fitted("catalog/book/guide.html", said, sizes=len(pages.TYPE_SIZES), first=len(pages.TYPE_SIZES) - 1)

    def _set_norms(self) -> None:
        for norm, page in zip(self.norms, self.norm_page, strict=True):
            words = pages.norm_words(norm) | self.frame | {"department": "" if norm.is_shared else norm.entries[0].department}
            self.binder.add_fitted("catalog/book/norm.html", {**words, "number": page}, sizes=len(pages.TYPE_SIZES), first=2)
            self._set_lists(f"{words['title']}：适用事项", NORMS, norm.lists, page + 1)
            self.progress(self.binder.pages / self.total)

    def _set_lists(self, title: str, part: str, lists: Sequence[Sequence[Entry]], page: int) -> None:
        for place, listed in enumerate(lists):
            words = {**self.frame, "title": title, "part": part, "followers": listed, "number": page + place}
            self.binder.add_fitted("catalog/book/followers.html", words, sizes=len(pages.TYPE_SIZES), first=4)

    def _outline(self) -> list[Bookmark]:
        marks = [Bookmark("目录", 2)]
        if self.guide_page:
            groups = [
                Bookmark(name, self.guide_page[group[0].code], [Bookmark(each.name, self.guide_page[each.code]) for each in group])
                for name, group in _by_department(self.entries)
            ]
            marks.append(Bookmark(GUIDES, self._first(), groups))
        if self.norms:
            below = [Bookmark(pages.title_of(norm), page) for norm, page in zip(self.norms, self.norm_page, strict=True)]
            marks.append(Bookmark(NORMS, self.norm_page[0], below))
        if self.closed:
            marks.append(Bookmark(CLOSED, self.closed_page[0]))
        return marks


def _by_department(entries: Sequence[Entry]) -> list[tuple[str, list[Entry]]]:
    return [(name, list(group)) for name, group in groupby(entries, key=lambda each: each.department)]


def _chunks(rows: Iterator[tuple[Entry, ItemVersion]]) -> Iterator[list[tuple[Entry, ItemVersion]]]:
    while chunk := list(islice(rows, found.AT_ONCE)):
        yield chunk
