"""What a version of an item says, typed; gathered from its files so that others know one name."""

from onedoor.catalog.content.form import Choice, Form, FormField, Section, Validation
from onedoor.catalog.content.language import in_language, limit_text, step_title
from onedoor.catalog.content.papers import Material
from onedoor.catalog.content.record import (
    STAGE_OF_STEP,
    Booking,
    Content,
    Fee,
    Intermediary,
    LegalBasis,
    OptionText,
    Phones,
    Place,
    Power,
    Question,
    Remedies,
    Result,
    SpecialProcedure,
    Step,
    stage_of,
)

__all__ = [
    "STAGE_OF_STEP",
    "Booking",
    "Choice",
    "Content",
    "Fee",
    "Form",
    "FormField",
    "Intermediary",
    "LegalBasis",
    "Material",
    "OptionText",
    "Phones",
    "Place",
    "Power",
    "Question",
    "Remedies",
    "Result",
    "Section",
    "SpecialProcedure",
    "Step",
    "Validation",
    "in_language",
    "limit_text",
    "stage_of",
    "step_title",
]
