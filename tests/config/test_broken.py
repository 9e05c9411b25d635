"""Requests that no person makes: answered as refusals, in the form in which they were asked, never as faults."""

import pytest
from django.test import Client
from django.utils import translation

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("address", ["/items/%00/", "/q/%00", "/verify/%00/", "/apply/%00/", "/api/v1/items/%00"])
def test_a_nul_in_an_address_was_a_fault(client: Client, address: str) -> None:
    answer = client.get(address)
    assert answer.status_code in {302, 400, 404, 422}
    if address.startswith("/api/"):
        assert answer.json()["code"]


def test_a_nul_in_a_field_was_a_fault(client: Client) -> None:
    answer = client.post("/verify/", {"number": "秦审受\0", "code": "ABCDEFGHJKLM\0"})
    assert answer.status_code in {200, 400, 422}


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_a_request_to_a_host_that_is_not_ours_was_answered_to_other_systems_with_a_page(client: Client, language: str) -> None:
    asked = {"Host": "evil.example", "Accept-Language": language}
    told = client.get("/api/v1/items", headers=asked)
    assert (told.status_code, told.json()["code"]) == (400, "unreadable")
    page = client.get("/", headers=asked)
    assert page.status_code == 400
    with translation.override("zh-hans"):
        assert "地址或表单有一部分没有送到" in page.content.decode()
    assert "script-src 'self'" in page["Content-Security-Policy"]
