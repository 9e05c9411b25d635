"""Every form of the sample catalogue takes fitting answers, and says what to do about the others."""

from __future__ import annotations

from datetime import date
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onedoor.catalog import form_rules
from onedoor.catalog.conditions import Equals, Greater
from onedoor.catalog.content import Choice, Content, Form, FormField, Section, Validation
from onedoor.sample.answers import sample_answers
from tests.catalog.sources import sample_records

TODAY = date(2026, 11, 24)
ITEMS = {item.code: item for item in sample_records()}
COMPLETE = sorted(code for code, item in ITEMS.items() if item.is_complete)


def form_of(*fields: FormField) -> Form:
    return Form((Section("s", "一", tuple(field.key for field in fields)),), fields)


def judge(field: FormField, value: object) -> tuple[object, str]:
    clean, errors = form_rules.validate(form_of(field), {field.key: value}, today=TODAY)
    return clean.get(field.key), str(errors.get(field.key, ""))


def test_all_64_guides_are_here():
    assert len(COMPLETE) == 64


@pytest.mark.parametrize("code", COMPLETE)
def test_fitting_answers_are_accepted_and_kept(code):
    form = ITEMS[code].content.form
    for seed in (None, 1, 2, 3, 4, 5):
        answers = sample_answers(form, today=TODAY, random=None if seed is None else Random(seed), file_for=lambda _field: "f" * 32)
        clean, errors = form_rules.validate(form, answers, today=TODAY)
        assert errors == {}
        assert clean.keys() == answers.keys()
        again, errors = form_rules.validate(form, clean, today=TODAY)
        assert (again, errors) == (clean, {})


@pytest.mark.parametrize("code", COMPLETE)
def test_every_required_field_that_is_asked_is_missed(code):
    form = ITEMS[code].content.form
    _clean, errors = form_rules.validate(form, {}, today=TODAY)
    asked = {field.key for field in form_rules.visible_fields(form, {}) if field.required}
    assert set(errors) == asked
    assert len(asked) > 2


def test_items_without_a_guide_have_a_form_that_can_be_filled_in():
    short = [item for item in ITEMS.values() if not item.is_complete]
    assert len(short) == 298
    for item in short:
        for seed in range(4):
            answers = sample_answers(item.content.form, today=TODAY, random=Random(seed))
            assert form_rules.validate(item.content.form, answers, today=TODAY)[1] == {}


def test_full_width_digits_are_folded():
    assert judge(FormField("p", "手机", "phone"), "１３８０３３５５０７２")[0] == "13803355072"
    assert judge(FormField("n", "面积", "number"), "１２０．５")[0] == "120.5"
    assert judge(FormField("d", "日期", "date"), "２０２６年１１月２日")[0] == "2026-11-02"
    assert judge(FormField("i", "证号", "idcard"), "１３０３９９１９８２０５０１０１２８")[1] != ""


@pytest.mark.parametrize("name", ["𠮷野家", "㑇", "䶮", "㛃", "王·买买提", "“一家”（店）", "\uf914\uf91c"])
def test_rare_characters_and_chinese_signs_stay_as_they_are(name):
    assert judge(FormField("t", "名称", "text"), f"  {name} ") == (name, "")


@pytest.mark.parametrize(
    ("kind", "given_value", "kept"),
    [
        ("money", "1,234.5", "1234.50"),
        ("money", "0.1", "0.10"),
        ("money", 12, "12.00"),
        ("money", "99999999999999.99", "99999999999999.99"),
        ("number", "007", "7"),
        ("date", {"year": "2026", "month": "2", "day": "3"}, "2026-02-03"),
        ("date", "2026/2/3", "2026-02-03"),
        ("date", {"year": "", "month": "", "day": ""}, None),
        ("phone", "+86 138-0335-5072", "13803355072"),
        ("phone", "0335-5550101", "0335-5550101"),
        ("uscc", "91130399ma07abcd8x", None),
        ("region", "130302000000", "130302000000"),
        ("textarea", "一\r\n二", "一\n二"),
        ("text", "一\r\n二", "一 二"),
    ],
)
def test_values_are_kept_in_one_spelling(kind, given_value, kept):
    value, error = judge(FormField("x", "某项", kind, required=False), given_value)
    if kept is None:
        assert value is None or error
    else:
        assert (value, error) == (kept, "")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        (FormField("x", "面积", "number"), "很大"),
        (FormField("x", "面积", "number"), "1e999"),
        (FormField("x", "面积", "number"), "NaN"),
        (FormField("x", "面积", "number", validation=Validation(min=5, max=12)), "4"),
        (FormField("x", "面积", "number", validation=Validation(min=5, max=12)), "13"),
        (FormField("x", "金额", "money"), "1.234"),
        (FormField("x", "日期", "date"), "2026-02-30"),
        (FormField("x", "日期", "date"), "明天"),
        (FormField("x", "日期", "date"), {"year": "20xx", "month": "1", "day": "1"}),
        (FormField("x", "手机", "phone", validation=Validation(pattern=r"^1[3-9]\d{9}$")), "0335-5550101"),
        (FormField("x", "证号", "idcard"), "13039919820501012"),
        (FormField("x", "代码", "uscc"), "91130302MA07ABCD8"),
        (FormField("x", "区划", "region"), "海港区"),
        (FormField("x", "名称", "text"), "长" * 201),
        (FormField("x", "名称", "text"), "a\x00b"),
        (FormField("x", "名称", "text"), "half of a character \ud800"),
        (FormField("x", "名称", "text"), ["列表"]),
        (FormField("x", "名称", "text"), {"a": 1}),
        (FormField("x", "编号", "text", validation=Validation(length=15)), "123"),
        (FormField("x", "选择", "choice", choices=(Choice("a", "甲"),)), "b"),
        (FormField("x", "选择", "choice", choices=(Choice("a", "甲"),)), {"a": "a"}),
        (
            FormField(
                "x", "选择", "multichoice", choices=(Choice("a", "甲"), Choice("b", "乙")), validation=Validation(min_items=2)
            ),
            ["a"],
        ),
        (FormField("x", "选择", "multichoice", choices=(Choice("a", "甲"),)), ["a", "z"]),
    ],
)
def test_what_cannot_stay_is_told_and_nothing_typed_is_lost(field, value):
    kept, error = judge(field, value)
    assert error
    assert kept == value


def test_one_wrong_digit_is_told_by_length():
    assert "17" in judge(FormField("i", "证号", "idcard"), "13039919820501012")[1]
    assert "17" in judge(FormField("u", "代码", "uscc"), "91130302MA07ABCD8")[1]


def test_a_choice_may_be_given_by_its_label():
    assert judge(FormField("c", "选择", "choice", choices=(Choice("a", "（甲）"),)), "(甲)")[0] == "a"


def test_region_must_be_known():
    form = form_of(FormField("r", "所在区划", "region"))
    known = {"130302000000"}.__contains__
    assert form_rules.validate(form, {"r": "130302000000"}, today=TODAY, region_known=known)[1] == {}
    assert "r" in form_rules.validate(form, {"r": "130399000000"}, today=TODAY, region_known=known)[1]


def test_hidden_fields_are_dropped_and_so_is_what_the_form_does_not_know():
    form = form_of(
        FormField("by_agent", "委托", "choice", choices=(Choice("yes", "是"), Choice("no", "否"))),
        FormField("agent", "代办人", "text", condition=Equals("by_agent", "yes")),
        FormField("deep", "再问", "text", condition=Equals("agent", "张三")),
    )
    clean, errors = form_rules.validate(form, {"by_agent": "no", "agent": "张三", "deep": "x", "other": 1}, today=TODAY)
    assert (clean, errors) == ({"by_agent": "no"}, {})


def test_numbers_are_compared_as_numbers():
    form = form_of(FormField("age", "年龄", "number"), FormField("test", "能力测试", "text", condition=Greater("age", 69)))
    assert set(form_rules.validate(form, {"age": "７０"}, today=TODAY)[1]) == {"test"}
    assert form_rules.validate(form, {"age": "9"}, today=TODAY)[1] == {}


def test_rows_are_judged_cell_by_cell():
    shops = next(field for field in ITEMS["130300-YJ-10-0002"].content.form.fields if field.type == "repeat")
    good = sample_answers(form_of(FormField("shops", "门店", "repeat", columns=shops.columns)), today=TODAY)["shops"][0]
    types = {column.label: column.type for column in shops.columns}
    assert [types[label] for label in ("统一社会信用代码", "质量负责人身份证号", "经营面积（平方米）")] == [
        "uscc",
        "idcard",
        "number",
    ]
    form = form_of(FormField("shops", "门店", "repeat", columns=shops.columns))
    uscc = next(column.key for column in shops.columns if column.type == "uscc")
    store = next(column.key for column in shops.columns if column.label == "库房地址")
    bad = {**good, uscc: "91130302MA07ABCD8"}
    clean, errors = form_rules.validate(form, {"shops": [good, bad, {}, {**good, store: ""}]}, today=TODAY)
    assert set(errors) == {f"shops.2.{uscc}"}
    assert len(clean["shops"]) == 3
    assert set(form_rules.validate(form, {"shops": []}, today=TODAY)[1]) == {"shops"}
    assert set(form_rules.validate(form, {"shops": "x"}, today=TODAY)[1]) == {"shops"}
    assert set(form_rules.validate(form, {"shops": [good] * 201}, today=TODAY)[1]) == {"shops"}


def test_only_one_page_is_judged_but_conditions_read_all():
    form = form_of(
        FormField("kind", "种类", "choice", choices=(Choice("a", "甲"),)),
        FormField("name", "名称", "text", condition=Equals("kind", "a")),
        FormField("more", "其他", "text"),
    )
    clean, errors = form_rules.validate(form, {"kind": "a", "name": ""}, today=TODAY, only=["name"])
    assert set(errors) == {"name"}
    assert clean == {"kind": "a"}


def test_personal_answers_are_masked():
    form = ITEMS["130300-YJ-10-0002"].content.form
    assert {"org_legal_id", "contact_phone"} <= form_rules.personal_fields(form)
    assert form_rules.display_value(form.field("org_legal_id"), "130399198205010129") == "130399＊＊＊＊＊＊＊＊0129"
    assert form_rules.display_value(form.field("contact_phone"), "13803355072", masked=False) == "13803355072"
    assert form_rules.display_value(form.field("by_agent"), "yes") == "是"


def test_content_survives_storing():
    for item in ITEMS.values():
        assert Content.from_json(item.content.to_json()) == item.content


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    )
)
def test_no_answer_breaks_the_rules(value):
    form = ITEMS["130300-YJ-10-0002"].content.form
    answers = {field.key: value for field in form.fields}
    clean, errors = form_rules.validate(form, answers, today=TODAY)
    assert isinstance(clean, dict)
    assert all(str(error) for error in errors.values())


@given(st.decimals(min_value=0, max_value=10**12, places=2))
def test_money_is_exact(amount):
    assert judge(FormField("m", "金额", "money"), f"{amount:f}")[0] == f"{amount:f}"
