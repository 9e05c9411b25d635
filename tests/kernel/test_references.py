from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onedoor.kernel import references

days = st.dates(date(2000, 1, 1), date(2099, 12, 31))
serials = st.integers(0, references.LAST_SERIAL)


def test_the_sample_of_the_standard():
    assert references.check_digit("0794") == "5"  # ISO 7064, MOD 11,10: 07945


def test_a_reference_is_date_serial_and_check_digit():
    reference = references.make_reference(date(2026, 11, 18), 12048)
    assert reference[:11] == "26111812048"
    assert len(reference) == 12
    assert references.grouped(reference) == f"2611 1812 048{reference[-1]}"


@given(days, serials)
def test_what_was_made_is_read_back_however_it_is_typed(day, serial):
    reference = references.make_reference(day, serial)
    full_width = reference.translate(str.maketrans("0123456789", "０１２３４５６７８９"))
    for typed in (
        reference,
        references.grouped(reference),
        f" {reference[:6]}-{reference[6:]} ",
        full_width,
        f"{reference[:4]}·{reference[4:]}",
    ):
        assert references.parse_reference(typed) == reference


@given(days, serials, st.integers(0, 11), st.sampled_from("0123456789"))
def test_one_wrong_digit_is_always_found(day, serial, place, digit):
    reference = references.make_reference(day, serial)
    mistaken = reference[:place] + digit + reference[place + 1 :]
    assert references.parse_reference(mistaken) == (reference if mistaken == reference else None)


@pytest.mark.parametrize("typed", ["", "26111812048", "2611181204812", "26111812048X", "٢٦١١١٨١٢٠٤٨٢", "reference"])
def test_what_is_no_reference_is_none(typed):
    assert references.parse_reference(typed) is None


@pytest.mark.parametrize("serial", [-1, 100_000])
def test_a_serial_that_does_not_fit_is_refused_rather_than_shifted(serial):
    with pytest.raises(ValueError, match=str(serial)):
        references.make_reference(date(2026, 11, 18), serial)


def test_codes_hold_no_character_that_can_be_mistaken_and_are_read_as_typed():
    code = references.new_query_code()
    assert len(code) == references.QUERY_CODE_LENGTH
    assert set(code) <= set(references.UNMISTAKABLE)
    assert not set("01IL O".replace(" ", "")) & set(references.UNMISTAKABLE)
    assert references.parse_code(f" {code[:4].lower()}-{code[4:]} ") == code
    assert references.parse_code("ａｂ２３") == "AB23"
    assert len({references.new_query_code() for _ in range(500)}) == 500
