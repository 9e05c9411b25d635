"""Blank forms and samples: attached to a paper by its department, had by everybody once the version is in force."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from onedoor.catalog import queries
from onedoor.catalog.content import Content
from onedoor.catalog.models import ItemVersion
from onedoor.catalog.services import editing, guide_files
from onedoor.documents.models import File
from onedoor.documents.services import WrongFile
from onedoor.journal.models import Entry
from onedoor.kernel.errors import NotAllowed, NotFound
from tests.casework.situations import COMMITMENT, MONDAY, PDF, City
from tests.catalog.officers import an_officer, desk_of

PAGE = f"/desk/catalog/{COMMITMENT}/draft/files/m1/"


@pytest.fixture
def city(furnished: City, db: None) -> City:
    return furnished


@pytest.fixture
def officer(city: City):
    return an_officer("20001")


@pytest.fixture
def desk(officer) -> Client:
    editing.begin_draft(COMMITMENT, by=officer, at=MONDAY)
    return desk_of(officer)


def read(answer: Any) -> bytes:
    assert answer.status_code == 200
    return b"".join(answer.streaming_content)


def draft() -> ItemVersion:
    return ItemVersion.objects.get(item__code=COMMITMENT, status="draft")


def paper(key: str = "m1"):
    return Content.from_json(draft().content).material(key)


def send(desk: Client, name: str = "空白表.pdf", body: bytes = PDF, kind: str = "blank", **more: Any):
    mark = re.findall(r'name="mark" value="([0-9a-f]+)"', desk.get(PAGE).content.decode())[0]
    return desk.post(PAGE, {"mark": mark, "kind": kind, "file": SimpleUploadedFile(name, body), **more})


def test_from_the_desk_to_everybodys_telephone(desk, officer):
    assert PAGE in desk.get(f"/desk/catalog/{COMMITMENT}/draft/materials/").content.decode()
    assert send(desk).status_code == 302
    assert send(desk, "示例.pdf", kind="sample").status_code == 302
    shown = desk.get(PAGE).content.decode()
    assert "空白表.pdf" in shown
    address = re.search(r'href="(/files/[^"]+)"', shown)[1]
    assert read(desk.get(address)) == PDF, "whoever writes the draft can look at it"
    blank = File.objects.get(name="空白表.pdf")
    anybody = Client()
    url = f"/items/{COMMITMENT}/files/{blank.id}/"
    assert anybody.get(url).status_code == 404, "a draft is nobody's yet"
    _publish(officer)
    page = anybody.get(f"/items/{COMMITMENT}/").content.decode()
    assert f'href="{url}"' in page
    assert "填写示例" in page
    answer = anybody.get(url)
    assert read(answer) == PDF
    assert answer["Content-Disposition"].startswith("attachment")
    assert "sandbox" in answer["Content-Security-Policy"]


def _publish(officer) -> None:
    version = draft()
    ItemVersion.objects.filter(id=version.id).update(status="in_review", submitted_by=officer.account)
    other = an_officer("20002")
    editing.approve(version.id, reason="示例", by=other, at=timezone.now())


def test_a_file_is_judged_by_what_it_holds(desk):
    wrong = send(desk, "空白表.pdf", b"MZ\x90\x00 not a pdf")
    assert wrong.status_code == 422
    assert "govuk-error-message" in wrong.content.decode()
    assert paper().blank_form == ""


def test_a_file_that_runs_commands_is_refused(desk, officer):
    active = PDF.replace(b"/Type/Catalog", b"/Type/Catalog/OpenAction<</S/JavaScript/JS(app.alert\\(1\\))>>")
    with pytest.raises(WrongFile):
        guide_files.attach_guide_file(
            draft().id, material="m1", kind="blank", upload=SimpleUploadedFile("a.pdf", active), mark=_mark(), by=officer, at=MONDAY
        )
    assert not File.objects.filter(name="a.pdf").exists(), "nothing of it is kept"


def _mark() -> str:
    from onedoor.catalog import parts

    return parts.seen(draft(), parts.PART_BY_KEY["materials"])


def test_taking_away_leaves_the_version_in_force_alone(desk, officer):
    send(desk)
    _publish(officer)
    editing.begin_draft(COMMITMENT, by=officer, at=MONDAY)
    assert send(desk, act="remove").status_code == 302
    assert paper().blank_form == ""
    assert queries.published_guide(COMMITMENT).files, "what is in force keeps its own"
    assert Entry.objects.filter(act="catalog.save_part").count() == 2


def test_of_two_who_attach_the_second_learns_of_the_first(desk):
    page = desk.get(PAGE).content.decode()
    mark = re.findall(r'name="mark" value="([0-9a-f]+)"', page)[0]
    send(desk)
    late = desk.post(PAGE, {"mark": mark, "kind": "blank", "file": SimpleUploadedFile("zwei.pdf", PDF)})
    assert late.status_code == 422
    assert "govuk-error-message" in late.content.decode()
    assert not File.objects.filter(name="zwei.pdf").exists()


def test_unknown_papers_kinds_and_people_get_nowhere(desk, officer, city):
    assert desk.get(PAGE.replace("m1", "m99")).status_code == 404
    assert desk.post(PAGE, {"kind": "malware", "file": SimpleUploadedFile("a.pdf", PDF), "mark": "x"}).status_code == 404
    with pytest.raises(NotFound):
        guide_files.remove_guide_file(draft().id, material="m99", kind="blank", mark="", by=officer, at=MONDAY)
    with pytest.raises(NotAllowed):
        guide_files.remove_guide_file(draft().id, material="m1", kind="blank", mark="", by=city.clerk, at=MONDAY)
    assert desk.post(PAGE, {"kind": "blank", "mark": "x"}).status_code == 422


def test_the_fields_of_the_part_do_not_lose_the_file(desk):
    from tests.catalog.form_reader import sent_by

    send(desk)
    address = f"/desk/catalog/{COMMITMENT}/draft/materials/"
    sent = sent_by(desk.get(address).content)
    named = paper().blank_form
    assert desk.post(address, {**sent, "do": "save"}).status_code == 302
    assert paper().blank_form == named
