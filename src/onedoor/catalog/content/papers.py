"""The papers that an application needs, and what is examined in them (domain.md 1.4)."""

from __future__ import annotations

from dataclasses import dataclass

from onedoor.catalog.conditions import Condition


@dataclass(frozen=True, slots=True)
class Material:
    """A paper that an application needs (domain.md 1.4)."""

    key: str
    name: str
    name_en: str = ""
    medium: str = "original"
    kind: str = "other"
    necessity: str = "required"
    source: str = "10"
    copies_original: int = 0
    copies_photo: int = 0
    tolerable: bool = False
    tolerance_days: int = 0
    note: str = ""
    review_points: tuple[str, ...] = ()
    source_note: str = ""
    issuer: str = ""
    issue_age_limit: str = ""
    paper_spec: str = ""
    blank_form: str = ""
    sample_form: str = ""
    fill_note: str = ""
    accept_standard: str = ""
    legal_basis: str = ""
    reusable: bool = False
    is_identity: bool = False
    ecert_code: str = ""
    accept_formats: tuple[str, ...] = ()
    max_mb: int | None = None
    when: Condition | None = None

    @property
    def is_fetched(self) -> bool:
        """Whether the city fetches it by itself."""
        return self.medium == "auto"

    @property
    def is_generated(self) -> bool:
        """Whether it is made from the answers to the form."""
        return self.medium == "form" and "授权" not in self.name and "承诺" not in self.name and "委托" not in self.name

    @property
    def is_handed_in(self) -> bool:
        """Whether the applicant must bring or upload it."""
        return not self.is_fetched and not self.is_generated

    @property
    def is_required(self) -> bool:
        return self.necessity == "required"

    @property
    def is_owed(self) -> bool:
        """Whether nothing is granted without it, be it that it may follow (容缺)."""
        return self.necessity != "optional"

    @property
    def may_follow(self) -> bool:
        """Whether an application can be accepted before it is there (容缺)."""
        return self.tolerable or self.necessity == "tolerable"
