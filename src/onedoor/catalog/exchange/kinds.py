"""Kinds of values and how they stand in a cell and in JSON. What cannot be read raises ``ValueError`` with words for people."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from django.utils.translation import gettext as _

from onedoor.catalog.content.stored import dumped
from onedoor.catalog.exchange import typed
from onedoor.catalog.exchange.cells import is_keepable, joined, parted, protected, spelt, unprotected


class Profile(StrEnum):
    """Whose names a file speaks: ours, or those of the national exchange (domain.md 1.3)."""

    OWN = "own"
    EXCHANGE = "exchange"


LONGEST_TEXT = 20_000
_WHOLE = re.compile(r"-?[0-9]{1,15}")
_FLAGS = {
    "是": True,
    "1": True,
    "yes": True,
    "true": True,
    "y": True,
    "否": False,
    "0": False,
    "no": False,
    "false": False,
    "n": False,
}


@dataclass(frozen=True, slots=True)
class Text:
    longest: int = LONGEST_TEXT

    def cell(self, value: Any, profile: Profile) -> str:
        del profile
        return protected(value)

    def plain(self, value: Any, profile: Profile) -> Any:
        del profile
        return value

    def value(self, cell: str) -> Any:
        return self.checked(unprotected(cell))

    def checked(self, value: Any) -> Any:
        """Return a value that came typed (JSON) when it is one of this kind."""
        if not isinstance(value, str):
            raise ValueError(_("This must be a text."))  # noqa: TRY004  told to people like any other wrong value
        if not is_keepable(value):
            raise ValueError(_("This holds a character that cannot be kept. Type it again."))
        if len(value) > self.longest:
            raise ValueError(_("At most %(n)d characters; these are %(count)d.") % {"n": self.longest, "count": len(value)})
        return value


@dataclass(frozen=True, slots=True)
class Whole:
    most: int = 2_000_000_000

    def cell(self, value: Any, profile: Profile) -> str | int:
        del profile
        return "" if value is None else int(value)

    def plain(self, value: Any, profile: Profile) -> Any:
        del profile
        return value

    def value(self, cell: str) -> Any:
        text = unprotected(cell)
        if not _WHOLE.fullmatch(text):
            raise ValueError(self._wrong(text))
        return self.checked(int(text))

    def checked(self, value: Any) -> Any:
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= self.most:
            raise ValueError(self._wrong(value))
        return value

    def _wrong(self, value: object) -> str:
        words = {"n": self.most, "value": str(value)[:40]}
        return _("This must be a whole number from 0 to %(n)d; it is “%(value)s”.") % words


@dataclass(frozen=True, slots=True)
class Number:
    """A number with a fraction. It stands as text in a cell, so that no digit is lost."""

    def cell(self, value: Any, profile: Profile) -> str:
        del profile
        return "" if value is None else protected(repr(value))

    def plain(self, value: Any, profile: Profile) -> Any:
        del profile
        return value

    def value(self, cell: str) -> Any:
        text = unprotected(cell)
        try:
            number = int(text) if _WHOLE.fullmatch(text) else float(text)
        except ValueError:
            number = math.nan
        return self.checked(number)

    def checked(self, value: Any) -> Any:
        if not isinstance(value, (int, float)) or isinstance(value, bool) or not math.isfinite(value):
            raise ValueError(_("This must be a number."))
        return value


@dataclass(frozen=True, slots=True)
class Flag:
    def cell(self, value: Any, profile: Profile) -> str | int:
        if profile is Profile.EXCHANGE:
            return int(value)
        return "是" if value else "否"

    def plain(self, value: Any, profile: Profile) -> Any:
        return int(value) if profile is Profile.EXCHANGE else value

    def value(self, cell: str) -> Any:
        text = unprotected(cell)
        if text.lower() not in _FLAGS:
            raise ValueError(_("This must be 是 or 否; it is “%(value)s”.") % {"value": text[:40]})
        return _FLAGS[text.lower()]

    def checked(self, value: Any) -> Any:
        return value if isinstance(value, bool) else self.value(str(value))


@dataclass(frozen=True, slots=True)
class Coded:
    """One of a set of stored codes. ``own`` and ``exchange`` say the words for them; all of them are understood."""

    known: frozenset[str]
    own: Mapping[str, str] = field(default_factory=dict)
    exchange: Mapping[str, str] = field(default_factory=dict)
    synonyms: Mapping[str, str] = field(default_factory=dict)
    shown: tuple[str, ...] = ()
    width: int = 0

    def cell(self, value: Any, profile: Profile) -> str:
        return protected(self.plain(value, profile))

    def plain(self, value: Any, profile: Profile) -> Any:
        words = self.exchange if profile is Profile.EXCHANGE else self.own
        return words.get(value, value)

    def value(self, cell: str) -> Any:
        return self.checked(unprotected(cell))

    def checked(self, value: Any) -> Any:
        text = str(value).zfill(self.width)  # a spreadsheet takes 01 for a number and makes 1 of it
        for words in (self.own, self.exchange):
            for stored, word in words.items():
                if word == text:
                    return stored
        text = self.synonyms.get(text, text)
        if text not in self.known:
            known = "、".join(self.shown or sorted(self.own.values()) or sorted(self.known))
            raise ValueError(_("“%(value)s” is unknown. Known are: %(known)s") % {"value": str(value)[:40], "known": known})
        return text


@dataclass(frozen=True, slots=True)
class Several:
    """A list of texts, or of codes where ``of`` says which; ``separator`` parts them in a cell."""

    separator: str = ";"
    of: Coded | Text = field(default_factory=Text)
    least: int = 0
    longest: int = 0

    def cell(self, value: Any, profile: Profile) -> str:
        return protected(joined(self.plain(value, profile), self.separator))

    def plain(self, value: Any, profile: Profile) -> Any:
        return [self.of.plain(each, profile) for each in value]

    def value(self, cell: str) -> Any:
        return self.checked(parted(unprotected(cell), self.separator))

    def checked(self, value: Any) -> Any:
        if not isinstance(value, list):
            raise ValueError(_("This must be a list of texts."))  # noqa: TRY004  as above
        found = [self.of.checked(each) for each in value]
        if len(found) < self.least:
            raise ValueError(_("This must not be empty."))
        if self.longest and sum(map(len, found)) > self.longest:
            raise ValueError(
                _("At most %(n)d characters; these are %(count)d.") % {"n": self.longest, "count": sum(map(len, found))}
            )
        return tuple(dict.fromkeys(found)) if isinstance(self.of, Coded) else tuple(found)


@dataclass(frozen=True, slots=True)
class Spelt:
    """What has parts of its own (rows, conditions, choices): spelt as JSON in a cell. ``codes`` are the coded parts of its rows."""

    hint: Any
    codes: Mapping[str, Coded] = field(default_factory=dict)

    def cell(self, value: Any, profile: Profile) -> str:
        stored = self.plain(value, profile)
        return "" if stored in (None, []) else protected(spelt(stored))

    def plain(self, value: Any, profile: Profile) -> Any:
        found = dumped(value)
        if profile is Profile.EXCHANGE and self.codes:
            return [{part: self._word(part, each, profile) for part, each in row.items()} for row in found]
        return found

    def _word(self, part: str, value: Any, profile: Profile) -> Any:
        return self.codes[part].plain(value, profile) if part in self.codes else value

    def in_our_codes(self, rows: Any) -> Any:
        """Return rows as they came with the codes of the exchange turned into ours; what is no code is left for the checks to tell."""
        if not self.codes or not isinstance(rows, list):
            return rows
        return [{part: self._code(part, each) for part, each in row.items()} if isinstance(row, dict) else row for row in rows]

    def _code(self, part: str, value: Any) -> Any:
        words = self.codes[part].exchange if part in self.codes else {}
        return next((stored for stored, word in words.items() if word == value), value)

    def value(self, cell: str) -> Any:
        return self.checked(spelt_in(cell))

    def checked(self, value: Any) -> Any:
        faults: list[tuple[str, str]] = []
        found = typed.typed(self.hint, value, lambda place, reason: faults.append((place, reason)))
        if faults:
            place, reason = faults[0]
            raise ValueError(f"{place}: {reason}" if place else reason)
        return found


@dataclass(frozen=True, slots=True)
class Told:
    """What a file tells and nobody takes over from it: who implements an item, since when it is in force, what follows from the rest."""

    def cell(self, value: Any, profile: Profile) -> str | int:
        del profile
        return int(value) if isinstance(value, int) else protected(value)

    def plain(self, value: Any, profile: Profile) -> Any:
        del profile
        return int(value) if isinstance(value, bool) else value

    def value(self, cell: str) -> Any:
        """Return nothing, whatever stands there."""
        del cell

    def checked(self, value: Any) -> Any:
        """Return nothing, whatever stands there."""
        del value


def spelt_in(cell: str) -> Any:
    """Return what a cell spells as JSON."""
    try:
        return json.loads(unprotected(cell), parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        raise ValueError(_("This is no JSON: %(reason)s") % {"reason": error}) from error


def _no_number(word: str) -> Any:
    raise ValueError(word)


Kind = Text | Whole | Number | Flag | Coded | Several | Spelt | Told
