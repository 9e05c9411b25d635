from __future__ import annotations

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from onedoor.catalog.conditions import (
    Contains,
    Either,
    Equals,
    Every,
    Greater,
    Less,
    Not,
    OneOf,
    WrongCondition,
    definition_errors,
    parse,
)
from onedoor.catalog.content import Choice, Form, FormField, Section

KEYS = st.sampled_from(["a", "b", "c", "d"])
VALUES = st.sampled_from(["", "yes", "no", "7", "70"])
LEAVES = st.one_of(
    st.builds(Equals, KEYS, VALUES),
    st.builds(lambda key, values: OneOf(key, tuple(values)), KEYS, st.lists(VALUES, min_size=1)),
    st.builds(Contains, KEYS, VALUES),
    st.builds(Greater, KEYS, st.integers(-100, 100)),
    st.builds(Less, KEYS, st.integers(-100, 100)),
)
TREES = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.builds(Not, inner),
        st.builds(lambda parts: Every(tuple(parts)), st.lists(inner, min_size=1, max_size=3)),
        st.builds(lambda parts: Either(tuple(parts)), st.lists(inner, min_size=1, max_size=3)),
    ),
)
ANSWERS = st.dictionaries(KEYS, st.one_of(VALUES, st.integers(-100, 100), st.lists(VALUES), st.none()))


@given(TREES, ANSWERS)
def test_a_tree_survives_storing(tree, answers):
    again = parse(tree.to_json())
    assert again == tree
    assert again.holds(answers) == tree.holds(answers)


@given(TREES, ANSWERS)
def test_not_is_the_opposite(tree, answers):
    assert Not(tree).holds(answers) is not tree.holds(answers)


@given(TREES, TREES, ANSWERS)
def test_de_morgan(one, other, answers):
    assert Not(Every((one, other))).holds(answers) == Either((Not(one), Not(other))).holds(answers)


@given(TREES, ANSWERS)
def test_only_named_fields_are_read(tree, answers):
    read = set(tree.fields())
    assert tree.holds(answers) == tree.holds({key: value for key, value in answers.items() if key in read})


def test_missing_reads_as_empty():
    assert Equals("a", "").holds({})
    assert not OneOf("a", ("", "x")).holds({})
    assert not Contains("a", "x").holds({"a": "x"})
    assert not Greater("a", 0).holds({"a": "many"})


def test_numbers_from_forms_and_from_the_api_are_equal():
    assert Equals("a", 7).holds({"a": "7"})
    assert Equals("a", "7").holds({"a": 7})
    assert Greater("a", 9).holds({"a": "10"})


@pytest.mark.parametrize(
    "tree",
    [None, [], {}, "x", {"eq": ["a"]},
     {"eq": ["a", None]}, {"eq": ["", "x"]}, {"eq": [1, "x"]}, {"in": ["a", "x"]}, {"in": ["a", []]},
     {"gt": ["a", "7"]}, {"gt": ["a", True]}, {"and": []}, {"and": {"eq": ["a", "b"]}}, {"xor": ["a", "b"]}, {"not": []},
     {"eq": ["a", "b"], "in": ["a", ["b"]]}, {"contains": ["a", 7]}],
)  # fmt: skip
def test_wrong_trees_are_refused(tree):
    with pytest.raises(WrongCondition):
        parse(tree)


def test_definition_errors():
    circle = {"c": Equals("d", "x"), "d": Not(Equals("c", "x"))}
    found = definition_errors({"a": Equals("a", "x"), "b": Equals("z", "x"), **circle, "e": None})
    assert set(found) == {"a", "b", "c", "d"}
    assert definition_errors({"a": None, "b": Equals("a", "x"), "c": Every((Equals("a", "x"), Equals("b", "y")))}) == {}


FORM = Form(
    (Section("s", "一", ("k", "n")),),
    (FormField("k", "种类", "choice", "Kind", choices=(Choice("x", "甲", "First"),)), FormField("n", "年龄", "number", "Age")),
)


@pytest.mark.parametrize(
    ("tree", "english", "chinese"),
    [
        (Equals("k", "x"), "“Kind” is “First”", "“种类”是“甲”"),
        (Not(Equals("k", "x")), "“Kind” is not “First”", "“种类”不是“甲”"),
        (
            Every((Equals("k", "x"), Greater("n", 69))),
            "“Kind” is “First”, and “Age” is more than 69",
            "“种类”是“甲”，并且“年龄”大于69",
        ),
        (Contains("k", "x"), "“First” is chosen under “Kind”", "“种类”里选了“甲”"),
        (Not(Equals("n", "")), "“Age” is filled in", "“年龄”已填写"),
    ],
)
def test_conditions_are_told_as_sentences(tree, english, chinese):
    with translation.override("en"):
        assert tree.tell(FORM) == english
    with translation.override("zh-hans"):
        assert tree.tell(FORM) == chinese
