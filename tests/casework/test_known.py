"""What the city knows is filled in and not asked for: from the record, from earlier applications, from its own certificates."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from onedoor.casework import known, queries
from onedoor.casework.models import Application, Material, MaterialState
from onedoor.casework.norm import ALL_MET
from onedoor.casework.services import drafts, following, intake, review, submission, window
from onedoor.catalog import prefill
from onedoor.catalog import queries as catalog
from onedoor.catalog.conditions import Equals
from onedoor.catalog.content import Choice, Form, FormField, Section
from onedoor.catalog.content import Material as Paper
from onedoor.catalog.services import NewVersion, publish_version
from onedoor.documents import queries as documents
from onedoor.documents.models import Paper as IssuedPaper
from onedoor.kernel.errors import Invalid, NotAllowed
from onedoor.people.models import Account
from onedoor.people.services import NewPerson
from tests.casework.desk import at_desk, text_of, url
from tests.casework.situations import COMMITMENT, HOUSE, INSTANT, MONDAY, City, a_draft, before_decision, with_papers
from tests.people.factories import a_card, a_phone
from tests.people.test_pages import step_in

LICENCE = "食品经营许可证"
LATER = MONDAY + timedelta(days=3)


def a_field(key: str, label: str, kind: str = "text", source: str = "", **more: Any) -> FormField:
    return FormField(key, label, kind, prefill=source, **more)


FIELDS = (
    a_field("who", "申请人", source="person.name"),
    a_field("card", "证件号码", "idcard", "person.identity"),
    a_field("mobile", "手机", "phone", "person.phone"),
    a_field("firm", "单位", source="organisation.name", required=False),
    a_field("home", "地址", "address", "earlier.address", required=False),
    a_field("licence", "许可证编号", source=f"certificate.number:{LICENCE}", required=False),
    a_field("issued", "发证日期", "date", f"certificate.issued_on:{LICENCE}", required=False),
)
PAPERS = (
    Paper("m1", f"《{LICENCE}》复印件", medium="copy", ecert_code="11100000000013148D029"),
    Paper("m2", "房屋租赁合同", medium="copy"),
)


def publish(code: str, **content: Any) -> None:
    """Publish the next version of an item with other content."""
    terms = catalog.published_guide(code)
    publish_version(
        NewVersion(code, terms.case_kind, terms.legal_length, terms.legal_unit, terms.promise_length, terms.promise_unit,
                   terms.levels, True, True, replace(terms.content, **content)),
        by=HOUSE, at=MONDAY,
    )  # fmt: skip


@pytest.fixture
def offer(city: City) -> City:
    """Return the city, in which the instant item asks what the city may know."""
    form = Form((Section("s1", "申请人", tuple(each.key for each in FIELDS)),), FIELDS)
    publish(INSTANT, form=form, materials=PAPERS)
    return city


def opened(city: City, by: Any = None) -> Application:
    by = by or city.citizen
    return drafts.open_draft(
        service_item_id=city.offers[INSTANT], applicant=drafts.Applicant(name=by.label, person_id=by.person),
        channel="online", by=by, at=LATER,
    )  # fmt: skip


@pytest.fixture
def licensed(offer: City) -> str:
    """Return the number of the licence that the citizen was granted."""
    application = before_decision(offer)
    review.decide_application(application_id=application.id, granted=True, reason="", answers=ALL_MET, by=offer.approver, at=MONDAY)
    review.close_application(application_id=application.id, by=offer.clerk, at=MONDAY)
    ((_subject, paper),) = documents.valid_certificates([application.id], today=LATER.date())
    assert paper.title == LICENCE
    return paper.number


def papers_of(draft: Application) -> dict[str, Material]:
    return {each.key: each for each in queries.materials_of(draft)}


def browser_of(actor: Any) -> Client:
    client = Client()
    step_in(client, Account.objects.get(pk=actor.account))
    return client


def test_every_source_of_the_catalogue_can_be_fetched():
    assert set(prefill.SOURCES) == {*known._OF_RECORD, *known._OF_CERTIFICATE, "earlier.address"}


def test_a_draft_opens_with_what_the_record_knows(offer):
    draft = opened(offer)
    assert {key: draft.answers.get(key) for key in ("who", "card", "mobile", "firm", "licence")} == {
        "who": "张海燕", "card": a_card(1), "mobile": a_phone(1), "firm": None, "licence": None
    }  # fmt: skip
    assert known.source_told(draft.answers, "mobile")
    assert known.locked(draft.answers) == {"who", "card"}
    assert papers_of(draft)["m1"].state == MaterialState.MISSING


def test_a_certificate_that_the_city_issued_is_fetched_and_not_asked_for(offer, licensed):
    draft = opened(offer)
    fetched = papers_of(draft)
    assert (fetched["m1"].state, fetched["m1"].trust_level) == (MaterialState.PROVIDED, "A")
    assert fetched["m1"].certificate.number == licensed
    assert fetched["m2"].state == MaterialState.MISSING
    assert (draft.answers["licence"], draft.answers["issued"]) == (licensed, "2026-11-16")
    page = text_of(browser_of(offer.citizen).get(f"/apply/d/{draft.id}/papers/"))
    assert f"已为您调取{LICENCE}（{licensed}），不用再交。" in page
    with pytest.raises(Invalid) as refused:
        submission.submit_application(application_id=draft.id, by=offer.citizen, at=LATER)
    assert set(refused.value.errors) == {"material:m2"}


def test_somebody_elses_certificate_is_not_fetched(offer, licensed):
    draft = opened(offer, offer.other_citizen)
    assert papers_of(draft)["m1"].certificate is None
    assert "licence" not in draft.answers


@pytest.mark.parametrize("lost", ["revoked_at", "valid_to"])
def test_a_certificate_that_is_not_valid_any_more_is_not_fetched(offer, licensed, lost):
    value = MONDAY if lost == "revoked_at" else (MONDAY - timedelta(days=1)).date()
    IssuedPaper.objects.filter(number=licensed).update(**{lost: value})
    assert papers_of(opened(offer))["m1"].state == MaterialState.MISSING


def test_a_certificate_revoked_while_the_draft_was_open_is_asked_for_at_submission(offer, licensed):
    draft = opened(offer)
    IssuedPaper.objects.filter(number=licensed).update(revoked_at=LATER)
    with pytest.raises(Invalid) as refused:
        submission.submit_application(application_id=draft.id, by=offer.citizen, at=LATER)
    assert "material:m1" in refused.value.errors


def test_what_was_filled_in_may_be_changed_but_an_official_record_stays(offer):
    draft = opened(offer)
    changed = drafts.save_answers(
        application_id=draft.id, answers={"who": "别人", "mobile": "13900000001"}, by=offer.citizen, at=LATER
    )
    assert (changed.answers["who"], changed.answers["mobile"]) == ("张海燕", "13900000001")
    assert known.source_told(changed.answers, "mobile") == ""


def test_the_question_says_where_its_answer_comes_from(offer):
    draft, browser = opened(offer), browser_of(offer.citizen)
    fixed = browser.get(f"/apply/d/{draft.id}/q/who/")
    assert "已为您填好，来自申请人信息：姓名。" in text_of(fixed)
    assert 'name="who"' not in fixed.content.decode()
    free = browser.get(f"/apply/d/{draft.id}/q/mobile/")
    assert "如有变化，请修改" in text_of(free)
    assert 'name="mobile"' in free.content.decode()
    assert browser.post(f"/apply/d/{draft.id}/q/who/", {"asked": "who"}).status_code == 302
    assert Application.objects.get(pk=draft.id).answers["who"] == "张海燕"


def test_what_was_typed_is_never_written_over(offer):
    draft = drafts.open_draft(
        service_item_id=offer.offers[INSTANT], applicant=drafts.Applicant(name="张海燕", person_id=offer.citizen.person),
        channel="online", answers={"mobile": "13900000002"}, by=offer.citizen, at=LATER,
    )  # fmt: skip
    assert draft.answers["mobile"] == "13900000002"


def named_at_window(city: City, draft: Application, number: int, name: str) -> Application:
    person = NewPerson(name, "111", a_card(number), a_phone(number))
    return window.name_applicant_at_window(application_id=draft.id, applicant=person, answers={}, by=city.clerk, at=LATER)


def test_at_a_window_it_is_fetched_when_the_applicant_is_named_and_goes_when_it_is_somebody_else(offer, licensed):
    draft = drafts.open_draft(service_item_id=offer.offers[INSTANT], applicant=None, channel="window", by=offer.clerk, at=LATER)
    assert "who" not in draft.answers
    named = named_at_window(offer, draft, 1, "张海燕")
    assert (named.answers["who"], named.answers["licence"]) == ("张海燕", licensed)
    assert papers_of(named)["m1"].certificate.number == licensed
    page = text_of(at_desk(offer.clerk).get(url("intake", draft)))
    assert f"{LICENCE} {licensed}" in page
    assert "已调取：本市核发" in page
    other = named_at_window(offer, draft, 2, "李建国")
    assert other.answers["who"] == "李建国"
    assert "licence" not in other.answers
    assert (papers_of(other)["m1"].state, papers_of(other)["m1"].certificate) == (MaterialState.MISSING, None)


def test_the_address_of_an_earlier_application_is_offered(offer):
    draft = with_papers(a_draft(offer), by=offer.citizen)
    answers = {"get_way": "mail", "mail_address": "海港区文化路 1 号"}
    drafts.save_answers(application_id=draft.id, answers=answers, by=offer.citizen, at=MONDAY)
    assert "home" not in opened(offer).answers
    submission.submit_application(application_id=draft.id, by=offer.citizen, at=MONDAY)
    assert opened(offer).answers["home"] == "海港区文化路 1 号"
    assert "home" not in opened(offer, offer.other_citizen).answers


def test_an_item_that_knows_no_source_costs_no_statement_more(offer, count_statements):
    publish(INSTANT, form=Form((Section("s1", "事项", ("q",)),), (a_field("q", "事由"),)), materials=(Paper("m2", "合同"),))
    opened(offer)
    with count_statements() as plain:
        opened(offer)
    assert not [each for each in plain if "documents_paper" in each["sql"]]


@pytest.mark.parametrize(
    ("name", "bare"),
    [
        ("《营业执照》复印件", "营业执照"),
        ("营业执照（副本）", "营业执照"),
        ("营业执照(正本、副本)", "营业执照"),
        ("副本目录", "副本目录"),
    ],
)
def test_the_name_of_a_certificate_is_found_in_the_name_of_a_paper(name, bare):
    assert known.bare(name) == bare


def test_the_commitment_item_still_promises_the_licence(city):
    assert catalog.published_guide(COMMITMENT).result.name == LICENCE


def a_begun_draft(city: City) -> Application:
    """Return an open draft with an answer to a question that was typed and a paper that was added."""
    fields = (a_field("q1", "经营场所"), a_field("q2", "面积", "number"), a_field("q3", "联系人"))
    publish(
        INSTANT, form=Form((Section("s1", "事项", ("q1", "q2", "q3")),), fields), materials=(Paper("m1", "合同", medium="copy"),)
    )
    draft = opened(city)
    answers = {"q1": "文化路 1 号", "q2": "80", "q3": "王敏"}
    drafts.save_answers(application_id=draft.id, answers=answers, by=city.citizen, at=LATER)
    return with_papers(draft, by=city.citizen, at=LATER)


def publish_another(code: str = INSTANT) -> None:
    """Publish a version that calls one question otherwise, has one no more, and asks a new one."""
    fields = (a_field("q1", "经营场所地址"), a_field("q3", "联系人"), a_field("q4", "开业日期", "date"))
    papers = (Paper("m1", "租赁合同", medium="copy"), Paper("m2", "平面图", medium="copy"))
    publish(code, form=Form((Section("s1", "事项", ("q1", "q3", "q4")),), fields), materials=papers)


def test_a_field_renamed_while_drafts_are_open_keeps_its_answer_and_a_removed_one_is_told(city):
    draft = a_begun_draft(city)
    publish_another()
    page = text_of(browser_of(city.citizen).get(f"/apply/d/{draft.id}/"))
    assert "您的答案已删除：面积" in page
    assert "以下是新增的问题：开业日期" in page
    led = Application.objects.get(pk=draft.id)
    assert (led.answers, led.version_id) == ({"q1": "文化路 1 号", "q3": "王敏"}, catalog.published_guide(INSTANT).version_id)
    papers = papers_of(led)
    assert (papers["m1"].name, papers["m1"].state, papers["m2"].state) == (
        "租赁合同",
        MaterialState.PROVIDED,
        MaterialState.MISSING,
    )
    assert "已删除" not in text_of(browser_of(city.citizen).get(f"/apply/d/{draft.id}/"))


def test_a_draft_submitted_while_the_guide_changed_is_led_to_the_new_one_and_not_lost(city):
    draft = a_begun_draft(city)
    publish_another()
    answer = browser_of(city.citizen).post(f"/apply/d/{draft.id}/check/", {"truth": "on"}, follow=True)
    assert answer.redirect_chain[-1][0] == f"/apply/d/{draft.id}/"
    assert "您的答案已删除：面积" in text_of(answer)
    drafts.save_answers(application_id=draft.id, answers={"q4": "2026-12-01"}, by=city.citizen, at=LATER)
    with_papers(draft, by=city.citizen, at=LATER, only=["m2"])
    assert submission.submit_application(application_id=draft.id, by=city.citizen, at=LATER).reference


def test_nobody_else_leads_a_draft(city):
    draft = a_begun_draft(city)
    publish_another()
    with pytest.raises(NotAllowed):
        following.follow_version(application_id=draft.id, by=city.other_citizen, at=LATER)


@pytest.fixture
def conditional(city: City) -> City:
    """Return the city, in which the instant item needs a lease only from those who rent."""
    kinds = (Choice("own", "自有"), Choice("rent", "租用"))
    papers = (Paper("m1", "租赁合同", medium="copy", when=Equals("q1", "rent")), Paper("m2", "图纸", medium="copy"))
    publish(
        INSTANT, form=Form((Section("s1", "场所", ("q1",)),), (a_field("q1", "场所", "choice", choices=kinds),)), materials=papers
    )
    return city


def faults_at_submission(city: City, draft: Application) -> set[str]:
    with pytest.raises(Invalid) as refused:
        submission.submit_application(application_id=draft.id, by=city.citizen, at=LATER)
    return set(refused.value.errors)


def test_a_paper_is_asked_for_only_when_its_condition_holds(conditional):
    draft, browser = opened(conditional), browser_of(conditional.citizen)
    for answer, wanted in (("own", {"m2"}), ("rent", {"m1", "m2"})):
        drafts.save_answers(application_id=draft.id, answers={"q1": answer}, by=conditional.citizen, at=LATER)
        assert faults_at_submission(conditional, draft) == {f"material:{key}" for key in wanted}
        page = browser.get(f"/apply/d/{draft.id}/papers/").content.decode()
        assert {key for key in ("m1", "m2") if f'id="paper-{key}"' in page} == wanted


def test_a_clerk_sees_and_demands_a_paper_only_when_its_condition_holds(conditional):
    draft = drafts.open_draft(
        service_item_id=conditional.offers[INSTANT], applicant=None, channel="window", by=conditional.clerk, at=LATER
    )
    desk = at_desk(conditional.clerk)
    for answer, is_asked in (("own", False), ("rent", True)):
        told = desk.post(f"/desk/intake/{draft.id}/asked/", {"asked": "q1", "q1": answer}).json()["asked"]
        assert ("material:m1" in told) is is_asked
        drafts.save_answers(application_id=draft.id, answers={"q1": answer}, by=conditional.clerk, at=LATER)
        page = desk.get(url("intake", draft)).content.decode()
        assert ('data-field="material:m1" hidden' in page) is not is_asked
        application = Application.objects.get(pk=draft.id)
        assert ("m1" in {row.key for row in intake.missing_materials(application)}) is is_asked
