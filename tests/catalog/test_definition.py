"""Forms as they are changed, and what is found wrong with them while they are."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from onedoor.catalog import form_changes as change
from onedoor.catalog.conditions import Contains, Equals, Greater, Not
from onedoor.catalog.content import Choice, Content, Form, FormField, Material, OptionText, Section, Validation
from onedoor.catalog.defaults import default_form
from onedoor.catalog.definition import definition_faults, users_of
from onedoor.catalog.models import ItemVersion


@pytest.fixture(autouse=True)
def in_english():
    with translation.override("en"):
        yield


YES_NO = (Choice("yes", "是"), Choice("no", "否"))


def a_form(*fields: FormField, scenario: bool = False) -> Form:
    return Form((Section("s1", "一", tuple(each.key for each in fields), scenario=scenario),), fields)


def reasons(form: Form, **content: object) -> list[tuple[str, str]]:
    return [(each.place, str(each.reason)) for each in definition_faults(Content(form=form, **content))]  # type: ignore[arg-type]


def test_the_forms_of_the_sample_have_no_fault(city):
    contents = [Content.from_json(each) for each in ItemVersion.objects.values_list("content", flat=True)]
    assert any(each.form.fields for each in contents)
    assert {fault.reason for each in contents for fault in definition_faults(each)} == set()
    assert definition_faults(Content(form=default_form(("1", "2")))) == ()


@pytest.mark.parametrize(
    ("condition", "said"),
    [
        (Equals("q2", "x"), "itself"),
        (Equals("gone", "x"), "no field"),
        (Equals("q3", "yes"), "later"),
        (Equals("q1", "maybe"), "maybe"),
        (Contains("q1", "yes"), "never be true"),
        (Greater("q1", 3), "never be true"),
    ],
)
def test_a_wrong_reference_is_told_where_it_stands(condition, said):
    form = a_form(
        FormField("q1", "甲", "choice", choices=YES_NO), FormField("q2", "乙", "text", condition=condition),
        FormField("q3", "丙", "choice", choices=YES_NO),
    )  # fmt: skip
    found = reasons(form)
    assert [place for place, _reason in found] == ["field-q2"]
    assert said in found[0][1]


def test_a_circle_is_told():
    form = a_form(
        FormField("q1", "甲", "text", condition=Equals("q2", "")), FormField("q2", "乙", "text", condition=Equals("q1", ""))
    )
    assert [reason for _place, reason in reasons(form)] == ["The condition goes round in a circle."] * 2


@pytest.mark.parametrize(
    ("field", "said"),
    [
        (FormField("q1", "", "text"), "no text"),
        (FormField("q1", "甲", "poem"), "no type"),
        (FormField("q1", "甲", "choice"), "nothing to choose"),
        (FormField("q1", "甲", "multichoice", choices=(Choice("a", "x"), Choice("b", "x"))), "the same"),
        (FormField("q1", "甲", "repeat"), "no column"),
        (FormField("q1", "甲", "repeat", columns=(FormField("c1", "乙", "choice"),)), "nothing to choose"),
        (FormField("q1", "甲", "repeat", columns=(FormField("c1", "乙", "file"),)), "cannot stand"),
        (FormField("q1", "甲", "number", validation=Validation(min=5, max=1)), "more than"),
        (FormField("q1", "甲", "text", validation=Validation(pattern="(")), "pattern"),
        (FormField("q1", "甲", "text", prefill="nobody"), "Nothing is known"),
        (FormField("q1", "甲", "number", prefill="person.name"), "does not fit"),
        (FormField("q1", "甲", "text", prefill="certificate.number"), "name of the certificate"),
    ],
)
def test_a_question_that_cannot_be_answered_is_told(field, said):
    found = reasons(a_form(field))
    assert len(found) == 1
    assert found[0][0] == "field-q1"
    assert said in found[0][1]


def test_keys_used_twice_and_questions_without_a_place_are_told():
    twice = Form((Section("s1", "一", ("q1", "q1")), Section("s1", "二", ("q9",))), (FormField("q1", "甲", "text"),) * 2)
    told = {reason for _place, reason in reasons(twice)}
    assert {
        "Two questions have this key.",
        "Two sections have this key.",
        "The section names a question that is not there.",
    } <= told
    assert ("field-q1", "The question stands in no section.") in reasons(Form((), (FormField("q1", "甲", "text"),)))
    assert reasons(Form((Section("s1", "一", ()),), ())) == [("section-s1", "The section has no question yet.")]


def test_papers_and_options_that_ask_for_a_removed_question_are_told():
    form = a_form(
        FormField("q1", "有无仓库", "choice", choices=YES_NO), FormField("q2", "面积", "number", condition=Equals("q1", "yes"))
    )
    content = Content(
        form=form,
        materials=(Material("m1", "仓库证明", when=Equals("q1", "yes")),),
        options=(OptionText("01", "首次", condition=Not(Equals("q1", "yes"))),),
    )
    assert definition_faults(content) == ()
    assert users_of(content, "q1") == ("面积", "仓库证明", "首次")
    without = replace(content, form=change.remove_field(form, "q1"))
    assert [each.place for each in definition_faults(without)] == ["field-q2", "material-m1", "option-01"]


def test_a_changed_label_keeps_key_value_and_all_conditions():
    form = a_form(FormField("q1", "甲", "choice", choices=YES_NO), FormField("q2", "乙", "text", condition=Equals("q1", "yes")))
    choices = change.choices_from("对 | Yes | yes\n否", YES_NO)
    assert choices == (Choice("yes", "对", "Yes"), Choice("no", "否"))
    renamed = change.put_field(form, replace(form.field("q1"), label="另一个名字", choices=choices))
    assert reasons(renamed) == []
    assert renamed.field("q2").condition.tell(renamed) == "“另一个名字” is “Yes”"  # type: ignore[union-attr]


def test_a_new_choice_gets_a_value_that_no_other_has():
    assert [each.value for each in change.choices_from("甲\n乙 | B | c1\n丙", ())] == ["c2", "c1", "c3"]
    assert change.choices_from("  \n甲｜A\n", ()) == (Choice("c1", "甲", "A"),)
    assert change.choices_from(change.choices_text(YES_NO), YES_NO) == YES_NO


def test_a_copied_section_points_within_the_copy():
    form = a_form(FormField("q1", "甲", "choice", choices=YES_NO), FormField("q2", "乙", "text", condition=Equals("q1", "yes")))
    copied = change.copy_section(form, "s1", taken={"q1", "q2", "q3"})
    assert [(each.key, each.fields) for each in copied.sections] == [("s1", ("q1", "q2")), ("s2", ("q4", "q5"))]
    assert copied.field("q5").condition == Equals("q4", "yes")
    assert reasons(copied) == []


def test_situations_stand_before_all_other_sections():
    form = a_form(FormField("q1", "甲", "text"))
    form = change.put_section(form, Section("s2", "情形", (), scenario=True))
    assert [each.key for each in form.sections] == ["s2", "s1"]
    assert [each.key for each in change.move_section(form, "s1", change.UP).sections] == ["s2", "s1"]


def test_a_question_moves_over_the_edge_of_its_section():
    form = Form(
        (Section("s1", "一", ("q1",)), Section("s2", "二", ("q2",))), (FormField("q1", "甲", "text"), FormField("q2", "乙", "text"))
    )
    down = change.move_field(form, "q1", change.DOWN)
    assert [each.fields for each in down.sections] == [(), ("q1", "q2")]
    assert change.move_field(down, "q1", change.UP) == form
    assert change.move_field(form, "q1", change.UP) == form


acts = st.lists(
    st.tuples(
        st.sampled_from(["up", "down", "copy", "remove", "add", "section", "copy_section", "section_up", "section_down"]),
        st.integers(0, 9),
    ),
    max_size=30,
)


@given(acts)
def test_whatever_is_done_to_a_form_every_question_stands_in_one_place(done):
    form = Form()
    for act, number in done:
        fields, sections = form.fields, form.sections
        taken = {each.key for each in fields}
        if act == "section":
            form = change.put_section(
                form, Section(change.free_key("s", {each.key for each in sections}), "题", (), scenario=number % 3 == 0)
            )
        elif sections and act == "add":
            form = change.add_field(
                form, sections[number % len(sections)].key, FormField(change.free_key("q", taken), "问", "text")
            )
        elif sections and act.startswith(("copy_section", "section_")):
            key = sections[number % len(sections)].key
            form = (
                change.copy_section(form, key, taken=taken)
                if act == "copy_section"
                else change.move_section(form, key, change.UP if act == "section_up" else change.DOWN)
            )
        elif fields and act in ("up", "down", "copy", "remove"):
            key = fields[number % len(fields)].key
            form = {
                "up": lambda: change.move_field(form, key, change.UP),  # noqa: B023
                "down": lambda: change.move_field(form, key, change.DOWN),  # noqa: B023
                "copy": lambda: change.copy_field(form, key, taken=taken),  # noqa: B023
                "remove": lambda: change.remove_field(form, key),  # noqa: B023
            }[act]()
        if len(form.fields) > 60:
            break
    assert sorted(each.key for each in form) == sorted(each.key for each in form.fields)
    assert not {reason for _place, reason in reasons(form)} - {"The section has no question yet."}
