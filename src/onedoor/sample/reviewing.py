"""What happens in the review of the sample's applications beside the straight way from stage to stage."""

from __future__ import annotations

from onedoor.casework.services import returning
from onedoor.sample.cases import Cases
from onedoor.sample.walks import Walk


def lay_reviews(cases: Cases) -> None:
    """Lay applications in each situation of the review before the offices of the demonstration."""
    for agency in (cases.department, cases.bureau):
        sent_back(cases, agency)


def sent_back(cases: Cases, agency: str) -> None:
    """Make an application that came back from before its decision."""
    walk = _waiting(cases, agency, "approve")
    if walk is not None:
        walk.application = returning.return_stage(
            application_id=walk.application.id, opinion="核查记录缺少第二名核查人员的签名，请补齐后再报。",
            by=cases.crew.worker(agency, "approve"), at=walk.tick(),
        )  # fmt: skip


def _waiting(cases: Cases, agency: str, stage: str) -> Walk | None:
    """Return an application that waits at a stage, of the first item that has it."""
    for item in cases.choices[agency].reviewed():
        if dict(cases.door.steps(item.code)).get(stage, 0) > 0 and (walk := cases.waiting_at(agency, item, stage, 2)) is not None:
            return walk
    return None
