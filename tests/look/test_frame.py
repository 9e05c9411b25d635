"""What every answer carries: the policy, a language, a way on."""

from contextlib import closing

import pytest
from django.test import Client
from django.utils import timezone

from onedoor.look import strip
from onedoor.look.csp import POLICY


@pytest.fixture
def visitor(db):
    return Client(headers={"host": "127.0.0.1"})


@pytest.fixture
def sample_city():
    before = strip.sample.ask
    strip.register_sample(lambda _now: True)
    yield
    strip.sample.ask = before
    strip.sample.forget()


@pytest.mark.parametrize("path", ["/", "/nothing/here/", "/-/elder?on=1", "/static/look/look.css"])
def test_every_answer_keeps_to_itself(visitor, path):
    with closing(visitor.get(path)) as response:
        pass
    assert response.headers["Content-Security-Policy"] == POLICY
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["X-Frame-Options"] == "DENY"


def test_pages_are_chinese_unless_the_reader_chose_otherwise(visitor):
    assert "您要办什么事？" in visitor.get("/", headers={"accept-language": "en"}).content.decode()
    visitor.get("/-/language?to=en&next=/")
    page = visitor.get("/").content.decode()
    assert 'lang="en"' in page
    assert "What do you want to get done?" in page


def test_large_type_is_a_cookie_and_goes_back_to_the_page(visitor):
    response = visitor.get("/-/elder?on=1&next=/figures/")
    assert response.headers["Location"] == "/figures/"
    assert '<html lang="zh-CN" class="elder">' in visitor.get("/").content.decode()
    visitor.get("/-/elder?on=0&next=/")
    assert 'class="elder"' not in visitor.get("/").content.decode()


@pytest.mark.parametrize("target", ["//evil.example", "https://evil.example/", "javascript:alert(1)", ""])
def test_switches_lead_nowhere_else(visitor, target):
    assert visitor.get("/-/language", {"to": "en", "next": target}).headers["Location"] == "/"


def test_an_unknown_language_changes_nothing(visitor):
    assert "language" not in visitor.get("/-/language?to=xx").cookies


def test_sample_data_are_marked_on_every_page(visitor, sample_city):
    for path in ("/", "/figures/", "/nothing/here/"):
        assert "这是一座示例城市" in visitor.get(path).content.decode()


def test_an_installation_in_use_has_no_such_mark(visitor):
    assert "这是一座示例城市" not in visitor.get("/").content.decode()


def test_a_page_that_is_not_there_offers_search_and_the_hotline(visitor):
    response = visitor.get("/nothing/here/")
    page = response.content.decode()
    assert response.status_code == 404
    assert 'action="/items/"' in page
    assert "12345" in page


def test_static_files_are_compressed_and_may_be_kept(visitor):
    with closing(visitor.get("/static/look/kit.min.css", headers={"accept-encoding": "gzip"})) as response:
        pass
    assert response.headers["Content-Encoding"] == "gzip"
    assert "immutable" in response.headers["Cache-Control"]
    assert int(response.headers["Content-Length"]) < 15_000


def test_a_stranger_costs_no_session(visitor, count_statements):
    with count_statements() as sent:
        visitor.get("/nothing/here/")
    assert [each["sql"] for each in sent.captured_queries if "session" in each["sql"]] == []


def test_the_hall_is_asked_for_once_in_a_while():
    asked = []
    kept = strip.Kept(60, None, asked.append)
    kept.get()
    kept._answer = "open"
    assert kept.get() == "open"
    assert len(asked) == 1
    assert asked[0] <= timezone.now()
