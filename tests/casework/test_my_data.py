"""My page and my data: what waits first, drafts that end, taking everything along, closing the account."""

from __future__ import annotations

import io
import json
import zipfile
from datetime import timedelta

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from onedoor.casework.models import Application
from onedoor.casework.services import dropping, handover, talking
from onedoor.documents import services as documents
from onedoor.documents.models import File
from onedoor.journal import queries as journal
from onedoor.kernel.errors import NotFound
from onedoor.kernel.subjects import Subject
from onedoor.notify.models import Message
from onedoor.people import services as people
from onedoor.people.models import Account, Mandate, Person
from tests.casework.desk import text_of
from tests.casework.situations import HOUSE, MONDAY, PDF, City, a_draft, submitted, system, with_papers
from tests.casework.test_mandates import given, offered
from tests.people.factories import GOOD_PASSWORD, a_credit_code
from tests.people.test_pages import step_in

CLOSE, EXPORT = "/my/data/close/", "/my/data/export/"


@pytest.fixture(autouse=True)
def monday():
    with time_machine.travel(MONDAY, tick=True):
        yield


@pytest.fixture
def at_home(city: City) -> Client:
    client = Client()
    step_in(client, Account.objects.get(pk=city.citizen.account))
    return client


def test_my_page_says_what_waits_and_until_when_a_draft_is_kept(city: City, at_home: Client) -> None:
    draft, asked = a_draft(city), submitted(city)
    submitted(city)
    talking.write_message(application_id=asked.id, text="请问", needs_answer=True, by=city.clerk, at=MONDAY)
    page = text_of(at_home.get("/my/"))
    for earlier, later in (("等您处理", "草稿"), ("草稿", "我的办件"), ("承办单位有事问您", "保留到 12 月 16 日")):
        assert 0 < page.index(earlier) < page.rindex(later), (earlier, later)
    offered(city)
    proxy = Client()
    step_in(proxy, Account.objects.get(pk=city.other_citizen.account))
    assert "张＊燕请您代办" in text_of(proxy.get("/my/"))
    assert draft.reference is None


def test_a_draft_that_nobody_touches_goes_after_thirty_days(city: City) -> None:
    old, fresh, handed_in = with_papers(a_draft(city), by=city.citizen), a_draft(city), submitted(city)
    Application.objects.filter(pk=fresh.pk).update(edited_at=MONDAY + timedelta(days=1))
    at = MONDAY + timedelta(days=30, minutes=1)
    assert dropping.expire_drafts(by=system(), at=at) == 1
    assert dropping.expire_drafts(by=system(), at=at) == 0
    assert set(Application.objects.values_list("pk", flat=True)) == {fresh.pk, handed_in.pk}
    assert all(file.loose_since for file in File.objects.filter(subject_id=old.pk))
    assert journal.entries_of(Subject("casework.application", old.pk))[0].act == "casework.drop_draft"


def test_everything_is_taken_along_as_json(city: City, at_home: Client) -> None:
    application = submitted(city)
    talking.write_message(application_id=application.id, text="请问面积怎么写？", by=city.citizen, at=MONDAY)
    answer = at_home.post(EXPORT, {"form": "json"})
    assert answer["Content-Disposition"] == 'attachment; filename="my-data-2026-11-16.json"'
    told = json.loads(answer.content)
    (mine,) = told["records"]["casework"]
    assert (mine["reference"], mine["messages"][0]["text"]) == (application.reference, "请问面积怎么写？")
    assert mine["answers"] == application.answers
    own = told["records"]["people"][0]
    assert (own["name"], own["phone"][:3]) == ("张海燕", "138"), "one's own data are not masked in one's own hands"
    assert "李建国" not in answer.content.decode()
    assert journal.entries_of(Subject("people.person", city.citizen.person))[0].act == "people.export_data"
    assert at_home.get(EXPORT).status_code == 405


def test_the_zip_has_the_files_and_is_made_while_it_is_sent(city: City, at_home: Client) -> None:
    draft = a_draft(city)
    for _each in range(2):
        documents.store_upload(
            SimpleUploadedFile("平面图.pdf", PDF), by=city.citizen, at=MONDAY, subject=Subject("casework.application", draft.id)
        )
    answer = at_home.post(EXPORT, {"form": "zip"})
    assert answer.streaming
    chunks = list(answer.streaming_content)
    assert len(chunks) > 3, "not all at once"
    archive = zipfile.ZipFile(io.BytesIO(b"".join(chunks)))
    assert archive.testzip() is None
    files = [name for name in archive.namelist() if name != "data.json"]
    assert files == ["casework/001/平面图.pdf", "casework/001/_平面图.pdf"]
    assert [archive.read(name) for name in files] == [PDF, PDF]
    assert json.loads(archive.read("data.json"))["records"]["casework"][0]["files"] == ["平面图.pdf", "平面图.pdf"]


def test_an_open_application_or_organisation_stands_against_closing(city: City, at_home: Client) -> None:
    application = submitted(city)
    shop = people.find_or_create_organisation("海燕商贸有限公司", a_credit_code(7), "张海燕", by=HOUSE, at=MONDAY)
    account = Account.objects.get(pk=city.citizen.account)
    people.add_members([people.NewMember(account, shop, people.REPRESENTATIVE)], by=HOUSE, at=MONDAY)
    page = text_of(at_home.get(CLOSE))
    assert application.reference in page
    assert "海燕商贸有限公司" in page
    assert at_home.post(CLOSE, {"sure": "on", "present": GOOD_PASSWORD}).status_code == 422
    with pytest.raises(people.StillOpen):
        people.close_own_account(by=city.citizen, at=MONDAY)
    assert Account.objects.get(pk=city.citizen.account).is_active


def test_a_closed_account_leaves_what_the_law_keeps_and_nothing_more(city: City, at_home: Client) -> None:
    application, draft = submitted(city), a_draft(city)
    mandate = given(city)
    handover.withdraw_application(application_id=application.id, reason="不办了", by=city.citizen, at=MONDAY)
    assert at_home.post(CLOSE, {"present": GOOD_PASSWORD}).status_code == 422
    assert at_home.post(CLOSE, {"sure": "on", "present": "falsch falsch 1"}).status_code == 422
    assert at_home.post(CLOSE, {"sure": "on", "present": GOOD_PASSWORD})["Location"] == "/"
    assert at_home.get("/my/").status_code == 302, "logged out"
    account = Account.objects.get(pk=city.citizen.account)
    assert (account.is_active, account.display_name, account.phone_hash, account.email) == (False, "", None, "")
    assert not account.has_usable_password()
    assert not Application.objects.filter(pk=draft.pk).exists()
    assert Mandate.objects.get(pk=mandate).ended_how == "given_up"
    person = Person.objects.get(pk=city.citizen.person)
    assert (person.name, person.phone) == ("张海燕", None), "who applied stays with the application"
    assert not Message.objects.filter(account_id=account.id, template__startswith="people.").exists()
    assert journal.personal_facts([each.id for each in journal.entries_of(Subject("people.person", person.id))]) == {}
    assert Application.objects.get(pk=application.pk).reference == application.reference


def test_who_never_applied_is_forgotten(city: City) -> None:
    people.close_own_account(by=city.other_citizen, at=MONDAY)
    person = Person.objects.get(pk=city.other_citizen.person)
    assert (person.name, person.identity, person.phone) == ("＊", "", None)
    with pytest.raises(NotFound):
        people.close_own_account(by=city.other_citizen, at=MONDAY)
