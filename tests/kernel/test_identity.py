"""Identity and credit codes: the samples of domain.md 8.2, the rare ones, and every single mistake in a character."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onedoor.kernel import identity
from onedoor.kernel.identity import IdentityKind, WrongCode

TODAY = date(2026, 11, 24)
FULL_WIDTH = str.maketrans("0123456789X", "０１２３４５６７８９Ｘ")
CARD_CHARACTERS = "0123456789X"
CREDIT_CHARACTERS = "0123456789ABCDEFGHJKLMNPQRTUWXY"


def card(region: str, born: date, order: int) -> str:
    body = f"{region}{born:%Y%m%d}{order:03d}"
    return body + identity.card_check(body)


def test_samples_of_cards_check_out():
    for number in ("11010519491231002X", "130302199003077716", "130306200102030121"):
        assert identity.parse_card(number, today=TODAY) == number


@pytest.mark.parametrize("region", ["130302", "130303", "130304", "130322", "130324", "130306", "130391", "130399", "130321"])
@pytest.mark.parametrize("born", [date(1900, 1, 1), date(1949, 12, 31), date(1980, 2, 29), date(1982, 12, 31), date(2026, 11, 24)])
def test_people_of_every_county_are_served_whatever_their_year_of_birth(region, born):
    number = card(region, born, 521)
    assert identity.parse_identity(IdentityKind.RESIDENT, number, today=TODAY) == number


@pytest.mark.parametrize("region", ["810000", "820000", "830000"])
def test_residence_permits_of_hong_kong_macao_and_taiwan_are_a_kind_of_their_own(region):
    number = card(region, date(1975, 5, 1), 17)
    assert identity.parse_identity(IdentityKind.HMT_RESIDENCE, number, today=TODAY) == number
    with pytest.raises(WrongCode, match="another kind"):
        identity.parse_identity(IdentityKind.RESIDENT, number, today=TODAY)


def test_foreign_permanent_cards_of_both_layouts():
    body = "91313001985030712"
    new = body + identity.card_check(body)
    assert identity.parse_identity(IdentityKind.FOREIGN_PERMANENT, new, today=TODAY) == new
    no_birthday = "91313099999999999"
    assert identity.parse_card(no_birthday + identity.card_check(no_birthday), today=TODAY)
    assert identity.parse_identity(IdentityKind.FOREIGN_PERMANENT, "usa130085030712", today=TODAY) == "USA130085030712"
    for kind in (IdentityKind.RESIDENT, IdentityKind.HMT_RESIDENCE, IdentityKind.HOUSEHOLD):
        with pytest.raises(WrongCode, match="another kind"):
            identity.parse_identity(kind, new, today=TODAY)


def test_a_resident_does_not_pass_as_a_foreigner_or_a_holder_of_a_permit():
    number = card("130302", date(1980, 3, 7), 771)
    for kind in (IdentityKind.FOREIGN_PERMANENT, IdentityKind.HMT_RESIDENCE):
        with pytest.raises(WrongCode, match="another kind"):
            identity.parse_identity(kind, number, today=TODAY)


@pytest.mark.parametrize(
    ("kind", "typed", "kept"),
    [
        (IdentityKind.TAIWAN_PASS, "12345678", "12345678"),
        (IdentityKind.TAIWAN_PASS, "12345678 01", "12345678"),
        (IdentityKind.HOME_RETURN, "h12345678", "H12345678"),
        (IdentityKind.HOME_RETURN, "Ｍ１２３４５６７８０２", "M12345678"),
        (IdentityKind.PASSPORT, "e 1234 5678", "E12345678"),
        (IdentityKind.OFFICER, "军字第1234567号", "军字第1234567号"),
        (IdentityKind.HOUSEHOLD, "11010519491231002x", "11010519491231002X"),
    ],
)
def test_other_papers_are_kept_without_spaces_and_without_the_count_of_renewals(kind, typed, kept):
    assert identity.parse_identity(kind, typed, today=TODAY) == kept


@pytest.mark.parametrize(
    ("kind", "typed"),
    [
        (IdentityKind.TAIWAN_PASS, "123456789"),
        (IdentityKind.HOME_RETURN, "X12345678"),
        (IdentityKind.HOME_RETURN, "H1234567"),
        (IdentityKind.PASSPORT, "E12"),
        (IdentityKind.PASSPORT, "护照12345"),
        (IdentityKind.OTHER, "A'); DROP"),
        ("000", "12345678"),
        ("", "11010519491231002X"),
    ],
)
def test_a_number_that_does_not_fit_its_paper_is_refused(kind, typed):
    with pytest.raises(WrongCode):
        identity.parse_identity(kind, typed, today=TODAY)


@pytest.mark.parametrize(
    "typed",
    [
        "１１０１０５１９４９１２３１００２Ｘ",
        " 110105 19491231 002x ",
        "110105\u300019491231\u00a0002X",
        "\ufeff11010519491231002X\u200b",
    ],
)
def test_full_width_digits_and_spaces_are_read_as_meant(typed):
    assert identity.parse_card(typed, today=TODAY) == "11010519491231002X"


@pytest.mark.parametrize("digits", ["٠١٢٣٤٥٦٧٨٩", "०१२३४५६७८९"])
def test_digits_of_other_scripts_are_refused_so_that_one_number_is_not_kept_twice(digits):
    strange = "11010519491231002X".translate(str.maketrans("0123456789", digits))
    with pytest.raises(WrongCode):
        identity.parse_card(strange, today=TODAY)
    with pytest.raises(WrongCode):
        identity.parse_mobile("13800005072".translate(str.maketrans("0123456789", digits)))


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("1101051949123100", "18 characters; you entered 16"),
        ("", "you entered 0"),
        ("110105194912310020", "One digit"),
        ("01010519491231002X", "17 digits"),
        ("1101051949123A002X", "17 digits"),
        ("110105194902300021", "not a date"),
        ("110105189912310021", "cannot be right"),
    ],
)
def test_a_wrong_card_says_what_to_look_at(typed, said):
    with pytest.raises(WrongCode, match=said):
        identity.parse_card(typed, today=TODAY)


def test_nobody_is_born_tomorrow():
    number = card("130302", TODAY + timedelta(days=1), 1)
    with pytest.raises(WrongCode, match="cannot be right"):
        identity.parse_card(number, today=TODAY)
    assert identity.parse_card(number, today=TODAY + timedelta(days=1)) == number


births = st.dates(date(1900, 1, 1), TODAY)
cards = st.builds(card, st.from_regex(r"[1-8][0-9]{5}", fullmatch=True), births, st.integers(0, 999))


@given(cards, st.integers(0, 17), st.sampled_from(CARD_CHARACTERS))
def test_one_wrong_character_of_a_card_is_always_found(number, place, character):
    mistaken = number[:place] + character + number[place + 1 :]
    if mistaken != number:
        with pytest.raises(WrongCode):
            identity.parse_card(mistaken, today=TODAY)


@given(cards, st.integers(0, 15))
def test_two_neighbours_changed_round_in_a_card_are_always_found(number, place):
    mistaken = number[:place] + number[place + 1] + number[place] + number[place + 2 :]
    if mistaken != number:
        with pytest.raises(WrongCode):
            identity.parse_card(mistaken, today=TODAY)


@given(cards)
def test_a_card_typed_in_full_width_is_the_same_number(number):
    assert identity.parse_card(number.translate(FULL_WIDTH), today=TODAY) == number


@pytest.mark.parametrize(
    "code",
    [
        "11130300MB0A1C016F",
        "91130302MA07ABCD0N",
        "92130302MA0RK8X106",
        "93130321MA08NXJ35R",
        "N2130322MF12345AXY",
        "12130300401234561X",
        "55130324MJA1234548",
        "91110000600037341L",
    ],
)
def test_samples_of_credit_codes_check_out(code):
    assert identity.parse_credit_code(code) == code
    assert identity.parse_credit_code(f" {code.lower()} ") == code


@pytest.mark.parametrize("kind", ["N1", "N2", "N3", "A1", "Y1", "91", "92", "93", "19"])
def test_collectives_and_units_of_every_register_are_served(kind):
    body = f"{kind}130322MF12345AX"
    assert identity.parse_credit_code(body + identity.credit_check(body))


@pytest.mark.parametrize("character", "IOSVZ")
def test_letters_that_look_like_digits_are_no_credit_code(character):
    with pytest.raises(WrongCode, match="without I, O, S, V, Z"):
        identity.parse_credit_code(f"91130302MA07ABC{character}0N")


credit_bodies = st.from_regex(r"[0-9A-HJ-NP-RTUW-Y]{2}[0-9]{6}[0-9A-HJ-NP-RTUW-Y]{9}", fullmatch=True)


@given(credit_bodies, st.integers(0, 17), st.sampled_from(CREDIT_CHARACTERS))
def test_one_wrong_character_of_a_credit_code_is_always_found(body, place, character):
    code = body + identity.credit_check(body)
    assert identity.parse_credit_code(code) == code
    mistaken = code[:place] + character + code[place + 1 :]
    if mistaken != code:
        with pytest.raises(WrongCode):
            identity.parse_credit_code(mistaken)


def test_a_short_credit_code_says_how_many_characters_are_missing():
    with pytest.raises(WrongCode, match="you entered 17"):
        identity.parse_credit_code("91130302MA07ABCD0")


@pytest.mark.parametrize("typed", ["13800005072", "138 0000 5072", "+86 138-0000-5072", "１３８００００５０７２", "(138)00005072"])
def test_a_mobile_number_is_eleven_digits_however_it_is_typed(typed):
    assert identity.parse_mobile(typed) == "13800005072"


@pytest.mark.parametrize("typed", ["12800005072", "1380000507", "138000050721", "0335-1234567", "", "mobile"])
def test_other_numbers_are_no_mobile(typed):
    with pytest.raises(WrongCode, match="11 digits"):
        identity.parse_mobile(typed)


def test_a_card_and_a_household_register_name_the_same_person():
    number = card("130302", date(1980, 3, 7), 771)
    keys = {identity.identity_key(kind, number) for kind in (IdentityKind.RESIDENT, IdentityKind.HOUSEHOLD)}
    assert keys == {f"card:{number}"}
    assert identity.identity_key(IdentityKind.PASSPORT, "E12345678") != identity.identity_key(IdentityKind.OTHER, "E12345678")


def test_a_number_typed_without_its_kind_is_found_under_every_kind_that_it_fits():
    assert identity.identity_keys("11010519491231002x", today=TODAY)[0] == "card:11010519491231002X"
    assert "516:H12345678" in identity.identity_keys("H1234567801", today=TODAY)
    assert identity.identity_keys("?", today=TODAY) == []


def test_an_old_card_of_15_digits_is_found_in_archives_only():
    assert identity.card_from_old("110105491231002") == "11010519491231002X"
    for typed in ("11010549123100", "1101054912310021", "11010549123100X"):
        with pytest.raises(WrongCode):
            identity.card_from_old(typed)
    with pytest.raises(WrongCode):
        identity.parse_card("110105491231002", today=TODAY)
