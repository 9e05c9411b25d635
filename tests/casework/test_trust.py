"""How far a paper can be trusted: by where it came from, and whether a clerk saw the original."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from onedoor.casework import trust
from onedoor.casework.models import Application, Material
from onedoor.casework.services import drafts, intake, submission
from onedoor.catalog import queries as catalog
from onedoor.catalog.content import Material as Norm
from onedoor.documents import services as documents
from onedoor.kernel.subjects import Subject
from onedoor.people.models import Account
from tests.casework.situations import MONDAY, PDF, City, a_draft, with_papers
from tests.people.test_pages import step_in


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"kind": "certificate"}, "C"),
        ({"kind": "other"}, "C"),
        ({"kind": "form"}, "D"),
        ({"kind": "other", "medium": "form"}, "D"),
        ({"kind": "form", "is_identity": True}, "C"),  # a power of attorney with a copy of a card
    ],
)
def test_what_applicants_write_themselves_they_answer_for(given: dict[str, Any], expected: str) -> None:
    assert trust.level_of_upload(Norm(key="m1", name="材料", **given)) == expected


def test_a_file_of_a_question_is_an_upload() -> None:
    assert trust.level_of_upload(None) == "C"


def add(application: Application, key: str, city: City) -> None:
    subject = Subject("casework.application", application.id)
    file = documents.store_upload(SimpleUploadedFile("a.pdf", PDF), by=city.citizen, at=MONDAY, subject=subject)
    drafts.attach_file(application_id=application.id, key=key, file_id=file.id, by=city.citizen, at=MONDAY)


def a_copy(application: Application) -> str:
    terms = catalog.case_terms(application.version_id)
    return next(each.key for each in terms.materials if each.is_handed_in and trust.level_of_upload(each) == "C")


def level(application: Application, key: str) -> str:
    return Material.objects.get(application=application, key=key).trust_level


@pytest.mark.django_db
def test_a_clerk_who_saw_the_original_raises_the_level_and_may_take_that_back(city: City) -> None:
    draft = with_papers(a_draft(city), by=city.citizen)
    key = a_copy(draft)
    add(draft, key, city)
    application = submission.submit_application(application_id=draft.id, by=city.citizen, at=MONDAY)
    assert level(application, key) == "C"

    def check(*, seen: bool) -> str:
        checks = [intake.Check(key=key, accepted=True, copies=1, is_original_seen=seen)]
        intake.write_checks({application.id: checks}, by=city.clerk)
        return level(application, key)

    assert check(seen=True) == "B"
    assert check(seen=False) == "C"


@pytest.mark.django_db
def test_a_new_file_has_not_been_compared(city: City) -> None:
    draft = a_draft(city)
    key = a_copy(draft)
    add(draft, key, city)
    intake.write_checks({draft.id: [intake.Check(key=key, accepted=True, copies=1, is_original_seen=True)]}, by=city.clerk)
    assert level(draft, key) == "B"
    add(draft, key, city)
    row = Material.objects.get(application=draft, key=key)
    assert (row.trust_level, row.is_original_seen) == ("C", False)


@pytest.mark.django_db
def test_officer_and_applicant_read_the_level(city: City, client: Client) -> None:
    draft = with_papers(a_draft(city), by=city.citizen)
    add(draft, a_copy(draft), city)
    application = submission.submit_application(application_id=draft.id, by=city.citizen, at=MONDAY)
    step_in(client, Account.objects.get(pk=city.citizen.account))
    assert "申请人上传，尚未核对原件" in client.get(f"/my/applications/{application.id}/").content.decode()
    officer = Client()
    step_in(officer, Account.objects.get(pk=city.clerk.account))
    page = officer.get(f"/desk/cases/{application.id}/").content.decode()
    assert "C：申请人上传，尚未核对原件" in page
    assert "D：申请人自制" in page
