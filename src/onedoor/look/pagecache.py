"""Whole pages for people without an account, kept in the memory of a web process.

A page is kept by address, language, type size, minute and edition of what it shows. Each request asks for the edition, which is
one row by its key, so the next request after a publication sees it in every process; an hour of opening is seen within a minute.
Pages of people who are logged in, pages with a form that is posted and pages with a message are never kept.
"""

from __future__ import annotations

import gzip
import hashlib
import threading
from collections import OrderedDict
from collections.abc import Callable, Collection, Hashable, Mapping
from dataclasses import dataclass
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.utils.translation import get_language

from onedoor.look import strip
from onedoor.look.modes import ELDER_COOKIE

LARGEST_BYTES = 16 * 1024 * 1024
# Level 6 costs a fifth of the time of level 9 for two per cent more bytes.
GZIP_LEVEL = 6

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponse]


@dataclass(frozen=True, slots=True)
class KeptPage:
    """A page as it goes over the wire."""

    body: bytes
    content_type: str
    etag: str


# Pages that vary by more than their address: bounded apart, so that they never push the plain ones out.
LARGEST_ASIDE = 4 * 1024 * 1024


class Shelf:
    """Pages by key, the one longest unused thrown out first, at most ``largest`` bytes together."""

    def __init__(self, largest: int = LARGEST_BYTES) -> None:
        self._pages: OrderedDict[Hashable, KeptPage] = OrderedDict()
        self._largest = largest
        self._bytes = 0
        self._lock = threading.Lock()

    def get(self, key: Hashable) -> KeptPage | None:
        with self._lock:
            page = self._pages.get(key)
            if page is not None:
                self._pages.move_to_end(key)
            return page

    def put(self, key: Hashable, page: KeptPage) -> None:
        with self._lock:
            old = self._pages.pop(key, None)
            self._bytes += len(page.body) - (len(old.body) if old else 0)
            self._pages[key] = page
            while self._bytes > self._largest:
                _key, thrown = self._pages.popitem(last=False)
                self._bytes -= len(thrown.body)

    def clear(self) -> None:
        with self._lock:
            self._pages.clear()
            self._bytes = 0

    def __len__(self) -> int:
        return len(self._pages)


shelf = Shelf()
aside = Shelf(LARGEST_ASIDE)
PLAIN = ""


def cached_page(
    version: Callable[[], Hashable],
    *,
    query: Collection[str] = (),
    varies: Callable[[HttpRequest, Mapping[str, Any]], Hashable | None] | None = None,
) -> Callable[[View[P]], View[P]]:
    """Keep what a view answers to people without an account.

    ``version`` says which edition the page shows, in at most one statement, and is asked at each request; the view finds it by
    ``edition_of``. ``query`` names the parameters of the address that the page depends on; an address with any other parameter
    is answered afresh. ``varies`` is for pages whose parameters or cookies only they can read: it returns what the page depends
    on besides its path, ``PLAIN`` where that is nothing, None where it must not be kept. Pages that vary lie on a shelf of
    their own, a quarter as large.
    """
    known = frozenset(query)

    def decorate(view: View[P]) -> View[P]:
        @wraps(view)
        def answer(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
            edition = version()
            request.edition = edition  # type: ignore[attr-defined]
            if not _may_be_kept(request, None if varies else known):
                return view(request, *args, **kwargs)
            by = varies(request, kwargs) if varies is not None else request.get_full_path()
            if by is None:
                return view(request, *args, **kwargs)
            place = aside if varies is not None and by != PLAIN else shelf
            key = _key(request, by, edition)
            page = place.get(key)
            if page is None:
                response = view(request, *args, **kwargs)
                if not _is_for_everybody(request, response):
                    return response
                page = _kept(response)
                place.put(key, page)
            return _response(request, page)

        return answer

    return decorate


def edition_of(request: HttpRequest) -> Any:
    """Return the edition that a page behind ``cached_page`` shows, so that the view need not ask again."""
    return request.edition  # type: ignore[attr-defined]


def _may_be_kept(request: HttpRequest, known: Collection[str] | None) -> bool:
    return (
        request.method in {"GET", "HEAD"}
        and settings.SESSION_COOKIE_NAME not in request.COOKIES
        and "messages" not in request.COOKIES
        and "HX-Request" not in request.headers
        and (known is None or all(name in known for name in request.GET))
    )


def _key(request: HttpRequest, by: Hashable, version: Hashable) -> Hashable:
    minute = int(timezone.now().timestamp()) // 60
    elder = request.COOKIES.get(ELDER_COOKIE) == "1"
    return (request.path, by, get_language(), elder, strip.sample.get(), minute, version)


def _is_for_everybody(request: HttpRequest, response: HttpResponse) -> bool:
    """Return whether a page is the same for all: found, without a cookie and without a form's token."""
    return (
        response.status_code == 200
        and not response.cookies
        and not request.META.get("CSRF_COOKIE_NEEDS_UPDATE")
        and not response.streaming
    )


def _kept(response: HttpResponse) -> KeptPage:
    body = response.content
    etag = f'W/"{hashlib.blake2b(body, digest_size=12).hexdigest()}"'
    return KeptPage(gzip.compress(body, GZIP_LEVEL, mtime=0), response.headers["Content-Type"], etag)


def _response(request: HttpRequest, page: KeptPage) -> HttpResponse:
    response: HttpResponse
    if request.headers.get("If-None-Match") == page.etag:
        response = HttpResponseNotModified()
    elif "gzip" in request.headers.get("Accept-Encoding", ""):
        response = HttpResponse(page.body, content_type=page.content_type, headers={"Content-Encoding": "gzip"})
    else:
        response = HttpResponse(gzip.decompress(page.body), content_type=page.content_type)
    response.headers["ETag"] = page.etag
    response.headers["Cache-Control"] = "private, no-cache"
    patch_vary_headers(response, ("Cookie", "Accept-Encoding"))
    return response
