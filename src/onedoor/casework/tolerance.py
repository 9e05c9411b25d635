"""Acceptance against a promise (容缺受理): what may follow, and until when. Pure rules over a version and the rows of a case.

Sources: domain.md 2.7; 国发〔2024〕3号. No national number of days exists: the item's own counts, else what leaves two working
days before the promised decision, and never more than twenty.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from onedoor.casework import stages
from onedoor.casework.models import Material, MaterialState
from onedoor.catalog.content import Content
from onedoor.workdays import arithmetic
from onedoor.workdays.arithmetic import Unit
from onedoor.workdays.calendars import WorkCalendar

if TYPE_CHECKING:
    from onedoor.catalog.queries import Terms

MOST_WORKING_DAYS = 20
BEFORE_THE_PROMISE = 2
ABSENT = (MaterialState.MISSING, MaterialState.REJECTED)


@dataclass(frozen=True, slots=True)
class Gap:
    """What is missing in a case: the papers that may follow, and those without which nothing is accepted."""

    follows: Sequence[Material]
    core: Sequence[Material]

    @property
    def core_names(self) -> str:
        """Return the names of the core papers that are missing, in one line."""
        return "、".join(row.name for row in self.core)


def missing(content: Content, answers: Mapping[str, object], rows: Iterable[Material]) -> list[Material]:
    """Return the rows of owed papers that are neither handed in nor checked, in the order of the guide."""
    owed = [each.key for each in content.needed_materials(answers) if each.is_owed and each.is_handed_in]
    absent = {row.key: row for row in rows if row.state in ABSENT and row.certificate_id is None}
    return [absent[key] for key in owed if key in absent]


def may_all_follow(content: Content, rows: Iterable[Material]) -> bool:
    """Tell whether every paper of some rows may follow."""
    listed = {each.key for each in content.materials if each.may_follow}
    return all(row.key in listed for row in rows)


def gap_of(content: Content, answers: Mapping[str, object], rows: Iterable[Material]) -> Gap:
    """Return what is missing in a case, apart by whether it may follow."""
    listed = {each.key for each in content.materials if each.may_follow}
    absent = missing(content, answers, rows)
    return Gap([row for row in absent if row.key in listed], [row for row in absent if row.key not in listed])


def knows_gaps(terms: Terms, case_kind: str) -> bool:
    """Tell whether an item can be accepted with papers to follow: what is decided on the spot cannot wait for any."""
    return case_kind != stages.INSTANT and any(each.may_follow and each.is_owed for each in terms.materials)


def working_days(terms: Terms, option_code: str, keys: Iterable[str], *, at: datetime, calendar: WorkCalendar) -> int:
    """Return how many working days after an acceptance at ``at`` the papers may follow; 0 where the promise leaves no room.

    The item's own number, where its papers have one, at most 20, and at least two working days before the promised decision. A
    promise too short for that bounds nothing where the item has a number of its own.
    """
    own = _own_days(terms, keys)
    promise = arithmetic.due(calendar, Unit(terms.promise_unit), terms.promised_length(option_code), at)
    room = arithmetic.left_wd(calendar, promise, at) - BEFORE_THE_PROMISE
    if room < 1:
        return min(own, MOST_WORKING_DAYS)
    return min(own or MOST_WORKING_DAYS, MOST_WORKING_DAYS, room)


def _own_days(terms: Terms, keys: Iterable[str]) -> int:
    """Return the number that the item itself has for some papers, the longest; 0 where it has none."""
    wanted = set(keys)
    return max((each.tolerance_days for each in terms.materials if each.key in wanted), default=0)
