"""Situations as questions: what is asked, what of a guide is left for which answers, and what an address may hold."""

from __future__ import annotations

import json
from itertools import product

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from onedoor.catalog import conditions
from onedoor.catalog.content import Choice, Content, Fee, Form, FormField, Material, OptionText, Section, step_title
from onedoor.catalog.scenario import answers_in, case_for, given_by, is_wholly_known, read_answers, scanned, situation_fields
from tests.catalog.sources import sample_records

YES_NO = (Choice("yes", "是", "Yes"), Choice("no", "否", "No"))
KINDS = tuple(Choice(value, value) for value in ("sale", "gift", "inherit"))


def when(tree: object) -> conditions.Condition:
    return conditions.parse(tree)


HOUSE = Content(
    form=Form(
        sections=(
            Section("s", "情形", ("kind", "loan"), scenario=True),
            Section("o", "其他", ("name", "area", "heated", "agent", "unasked")),
        ),
        fields=(
            FormField("kind", "转移原因", "choice", choices=KINDS),
            FormField("loan", "是否按揭", "choice", choices=YES_NO, condition=when({"eq": ["kind", "sale"]})),
            FormField("name", "姓名", "text"),
            FormField("area", "面积", "number"),
            FormField("heated", "设备", "multichoice", choices=(Choice("gas", "燃气"), Choice("air", "空调"))),
            FormField("agent", "委托", "choice", choices=YES_NO),
            FormField("unasked", "领取", "choice", choices=YES_NO),
        ),
    ),
    materials=(
        Material("m1", "申请书"),
        Material("m2", "合同", when=when({"eq": ["kind", "sale"]})),
        Material("m3", "银行合同", when=when({"eq": ["loan", "yes"]})),
        Material("m4", "委托书", when=when({"eq": ["agent", "yes"]})),
        Material("m5", "检测报告", when=when({"or": [{"contains": ["heated", "gas"]}, {"gt": ["area", 60]}]})),
    ),
    options=(
        OptionText("01", "买卖", condition=when({"and": [{"eq": ["kind", "sale"]}, {"eq": ["loan", "no"]}]}), promise_length=1),
        OptionText("02", "按揭", condition=when({"eq": ["loan", "yes"]}), promise_length=3),
        OptionText("03", "自选"),
    ),
    fees=(Fee("登记费", 8000), Fee("按揭费", 5000, when=when({"eq": ["loan", "yes"]}))),
)  # fmt: skip


def case(**answers: object):
    return case_for(HOUSE, given_by((key, [value] if isinstance(value, str) else list(value)) for key, value in answers.items()))


def papers(found) -> dict[str, bool]:
    """Return the papers of a case, and whether each is only needed perhaps."""
    return {each.material.key: bool(each.only_if) for each in found.papers}


def test_what_depends_on_choices_is_asked_and_nothing_else():
    assert [each.key for each in situation_fields(HOUSE)] == ["kind", "loan", "heated", "agent"]


def test_without_answers_the_guide_reads_for_everybody():
    found = case()
    assert not found.is_narrowed
    assert papers(found) == {"m1": False, "m2": True, "m3": True, "m4": True, "m5": True}
    assert [each.field.key for each in found.asked] == ["kind", "heated", "agent"], (
        "a question that hangs on another comes after it"
    )
    assert [each.code for each in found.other_options] == ["01", "02", "03"]


def test_answers_narrow_papers_fees_option_and_questions():
    found = case(kind="sale", loan="yes", agent="no")
    assert papers(found) == {"m1": False, "m2": False, "m3": False, "m5": True}
    assert [each.key for each in found.spared] == ["m4"]
    assert [each.fee.name for each in found.fees] == ["登记费", "按揭费"]
    assert found.option is not None
    assert (found.option.code, found.option.promise_length) == ("02", 3)
    assert found.query == "kind=sale&loan=yes&agent=no"
    assert found.told == "转移原因：sale；是否按揭：是；委托：否"
    assert not found.is_answered
    assert case(kind="gift").questions < case().questions + 1


def test_a_question_that_is_not_asked_has_no_answer():
    found = case(kind="gift", loan="yes")
    assert found.answers == {"kind": "gift"}
    assert "m3" not in papers(found)
    assert [each.fee.name for each in found.fees] == ["登记费"]
    assert found.option is None


def test_what_hangs_on_a_number_too_stays_open_until_the_choice_decides():
    assert papers(case(heated=["air"]))["m5"] is True
    assert "“面积”" in next(each.only_if for each in case(heated=["air"]).papers if each.material.key == "m5")
    assert papers(case(heated=["gas", "air"]))["m5"] is False


@pytest.mark.parametrize(
    "query",
    [
        {"kind": ("stolen",)}, {"who": ("张三",)}, {"name": ("张三",)}, {"kind": ("sale", "gift")}, {"unasked": ("yes",)},
        {"kind": ("gift",), "loan": ("yes",)}, {"kind": ("' OR 1=1 --",)}, {"kind": ("\x00",)},
    ],
)  # fmt: skip
def test_forged_answers_are_passed_over_and_never_kept(query):
    assert not is_wholly_known(HOUSE, query)
    assert set(answers_in(HOUSE, query)) <= {"kind"}
    assert case_for(HOUSE, query).query in ("", "kind=sale", "kind=gift")


def test_a_shared_address_is_read_the_same_again():
    found = case(kind="sale", loan="no", heated=["air", "gas"])
    code, again = scanned(f"https://zwfw.example/items/130300-FC-07-0002/?{found.query}#mat") or ("", {})
    assert code == "130300-FC-07-0002"
    assert case_for(HOUSE, again) == found
    assert is_wholly_known(HOUSE, again)


@pytest.mark.parametrize("text", ["开饭店", "http://[", "/items/", "/q/CWHWX", "https://x.example/items/a/b/c", "items", "?" * 200])
def test_other_texts_are_no_scanned_guides(text):
    assert scanned(text) is None


class TestOption:
    def test_the_situation_decides_not_the_person(self):
        answers = {"kind": "sale", "loan": "yes"}
        assert HOUSE.settled_option(answers, chosen="03") == "02"
        assert HOUSE.settled_option(answers, chosen="01") == "02"

    def test_where_no_situation_decides_the_choice_stands_if_it_can_be_chosen(self):
        assert HOUSE.settled_option({"kind": "gift"}, chosen="03") == "03"
        assert HOUSE.settled_option({"kind": "gift"}, chosen="01") == ""
        assert HOUSE.settled_option({"kind": "gift"}, chosen="99") == ""

    def test_an_answer_to_a_question_that_is_hidden_now_decides_nothing(self):
        assert HOUSE.settled_option(read_answers(HOUSE, {"kind": "gift", "loan": "yes"})) == ""


TREES = st.recursive(
    st.sampled_from([{"eq": ["a", "x"]}, {"eq": ["b", "y"]}, {"in": ["c", ["x", "y"]]}, {"eq": ["a", ""]}]),
    lambda inner: st.one_of(
        inner.map(lambda each: {"not": each}),
        st.lists(inner, min_size=1, max_size=3).map(lambda each: {"and": each}),
        st.lists(inner, min_size=1, max_size=3).map(lambda each: {"or": each}),
    ),
    max_leaves=6,
)


@given(TREES, st.sets(st.sampled_from("abc")), st.tuples(*[st.sampled_from(["", "x", "y"])] * 3))
def test_a_verdict_holds_however_the_open_questions_are_answered(tree, unknown, values):
    condition = conditions.parse(tree)
    answers = dict(zip("abc", values, strict=True))
    verdict = condition.verdict(answers, unknown)
    open_ = sorted(unknown)
    endings = {
        condition.holds({**answers, **dict(zip(open_, ending, strict=True))})
        for ending in product(["", "x", "y"], repeat=len(open_))
    }
    if verdict is not None:
        assert endings == {verdict}
    if not unknown:
        assert verdict is condition.holds(answers)


def test_every_situation_of_the_sample_leads_somewhere():
    """Whatever is answered, the guide can be read; each option with a condition can be reached by answers that are asked."""
    asked = 0
    for record in sample_records():
        content = record.content
        fields = situation_fields(content)
        asked += bool(fields)
        reached = set()
        singles = [[(), *((choice.value,) for choice in field.choices)] for field in fields][:5]
        for values in product(*singles):
            found = case_for(content, {field.key: value for field, value in zip(fields, values, strict=False) if value})
            json.dumps(found.answers)
            if found.option is not None:
                reached.add(found.option.code)
        wanted = {each.code for each in content.options if each.condition is not None}
        assert wanted <= reached or len(fields) > 5, (record.code, wanted - reached)
    assert asked >= 30


@pytest.mark.parametrize(
    ("stage", "name", "english"),
    [
        ("receive", "受理", "Acceptance"),
        ("handle", "四到场核查", "Handling"),
        ("approve", "核准", "Approval"),
        ("handle", "公示", "Public notice"),
    ],
)
def test_steps_are_told_in_english_by_name_or_by_stage(stage, name, english):
    with translation.override("en"):
        assert step_title(stage, name) == english
    with translation.override("zh-hans"):
        assert step_title(stage, name) == name
