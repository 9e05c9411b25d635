"""Each act of the desk through HTTP: as somebody who may, and as a stranger, for whom nothing changes."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from onedoor.casework.models import Application, Material
from onedoor.casework.norm import ALL_MET
from onedoor.casework.services import intake, review
from onedoor.documents import queries as documents
from onedoor.journal import queries as journal
from onedoor.kernel.ids import new_id
from onedoor.kernel.subjects import Subject
from onedoor.network.models import Post
from onedoor.people import queries as people
from onedoor.people.models import Account
from tests.casework.desk import at_desk, text_of, ticks, url
from tests.casework.situations import (
    INSTANT,
    MONDAY,
    PDF,
    City,
    accepted,
    all_checked,
    before_decision,
    submitted,
)  # fmt: skip
from tests.people.test_pages import step_in

OPINION = "材料齐全，现场核查合格，拟同意。"


@pytest.fixture(autouse=True)
def monday() -> Iterator[None]:
    with time_machine.travel(MONDAY, tick=True):
        yield


def as_on_the_page(name: str, posted: dict[str, str], application: Application) -> dict[str, str]:
    """Return what the page sends: ticks for the papers, the stage that was seen."""
    if name in ("receive", "accept"):
        return ticks(application)
    if name in ("pass", "grant"):
        posted = posted | {"all-met": "1"}
    return posted | {"position": str(application.stage_position)} if name == "pass" else posted


def decided(city: City) -> Application:
    application = before_decision(city)
    return review.decide_application(
        application_id=application.id, granted=True, reason="符合条件", answers=ALL_MET, by=city.approver, at=MONDAY
    )


def closed(city: City) -> Application:
    return review.close_application(application_id=decided(city).id, by=city.clerk, at=MONDAY)


def in_review(city: City) -> Application:
    application = accepted(city)
    return review.take_stage(application_id=application.id, by=city.reviewer, at=MONDAY)


ACTS: dict[str, tuple[Callable[[City], Application], str, dict[str, str], str]] = {
    "receive": (submitted, "clerk", {}, "received"),
    "accept": (submitted, "clerk", {}, "accepted"),
    "not_accept": (submitted, "clerk", {"reason": "不属于本机关职权范围", "competent": "市水务局", "send": "1"}, "closed"),
    "take": (accepted, "reviewer", {}, "in_review"),
    "pass": (in_review, "reviewer", {"opinion": OPINION}, "in_review"),
    "grant": (before_decision, "approver", {"opinion": "符合条件，准予。"}, "decided"),
    "refuse": (before_decision, "approver", {"reason": "经营场所不符合第二十四条", "send": "1"}, "decided"),
    "close": (decided, "clerk", {}, "closed"),
    "deliver": (closed, "clerk", {"way": "window", "recipient": "张海燕"}, "delivered"),
}  # fmt: skip


@pytest.mark.parametrize("name", ACTS)
def test_who_may_act_does_and_comes_back_to_the_case(city: City, name: str) -> None:
    make, who, posted, status = ACTS[name]
    application = make(city)
    client = at_desk(getattr(city, who))
    posted = as_on_the_page(name, posted, application)
    answer = client.post(url(name, application), posted)
    assert answer.status_code == 302, text_of(answer)
    assert answer["Location"] == url("case", application)
    application.refresh_from_db()
    assert application.status == status
    page = client.get(answer["Location"])
    assert page.status_code == 200


@pytest.mark.parametrize("name", ACTS)
def test_a_post_without_the_right_is_refused_and_nothing_changes(city: City, name: str) -> None:
    make, who, posted, _status = ACTS[name]
    application = make(city)
    before = Application.objects.filter(pk=application.pk).values().get()
    wrong = {"clerk": city.reviewer, "reviewer": city.clerk, "approver": city.clerk}[who]
    for actor, expected in ((city.stranger, {404, 403}), (wrong, {403, 404})):
        answer = at_desk(actor).post(url(name, application), posted)
        assert answer.status_code in expected, (name, actor.label, text_of(answer))
        assert Application.objects.filter(pk=application.pk).values().get() == before
    citizen = Client()
    step_in(citizen, Account.objects.get(pk=city.citizen.account))
    assert citizen.post(url(name, application), posted).status_code in (302, 403)
    assert Application.objects.filter(pk=application.pk).values().get() == before


@pytest.mark.parametrize("name", ["refuse", "not_accept"])
def test_a_refusal_by_somebody_without_the_right_was_refused_but_not_recorded(city: City, name: str) -> None:
    make, _who, posted, _status = ACTS[name]
    application = make(city)
    tried = at_desk(city.stranger).post(url(name, application), posted)
    assert tried.status_code == 403, text_of(tried)
    entries = journal.entries_of(Subject("casework.application", application.id))
    assert any(each.act == "journal.refuse" for each in entries)
    assert at_desk(city.stranger).get(url(name, application)).status_code == 404, "looking tells nothing"


@pytest.mark.parametrize("name", [name for name in ACTS if name != "take"])
def test_a_second_click_does_no_harm_and_is_told_kindly(city: City, name: str) -> None:
    make, who, posted, status = ACTS[name]
    application = make(city)
    client = at_desk(getattr(city, who))
    posted = as_on_the_page(name, posted, application)
    client.post(url(name, application), posted)
    entries = len(journal.entries_of(Subject("casework.application", application.id)))
    again = client.post(url(name, application), posted)
    assert again.status_code in (302, 403, 409), text_of(again)
    application.refresh_from_db()
    assert application.status == status
    new = journal.entries_of(Subject("casework.application", application.id))
    assert len(new) - entries <= (1 if again.status_code == 403 else 0), "only a refusal may be recorded"


def test_what_one_may_not_do_is_not_shown(city: City) -> None:
    application = before_decision(city)
    clerk, approver = (
        text_of(at_desk(city.clerk).get(url("case", application))),
        at_desk(city.approver).get(url("case", application)),
    )
    assert url("grant", application) not in clerk
    assert url("grant", application) in approver.content.decode()
    assert url("refuse", application) in approver.content.decode()
    assert at_desk(city.stranger).get(url("case", application)).status_code == 404


def test_refusing_asks_for_the_reason_and_names_remedies(city: City) -> None:
    application = before_decision(city)
    client = at_desk(city.approver)
    page = client.post(url("refuse", application), {"opinion": "场所不符"})
    assert page.status_code == 200
    assert "场所不符" in page.content.decode()
    assert "行政复议" in text_of(page) or "Reconsideration" in text_of(page)
    empty = client.post(url("refuse", application), {"send": "1", "reason": "  "})
    assert empty.status_code == 422
    application.refresh_from_db()
    assert application.status == "in_review"


def test_an_opinion_is_not_lost_when_a_colleague_was_faster(city: City) -> None:
    application = accepted(city)
    review.take_stage(application_id=application.id, by=city.approver, at=MONDAY)
    answer = at_desk(city.reviewer).post(
        url("pass", application), {"opinion": OPINION, "position": str(application.stage_position), "all-met": "1"}
    )
    assert answer.status_code == 409
    said = text_of(answer)
    assert OPINION in said
    assert "岗3" in said, "the slower one sees who has it"


def test_the_notice_comes_with_what_is_missing_marked(city: City) -> None:
    application = submitted(city)
    wanted = next(each for each in all_checked(application) if not each.key.startswith("file:"))
    client = at_desk(city.clerk)
    page = client.post(url("notice", application), {f"check-{wanted.key}": "bad", f"remark-{wanted.key}": "缺第二页"})
    body = page.content.decode()
    assert re.search(rf'name="point" value="{wanted.key}" checked', body)
    assert "缺第二页" in body
    sent = {"listed": "1", "point": [wanted.key], f"problem-{wanted.key}": "缺第二页", f"how-{wanted.key}": "补第二页"}
    shown = client.post(url("notice", application), sent | {"preview": "1"})
    assert "缺第二页" in text_of(shown)
    application.refresh_from_db()
    assert application.status == "submitted", "a preview sends nothing"
    assert client.post(url("notice", application), sent | {"send": "1"}).status_code == 302
    application.refresh_from_db()
    assert application.status == "correcting"
    nothing = client.post(url("notice", submitted(city)), {"listed": "1", "send": "1"})
    assert nothing.status_code == 422
    assert at_desk(city.stranger).post(url("notice", application), sent | {"send": "1"}).status_code == 404


def test_somebody_brings_what_was_missing_to_the_window(city: City) -> None:
    application = submitted(city)
    key = next(each.key for each in all_checked(application) if not each.key.startswith("file:"))
    intake.ask_for_correction(
        application_id=application.id, points=[intake.Point(key, "证明", "缺", "补")], by=city.clerk, at=MONDAY
    )
    client = at_desk(city.clerk)
    assert url("bring", application) in client.get(url("case", application)).content.decode()
    nothing = client.post(url("bring", application), {})
    assert nothing.status_code == 422
    scan = SimpleUploadedFile("证明.pdf", PDF, content_type="application/pdf")
    assert at_desk(city.reviewer).post(url("bring", application), {f"check-{key}": "ok"}).status_code == 403
    done = client.post(url("bring", application), {f"file-{key}": scan, f"check-{key}": "ok", f"copies-{key}": "1"})
    assert done.status_code == 302, text_of(done)
    application.refresh_from_db()
    assert application.status == "received"
    material = Material.objects.get(application=application, key=key)
    assert material.state == "checked"
    assert material.files.count() == 2
    assert client.post(url("accept", application), ticks(application)).status_code == 302


def test_a_hidden_number_is_shown_once_for_a_reason(city: City) -> None:
    application = accepted(city)
    Post.objects.filter(code="reviewer").update(duties=["people.unmask"])
    client = at_desk(city.reviewer)
    number = str(application.answers["org_legal_id"])
    assert number not in client.get(url("case", application)).content.decode()
    hasty = client.post(url("unmask", application), {"key": "org_legal_id", "reason": ""})
    assert hasty.status_code == 422
    assert number not in hasty.content.decode()
    shown = client.post(url("unmask", application), {"key": "org_legal_id", "reason": "核对执照上的法定代表人"})
    assert number in shown.content.decode()
    assert "no-store" in shown["Cache-Control"]
    assert number not in client.get(url("case", application)).content.decode()
    newest = journal.entries_of(Subject("casework.application", application.id))[0]
    assert newest.act == "casework.unmask"
    looks = people.looks_at(city.citizen.person)
    assert [(look.why, bool(look.who)) for look in looks] == [("核对执照上的法定代表人", True)], (
        "the applicant reads who looked and why"
    )
    assert at_desk(city.clerk).post(url("unmask", application), {"key": "org_legal_id", "reason": "看一看"}).status_code == 403
    assert at_desk(city.stranger).post(url("unmask", application), {"key": "org_legal_id", "reason": "看一看"}).status_code == 404


def test_an_unknown_case_is_not_there_for_anybody(city: City) -> None:
    nobody = replace(city.clerk)
    missing = reverse("casework:desk_case", args=[new_id()])
    assert at_desk(nobody).get(missing).status_code == 404


def test_a_case_shows_its_sums_its_journal_and_its_papers(city: City) -> None:
    application = closed(city)
    said = text_of(at_desk(city.clerk).get(url("case", application)))
    assert OPINION[:4] in said
    assert len(documents.papers_of(application.id)) == 5
    assert "怎么算的" in said or "How it is counted" in said


def test_late_work_says_so(city: City) -> None:
    accepted(city, at=MONDAY - timedelta(days=30))
    page = text_of(at_desk(city.reviewer).get(reverse("casework:desk_work")))
    assert "超" in page or "late" in page, page


def test_instant_items_cannot_be_skipped_by_a_stranger(city: City) -> None:
    application = submitted(city, INSTANT)
    assert at_desk(city.stranger).post(url("accept", application), {}).status_code == 404


def test_files_handed_in_one_after_the_other_are_one_line_of_the_journal_with_a_proof_for_each(city: City) -> None:
    application = submitted(city)
    entries = journal.entries_of(Subject("casework.application", application.id))
    stored = [each for each in entries if each.act == "documents.store_upload"]
    assert len(stored) > 1, "otherwise nothing is folded"
    runs = [len(each.entries) for each in journal.folded(entries) if each.first.act == "documents.store_upload"]
    assert sum(runs) == len(stored)
    page = at_desk(city.clerk).get(url("case", application)).content.decode()
    assert f"提交了{max(runs)}个文件" in page
    assert all(f"/journal/entries/{each.id}/" in page for each in stored)
