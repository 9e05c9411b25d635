"""The catalogue's health: which rules the versions in force break, by department and by rule. Kept by edition."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from onedoor.catalog import queries
from onedoor.catalog.cache import EditionCache
from onedoor.catalog.content import in_language
from onedoor.catalog.lint import Fault, faults_of
from onedoor.catalog.models import ItemVersion, VersionStatus
from onedoor.kernel.errors import Text

_kept = EditionCache()


@dataclass(frozen=True, slots=True)
class Checked:
    """A version in force with what it breaks."""

    code: str
    name: str
    name_en: str
    department: str
    faults: tuple[Fault, ...]

    @property
    def title(self) -> str:
        return in_language(self.name, self.name_en)


@dataclass(frozen=True, slots=True)
class DepartmentHealth:
    """How many of a department's items there are, how many break a rule, and how many faults they have."""

    code: str
    name: str
    items: int
    broken: int
    faults: int


@dataclass(frozen=True, slots=True)
class RuleHealth:
    """A rule, how it reads where it is broken, and how many items break it."""

    rule: int
    reason: Text
    items: int


@dataclass(frozen=True, slots=True)
class Health:
    """The whole catalogue, or one department's part of it."""

    items: int
    broken: int
    departments: Sequence[DepartmentHealth]
    rules: Sequence[RuleHealth]

    @property
    def most_faults(self) -> int:
        return max((each.faults for each in self.departments), default=0)

    @property
    def most_items(self) -> int:
        return max((each.items for each in self.rules), default=0)


def checked() -> tuple[Checked, ...]:
    """Return every published version with its faults. One statement while the edition stands, two after it moved."""
    return _kept.get(queries.edition(), "checked", _checked)


def _checked() -> tuple[Checked, ...]:
    rows = ItemVersion.objects.filter(status=VersionStatus.PUBLISHED).select_related("item").order_by("item__code")
    return tuple(
        Checked(row.item.code, row.item.name, row.item.name_en, row.item.department_code, faults_of(row))
        for row in rows.iterator(chunk_size=500)
    )


def health(department: str | None = None) -> Health:
    """Return the health of the catalogue, or of one department's items."""
    shown = [each for each in checked() if department in (None, each.department)]
    names = queries.department_names()
    by_department: dict[str, list[Checked]] = {}
    for each in shown:
        by_department.setdefault(each.department, []).append(each)
    departments = [
        DepartmentHealth(
            code, names.get(code, code), len(rows), sum(bool(row.faults) for row in rows), sum(len(row.faults) for row in rows)
        )
        for code, rows in by_department.items()
    ]
    reasons = {fault.rule: fault.reason for each in shown for fault in each.faults}
    counted = Counter(rule for each in shown for rule in {fault.rule for fault in each.faults})
    return Health(
        items=len(shown),
        broken=sum(bool(each.faults) for each in shown),
        departments=sorted(departments, key=lambda each: (-each.faults, each.code)),
        rules=[RuleHealth(rule, reasons[rule], counted[rule]) for rule in sorted(counted)],
    )


def breaking(*, department: str | None, rule: int, most: int = 200) -> list[Checked]:
    """Return the items that break a rule (0: any rule), of one department or of all."""
    found = (
        each
        for each in checked()
        if department in (None, each.department) and any(rule in (0, fault.rule) for fault in each.faults)
    )
    return [each for each, _number in zip(found, range(most), strict=False)]
