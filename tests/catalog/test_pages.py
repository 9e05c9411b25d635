"""The pages of the catalogue as people get them: what they say, what they cost."""

from __future__ import annotations

import gzip
import json
import re
from dataclasses import replace

import pytest
from django.test import Client
from django.utils import translation

from onedoor.catalog import guide_page, queries, services, short_links
from onedoor.catalog.content import Content, Phones, Remedies
from onedoor.catalog.models import ServiceItem, ShortCode
from onedoor.catalog.queries import Facets
from onedoor.catalog.services import NewVersion
from onedoor.catalog.topics import TOPICS
from onedoor.kernel.errors import NotFound
from onedoor.kernel.subjects import Subject
from onedoor.network import queries as network
from tests.catalog.city import AT, BY
from tests.catalog.sources import sample_records

pytestmark = pytest.mark.usefixtures("city")
FOOD = "/items/130300-YJ-01-0001/"
LARGEST = 60 * 1024


def machines_read(page):
    """Return what a guide tells search engines of itself (schema.org)."""
    (block,) = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page, re.DOTALL)
    return json.loads(block)


@pytest.fixture
def browser() -> Client:
    return Client(headers={"accept-encoding": "gzip"})


def text_of(response) -> str:
    body = response.content
    return (gzip.decompress(body) if response.headers.get("Content-Encoding") == "gzip" else body).decode()


class TestGuide:
    def test_it_answers_the_four_questions_first(self, browser):
        page = text_of(browser.get(FOOD))
        for words in (
            "食品经营许可（新办）",
            "也叫：",
            "多久",
            "5 个工作日",
            "法定 10 个工作日（未核对）",
            "不收费",
            "跑几趟",
            "带什么",
        ):
            assert words in page
        assert (
            page.index("多久") < page.index('id="mat"') < page.index('id="how"') < page.index('id="where"') < page.index('id="law"')
        )
        assert 'href="/apply/130300-YJ-01-0001/"' in page
        assert "现场核查" in page
        assert "未核对" in page

    def test_it_costs_at_most_six_statements_cold_and_one_warm(self, browser, count_statements):
        browser.get("/items/130300-GA-01-0001/")
        with count_statements() as cold:
            browser.get(FOOD)
        with count_statements() as warm:
            browser.get(FOOD)
        assert len(cold) <= 6
        assert len(warm) <= 2

    def test_every_item_has_a_page_that_is_small_enough_and_that_machines_read(self, browser):
        for item in sample_records():
            response = browser.get(f"/items/{item.code}/")
            assert response.status_code == 200
            assert len(response.content) < LARGEST
            page = text_of(response)
            assert item.name.replace("&", "&amp;") in page
            assert machines_read(page)["name"] == item.name

    def test_a_publication_is_seen_at_once(self, browser):
        browser.get(FOOD)
        from tests.catalog.city import AT, BY
        from tests.catalog.test_import import another_version

        services.publish_version(another_version(), by=BY, at=AT)
        assert "第 2 版" in text_of(browser.get("/items/130300-FG-10-0001/"))

    @pytest.mark.parametrize(
        ("code", "words"),
        [
            ("130300-GS-01-0004", "这个事项已经取消。"),
            ("130300-HY-10-0001", "这个事项暂停办理。"),
            ("130300-GA-01-0007", "这个事项已下放到县区。"),
        ],
    )
    def test_what_is_closed_says_so_and_where_to_go(self, browser, code, words):
        page = text_of(browser.get(f"/items/{code}/"))
        assert words in page
        assert "12345" in page
        assert f"/apply/{code}/" not in page

    def test_an_item_without_a_guide_says_what_is_known(self, browser):
        page = text_of(browser.get("/items/130300-GA-01-0009/"))
        assert "完整指南还在编写" in page
        assert "去哪办" in page

    def test_places_with_their_hours(self, browser):
        page = text_of(browser.get("/items/130300-GA-07-0003/"))
        assert "海港区" in page
        assert page.count('href="/sites/') > 100
        assert re.search(r"现在开放|开门|closed", page)

    def test_no_inline_style_or_script(self, browser):
        for address in (FOOD, "/items/", "/items/?q=社保"):
            page = text_of(browser.get(address))
            assert not re.search(r"\sstyle=|\son[a-z]+=|<style|<script(?![^>]*\s(?:src=|type=.application/ld\+json))", page)

    def test_english(self, browser):
        browser.cookies["language"] = "en"
        page = text_of(browser.get(FOOD))
        assert "Food business licence" in page
        assert "What to bring" in page
        assert page.count("The text of this guide is in Chinese.") == 1
        drawn = re.findall(r'<text[^>]*class="flow-name"[^>]*>(.*?)</text>', page)
        assert drawn[:6] == ["Acceptance", "Review", "On-site check", "Approval", "Completion", "Delivery"]
        assert "<b>Acceptance</b>" in page

    def test_unknown_codes_are_told_kindly(self, browser):
        response = browser.get("/items/130300-XX-99-0001/")
        assert response.status_code == 404
        assert "请按名称查找" in text_of(response)


class TestList:
    def test_it_pages_through_all_items_once(self):
        seen: list[str] = []
        after = ""
        while True:
            page = queries.items_page(Facets(), after=after)
            seen += [line.code for line in page.rows]
            if not page.has_more:
                break
            after = page.rows[-1].code
        assert len(seen) == 362
        assert seen == sorted(seen)

    def test_the_next_page_keeps_what_was_chosen(self, browser):
        page = text_of(browser.get("/items/?board=livelihood&level=county"))
        following = re.search(r'rel="next" href="(\?[^"]+)"', page)
        assert following
        second = text_of(browser.get("/items/" + following[1].replace("&amp;", "&")))
        assert "民生服务" in second
        assert 'rel="next"' in second

    @pytest.mark.parametrize("topic", [topic.code for topic in TOPICS])
    def test_every_kind_has_services(self, browser, topic):
        response = browser.get(f"/items/?topic={topic}")
        assert response.status_code == 200
        assert text_of(response).count('class="line-name"') >= 3

    def test_a_search_finds_and_one_that_does_not_helps(self, browser):
        assert "居民身份证补领" in text_of(browser.get("/items/?q=身份证丢了"))
        nothing = text_of(browser.get("/items/?q=<b>拆迁</b>"))
        assert "没有找到" in nothing
        assert "<b>拆迁" not in nothing

    @pytest.mark.parametrize(
        "query", ["board=x&topic=y&level=z", "department=%00", "after=%27", "q=%00", "online=2", "department=" + "A" * 400]
    )
    def test_strange_addresses_are_answered(self, browser, query):
        assert browser.get(f"/items/?{query}").status_code == 200

    def test_statements_do_not_grow_with_the_list(self, browser, count_statements):
        browser.get("/items/?topic=farm")
        with count_statements() as few:
            browser.get("/items/?topic=close")
        with count_statements() as many:
            browser.get("/items/?board=enterprise")
        assert len(few) == len(many) <= 4
        with count_statements() as searched:
            browser.get("/items/?q=登记")
        assert len(searched) <= 8

    def test_pages_are_small(self, browser):
        for address in ("/items/", "/items/?q=登记", "/items/?topic=home"):
            assert len(gzip.compress(text_of(browser.get(address)).encode())) < LARGEST


class TestOffers:
    def test_all_levels_in_order(self):
        offers = queries.service_items_for("130300-GA-07-0003")
        assert [offer.level for offer in offers] == sorted(
            (offer.level for offer in offers), key=["city", "county", "township"].index
        )
        assert len({offer.task_code for offer in offers}) == len(offers)
        assert {len(offer.task_code) for offer in offers} == {31}

    def test_the_nearest_that_is_in_charge(self):
        township = next(offer for offer in queries.service_items_for("130300-GA-07-0003") if offer.level == "township")
        found = queries.service_items_for("130300-GA-07-0003", region=township.region)
        assert [offer.level for offer in found] == ["township", "county"]
        assert found[0] == township
        assert [offer.level for offer in queries.service_items_for("130300-YJ-10-0002", region=township.region)] == ["city"]
        assert queries.service_items_for("130300-YJ-10-0002", region="130600000000") == []

    def test_kept_by_edition(self, count_statements):
        queries.service_items_for("130300-GA-07-0003")
        with count_statements() as sent:
            queries.service_items_for("130300-GA-07-0003", region="130302000000")
        assert len(sent) == 1

    def test_terms_and_form_of_a_version_cost_nothing_when_warm(self, count_statements):
        version = queries.published_guide("130300-YJ-01-0001").version_id
        terms = queries.case_terms(version)
        assert (terms.is_instant, terms.needs_four_eyes, terms.promise_length) == (False, True, 5)
        assert [step.stage for step in terms.steps] == ["receive", "review", "handle", "approve", "issue", "deliver"]
        with count_statements() as sent:
            queries.version_form(version)
            queries.case_terms(version)
        assert len(sent) == 0

    def test_no_such_version(self):
        with pytest.raises(NotFound):
            queries.version_form(ServiceItem.objects.first().id)

    def test_every_promised_item_has_another_stage_before_approval(self):
        for item in sample_records():
            stages = [step.stage for step in item.content.steps]
            before = stages[: stages.index("approve")]
            assert set(before) & {"handle", "review"}
            assert sum(step.limit for step in item.content.steps) == item.promise_limit


class TestShortLinks:
    def test_the_code_of_an_item_leads_to_its_guide_however_typed(self, browser):
        code = queries.published_guide("130300-YJ-01-0001").short_code
        for typed in (code, code.lower(), f" {code[:2]} {code[2:]}"):
            response = browser.get(f"/q/{typed}")
            assert (response.status_code, response.headers["Location"]) == (302, FOOD)

    def test_codes_of_departments(self, browser):
        department = network.departments()[0]
        target = Subject("network.agency", department.id)
        code = services.create_short_codes([target])[target]
        assert browser.get(f"/q/{code}").headers["Location"] == f"/departments/{department.department_code}/"
        page = text_of(browser.get(f"/departments/{department.department_code}/"))
        assert 'id="items"' in page

    def test_codes_that_lead_nowhere(self, browser):
        ShortCode.objects.create(code="ZZZZZ", target_kind="nobody.knows", target_id=network.departments()[0].id)
        for code in ("AAAAA", "ZZZZZ", "x" * 40):
            response = browser.get(f"/q/{code}")
            assert response.status_code == 404
            assert "没有对应的内容" in text_of(response)

    def test_a_kind_has_one_owner(self):
        with pytest.raises(short_links.KindRegisteredTwice):
            short_links.register("catalog.item", lambda _target: "/")

    def test_the_sheet_of_codes_is_for_staff(self, browser):
        assert browser.get("/desk/qr/").status_code in (302, 403)


def test_what_has_no_place_of_its_own_stands_at_the_end_of_the_guide():
    content = Content(
        receiving_levels=("township", "village"),
        cross_region="provinces",
        hall="市政务服务中心",
        phones=Phones(consult_window="一楼咨询台"),
        remedies=Remedies(review_office="秦皇岛市人民政府", review_phone="0335-3220001", court="海港区人民法院"),
    )
    with translation.override("zh-hans"):
        said = {str(name): text for name, text in guide_page.more_lines(content)}
    assert said == {
        "可代收转报": "乡镇（街道）级、村（社区）级",
        "异地通办": "跨省通办",
        "大厅": "市政务服务中心",
        "咨询窗口": "一楼咨询台",
        "行政复议机关": "秦皇岛市人民政府，0335-3220001",
        "行政诉讼法院": "海港区人民法院",
    }
    assert guide_page.more_lines(Content()) == []


def test_the_guide_says_who_else_takes_it_in_and_where_to_go_with_a_complaint(browser):
    record = next(each for each in sample_records() if FOOD.endswith(f"{each.code}/"))
    assert "更多说明" not in text_of(browser.get(FOOD))
    remedies = replace(record.content.remedies, court="海港区人民法院")
    content = replace(record.content, receiving_levels=("township",), remedies=remedies)
    version = NewVersion(
        record.code, record.case_kind, record.legal_limit, record.legal_unit, record.promise_limit, record.promise_unit,
        record.levels, record.accepts_online, record.is_complete, content,
    )  # fmt: skip
    services.publish_version(version, by=BY, at=AT)
    page = text_of(browser.get(FOOD))
    assert re.search(r"可代收转报</dt>\s*<dd>乡镇（街道）级</dd>", page)
    assert "海港区人民法院" in page
