"""The pages: opening files and papers, verifying papers."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client, RequestFactory

from onedoor.documents import access, keeping, services
from onedoor.documents.models import Paper
from onedoor.documents.views import public
from onedoor.kernel.actor import Actor
from onedoor.kernel.errors import NotFound
from onedoor.kernel.ids import new_id
from onedoor.kernel.subjects import Subject
from tests.documents.conftest import AT

pytestmark = pytest.mark.django_db


def request_of(actor: Actor, path: str = "/"):
    request = RequestFactory().get(path)
    request.actor = actor
    request.session = {}
    return request


def bytes_of(paper: Paper) -> bytes:
    with keeping.open_stored(paper.storage_key) as stream:
        return stream.read()


def test_a_files_address_works_for_its_viewer_alone(citizen: Actor, case: Subject) -> None:
    file = services.store_upload(SimpleUploadedFile("a.pdf", b"%PDF-1.7"), by=citizen, at=AT, subject=case)
    token = access.file_link(request_of(citizen), file.id).split("/")[2]
    answer = public.stored_file(request_of(citizen), token)
    assert b"".join(answer) == b"%PDF-1.7"
    answer.close()
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer["Content-Security-Policy"]
    assert answer["Content-Disposition"].startswith("attachment")
    with pytest.raises(NotFound):
        public.stored_file(request_of(Actor(client="web", account=new_id())), token)
    with pytest.raises(NotFound):
        public.stored_file(request_of(citizen), token[:-1] + ("A" if token[-1] != "A" else "B"))


def test_a_files_address_runs_out(citizen: Actor, case: Subject, monkeypatch) -> None:
    file = services.store_upload(SimpleUploadedFile("a.pdf", b"%PDF-1.7"), by=citizen, at=AT, subject=case)
    token = access.file_link(request_of(citizen), file.id).split("/")[2]
    later = time.time() + 7300
    monkeypatch.setattr("django.core.signing.time.time", lambda: later)
    with pytest.raises(NotFound):
        public.stored_file(request_of(citizen), token)


def test_strangers_get_404_for_papers_and_their_lists(client: Client, sealed: Callable[..., Paper], case: Subject) -> None:
    paper = sealed()
    assert client.get(f"/papers/{paper.id}/").status_code == 404
    assert client.get(f"/papers/of/{case.kind}/{case.id}/").status_code == 404
    assert client.get(f"/papers/{new_id()}/").status_code == 404
    assert client.get("/files/abc/").status_code == 404


def test_a_session_that_a_page_let_in_opens_the_paper(client: Client, sealed: Callable[..., Paper], case: Subject) -> None:
    paper = sealed()
    session = client.session
    session["documents.granted"] = [str(case.id)]
    session.save()
    answer = client.get(f"/papers/{paper.id}/")
    assert b"".join(answer) == bytes_of(paper)
    answer.close()
    assert answer["Content-Type"] == "application/pdf"


def test_the_list_asks_again_until_every_paper_is_there(client: Client, issue, case: Subject) -> None:
    session = client.session
    session["documents.granted"] = [str(case.id)]
    session.save()
    issue()
    waiting = client.get(f"/papers/of/{case.kind}/{case.id}/").content.decode()
    assert waiting.count("hx-trigger") == 1
    assert "正在制作" in waiting
    services.seal_newest(make=lambda _: b"%PDF", by=Actor(client="system:test"), at=AT)
    there = client.get(f"/papers/of/{case.kind}/{case.id}/").content.decode()
    assert "hx-trigger" not in there
    assert "正在制作" not in there


def test_the_qr_code_leads_to_what_a_stranger_may_know(client: Client, sealed: Callable[..., Paper]) -> None:
    paper = sealed()
    page = client.get(f"/verify/{paper.code}")
    text = page.content.decode()
    assert page.status_code == 200
    assert paper.number in text
    assert "王＊㛃" in text
    assert "王䶮㛃" not in text
    assert "有效" in text
    assert f"/journal/entries/{paper.seal_entry_id}/" in text
    assert client.get("/verify/AAAAAAAAAAAA").status_code == 404


def test_number_and_code_must_belong_together(client: Client, sealed: Callable[..., Paper]) -> None:
    one, other = sealed(), sealed()
    assert "王＊㛃" in client.post("/verify/", {"number": one.number, "code": one.code}).content.decode()
    mixed = client.post("/verify/", {"number": one.number, "code": other.code}).content.decode()
    assert "王＊㛃" not in mixed
    assert "没有这个编号和核验码的文书" in mixed
    assert client.post("/verify/", {"number": "", "code": ""}).status_code == 422


def test_the_file_is_compared_bit_by_bit(client: Client, made: Callable[..., Paper]) -> None:
    paper = made()
    content = bytearray(bytes_of(paper))

    def compare(bits: bytes) -> str:
        return client.post("/verify/", {"by": "file", "file": SimpleUploadedFile("a.pdf", bits)}).content.decode()

    assert "一字不差" in compare(bytes(content))
    content[len(content) // 3] ^= 1
    changed = compare(bytes(content))
    assert "被改动过" in changed
    assert paper.number in changed
    assert "不是市里签发的" in compare(b"%PDF-1.7 something else")
    assert client.post("/verify/", {"by": "file"}).status_code == 422


def test_guessing_is_stopped(client: Client) -> None:
    answers = [client.get(f"/verify/AAAAAAAAAA{place:02d}") for place in range(public.TRIES + 2)]
    assert [each.status_code for each in answers[: public.TRIES]] == [404] * public.TRIES
    assert answers[-1].status_code == 429
    assert int(answers[-1]["Retry-After"]) > 0, "a page says too when to come back"


def test_anybody_gets_the_certificate_of_the_seals(client: Client) -> None:
    assert client.get("/verify/ca.crt").content.startswith(b"-----BEGIN CERTIFICATE-----")
