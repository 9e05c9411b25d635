"""The questions of an application."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from onedoor.catalog.conditions import Condition
from onedoor.catalog.content.language import ANSWERS_EN, in_language


@dataclass(frozen=True, slots=True)
class Choice:
    value: str
    label: str
    label_en: str = ""

    @property
    def text(self) -> str:
        return in_language(self.label, self.label_en or ANSWERS_EN.get(self.label, ""))


@dataclass(frozen=True, slots=True)
class Validation:
    """What an answer must keep to; empty where the type alone decides."""

    max_length: int | None = None
    length: int | None = None
    pattern: str = ""
    min: float | None = None
    max: float | None = None
    scale: int | None = None
    min_items: int | None = None
    min_rows: int | None = None
    max_rows: int | None = None
    level_min: str = ""
    formats: tuple[str, ...] = ()
    max_mb: int | None = None
    check: str = ""
    format: str = ""


@dataclass(frozen=True, slots=True)
class FormField:
    """A question. ``columns`` are the questions of each row of a repetition; ``prefill`` names where the answer may be known from."""

    key: str
    label: str
    type: str
    label_en: str = ""
    required: bool = True
    help: str = ""
    validation: Validation = field(default_factory=Validation)
    choices: tuple[Choice, ...] = ()
    condition: Condition | None = None
    columns: tuple[FormField, ...] = ()
    prefill: str = ""

    @property
    def text(self) -> str:
        """The label in the language of the moment."""
        return in_language(self.label, self.label_en)

    @property
    def is_personal(self) -> bool:
        """Whether its answer says who somebody is or how to reach them."""
        return self.type in ("idcard", "phone") or "证件号" in self.label or "银行卡" in self.label


@dataclass(frozen=True, slots=True)
class Section:
    """Questions that stand together. ``scenario``: they are asked first, on the guide's page too, and narrow what is needed."""

    key: str
    title: str
    fields: tuple[str, ...]
    title_en: str = ""
    scenario: bool = False

    @property
    def text(self) -> str:
        return in_language(self.title, self.title_en)


@dataclass(frozen=True)
class Form:
    """The questions of an application, in the order in which they are asked."""

    sections: tuple[Section, ...] = ()
    fields: tuple[FormField, ...] = ()

    def field(self, key: str) -> FormField:
        """Return the field ``key``.

        :raises KeyError: when the form has no such field.
        """
        return self._by_key[key]

    def __iter__(self) -> Iterator[FormField]:
        """Yield the fields in the order of the sections, so that a condition comes after what it asks for."""
        for section in self.sections:
            for key in section.fields:
                yield self._by_key[key]

    def fields_of(self, section: Section) -> tuple[FormField, ...]:
        """Return the fields of one section."""
        return tuple(self._by_key[key] for key in section.fields)

    @property
    def _by_key(self) -> dict[str, FormField]:
        found: dict[str, FormField] | None = self.__dict__.get("_fields_by_key")
        if found is None:
            found = {each.key: each for each in self.fields}
            object.__setattr__(self, "_fields_by_key", found)
        return found

    def label_of(self, key: str) -> str:
        """Return the label of a field, the key itself where there is none (conditions of a wrong definition)."""
        return self._by_key[key].text if key in self._by_key else key

    @property
    def file_questions(self) -> tuple[FormField, ...]:
        """The questions that are answered with a file."""
        return tuple(field for field in self.fields if field.type == "file")

    def choice_of(self, key: str, value: object) -> str:
        """Return the label of a choice of a field."""
        choices = self._by_key[key].choices if key in self._by_key else ()
        return next((choice.text for choice in choices if choice.value == str(value)), str(value))
