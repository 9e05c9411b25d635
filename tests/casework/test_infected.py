"""A virus found after the paper was added: it counts as missing again, and whoever filed it is told what to do."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from onedoor.casework.models import Application, Material, MaterialFile, MaterialState
from onedoor.casework.services import drafts, infected, submission
from onedoor.documents import queries as papers
from onedoor.documents import services as documents
from onedoor.journal import queries as journal
from onedoor.kernel.errors import Invalid, NotFound
from onedoor.kernel.subjects import Subject
from onedoor.notify import queries as notify
from onedoor.people.models import Account
from tests.casework.situations import COMMITMENT, MONDAY, PDF, City, a_draft, submitted, system, with_papers
from tests.people.test_pages import step_in

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def waiting_for_the_check(settings: Any) -> None:
    settings.ONEDOOR_CLAMD = "/nowhere/clamd.sock"


def find_virus(used: MaterialFile) -> None:
    """Do what the worker does when the check says that a file is infected."""
    documents.note_scan(used.file_id, virus="Eicar-Test", by=system(), at=MONDAY)
    infected.turn_away_infected(used.file_id, by=system(), at=MONDAY)


def first_paper(application: Application) -> Material:
    return Material.objects.filter(application=application, files__isnull=False).order_by("key")[0]


def test_an_infected_paper_was_submitted_as_if_it_were_there(city: City) -> None:
    draft = with_papers(a_draft(city), by=city.citizen)
    paper = first_paper(draft)
    used = paper.files.get()
    find_virus(used)
    with pytest.raises(Invalid) as refused:
        submission.submit_application(application_id=draft.id, by=city.citizen, at=MONDAY)
    assert any(paper.key.removeprefix("file:") in field for field in refused.value.errors)
    drafts.detach_file(application_id=draft.id, key=paper.key, file_id=used.file_id, by=city.citizen, at=MONDAY)
    with_papers(draft, by=city.citizen, only=[paper.key])
    assert submission.submit_application(application_id=draft.id, by=city.citizen, at=MONDAY).status == "submitted"


def test_whoever_filed_it_is_told_once_and_the_journal_says_so(city: City) -> None:
    application = submitted(city)
    used = first_paper(application).files.get()
    find_virus(used)
    assert infected.turn_away_infected(used.file_id, by=system(), at=MONDAY) == []
    told = [each for each in notify.inbox(city.citizen.account).rows if "病毒" in each.text]
    assert len(told) == 1
    assert first_paper(application).state == MaterialState.REJECTED
    entries = journal.entries_of(Subject("casework.application", application.id), limit=100)
    assert sum("病毒" in str(each.sentence) for each in entries) == 1


def test_one_infected_page_of_two_is_taken_out_and_the_other_stays(city: City) -> None:
    draft = with_papers(a_draft(city), by=city.citizen)
    paper = first_paper(draft)
    used = paper.files.get()
    with_papers(draft, by=city.citizen, only=[paper.key])
    find_virus(used)
    assert first_paper(draft).state == MaterialState.REJECTED
    drafts.detach_file(application_id=draft.id, key=paper.key, file_id=used.file_id, by=city.citizen, at=MONDAY)
    assert first_paper(draft).state == MaterialState.PROVIDED


def test_a_file_found_infected_before_it_was_added_cannot_be_added(city: City) -> None:
    draft = a_draft(city)
    file = documents.store_upload(SimpleUploadedFile("a.pdf", PDF), by=city.citizen, at=MONDAY, subject=None)
    documents.note_scan(file.id, virus="Eicar-Test", by=system(), at=MONDAY)
    with pytest.raises(NotFound):
        drafts.attach_file(application_id=draft.id, key=first_key(draft), file_id=file.id, by=city.citizen, at=MONDAY)
    assert papers.files_of([file.id])[file.id].is_locked


def first_key(draft: Application) -> str:
    return Material.objects.filter(application=draft, state=MaterialState.MISSING).order_by("key")[0].key


def test_the_page_of_papers_says_which_file_has_the_virus(city: City, client: Client) -> None:
    step_in(client, Account.objects.get(pk=city.citizen.account))
    draft = with_papers(a_draft(city, COMMITMENT), by=city.citizen)
    find_virus(first_paper(draft).files.get())
    page = client.get(f"/apply/d/{draft.id}/papers/").content.decode()
    assert "发现病毒" in page
    assert "正在查毒" in page, "the others are still waiting for the check"


def test_a_file_that_stands_for_several_papers_names_all_of_them(city: City) -> None:
    application = submitted(city)
    used = first_paper(application).files.get()
    other = Material.objects.filter(application=application).exclude(pk=used.material_id).order_by("pk").first()
    MaterialFile.objects.create(material=other, file_id=used.file_id, added_at=MONDAY)
    find_virus(used)
    (told,) = [each for each in notify.inbox(city.citizen.account).rows if "病毒" in each.text]
    assert used.material.name in told.text
    assert other.name in told.text
