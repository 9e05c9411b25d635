"""Two at once on one application, each with a control run without the lock that shows the damage."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID

import pytest
from django.db import DatabaseError, connection

from onedoor.casework.models import Application, NormAnswer
from onedoor.casework.norm import ALL_MET, Answer, Given
from onedoor.casework.services import clock, core, handover, intake, norm, review, submission
from onedoor.casework.services.norm import AnsweredMeanwhile
from onedoor.casework.states import Status
from onedoor.documents import queries as documents
from onedoor.journal import queries as journal
from onedoor.kernel.actor import Actor
from onedoor.kernel.errors import Refused, WrongState
from onedoor.kernel.subjects import Subject
from onedoor.network import entries
from onedoor.network import queries as network
from onedoor.network import services as network_services
from onedoor.people import services as people
from onedoor.workdays import queries as limit_queries
from onedoor.workdays.queries import limits_of
from onedoor.workdays.services.limits import LimitRuns
from tests.casework.situations import (
    HOUSE,
    MONDAY,
    City,
    a_draft,
    accepted,
    all_checked,
    before_decision,
    submitted,
    system,
    with_papers,
)
from tests.people.factories import GOOD_PASSWORD

pytestmark = pytest.mark.django_db(transaction=True)
LATER = MONDAY + timedelta(days=60)
BY_THE_TABLES = (DatabaseError, LimitRuns)
Act = Callable[[], Any]


@dataclass
class Race:
    """Two acts that meet after both have looked at the application; only the lock keeps the second from looking too early."""

    monkeypatch: pytest.MonkeyPatch
    has_lock: bool

    def run(self, *acts: Act) -> list[Any]:
        """Do acts side by side, each on a connection of its own; return what each gave, or how it was refused."""
        meeting = threading.Barrier(len(acts))
        lock, due = core.lock, clock._due

        def meet(found: Any) -> Any:
            with suppress(threading.BrokenBarrierError):  # with the lock the other one waits for its turn, as it should
                meeting.wait(timeout=0.7 if self.has_lock else 10)
            return found

        with self.monkeypatch.context() as patch, ThreadPoolExecutor(len(acts)) as pool:
            patch.setattr(core, "lock", lambda ids, **how: meet((lock if self.has_lock else _only_read)(ids, **how)))
            patch.setattr(clock, "_due", lambda *which, at: meet(due(*which, at=at) if self.has_lock else _only_due(*which, at=at)))
            return [each.result() for each in [pool.submit(_apart, act) for act in acts]]

    def assert_one_of(self, application: Application, results: Sequence[Any], *codes: str) -> None:
        """With the lock one act was done and the other refused or idle; without it both were, or the tables refused the second."""
        done = sum(trace(application)[f"casework.{code}"] for code in codes)
        if self.has_lock:
            assert done == 1
            assert {type(each) for each in results if isinstance(each, Exception)} <= {WrongState}
        else:
            assert done == 2 or any(isinstance(each, BY_THE_TABLES) for each in results)


def _apart(act: Act) -> Any:
    try:
        return act()
    except (Refused, DatabaseError) as refusal:
        return refusal
    finally:
        connection.close()


def _only_read(application_ids: Iterable[UUID], **how: bool) -> list[Application]:
    rows = core._locking(list(application_ids), **how)
    rows.query.select_for_update = False
    return list(rows)


def _only_due(_kind: str, statuses: tuple[Status, ...], *, at: datetime) -> list[Application]:
    del at
    return [each for each in _only_read(Application.objects.values_list("pk", flat=True)) if each.status in statuses]


@pytest.fixture(params=[True, False], ids=["lock", "control"])
def race(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Race:
    return Race(monkeypatch, has_lock=request.param)


def trace(application: Application) -> Counter[str]:
    """Return how often each act stands in the journal of an application, and how many papers of each kind it has."""
    subject = Subject("casework.application", application.id)
    entries = Counter(each.act for each in journal.entries_of(subject, limit=200))
    return entries + Counter(each.kind for each in documents.papers_of(application.id))


def deciding(application: Application, city: City, *, granted: bool = True) -> Act:
    """Return the approver's decision, to be done."""
    return partial(
        review.decide_application, application_id=application.id, granted=granted, reason="理由", answers=ALL_MET,
        by=city.approver, at=MONDAY,
    )  # fmt: skip


def open_limits(application: Application) -> Counter[str]:
    return Counter(each.kind for each in limits_of([application.id]).get(application.id, []) if each.ended_at is None)


def test_submitting_twice_at_once_gives_one_reference_and_one_receipt(city: City, race: Race) -> None:
    draft = with_papers(a_draft(city), by=city.citizen)
    results = race.run(*[partial(submission.submit_application, application_id=draft.id, by=city.citizen, at=MONDAY)] * 2)
    race.assert_one_of(draft, results, "submit")
    if race.has_lock:
        assert {each.reference for each in results} == {Application.objects.get().reference}
        assert trace(draft)["submission_receipt"] == 1
        assert open_limits(draft) == {"notice": 1}


def test_two_clerks_receiving_and_accepting_at_once(city: City, race: Race) -> None:
    application = submitted(city)
    checks = all_checked(application)
    act = partial(
        intake.receive_and_accept, application_id=application.id, checks=checks, answers=ALL_MET, by=city.clerk, at=MONDAY
    )
    race.assert_one_of(application, race.run(act, act), "accept")
    if race.has_lock:
        assert (trace(application)["acceptance"], trace(application)["receipt"]) == (1, 1)


def test_two_reviewers_taking_one_stage_at_once(city: City, race: Race) -> None:
    application = accepted(city)
    acts = [
        partial(review.take_stage, application_id=application.id, by=each, at=MONDAY)
        for each in (city.reviewer, a_colleague("reviewer"))
    ]
    race.assert_one_of(application, race.run(*acts), "assign")


def test_a_reviewer_clicking_twice_is_no_act_without_authority(city: City, race: Race) -> None:
    application = accepted(city)
    seen = review.take_stage(application_id=application.id, by=city.reviewer, at=MONDAY)
    act = partial(
        review.pass_stage,
        application_id=application.id,
        opinion="拟同意",
        position=seen.stage_position,
        answers=ALL_MET,
        by=city.reviewer,
        at=MONDAY,
    )
    race.assert_one_of(application, race.run(act, act), "pass_stage")


def test_two_approvers_deciding_differently_at_once(city: City, race: Race) -> None:
    application = before_decision(city)
    acts = [deciding(application, city, granted=granted) for granted in (True, False)]
    race.assert_one_of(application, race.run(*acts), "decide")
    if race.has_lock:
        outcome = Application.objects.get().outcome
        assert trace(application)["grant"] == (outcome == "granted")
        assert trace(application)["refusal"] == (outcome == "refused")


def test_deciding_while_the_applicant_takes_it_back(city: City, race: Race) -> None:
    application = before_decision(city)
    results = race.run(
        deciding(application, city),
        partial(handover.withdraw_application, application_id=application.id, reason="不办了", by=city.citizen, at=MONDAY),
    )
    race.assert_one_of(application, results, "decide", "withdraw")


def test_correcting_while_the_clock_closes_it(city: City, race: Race) -> None:
    application = asked(city)
    results = race.run(
        partial(intake.correct_application, application_id=application.id, answers={}, by=city.citizen, at=LATER),
        partial(clock.lapse_corrections, by=system(), at=LATER),
    )
    race.assert_one_of(application, results, "correct", "lapse")
    if race.has_lock:
        assert open_limits(application) == ({"notice": 1} if trace(application)["casework.correct"] else {})


def test_accepting_while_the_clock_deems_it_accepted(city: City, race: Race) -> None:
    application = received(city)
    results = race.run(
        partial(intake.accept_application, application_id=application.id, answers=ALL_MET, by=city.clerk, at=LATER),
        partial(clock.deem_accepted, by=system(), at=LATER),
    )
    race.assert_one_of(application, results, "accept", "deem_accepted")
    if race.has_lock:
        assert trace(application)["acceptance"] == 1
        assert open_limits(application) == {"legal": 1, "promise": 1, "stage": 1}


def test_two_workers_watching_the_clock_at_once(city: City, race: Race) -> None:
    application = received(city)
    results = race.run(*[partial(clock.deem_accepted, by=system(), at=LATER)] * 2)
    race.assert_one_of(application, results, "deem_accepted")
    if race.has_lock:
        assert sorted(results) == [0, 1]


def test_giving_the_result_out_while_it_is_collected_online(city: City, race: Race) -> None:
    application = before_decision(city)
    deciding(application, city)()
    review.close_application(application_id=application.id, by=city.clerk, at=MONDAY)
    results = race.run(
        partial(
            handover.deliver_application, application_id=application.id, way="window", recipient="张海燕", by=city.clerk, at=MONDAY
        ),
        partial(handover.collect_result, application_id=application.id, by=city.citizen, at=MONDAY),
    )
    race.assert_one_of(application, results, "deliver", "collect")


@pytest.mark.parametrize("looks_again", [True, False], ids=["looks again", "control"])
def test_the_clock_leaves_alone_what_was_answered_after_it_looked(
    city: City, monkeypatch: pytest.MonkeyPatch, looks_again: bool
) -> None:
    """The office asks for papers and gets them between the clock's question and its lock: five new days run."""
    application = received(city)
    look = limit_queries.due_before

    def look_then_pause(*given: Any, **named: Any) -> Any:
        found = look(*given, **named)
        monkeypatch.setattr(limit_queries, "due_before", look)
        with ThreadPoolExecutor(1) as pool:
            pool.submit(_apart, answer).result()
        return found

    def answer() -> None:
        intake.ask_for_correction(application_id=application.id, points=POINTS, by=city.clerk, at=LATER)
        intake.correct_application(application_id=application.id, answers={}, by=city.citizen, at=LATER)

    monkeypatch.setattr(limit_queries, "due_before", look_then_pause)
    if not looks_again:
        monkeypatch.setattr(clock, "_still_due", lambda applications, *_: applications)
    assert clock.deem_accepted(by=system(), at=LATER) == (0 if looks_again else 1)


POINTS = [intake.Point("field:name", "姓名", "写错了", "请改正")]


def test_two_clerks_answering_the_same_list_at_once(city: City, race: Race, monkeypatch: pytest.MonkeyPatch) -> None:
    application, other = submitted(city), a_colleague("clerk")
    meeting, read = threading.Barrier(2), norm._counting

    def read_and_meet(found: Application) -> list[NormAnswer]:
        rows = read(found)
        with suppress(threading.BrokenBarrierError):
            meeting.wait(timeout=0.7 if race.has_lock else 10)
        return rows

    monkeypatch.setattr(norm, "_counting", read_and_meet)
    said = {city.clerk.account: (city.clerk, Answer("no", "没有盖章")), other.account: (other, Answer("yes"))}
    act = partial(review.answer_check_list, application_id=application.id, at=MONDAY)
    results = race.run(*[partial(act, answers=Given({"m1-2": each}, seen=""), by=by) for by, each in said.values()])
    counting = NormAnswer.objects.get(application=application, key="m1-2", replaced_at=None)
    assert counting.verdict == said[counting.account_id][1].verdict
    if race.has_lock:
        assert sorted(type(each) for each in results if isinstance(each, Exception)) == [AnsweredMeanwhile]
        assert trace(application)["casework.check"] == 1
    else:
        assert trace(application)["casework.check"] == 2 or any(isinstance(each, BY_THE_TABLES) for each in results)


def received(city: City) -> Application:
    application = submitted(city)
    return intake.receive_application(
        application_id=application.id, checks=all_checked(application), answers=ALL_MET, by=city.clerk, at=MONDAY
    )


def asked(city: City) -> Application:
    application = submitted(city)
    return intake.ask_for_correction(application_id=application.id, points=POINTS, by=city.clerk, at=MONDAY)


def a_colleague(role: str) -> Actor:
    """Put a second person into a post."""
    account = people.create_staff(username="20001", name="同岗", password=GOOD_PASSWORD, by=HOUSE, at=MONDAY)
    network_services.post_people([entries.NewPosting(account.id, role, starts_at=MONDAY)], by=HOUSE, at=MONDAY)
    return network.actor_for(account.id, at=MONDAY)
