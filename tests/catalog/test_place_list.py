"""What is done at one place: short lists whole, long ones folded and searched."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from tests.catalog.test_pages import text_of

pytestmark = pytest.mark.usefixtures("city")
BUREAU = "/departments/T-130302000000/"


@pytest.fixture
def page() -> str:
    return text_of(Client().get(BUREAU))


def test_a_long_list_is_folded_by_department_and_can_be_searched(page):
    assert re.search(r"查这里办的 \d+ 项服务", page)
    assert page.count("<details") > 5
    assert 'role="search"' in page
    assert 'name="q"' in page


@pytest.mark.parametrize(("question", "first"), [("护照", "护照"), ("换驾照", "驾驶证"), ("130300-MZ-20-0001", "老年")])
def test_it_is_searched_by_peoples_words(question, first):
    found = text_of(Client().get(BUREAU, {"q": question}))
    names = re.findall(r'class="line-name"[^>]*>([^<]+)', found)
    assert first in names[0]
    assert len(names) < 100
    assert "<details" not in found[found.index('id="items"') :]


def test_a_search_in_vain_leads_on(page):
    found = text_of(Client().get(BUREAU, {"q": "开飞船<b>"}))
    assert "这里没有和“开飞船&lt;b&gt;”有关的事项" in found
    assert 'href="/items/?q=%E5%BC%80' in found
    assert "显示全部" in found


@pytest.mark.parametrize("question", ["x" * 10_000, "' OR 1=1", "🏠", "\x00"])
def test_strange_searches_do_no_harm(question):
    assert Client().get(BUREAU, {"q": question}).status_code == 200
