"""People's words find what the catalogue calls otherwise."""

from __future__ import annotations

import pytest

from onedoor.catalog import finding, words
from onedoor.catalog.queries import Facets

pytestmark = pytest.mark.usefixtures("city")


@pytest.mark.parametrize(
    ("question", "wanted"),
    [
        ("身份证丢了", "居民身份证补领"),
        ("开饭店", "食品经营许可（新办）"),
        ("开餐馆", "食品经营许可（新办）"),
        ("我想开个餐馆，怎么办？", "食品经营许可（新办）"),
        ("社保", "社会保障卡申领/补领"),
        ("补户口簿", "补领居民户口簿"),
        ("新车上牌", "机动车注册登记（新车上牌）"),
        ("房屋过户", "不动产登记（存量房转移）"),
        ("异地就医备案", "基本医保异地就医备案"),
        ("公积金", "住房公积金提取"),
        ("低保", "最低生活保障审核确认"),
        ("驾照到期", "驾驶证期满换证"),
        ("离婚", "离婚登记"),
        ("ＥＴＣ", "高速公路ETC办理"),
        ("护照", "普通护照签发"),
        ("Passport", "普通护照签发"),
        ("食品经营许可", "食品经营许可（新办）"),
        ("取水许可变更、延续", "取水许可变更、延续"),
        ("税务登记", "一照一码户登记信息确认（税务登记证）"),
        ("130300-ga-07-0005", "居民身份证补领"),
        ("上学", "适龄儿童延缓入学/休学"),
        ("医疗器械备案", "第二类医疗器械经营备案"),
    ],
)
def test_the_right_service_is_among_the_first(question, wanted):
    assert wanted in [line.name for line in finding.search(question).items][:5]


@pytest.mark.parametrize(
    "question",
    [
        "",
        " ",
        "\x00",
        "拆迁补偿xyz不存在" * 20,
        "'; DROP TABLE x; --",
        "\\",
        "%",
        "_",
        "的了吗",
        "🙂",
        "a" * 5000,
        "' & | ! ( ) :*",
    ],
)
def test_no_question_breaks_the_search(question):
    found = finding.search(question)
    assert isinstance(found.items, list)
    assert len(found.question) <= words.LONGEST_QUESTION


def test_three_statements_for_any_question(count_statements):
    for question in ("社保", "登记", "许可", "办证"):
        with count_statements() as sent:
            finding.search(question)
        assert len(sent) <= 3


def test_services_that_are_closed_come_last():
    names = [(line.name, line.is_open) for line in finding.search("企业名称").items]
    assert ("企业名称预先核准", False) in names
    assert [is_open for _name, is_open in names] == sorted((is_open for _name, is_open in names), reverse=True)


def test_a_question_can_be_narrowed():
    wide = finding.search("登记").items
    narrow = finding.search("登记", Facets(department="GS", level="township")).items
    assert 0 < len(narrow) < len(wide)
    assert {line.department_code for line in narrow} == {"GS"}
    assert all("township" in line.levels for line in narrow)


def test_the_cutter_is_not_loaded_before_the_first_search():
    import subprocess
    import sys

    program = "import sys, onedoor.catalog.words; sys.exit('rjieba' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
