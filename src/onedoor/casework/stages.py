"""Which stage follows which, and who may not work on two of them. Pure rules over the steps of a published version."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from onedoor.catalog.content import step_title

INSTANT = "1"
COMMITMENT = "2"
RECEIVE, HANDLE, REVIEW, APPROVE, ISSUE, DELIVER = "receive", "handle", "review", "approve", "issue", "deliver"
WORKED_ON = frozenset({HANDLE, REVIEW, APPROVE})


class StepLike(Protocol):
    """What a step of a version tells (catalog.content.Step)."""

    @property
    def name(self) -> str: ...
    @property
    def stage(self) -> str: ...
    @property
    def limit(self) -> int: ...
    @property
    def unit(self) -> str: ...


@dataclass(frozen=True, slots=True)
class StageStep:
    """A step that is worked on after acceptance: its place in the version's list, its stage, name and own limit."""

    position: int
    stage: str
    name: str
    length: int
    unit: str

    @property
    def title(self) -> str:
        """The name in the language of the moment."""
        return step_title(self.stage, self.name)


def worked_steps(steps: Sequence[StepLike]) -> list[StageStep]:
    """Return the steps between acceptance and decision in their order; the last one always decides.

    A version that names no approving step gets one, because nothing is decided by nobody (行政许可法 art. 38).
    """
    found = [
        StageStep(position, step.stage, step.name, step.limit, step.unit)
        for position, step in enumerate(steps)
        if step.stage in WORKED_ON
    ]
    before = [step for step in found if step.stage != APPROVE]
    deciding = [step for step in found if step.stage == APPROVE]
    return before + (deciding[-1:] or [StageStep(len(steps), APPROVE, "审批", 0, "working-days")])


def next_step(steps: Sequence[StageStep], position: int) -> StageStep | None:
    """Return the step after ``position``, or None where the decision is next."""
    return next((step for step in steps if step.position > position), None)


def step_before(steps: Sequence[StageStep], position: int) -> StageStep | None:
    """Return the step before ``position``, or None at the first one."""
    return next((step for step in reversed(steps) if step.position < position), None)


def needs_four_eyes(case_kind: str) -> bool:
    """Tell whether who handled may not approve: commitment items, not items decided on the spot (domain.md 2.4)."""
    return case_kind != INSTANT
