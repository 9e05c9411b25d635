"""Conditions through the rows in which people edit them: nothing is lost on the way there and back."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from onedoor.catalog import conditions
from onedoor.catalog.condition_rows import ALL, ANY, OPPOSITE, Comparison, Rows, condition_of, fitting, read_rows, rows_of
from onedoor.catalog.conditions import Condition, Contains, Either, Equals, Every, Greater, Less, Not, OneOf
from onedoor.catalog.content import Choice, FormField


@pytest.fixture(autouse=True)
def in_english():
    with translation.override("en"):
        yield


FIELDS = {
    "kind": FormField("kind", "身份", "choice", choices=(Choice("p", "个人", "A person"), Choice("o", "单位", "An organisation"))),
    "odd": FormField(
        "odd", "绕口", "choice", choices=(Choice("是", "否"), Choice("否", "是"), Choice("c", "c2"), Choice("c2", "x"))
    ),
    "many": FormField("many", "范围", "multichoice", choices=(Choice("hot", "热食"), Choice("cold", "冷食、生食"))),
    "area": FormField("area", "面积", "number"),
    "name": FormField("name", "字号", "text"),
    "scan": FormField("scan", "照片", "file"),
}
ANSWERS: dict[str, list[object]] = {
    "kind": ["", "p", "o"], "odd": ["", "是", "否", "c", "c2"], "many": [[], ["hot"], ["hot", "cold"]],
    "area": ["", "0", "9.5", "200", "1000000"], "name": ["", "海港", "a b"], "scan": ["", "added"],
}  # fmt: skip
texts = st.text("海港abx、|， ", min_size=1, max_size=6).map(str.strip).filter(bool)
numbers = st.integers(-(10**9), 10**9) | st.floats(-1e9, 1e9, allow_nan=False).map(lambda each: round(each, 4))


def leaf(key: str) -> st.SearchStrategy[Condition]:
    values = st.sampled_from([each.value for each in FIELDS[key].choices]) if FIELDS[key].choices else texts
    empty = st.just(Equals(key, ""))
    if FIELDS[key].type == "file":
        return empty
    if FIELDS[key].type == "multichoice":
        return st.builds(Contains, st.just(key), values) | empty
    single = (
        st.builds(Equals, st.just(key), values) | empty | st.builds(OneOf, st.just(key), st.lists(values, min_size=1).map(tuple))
    )
    if FIELDS[key].type == "number":
        return single | st.builds(Greater, st.just(key), numbers) | st.builds(Less, st.just(key), numbers)
    return single


leaves = st.sampled_from(sorted(FIELDS)).flatmap(leaf)
rows = leaves | st.builds(Not, leaves)
joined = st.lists(rows, min_size=2, max_size=4).map(tuple).flatmap(lambda parts: st.sampled_from([Every(parts), Either(parts)]))
groups = joined | st.builds(Not, joined)


@st.composite
def nested(draw: Any) -> Condition:
    parts = draw(st.lists(rows, min_size=1, max_size=3))
    parts.insert(draw(st.integers(0, len(parts))), draw(groups))
    whole: Condition = draw(st.sampled_from([Every, Either]))(tuple(parts))
    return Not(whole) if draw(st.booleans()) else whole


editable = rows | groups | nested()
answers = st.fixed_dictionaries({key: st.sampled_from(values) for key, values in ANSWERS.items()})


def through_the_page(shown: Rows) -> Rows:
    """Return rows as a browser sends them back, line ends and all."""
    posted: dict[str, str] = {}
    for prefix, part in (("row", shown), ("group", shown.group or Rows())):
        for number, row in enumerate(part.rows):
            posted |= {f"{prefix}-{number}-field": row.field, f"{prefix}-{number}-how": row.how}
            posted[f"{prefix}-{number}-value"] = row.value.replace("\n", "\r\n")
    inner = tuple(each for each in read_rows(posted, "group", 20) if each.field)
    outer = tuple(each for each in read_rows(posted, "row", 20) if each.field)
    group = Rows(shown.group.joined, shown.group.is_turned, inner) if shown.group else None
    return Rows(shown.joined, shown.is_turned, outer, group)


@given(editable, st.lists(answers, min_size=5, max_size=20))
def test_a_condition_means_the_same_after_it_went_through_the_editor(condition, situations):
    shown = rows_of(condition, FIELDS)
    assert shown is not None
    written, faults = condition_of(through_the_page(shown), FIELDS)
    assert faults == ()
    assert written is not None
    for given_answers in situations:
        assert written.holds(given_answers) == condition.holds(given_answers)
    assert set(written.fields()) == set(condition.fields())


@given(editable)
def test_what_was_saved_once_is_saved_again_unchanged(condition):
    written, _faults = condition_of(rows_of(condition, FIELDS) or Rows(), FIELDS)
    assert written is not None
    again, _faults = condition_of(rows_of(written, FIELDS) or Rows(), FIELDS)
    assert again == written
    assert conditions.parse(written.to_json()) == written


trees = st.recursive(
    leaves,
    lambda inner: (
        st.builds(Not, inner)
        | st.lists(inner, min_size=1, max_size=3).map(lambda parts: Every(tuple(parts)))
        | st.lists(inner, min_size=1, max_size=3).map(lambda parts: Either(tuple(parts)))
    ),
    max_leaves=8,
)


@given(trees, st.lists(answers, min_size=3, max_size=8))
def test_no_condition_becomes_another_one_because_it_is_nested_too_deeply(condition, situations):
    shown = rows_of(condition, FIELDS)
    if shown is None:
        return
    written, _faults = condition_of(shown, FIELDS)
    assert written is not None
    assert [written.holds(each) for each in situations] == [condition.holds(each) for each in situations]


def test_what_is_nested_too_deeply_is_not_shown_as_rows():
    deep = Every((Equals("kind", "p"), Either((Equals("name", "a"), Every((Equals("name", "b"), Equals("area", "1")))))))
    assert rows_of(deep, FIELDS) is None
    assert rows_of(Every((Either((Equals("kind", "p"), Equals("name", "a"))),) * 2), FIELDS) is None


def test_choices_are_shown_and_typed_by_their_label():
    shown = rows_of(OneOf("kind", ("p", "o")), FIELDS)
    assert shown == Rows(rows=(Comparison("kind", "one_of", "A person\nAn organisation"),))
    written, _faults = condition_of(Rows(rows=(Comparison("kind", "is", "An organisation"),)), FIELDS)
    assert written == Equals("kind", "o")


def test_a_label_that_is_another_choices_value_is_not_mistaken():
    for value in ("是", "否", "c", "c2"):
        written, faults = condition_of(rows_of(Equals("odd", value), FIELDS) or Rows(), FIELDS)
        assert (written, faults) == (Equals("odd", value), ())


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (Comparison("kind", "is", "外星人"), "外星人"),
        (Comparison("kind", "is", ""), "answer"),
        (Comparison("kind", "is", "个人\n单位"), "one of"),
        (Comparison("kind", "more", "3"), "身份"),
        (Comparison("area", "more", "很大"), "digits"),
        (Comparison("area", "more", "NaN"), "digits"),
        (Comparison("area", "more", "1e999"), "digits"),
        (Comparison("gone", "is", "3"), "not in the form"),
        (Comparison("kind", "sounds like", "3"), "compared"),
        (Comparison("scan", "is", "x"), "照片"),
    ],
)
def test_a_row_that_spells_nothing_says_why_at_its_place(row, said):
    written, faults = condition_of(Rows(rows=(Comparison("name", "filled"), row)), FIELDS)
    assert written is None
    assert [fault.place for fault in faults] == ["1"]
    assert said in str(faults[0].reason)
    written, faults = condition_of(Rows(rows=(Comparison("name", "filled"),), group=Rows(rows=(row,))), FIELDS)
    assert [fault.place for fault in faults] == ["g0"]


def test_no_rows_are_no_condition():
    assert condition_of(Rows(rows=(Comparison("", "is"),)), FIELDS) == (None, ())
    assert rows_of(None, FIELDS) == Rows()


@pytest.mark.parametrize(("how", "opposite"), OPPOSITE.items())
def test_each_comparison_has_its_opposite_in_one_row(how, opposite):
    field = next(key for key, each in FIELDS.items() if {how, opposite} <= fitting(each))
    value = {"more": "5", "less": "5", "empty": ""}.get(how, "热食" if field == "many" else "个人")
    one, _faults = condition_of(Rows(rows=(Comparison(field, how, value),)), FIELDS)
    other, _faults = condition_of(Rows(rows=(Comparison(field, opposite, value),)), FIELDS)
    assert other == Not(one)  # type: ignore[arg-type]
    assert rows_of(other, FIELDS).rows[0].how == opposite  # type: ignore[union-attr]


def test_any_and_turned_round():
    row, other = Comparison("kind", "is", "个人"), Comparison("name", "filled")
    assert condition_of(Rows(ANY, True, (row, other)), FIELDS)[0] == Not(Either((Equals("kind", "p"), Not(Equals("name", "")))))
    assert condition_of(Rows(ALL, True, (other,)), FIELDS)[0] == Equals("name", "")


def test_a_condition_is_renamed_with_its_questions():
    told = Every((Equals("a", "1"), Not(Either((Equals("b", "2"), Greater("a", 3))))))
    assert told.renamed({"a": "x"}) == Every((Equals("x", "1"), Not(Either((Equals("b", "2"), Greater("x", 3))))))
