"""More time: asked for with a reason, granted once by the head, told in writing; and a decision that comes late says why."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from onedoor.casework.models import Application, Extension
from onedoor.casework.norm import ALL_MET
from onedoor.casework.permissions import NotHead, OwnRequest
from onedoor.casework.services import extension, review, special
from onedoor.documents import queries as documents
from onedoor.kernel.errors import Invalid, Refused
from onedoor.workdays import queries as limits
from onedoor.workdays.services.limits import AlreadyExtended, ExtendedTooLate
from tests.casework.desk import at_desk, text_of, url
from tests.casework.situations import MONDAY, City, accepted, asked, before_decision, paused

pytestmark = pytest.mark.django_db
MUCH_LATER = MONDAY + timedelta(days=40)


def due_of(application: Application, kind: str):
    return next(each.due_date for each in limits.limits_of([application.id])[application.id] if each.kind == kind)


def in_review(city: City) -> Application:
    return review.take_stage(application_id=accepted(city).id, by=city.reviewer, at=MONDAY)


def ask(city: City, application: Application, **other: object) -> Extension:
    given = {"length": 5, "reason": "需要向原登记机关核实。", "by": city.reviewer, "at": MONDAY, **other}
    return extension.ask_extension(application_id=application.id, **given)


def test_the_law_moves_and_a_shorter_promise_stays(city: City) -> None:
    application = in_review(city)
    legal, promise = due_of(application, "legal"), due_of(application, "promise")
    ask(city, application)
    extension.extend_application(application_id=application.id, by=city.head, at=MONDAY)
    assert due_of(application, "legal") == limits.calendar().add_wd(legal, 5)
    assert due_of(application, "promise") == promise
    paper = next(each for each in documents.papers_of(application.id) if each.kind == "extension")
    assert (paper.title, paper.number) == ("延期办理告知书", "秦审延〔2026〕00001号")


def test_only_once(city: City) -> None:
    application = in_review(city)
    ask(city, application)
    extension.extend_application(application_id=application.id, by=city.head, at=MONDAY)
    with pytest.raises(AlreadyExtended):
        ask(city, application)


def test_only_by_the_head_of_the_agency_in_charge_and_not_by_who_asked(city: City) -> None:
    application = in_review(city)
    ask(city, application)
    elsewhere = replace(city.head, agency=city.head.account)
    for by in (city.approver, city.reviewer, elsewhere):
        with pytest.raises(NotHead):
            extension.extend_application(application_id=application.id, by=by, at=MONDAY)
    head_who_asked = replace(city.head, account=city.reviewer.account)
    with pytest.raises(OwnRequest):
        extension.extend_application(application_id=application.id, by=head_who_asked, at=MONDAY)


def test_neither_while_paused_nor_after_the_legal_limit(city: City) -> None:
    application = paused(city)
    with pytest.raises(Refused):
        ask(city, application)
    special.end_special(application_id=application.id, result="符合。", by=city.reviewer, at=MONDAY)
    with pytest.raises(ExtendedTooLate):
        ask(city, application, at=MUCH_LATER)
    ask(city, application)
    with pytest.raises(ExtendedTooLate):
        extension.extend_application(application_id=application.id, by=city.head, at=MUCH_LATER)
    assert Extension.objects.get(application=application).is_open


@pytest.mark.parametrize(("given", "wrong"), [({"length": 11}, "length"), ({"length": 0}, "length"), ({"reason": ""}, "reason")])
def test_at_most_ten_working_days_and_with_a_reason(city: City, given: dict[str, object], wrong: str) -> None:
    application = in_review(city)
    with pytest.raises(Invalid) as refusal:
        ask(city, application, **given)
    assert set(refusal.value.errors) == {wrong}


def test_the_database_keeps_once_and_ten(city: City) -> None:
    request = Extension.objects.get(application=asked(city))
    with pytest.raises(IntegrityError), transaction.atomic():
        Extension.objects.bulk_create([
            Extension(application_id=request.application_id, length=11, unit="working-days", reason="x", asked_at=MONDAY)
        ])  # fmt: skip


def test_the_head_decides_at_the_desk_beside_the_text_of_the_notice(city: City) -> None:
    application = asked(city)
    desk = at_desk(city.head)
    page = text_of(desk.get(url("extension_decide", application)))
    assert "经本行政机关负责人批准，延长5个工作日" in page
    assert "案情复杂。" in page
    desk.post(url("extension_decide", application), {"grant": "1"})
    assert Extension.objects.get(application=application).is_granted
    assert "延长期限" not in text_of(desk.get("/desk/to-decide/"))


def test_a_late_decision_says_why_and_everybody_reads_it(city: City) -> None:
    application = before_decision(city)
    given = {"application_id": application.id, "granted": True, "reason": "同意。", "answers": ALL_MET, "by": city.approver}
    with pytest.raises(review.LateWithoutReason):
        review.decide_application(**given, at=MUCH_LATER)
    assert Application.objects.get(pk=application.pk).decided_at is None
    late = review.decide_application(**given, late_reason="审核人员病假，改派他人。", at=MUCH_LATER)
    assert late.late_reason == "审核人员病假，改派他人。"


def test_a_decision_in_time_keeps_no_reason_for_being_late(city: City) -> None:
    application = before_decision(city)
    decided = review.decide_application(
        application_id=application.id,
        granted=True,
        reason="同意。",
        answers=ALL_MET,
        by=city.approver,
        at=MONDAY,
        late_reason="没有",
    )
    assert decided.late_reason == ""


def test_the_desk_asks_why_it_is_late_and_keeps_what_was_written(city: City) -> None:
    application = before_decision(city, at=MONDAY - timedelta(days=30))
    desk = at_desk(city.approver)
    assert "超期原因" in text_of(desk.get(url("case", application)))
    answer = desk.post(url("refuse", application), {"reason": "不符合条件。", "send": "1"})
    assert answer.status_code == 422
    assert "不符合条件。" in answer.content.decode()
    assert "请写明超期原因" in text_of(answer)
    desk.post(url("grant", application), {"opinion": "同意。", "all-met": "1", "late_reason": "系统迁移。"})
    assert Application.objects.get(pk=application.pk).late_reason == "系统迁移。"
    mine = at_desk(city.citizen).get(f"/my/applications/{application.id}/")
    assert "超期原因： 系统迁移。" in text_of(mine)
