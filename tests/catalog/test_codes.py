"""The codes of items: by a pattern that each installation may choose, and the official ones made from them."""

from __future__ import annotations

import pytest
from django.core.exceptions import ImproperlyConfigured

from onedoor.catalog import codes
from onedoor.catalog.codes import ItemCode
from tests.catalog.sources import records_of
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
