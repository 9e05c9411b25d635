"""The page ``docs/casework/states.md``, made from the transitions as data."""

from __future__ import annotations

from onedoor.casework.states import TRANSITIONS, Door, Pause, Status, Transition

HEAD = """# States of an application

Made from `casework/states.py` (`python -m onedoor.casework.states_page > docs/casework/states.md`); a test compares.
Words and rules: domain reference 2.4; how it ended is the *outcome*, a column of its own. *paused* is no status: it is
`in_review` with an open pause of the limits. `fill_gap` and `lapse_gap` are only possible while papers are to follow (容缺).

"""
PAUSED = "paused"
DOORS = {Door.APPLICANT: "the applicant", Door.STAFF: "a post with authority", Door.CLOCK: "the clock"}


def page() -> str:
    """Return the page as Markdown: a diagram, a table, and what may happen in each state."""
    return HEAD + _diagram() + "\n" + _table() + "\n" + _by_state()


def _diagram() -> str:
    lines = ["```mermaid", "stateDiagram-v2", f"    [*] --> {Status.DRAFT.value}"]
    for move in TRANSITIONS:
        lines += [f"    {source} --> {target}: {_name(move.act)}" for source, target in _ways(move)]
    return "\n".join([*lines, "```", ""])


def _table() -> str:
    rows = ["| act | from | to | who |", "|---|---|---|---|"]
    for move in TRANSITIONS:
        ways = _ways(move)
        sources, targets = ", ".join(source for source, _ in ways), ", ".join(dict.fromkeys(target for _, target in ways))
        rows.append(f"| `{move.act}` | {sources} | {targets} | {DOORS[move.door]} |")
    return "\n".join([*rows, ""])


def _by_state() -> str:
    rows = ["| state | what may happen |", "|---|---|"]
    states = [name for status in Status for name in ((status.value, PAUSED) if status is Status.IN_REVIEW else (status.value,))]
    for state in states:
        possible = ", ".join(_name(move.act) for move in TRANSITIONS if state in [source for source, _ in _ways(move)])
        rows.append(f"| {state} | {possible or 'nothing more'} |")
    return "\n".join([*rows, ""])


def _ways(move: Transition) -> list[tuple[str, str]]:
    """Return from where to where a transition leads, with *paused* told apart from *in review*."""
    ways = []
    for source in _ordered(move.sources):
        target = move.target or source
        if source is Status.IN_REVIEW and move.needs_pause is not True:
            ways.append((source.value, PAUSED if move.pause is Pause.STOPS else target.value))
        if source is Status.IN_REVIEW and move.needs_pause is not False:
            stays = target is Status.IN_REVIEW and move.pause is Pause.EITHER
            ways.append((PAUSED, PAUSED if stays else target.value))
        if source is not Status.IN_REVIEW:
            ways.append((source.value, target.value))
    return ways


def _ordered(statuses: frozenset[Status]) -> list[Status]:
    return [status for status in Status if status in statuses]


def _name(act: str) -> str:
    return act.removeprefix("casework.")


if __name__ == "__main__":
    print(page(), end="")  # noqa: T201 — this is its whole purpose
