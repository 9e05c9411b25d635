from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onedoor.kernel.masking import STAR, mask_identity, mask_name, mask_phone


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("张三", "张＊"),
        ("张小三", "张＊三"),
        ("欧阳小三", "欧＊＊三"),
        ("𠮷㑇䶮㛃", "𠮷＊＊㛃"),
        ("𠮷䶮", "𠮷＊"),
        ("张", "＊"),
        ("", "＊"),
        (" 张三 ", "张＊"),
    ],
)
def test_a_name_keeps_its_family_name_and_from_three_characters_its_last(name, shown):
    assert mask_name(name) == shown


@pytest.mark.parametrize(
    ("code", "shown"),
    [
        ("130302199003077716", "130302＊＊＊＊＊＊＊＊7716"),
        ("H12345678", "H1＊＊＊＊＊78"),
        ("E12345", "＊＊＊＊＊＊"),
        ("", ""),
    ],
)
def test_an_identity_number_hides_the_birthday(code, shown):
    assert mask_identity(code) == shown


@pytest.mark.parametrize(
    ("phone", "shown"), [("13800005072", "138＊＊＊＊5072"), ("12345", "＊＊＊45"), ("1", "1"), ("03351234567", "033＊＊＊＊4567")]
)
def test_a_phone_hides_its_middle(phone, shown):
    assert mask_phone(phone) == shown


@given(st.text(min_size=2).map(str.strip).filter(lambda text: len(text) >= 2))
def test_a_mask_is_as_long_as_the_name_and_hides_at_least_one_character(name):
    shown = mask_name(name)
    assert len(shown) == len(name)
    assert STAR in shown


@given(st.from_regex(r"[0-9A-Z]{1,30}", fullmatch=True))
def test_a_masked_code_hides_as_much_as_it_shows_or_nearly(code):
    shown = mask_identity(code)
    assert len(shown) == len(code)
    assert shown.count(STAR) >= len(code) - 10
    assert STAR in shown
