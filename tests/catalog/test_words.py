"""Reading a question and hearing a word, without a database."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onedoor.catalog import spelling, words


@pytest.mark.parametrize(
    ("typed", "read"),
    [("戶口簿遺失", "户口簿遗失"), ("ＥＴＣ　办理", "etc 办理"), ("a\x00b\ud800", "a b"), ("  身份证\n\t丢了 ", "身份证 丢了")],
)
def test_texts_are_compared_simplified_narrow_and_without_what_cannot_be_stored(typed, read):
    assert words.normalised(typed) == read


@given(st.text())
def test_what_was_normalised_can_be_stored_and_stays_as_it_is(text):
    once = words.normalised(text)
    once.encode()
    assert "\x00" not in once
    assert words.normalised(once) == once


@pytest.mark.parametrize(
    ("text", "sounds"),
    [("户口本", ("hukouben", "hkb")), ("银行", ("yinhang", "yh")), ("ETC办理", ("etcbanli", "etcbl")), ("etc", ("", ""))],
)
def test_phrases_sound_as_they_are_said(text, sounds):
    assert spelling.pinyin_of([text]) == [sounds]


def test_characters_sound_alone():
    assert spelling.sound("身分证") == spelling.sound("身份证") == "shenfenzheng"
    assert spelling.sound("𠮷") == ""


@pytest.mark.parametrize(
    ("typed", "meant", "is_one"),
    [
        ("营业执造", "营业执照", True),
        ("业执照", "营业执照", True),
        ("营业执执照", "营业执照", True),
        ("业营执照", "营业执照", True),
        ("营业执照", "营业执照", False),
        ("营业照执x", "营业执照", False),
        ("经营执照", "营业执照", False),
        ("", "营业", False),
    ],
)
def test_one_mistake_is_one_wrong_missing_extra_or_swapped(typed, meant, is_one):
    assert spelling.is_one_mistake(typed, meant) is is_one


@given(st.text(alphabet="户口本簿", min_size=3, max_size=8), st.data())
def test_words_one_mistake_apart_share_a_shape(word, data):
    place = data.draw(st.integers(0, len(word) - 1))
    typed = data.draw(
        st.sampled_from(
            [word[:place] + word[place + 1 :], word[:place] + "照" + word[place + 1 :], word[:place] + "照" + word[place:]]
        )
    )
    if typed != word:
        assert spelling.is_one_mistake(typed, word)
        assert {typed, *spelling.shapes(typed)} & set(spelling.shapes(word))
