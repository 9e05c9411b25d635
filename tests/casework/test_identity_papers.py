"""Identity papers bear what they may be used for, and pages of one paper stand in the order that was chosen."""

from __future__ import annotations

import io
from dataclasses import replace

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from onedoor.casework import identity_papers, queries
from onedoor.casework.models import Application, Material, MaterialFile
from onedoor.casework.services import drafts, intake, submission, window
from onedoor.catalog import queries as catalog
from onedoor.documents import services as documents
from onedoor.documents.models import File
from onedoor.journal import queries as journal
from onedoor.kernel.errors import Invalid, NotAllowed, NotFound
from onedoor.kernel.subjects import Subject
from onedoor.people import records
from onedoor.people.models import Account
from tests.casework.situations import MONDAY, City, a_draft, with_papers
from tests.people.test_pages import step_in

pytestmark = pytest.mark.django_db
NAMES = ("正面.jpg", "反面.jpg", "第三页.jpg")


def photo(colour: str = "white") -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (600, 400), colour).save(out, "JPEG")
    return out.getvalue()


def identity_key(draft: Application) -> str:
    return next(each.key for each in catalog.case_terms(draft.version_id).materials if each.is_identity)


def add(draft: Application, key: str, name: str, city: City) -> File:
    subject = Subject("casework.application", draft.id)
    file = documents.store_upload(SimpleUploadedFile(name, photo()), by=city.citizen, at=MONDAY, subject=subject)
    drafts.attach_file(application_id=draft.id, key=key, file_id=file.id, by=city.citizen, at=MONDAY)
    return file


def pages(draft: Application, key: str) -> list[str]:
    (material,) = (each for each in queries.materials_of(draft) if each.key == key)
    return [used.file.name for used in material.files.all()]


def test_the_mark_says_for_what_when_and_under_which_number(city: City) -> None:
    draft = with_papers(a_draft(city), by=city.citizen)
    key = identity_key(draft)
    file = add(draft, key, "身份证.jpg", city)
    other = MaterialFile.objects.filter(material__application=draft).exclude(file=file.id)[0].file
    assert identity_papers.marks_of_files([other.id]) == {}
    title = catalog.case_terms(draft.version_id).title
    assert identity_papers.marks_of_files([file.id, other.id]) == {file.id: f"仅供办理“{title}”使用，他用无效\n2026-11-16"}
    application = submission.submit_application(application_id=draft.id, by=city.citizen, at=MONDAY)
    assert application.reference is not None
    told = identity_papers.marks_of_files([file.id])[file.id]
    assert application.reference in told.replace(" ", "")
    checks = [intake.Check(key=key, accepted=True, copies=1, is_original_seen=True)]
    intake.receive_application(application_id=application.id, checks=checks, by=city.clerk, at=MONDAY)
    assert identity_papers.marks_of_files([file.id])[file.id].endswith("此件经与原件核对无误")


def test_the_original_is_opened_for_a_reason_that_the_applicant_can_read(city: City) -> None:
    draft = with_papers(a_draft(city), by=city.citizen)
    file = add(draft, identity_key(draft), "身份证.jpg", city)
    other = MaterialFile.objects.filter(material__application=draft).exclude(file=file.id)[0].file
    application = submission.submit_application(application_id=draft.id, by=city.citizen, at=MONDAY)
    officer = replace(city.clerk, duties=frozenset({"people.unmask"}))

    def look(file_id=file.id, by=officer, reason="号码看不清") -> object:
        return window.open_original(application_id=application.id, file_id=file_id, reason=reason, by=by, at=MONDAY)

    with pytest.raises(NotAllowed):
        look(by=city.clerk)
    with pytest.raises(NotAllowed):
        look(by=replace(city.stranger, duties=officer.duties))
    with pytest.raises(Invalid):
        look(reason="看")
    with pytest.raises(NotFound):
        look(file_id=other.id)
    subject = Subject("casework.application", application.id)
    assert not [each for each in journal.entries_of(subject, limit=50) if each.act == "casework.open_original"]
    assert look() == file.id
    (entry,) = (each for each in journal.entries_of(subject, limit=50) if each.act == "casework.open_original")
    assert entry.facts["file"] == str(file.id)
    assert city.citizen.person is not None
    assert ("casework.open_original", subject) in records.looked_at(city.citizen.person)


def test_an_officer_sees_the_mark_and_the_original_only_with_a_reason(city: City, client: Client) -> None:
    draft = with_papers(a_draft(city), by=city.citizen)
    file = add(draft, identity_key(draft), "身份证.jpg", city)
    application = submission.submit_application(application_id=draft.id, by=city.citizen, at=MONDAY)
    assert city.clerk.account is not None
    step_in(client, Account.objects.get(pk=city.clerk.account))
    page = client.get(f"/desk/cases/{application.id}/").content.decode()
    address = page.split("身份证.jpg")[0].rsplit('href="', 1)[1].split('"')[0]
    shown = b"".join(client.get(address).streaming_content)
    with Image.open(io.BytesIO(shown)) as picture:
        assert picture.convert("L").getextrema()[0] < 215
    refused = client.post(f"/desk/cases/{application.id}/original/", {"file": str(file.id), "reason": "号码看不清"})
    assert refused.status_code == 403


def test_pages_are_moved_and_bound_without_a_script(city: City, client: Client) -> None:
    draft = a_draft(city)
    key = identity_key(draft)
    files = [add(draft, key, name, city) for name in NAMES]
    step_in(client, Account.objects.get(pk=city.citizen.account))
    page = client.get(f"/apply/d/{draft.id}/papers/").content.decode()
    assert page.count('name="to" value="up"') == page.count('name="to" value="down"') == 2
    assert "/files/bound/" in page

    def move(place: int, to: str) -> list[str]:
        answer = client.post(f"/apply/d/{draft.id}/papers/{key}/{files[place].id}/move/", {"to": to})
        assert answer.status_code == 302
        return pages(draft, key)

    assert move(0, "up") == list(NAMES)
    assert move(0, "down") == ["反面.jpg", "正面.jpg", "第三页.jpg"]
    assert move(2, "up") == ["反面.jpg", "第三页.jpg", "正面.jpg"]
    drafts.detach_file(application_id=draft.id, key=key, file_id=files[1].id, by=city.citizen, at=MONDAY)
    add(draft, key, "补充.jpg", city)
    assert pages(draft, key) == ["第三页.jpg", "正面.jpg", "补充.jpg"]
    assert client.post(f"/apply/d/{draft.id}/papers/{key}/{files[1].id}/move/", {"to": "up"}).status_code == 404


def test_a_paper_takes_so_many_files_and_no_more(city: City, client: Client, monkeypatch) -> None:
    monkeypatch.setattr(drafts, "MOST_FILES", 2)
    draft = a_draft(city)
    key = identity_key(draft)
    for name in NAMES[:2]:
        add(draft, key, name, city)
    step_in(client, Account.objects.get(pk=city.citizen.account))
    upload = SimpleUploadedFile("第三页.jpg", photo())
    answer = client.post(f"/apply/d/{draft.id}/papers/{key}/add/", {f"file-{key}": upload})
    assert answer.status_code == 422
    assert "30" in answer.content.decode()
    assert Material.objects.get(application=draft, key=key).files.count() == 2
