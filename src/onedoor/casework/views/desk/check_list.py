"""The check list of the guidance norm as the desk shows it: beside the paper or the step, with who answered what before."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

from django.utils.translation import pgettext_lazy

from onedoor.casework import norm, stages, states
from onedoor.casework.models import NormAnswer, Verdict
from onedoor.casework.norm import Point
from onedoor.casework.queries import CasePage
from onedoor.casework.states import Status
from onedoor.kernel.errors import Text

STAGE_NAMES: dict[str, Text] = {
    stages.RECEIVE: pgettext_lazy("stage", "Receiving"),
    stages.HANDLE: pgettext_lazy("stage", "Handling"),
    stages.REVIEW: pgettext_lazy("stage", "Review"),
    stages.APPROVE: pgettext_lazy("stage", "Approval"),
}
ANSWERING = frozenset({states.RECEIVE, states.ACCEPT, states.PASS_STAGE, states.DECIDE})
LIGHTS = {Verdict.YES: "ok", Verdict.NO: "late", Verdict.NOT_APPLICABLE: "idle"}


@dataclass(frozen=True, slots=True)
class Said:
    """An answer that was given: at which stage, what, by whom."""

    stage: Text
    answer: NormAnswer

    @property
    def light(self) -> str:
        return LIGHTS[Verdict(self.answer.verdict)]


@dataclass(frozen=True, slots=True)
class Line:
    """One point with what is chosen now and what was said of it so far."""

    point: Point
    verdict: str
    note: str
    said: Sequence[Said]
    is_asked: bool
    is_marked: bool
    error: Text

    @property
    def key(self) -> str:
        return self.point.key


@dataclass(frozen=True, slots=True)
class Sign:
    """Who went through the list when, and what came of it."""

    stage: Text
    who: str
    at: datetime
    yes: int
    no: int
    not_applicable: int
    at_once: int


@dataclass(frozen=True, slots=True)
class CheckList:
    """The list of a case; ``may_answer`` says whether there is something for whoever looks at it to answer."""

    lines: Sequence[Line]
    may_answer: bool
    seen: str
    at_once: str
    signs: Sequence[Sign]
    replaced: Sequence[Said]

    def of(self, paper: str) -> list[Line]:
        """Return the lines of a paper."""
        return [each for each in self.lines if each.point.paper == paper]

    @property
    def verdicts(self) -> list[tuple[str, Text]]:
        return [(each.value, each.label) for each in Verdict]

    @property
    def standards(self) -> list[Line]:
        return self.of("")


def may_answer(case: CasePage) -> bool:
    """Tell whether whoever looks at the case may answer its list now."""
    return bool(set(case.next_acts) & ANSWERING)


def of_case(
    case: CasePage, posted: Mapping[str, str] | None = None, *, marked: Sequence[str] = (), errors: Mapping[str, Text] | None = None
) -> CheckList:
    """Return the list of a case: what the current stage asks, and what earlier ones answered."""
    application, content = case.application, case.terms.content
    here = norm.list_at(
        content, application.answers, case.materials, stage=application.stage or stages.RECEIVE,
        position=application.stage_position, case_kind=application.case_kind,
    ) if may_answer(case) else []  # fmt: skip
    shown = {each.key: each for each in [*_answered(case.norm), *here]}
    asked = {each.key for each in here}
    return _list(case, list(shown.values()), posted, asked, marked=marked, errors=errors)


def at_intake(
    case: CasePage, kept: Mapping[str, str], *, marked: Sequence[str] = (), errors: Mapping[str, Text] | None = None
) -> CheckList:
    """Return the list of an intake: with the standards of all steps where the item is finished on the spot."""
    points = _intake_points(case)
    return _list(case, points, kept, {each.key for each in points}, marked=marked, errors=errors)


def _intake_points(case: CasePage) -> list[Point]:
    application, content = case.application, case.terms.content
    every = {**application.answers}
    if application.case_kind == stages.INSTANT:
        found = norm.list_on_the_spot(content, every, case.materials)
    else:
        found = norm.list_at(
            content, every, case.materials, stage=stages.RECEIVE, position=None, case_kind=application.case_kind
        )  # fmt: skip
    asked = {each.paper for each in found}
    hidden = [each for each in content.materials if each.key not in asked]  # shown as soon as an answer asks for them
    return found + [
        Point(norm.point_key(each.key, n), stages.RECEIVE, each.key, each.name, text, is_due=False, binds=each.is_required)
        for each in hidden
        for n, text in enumerate(each.review_points, start=1)
    ]


def _answered(rows: Iterable[NormAnswer]) -> list[Point]:
    """Return what was answered at earlier stages as points of the list, so that they are shown where nothing is asked any more."""
    return [
        Point(each.key, each.stage, each.key.rpartition("-")[0] if not each.key.startswith(norm.STANDARD) else "", each.name, each.text,
              is_due=False, binds=False)
        for each in rows
        if each.replaced_at is None
    ]  # fmt: skip


def _list(
    case: CasePage,
    points: Sequence[Point],
    posted: Mapping[str, str] | None,
    asked: Collection[str],
    *,
    marked: Sequence[str],
    errors: Mapping[str, Text] | None,
) -> CheckList:
    counting = [each for each in case.norm if each.replaced_at is None]
    now = {(each.stage, each.key): each for each in counting}
    lines = []
    for point in points:
        own = now.get((point.stage, point.key))
        lines.append(
            Line(
                point=point,
                verdict=posted.get(f"norm-{point.key}", "") if posted is not None else own.verdict if own else "",
                note=posted.get(f"why-{point.key}", "") if posted is not None else own.note if own else "",
                said=[_said(each) for each in counting if each.key == point.key],
                is_asked=point.key in asked,
                is_marked=point.key in marked,
                error=(errors or {}).get(f"why-{point.key}", ""),
            )
        )
    return CheckList(
        lines=lines,
        may_answer=bool(asked),
        seen=str(counting[-1].id) if counting else "",
        at_once=(posted or {}).get("at-once", "") or " ".join(each.key for each in counting if each.is_at_once),
        signs=_signs(counting),
        replaced=[_said(each) for each in case.norm if each.replaced_at is not None],
    )


def _said(answer: NormAnswer) -> Said:
    return Said(STAGE_NAMES.get(answer.stage, answer.stage), answer)


def _signs(counting: Sequence[NormAnswer]) -> list[Sign]:
    def once(each: NormAnswer) -> tuple[datetime, str, str]:
        return each.answered_at, each.actor_label, each.stage

    signs = []
    for (at, who, stage), group in groupby(sorted(counting, key=once), once):
        rows = list(group)
        count = {verdict: sum(row.verdict == verdict for row in rows) for verdict in Verdict}
        signs.append(
            Sign(
                STAGE_NAMES.get(stage, stage), who, at, count[Verdict.YES], count[Verdict.NO], count[Verdict.NOT_APPLICABLE],
                sum(row.is_at_once for row in rows),
            )
        )  # fmt: skip
    return signs


def told(case: CasePage, posted: Mapping[str, str] | None) -> dict[str, str]:
    """Return what the one-time notice is to say of each paper of which a point was answered with no, as posted or as kept."""
    answers = {
        each.key: norm.Answer(each.verdict, each.note)
        for each in case.norm
        if each.replaced_at is None and each.stage == stages.RECEIVE
    }
    for name, verdict in (posted or {}).items():
        if name.startswith("norm-") and posted is not None:
            key = name.removeprefix("norm-")
            answers[key] = norm.Answer(verdict, posted.get(f"why-{key}", "").strip()[: norm.LONGEST_NOTE])
    points = norm.paper_points(case.terms.content, case.application.answers, case.materials, stage=stages.RECEIVE)
    found = {each.paper: norm.told(each.paper, points, answers) for each in points}
    return {paper: words for paper, words in found.items() if words}


def all_met(case: CasePage, posted: Mapping[str, str], rows: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """Return what “all as the norm asks” ticks at an intake without a script: required papers and due points not ticked yet.

    ``rows`` are the papers that are asked for, as the page shows them.
    """
    if "all-met" not in posted or case.application.status != Status.DRAFT:
        return {}
    papers = {str(row["material"].key): row for row in rows}
    ticked = {
        f"check-{key}": "ok"
        for key, row in papers.items()
        if row["is_handed_in"] and row["is_required"] and f"check-{key}" not in posted
    }
    said = {**posted, **ticked}
    fine = {key for key, row in papers.items() if not row["is_handed_in"] or said.get(f"check-{key}") == "ok"}
    points = [each for each in _intake_points(case) if not each.paper or each.paper in fine]
    answered = {f"norm-{each.key}": "yes" for each in points if f"norm-{each.key}" not in posted}
    keys = " ".join(name.removeprefix("norm-") for name in answered)
    return ticked | answered | {"at-once": f"{posted.get('at-once', '')} {keys}".strip()}
