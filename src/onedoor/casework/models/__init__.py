"""Tables of casework, by moment: the application itself, and what acts beside its way leave behind."""

from __future__ import annotations

from onedoor.casework.models.application import (
    Application,
    CaseMessage,
    Channel,
    CorrectionNotice,
    Material,
    MaterialFile,
    MaterialState,
    MessageFile,
    NormAnswer,
    Side,
    StageRun,
    Verdict,
)
from onedoor.casework.models.review import Consultation, Stance
from onedoor.casework.models.time import Asked, Extension, Reminder, SpecialKind, SpecialProcedure
from onedoor.casework.models.tolerance import Bar, BarKind, Tolerance

__all__ = [
    "Application",
    "Asked",
    "Bar",
    "BarKind",
    "CaseMessage",
    "Channel",
    "Consultation",
    "CorrectionNotice",
    "Extension",
    "Material",
    "MaterialFile",
    "MaterialState",
    "MessageFile",
    "NormAnswer",
    "Reminder",
    "Side",
    "SpecialKind",
    "SpecialProcedure",
    "StageRun",
    "Stance",
    "Tolerance",
    "Verdict",
]
