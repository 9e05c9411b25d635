"""What is done at one place, when that is much: folded by department, and searched by people's own words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from onedoor.catalog import finding, queries
from onedoor.catalog.queries import ItemLine

SHOWN_WHOLE = 12
LONGEST_QUESTION = 60


@dataclass(frozen=True, slots=True)
class Fold:
    """The items of one department, which stand folded under its name."""

    name: str
    lines: Sequence[ItemLine]


def by_department(lines: Sequence[ItemLine]) -> list[Fold]:
    """Return the items of a place by department, the department with most of them first. One statement."""
    names = queries.department_names()
    found: dict[str, list[ItemLine]] = {}
    for line in lines:
        found.setdefault(line.department_code, []).append(line)
    folds = [Fold(names.get(code, code), each) for code, each in found.items()]
    return sorted(folds, key=lambda fold: (-len(fold.lines), fold.name))


def among(lines: Sequence[ItemLine], question: str) -> list[ItemLine]:
    """Return the items of a place that a question means, best first: found as everywhere, and by any part of a name."""
    here = {line.code: line for line in lines}
    found = [here[line.code] for line in finding.search(question).items if line.code in here]
    seen = {line.code for line in found}
    asked = question.casefold()
    return found + [
        line for line in lines
        if line.code not in seen and any(asked in text.casefold() for text in (line.name, line.name_en, line.plain_name, line.code))
    ]  # fmt: skip
