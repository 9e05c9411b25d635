"""How text stands in a cell: harmless to whoever opens the table, and the same again when it comes back.

A spreadsheet takes a cell that begins with ``=``, ``+``, ``-``, ``@``, a tab or a line feed for a formula, and cuts blanks
away. Such text goes out with an apostrophe before it; text with characters that no cell can hold goes out as ``'"…"``, spelt as
in JSON. One apostrophe is taken off on the way in, so what begins with one gets another.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Any

MARK = "'"
LONGEST_CELL = 32_767
"""Characters (UTF-16) of the longest cell that spreadsheets keep."""
_DANGEROUS = tuple("=+-@＝＋－＠\t\r\n'")
_UNKEEPABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")
_NEVER = re.compile(r"[\x00\ud800-\udfff]")


def protected(text: str) -> str:
    """Return ``text`` as it may stand in a cell."""
    if _UNKEEPABLE.search(text) or (text.startswith('"') and text != text.strip()):
        return MARK + json.dumps(text)
    return MARK + text if text.startswith(_DANGEROUS) or text != text.strip() else text


def unprotected(cell: str) -> str:
    """Return the text of a cell, without the blanks around it and without its protection."""
    text = cell.strip()
    if not text.startswith(MARK):
        return text
    if text.startswith(MARK + '"'):
        try:
            spelt = json.loads(text[1:])
        except ValueError:
            spelt = None
        if isinstance(spelt, str):
            return spelt
    return cell[cell.index(MARK) + 1 :]


def joined(texts: Sequence[str], separator: str) -> str:
    """Return several texts for one cell: parted by ``separator``, or as a JSON list where that would not come back the same."""
    plain = all(each and each == each.strip() and separator not in each and not _UNKEEPABLE.search(each) for each in texts)
    if plain and not (texts and texts[0].startswith("[")):
        return separator.join(texts)
    return spelt(list(texts))


def spelt(value: Any) -> str:
    """Return a value as JSON in a cell, characters that no cell can hold spelt out."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return json.dumps(value, separators=(",", ":")) if _UNKEEPABLE.search(text) else text


def parted(text: str, separator: str) -> list[str]:
    """Return the texts that stand in a cell."""
    if text.startswith("["):
        try:
            spelt = json.loads(text)
        except ValueError:
            spelt = None
        if isinstance(spelt, list) and all(isinstance(each, str) for each in spelt):
            return spelt
    return [each.strip() for each in text.split(separator) if each.strip()]


def is_keepable(text: str) -> bool:
    """Return whether the database can keep a text: no NUL, no half of a character."""
    return not _NEVER.search(text)


def is_too_long(cell: str) -> bool:
    return len(cell) > LONGEST_CELL // 2 and len(cell.encode("utf-16-le")) > 2 * LONGEST_CELL
