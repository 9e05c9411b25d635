"""The codes of items: by a pattern that each installation may choose, and the official ones made from them."""

from __future__ import annotations

import pytest
from django.core.exceptions import ImproperlyConfigured

from onedoor.catalog import codes
from onedoor.catalog.codes import ItemCode
from onedoor.catalog.models import CatalogItem, ServiceItem
from onedoor.network import queries as network
from tests.catalog.keepers import furnish, import_items
from tests.catalog.sources import records_of, sample_records
from tests.catalog.test_import import table


@pytest.mark.parametrize(
    ("pattern", "written"),
    [
        ("{area}-{department}-{type}-{serial:04d}", "130300-FG-10-0007"),
        ("{area}{department}-{type}-{serial:04d}", "130300FG-10-0007"),
        ("{department}.{type}.{area}.{serial:06d}", "FG.10.130300.000007"),
    ],
)
def test_a_code_is_written_and_read_by_the_pattern_of_the_installation(settings, pattern, written):
    settings.ONEDOOR_ITEM_CODE = pattern
    code = ItemCode("130300", "FG", "10", 7)
    assert str(code) == written
    assert codes.parsed(written) == code
    assert codes.catalog_code(written, 3) == "131003007000"
    assert codes.parsed(written + "1") is None


@pytest.mark.parametrize(
    "pattern", ["{area}-{serial}", "{area}-{department}-{type}-{serial}-{serial}", "{area}{department}{type}{serial}{x}"]
)
def test_a_pattern_without_its_parts_is_told(settings, pattern):
    settings.ONEDOOR_ITEM_CODE = pattern
    with pytest.raises(ImproperlyConfigured):
        codes.parsed("130300-FG-10-0001")


def test_a_file_is_read_by_the_pattern_and_a_wrong_code_is_told_with_an_example(settings):
    settings.ONEDOOR_ITEM_CODE = "{area}{department}-{type}-{serial:04d}"
    found, faults = records_of(table({"code": "130300FG-10-0001"}, rows=1))
    assert ([each.code for each in found], faults.told) == (["130300FG-10-0001"], [])
    _none, faults = records_of(table(rows=1))
    assert "130300FG-10-0001" in faults.told[0].reason


CODE = "130300-FG-10-0001"
DESK = f"/desk/catalog/{CODE}/"
CREDIT, BASIC = "11130300MB0A1C016F", "131003007000"
RIGHT = codes.task_code(CREDIT, "county", BASIC)


def test_an_official_code_is_checked_part_by_part():
    def odd(code: str = RIGHT, **changed: str) -> list[str]:
        said = {"credit_code": CREDIT, "level": "county", "basic_code": BASIC, "item_type": "10", "office": "区审批局", **changed}
        return [str(each) for each in codes.oddities(code, **said)]

    assert len(RIGHT) == 31
    assert odd() == []
    assert odd(credit_code="") == [], "an office without a credit code is not compared"
    assert odd("62052400MZ-XK-0001") == [
        "实施编码是18位，应为31位。",
        "开头不是区审批局的统一社会信用代码。",
        f"结尾不是本事项的基本编码{BASIC}。",
    ]
    assert odd(level="city") == ["行使层级是4，而区审批局应为3。"]
    assert odd(item_type="01") == ["基本编码中的事项类型是10，本事项是01。"]


def test_a_serial_that_the_basic_code_has_no_room_for_is_told_and_refused_by_nobody():
    basic = codes.catalog_code("130300-FG-10-1000", 3)
    assert [str(each) for each in codes.basic_oddities(basic, "10")] == ["基本编码是13位，应为12位。"]


def test_the_desk_shows_what_is_odd_in_the_codes_of_an_item(db):
    import_items(CODE)
    keepers = furnish("FG")
    ServiceItem.objects.create(item=CatalogItem.objects.get(code=CODE), agency=network.agency_for("FG"), task_code="JN-07-0001")
    page = keepers.head.get(DESK).content.decode()
    assert "编码核对" in page
    assert "实施编码是10位，应为31位。" in page


def test_a_filing_is_a_kind_of_other_power():
    said = {each.code: each.content.sub_type for each in sample_records()}
    assert said["130300-FG-10-0001"] == "filing"
    assert said["130300-FG-01-0001"] == ""
