"""How words sound and how they are mistyped: pinyin whole and by initials, and the words that lie one mistake away."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache
from importlib.resources import files
from typing import Any

SHORTEST_MISTYPED = 3
LONGEST_MISTYPED = 24


def pinyin_of(words: Sequence[str]) -> list[tuple[str, str]]:
    """Return pinyin and initials of each text, ``("hukouben", "hkb")``, with empty ones where nothing in it is Chinese.

    Phrases are read as they are said (银行 is yinhang), which takes 57 MB: never in a web process.
    """
    from pypinyin import Style, lazy_pinyin

    found = []
    for word in words:
        letters: Any = _kept  # a list for a run of them, which the library's types do not know
        syllables = [each for each in lazy_pinyin(word, style=Style.NORMAL, errors=letters) if each]
        sounded = not word.isascii() and bool(syllables)
        found.append(("".join(syllables), "".join(each[0] for each in syllables)) if sounded else ("", ""))
    return found


def _kept(run: str) -> list[str]:
    """Return what is not Chinese: letters and figures one by one, so that ETC办理 begins as ``etc``."""
    return [each for each in run.lower() if each.isascii() and each.isalnum()]


def sound(text: str) -> str:
    """Return how Chinese characters sound when each is read alone; empty when one of them is unknown."""
    readings = _readings()
    syllables = [readings.get(each, "") for each in text]
    return "".join(syllables) if all(syllables) else ""


@cache
def _readings() -> dict[str, str]:
    lines = files("onedoor.catalog").joinpath("data", "readings.txt").read_text(encoding="utf-8").splitlines()
    return {character: syllable for syllable, characters in map(str.split, lines) for character in characters}


def shapes(word: str) -> list[str]:
    """Return a word and what is left of it when one character is left out.

    Two words that lie one mistake apart (one wrong, one missing, one too many, two swapped) share one of these.
    """
    if not SHORTEST_MISTYPED <= len(word) <= LONGEST_MISTYPED:
        return []
    return list(dict.fromkeys((word, *(word[:place] + word[place + 1 :] for place in range(len(word))))))


def is_one_mistake(typed: str, meant: str) -> bool:
    """Return whether two words differ by one wrong, missing or extra character, or by two neighbours swapped."""
    if typed == meant or abs(len(typed) - len(meant)) > 1:
        return False
    same = next((n for n, (a, b) in enumerate(zip(typed, meant, strict=False)) if a != b), min(len(typed), len(meant)))
    a, b = typed[same:], meant[same:]
    return a[1:] == b[1:] or a[1:] == b or a == b[1:] or (len(a) == len(b) > 1 and a[:2] == b[1::-1] and a[2:] == b[2:])


def all_shapes(words: Iterable[str]) -> list[str]:
    """Return the shapes of several words, each once."""
    return list(dict.fromkeys(shape for word in words for shape in shapes(word)))
