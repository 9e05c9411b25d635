"""What a version of an item says: the elements of a published item (domain.md 1.3). Stored as JSON, never changed once published.

Three decisions, because the sources leave them open:

* **Stage of a step**, by its name: 受理 is ``receive``, 审核 ``review``, 审批 ``approve``, 办结 ``issue``, 送达 ``deliver``;
  everything else that is done with an application (现场核查, 专家评审, 方案公示, 入户调查 …) is ``handle``.
* **Items without a full guide** get the five steps of every approval, the promise spread over review and approval, and a
  short form: who applies, what for, how to reach them (``defaults.py``). They are marked ``is_complete=False`` and shown
  with what is known.
* **Situations** (情形) are questions like those of the form, in sections marked ``scenario``: papers, options and further
  questions depend on their answers by conditions. They have no code and are no items of their own (domain.md 1.1).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from onedoor.catalog.conditions import Condition
from onedoor.catalog.content.form import Form
from onedoor.catalog.content.language import limit_text, step_title
from onedoor.catalog.content.papers import Material
from onedoor.catalog.content.stored import dumped, loaded

STAGE_OF_STEP = {"受理": "receive", "审核": "review", "审批": "approve", "办结": "issue", "送达": "deliver"}


def stage_of(step_name: str) -> str:
    """Return the stage at which a post must be authorised to take a step of this name."""
    return STAGE_OF_STEP.get(step_name, "handle")


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

    @property
    def title(self) -> str:
        """The name in the language of the moment."""
        return step_title(self.stage, self.name)


@dataclass(frozen=True, slots=True)
class OptionText:
    """A handling option as the guide tells it; its row with the code is ``ItemOption``.

    ``promise_length`` is its own promise where it differs from the item's, in the item's unit.
    """

    code: str
    name: str
    when: str = ""
    change: str = ""
    condition: Condition | None = None
    promise_length: int | None = None


@dataclass(frozen=True, slots=True)
class Fee:
    """What something costs: ``amount_fen`` where it is a fixed amount, words in ``text`` where it is not.

    ``when`` is the situation in which it is due; without one it is always due.
    """

    name: str
    amount_fen: int | None = None
    unit: str = ""
    basis: str = ""
    online: bool = False
    relief: str = ""
    text: str = ""
    verified: bool = False
    when: Condition | None = None


@dataclass(frozen=True, slots=True)
class LegalBasis:
    """A rule that the item rests on (element 9)."""

    law: str
    article: str = ""
    verified: bool = False
    document_number: str = ""
    issued_by: str = ""
    in_force_since: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True)
class SpecialProcedure:
    """A hearing, an expert review and the like; ``counted`` says whether the limit runs on meanwhile."""

    kind: str
    name: str
    max_days: int
    unit: str = "working-days"
    counted: bool = False
    note: str = ""
    basis: str = ""

    @property
    def longest(self) -> str:
        """How long it takes at most, in its own unit and the language of the moment; empty where nothing is said."""
        return limit_text(self.max_days, self.unit) if self.max_days else ""


@dataclass(frozen=True, slots=True)
class Result:
    name: str = ""
    type: str = "other"
    validity: str = ""
    sample: str = ""


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
    """Where to ask and where to complain (elements 39 and 40)."""

    consult: str = ""
    complain: str = ""
    hotline: str = "12345"
    consult_online: str = ""
    consult_mail: str = ""
    consult_account: str = ""
    complain_online: str = ""
    complain_mail: str = ""
    consult_window: str = ""
    complain_window: str = ""


@dataclass(frozen=True, slots=True)
class Remedies:
    """What can be done against a decision, and where (element 41)."""

    reconsideration: str = ""
    litigation: str = ""
    complaint: str = ""
    review_office: str = ""
    review_address: str = ""
    review_phone: str = ""
    review_url: str = ""
    court: str = ""
    court_address: str = ""
    court_phone: str = ""
    court_url: str = ""


@dataclass(frozen=True, slots=True)
class Power:
    """Whose power is exercised, and how it is shared (elements 10, 11, 13 to 15)."""

    division: str = ""
    content: str = ""
    source: str = ""
    entrusted_by: str = ""
    handled_by: str = ""
    handled_by_code: str = ""
    together_with: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Intermediary:
    """A service that somebody else renders before the decision (element 22)."""

    name: str
    content: str = ""
    fee: str = ""


@dataclass(frozen=True, slots=True)
class Booking:
    """Whether a visit can be appointed (element 33)."""

    possible: bool = False
    daily_quota: int | None = None
    rule: str = ""


@dataclass(frozen=True)
class Content:
    """Everything a version says.

    ``receiving_levels`` take applications in and pass them on to a level that implements the item (``ItemVersion.levels``).
    """

    name: str = ""
    name_en: str = ""
    topics: tuple[str, ...] = ()
    summary: str = ""
    who_can: str = ""
    plain_name: str = ""
    keywords: tuple[str, ...] = ()
    local_catalog_code: str = ""
    receiving_levels: tuple[str, ...] = ()
    board: str = ""
    module: str = ""
    catalogue: str = ""
    sub_type: str = ""
    objects: tuple[str, ...] = ()
    channels: tuple[str, ...] = ()
    visit_count: int = 0
    visit_reason: str = ""
    review_kind: str = ""
    quantity_limit: str = ""
    legal_note: str = ""
    promise_note: str = ""
    power: Power = field(default_factory=Power)
    intermediaries: tuple[Intermediary, ...] = ()
    online_depth: int = 0
    online_url: str = ""
    online_flow: str = ""
    offline_flow: str = ""
    online_system: str = ""
    in_hall: bool = True
    hall: str = ""
    window_group: str = ""
    traffic: str = ""
    booking: Booking = field(default_factory=Booking)
    mail_in: bool = False
    mail_out: bool = False
    kiosk: bool = False
    cross_region: str = ""
    by_promise: bool = False
    by_promise_note: str = ""
    by_promise_sample: str = ""
    agent_allowed: bool = True
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
    duties: tuple[str, ...] = ()
    remedies: Remedies = field(default_factory=Remedies)
    disclaimer: str = ""
    limits_verified: bool = False
    standing: str = ""

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Content:
        """Return the content that was stored as ``data``."""
        content: Content = loaded(cls, data)
        return content

    def to_json(self) -> dict[str, Any]:
        """Return the content as it is stored: values that say nothing are left out."""
        stored: dict[str, Any] = dumped(self)
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

    def settled_option(self, answers: Mapping[str, object], chosen: str = "") -> str:
        """Return the code of the handling option: the first whose condition holds, else the chosen one if it has no condition.

        A situation decides by itself; nobody chooses against their own answers. Empty where none applies.
        """
        for each in self.options:
            if each.condition is not None and each.condition.holds(answers):
                return each.code
        return chosen if any(each.code == chosen and each.condition is None for each in self.options) else ""

    def stages(self) -> tuple[str, ...]:
        """Return the stages of the procedure, each once, in order."""
        return tuple(dict.fromkeys(step.stage for step in self.steps))
