"""Special procedures: asked for, approved by another, told in writing; the limits stand still and run on with the days given back."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from onedoor.casework import requests
from onedoor.casework.models import Application, SpecialKind, SpecialProcedure
from onedoor.casework.permissions import Paused
from onedoor.casework.services import handover, review, special, special_kinds
from onedoor.documents import queries as documents
from onedoor.journal import queries as journal
from onedoor.kernel.actor import Actor
from onedoor.kernel.errors import Invalid, NotAllowed, Refused
from onedoor.kernel.subjects import Subject
from onedoor.notify.models import Message
from onedoor.workdays import queries as limits
from tests.casework.desk import at_desk, text_of, url
from tests.casework.situations import MONDAY, City, accepted, asked, paused

pytestmark = pytest.mark.django_db


def due_of(application: Application, kind: str) -> date:
    return next(each.due_date for each in limits.limits_of([application.id])[application.id] if each.kind == kind)


def in_review(city: City) -> Application:
    application = accepted(city)
    return review.take_stage(application_id=application.id, by=city.reviewer, at=MONDAY)


def test_limits_stand_still_and_run_on_with_the_days_given_back(city: City) -> None:
    application = in_review(city)
    before = {kind: due_of(application, kind) for kind in ("legal", "promise", "stage")}
    special.ask_special(
        application_id=application.id, choice="expert_review", length=10, reason="需要专家评审。", by=city.reviewer, at=MONDAY
    )
    special.start_special(application_id=application.id, by=city.approver, at=MONDAY)
    views = {each.kind: each for each in limits.limits_of([application.id])[application.id] if each.ended_at is None}
    assert {kind for kind, each in views.items() if each.paused} == {"legal", "promise", "stage"}
    assert views["special"].due_date == date(2026, 11, 30)
    special.end_special(application_id=application.id, result="专家一致同意。", by=city.reviewer, at=MONDAY + timedelta(days=3))
    after = {kind: due_of(application, kind) for kind in before}
    calendar = limits.calendar()
    assert after == {kind: calendar.add_wd(day, 3) for kind, day in before.items()}
    assert [each.ended_at is not None for each in limits.limits_of([application.id])[application.id] if each.kind == "special"] == [
        True
    ]


def test_the_notice_says_what_how_long_and_why(city: City) -> None:
    application = paused(city)
    paper = next(each for each in documents.papers_of(application.id) if each.kind == "special_procedure")
    assert paper.title == "特别程序告知书"
    assert paper.number == "秦审特〔2026〕00001号"
    told = Message.objects.get(template="casework.special_started", channel="inbox")
    assert told.account_id == city.citizen.account
    assert told.values["procedure"] == "专家评审"
    assert told.values["due"] == "2026-11-30"
    assert Message.objects.filter(template="casework.desk_special_granted", account_id=city.reviewer.account).count() == 1


def test_who_asks_does_not_approve(city: City) -> None:
    application = in_review(city)
    special.ask_special(application_id=application.id, choice="testing", length=5, reason="需要检测。", by=city.reviewer, at=MONDAY)
    with pytest.raises(NotAllowed):
        special.start_special(application_id=application.id, by=city.reviewer, at=MONDAY)
    with pytest.raises(IntegrityError, match="four_eyes"), transaction.atomic():
        SpecialProcedure.objects.filter(application=application).update(
            decided_at=MONDAY, is_granted=True, decided_account=city.reviewer.account
        )


@pytest.mark.parametrize(
    ("given", "wrong"),
    [
        ({"choice": "no-such"}, {"choice"}),
        ({"choice": "publication"}, {"choice"}),  # 公示 stands not in art. 45, and this item does not name it
        ({"choice": "hearing"}, {"choice"}),
        ({"length": 0}, {"length"}),
        ({"length": 31}, {"length"}),
        ({"reason": " "}, {"reason"}),
        ({"choice": "", "reason": ""}, {"choice", "reason"}),
    ],
)
def test_only_what_the_law_or_the_item_names_and_within_its_time(city: City, given: dict[str, object], wrong: set[str]) -> None:
    application = in_review(city)
    with pytest.raises(Invalid) as refusal:
        special.ask_special(
            application_id=application.id, by=city.reviewer, at=MONDAY,
            **{"choice": "testing", "length": 30, "reason": "需要检测。", **given},
        )  # fmt: skip
    assert set(refusal.value.errors) == wrong


def test_nothing_goes_on_while_the_limits_stand_still(city: City) -> None:
    application = paused(city)
    with pytest.raises(Paused):
        review.pass_stage(application_id=application.id, opinion="拟同意", by=city.reviewer, at=MONDAY)


def test_taking_back_ends_the_procedure_too(city: City) -> None:
    application = paused(city)
    handover.withdraw_application(application_id=application.id, reason="不办了", by=city.citizen, at=MONDAY)
    procedure = SpecialProcedure.objects.get(application=application)
    assert procedure.result == handover.WITHDRAWN
    assert all(each.ended_at for each in limits.limits_of([application.id])[application.id])


def test_what_was_asked_and_decided_is_never_changed(city: City) -> None:
    procedure = SpecialProcedure.objects.get(application=paused(city))
    for change in (
        {"reason": "别的理由"},
        {"length": 90},
        {"is_granted": False, "answer": "不"},
        {"asked_account": city.head.account},
    ):
        with pytest.raises(IntegrityError, match="evidence"), transaction.atomic():
            SpecialProcedure.objects.filter(pk=procedure.pk).update(**change)
    with pytest.raises(IntegrityError, match="evidence"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM casework_specialprocedure WHERE id = %s", [procedure.pk])


def test_the_journal_keeps_reasons_as_personal_facts(city: City) -> None:
    application = paused(city)
    said = [each.act for each in journal.entries_of(Subject("casework.application", application.id))]
    assert said[:2] == ["casework.start_special", "casework.ask_special"]


def test_an_item_that_names_its_own_procedure_offers_it_first(city: City) -> None:
    first = requests.choices(in_review(city))[0]
    assert (first.name, first.max_length, first.is_from_item) == ("现场核查整改", 10, True)
    assert first.kind_id == SpecialKind.objects.get(code="rectification").id


def test_at_the_desk_from_asking_to_the_result(city: City) -> None:
    application = in_review(city)
    desk = at_desk(city.reviewer)
    assert "提请特别程序" in text_of(desk.get(url("case", application)))
    answer = desk.post(url("special_ask", application), {"choice": "expert_review", "length": "", "reason": ""})
    assert answer.status_code == 422
    assert "请填写需要几天" in text_of(answer)
    desk.post(url("special_ask", application), {"choice": "expert_review", "length": "10", "reason": "需要专家评审。"})
    head = at_desk(city.head)
    assert "专家评审" in text_of(head.get("/desk/to-decide/"))
    page = text_of(head.get(url("special_decide", application)))
    assert "依法需要进行专家评审，所需时间为10个工作日" in page
    head.post(url("special_decide", application), {"grant": "1"})
    assert "登记特别程序结果" in text_of(desk.get(url("case", application)))
    desk.post(url("special_end", application), {"result": "评审通过。"})
    assert "评审通过。" in text_of(desk.get(url("case", application)))


def test_refusing_needs_a_reason_and_tells_who_asked(city: City) -> None:
    application = asked(city)
    approver = at_desk(city.approver)
    assert approver.post(url("special_decide", application), {"refuse": "1", "reason": ""}).status_code == 422
    approver.post(url("special_decide", application), {"refuse": "1", "reason": "材料已经说明问题。"})
    procedure = SpecialProcedure.objects.get(application=application)
    assert (procedure.is_granted, procedure.answer) == (False, "材料已经说明问题。")
    told = Message.objects.get(template="casework.desk_special_refused")
    assert told.account_id == city.reviewer.account


def test_approving_costs_no_more_than_its_statements(city: City, count_statements) -> None:
    application = in_review(city)
    special.ask_special(application_id=application.id, choice="testing", length=5, reason="需要检测。", by=city.reviewer, at=MONDAY)
    with count_statements() as sent:
        special.start_special(application_id=application.id, by=city.approver, at=MONDAY)
    statements = [each["sql"] for each in sent if not each["sql"].startswith(("SAVEPOINT", "RELEASE"))]
    assert len(statements) <= 15, "\n".join(each[:120] for each in statements)


def test_kinds_are_kept_by_the_centre_and_by_nobody_else(city: City) -> None:
    kind = SpecialKind.objects.get(code="testing")
    terms = special_kinds.KindTerms("Testing", True, False, True, 45, "working-days", "某规定第三条", True)
    with pytest.raises(NotAllowed):
        special_kinds.change_special_kind(kind_id=kind.id, terms=terms, by=city.approver, at=MONDAY)
    keeper = _keeper(city)
    changed = special_kinds.change_special_kind(kind_id=kind.id, terms=terms, by=keeper, at=MONDAY)
    assert (changed.max_length, changed.is_verified) == (45, True)
    with pytest.raises(Refused):
        special_kinds.change_special_kind(
            kind_id=kind.id,
            terms=special_kinds.KindTerms("", True, False, True, 45, "working-days", "", True),
            by=keeper,
            at=MONDAY,
        )


def _keeper(city: City) -> Actor:
    return replace(city.head, duties=frozenset({"casework.keep_kinds"}))
