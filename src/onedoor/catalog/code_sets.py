"""The words of the code sets (domain.md 1.2 to 1.4), in the order in which people choose from them."""

from __future__ import annotations

from django.utils.translation import pgettext_lazy

from onedoor.kernel.errors import Text

Choices = tuple[tuple[str, Text], ...]

ITEM_TYPES: Choices = (
    ("01", pgettext_lazy("code", "Administrative licence")),
    ("05", pgettext_lazy("code", "Administrative payment")),
    ("07", pgettext_lazy("code", "Administrative confirmation")),
    ("08", pgettext_lazy("code", "Administrative reward")),
    ("09", pgettext_lazy("code", "Administrative ruling")),
    ("10", pgettext_lazy("code", "Other power")),
    ("20", pgettext_lazy("code", "Public service")),
    ("21", pgettext_lazy("code", "Intermediary service")),
    ("22", pgettext_lazy("code", "Convenience service")),
)
# Kinds of other powers (type 10) that the national rules name of their own: 行政备案 (domain.md 1.2).
SUB_TYPES: Choices = (
    ("", pgettext_lazy("code", "Not said")),
    ("filing", pgettext_lazy("code", "Administrative filing")),
)
BOARDS: Choices = (("livelihood", pgettext_lazy("code", "For people")), ("enterprise", pgettext_lazy("code", "For enterprises")))
LEVELS: Choices = (
    ("city", pgettext_lazy("code", "City")),
    ("county", pgettext_lazy("code", "County")),
    ("township", pgettext_lazy("code", "Township")),
    ("village", pgettext_lazy("code", "Village")),
)
UNITS: Choices = (
    ("working-days", pgettext_lazy("code", "working days")),
    ("natural-days", pgettext_lazy("code", "days")),
    ("months", pgettext_lazy("code", "months")),
    ("years", pgettext_lazy("code", "years")),
    ("working-hours", pgettext_lazy("code", "working hours")),
    ("hours", pgettext_lazy("code", "hours")),
)
OBJECTS: Choices = (
    ("1", pgettext_lazy("code", "Persons")),
    ("2", pgettext_lazy("code", "Enterprises")),
    ("3", pgettext_lazy("code", "Public institutions")),
    ("4", pgettext_lazy("code", "Social organisations")),
    ("5", pgettext_lazy("code", "State organs")),
    ("6", pgettext_lazy("code", "Other organisations")),
)
CHANNELS: Choices = (
    ("1", pgettext_lazy("code", "At the window")),
    ("2", pgettext_lazy("code", "Online at a computer")),
    ("3", pgettext_lazy("code", "Online on a phone")),
    ("4", pgettext_lazy("code", "By post")),
    ("9", pgettext_lazy("code", "Another way")),
)
CASE_KINDS: Choices = (
    ("1", pgettext_lazy("code", "On the spot (instant)")),
    ("2", pgettext_lazy("code", "Commitment")),
    ("9", pgettext_lazy("code", "Other")),
)
REVIEW_KINDS: Choices = (
    ("", pgettext_lazy("code", "Not said")),
    ("on_the_spot", pgettext_lazy("code", "Reviewed and approved on the spot")),
    ("review_first", pgettext_lazy("code", "Reviewed first, approved then")),
)
POWER_SOURCES: Choices = (
    ("", pgettext_lazy("code", "Not said")),
    ("1", pgettext_lazy("code", "Its own by law")),
    ("2", pgettext_lazy("code", "Handed down from above")),
    ("3", pgettext_lazy("code", "Authorised from above")),
    ("4", pgettext_lazy("code", "Authorised at the same level")),
    ("5", pgettext_lazy("code", "Entrusted from above")),
    ("6", pgettext_lazy("code", "Entrusted at the same level")),
)
PROCEDURE_KINDS: Choices = (
    ("1", pgettext_lazy("code", "Extension of the approval")),
    ("2", pgettext_lazy("code", "Another special procedure")),
)
MEDIA: Choices = (
    ("original", pgettext_lazy("code", "Original")),
    ("copy", pgettext_lazy("code", "Copy")),
    ("original_and_copy", pgettext_lazy("code", "Original and copy")),
    ("electronic", pgettext_lazy("code", "Electronic file")),
    ("certificate", pgettext_lazy("code", "Electronic certificate")),
    ("form", pgettext_lazy("code", "Form, made from the answers")),
    ("auto", pgettext_lazy("code", "Fetched by the city, not handed in")),
)
PAPER_KINDS: Choices = (
    ("form", pgettext_lazy("code", "Application form or document")),
    ("certificate", pgettext_lazy("code", "Certificate")),
    ("approval", pgettext_lazy("code", "Approval")),
    ("other", pgettext_lazy("code", "Other")),
)
NECESSITIES: Choices = (
    ("required", pgettext_lazy("code", "Necessary")),
    ("optional", pgettext_lazy("code", "Only if it applies")),
    ("tolerable", pgettext_lazy("code", "May follow later")),
)
SOURCES: Choices = (
    ("10", pgettext_lazy("code", "The applicant's own")),
    ("20", pgettext_lazy("code", "Issued by an authority")),
    ("99", pgettext_lazy("code", "Other")),
)
RESULT_TYPES: Choices = (
    ("certificate", pgettext_lazy("code", "Certificate")),
    ("approval", pgettext_lazy("code", "Approval")),
    ("document", pgettext_lazy("code", "Document")),
    ("other", pgettext_lazy("code", "Other")),
)
ONLINE_DEPTHS: Choices = (
    ("0", pgettext_lazy("code", "Not online")),
    ("1", pgettext_lazy("code", "I: information")),
    ("2", pgettext_lazy("code", "II: forms to download")),
    ("3", pgettext_lazy("code", "III: reviewed online in advance")),
    ("4", pgettext_lazy("code", "IV: all of it online")),
)
CATALOGUES: Choices = (
    ("", pgettext_lazy("code", "Not said")),
    ("approval", pgettext_lazy("code", "Approvals")),
    ("public", pgettext_lazy("code", "Public services")),
    ("intermediary", pgettext_lazy("code", "Intermediary services")),
)
SCOPES: Choices = (
    ("", pgettext_lazy("code", "Not said")),
    ("national", pgettext_lazy("code", "In the whole country")),
    ("provinces", pgettext_lazy("code", "In other provinces too")),
    ("cities", pgettext_lazy("code", "In other cities too")),
    ("counties", pgettext_lazy("code", "In other counties too")),
)
SYSTEM_LEVELS: Choices = (
    ("", pgettext_lazy("code", "Not said")),
    ("national", pgettext_lazy("code", "System of the country")),
    ("province", pgettext_lazy("code", "System of the province")),
    ("city", pgettext_lazy("code", "System of the city")),
    ("county", pgettext_lazy("code", "System of the county")),
)
STAGES: Choices = (
    ("receive", pgettext_lazy("code", "Receive and accept")),
    ("handle", pgettext_lazy("code", "Handle")),
    ("review", pgettext_lazy("code", "Review")),
    ("approve", pgettext_lazy("code", "Approve")),
    ("issue", pgettext_lazy("code", "Make the certificate")),
    ("deliver", pgettext_lazy("code", "Deliver")),
)
# Elements whose values are codes, for whoever tells a value to people.
WORDS_OF: dict[str, Choices] = {
    "board": BOARDS,
    "catalogue": CATALOGUES,
    "sub_type": SUB_TYPES,
    "objects": OBJECTS,
    "channels": CHANNELS,
    "levels": LEVELS,
    "receiving_levels": LEVELS,
    "cross_region": SCOPES,
    "online_system": SYSTEM_LEVELS,
    "case_kind": CASE_KINDS,
    "review_kind": REVIEW_KINDS,
    "legal_unit": UNITS,
    "promise_unit": UNITS,
    "power.source": POWER_SOURCES,
    "special_procedures.kind": PROCEDURE_KINDS,
    "special_procedures.unit": UNITS,
    "materials.medium": MEDIA,
    "materials.kind": PAPER_KINDS,
    "materials.necessity": NECESSITIES,
    "materials.source": SOURCES,
    "steps.stage": STAGES,
    "steps.unit": UNITS,
    "result.type": RESULT_TYPES,
    "online_depth": ONLINE_DEPTHS,
    "places.level": LEVELS,
}


def word_of(element: str, code: str) -> Text:
    """Return what a code of an element means; the code itself where nobody named it."""
    return next((words for known, words in WORDS_OF[element] if known == code), code)
