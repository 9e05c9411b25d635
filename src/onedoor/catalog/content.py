"""What a version of an item says, typed: papers, steps, form, fees, law. Stored as JSON, never changed after publication.

Two decisions, because the sources leave them open:

* **Stage of a step**, by its name: 受理 is ``receive``, 审核 ``review``, 审批 ``approve``, 办结 ``issue``, 送达 ``deliver``;
  everything else that is done with an application (现场核查, 专家评审, 方案公示, 入户调查 …) is ``handle``.
* **Items without a full guide** get the five steps of every approval, the promise spread over review and approval, and a
  short form: who applies, what for, how to reach them (``defaults.py``). They are marked ``is_complete=False`` and shown
  with what is known.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from types import UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

from django.utils.translation import get_language, gettext

from onedoor.catalog import conditions
from onedoor.catalog.conditions import Condition

STAGE_OF_STEP = {"受理": "receive", "审核": "review", "审批": "approve", "办结": "issue", "送达": "deliver"}


def stage_of(step_name: str) -> str:
    """Return the stage at which a post must be authorised to take a step of this name."""
    return STAGE_OF_STEP.get(step_name, "handle")


def in_language(chinese: str, english: str) -> str:
    """Return the text in the language of the moment, Chinese where there is no English."""
    return chinese if not english or (get_language() or "zh").startswith("zh") else english


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
    def may_follow(self) -> bool:
        """Whether an application can be accepted before it is there (容缺)."""
        return self.tolerable or self.necessity == "tolerable"


@dataclass(frozen=True, slots=True)
class Step:
    """A step of handling with its post, its limit and what is examined."""

    name: str
    stage: str
    post: str = ""
    limit: int = 0
    unit: str = "working-days"
    standard: str = ""
    result: str = ""


@dataclass(frozen=True, slots=True)
class Choice:
    value: str
    label: str
    label_en: str = ""

    @property
    def text(self) -> str:
        return in_language(self.label, self.label_en)


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
    """A question. ``columns`` are the questions of each row of a repetition."""

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
    key: str
    title: str
    fields: tuple[str, ...]
    title_en: str = ""

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


@dataclass(frozen=True, slots=True)
class OptionText:
    """A handling option as the guide tells it; its row with the code is ``ItemOption``."""

    code: str
    name: str
    when: str = ""
    change: str = ""


@dataclass(frozen=True, slots=True)
class Fee:
    """What something costs: ``amount_fen`` where it is a fixed amount, words in ``text`` where it is not."""

    name: str
    amount_fen: int | None = None
    unit: str = ""
    basis: str = ""
    online: bool = False
    relief: str = ""
    text: str = ""
    verified: bool = False


@dataclass(frozen=True, slots=True)
class LegalBasis:
    law: str
    article: str = ""
    verified: bool = False


@dataclass(frozen=True, slots=True)
class SpecialProcedure:
    """A hearing, an expert review and the like; ``counted`` says whether the limit runs on meanwhile."""

    kind: str
    name: str
    max_days: int
    unit: str = "working-days"
    counted: bool = False
    note: str = ""


@dataclass(frozen=True, slots=True)
class Result:
    name: str = ""
    type: str = "other"
    validity: str = ""


@dataclass(frozen=True, slots=True)
class Question:
    q: str
    a: str


@dataclass(frozen=True, slots=True)
class Place:
    level: str
    name: str
    address: str = ""
    window: str = ""


@dataclass(frozen=True, slots=True)
class Phones:
    consult: str = ""
    complain: str = ""
    hotline: str = "12345"


@dataclass(frozen=True, slots=True)
class Remedies:
    reconsideration: str = ""
    litigation: str = ""
    complaint: str = ""


@dataclass(frozen=True)
class Content:
    """Everything a version says."""

    summary: str = ""
    who_can: str = ""
    plain_name: str = ""
    keywords: tuple[str, ...] = ()
    board: str = ""
    module: str = ""
    catalogue: str = ""
    objects: tuple[str, ...] = ()
    channels: tuple[str, ...] = ()
    visit_count: int = 0
    conditions: tuple[str, ...] = ()
    materials: tuple[Material, ...] = ()
    steps: tuple[Step, ...] = ()
    options: tuple[OptionText, ...] = ()
    form: Form = field(default_factory=Form)
    fees: tuple[Fee, ...] = ()
    legal_bases: tuple[LegalBasis, ...] = ()
    special_procedures: tuple[SpecialProcedure, ...] = ()
    result: Result = field(default_factory=Result)
    faqs: tuple[Question, ...] = ()
    hours: str = ""
    places: tuple[Place, ...] = ()
    phones: Phones = field(default_factory=Phones)
    rights: tuple[str, ...] = ()
    remedies: Remedies = field(default_factory=Remedies)
    disclaimer: str = ""
    limits_verified: bool = False
    standing: str = ""

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Content:
        """Return the content that was stored as ``data``."""
        loaded: Content = _load(cls, data)
        return loaded

    def to_json(self) -> dict[str, Any]:
        """Return the content as it is stored: values that say nothing are left out."""
        stored: dict[str, Any] = _dump(self)
        return stored

    def material(self, key: str) -> Material:
        """Return the material ``key``.

        :raises KeyError: when there is no such material.
        """
        for each in self.materials:
            if each.key == key:
                return each
        raise KeyError(key)

    def needed_materials(self, answers: Mapping[str, object]) -> tuple[Material, ...]:
        """Return the materials whose condition holds for ``answers``."""
        return tuple(each for each in self.materials if each.when is None or each.when.holds(answers))

    def stages(self) -> tuple[str, ...]:
        """Return the stages of the procedure, each once, in order."""
        return tuple(dict.fromkeys(step.stage for step in self.steps))


def limit_text(length: int, unit: str) -> str:
    """Return a limit for people: ``5 个工作日``, ``当场``."""
    if length == 0:
        return gettext("On the spot")
    words = {
        "working-days": gettext("%(n)d working days"),
        "natural-days": gettext("%(n)d days"),
        "months": gettext("%(n)d months"),
        "years": gettext("%(n)d years"),
        "working-hours": gettext("%(n)d working hours"),
        "hours": gettext("%(n)d hours"),
    }
    return words[unit] % {"n": length}


@lru_cache
def _hints(kind: type) -> dict[str, Any]:
    return get_type_hints(kind)


def _load(kind: Any, value: Any) -> Any:
    """Return ``value`` as the type that a dataclass declares for it; keys that the type does not know are dropped."""
    if get_origin(kind) in (Union, UnionType):
        return None if value is None else _load(next(each for each in get_args(kind) if each is not type(None)), value)
    if get_origin(kind) is tuple:
        return tuple(_load(get_args(kind)[0], each) for each in value)
    if kind is Condition:
        return conditions.parse(value)
    if isinstance(kind, type) and dataclasses.is_dataclass(kind):
        return kind(**{name: _load(hint, value[name]) for name, hint in _hints(kind).items() if name in value})
    return value


def _dump(value: Any) -> Any:
    if isinstance(value, Condition):
        return value.to_json()
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        pairs = ((each, getattr(value, each.name)) for each in dataclasses.fields(value))
        return {each.name: _dump(item) for each, item in pairs if not _is_default(each, item)}
    if isinstance(value, tuple):
        return [_dump(each) for each in value]
    return value


def _is_default(declared: dataclasses.Field[Any], value: Any) -> bool:
    if declared.default_factory is not dataclasses.MISSING:
        return bool(value == declared.default_factory())
    return declared.default is not dataclasses.MISSING and bool(value == declared.default)
