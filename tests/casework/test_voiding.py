"""Void and entered by mistake: closed with a reason, told, exported under its code, never deleted."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.db import IntegrityError, transaction

from onedoor.casework.models import Application
from onedoor.casework.services import clock, handover, voiding
from onedoor.casework.states import FINISH_CODES, Outcome, finish_code
from onedoor.documents.models import Paper
from onedoor.kernel.errors import Refused
from onedoor.notify.models import Message
from onedoor.workdays.models import Limit
from tests.casework.desk import at_desk, url
from tests.casework.situations import MONDAY, City, entered_at_window, paused, submitted, system
from tests.casework.test_states import correcting

pytestmark = pytest.mark.django_db


def test_every_outcome_has_the_code_of_the_supervision() -> None:
    assert set(FINISH_CODES) == set(Outcome)
    assert [finish_code(each) for each in ("granted", "refused", "not_accepted", "withdrawn", "void")] == [0, 1, 1, 2, 2]
    assert [finish_code(each) for each in ("entry_error", "forwarded", "lapsed", "done", "")] == [3, 4, 5, 6, None]


def test_an_empty_submission_that_counts_as_accepted_is_declared_void(city: City) -> None:
    application = submitted(city)
    assert clock.deem_accepted(by=system(), at=datetime(2026, 11, 24, 1, tzinfo=UTC)) == 1
    at = datetime(2026, 11, 24, 2, tzinfo=UTC)
    voided = voiding.void_application(application_id=application.id, reason="空白提交，无申请内容", by=city.head, at=at)
    assert (voided.status, voided.outcome, voided.stage, voided.closed_at) == ("closed", Outcome.VOID, "", at)
    assert not Limit.objects.filter(subject_id=application.id, ended_at=None).exists()
    paper = Paper.objects.get(subject_id=application.id, kind="closed")
    assert (paper.number, paper.content["result"]) == ("秦审结〔2026〕00001号", "作废")
    assert paper.content["reasons"] == ["空白提交，无申请内容"]
    assert paper.content["remedies"]
    assert Message.objects.filter(subject_id=application.id, template="casework.void").exists()
    with pytest.raises(IntegrityError), transaction.atomic():
        Application.objects.filter(pk=application.pk).delete()
    with pytest.raises(IntegrityError), transaction.atomic():
        Application.objects.filter(pk=application.pk).update(reason="")


def test_void_ends_a_pause_and_a_notice_and_needs_a_reason(city: City) -> None:
    waiting = correcting(city)
    with pytest.raises(Refused):
        voiding.void_application(application_id=waiting.id, reason=" ", by=city.head, at=MONDAY)
    voiding.void_application(application_id=waiting.id, reason="恶意提交", by=city.head, at=MONDAY)
    assert not waiting.corrections.filter(answered_at=None).exists()
    stopped = paused(city)
    voiding.void_application(application_id=stopped.id, reason="恶意提交", by=city.head, at=MONDAY)
    assert stopped.specialprocedures.get().result == voiding.DECLARED_VOID
    assert Message.objects.filter(subject_id=stopped.id, template="casework.desk_void", account_id=city.reviewer.account).exists()


def test_only_what_a_window_entered_was_entered_by_mistake(city: City) -> None:
    with pytest.raises(voiding.NotEnteredHere):
        voiding.close_entry_error(application_id=submitted(city).id, reason="重复录入", by=city.clerk, at=MONDAY)
    application = entered_at_window(city)
    desk = at_desk(city.clerk)
    page = desk.get(url("case", application)).content.decode()
    assert url("entry_error", application) in page
    assert url("void", application) not in page
    assert desk.post(url("entry_error", application), {"send": "1"}).status_code == 422
    assert desk.post(url("entry_error", application), {"send": "1", "reason": "与上一件重复"}).status_code == 302
    application.refresh_from_db()
    assert (application.outcome, finish_code(application.outcome)) == ("entry_error", 3)


def test_the_centre_declares_void_at_its_own_page(city: City) -> None:
    application = submitted(city)
    desk = at_desk(city.head)
    assert desk.get(url("void", application)).status_code == 200
    assert desk.post(url("void", application), {"send": "1", "reason": "空白提交"}).status_code == 302
    application.refresh_from_db()
    assert application.outcome == "void"


def test_what_lapses_or_is_taken_back_gets_its_paper(city: City) -> None:
    lapsing = correcting(city)
    assert clock.lapse_corrections(by=system(), at=MONDAY.replace(year=2027)) == 1
    assert Paper.objects.get(subject_id=lapsing.id, kind="closed").content["result"] == "材料逾期没有补齐，终止办理"
    taken_back = submitted(city)
    handover.withdraw_application(application_id=taken_back.id, reason="不办了", by=city.citizen, at=MONDAY)
    paper = Paper.objects.get(subject_id=taken_back.id, kind="withdrawal")
    assert (paper.number, paper.content["reasons"]) == ("秦审撤〔2026〕00001号", ["不办了"])
