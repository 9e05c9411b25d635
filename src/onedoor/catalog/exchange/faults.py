"""What is wrong with a file, each with its place."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.utils.translation import gettext as _

MOST_TOLD = 1000


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong: the row as a spreadsheet counts it (the heading is row 1) or an item's code, and the column.

    A fault of the file as a whole has neither.
    """

    row: str
    column: str
    reason: str
    sheet: str = ""

    @property
    def place(self) -> str:
        """Where it is, for people."""
        row = _("row %(row)s") % {"row": self.row} if self.row.isdigit() else self.row
        return ", ".join(each for each in (self.sheet, row, self.column) if each)


@dataclass(slots=True)
class Faults:
    """Faults as they are found; beyond the first thousand they are only counted, so that no file fills the memory."""

    told: list[Fault] = field(default_factory=list)
    count: int = 0

    def blame(self, row: object, column: str, reason: str, sheet: str = "") -> None:
        self.count += 1
        if len(self.told) < MOST_TOLD:
            self.told.append(Fault(str(row), column, reason, sheet))

    def blame_once(self, row: object, column: str, reason: str, sheet: str = "") -> None:
        """Tell a fault that many rows share only where it is met first."""
        if Fault(str(row), column, reason, sheet) not in self.told:
            self.blame(row, column, reason, sheet)

    def in_order(self) -> list[Fault]:
        """Return the faults as they stand in the file: of the whole first, then sheet by sheet and row by row."""
        return sorted(self.told, key=lambda each: (each.sheet, int(each.row) if each.row.isdecimal() else 0))

    def __bool__(self) -> bool:
        return self.count > 0


class Unreadable(Exception):
    """A file that cannot be read any further; the text says what to do. Caught where reading began."""

    def __init__(self, reason: str, row: object = "", column: str = "", sheet: str = "") -> None:
        super().__init__(reason)
        self.reason, self.row, self.column, self.sheet = reason, row, column, sheet
