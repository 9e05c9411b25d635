"""What was asked in vain: counted without names, shown at the desk, forgotten."""

from __future__ import annotations

from datetime import date, timedelta
from urllib.parse import quote

import pytest
from django.test import Client

from onedoor.catalog import asked
from onedoor.catalog.models import AskedQuestion
from onedoor.catalog.services import questions

pytestmark = pytest.mark.usefixtures("city")
TODAY = date(2026, 11, 24)


def rows() -> dict[str, tuple[int, int | None, int]]:
    return {row.question: (row.asked, row.found, row.opened) for row in AskedQuestion.objects.all()}


def ask(browser: Client, question: str, more: str = "") -> None:
    assert browser.get(f"/items/?q={quote(question)}{more}").status_code == 200


def test_a_question_is_counted_once_a_list_and_an_opening_once_a_guide():
    browser = Client()
    ask(browser, "戶口本")
    ask(browser, "户口本")
    browser.get("/items/130300-GA-07-0003/", headers={"referer": f"http://testserver/items/?q={quote('户口本')}"})
    ((question, (times, found, opened)),) = rows().items()
    assert (question, times, opened) == ("户口本", 2, 1)
    assert found


@pytest.mark.parametrize("more", ["&after=1.10.x", "&department=GA", "&online=1"])
def test_further_pages_and_narrowed_lists_are_not_counted(more):
    ask(Client(), "户口本", more)
    assert rows() == {}


@pytest.mark.parametrize("address", ["/items/suggest?q=户口本", "/api/v1/items?q=户口本", "/items/suggest?q=没有的东西"])
def test_what_is_suggested_while_somebody_types_and_what_systems_ask_is_not_counted(address):
    assert Client().get(address).status_code == 200
    assert rows() == {}


@pytest.mark.parametrize(
    "referer",
    [
        "",
        "http://elsewhere.example/items/?q=x",
        "http://testserver/items/130300-GA-07-0005/?q=x",
        "http://testserver/items/",
        "http://[::1",
        "http://testserver/items/?" + "&".join(f"a{n}=1" for n in range(60)),
    ],
)
def test_a_guide_opened_from_elsewhere_is_not_counted(referer):
    assert Client().get("/items/130300-GA-07-0003/", headers={"referer": referer}).status_code == 200
    assert rows() == {}


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("户口本 13012345678", "户口本 #"),
        ("130302199001011234", ""),
        ("13030219900101123X补身份证", "#补身份证"),
        ("a.b@example.org 护照", "# 护照"),
        ("ＥＴＣ", "etc"),
        ("\x00", ""),
    ],
)
def test_numbers_of_persons_are_not_kept(typed, kept):
    questions.count_asking(typed, 0, day=TODAY)
    assert list(rows()) == ([kept] if kept else [])


def test_the_desk_sees_what_found_nothing_and_what_nobody_opened():
    for question, times, found, opened in (("拆迁", 3, 0, 0), ("办证", 2, 9, 0), ("社保", 5, 4, 1), ("旧的", 1, 0, 0)):
        day = TODAY - timedelta(days=40) if question == "旧的" else TODAY
        for _ in range(times):
            questions.count_asking(question, found, day=day)
        for _ in range(opened):
            questions.count_opening(question, day=day)
    found = asked.asked_in_vain(today=TODAY, days=30)
    assert [(each.text, each.asked) for each in found.found_nothing] == [("拆迁", 3)]
    assert [(each.text, each.asked, each.found) for each in found.not_opened] == [("办证", 2, 9)]


def test_a_question_that_finds_something_since_a_word_was_added_is_no_longer_in_vain():
    questions.count_asking("拆迁", 0, day=TODAY - timedelta(days=1))
    questions.count_asking("拆迁", 2, day=TODAY)
    assert asked.asked_in_vain(today=TODAY, days=7).found_nothing == []


def test_old_questions_are_forgotten_and_single_ones_sooner():
    for days, times in ((0, 1), (8, 1), (8, 2), (91, 5)):
        for _ in range(times):
            questions.count_asking(f"{days} {times}", 0, day=TODAY - timedelta(days=days))
    questions.forget_questions(today=TODAY)
    assert sorted(rows()) == ["0 1", "8 2"]


def test_a_page_of_results_costs_at_most_eight_statements(count_statements):
    browser = Client()
    browser.get("/items/")
    for question in ("社保", "身分证丢了", "办证", "登记"):
        with count_statements() as sent:
            ask(browser, question)
        assert len(sent) <= 8
