"""What one measurement says."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass


@dataclass(slots=True)
class Result:
    """One line of the table; what does not apply stays None. ``kept`` says whether its own budget holds."""

    name: str
    ours_per_s: float | None = None
    floor_per_s: float | None = None
    ratio: float | None = None
    statements: int | None = None
    p50_ms: float | None = None
    p95_ms: float | None = None
    p99_ms: float | None = None
    bytes: int | None = None
    rss_mb: float | None = None
    rows: int | None = None
    kept: bool | None = None

    def as_json(self) -> dict[str, object]:
        return {name: value for name, value in asdict(self).items() if value is not None}


def percentile(seconds: Sequence[float], share: float) -> float:
    """Return the percentile of durations, in milliseconds."""
    ordered = sorted(seconds)
    return round(1000 * ordered[min(len(ordered) - 1, int(share * len(ordered)))], 1)


def table(results: Sequence[Result]) -> str:
    """Return the results as a table for people."""
    columns = list(Result.__dataclass_fields__)
    rows = [[_shown(getattr(result, column)) for column in columns] for result in results]
    used = [i for i, column in enumerate(columns) if column == "name" or any(row[i] for row in rows)]
    widths = [max(len(columns[i]), *(len(row[i]) for row in rows)) for i in used]
    lines = [[columns[i] for i in used], *([row[i] for i in used] for row in rows)]
    return "\n".join(
        "  ".join(cell.rjust(width) if n else cell.ljust(width) for n, (cell, width) in enumerate(zip(line, widths, strict=True)))
        for line in lines
    )


def _shown(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "NO"
    return (
        f"{value:,.3g}"
        if isinstance(value, float) and value < 100
        else f"{value:,.0f}"
        if isinstance(value, (int, float))
        else str(value)
    )
