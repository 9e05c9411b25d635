"""What goes packed over the wire, and what goes as it is."""

from __future__ import annotations

import gzip

import pytest
from django.http import FileResponse, HttpResponse
from django.test import Client, RequestFactory

from onedoor.look.packing import PackedPages


def test_a_page_of_the_hall_went_unpacked_over_a_poor_line(db: None, client: Client) -> None:
    plain = client.get("/accounts/login/")
    packed = client.get("/accounts/login/", headers={"Accept-Encoding": "gzip"})
    assert "Content-Encoding" not in plain
    assert packed["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in packed["Vary"]
    assert "登录" in gzip.decompress(packed.content).decode()
    assert len(packed.content) * 2 < len(plain.content)


@pytest.mark.parametrize(
    "response",
    [
        HttpResponse(b"%PDF" + b"0" * 2000, content_type="application/pdf"),
        FileResponse(iter([b"a" * 2000]), content_type="text/csv"),
        HttpResponse("短", content_type="text/html"),
    ],
    ids=["paper", "streamed", "short"],
)
def test_papers_streams_and_short_answers_go_as_they_are(response: HttpResponse) -> None:
    request = RequestFactory().get("/", headers={"Accept-Encoding": "gzip"})
    assert "Content-Encoding" not in PackedPages(lambda _request: response)(request)
