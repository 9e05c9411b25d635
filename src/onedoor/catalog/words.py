"""Words of a text: how texts are compared, and cut for the index.

A question is never cut here: it is read by the words the index holds (``understanding``). So the cutter and the readings of phrases,
which take 90 MB, are loaded only by what indexes in peace: the worker and the command line.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import cache
from importlib.resources import files

LATIN = re.compile(r"[0-9a-z]+")
CHINESE = re.compile(r"[\u3400-\u9fff\U00020000-\U0003ffff]+")
# What people say around what they mean. In the index they say nothing, in a question they are passed over.
STOP = frozenset(
    "的 了 吗 呢 吧 啊 呀 我 我要 我想 我的 想 想要 要 怎么 怎么样 怎样 如何 怎么办 办 办理 办个 个 一个 在 在哪 哪 哪里 哪儿 去 到 和 与 及 或 "  # noqa: SIM905
    "是 有 没有 需要 什么 可以 能 能不能 请问 给 把 被 对 从 为 咋 咋办 咋弄 弄 怎么弄 怎么办理 去哪 去哪里 去哪儿 在哪里 在哪儿 哪办 在哪办 "
    "想办 我想办 要办 帮我 帮忙 一下 请 你好 您好 这个 那个 手续 流程 材料 多少钱 多久 "
    "a an the of for to in and or my me how do i get want need apply can where is".split()
)
LONGEST_QUESTION = 60
LONGEST_WORD = 8
LONGEST_PHRASE = 200
LONGEST_KEPT = 200


def normalised(text: str) -> str:
    """Return text as it is compared: full-width folded, simplified, lower case, blanks to one, nothing that cannot be written."""
    folded = unicodedata.normalize("NFKC", _WITHOUT.sub(" ", text)).translate(_simplified())
    return re.sub(r"\s+", " ", folded).strip().lower()


# Controls and halves of surrogate pairs: PostgreSQL stores neither.
_WITHOUT = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]+")


@cache
def _simplified() -> dict[int, int]:
    old, new = files("onedoor.catalog").joinpath("data", "simplified.txt").read_text(encoding="utf-8").splitlines()
    return dict(zip(map(ord, old), map(ord, new), strict=True))


def cut(text: str) -> list[str]:
    """Return the words of a text, each once, long ones with the words in them; words that say nothing are left out."""
    import rjieba  # 33 MB, see above

    found: dict[str, None] = {}
    for run in CHINESE.findall(text := normalised(text)):
        for word in rjieba.cut_for_search(run):
            found[word[:LONGEST_WORD]] = None
    found |= dict.fromkeys(LATIN.findall(text))
    return [word for word in found if word not in STOP]


def pieces(text: str) -> list[str]:
    """Return what can be said of a text's words without a cutter: short runs whole, each two neighbouring characters, Latin words."""
    text = normalised(text)
    whole = [run for run in CHINESE.findall(text) if len(run) <= LONGEST_WORD]
    return [word for word in dict.fromkeys((*whole, *pairs(text), *LATIN.findall(text))) if word not in STOP]


def pairs(text: str) -> list[str]:
    """Return each two neighbouring characters, by which a text is found where cutting took other words."""
    found: dict[str, None] = {}
    for run in CHINESE.findall(normalised(text)):
        for start in range(len(run) - 1):
            found[run[start : start + 2]] = None
    return list(found)


def vector(weighted: Iterable[tuple[str, Iterable[str]]]) -> str:
    """Return the text of a tsvector: words with their weights A to D. Built here, so no parser of the database has a say."""
    best: dict[str, str] = {}
    for weight, words in weighted:
        for word in words:
            if len(word) > LONGEST_KEPT:  # the database has no place for it, and nobody searches for it
                continue
            best[word] = min(best.get(word, "D"), weight)
    return " ".join(f"{_quoted(word)}:{number}{weight}" for number, (word, weight) in enumerate(best.items(), start=1))


def query(words: Iterable[str], joint: str = " | ") -> str:
    """Return the text of a tsquery that asks for any of the words."""
    return joint.join(_quoted(word) for word in words)


def _quoted(word: str) -> str:
    return "'" + word.replace("\\", "\\\\").replace("'", "''") + "'"
