"""What may be meant while somebody is still typing."""

from __future__ import annotations

import json

import pytest
from django.test import Client

from onedoor.catalog import suggesting

pytestmark = pytest.mark.usefixtures("city")


@pytest.mark.parametrize(
    ("beginning", "wanted"),
    [
        ("户口", "补领居民户口簿"),
        ("户口本", "补领居民户口簿"),
        ("hkb", "补领居民户口簿"),
        ("hukoub", "补领居民户口簿"),
        ("hu kou ben", "补领居民户口簿"),
        ("居民身份证补", "居民身份证补领"),
        ("ＥＴＣ", "高速公路ETC办理"),
        ("護照", "普通护照签发"),
        ("身分证丢", "居民身份证补领"),
        ("期满换证", "驾驶证期满换证"),
    ],
)
def test_the_right_service_is_suggested(beginning, wanted):
    assert wanted in [each.name for each in suggesting.suggest(beginning)]


def test_each_service_is_suggested_once_and_eight_at_most():
    for beginning in ("居", "j", "办", "登记", "补领"):
        codes = [each.code for each in suggesting.suggest(beginning)]
        assert len(codes) == len(set(codes)) <= suggesting.MOST


def test_what_somebody_typed_is_told_where_the_name_is_another():
    (first, *_rest) = suggesting.suggest("户口本丢了")
    assert (first.name, first.also) == ("补领居民户口簿", "户口本丢了")


@pytest.mark.parametrize("text", ["", " ", "\x00", "'", "%", "_", "\\", "🙂", "\ud83d", "' OR 1=1", "户" * 10_000, "a" * 10_000])
def test_nothing_that_is_typed_breaks_it(text):
    assert isinstance(suggesting.suggest(text), list)


def test_a_beginning_costs_one_statement_and_any_question_at_most_five(count_statements):
    with count_statements() as sent:
        suggesting.suggest("居")
    assert len(sent) == 1
    for text in ("身分证丢", "完全没有的东西", "passprot", "办证"):
        with count_statements() as sent:
            suggesting.suggest(text)
        assert len(sent) <= 5


def test_it_is_answered_as_json_in_ones_language():
    answer = Client().get("/items/suggest?q=护照", headers={"accept-language": "en"})
    assert answer.status_code == 200
    (first, *_rest) = json.loads(answer.content)["items"]
    assert first["url"] == "/items/130300-GA-01-0001/"
    assert json.loads(Client().get("/items/suggest").content) == {"items": []}
