"""The guide of a service as people get it for their situation: what it says, what it costs, what is kept of it."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import timedelta

import pytest
from django.template.loader import render_to_string
from django.test import Client
from django.utils import timezone

from onedoor.catalog import queries
from onedoor.catalog.content import Content, SpecialProcedure, Step
from onedoor.catalog.services import changes
from onedoor.catalog.services.changes import NewChange
from onedoor.catalog.steps_picture import TALL_WIDTH, WIDE_WIDTH, pictures, wrapped
from onedoor.catalog.structured import as_script
from onedoor.kernel.clock import local_date
from onedoor.look import pagecache
from onedoor.network import places
from tests.catalog.city import AT, BY
from tests.catalog.sources import sample_records
from tests.catalog.test_pages import machines_read, text_of

HOUSE = "/items/130300-FC-07-0002/"
PASSPORT = "/items/130300-GA-01-0001/"
HAIGANG, STREET = "130302000000", "130302001000"


@pytest.fixture
def browser(city: None) -> Client:
    pagecache.aside.clear()
    return Client(headers={"accept-encoding": "gzip"})


def papers_on(page: str) -> list[str]:
    return re.findall(r'<span class="line-name">([^<]+)', page[page.index('id="mat"') : page.index('id="how"')])


class TestSituation:
    def test_the_questions_stand_on_the_page_as_a_plain_form(self, browser):
        page = text_of(browser.get(HOUSE))
        assert "先回答几个问题" in page
        assert f'<form method="get" action="{HOUSE}#situation"' in page
        assert 'type="radio" id="s-kind-1" name="kind" value="sale"' in page
        assert 'name="loan"' not in page, "a question that hangs on another comes with its answer"
        assert "仅当“转移原因”是“买卖”时需要" in page

    def test_answers_narrow_papers_option_and_time(self, browser):
        page = text_of(browser.get(f"{HOUSE}?kind=inherit"))
        assert papers_on(page) == ["不动产登记申请书", "申请人居民身份证", "不动产权证书", "继承（赠与）材料", "完税凭证"]
        assert "您的回答：转移原因：继承。" in page
        assert "您这种情形不用带：" in page
        assert "<dd>5 个工作日<small>法定 30 个工作日（未核对）" in page
        assert "您这种情形怎么办" in page
        assert 'href="/apply/130300-FC-07-0002/?kind=inherit"' in page
        assert f'href="{HOUSE}#situation" data-start-over' in page
        more = text_of(browser.get(f"{HOUSE}?kind=sale"))
        assert 'name="loan"' in more
        assert "房屋买卖合同" in papers_on(more)

    def test_fees_are_those_of_the_situation(self, browser):
        with_card = text_of(browser.get("/items/130300-GA-07-0005/?temp_card=yes"))
        without = text_of(browser.get("/items/130300-GA-07-0005/?temp_card=no"))
        assert "临时居民身份证" in with_card[with_card.index('id="fee"') :]
        assert "临时居民身份证" not in without[without.index('id="fee"') : without.index('id="trips"')]

    def test_english(self, browser):
        browser.cookies["language"] = "en"
        page = text_of(browser.get(f"{HOUSE}?kind=inherit"))
        assert "You answered: " in page
        assert "Not needed in your case:" in page

    @pytest.mark.parametrize(
        "query", ["kind=stolen", "name=张三", "kind=sale&kind=gift", "kind=%00", "x=' OR 1=1", "kind=" + "a" * 5000]
    )
    def test_what_nobody_asked_is_passed_over_and_never_kept(self, browser, query):
        page = browser.get(f"{HOUSE}?{query}")
        assert page.status_code == 200
        assert "张三" not in text_of(page)[text_of(page).index("<main") :]
        assert len(pagecache.aside) == len(pagecache.shelf) == 0

    def test_narrowed_pages_are_kept_apart_and_cost_nothing_when_warm(self, browser, count_statements):
        browser.get(HOUSE)
        with count_statements() as cold:
            first = browser.get(f"{HOUSE}?kind=sale&loan=yes")
        with count_statements() as warm:
            again = browser.get(f"{HOUSE}?loan=yes&kind=sale")
        assert len(cold) <= 6
        assert len(warm) <= 1
        assert text_of(first) == text_of(again), "the order in which answers stand makes no other page"
        assert (len(pagecache.shelf), len(pagecache.aside)) == (1, 1)

    def test_many_narrowed_pages_stay_within_their_shelf(self, browser, monkeypatch):
        monkeypatch.setattr(pagecache, "aside", pagecache.Shelf(30_000))
        browser.get(HOUSE)
        for kind in ("sale", "gift", "inherit", "spouse", "court"):
            browser.get(f"{HOUSE}?kind={kind}")
        assert 0 < len(pagecache.aside) < 5
        assert len(pagecache.shelf) == 1, "plain pages are never pushed out by narrowed ones"


class TestWhere:
    def test_the_nearest_place_comes_first_for_a_reader_who_said_where(self, browser):
        browser.cookies[places.COOKIE] = STREET
        page = text_of(browser.get("/items/130300-MZ-20-0001/"))
        near = page[page.index("离海港区文化路街道最近的") :]
        assert near.index("文化路街道") < near.index("海港区政务服务中心") < near.index("秦皇岛市政务服务中心")
        assert len(pagecache.shelf) == 0
        assert len(pagecache.aside) == 1

    @pytest.mark.parametrize("forged", ["999999999999", "13030200100", "<script>", "130302001000; DROP"])
    def test_a_forged_region_is_none(self, browser, forged):
        browser.cookies[places.COOKIE] = forged
        assert not re.search(r"<h3[^>]*>离(?!您)", text_of(browser.get(HOUSE)))

    def test_a_reader_says_where_step_by_step_without_an_account(self, browser):
        page = browser.get("/region/", {"next": f"{HOUSE}#where"})
        assert "海港区" in text_of(page)
        inside = text_of(browser.get("/region/", {"in": HAIGANG, "next": HOUSE}))
        assert "文化路街道" in inside
        assert "就用海港区" in inside
        kept = browser.get("/region/", {"keep": STREET, "next": f"{HOUSE}#where"})
        assert kept["Location"] == f"{HOUSE}#where"
        assert kept.cookies[places.COOKIE].value == STREET
        assert kept.cookies[places.COOKIE]["httponly"]
        gone = browser.get("/region/", {"forget": "1", "next": "https://evil.example/"})
        assert gone["Location"] == "/"
        assert gone.cookies[places.COOKIE].value == ""

    def test_a_region_that_does_not_exist_is_not_kept(self, browser):
        assert places.COOKIE not in browser.get("/region/", {"keep": "999999999999"}).cookies


class TestPicture:
    STEPS = (
        Step("受理", "receive", "综合窗口"), Step("现场核查", "handle", "核查岗", 3), Step("审批", "approve", "分管领导", 1),
        Step("办结", "issue", "出证岗"), Step("送达", "deliver", "出件岗"),
    )  # fmt: skip

    def test_the_clock_runs_from_acceptance_to_the_decision(self):
        tall, wide = pictures(self.STEPS, (), "4 个工作日")
        for picture in (tall, wide):
            assert [each.kind for each in picture.lines] == ["run", "run", "rest", "rest"]
        assert tall.told.startswith(
            "1. 受理，综合窗口，当场，时限从第二天算起，缺材料：补齐之前不计时。2. 现场核查，核查岗，3 个工作日"
        )
        assert tall.told.endswith("承诺总时限：4 个工作日。")

    def test_what_stops_the_clock_is_drawn(self):
        procedures = (SpecialProcedure("review", "专家评审", 20), SpecialProcedure("notice", "公示", 7, counted=True))
        tall, wide = pictures(self.STEPS, procedures, "4 个工作日")
        for picture in (tall, wide):
            said = "".join(each.text for each in picture.words if each.kind == "pause")
            assert "专家评审：最多 20 个工作日，不计入时限" in said
            assert "公示" not in said

    def test_what_takes_longer_is_told_in_its_own_unit(self):
        hearing = SpecialProcedure("hearing", "听证", 2, "months")
        tall, _wide = pictures(self.STEPS, (hearing,), "4 个工作日")
        assert "听证：最多 2 个月" in "".join(each.text for each in tall.words if each.kind == "pause")
        said = {
            "content": replace(Content(), special_procedures=(hearing, SpecialProcedure("review", "专家评审", 0))),
            "special": (hearing, SpecialProcedure("review", "专家评审", 0)),
        }
        for template, words in (("catalog/guide.html", "听证：最长 2 个月"), ("catalog/book/guide.html", "听证最长 2 个月")):
            page = render_to_string(template, said)
            assert words in page
            assert "专家评审" in page
            assert "个工作日" not in page[page.index("听证") : page.index("专家评审") + 20]

    @pytest.mark.parametrize("size", [1, 1.25])
    def test_no_word_leaves_its_place_in_any_guide(self, size):
        for record in sample_records():
            for picture in pictures(record.content.steps, record.content.special_procedures, "5 个工作日", size=size):
                for each in picture.words:
                    width = sum(each.size * (1 if ord(letter) > 255 else 0.56) for letter in each.text)
                    # A closing mark may hang over by its own width.
                    assert each.x + width <= picture.width + each.size, (record.code, picture.kind, each.text)
                    assert each.y <= picture.height
                assert picture.width == {"tall": TALL_WIDTH, "wide": WIDE_WIDTH}[picture.kind]

    def test_lines_break_between_characters_and_latin_words(self):
        assert wrapped("审批服务GovernmentService岗位", 100, 10) == ["审批服务", "GovernmentService", "岗位"]
        assert wrapped("一二三，四", 30, 10) == ["一二三，", "四"]

    def test_on_the_spot_has_no_clock(self):
        tall, _wide = pictures((Step("受理", "receive"), Step("审批", "approve"), Step("办结", "issue")), (), "当场")
        assert {each.kind for each in tall.lines} == {"rest"}


class TestMachines:
    def told(self, browser, address=HOUSE):
        return machines_read(text_of(browser.get(address)))

    def test_a_guide_is_a_government_service(self, browser):
        found = self.told(browser)
        assert found["@context"] == "https://schema.org"
        assert found["@type"] == "GovernmentService"
        assert found["name"] == "不动产登记（存量房转移）"
        assert found["identifier"] == "130300-FC-07-0002"
        assert found["url"].endswith(HOUSE)
        assert found["serviceOperator"]["@type"] == "GovernmentOrganization"
        assert {"@type": "Offer", "name": "不动产登记费（住宅）", "price": "80.00", "priceCurrency": "CNY"} in found["offers"]
        online, *windows = found["availableChannel"]
        assert online["serviceUrl"].endswith("/apply/130300-FC-07-0002/")
        assert {each["serviceLocation"]["@type"] for each in windows} == {"GovernmentOffice"}
        known = {
            "@context", "@type", "@id", "url", "name", "alternateName", "identifier", "description", "audience", "serviceOperator",
            "provider", "areaServed", "availableChannel", "offers", "termsOfService", "serviceOutput", "serviceType",
        }  # fmt: skip
        assert set(found) <= known, "only what schema.org knows of a service"

    def test_nothing_in_a_guide_ends_the_block(self):
        told = as_script({"name": "</script><script>alert(1)</script>&\u2028"})
        assert "<" not in told
        assert "&" not in told
        assert json.loads(told) == {"name": "</script><script>alert(1)</script>&\u2028"}


class TestLastDay:
    def test_the_guide_says_the_last_day_and_closes_on_the_next(self, browser):
        today = local_date(timezone.now())
        changes.decide_change(
            NewChange("cancelled", ("130300-FC-07-0002",), "示例", today + timedelta(days=30)), by=BY, at=timezone.now()
        )
        page = text_of(browser.get(HOUSE))
        assert "最后一天：" in page
        assert "在线办理" in page

    def test_after_it_nothing_can_be_begun(self, browser):
        changes.decide_change(
            NewChange("cancelled", ("130300-FC-07-0002",), "示例", local_date(AT) + timedelta(days=1)), by=BY, at=AT
        )
        guide = queries.published_guide("130300-FC-07-0002")
        assert guide.is_over(local_date(AT) + timedelta(days=1))
        assert not guide.is_over(local_date(AT))
