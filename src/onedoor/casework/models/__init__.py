"""Tables of casework, by moment: the application itself, and what stops or moves its clocks."""

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
from onedoor.casework.models.time import Asked, Extension, Reminder, SpecialKind, SpecialProcedure

__all__ = [
    "Application",
    "Asked",
    "CaseMessage",
    "Channel",
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
    "Verdict",
]
