"""Lists of objects in JSON, one object at a time."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from typing import IO, Any

from django.utils.translation import gettext as _

from onedoor.catalog.exchange.csv_reading import encoding_of
from onedoor.catalog.exchange.faults import Unreadable

LONGEST_OBJECT = 4_000_000
_PIECE = 131_072
_BLANK = " \t\r\n"


def _no_number(word: str) -> Any:
    raise ValueError(word)


def objects(stream: IO[bytes]) -> Iterator[dict[str, Any]]:
    """Yield the objects of a list, read piece by piece.

    :raises Unreadable: when the file is no list of objects, or an object of it is larger than any item.
    """
    encoding = encoding_of(stream)
    stream.seek(0)
    lines = io.TextIOWrapper(stream, encoding=encoding)
    try:
        yield from _objects(_Text(lines))
    finally:
        lines.detach()


def _objects(text: _Text) -> Iterator[dict[str, Any]]:
    if text.next_sign() != "[":
        raise Unreadable(_("The file must be a list of objects, each with its code."))
    text.pass_over(1)
    number = 0
    while text.next_sign() != "]":
        if number and text.next_sign() != ",":
            raise Unreadable(_("This is no JSON: %(reason)s") % {"reason": _("a comma is missing")}, number)
        text.pass_over(1 if number else 0)
        if text.next_sign() != "{":
            raise Unreadable(_("The file must be a list of objects, each with its code."))
        yield text.next_object()
        number += 1
    text.pass_over(1)
    if text.next_sign():
        raise Unreadable(_("This is no JSON: %(reason)s") % {"reason": _("something follows after the list")})


class _Text:
    """A window on the text of a file, which is moved along."""

    def __init__(self, lines: io.TextIOWrapper) -> None:
        self._lines = lines
        self._window, self._at = "", 0
        self._decoder = json.JSONDecoder(parse_constant=_no_number)

    def _more(self, size: int = _PIECE) -> bool:
        piece = self._lines.read(size)
        self._window, self._at = self._window[self._at :] + piece, 0
        return bool(piece)

    def next_sign(self) -> str:
        """Return the next character that is no blank, "" at the end."""
        while True:
            while self._at < len(self._window):
                if self._window[self._at] not in _BLANK:
                    return self._window[self._at]
                self._at += 1
            if not self._more():
                return ""

    def pass_over(self, count: int) -> None:
        self._at += count

    def next_object(self) -> dict[str, Any]:
        """Return the object that begins here. The window doubles while it is not whole, so that no text is read many times."""
        while True:
            try:
                found, self._at = self._decoder.raw_decode(self._window, self._at)
            except (ValueError, RecursionError) as error:
                if len(self._window) - self._at > LONGEST_OBJECT:
                    raise Unreadable(_("An item of this file is larger than any item can be.")) from error
                if not self._more(max(_PIECE, len(self._window) - self._at)):
                    raise Unreadable(_("This is no JSON: %(reason)s") % {"reason": error}) from error
            else:
                return dict(found)
