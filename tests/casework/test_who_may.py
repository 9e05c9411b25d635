"""Who may do which act on whose application: every transition of the table and the acts beside it, by role."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import transaction

from onedoor.casework.models import Application
from onedoor.casework.norm import ALL_MET
from onedoor.casework.services import (
    consulting,
    drafts,
    extension,
    handover,
    intake,
    returning,
    review,
    special,
    submission,
    talking,
    tolerance,
    voiding,
    window,
)
from onedoor.casework.states import TRANSITIONS, Door
from onedoor.journal import queries as journal
from onedoor.kernel.actor import Actor
from onedoor.kernel.errors import NotAllowed, NotFound
from onedoor.kernel.subjects import Subject
from onedoor.people.services import NewPerson
from tests.casework import test_states as states
from tests.casework.situations import (
    COMMITMENT,
    FOLLOWS,
    INSTANT,
    MONDAY,
    City,
    a_draft,
    all_checked,
    asked,
    consulted,
    entered_at_window,
    one_missing,
    one_wanted,
    other_office,
    submitted,
    with_gap,
    with_papers,
)
from tests.people.factories import a_card, a_phone

pytestmark = pytest.mark.django_db
POINTS = [intake.Point("field:name", "姓名", "写错了", "请改正")]
ROLES = ("nobody", "owner", "other_citizen", "clerk", "reviewer", "approver", "stranger", "head")
Act = Callable[[City, Application, Actor], Any]


def _opened_at_window(city: City) -> Application:
    return drafts.open_draft(service_item_id=city.offers[COMMITMENT], applicant=None, channel="window", by=city.clerk, at=MONDAY)


def asked_to_correct(city: City) -> Application:
    application = submitted(city)
    return intake.ask_for_correction(application_id=application.id, points=POINTS, by=city.clerk, at=MONDAY)


def before_decision_untaken(city: City) -> Application:
    application = states.in_review(city)
    while application.stage != "approve":
        review.take_stage(application_id=application.id, by=city.reviewer, at=MONDAY)
        application = review.pass_stage(
            application_id=application.id, opinion="拟同意", answers=ALL_MET, by=city.reviewer, at=MONDAY
        )
    return application


def second_stage_untaken(city: City) -> Application:
    application = states.in_review(city)
    return review.pass_stage(application_id=application.id, opinion="拟同意", answers=ALL_MET, by=city.reviewer, at=MONDAY)


def paused_untaken(city: City) -> Application:
    application = second_stage_untaken(city)
    special.ask_special(application_id=application.id, choice="testing", length=5, reason="需要检测。", by=city.reviewer, at=MONDAY)
    special.start_special(application_id=application.id, by=city.approver, at=MONDAY)
    return application


def _open_at_window(city: City, _: Application, by: Actor) -> Application:
    return drafts.open_draft(service_item_id=city.offers[COMMITMENT], applicant=None, channel="window", by=by, at=MONDAY)


def _save(_: City, a: Application, by: Actor) -> Application:
    return drafts.save_answers(application_id=a.id, answers={"x": "y"}, by=by, at=MONDAY)


def _name(_: City, a: Application, by: Actor) -> Application:
    person = NewPerson("来窗口的人", "111", a_card(88), a_phone(88))
    return window.name_applicant_at_window(application_id=a.id, applicant=person, answers={}, by=by, at=MONDAY)


def _attach(_: City, a: Application, by: Actor) -> object:
    material = a.materials.exclude(files=None).order_by("key")[0]
    return drafts.attach_file(application_id=a.id, key=material.key, file_id=material.files.all()[0].file_id, by=by, at=MONDAY)


def _detach(_: City, a: Application, by: Actor) -> object:
    material = a.materials.exclude(files=None).order_by("key")[0]
    return drafts.detach_file(application_id=a.id, key=material.key, file_id=material.files.all()[0].file_id, by=by, at=MONDAY)


def submitted_and_asked(city: City) -> Application:
    application = submitted(city)
    talking.write_message(application_id=application.id, text="请问", needs_answer=True, by=city.citizen, at=MONDAY)
    return application


def _answer(_: City, a: Application, by: Actor) -> object:
    (question,) = a.case_messages.all()
    return talking.answer_message(application_id=a.id, message_id=question.id, text="请讲", by=by, at=MONDAY)


def _consulted_untaken(city: City) -> Application:
    application = consulted(city).application
    Application.objects.filter(pk=application.pk).update(taken_by=None)
    return application


# act: where the application stands, what is done, and who may do it
ACTS: dict[str, tuple[Callable[[City], Application], Act, set[str]]] = {
    "casework.submit": (
        states.draft, lambda _, a, by: submission.submit_application(application_id=a.id, by=by, at=MONDAY), {"owner"}),
    "casework.receive": (
        submitted, lambda _, a, by: intake.receive_application(application_id=a.id, checks=all_checked(a), answers=ALL_MET, by=by, at=MONDAY),
        {"clerk"}),
    "casework.ask_for_correction": (
        submitted, lambda _, a, by: intake.ask_for_correction(application_id=a.id, points=POINTS, by=by, at=MONDAY), {"clerk"}),
    "casework.correct": (
        asked_to_correct, lambda _, a, by: intake.correct_application(application_id=a.id, answers={}, by=by, at=MONDAY), {"owner", "clerk"}),
    "casework.accept": (
        states.received, lambda _, a, by: intake.accept_application(application_id=a.id, answers=ALL_MET, by=by, at=MONDAY), {"clerk"}),
    "casework.tolerate": (
        states.received, lambda _, a, by: tolerance.tolerate_application(
            application_id=a.id, signed=True, checks=one_wanted(), answers=ALL_MET, by=by, at=MONDAY), {"clerk"}),
    "casework.fill_gap": (
        with_gap, lambda _, a, by: tolerance.fill_gap(application_id=a.id, checks=[intake.Check(FOLLOWS, accepted=True)], by=by, at=MONDAY),
        {"owner", "clerk"}),
    "promise papers": (
        one_missing, lambda _, a, by: tolerance.promise_papers(application_id=a.id, by=by, at=MONDAY), {"owner"}),
    "answer the list of receiving": (
        submitted, lambda _, a, by: review.answer_check_list(application_id=a.id, answers=ALL_MET, by=by, at=MONDAY), {"clerk"}),
    "answer the list of a stage": (
        second_stage_untaken, lambda _, a, by: review.answer_check_list(application_id=a.id, answers=ALL_MET, by=by, at=MONDAY),
        {"reviewer", "approver"}),
    "answer the list of the decision": (
        before_decision_untaken, lambda _, a, by: review.answer_check_list(application_id=a.id, answers=ALL_MET, by=by, at=MONDAY),
        {"approver"}),
    "casework.not_accept": (
        submitted, lambda _, a, by: intake.not_accept_application(application_id=a.id, reason="不属于", competent="", by=by, at=MONDAY),
        {"clerk"}),
    "casework.assign": (
        states.accepted, lambda _, a, by: review.take_stage(application_id=a.id, by=by, at=MONDAY), {"reviewer", "approver"}),
    "casework.pass_stage": (
        second_stage_untaken,
        lambda _, a, by: review.pass_stage(application_id=a.id, opinion="同意", position=a.stage_position, answers=ALL_MET, by=by, at=MONDAY),
        {"reviewer", "approver"}),
    "casework.return_stage": (
        second_stage_untaken, lambda _, a, by: returning.return_stage(application_id=a.id, opinion="请补充核查记录", by=by, at=MONDAY),
        {"reviewer", "approver"}),
    "casework.consult": (
        second_stage_untaken,
        lambda c, a, by: consulting.consult(
            application_id=a.id, office=other_office(c).agency, question="请提意见", length=5, by=by, at=MONDAY),
        {"reviewer", "approver"}),
    "casework.answer_consultation": (
        lambda city: consulted(city).application,
        lambda _, a, by: consulting.answer_consultation(
            application_id=a.id, consultation_id=a.consultations.get().id, stance="agrees", opinion="同意。", by=by, at=MONDAY), set()),
    "casework.recall_consultation": (
        _consulted_untaken, lambda _, a, by: consulting.recall_consultation(
            application_id=a.id, consultation_id=a.consultations.get().id, reason="不再需要。", by=by, at=MONDAY),
        {"reviewer", "approver"}),
    "casework.ask_special": (
        second_stage_untaken,
        lambda _, a, by: special.ask_special(application_id=a.id, choice="testing", length=5, reason="需要检测", by=by, at=MONDAY),
        {"reviewer", "approver"}),
    "casework.start_special": (
        asked, lambda _, a, by: special.start_special(application_id=a.id, by=by, at=MONDAY), {"approver", "head"}),
    "casework.refuse_special": (
        asked, lambda _, a, by: special.refuse_special(application_id=a.id, reason="不需要", by=by, at=MONDAY), {"approver", "head"}),
    "casework.end_special": (
        paused_untaken, lambda _, a, by: special.end_special(application_id=a.id, result="符合", by=by, at=MONDAY),
        {"reviewer", "approver"}),
    "casework.ask_extension": (
        second_stage_untaken,
        lambda _, a, by: extension.ask_extension(application_id=a.id, length=5, reason="复杂", by=by, at=MONDAY),
        {"reviewer", "approver"}),
    "casework.extend": (
        asked, lambda _, a, by: extension.extend_application(application_id=a.id, by=by, at=MONDAY), {"head"}),
    "casework.refuse_extension": (
        asked, lambda _, a, by: extension.refuse_extension(application_id=a.id, reason="可按期", by=by, at=MONDAY), {"head"}),
    "casework.decide": (
        before_decision_untaken,
        lambda _, a, by: review.decide_application(
            application_id=a.id, granted=True, reason="符合", answers=ALL_MET, by=by, at=MONDAY), {"approver"}),
    "casework.close": (states.decided, lambda _, a, by: review.close_application(application_id=a.id, by=by, at=MONDAY), {"clerk"}),
    "casework.deliver": (
        states.closed,
        lambda _, a, by: handover.deliver_application(application_id=a.id, way="window", recipient="张海燕", by=by, at=MONDAY), {"clerk"}),
    "casework.collect": (
        states.closed, lambda _, a, by: handover.collect_result(application_id=a.id, by=by, at=MONDAY), {"owner"}),
    "casework.withdraw": (
        states.in_review, lambda _, a, by: handover.withdraw_application(application_id=a.id, reason="不办了", by=by, at=MONDAY),
        {"owner"}),
    "casework.void": (
        states.in_review, lambda _, a, by: voiding.void_application(application_id=a.id, reason="空白提交", by=by, at=MONDAY), {"head"}),
    "casework.entry_error": (
        entered_at_window, lambda _, a, by: voiding.close_entry_error(application_id=a.id, reason="重复录入", by=by, at=MONDAY),
        {"clerk"}),
    "open at a window": (states.draft, _open_at_window, {"clerk"}),
    "save answers": (states.draft, _save, {"owner"}),
    "name the applicant": (_opened_at_window, _name, {"clerk"}),
    "write a message": (
        submitted, lambda _, a, by: talking.write_message(application_id=a.id, text="请问", by=by, at=MONDAY),
        {"owner", "clerk", "reviewer", "approver"}),
    "answer a message": (
        submitted_and_asked, _answer, {"clerk", "reviewer", "approver"}),
    "attach a file": (states.draft, _attach, {"owner"}),
    "detach a file": (states.draft, _detach, {"owner"}),
    "submit at a window": (
        states.draft, lambda _, a, by: intake.submit_at_window(application_id=a.id, by=by, at=MONDAY), set()),
    "finish on the spot": (
        lambda city: submitted(city, INSTANT),
        lambda _, a, by: review.finish_on_the_spot(application_id=a.id, checks=all_checked(a), opinion="符合", answers=ALL_MET, by=by, at=MONDAY),
        {"clerk"}),
    "finish somebody's draft on the spot": (
        lambda city: with_papers(a_draft(city, INSTANT), by=city.citizen),
        lambda _, a, by: review.finish_on_the_spot(application_id=a.id, checks=all_checked(a), opinion="符合", answers=ALL_MET, by=by, at=MONDAY),
        set()),
}  # fmt: skip


def test_every_transition_that_somebody_does_is_in_the_table() -> None:
    assert {each.act for each in TRANSITIONS if each.door is not Door.CLOCK} == {
        each for each in ACTS if each.startswith("casework.")
    }


@pytest.mark.parametrize("name", list(ACTS))
def test_who_may(city: City, name: str) -> None:
    situation, act, may = ACTS[name]
    application = situation(city)
    actors = {role: getattr(city, "citizen" if role == "owner" else role, Actor(client="web")) for role in ROLES}
    found = {role for role, by in actors.items() if _is_done(city, application, act, by)}
    assert found == may


def _is_done(city: City, application: Application, act: Act, by: Actor) -> bool:
    """Try an act and undo it; a refusal leaves the application as it was, and the journal has nothing but the refusal more."""
    save = transaction.savepoint()
    row = Application.objects.filter(pk=application.pk).values()
    before, count = row.get(), Application.objects.count()
    entries = _entries(application)
    try:
        act(city, Application.objects.get(pk=application.pk), by)
    except (NotAllowed, NotFound):
        assert row.get() == before
        assert Application.objects.count() == count
        assert set(_entries(application)[len(entries) :]) <= {"journal.refuse"}
        return False
    else:
        return True
    finally:
        transaction.savepoint_rollback(save)


def _entries(application: Application) -> list[str]:
    return [each.act for each in reversed(journal.entries_of(Subject("casework.application", application.id), limit=200))]
