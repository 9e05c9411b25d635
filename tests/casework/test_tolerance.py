"""Acceptance against a promise (容缺受理): what may follow, until when, and what becomes of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from onedoor.casework.models import Application, Bar, Tolerance
from onedoor.casework.norm import ALL_MET
from onedoor.casework.services import bars, clock, handover, intake, review, tolerance
from onedoor.casework.states import Outcome
from onedoor.casework.tolerance import working_days
from onedoor.catalog import queries as catalog
from onedoor.documents.models import Paper
from onedoor.journal.models import Entry
from onedoor.kernel.actor import Actor
from onedoor.kernel.clock import local_date
from onedoor.kernel.errors import NotAllowed, Refused, WrongState
from onedoor.notify.models import Message
from onedoor.people.models import Account
from onedoor.workdays.models import Limit
from onedoor.workdays.queries import calendar
from tests.casework.desk import at_desk, text_of, ticks, url
from tests.casework.situations import (
    FOLLOWS,
    MONDAY,
    City,
    a_draft,
    all_checked,
    one_missing,
    one_wanted,
    submitted,
    system,
    with_gap,
    with_papers,
)
from tests.people.test_pages import step_in

pytestmark = pytest.mark.django_db


def limit_of(application: Application, kind: str) -> Limit:
    return Limit.objects.get(subject_id=application.id, kind=kind)


def the_rest(application: Application) -> list[intake.Check]:
    return [each for each in all_checked(application) if each.key != FOLLOWS]


def to_decision(application: Application, city: City) -> Application:
    review.take_stage(application_id=application.id, by=city.reviewer, at=MONDAY)
    while application.stage != "approve":
        application = review.pass_stage(
            application_id=application.id, opinion="拟同意", answers=ALL_MET, by=city.reviewer, at=MONDAY
        )
    return review.take_stage(application_id=application.id, by=city.approver, at=MONDAY)


@pytest.mark.parametrize(
    ("promise", "own", "days", "last"),
    [
        (8, 0, 6, date(2026, 10, 12)),  # domain.md 2.9, row 29: two working days before Wed 10-14
        (8, 3, 3, date(2026, 10, 8)),  # the item's own number
        (8, 20, 6, date(2026, 10, 12)),
        (60, 0, 20, date(2026, 10, 30)),  # never more than twenty
        (2, 3, 3, date(2026, 10, 8)),  # a promise too short to bound anything leaves the item's own number
        (2, 0, 0, None),
    ],
)  # fmt: skip
def test_the_last_day_is_bound_by_promise_item_and_twenty_days(
    city: City, promise: int, own: int, days: int, last: date | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    terms = catalog.case_terms(a_draft(city).version_id)
    accepted = datetime(2026, 9, 28, 2, tzinfo=UTC)
    monkeypatch.setattr(type(terms), "promised_length", lambda _self, _option="": promise)
    (paper,) = [each for each in terms.materials if each.key == FOLLOWS]
    monkeypatch.setattr("onedoor.casework.tolerance._own_days", lambda _terms, _keys: own)
    found = working_days(terms, "", [paper.key], at=accepted, calendar=calendar())
    assert found == days
    if last is not None:
        assert calendar().add_wd(local_date(accepted), found) == last


def test_nothing_that_may_follow_is_forgotten_at_acceptance(city: City) -> None:
    application = one_missing(city)
    with pytest.raises(intake.MayFollow):
        intake.receive_and_accept(
            application_id=application.id, checks=the_rest(application), answers=ALL_MET, by=city.clerk, at=MONDAY
        )
    application.refresh_from_db()
    assert application.status == "submitted"


def test_accepted_against_a_promise_the_clocks_run_and_three_papers_say_so(city: City) -> None:
    application = with_gap(city)
    assert (application.status, application.has_gap) == ("accepted", True)
    assert {each.kind for each in Limit.objects.filter(subject_id=application.id, ended_at=None)} == {
        "legal", "promise", "stage", "tolerance",
    }  # fmt: skip
    assert local_date(limit_of(application, "tolerance").due_at) == date(2026, 11, 19)  # the item says three working days
    papers = {each.kind: each for each in Paper.objects.filter(subject_id=application.id)}
    assert {"acceptance", "tolerance_promise", "tolerance"} <= set(papers)
    assert papers["tolerance"].number == "秦审容补〔2026〕00001号"
    assert papers["tolerance_promise"].content["is_signed_by_hand"] is True
    assert [each["name"] for each in papers["tolerance"].content["materials"]] == [application.tolerance.names]
    assert papers["tolerance"].content["due"] == "2026-11-19"
    assert set(Message.objects.filter(template="casework.tolerated").values_list("channel", flat=True)) == {"inbox", "sms"}
    entry = Entry.objects.filter(subject_id=application.id, act="casework.tolerate").get()
    assert entry.facts["papers"] == [FOLLOWS]


def test_without_a_promise_nothing_follows(city: City) -> None:
    application = one_missing(city)
    with pytest.raises(tolerance.NotPromised):
        tolerance.receive_and_tolerate(
            application_id=application.id, signed=False, checks=the_rest(application), answers=ALL_MET, by=city.clerk, at=MONDAY
        )
    assert not Tolerance.objects.exists()


def test_the_applicant_promises_online_and_the_window_accepts(city: City) -> None:
    application = one_missing(city)
    tolerance.promise_papers(application_id=application.id, by=city.citizen, at=MONDAY)
    tolerance.promise_papers(application_id=application.id, by=city.citizen, at=MONDAY)
    assert Entry.objects.filter(subject_id=application.id, act="casework.promise_papers").count() == 1
    tolerance.receive_and_tolerate(
        application_id=application.id, signed=False, checks=the_rest(application), answers=ALL_MET, by=city.clerk, at=MONDAY
    )
    letter = Paper.objects.get(subject_id=application.id, kind="tolerance_promise")
    assert (letter.content["is_signed_by_hand"], letter.content["promised_on"]) == (False, "2026-11-16")


def test_a_core_paper_never_follows(city: City) -> None:
    application = submitted(city)
    core = next(each.key for each in catalog.case_terms(application.version_id).materials if each.is_required and each.is_handed_in)
    checks = [intake.Check(core, accepted=False, remark="缺页"), *one_wanted()]
    with pytest.raises(intake.MaterialsMissing) as refusal:
        tolerance.receive_and_tolerate(
            application_id=application.id, signed=True, checks=checks, answers=ALL_MET, by=city.clerk, at=MONDAY
        )
    assert not isinstance(refusal.value, intake.MayFollow)


def test_nothing_is_granted_before_the_papers_are_there_but_a_refusal_may_come(city: City) -> None:
    application = to_decision(with_gap(city), city)
    with pytest.raises(tolerance.GapOpen):
        review.decide_application(
            application_id=application.id, granted=True, reason="同意", answers=ALL_MET, by=city.approver, at=MONDAY
        )
    refused = review.decide_application(
        application_id=application.id, granted=False, reason="场所不符合条件", by=city.approver, at=MONDAY
    )
    assert (refused.outcome, refused.has_gap) == (Outcome.REFUSED, False)
    assert limit_of(application, "tolerance").ended_at == MONDAY


def test_filled_at_home_the_result_need_not_wait(city: City) -> None:
    application = to_decision(with_gap(city), city)
    with pytest.raises(intake.MaterialsMissing):
        tolerance.fill_gap(application_id=application.id, by=city.citizen, at=MONDAY)
    with pytest.raises(Refused):
        with_papers(application, by=city.citizen, only=["m6"])  # nobody asked for this one
    with_papers(application, by=city.citizen, only=[FOLLOWS])
    filled = tolerance.fill_gap(application_id=application.id, by=city.citizen, at=MONDAY)
    assert not filled.has_gap
    assert limit_of(application, "tolerance").ended_at == MONDAY
    assert Message.objects.filter(template="casework.desk_gap_filled", account_id=city.approver.account).exists()
    decided = review.decide_application(
        application_id=application.id, granted=True, reason="同意", answers=ALL_MET, by=city.approver, at=MONDAY
    )
    assert decided.outcome == Outcome.GRANTED
    with pytest.raises(WrongState):
        tolerance.fill_gap(application_id=application.id, by=city.citizen, at=MONDAY)


def test_what_never_came_ends_the_application_by_the_clock_once(city: City) -> None:
    application = to_decision(with_gap(city), city)
    on_the_day = datetime(2026, 11, 19, 15, tzinfo=UTC)  # 23:00 on the last day
    assert clock.lapse_gaps(by=system(), at=on_the_day) == 0
    after = datetime(2026, 11, 19, 16, 5, tzinfo=UTC)  # five past midnight
    assert clock.lapse_gaps(by=system(), at=after) == 1
    assert clock.lapse_gaps(by=system(), at=after) == 0
    application.refresh_from_db()
    assert (application.status, application.outcome, application.has_gap) == ("closed", Outcome.LAPSED, False)
    assert not Limit.objects.filter(subject_id=application.id, ended_at=None).exists()
    assert not application.runs.filter(ended_at=None).exists()
    told = set(Message.objects.filter(subject_id=application.id).values_list("template", flat=True))
    assert {"casework.gap_lapsed", "casework.desk_gap_lapsed"} <= told


def test_a_withdrawal_ends_the_wait_too(city: City) -> None:
    application = with_gap(city)
    handover.withdraw_application(application_id=application.id, reason="不办了", by=city.citizen, at=MONDAY)
    application.refresh_from_db()
    assert not application.has_gap
    assert limit_of(application, "tolerance").ended_at == MONDAY


def test_a_bar_forbids_promises_until_it_is_over_or_lifted(city: City) -> None:
    application = one_missing(city)
    (bar,) = bars.bar_many(
        [application],
        kind="credit",
        until=local_date(MONDAY) + timedelta(days=30),
        reason="逾期未补齐材料",
        by=keeper(city),
        at=MONDAY,
    )
    with pytest.raises(bars.Barred):
        tolerance.promise_papers(application_id=application.id, by=city.citizen, at=MONDAY)
    with pytest.raises(bars.Barred):
        tolerance.receive_and_tolerate(
            application_id=application.id, signed=True, checks=the_rest(application), answers=ALL_MET, by=city.clerk, at=MONDAY
        )
    assert not bars.barring([application], at=MONDAY + timedelta(days=31))
    with pytest.raises(NotAllowed):
        bars.lift_bar(bar_id=bar.id, reason="已修复", by=city.clerk, at=MONDAY)
    bars.lift_bar(bar_id=bar.id, reason="信用已修复", by=keeper(city), at=MONDAY)
    tolerance.promise_papers(application_id=application.id, by=city.citizen, at=MONDAY)
    with pytest.raises(IntegrityError), transaction.atomic():
        Bar.objects.filter(pk=bar.pk).update(reason="另一个理由")


def keeper(city: City) -> Actor:
    return replace(city.clerk, duties=frozenset({bars.KEEP_BARS}))


def test_a_promise_is_evidence(city: City) -> None:
    application = with_gap(city)
    with pytest.raises(IntegrityError), transaction.atomic():
        Tolerance.objects.filter(application=application).update(papers=[])
    with pytest.raises(IntegrityError), transaction.atomic():
        Tolerance.objects.filter(application=application).delete()


def test_at_the_desk_the_page_says_what_follows_and_asks_for_the_signature(city: City) -> None:
    application = one_missing(city)
    desk = at_desk(city.clerk)
    assert url("tolerate", application) in desk.get(url("case", application)).content.decode()
    posted = {name: value for name, value in ticks(application).items() if not name.endswith(FOLLOWS)}
    shown = desk.post(url("tolerate", application), posted)
    assert shown.status_code == 200
    unsigned = desk.post(url("tolerate", application), posted | {"send": "1"})
    assert unsigned.status_code == 422
    accepted = desk.post(url("tolerate", application), posted | {"send": "1", "signed": "on"})
    assert accepted.status_code == 302, text_of(accepted)
    application.refresh_from_db()
    assert (application.status, application.has_gap) == ("accepted", True)
    brought = desk.post(url("fill", application), {f"check-{FOLLOWS}": "ok", f"copies-{FOLLOWS}": "1"})
    assert brought.status_code == 302
    application.refresh_from_db()
    assert not application.has_gap


def test_at_home_the_page_of_progress_leads_to_the_papers(city: City) -> None:
    application = one_missing(city)
    home = Client()
    step_in(home, Account.objects.get(pk=city.citizen.account))
    mine = f"/my/applications/{application.id}/"
    assert f"{mine}promise/" in home.get(mine).content.decode()
    assert home.post(f"{mine}promise/", {}).status_code == 422
    assert home.post(f"{mine}promise/", {"promise": "on"}).status_code == 302
    tolerance.receive_and_tolerate(
        application_id=application.id, signed=False, checks=the_rest(application), answers=ALL_MET, by=city.clerk, at=MONDAY
    )
    assert f"{mine}fill/" in home.get(mine).content.decode()
    assert home.post(f"{mine}fill/").status_code == 422
    with_papers(application, by=city.citizen, only=[FOLLOWS])
    assert home.post(f"{mine}fill/").status_code == 302
    application.refresh_from_db()
    assert not application.has_gap
