"""The check list of the guidance norm: kept as rows with the case, one entry for each time, and asked for before a stage ends.

Cores: they join the act that calls them, whose application is locked and whose post was let pass.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from onedoor.casework import acts, norm, stages
from onedoor.casework.models import Application, Material, MaterialState, NormAnswer, Verdict
from onedoor.casework.norm import Answer, Given, Point, Standing
from onedoor.casework.services import core
from onedoor.catalog import queries as catalog
from onedoor.kernel.actor import Actor
from onedoor.kernel.errors import Invalid, Refused, WrongState

NAMED = 3
"""How many points a refusal names; the page marks all of them."""


class NormOpen(Refused):
    """Points of the guidance norm are not answered yet; ``points`` names all of them."""

    code = "norm_open"
    http_status = 422

    def __init__(self, points: Sequence[Point]) -> None:
        super().__init__(
            _("Not gone through yet: %(points)s. Answer each point of the check list, or “All as the norm asks”.")
            % {"points": _named(points)}
        )
        self.points = tuple(each.key for each in points)


class NormNotMet(Refused):
    """A point of the guidance norm that forbids acceptance was answered with no; ``points`` names all of them."""

    code = "norm_not_met"
    http_status = 422

    def __init__(self, points: Sequence[Point]) -> None:
        super().__init__(
            _("Not as the norm asks: %(points)s. Tell the applicant in writing what has to be put right.")
            % {"points": _named(points)}
        )
        self.points = tuple(each.key for each in points)


class AnsweredMeanwhile(WrongState):
    """A colleague answered the same point otherwise while the page was open."""

    code = "answered_meanwhile"
    default = gettext_lazy("A colleague answered the same point of the check list meanwhile. See what it says now.")


def _named(points: Sequence[Point]) -> str:
    told = "；".join(f"{each.name}“{each.text}”" for each in points[:NAMED])
    return f"{told} …（{len(points)}）" if len(points) > NAMED else told


def keep_answers(application: Application, given: Given, *, by: Actor, at: datetime) -> Standing:
    """Keep what an officer answered at the stage at which the application stands, and return the list as it counts now.

    A *no* about a paper that the applicant hands in rejects the paper while it can still be asked for in writing.

    :raises Invalid: when a *no* doesn't say what is wrong.
    :raises AnsweredMeanwhile: when a colleague answered one of the points otherwise since the page was read.
    """
    rows = list(Material.objects.filter(application=application).order_by("key"))
    points = _points(application, rows)
    return _keep(application, points, rows, given, by=by, at=at)


def keep_answers_on_the_spot(application: Application, given: Given, *, by: Actor, at: datetime) -> Standing:
    """Keep what a clerk answered who receives, reviews and decides in one visit. Raises as ``keep_answers`` does."""
    rows = list(Material.objects.filter(application=application).order_by("key"))
    content = catalog.version_content(application.version_id)
    points = norm.list_on_the_spot(content, application.answers, rows)
    return _keep(application, points, rows, given, by=by, at=at)


def _points(application: Application, rows: Sequence[Material]) -> list[Point]:
    return norm.list_at(
        catalog.version_content(application.version_id), application.answers, rows,
        stage=application.stage or stages.RECEIVE, position=application.stage_position, case_kind=application.case_kind,
    )  # fmt: skip


def _keep(
    application: Application, points: Sequence[Point], rows: Sequence[Material], given: Given, *, by: Actor, at: datetime
) -> Standing:
    counting = {(each.stage, each.key): each for each in _counting(application)}
    now = {place: Answer(each.verdict, each.note, each.is_at_once) for place, each in counting.items()}
    changed = norm.merged(points, now, given)
    _require_reasons(changed)
    _require_seen(counting, changed, given, by=by)
    if changed:
        _write(application, [each for each in points if (each.stage, each.key) in changed], changed, by=by, at=at)
        _reject_papers(application, rows, changed)
    return Standing(points, now | changed)


def _counting(application: Application) -> list[NormAnswer]:
    return list(NormAnswer.objects.filter(application=application, replaced_at__isnull=True).order_by("pk"))


def _require_reasons(changed: Mapping[tuple[str, str], Answer]) -> None:
    silent = [key for (_stage, key), said in changed.items() if said.verdict == Verdict.NO and not said.note]
    if silent:
        raise Invalid({f"why-{key}": _("Please write what you saw; the applicant reads it in the notice.") for key in silent})


def _require_seen(
    counting: Mapping[tuple[str, str], NormAnswer], changed: Mapping[tuple[str, str], Answer], given: Given, *, by: Actor
) -> None:
    if given.seen is None:
        return
    for place in changed.keys() & counting.keys():
        other = counting[place]
        if other.account_id != by.account and str(other.id) > given.seen:  # keys grow with time, so a newer one was not seen
            raise AnsweredMeanwhile


def _write(
    application: Application, points: Sequence[Point], changed: Mapping[tuple[str, str], Answer], *, by: Actor, at: datetime
) -> None:
    for stage in {each.stage for each in points}:
        replace_answers(application, [each.key for each in points if each.stage == stage], stage=stage, at=at)
    rows = []
    for point in points:
        said = changed[point.stage, point.key]
        rows.append(
            NormAnswer(
                application=application,
                version_id=application.version_id,
                stage=point.stage,
                key=point.key,
                name=point.name,
                text=point.text,
                verdict=said.verdict,
                note=said.note,
                is_at_once=said.is_at_once,
                answered_at=at,
                account_id=by.account,
                posting_id=by.posting,
                actor_label=by.label,
            )
        )  # fmt: skip
    NormAnswer.objects.bulk_create(rows)
    counted = {verdict.value: sum(row.verdict == verdict for row in rows) for verdict in Verdict}
    failed = [row.key for row in rows if row.verdict == Verdict.NO]
    facts = {"stage": points[0].stage, **counted, "at_once": sum(row.is_at_once for row in rows), "not_met": failed}
    core.record([application], acts.CHECK, by=by, at=at, facts={application.id: facts})


def replace_answers(application: Application, keys: Collection[str], *, stage: str, at: datetime) -> None:
    """Let answers count no longer; they stay with the case. One statement."""
    NormAnswer.objects.filter(application=application, stage=stage, key__in=keys, replaced_at__isnull=True).update(replaced_at=at)


def ask_again(application: Application, papers: Collection[str], *, at: datetime) -> None:
    """Ask for the points of papers that came anew, and for what the notice wanted put right. Two statements."""
    counting = [each for each in _counting(application) if each.stage == stages.RECEIVE]
    anew = [
        each.key
        for each in counting
        if each.verdict == Verdict.NO or any(norm.is_of(each.key, paper) for paper in papers)
    ]  # fmt: skip
    replace_answers(application, anew, stage=stages.RECEIVE, at=at)


def _reject_papers(application: Application, rows: Sequence[Material], changed: Mapping[tuple[str, str], Answer]) -> None:
    failed = [key for (stage, key), said in changed.items() if stage == stages.RECEIVE and said.verdict == Verdict.NO]
    content = catalog.version_content(application.version_id)
    refused: set[UUID] = {row.id for row in rows if row.key in norm.refused_papers(content, failed)}
    if refused:
        Material.objects.filter(id__in=refused).update(state=MaterialState.REJECTED)


def require_answered(standing: Standing) -> None:
    """Let no stage end whose points are not answered.

    :raises NormOpen: when one is open.
    """
    if standing.open:
        raise NormOpen(standing.open)


def require_met(standing: Standing) -> None:
    """Let nothing be accepted that is not in the legal form (行政许可法 art. 32).

    :raises NormNotMet: when a point of a required paper, or the standard of receiving, was answered with no.
    """
    if standing.forbidding:
        raise NormNotMet(standing.forbidding)
