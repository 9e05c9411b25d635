"""Sending an application back to the stage before: to whom it comes, what runs on, what both pages say."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from onedoor.casework import queries, worklist
from onedoor.casework.models import Application, StageRun
from onedoor.casework.norm import ALL_MET
from onedoor.casework.services import returning, review
from onedoor.casework.services.returning import FirstStage
from onedoor.journal import queries as journal
from onedoor.kernel.errors import NotAllowed, Refused, WrongState
from onedoor.kernel.subjects import Subject
from onedoor.network import services as network
from onedoor.network.models import Posting
from onedoor.notify import queries as notify
from onedoor.workdays.models import Limit
from tests.casework.desk import at_desk, text_of, url
from tests.casework.situations import HOUSE, MONDAY, City, accepted, before_decision

WHY = "现场核查记录缺少负责人签字，请补齐后再报。"
LATER = MONDAY + timedelta(hours=3)


@pytest.fixture(autouse=True)
def monday() -> Iterator[None]:
    with time_machine.travel(LATER, tick=True):
        yield


def sent_back(city: City) -> Application:
    return returning.return_stage(application_id=before_decision(city).id, opinion=WHY, by=city.approver, at=LATER)


def test_it_comes_back_to_who_had_finished_the_stage_and_he_hears_of_it(city: City) -> None:
    application = sent_back(city)
    assert (application.status, application.stage) == ("in_review", "handle")
    assert application.taken_by == city.reviewer.posting
    assert [row.application.pk for row in worklist.work_list(actor=city.reviewer, at=LATER, tab="mine").rows] == [application.pk]
    told = [each.text for each in notify.inbox(city.reviewer.account).rows]
    assert any("退回" in each for each in told)


def test_the_limits_of_law_and_promise_run_on_and_that_of_the_stage_begins_anew(city: City) -> None:
    application = before_decision(city)
    before = {each.kind: each.due_at for each in Limit.objects.filter(subject_id=application.id, ended_at=None)}
    returning.return_stage(application_id=application.id, opinion=WHY, by=city.approver, at=LATER)
    after = {each.kind: each for each in Limit.objects.filter(subject_id=application.id, ended_at=None)}
    assert {kind: after[kind].due_at for kind in ("legal", "promise")} == {kind: before[kind] for kind in ("legal", "promise")}
    assert after["stage"].started_at == LATER


def test_who_left_his_post_does_not_get_it_back(city: City) -> None:
    application = before_decision(city)
    network.end_posting(posting=Posting.objects.get(account=city.reviewer.account).id, by=HOUSE, at=MONDAY)
    application = returning.return_stage(application_id=application.id, opinion=WHY, by=city.approver, at=LATER)
    assert application.taken_by is None


def test_it_goes_on_from_there_and_who_sent_it_back_may_decide(city: City) -> None:
    application = sent_back(city)
    review.pass_stage(application_id=application.id, opinion="已补齐。", answers=ALL_MET, by=city.reviewer, at=LATER)
    decided = review.decide_application(
        application_id=application.id, granted=True, reason="", answers=ALL_MET, by=city.approver, at=LATER
    )
    assert decided.outcome == "granted"
    runs = StageRun.objects.filter(application=application).order_by("started_at", "pk")
    assert [(run.stage, run.is_returned) for run in runs if run.stage in ("handle", "approve")][-3:] == [
        ("approve", True), ("handle", False), ("approve", False),
    ]  # fmt: skip


def test_whoever_worked_on_it_since_does_not_decide(city: City) -> None:
    application = sent_back(city)
    Application.objects.filter(pk=application.pk).update(taken_by=None)
    review.pass_stage(application_id=application.id, opinion="已补齐。", answers=ALL_MET, by=city.approver, at=LATER)
    with pytest.raises(NotAllowed):
        review.decide_application(
            application_id=application.id, granted=True, reason="", answers=ALL_MET, by=city.approver, at=LATER
        )


def test_a_decision_does_not_rest_on_an_approving_stage_that_sent_it_back(city: City) -> None:
    application = sent_back(city)
    with pytest.raises(IntegrityError, match="approved by nobody"), transaction.atomic():
        Application.objects.filter(pk=application.pk).update(status="decided", outcome="granted", decided_at=LATER)


def test_nothing_is_sent_back_without_an_opinion_or_from_the_first_stage_or_twice(city: City) -> None:
    application = before_decision(city)
    place = application.stage_position
    with pytest.raises(Refused):
        returning.return_stage(application_id=application.id, opinion="  ", by=city.approver, at=LATER)
    returning.return_stage(application_id=application.id, opinion=WHY, position=place, by=city.approver, at=LATER)
    with pytest.raises(WrongState):
        returning.return_stage(application_id=application.id, opinion=WHY, position=place, by=city.approver, at=LATER)
    first = review.take_stage(application_id=accepted(city).id, by=city.reviewer, at=LATER)
    with pytest.raises(FirstStage):
        returning.return_stage(application_id=first.id, opinion=WHY, by=city.reviewer, at=LATER)


def test_a_run_that_sent_back_says_why(city: City) -> None:
    run = StageRun.objects.filter(application=sent_back(city), is_returned=True).get()
    with pytest.raises(IntegrityError, match="return_says_why"), transaction.atomic():
        StageRun.objects.filter(pk=run.pk).update(opinion="")


def test_many_at_once_cost_the_same_statements(city: City) -> None:
    several = [before_decision(city) for _ in range(3)]
    counts = []
    for batch in (several[:1], several[1:]):
        locked = list(Application.objects.filter(pk__in=[each.pk for each in batch]).select_related("agency"))
        with CaptureQueriesContext(connection) as caught, transaction.atomic():
            returning.return_many(locked, opinion=WHY, by=city.approver, at=LATER)
        counts.append(len(caught))
    assert counts[0] == counts[1]
    assert counts[0] <= 12


def test_the_desk_sends_it_back_and_both_pages_say_so(city: City) -> None:
    application = before_decision(city)
    approver, reviewer = at_desk(city.approver), at_desk(city.reviewer)
    case = text_of(approver.get(url("case", application)))
    assert "退回" in case
    page = approver.get(url("return", application))
    assert "岗2" in text_of(page)
    empty = approver.post(url("return", application), {"send": "1", "reason": " "})
    assert empty.status_code == 422
    sent = {"send": "1", "reason": WHY, "position": str(application.stage_position)}
    assert approver.post(url("return", application), sent)["Location"] == url("case", application)
    assert WHY in text_of(reviewer.get(url("case", application)))
    assert approver.get(url("return", application)).status_code == 302, "nothing to send back any more"
    progress = queries.progress_of(Application.objects.get(pk=application.pk), now=LATER)
    assert [str(line.name) for line in progress.lines if line.state == "ahead"] == ["审批"]
    assert any("退回" in str(line.note) for line in progress.lines)


def test_the_opinion_stands_in_the_journal_as_somebodys(city: City) -> None:
    application = sent_back(city)
    entry = journal.entries_of(Subject("casework.application", application.id))[0]
    assert entry.act == "casework.return_stage"
