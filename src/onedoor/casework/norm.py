"""The guidance norm (业务指导规范) as a check list: which points are looked at at which stage, and what the answers allow.

Pure rules over a published version and what was answered; docs/casework.md says them in words.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol
from uuid import UUID

from onedoor.casework import journey, stages
from onedoor.casework.models import MaterialState, Verdict
from onedoor.catalog.content import Content, Material, Step

LONGEST_NOTE = 300
STANDARD = "step-"


@dataclass(frozen=True, slots=True)
class Point:
    """One point of the list: a review point of a paper, or the standard of a step (``paper`` is empty).

    ``is_due`` says that the stage does not end before it is answered, ``binds`` that a *no* forbids acceptance.
    """

    key: str
    stage: str
    paper: str
    name: str
    text: str
    is_due: bool
    binds: bool


@dataclass(frozen=True, slots=True)
class Answer:
    """What is said of one point; ``is_at_once`` when one key answered all that were open."""

    verdict: str
    note: str = ""
    is_at_once: bool = False


@dataclass(frozen=True, slots=True)
class Given:
    """What an officer answers: point by point, and ``rest_is_met`` for all that is still open.

    ``seen`` is the newest answer on the page that he saw, empty where there was none, None where that is not known.
    """

    answers: Mapping[str, Answer] = field(default_factory=dict)
    rest_is_met: bool = False
    seen: str | None = None


NOTHING = Given()
ALL_MET = Given(rest_is_met=True)


class PaperRow(Protocol):
    """What the list asks of a paper of an application."""

    @property
    def key(self) -> str: ...
    @property
    def state(self) -> str: ...
    @property
    def certificate_id(self) -> UUID | None: ...


@dataclass(frozen=True, slots=True)
class Standing:
    """The list with what counts now."""

    points: Sequence[Point]
    answers: Mapping[tuple[str, str], Answer]

    def answer_to(self, point: Point) -> Answer | None:
        """Return what counts for a point now."""
        return self.answers.get((point.stage, point.key))

    @property
    def open(self) -> list[Point]:
        """The points that must be answered before the stage ends."""
        return [each for each in self.points if each.is_due and self.answer_to(each) is None]

    @property
    def forbidding(self) -> list[Point]:
        """The points whose *no* forbids acceptance."""
        return [each for each in self.points if each.binds and _says_no(self.answer_to(each))]

    @property
    def says_no(self) -> bool:
        """Whether anything was answered *no*, at this stage or before."""
        return any(_says_no(each) for each in self.answers.values())


def _says_no(answer: Answer | None) -> bool:
    return answer is not None and answer.verdict == Verdict.NO


def point_key(paper: str, number: int) -> str:
    """Return the key of a review point of a paper; numbers begin with 1."""
    return f"{paper}-{number}"


def is_of(key: str, paper: str) -> bool:
    """Tell whether a point is one of a paper's."""
    begin, _dash, number = key.rpartition("-")
    return begin == paper and number.isdecimal()


def list_at(
    content: Content, answers: Mapping[str, object], rows: Iterable[PaperRow], *, stage: str, position: int | None, case_kind: str
) -> list[Point]:
    """Return the list of one stage: the papers' points where papers are looked at, then the standard of its step."""
    found = paper_points(content, answers, rows, stage=stage) if looks_at_papers(stage, case_kind) else []
    if stage == stages.RECEIVE:
        position = next((place for place, step in enumerate(content.steps) if step.stage == stages.RECEIVE), None)
    if position is not None and position < len(content.steps):
        found += standards([(position, content.steps[position])])
    return found


def list_on_the_spot(content: Content, answers: Mapping[str, object], rows: Iterable[PaperRow]) -> list[Point]:
    """Return the list of an item that one clerk receives, reviews and decides in one visit: each point is asked once."""
    worked = {step.position for step in stages.worked_steps(content.steps)}
    steps = [(place, step) for place, step in enumerate(content.steps) if step.stage == stages.RECEIVE or place in worked]
    return paper_points(content, answers, rows, stage=stages.RECEIVE) + standards(steps)


def looks_at_papers(stage: str, case_kind: str) -> bool:
    """Tell whether papers are looked at at a stage: for form by who receives, for content by who reviews a commitment item."""
    return stage == stages.RECEIVE or (stage == stages.REVIEW and stages.needs_four_eyes(case_kind))


def paper_points(content: Content, answers: Mapping[str, object], rows: Iterable[PaperRow], *, stage: str) -> list[Point]:
    """Return the review points of all papers that are asked for; due are those of papers that are there."""
    asked, there = journey.papers_asked(content, answers), {row.key: row for row in rows}
    return [
        Point(
            key=point_key(paper.key, number), stage=stage, paper=paper.key, name=paper.name, text=text,
            is_due=_is_there(paper, there.get(paper.key)), binds=paper.is_required,
        )
        for paper in content.materials
        if paper.key in asked
        for number, text in enumerate(paper.review_points, start=1)
    ]  # fmt: skip


def _is_there(paper: Material, row: PaperRow | None) -> bool:
    if not paper.is_handed_in:
        return True
    return row is not None and (row.certificate_id is not None or row.state in (MaterialState.PROVIDED, MaterialState.CHECKED))


def standards(steps: Iterable[tuple[int, Step]]) -> list[Point]:
    """Return the standards of steps that have one."""
    return [
        Point(key=f"{STANDARD}{position}", stage=step.stage, paper="", name=step.title, text=step.standard, is_due=True, binds=True)
        for position, step in steps
        if step.standard
    ]


def merged(points: Sequence[Point], now: Mapping[tuple[str, str], Answer], given: Given) -> dict[tuple[str, str], Answer]:
    """Return what is answered anew: what was given where it differs, and *yes* for due points still open if the rest is met."""
    changed = {}
    for point in points:
        place, said = (point.stage, point.key), given.answers.get(point.key)
        before = now.get(place)
        if said is not None and (before is None or (said.verdict, said.note) != (before.verdict, before.note)):
            changed[place] = said
        elif said is None and before is None and given.rest_is_met and point.is_due:
            changed[place] = Answer(Verdict.YES, is_at_once=True)
    return changed


def told(paper: str, points: Iterable[Point], answer_to: Mapping[str, Answer]) -> str:
    """Return what a one-time notice says of a paper: the points that are not met, each with what was seen."""
    said = [
        f"{point.text}：{answer_to[point.key].note}"
        for point in points
        if point.paper == paper and _says_no(answer_to.get(point.key))
    ]
    return "；".join(said)


def refused_papers(content: Content, failed: Collection[str]) -> frozenset[str]:
    """Return the papers of which a point was answered *no* and which the applicant hands in, so that another one is wanted."""
    return frozenset(
        paper.key for paper in content.materials if paper.is_handed_in and any(is_of(key, paper.key) for key in failed)
    )
