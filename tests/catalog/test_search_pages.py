"""Search, suggestions and the desk's pages of words as people use them: by keyboard, by hearing, on a phone."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import quote, urlsplit

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from onedoor.catalog.models import AskedQuestion, Synonym
from onedoor.catalog.services import questions
from onedoor.kernel.clock import local_date
from tests.browser import WIDTHS, follow, press, scrolls_sideways, violations
from tests.catalog.keepers import Keepers, furnish

BOOKLET = "130300-GA-07-0003"


@pytest.fixture
def keepers(city: None) -> Keepers:
    return furnish("YJ", office="T-YJ")


def text_of(response: Any) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", response.content.decode()))


@pytest.mark.django_db
class TestDesk:
    def test_a_word_is_added_changed_and_taken_out(self, keepers: Keepers) -> None:
        centre = keepers.centre
        assert BOOKLET not in centre.get("/items/", {"q": "红皮小册子"}).content.decode()
        said = {"word": "红皮小册子", "item": BOOKLET.lower(), "meaning": ""}
        assert "现在起搜“红皮小册子”就能找到" in text_of(centre.post("/desk/catalog/words/", said, follow=True))
        assert BOOKLET in centre.get("/items/", {"q": "红皮小册子"}).content.decode()
        address = f"/desk/catalog/words/{Synonym.objects.get(word='红皮小册子').id}/"
        assert "红皮小册子" in text_of(centre.get("/desk/catalog/words/?q=红皮"))
        centre.post(address, {"word": "红皮本本", "item": BOOKLET})
        assert "红皮本本" in text_of(centre.get(address))
        assert "已从搜索中删去这个词" in text_of(centre.post(f"{address}remove/", follow=True))
        assert centre.get(address).status_code == 404

    @pytest.mark.parametrize(
        ("said", "told"),
        [
            ({"word": "", "item": BOOKLET}, ""),
            ({"word": "红皮", "item": ""}, "请写明这个词指哪个事项"),
            ({"word": "红皮", "item": "130300-XX-10-0001"}, "130300-XX-10-0001"),
            ({"word": "户口本丢了", "item": BOOKLET, "meaning": "补领居民户口簿"}, "这个词已经有了"),
            ({"word": "\x00", "item": BOOKLET}, ""),
        ],
    )
    def test_what_cannot_be_added_is_told_at_its_field(self, keepers: Keepers, said: dict[str, str], told: str) -> None:
        before = Synonym.objects.count()
        answer = keepers.centre.post("/desk/catalog/words/", said)
        assert answer.status_code == 422
        assert told in text_of(answer)
        assert Synonym.objects.count() == before

    def test_what_was_asked_in_vain_leads_to_adding_a_word(self, keepers: Keepers) -> None:
        questions.count_asking("拆迁", 0, day=local_date(timezone.now()))
        page = keepers.centre.get("/desk/catalog/words/searches/?days=7")
        assert "拆迁" in text_of(page)
        (address,) = re.findall(r'href="(/desk/catalog/words/\?word=[^"]+)"', page.content.decode())
        assert 'value="拆迁"' in keepers.centre.get(address).content.decode()

    def test_departments_do_not_keep_words(self, keepers: Keepers) -> None:
        for path in ("/desk/catalog/words/", "/desk/catalog/words/searches/"):
            assert keepers.head.get(path).status_code == 403
        assert keepers.head.post("/desk/catalog/words/", {"word": "x", "item": BOOKLET}).status_code == 403


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
class TestInChromium:
    def test_a_suggestion_is_chosen_by_keyboard_and_heard(
        self, keepers: Keepers, live_server: Any, new_page: Callable[..., Any]
    ) -> None:
        for width in WIDTHS.values():
            page = new_page(width)
            page.goto(live_server.url + "/items/")
            field = page.get_by_role("combobox", name="您要办什么事？")
            field.press_sequentially("hkb")
            options = page.get_by_role("option")
            options.first.wait_for()
            assert field.get_attribute("aria-expanded") == "true"
            assert "条建议" in page.get_by_role("status").inner_text()
            assert violations(page) == []
            assert not scrolls_sideways(page)
            field.press("ArrowDown")
            assert field.get_attribute("aria-activedescendant") == options.first.get_attribute("id")
            assert options.first.get_attribute("aria-selected") == "true"
            field.press("Escape")
            assert field.get_attribute("aria-expanded") == "false"
            assert field.input_value() == "hkb"
            field.press("ArrowDown")
            press(page, "Enter")
            assert urlsplit(page.url).path == f"/items/{BOOKLET}/"

    def test_the_words_as_typed_are_searched_and_an_opened_result_is_counted(
        self, keepers: Keepers, live_server: Any, new_page: Callable[..., Any]
    ) -> None:
        page = new_page(WIDTHS["phone"], java_script_enabled=False)
        page.goto(live_server.url + "/items/")
        page.get_by_label("您要办什么事？").fill("户口本")
        follow(page.get_by_role("button", name="查找"))
        follow(page.get_by_role("link", name="补领居民户口簿"))
        row = AskedQuestion.objects.get()
        assert (row.question, row.asked, row.opened) == ("户口本", 1, 1)

    def test_the_pages_of_words_fit_and_are_accessible(
        self, keepers: Keepers, live_server: Any, new_page: Callable[..., Any]
    ) -> None:
        for question, found in (("拆迁", 0), ("办证", 9)):
            questions.count_asking(question, found, day=local_date(timezone.now()))
        one = Synonym.objects.order_by("word")[0]
        paths = ["/desk/catalog/words/", f"/desk/catalog/words/{one.id}/", "/desk/catalog/words/searches/"]
        session = keepers.centre.cookies["session"].value
        for width in WIDTHS.values():
            page = new_page(width)
            page.context.add_cookies([{"name": "session", "value": session, "url": live_server.url}])
            for path in paths:
                page.goto(live_server.url + path)
                assert violations(page) == [], path
                assert not scrolls_sideways(page), path

    def test_an_item_is_named_by_choosing_it(self, keepers: Keepers, live_server: Any, new_page: Callable[..., Any]) -> None:
        page = new_page()
        page.context.add_cookies([{"name": "session", "value": keepers.centre.cookies["session"].value, "url": live_server.url}])
        page.goto(f"{live_server.url}/desk/catalog/words/?word={quote('红皮小册子')}")
        field = page.get_by_role("combobox", name="所指事项的编码")
        field.press_sequentially("户口本")
        page.get_by_role("option", name="补领居民户口簿").click()
        expect(field).to_have_value(BOOKLET)
        follow(page.get_by_role("button", name="添加"))
        assert Synonym.objects.get(word="红皮小册子").item.code == BOOKLET
