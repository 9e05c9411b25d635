"""The catalogue for other systems."""

from __future__ import annotations

from django.test import Client
from django.utils import timezone

from onedoor.people import services as people
from onedoor.people.tokens import OPEN_RATE_PER_MINUTE
from tests.api.situations import a_token
from tests.casework.situations import COMMITMENT, INSTANT, City


def test_items_come_a_page_at_a_time(city: City, web: Client) -> None:
    first = web.get("/api/v1/items?size=1").json()
    assert ([each["code"] for each in first["items"]], first["next"]) == ([INSTANT], INSTANT)
    second = web.get("/api/v1/items", {"size": 1, "after": first["next"]}).json()
    assert ([each["code"] for each in second["items"]], second["next"]) == ([COMMITMENT], None)


def test_items_are_found_by_words(city: City, web: Client) -> None:
    name = web.get(f"/api/v1/guides/{COMMITMENT}").json()["name"]
    found = web.get("/api/v1/items", {"q": name}).json()
    assert found["items"][0]["code"] == COMMITMENT
    assert web.get("/api/v1/items", {"q": "\x00"}).json() == {"items": [], "next": None}


def test_guide_says_everything_a_form_needs(city: City, web: Client) -> None:
    guide = web.get(f"/api/v1/guides/{COMMITMENT}").json()
    assert guide["promise"]["unit"] == "working-days"
    assert guide["content"]["form"]["fields"][0]["key"]
    assert {"key", "name", "is_handed_in", "when"} <= set(guide["content"]["materials"][0])
    assert all(isinstance(fee["amount_fen"], int | None) for fee in guide["content"]["fees"])


def test_who_implements_an_item(city: City, web: Client) -> None:
    answer = web.get(f"/api/v1/items/{COMMITMENT}/service-items?region=130302000000").json()
    assert [each["id"] for each in answer["service_items"]] == [str(city.offers[COMMITMENT])]
    assert answer["service_items"][0]["sites"][0]["code"] == "QHD-C-0001"
    assert web.get("/api/v1/items/130300-XX-99-9999/service-items").status_code == 404


def test_refusals_are_problems_in_the_language_asked_for(city: City, web: Client) -> None:
    missing = web.get("/api/v1/guides/130300-XX-99-9999")
    assert (missing.status_code, missing.json()["code"]) == (404, "not_found")
    wrong = web.get("/api/v1/items?size=1000&level=moon")
    assert (wrong.status_code, wrong.json()["code"]) == (422, "invalid")
    assert set(wrong.json()["errors"]) == {"size", "level"}
    chinese = web.get("/api/v1/items?size=1000", headers={"Accept-Language": "zh-CN"}).json()
    assert chinese["errors"] == {"size": "这里不能填这个值。"}
    nowhere = web.get("/api/v1/nothing")
    assert (nowhere.status_code, nowhere.json()["code"]) == (404, "not_found")
    other = web.post("/api/v1/items")
    assert (other.status_code, other.json()["code"], other["Allow"]) == (405, "wrong_method", "GET")


def test_open_addresses_are_counted_by_network_address_and_clients_by_their_own(city: City, web: Client) -> None:
    at = timezone.now()
    for _ in range(OPEN_RATE_PER_MINUTE):
        people.spend_try(key="api-from:127.0.0.1", limit=OPEN_RATE_PER_MINUTE, window_seconds=60, at=at)
    refused = web.get("/api/v1/items")
    assert (refused.status_code, refused.json()["code"]) == (429, "too_many_tries")
    assert 0 < int(refused["Retry-After"]) <= 60
    assert web.get("/api/v1/items", headers=a_token(rate_per_minute=2)).status_code == 200


def test_a_wrong_token_is_refused_even_where_none_is_needed(city: City, web: Client) -> None:
    refused = web.get("/api/v1/items", headers={"Authorization": "Bearer guessed"})
    assert (refused.status_code, refused.json()["code"], refused["WWW-Authenticate"]) == (401, "wrong_token", "Bearer")
