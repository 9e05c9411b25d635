"""Cutting Chinese into words for the index and for a question. The cutter is loaded when it is first used: it takes 30 MB."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

_LATIN = re.compile(r"[0-9a-z]+")
_CHINESE = re.compile(r"[\u3400-\u9fff\U00020000-\U0003ffff]+")
_STOP = frozenset(
    "的 了 吗 呢 吧 啊 我 我要 我想 想 要 怎么 怎样 如何 怎么办 办 办理 办个 个 一个 在 在哪 哪 哪里 哪儿 去 到 和 与 及 或 是 有 "  # noqa: SIM905
    "没有 需要 什么 可以 能 能不能 请问 给 把 被 对 从 为 a an the of for to in and or my how do i get".split()
)
# Words that half the catalogue has: they find nothing by themselves, but tell a permit from its renewal when ranking.
_GENERIC = frozenset("许可 许可证 登记 备案 审批 审核 申请 申领 核发 经营 服务 管理 设立 业务 证 证明".split())  # noqa: SIM905
LONGEST_QUESTION = 60


def normalised(text: str) -> str:
    """Return text as it is compared: full-width folded, lower case, blanks to one."""
    return re.sub(r"\s+", " ", unicodedata.normalize("NFKC", text)).strip().lower()


def cut(text: str) -> list[str]:
    """Return the words of a text, each once, long ones with the words in them; words that say nothing are left out."""
    import rjieba  # 30 MB, which a process that never searches need not carry

    found: dict[str, None] = {}
    for run in _CHINESE.findall(text := normalised(text)):
        for word in rjieba.cut_for_search(run):
            if word not in _STOP:
                found[word] = None
    for word in _LATIN.findall(text):
        if word not in _STOP:
            found[word] = None
    return list(found)


def telling(words: Iterable[str]) -> list[str]:
    """Return the words without those that half the catalogue has, unless there are only such."""
    given = list(words)
    return [word for word in given if word not in _GENERIC] or given


def pairs(text: str) -> list[str]:
    """Return each two neighbouring characters, by which a text is found where cutting took other words."""
    found: dict[str, None] = {}
    for run in _CHINESE.findall(normalised(text)):
        for start in range(len(run) - 1):
            found[run[start : start + 2]] = None
    return list(found)


def vector(weighted: Iterable[tuple[str, Iterable[str]]]) -> str:
    """Return the text of a tsvector: words with their weights A to D. Built here, so no parser of the database has a say."""
    best: dict[str, str] = {}
    for weight, words in weighted:
        for word in words:
            best[word] = min(best.get(word, "D"), weight)
    return " ".join(f"{_quoted(word)}:{number}{weight}" for number, (word, weight) in enumerate(best.items(), start=1))


def query(words: Iterable[str], joint: str = " | ") -> str:
    """Return the text of a tsquery that asks for any of the words."""
    return joint.join(_quoted(word) for word in words)


def _quoted(word: str) -> str:
    return "'" + word.replace("\\", "\\\\").replace("'", "''") + "'"
