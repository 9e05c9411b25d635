"""What was taken in and out at the desk, and how far it is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import IO
from uuid import UUID

from onedoor.catalog import queries
from onedoor.catalog.content import in_language
from onedoor.catalog.lint import RULE_WORDS
from onedoor.catalog.models import ExchangeRun, ItemVersion, RunState
from onedoor.documents import keeping
from onedoor.kernel.errors import NotFound, Text
from onedoor.kernel.paging import Page, first_page
from onedoor.people import directory

PAGE_SIZE = 50


def latest_runs(limit: int = 20) -> list[ExchangeRun]:
    """Return the runs that were asked for last, without what they found wrong."""
    return list(ExchangeRun.objects.defer("faults").order_by("-asked_at", "id")[:limit])


def proposed_runs() -> list[ExchangeRun]:
    """Return the files whose items wait for somebody's approval, the longest waiting first."""
    return list(ExchangeRun.objects.defer("faults").filter(state=RunState.PROPOSED).order_by("asked_at", "id"))


@dataclass(frozen=True, slots=True)
class ProposedItem:
    """An item that a file brings or changes; ``faults`` are the rules of good guides that it breaks."""

    code: str
    title: str
    department: str
    is_first: bool
    faults: tuple[int, ...]


def items_of(run: ExchangeRun, *, after: str = "") -> Page[ProposedItem]:
    """Return the items that a file brings, by their codes, from behind ``after``. One statement."""
    versions = ItemVersion.objects.filter(run=run, item__code__gt=after).select_related("item").order_by("item__code")
    names = queries.department_names()
    rows = [
        ProposedItem(
            row.item.code,
            in_language(row.content.get("name") or row.item.name, row.content.get("name_en", "")),
            names.get(row.item.department_code, row.item.department_code),
            row.based_on_id is None,
            tuple(row.accepted_faults),
        )
        for row in versions[: PAGE_SIZE + 1]
    ]
    return first_page(rows, PAGE_SIZE)


def names_of(run: ExchangeRun) -> tuple[str, str]:
    """Return who handed a file in and who decided, "" where it was the command line or nobody. One statement."""
    ids = [each for each in (run.asked_by, run.decided_by) if each is not None]
    found = directory.account_names(ids) if ids else {}
    return tuple("" if each is None else found.get(each, "") for each in (run.asked_by, run.decided_by))  # type: ignore[return-value]


def rules_of(run: ExchangeRun) -> list[tuple[int, Text, int]]:
    """Return the rules of good guides that items of a file break, in words, and how many items break each."""
    return [(int(rule), RULE_WORDS[int(rule)], count) for rule, count in sorted(run.report.get("rules", {}).items(), key=_number)]


def _number(counted: tuple[str, int]) -> int:
    return int(counted[0])


def run_for(run_id: UUID) -> ExchangeRun:
    """Return a run.

    :raises NotFound: when there is none.
    """
    run = ExchangeRun.objects.filter(id=run_id).first()
    if run is None:
        raise NotFound
    return run


def result_of(run_id: UUID) -> tuple[IO[bytes], str]:
    """Return the file that came of a run, and its name.

    :raises NotFound: when there is none, or it was deleted.
    """
    run = run_for(run_id)
    if not run.result_key:
        raise NotFound
    name = run.name if run.kind in ("export", "book") else f"{run.name.rpartition('.')[0] or run.name}-faults.xlsx"
    return keeping.open_stored(run.result_key), name
