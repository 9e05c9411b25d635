"""The page ``docs/casework/states.md``, made from the transitions as data."""

from __future__ import annotations

from onedoor.casework.states import TRANSITIONS, Door, Status

HEAD = """# States of an application

Made from `casework/states.py` (`python -m onedoor.casework.states_page > docs/casework/states.md`); a test compares.
Words and rules: domain reference 2.4; how it ended is the *outcome*, a column of its own.

"""
DOORS = {Door.APPLICANT: "the applicant", Door.STAFF: "a post with authority", Door.CLOCK: "the clock"}


def page() -> str:
    """Return the page as Markdown: a diagram, a table, and what may happen in each state."""
    return HEAD + _diagram() + "\n" + _table() + "\n" + _by_state()


def _diagram() -> str:
    lines = ["```mermaid", "stateDiagram-v2", f"    [*] --> {Status.DRAFT.value}"]
    for move in TRANSITIONS:
        lines += [f"    {source.value} --> {move.target.value}: {_name(move.act)}" for source in _ordered(move.sources)]
    return "\n".join([*lines, "```", ""])


def _table() -> str:
    rows = ["| act | from | to | who |", "|---|---|---|---|"]
    for move in TRANSITIONS:
        sources = ", ".join(source.value for source in _ordered(move.sources))
        rows.append(f"| `{move.act}` | {sources} | {move.target.value} | {DOORS[move.door]} |")
    return "\n".join([*rows, ""])


def _by_state() -> str:
    rows = ["| state | what may happen |", "|---|---|"]
    for status in Status:
        possible = ", ".join(_name(move.act) for move in TRANSITIONS if status in move.sources)
        rows.append(f"| {status.value} | {possible or 'nothing more'} |")
    return "\n".join([*rows, ""])


def _ordered(statuses: frozenset[Status]) -> list[Status]:
    return [status for status in Status if status in statuses]


def _name(act: str) -> str:
    return act.removeprefix("casework.")


if __name__ == "__main__":
    print(page(), end="")  # noqa: T201 — this is its whole purpose
