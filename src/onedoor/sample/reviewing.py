"""What happens in the review of the sample's applications beside the straight way from stage to stage."""

from __future__ import annotations

from onedoor.casework.services import consulting, returning
from onedoor.network import queries as network
from onedoor.sample import offices
from onedoor.sample.cases import Cases
from onedoor.sample.walks import Walk


def lay_reviews(cases: Cases) -> None:
    """Lay applications in each situation of the review before the offices of the demonstration."""
    for agency in (cases.department, cases.bureau):
        sent_back(cases, agency)
        consulted(cases, agency, answered=agency == cases.bureau)


def sent_back(cases: Cases, agency: str) -> None:
    """Make an application that came back from before its decision."""
    walk = _waiting(cases, agency, "approve")
    if walk is not None:
        walk.application = returning.return_stage(
            application_id=walk.application.id, opinion="核查记录缺少第二名核查人员的签名，请补齐后再报。",
            by=cases.crew.worker(agency, "approve"), at=walk.tick(),
        )  # fmt: skip


def consulted(cases: Cases, agency: str, *, answered: bool) -> None:
    """Make an application about which a department of the city is asked, and perhaps has answered."""
    walk = _waiting(cases, agency, "review")
    asked = next(code for code in cases.choices if code.startswith(offices.CITY_PREFIX) and code != cases.department)
    if walk is None:
        return
    walk.take()
    by = cases.crew.worker(agency, "review")
    question = consulting.consult(
        application_id=walk.application.id, office=network.agency_for(asked).id,
        question="该场所是否在你单位管理范围内，有无其他需要说明的情况？", length=5, by=by, at=walk.tick(),
    )  # fmt: skip
    if answered:
        consulting.answer_consultation(
            application_id=walk.application.id, consultation_id=question.id, stance="agrees", opinion="经核对，无不同意见。",
            by=cases.crew.worker(asked, "approve"), at=walk.tick(),
        )  # fmt: skip


def _waiting(cases: Cases, agency: str, stage: str) -> Walk | None:
    """Return an application that waits at a stage, of the first item that has it."""
    for item in cases.choices[agency].reviewed():
        if dict(cases.door.steps(item.code)).get(stage, 0) > 0 and (walk := cases.waiting_at(agency, item, stage, 2)) is not None:
            return walk
    return None
