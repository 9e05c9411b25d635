"""Intake at a window through HTTP: from the item to the certificate, the acceptance or the one-time notice."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from onedoor.casework import counter
from onedoor.casework.models import Application, MaterialFile
from onedoor.catalog import queries as catalog
from onedoor.documents import queries as documents
from onedoor.journal import queries as journal
from onedoor.kernel.subjects import Subject
from onedoor.network.models import Posting, Window
from onedoor.people.models import Organisation
from onedoor.sample.answers import sample_answers
from tests.casework.desk import at_desk, text_of, ticks, url
from tests.casework.situations import COMMITMENT, INSTANT, MONDAY, PDF, City
from tests.people.factories import a_card, a_credit_code

START = "/desk/intake/"
ORGANISATION = {
    "applicant-kind": "organisation", "applicant-org_name": "秦皇岛海燕食品有限公司", "applicant-credit_code": a_credit_code(1),
    "applicant-legal": "张海燕",
}  # fmt: skip


@pytest.fixture(autouse=True)
def monday() -> Iterator[None]:
    with time_machine.travel(MONDAY, tick=True):
        yield


@pytest.fixture
def clerk(city: City) -> Client:
    Posting.objects.filter(id=city.clerk.posting).update(window=Window.objects.get())
    return at_desk(city.clerk)


def begun(clerk: Client, words: str = "企业投资项目备案") -> Application:
    """Find an item by words and begin its intake, as the form on the page does."""
    page = clerk.get(START, {"q": words}).content.decode()
    draft = re.search(r'name="draft" value="([^"]+)"', page)[1]
    item = re.search(r'name="service_item" value="([^"]+)"', page)[1]
    answer = clerk.post(START, {"draft": draft, "service_item": item})
    assert answer.status_code == 302
    clerk.post(START, {"draft": draft, "service_item": item})
    return Application.objects.get()


def filled(application: Application, **changed: object) -> dict[str, Any]:
    """Return what the intake page sends when everything is filled in."""
    form = catalog.version_form(application.version_id)
    answers = sample_answers(form, today=date(2026, 11, 16), region="130302000000", file_for=lambda field: "")
    posted: dict[str, Any] = {"asked": []}
    for key, value in answers.items():
        field = form.field(key)
        if key in counter.known_keys(form) or field.type == "file":
            continue
        posted["asked"].append(key)
        if field.type == "repeat":
            for number, row in enumerate(value, start=1):
                posted |= {f"{key}.{number}.{column}": cell for column, cell in row.items()}
        else:
            posted[key] = value
    return posted | ORGANISATION | ticks(application) | changed


def entries(application: Application) -> list[str]:
    found = reversed(journal.entries_of(Subject("casework.application", application.id)))
    return [entry.act for entry in found if not entry.act.startswith("documents.")]


def test_an_instant_item_is_finished_while_the_applicant_waits(city: City, clerk: Client, run_jobs) -> None:
    application = begun(clerk)
    assert Application.objects.count() == 1, "a double click begins one intake"
    assert application.site_id == city.clerk.site
    assert application.window_id == Window.objects.get().id
    page = clerk.get(url("intake", application))
    assert page.status_code == 200
    sent = filled(application)
    done = clerk.post(url("finish", application), sent)
    assert done.status_code == 302, text_of(done)
    application.refresh_from_db()
    assert (application.status, application.outcome, application.applicant_name) == ("closed", "granted", "秦皇岛海燕食品有限公司")
    kinds = [paper.kind for paper in documents.papers_of(application.id)]
    assert kinds == ["submission_receipt", "receipt", "acceptance", "grant", "certificate"]
    shown = clerk.get(done["Location"])
    assert application.query_code in text_of(shown)
    run_jobs()
    assert all(paper.is_sealed for paper in documents.papers_of(application.id))
    again = clerk.post(url("finish", application), sent)
    assert again["Location"] == done["Location"], "a second click leads to the same result"
    assert entries(application).count("casework.decide") == 1
    handed = clerk.post(url("deliver", application), {"way": "window", "recipient": "张海燕"})
    assert handed.status_code == 302
    application.refresh_from_db()
    assert application.status == "delivered"


def test_an_item_with_a_review_is_accepted(city: City, clerk: Client) -> None:
    application = begun(clerk, "食品经营许可")
    done = clerk.post(url("intake_accept", application), filled(application))
    assert done.status_code == 302, text_of(done)
    application.refresh_from_db()
    assert (application.status, application.stage) == ("accepted", "review")
    assert entries(application) == [
        "casework.open_draft", "casework.submit", "casework.receive", "casework.check", "casework.accept",
    ]  # fmt: skip
    assert "承诺" in text_of(clerk.get(done["Location"]))


def test_two_wrong_numbers_looked_the_same_in_the_summary(city: City, clerk: Client) -> None:
    application = begun(clerk)
    numbers = [
        each for each in catalog.version_form(application.version_id) if each.type in ("number", "money") and not each.condition
    ]
    assert len(numbers) > 1
    said = text_of(clerk.post(url("finish", application), filled(application) | {each.key: "许多" for each in numbers}))
    assert all(f"{each.text}：" in said for each in numbers)


def test_everything_missing_is_shown_at_its_place_and_nothing_typed_is_lost(city: City, clerk: Client) -> None:
    application = begun(clerk)
    sent = filled(application) | {"project_name": "", "contact_phone": "12", "applicant-credit_code": "123"}
    answer = clerk.post(url("finish", application), sent)
    assert answer.status_code == 422
    body = answer.content.decode()
    assert 'value="12"' in body
    assert 'value="123"' in body
    assert "id_applicant-credit_code-error" in body
    answer = clerk.post(url("finish", application), sent | ORGANISATION)
    assert answer.status_code == 422
    assert 'href="#id_project_name"' in answer.content.decode()
    assert 'href="#id_contact_phone"' in answer.content.decode()
    application.refresh_from_db()
    assert application.status == "draft"
    assert clerk.post(url("finish", application), filled(application)).status_code == 302


def test_what_is_missing_is_told_at_once_in_one_transaction(city: City, clerk: Client) -> None:
    application = begun(clerk, "食品经营许可")
    key = next(name.removeprefix("check-") for name in ticks(application) if name.startswith("check-") and "file:" not in name)
    sent = filled(application) | {"area": ""}
    sent = {name: value for name, value in sent.items() if name != f"check-{key}"}
    page = clerk.post(url("intake_notice", application), sent)
    assert page.status_code == 200
    body = page.content.decode()
    assert re.search(rf'value="{key}" checked', body)
    assert re.search(r'value="field:area" checked', body)
    assert not re.search(r'value="field:staff" checked', body)
    points = re.findall(r'name="point" value="([^"]+)" checked', body)
    kept = dict(re.findall(r'<input type="hidden" name="((?:check|copies|original|remark)-[^"]+)" value="([^"]*)"', body))
    told = clerk.post(url("intake_notice", application), {"listed": "1", "send": "1", "point": points, **kept})
    assert told.status_code == 302, text_of(told)
    application.refresh_from_db()
    assert application.status == "correcting"
    assert entries(application) == [
        "casework.open_draft", "casework.submit", "casework.receive", "casework.ask_for_correction",
    ]  # fmt: skip
    assert [paper.kind for paper in documents.papers_of(application.id)][-1] == "one_time_notice"
    again = clerk.post(url("intake_notice", application), {"listed": "1", "send": "1", "point": points, **kept})
    assert again["Location"] == told["Location"]


def test_typing_is_kept_by_itself(city: City, clerk: Client) -> None:
    application = begun(clerk)
    kept = clerk.post(
        url("intake", application), {"autosave": "1", "asked": ["project_name"], "project_name": "半句", **ORGANISATION}
    )
    assert kept.status_code == 204
    body = clerk.get(url("intake", application)).content.decode()
    assert "半句" in body
    assert "秦皇岛海燕食品有限公司" in body
    assert Organisation.objects.count() == 0, "nobody is entered while a clerk still types"
    assert "企业投资项目备案" in text_of(clerk.get(START)), "it can be taken up again"


def test_questions_appear_when_an_answer_asks_for_them(city: City, clerk: Client) -> None:
    application = begun(clerk)
    ask = url("asked", application)
    assert "foreign_share" not in clerk.post(ask, {"asked": ["foreign"], "foreign": "no"}).json()["asked"]
    assert "foreign_share" in clerk.post(ask, {"asked": ["foreign"], "foreign": "yes"}).json()["asked"]
    clerk.post(url("intake", application), {"save": "1", "asked": ["foreign"], "foreign": "yes"})
    body = clerk.get(url("intake", application)).content.decode()
    assert not re.search(r'data-field="foreign_share"[^>]*hidden', body), "without a script the button Save shows it"
    assert re.search(r'data-field="mail_address"[^>]*hidden', body)


def test_scans_go_to_their_papers_and_a_wrong_file_is_named(city: City, clerk: Client) -> None:
    application = begun(clerk, "食品经营许可")
    key = next(name.removeprefix("check-") for name in ticks(application) if name.startswith("check-") and "file:" not in name)
    good = SimpleUploadedFile("布局图.pdf", PDF, content_type="application/pdf")
    assert clerk.post(url("intake", application), {"save": "1", f"file-{key}": good}).status_code == 302
    assert MaterialFile.objects.get().material.key == key
    bad = SimpleUploadedFile("坏.pdf", b"MZ\x90\x00 no paper", content_type="application/pdf")
    answer = clerk.post(url("intake", application), {"save": "1", f"file-{key}": bad})
    assert answer.status_code == 422
    assert "坏.pdf" in text_of(answer)
    assert MaterialFile.objects.count() == 1


def test_another_clerk_and_a_stranger_get_nothing(city: City, clerk: Client) -> None:
    application = begun(clerk)
    for name in ("finish", "intake_accept", "intake_notice", "asked", "intake"):
        for other in (city.approver, city.stranger):
            answer = at_desk(other).post(url(name, application), filled(application))
            assert answer.status_code == 404, name
    application.refresh_from_db()
    assert application.status == "draft"
    assert application.applicant_name == ""


def test_a_post_that_receives_nothing_can_begin_nothing(city: City) -> None:
    stranger = at_desk(city.stranger)
    assert "service_item" not in stranger.get(START, {"q": "备案"}).content.decode()
    answer = stranger.post(START, {"draft": "01a0be90-7eb9-7a46-8f61-02da05c10000", "service_item": str(city.offers[INSTANT])})
    assert answer.status_code == 403
    assert Application.objects.count() == 0
    assert stranger.post(START, {"draft": "x", "service_item": "y"}).status_code == 302


def test_a_known_number_under_another_name_is_told_and_not_changed(city: City, clerk: Client) -> None:
    application = begun(clerk)
    clerk.post(url("finish", application), filled(application))
    other = begun_again(clerk, city)
    answer = clerk.post(url("finish", other), filled(other) | {"applicant-org_name": "秦皇岛海鸥食品有限公司"})
    assert answer.status_code == 422
    assert "id_applicant-org_name-error" in answer.content.decode()


def begun_again(clerk: Client, city: City) -> Application:
    draft = "01a0be90-7eb9-7a46-8f61-02da05c10001"
    clerk.post(START, {"draft": draft, "service_item": str(city.offers[INSTANT])})
    return Application.objects.get(pk=draft)


def test_rare_names_and_full_width_digits_stay(city: City, clerk: Client) -> None:
    application = begun(clerk, "食品经营许可")
    wide = str.maketrans("0123456789", "０１２３４５６７８９")
    sent = filled(application) | {"applicant-legal": "𠮷㛃", "applicant-credit_code": a_credit_code(1).translate(wide)}
    done = clerk.post(url("intake_accept", application), sent)
    assert done.status_code == 302, text_of(done)
    assert Organisation.objects.get().legal_representative == "𠮷㛃"
    assert Organisation.objects.get().credit_code == a_credit_code(1)


def test_who_stands_at_the_counter_is_told_by_the_form(city: City) -> None:
    form = catalog.version_form(catalog.published_guide(COMMITMENT).version_id)
    assert counter.kinds_for(form) == ("organisation",)
    person = counter.Counter(kind="person", name="张三", identity=a_card(5))
    assert counter.judge(person, today=date(2026, 11, 16)) == {}
    assert set(counter.judge(counter.Counter(kind="person", identity="1"), today=date(2026, 11, 16))) == {"name", "identity"}
    assert reverse("casework:desk_start") == START


def test_the_handling_option_chosen_at_the_window_is_kept(city: City, clerk: Client) -> None:
    application = begun(clerk)
    option = catalog.case_terms(application.version_id).options[0]
    shown = clerk.get(url("intake", application)).content.decode()
    assert f'name="option" value="{option.code}"' in shown
    clerk.post(url("intake", application), filled(application) | {"option": option.code})
    assert re.search(rf'name="option" value="{option.code}" checked', clerk.get(url("intake", application)).content.decode())
    clerk.post(url("intake", application), filled(application) | {"option": "99"})
    application.refresh_from_db()
    assert application.option_code == "", "an option that the item does not have is none"
    assert clerk.post(url("finish", application), filled(application) | {"option": option.code}).status_code == 302
    application.refresh_from_db()
    assert (application.option_code, application.status) == (option.code, "closed")
    assert option.name in text_of(clerk.get(url("case", application)))


def test_a_wrong_applicant_is_told_together_with_wrong_answers(city: City, clerk: Client) -> None:
    application = begun(clerk)
    sent = filled(application) | {"project_name": "", "applicant-credit_code": "123"}
    body = clerk.post(url("finish", application), sent).content.decode()
    assert "id_applicant-credit_code-error" in body
    assert 'href="#id_project_name"' in body


def test_the_first_field_of_an_intake_has_the_focus(city: City, clerk: Client) -> None:
    body = clerk.get(url("intake", begun(clerk))).content.decode()
    assert re.findall(r'<input[^>]*id="([^"]+)"[^>]* autofocus', body) == ["id_applicant-credit_code"]


def test_f2_begins_nothing_before_something_was_looked_for(city: City, clerk: Client) -> None:
    assert 'data-key="F2"' not in clerk.get(START).content.decode()
    assert 'data-key="F2"' in clerk.get(START, {"q": "备案"}).content.decode()
