"""What was answered in the guide goes along to the application, at home and at the window; and a last day is a last day."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from onedoor.casework import known
from onedoor.casework.models import Application
from onedoor.casework.services import drafts, intake, submission, window
from onedoor.casework.services.submission import ItemClosed
from onedoor.catalog import queries as catalog
from onedoor.catalog.models import ItemVersion
from onedoor.catalog.services import changes
from onedoor.catalog.services.changes import NewChange
from onedoor.kernel.clock import local_date
from onedoor.kernel.errors import Refused
from onedoor.network.models import Posting, Window
from onedoor.people.models import Account
from onedoor.workdays import queries as limits
from tests.casework.desk import at_desk, text_of
from tests.casework.situations import ALL_MET, COMMITMENT, HOUSE, MONDAY, City, a_draft, all_checked, submitted, with_papers
from tests.people.test_pages import step_in

CANTEEN = "main_form=canteen&by_agent=yes"
DESK = reverse("casework:desk_start")


@pytest.fixture
def at_home(city: City, client: Client) -> Client:
    step_in(client, Account.objects.get(pk=city.citizen.account))
    return client


def begun(client: Client, city: City, query: str, **more: str) -> Application:
    address = f"{reverse('casework:start', args=[COMMITMENT])}?{query}"
    page = client.get(address).content.decode()
    draft = re.search(r'name="draft" value="([^"]+)"', page)[1]
    sent = {
        "draft": draft,
        "applicant": f"people.person:{city.citizen.person}",
        "service_item": str(city.offers[COMMITMENT]),
        **more,
    }
    assert client.post(address, sent).status_code == 302
    return Application.objects.get()


class TestFromHome:
    def test_answers_are_filled_in_shown_as_such_and_can_be_changed(self, city: City, at_home: Client) -> None:
        page = text_of(at_home.get(f"{reverse('casework:start', args=[COMMITMENT])}?{CANTEEN}"))
        assert "在办事指南里答过的" in page
        assert "单位食堂" in page
        application = begun(at_home, city, CANTEEN)
        assert (application.answers["main_form"], application.answers["by_agent"]) == ("canteen", "yes")
        assert application.option_code == "03", "the situation decides"
        question = reverse("casework:ask", args=[application.id, "main_form"])
        assert "这是您在办事指南里回答的" in text_of(at_home.get(question))
        at_home.post(question, {"main_form": "catering", "asked": "main_form"})
        application.refresh_from_db()
        assert (application.answers["main_form"], application.option_code) == ("catering", "")
        assert "这是您在办事指南里回答的" not in text_of(at_home.get(question))

    def test_the_person_is_not_asked_for_an_option_that_the_answers_decide(self, city: City, at_home: Client) -> None:
        page = at_home.get(reverse("casework:start", args=[COMMITMENT])).content.decode()
        assert 'id="option-03"' not in page
        assert 'id="option-01"' in page
        application = begun(at_home, city, CANTEEN, option="01")
        assert application.option_code == "03", "nobody chooses against their own answers"

    @pytest.mark.parametrize("query", ["main_form=palace", "org_name=%E5%BC%A0%E4%B8%89", "_known=x", "by_agent=yes&by_agent=no"])
    def test_forged_answers_fill_in_nothing_else(self, city: City, at_home: Client, query: str) -> None:
        application = begun(at_home, city, query)
        assert application.answers.get("org_name") != "张三"
        assert "main_form" not in application.answers
        assert known.KEPT_GUIDE not in application.answers or set(application.answers[known.KEPT_GUIDE]) == {"by_agent"}

    def test_what_is_submitted_has_the_option_of_its_answers_and_no_marks(self, city: City) -> None:
        draft = with_papers(a_draft(city), by=city.citizen)
        drafts.save_answers(application_id=draft.id, answers={"main_form": "canteen"}, option_code="01", by=city.citizen, at=MONDAY)
        application = submission.submit_application(application_id=draft.id, by=city.citizen, at=MONDAY)
        assert application.option_code == "03"
        assert known.KEPT_GUIDE not in application.answers


class TestAtTheWindow:
    @pytest.fixture
    def clerk(self, city: City) -> Client:
        Posting.objects.filter(id=city.clerk.posting).update(window=Window.objects.get())
        return at_desk(city.clerk)

    def test_the_code_of_a_guide_brings_the_answers(self, city: City, clerk: Client) -> None:
        scanned = f"http://127.0.0.1:8000/items/{COMMITMENT}/?{CANTEEN}"
        page = clerk.get(DESK, {"q": scanned}).content.decode()
        assert "主体业态" in page, "the clerk sees what was answered"
        draft = re.search(r'name="draft" value="([^"]+)"', page)[1]
        item = re.search(r'name="service_item" value="([^"]+)"', page)[1]
        guide = re.search(r'name="guide" value="([^"]+)"', page)[1].replace("&amp;", "&")
        assert clerk.post(DESK, {"draft": draft, "service_item": item, "guide": guide}).status_code == 302
        application = Application.objects.get()
        assert application.answers["main_form"] == "canteen"
        assert application.option_code == "03"
        intake_page = clerk.get(reverse("casework:desk_intake", args=[application.id])).content.decode()
        assert 'data-field="option:03"><b>单位食堂' in intake_page
        assert 'name="option" value="03"' not in intake_page
        asked = clerk.post(reverse("casework:desk_asked", args=[application.id]), {"main_form": "sale"}).json()["asked"]
        assert "option:none" in asked

    @pytest.mark.parametrize("scanned", ["http://x/items/130300-XX-99-9999/?a=b", "/items/'/", "http://[/items/a/"])
    def test_a_code_of_no_guide_begins_nothing(self, city: City, clerk: Client, scanned: str) -> None:
        assert clerk.get(DESK, {"q": scanned}).status_code == 200


def test_the_promise_is_that_of_the_option(city: City) -> None:
    content = ItemVersion.objects.get(item__code=COMMITMENT).content
    draft = with_papers(a_draft(city), by=city.citizen)
    assert content["options"][2]["code"] == "03"
    terms = catalog.case_terms(draft.version_id)
    object.__setattr__(terms.content.options[2], "promise_length", 2)
    try:
        drafts.save_answers(application_id=draft.id, answers={"main_form": "canteen"}, by=city.citizen, at=MONDAY)
        application = submission.submit_application(application_id=draft.id, by=city.citizen, at=MONDAY)
        intake.receive_and_accept(
            application_id=application.id, checks=all_checked(application), answers=ALL_MET, by=city.clerk, at=MONDAY
        )
        promise = next(each for each in limits.limits_of([application.id])[application.id] if each.kind == "promise")
        assert promise.length == 2
        assert terms.promised("03") == "2 个工作日"
        assert terms.promised("01") == terms.promise
    finally:
        object.__setattr__(terms.content.options[2], "promise_length", None)


class TestLastDay:
    """The job that closes items is late in all of these: the version is still published."""

    LAST = local_date(MONDAY)
    LATE = MONDAY + timedelta(days=1)

    @pytest.fixture
    def ending(self, city: City) -> City:
        changes.decide_change(NewChange("cancelled", (COMMITMENT,), "示例", self.LAST + timedelta(days=1)), by=HOUSE, at=MONDAY)
        return city

    def test_on_the_last_day_it_is_taken(self, ending: City) -> None:
        assert submitted(ending).status == "submitted"

    def test_from_home_a_late_one_is_refused_and_nothing_typed_is_lost(self, ending: City, at_home: Client, monkeypatch) -> None:
        draft = with_papers(a_draft(ending), by=ending.citizen)
        with pytest.raises(ItemClosed) as refused:
            submission.submit_application(application_id=draft.id, by=ending.citizen, at=self.LATE)
        assert "受理到 11 月 16 日（周一）为止" in str(refused.value)
        draft.refresh_from_db()
        assert (draft.status, draft.reference) == ("draft", None)
        assert draft.answers["main_form"]
        monkeypatch.setattr("django.utils.timezone.now", lambda: self.LATE)
        page = at_home.post(reverse("casework:check", args=[draft.id]), {"truth": "on"})
        assert page.status_code == 409
        assert "已经过了最后一天" in text_of(page)
        assert at_home.get(reverse("casework:check", args=[draft.id])).status_code == 200, "what was typed can still be read"

    def test_at_the_window_too(self, ending: City) -> None:
        draft = drafts.open_draft(
            service_item_id=ending.offers[COMMITMENT], applicant=None, channel="window", by=ending.clerk, at=MONDAY
        )
        for act in (
            lambda: window.accept_at_window(application_id=draft.id, checks=[], by=ending.clerk, at=self.LATE),
            lambda: window.tell_at_window(
                application_id=draft.id,
                checks=[],
                points=[intake.Point("m1", "申请书", "缺", "补一份")],
                by=ending.clerk,
                at=self.LATE,
            ),
        ):
            with pytest.raises(ItemClosed):
                act()

    def test_nothing_new_is_begun_after_it(self, ending: City) -> None:
        with pytest.raises(Refused):
            a_draft(ending, at=self.LATE)
