"""The parts of a workbook that the cells refer to: its sheets, its shared texts, and which formats are dates.

Names are compared without their namespace, so that the strict dialect and writers that put a prefix before each name are read as
well. A document type is refused, so nothing can be expanded.
"""

from __future__ import annotations

import lzma
import mmap
import re
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from posixpath import dirname, normpath
from tempfile import TemporaryFile
from typing import IO
from xml.parsers import expat

from django.utils.translation import gettext as _

from onedoor.catalog.exchange.faults import Unreadable

PIECE = 65_536
DAMAGED = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    expat.ExpatError,
    UnicodeError,
    OSError,
    EOFError,
    NotImplementedError,
    struct.error,
)
"""What reading raises when the bytes of a workbook are not what they should be."""
LONGEST_TEXT = 1_000_000
_MOST_NAMES = 1_000
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
_BUILT_IN_DATES = frozenset({*range(14, 23), *range(27, 37), 45, 46, 47, *range(50, 59)})
_NOT_A_DATE_LETTER = re.compile(r'"[^"]*"|\\.|_.|\*.|\[(?![hms]+\])[^\]]*\]|General|AM/PM|A/P', re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Sheet:
    name: str
    part: str
    is_hidden: bool


Start = Callable[[str, Mapping[str, str]], None]


class Plain(dict[str, str]):
    """Names of elements without their namespace, by the names as they stand; of a file with very many names the first are kept."""

    def __missing__(self, name: str) -> str:
        plain = name.rpartition(":")[2]
        if len(self) < _MOST_NAMES:
            self[name] = plain
        return plain


def parse(stream: IO[bytes], start: Start, end: Callable[[str], None], data: Callable[[str], None]) -> Iterator[int]:
    """Parse a part and yield after each piece how many bytes were read; elements are told by the names that stand in the file.

    :raises Unreadable: when it is no XML, or declares a document type.
    """
    parser = expat.ParserCreate()
    parser.buffer_text = True

    def no_doctype(*_arguments: object) -> None:
        raise Unreadable(_("This file is damaged. Open it, save it again and hand in the new one."))

    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = data
    parser.StartDoctypeDeclHandler = no_doctype
    try:
        while piece := stream.read(PIECE):
            parser.Parse(piece, False)  # noqa: FBT003  the parser takes no names
            yield len(piece)
        parser.Parse(b"", True)  # noqa: FBT003
        yield 0
    except DAMAGED as broken:
        raise Unreadable(_("This file is damaged. Open it, save it again and hand in the new one.")) from broken


def whole(text: str, otherwise: int) -> int:
    """Return the number that an attribute spells."""
    return int(text) if text.isdecimal() and len(text) < 10 else otherwise


def unescaped(text: str) -> str:
    """Return a text with the characters that workbooks spell as ``_x000D_``."""
    return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text) if "_x" in text else text


class Parts:
    """A workbook opened for reading."""

    def __init__(self, package: zipfile.ZipFile) -> None:
        self.package = package
        self._names = set(package.namelist())
        self._book = next(name for name in sorted(self._names, key=len) if name.endswith("/workbook.xml"))
        targets = self._targets()
        self.starts_1904 = False
        self.sheets = self._sheets({key: target for key, (_kind, target) in targets.items()})
        by_kind = dict(targets.values())
        self.dates = self._dates(by_kind.get("styles", ""))
        self.texts = SharedTexts(self, by_kind.get("sharedStrings", ""))

    def close(self) -> None:
        self.texts.close()

    def has(self, part: str) -> bool:
        return part in self._names

    def size(self, part: str) -> int:
        return self.package.getinfo(part).file_size

    def open(self, part: str) -> IO[bytes]:
        return self.package.open(part)

    def elements(self, part: str) -> Iterator[tuple[str, dict[str, str]]]:
        """Yield the elements of a small part with their attributes, without namespaces."""
        found: list[tuple[str, dict[str, str]]] = []
        plain = Plain()

        def start(name: str, attributes: Mapping[str, str]) -> None:
            found.append((plain[name], {key.rpartition(":")[2]: value for key, value in attributes.items()}))

        with self.open(part) as stream:
            for _read in parse(stream, start, lambda _name: None, lambda _data: None):
                yield from found
                found.clear()

    def _targets(self) -> dict[str, tuple[str, str]]:
        """Return the kind and the part of each relation of the workbook."""
        folder, _slash, name = self._book.rpartition("/")
        relations = f"{folder}/_rels/{name}.rels"
        if not self.has(relations):
            raise Unreadable(_("This file is damaged. Open it, save it again and hand in the new one."))
        found = {}
        for element, given in self.elements(relations):
            if element == "Relationship":
                target = given.get("Target", "")
                part = normpath(target.lstrip("/") if target.startswith("/") else f"{dirname(self._book)}/{target}")
                found[given.get("Id", "")] = (given.get("Type", "").rpartition("/")[2], part)
        return found

    def _sheets(self, targets: Mapping[str, str]) -> list[Sheet]:
        found = []
        for element, given in self.elements(self._book):
            if element == "workbookPr":
                self.starts_1904 = given.get("date1904", "0") in ("1", "true")
            elif element == "sheet":
                part = targets.get(given.get("id", ""), "")
                if self.has(part) and "/chartsheets/" not in part:
                    found.append(Sheet(given.get("name", ""), part, given.get("state", "visible") != "visible"))
        return found

    def _dates(self, part: str) -> frozenset[str]:
        """Return the numbers of the cell formats that show dates."""
        if not self.has(part):
            return frozenset()
        codes: dict[str, str] = {}
        used: list[str] = []
        inside = False
        for element, given in self.elements(part):
            if element == "numFmt":
                codes[given.get("numFmtId", "")] = given.get("formatCode", "")
            elif element == "xf" and inside:
                used.append(given.get("numFmtId", "0"))
            else:
                inside = (inside and element in ("alignment", "protection", "extLst", "ext")) or element == "cellXfs"
        return frozenset(str(number) for number, each in enumerate(used) if _is_date(each, codes.get(each)))


def _is_date(number: str, code: str | None) -> bool:
    if code is None:
        return whole(number, 0) in _BUILT_IN_DATES
    return bool(re.search(r"[ymdhs]", _NOT_A_DATE_LETTER.sub("", code.partition(";")[0]), re.IGNORECASE))


class SharedTexts:
    """The shared texts of a workbook, kept in files without a name, so that they do not fill the memory."""

    def __init__(self, parts: Parts, part: str) -> None:
        self.count = 0
        self._opened = ExitStack()
        if parts.has(part):
            with self._opened as failing:
                self._ends = failing.enter_context(TemporaryFile())  # noqa: SIM115  it is one
                self._bytes = failing.enter_context(TemporaryFile())  # noqa: SIM115  it is one
                self._ends.write(struct.pack("<Q", 0))
                self._copy(parts, part)
                self._bytes.write(b"\0")
                self._end_at, self._text_at = (failing.enter_context(_mapped(each)) for each in (self._ends, self._bytes))
                self._opened = failing.pop_all()

    def close(self) -> None:
        self._opened.close()

    def _copy(self, parts: Parts, part: str) -> None:
        pieces: list[str] = []
        deep: list[str] = []
        total = 0
        plain = Plain()

        def start(name: str, _attributes: Mapping[str, str]) -> None:
            deep.append(plain[name])

        def data(text: str) -> None:
            if deep and deep[-1] == "t" and "rPh" not in deep:
                pieces.append(text)

        def end(_name: str) -> None:
            nonlocal total
            if deep.pop() == "si":
                text = unescaped("".join(pieces)[:LONGEST_TEXT]).encode("utf-8", "replace")
                pieces.clear()
                total += len(text)
                self._bytes.write(text)
                self._ends.write(struct.pack("<Q", total))
                self.count += 1

        with parts.open(part) as stream:
            for _read in parse(stream, start, end, data):
                pass

    def __getitem__(self, number: int) -> str:
        if not 0 <= number < self.count:
            raise Unreadable(_("This file is damaged. Open it, save it again and hand in the new one."))
        begin, end = struct.unpack_from("<QQ", self._end_at, 8 * number)
        return self._text_at[begin:end].decode()


def _mapped(file: IO[bytes]) -> mmap.mmap:
    file.flush()
    return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
