"""The editor of forms as an officer uses it: every request one act, nothing typed lost, every fault told where it is mended."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from typing import Any

import pikepdf
import pytest
from django.test import Client

from onedoor.catalog import parts
from onedoor.catalog.conditions import Either, Equals, Every, Greater, Not
from onedoor.catalog.content import Choice, Content, Form, Material, OptionText, Validation
from onedoor.catalog.models import ItemVersion
from onedoor.catalog.services import editing
from onedoor.journal.models import Entry
from onedoor.kernel.actor import Actor
from onedoor.kernel.errors import Invalid
from tests.casework.desk import at_desk, text_of
from tests.casework.situations import COMMITMENT, MONDAY, City
from tests.catalog.officers import an_officer, desk_of

PAGE = f"/desk/catalog/{COMMITMENT}/draft/form/"


@pytest.fixture
def city(furnished: City, db: None) -> City:
    return furnished


@pytest.fixture
def officer(city: City) -> Actor:
    return an_officer("20001")


@pytest.fixture
def desk(officer: Actor) -> Client:
    """Return the browser of an officer whose draft has an empty form, on which nothing depends."""
    editing.begin_draft(COMMITMENT, by=officer, at=MONDAY)
    begun = content()
    save(officer, "materials", materials=tuple(replace(each, when=None) for each in begun.materials))
    save(officer, "options", options=tuple(replace(each, condition=None) for each in begun.options))
    save(officer, "form", form=Form())
    return desk_of(officer)


def draft() -> ItemVersion:
    return ItemVersion.objects.select_related("item").get(item__code=COMMITMENT, status="draft")


def content() -> Content:
    return Content.from_json(draft().content)


def save(by: Actor, part: str, **changes: Any) -> None:
    version = draft()
    mark = parts.seen(version, parts.PART_BY_KEY[part])
    editing.save_part(version.id, part_key=part, changes=changes, mark=mark, by=by, at=MONDAY)


def mark_on(page: Any) -> str:
    return re.findall(r'name="mark" value="([0-9a-f]+)"', page.content.decode())[0]


def post(desk: Client, path: str, **data: Any) -> Any:
    """Fill in a page as it stands and send it."""
    return desk.post(path, {"mark": mark_on(desk.get(path)), **data})


def a_section(desk: Client, title: str, **more: str) -> None:
    post(desk, PAGE, act="add_section", **{"section-title": title, **{f"section-{key}": value for key, value in more.items()}})


def a_question(desk: Client, section: str, label: str, kind: str) -> Any:
    return post(desk, PAGE, act="add_field", key=section, **{f"{section}-label": label, f"{section}-type": kind})


@pytest.fixture
def begun(desk: Client) -> Client:
    """Return the browser of an officer whose form asks who applies and what for."""
    a_section(desk, "经营者")
    a_question(desk, "s1", "主体类型", "choice")
    post(
        desk,
        f"{PAGE}field/q1/",
        act="save",
        label="主体类型",
        type="choice",
        required="on",
        choices="公司 | Company\n个体户 | | self",
    )
    a_question(desk, "s1", "注册资本", "money")
    return desk


def test_from_an_empty_page_to_sections_and_questions(desk):
    assert "还没有问题" in text_of(desk.get(PAGE))
    a_section(desk, "办理结果", title_en="Result")
    a_section(desk, "您的情形", scenario="on")
    answer = a_question(desk, "s2", "有没有仓库", "choice")
    assert answer.url == f"{PAGE}field/q1/"
    assert [(each.title, each.title_en, each.scenario) for each in content().form.sections] == [
        ("您的情形", "", True), ("办理结果", "Result", False)
    ]  # fmt: skip
    said = text_of(desk.get(PAGE))
    assert "情形引导，最先问" in said
    assert "没有可选的选项" in said
    assert "送审前要改正 2 处" in said
    assert Entry.objects.filter(act="catalog.save_part").count() == 6


def test_rules_that_fit_the_type_are_kept(begun):
    post(begun, f"{PAGE}field/q2/", act="save", label="注册资本", label_en="Capital", type="money", help="万元不写", min="1000", max="2500000.5",
         scale="2")  # fmt: skip
    field = content().form.field("q2")
    assert field.validation == Validation(min=1000.0, max=2500000.5, scale=2)
    assert (field.required, field.help, field.label_en) == (False, "万元不写", "Capital")
    page = begun.get(f"{PAGE}field/q2/").content.decode()
    assert 'value="2500000.5"' in page
    assert "scale" in page
    assert "pattern" not in page
    answer = post(begun, f"{PAGE}field/q2/", act="save", label="注册资本", type="money", min="9", max="1")
    assert answer.status_code == 422
    assert "上限小于下限" in text_of(answer)


def test_another_type_drops_what_only_the_former_knew_and_stays_to_say_the_rest(begun):
    answer = post(begun, f"{PAGE}field/q1/", act="save", label="主体类型", type="text", required="on", choices="x")
    assert answer.url == f"{PAGE}field/q1/"
    assert (content().form.field("q1").type, content().form.field("q1").choices) == ("text", ())


def test_a_renamed_choice_keeps_its_value(begun):
    assert content().form.field("q1").choices == (Choice("c1", "公司", "Company"), Choice("self", "个体户"))
    post(begun, f"{PAGE}field/q1/", act="save", label="主体", type="choice", required="on",
         choices="有限公司 | Company | c1\n个体工商户 | | self\n合伙")  # fmt: skip
    assert [each.value for each in content().form.field("q1").choices] == ["c1", "self", "c2"]
    assert content().form.field("q1").key == "q1"


def test_a_table_has_columns_that_are_written_like_questions(begun):
    a_question(begun, "s1", "股东", "repeat")
    page = f"{PAGE}field/q3/"
    answer = post(begun, page, act="add_column", **{"column-label": "姓名", "column-type": "text"})
    assert answer.url == f"{page}c1/"
    post(begun, page, act="add_column", **{"column-label": "出资", "column-type": "money"})
    post(begun, f"{page}c2/", act="save", label="出资额", type="money", required="on", min="0")
    post(begun, page, act="up", key="c2")
    post(begun, page, act="copy", key="c1")
    post(begun, page, act="save", label="股东", type="repeat", required="on", min_rows="2", max_rows="9")
    table = content().form.field("q3")
    assert [(each.key, each.label) for each in table.columns] == [("c2", "出资额"), ("c1", "姓名"), ("c3", "姓名")]
    assert (table.validation.min_rows, table.validation.max_rows) == (2, 9)
    post(begun, page, act="remove", key="c3")
    assert len(content().form.field("q3").columns) == 2
    assert begun.post(page, {"act": "remove", "key": "c3", "mark": "x"}).status_code == 404
    assert 'value="repeat"' not in begun.get(f"{page}c1/").content.decode()


def test_questions_and_sections_move_and_are_copied(begun):
    post(begun, PAGE, act="up_field", key="q2")
    assert content().form.sections[0].fields == ("q2", "q1")
    post(begun, PAGE, act="copy_field", key="q1")
    post(begun, PAGE, act="copy_section", key="s1")
    form = content().form
    assert [(each.key, each.fields) for each in form.sections] == [("s1", ("q2", "q1", "q3")), ("s2", ("q4", "q5", "q6"))]
    post(begun, PAGE, act="down_section", key="s1")
    assert [each.key for each in content().form.sections] == ["s2", "s1"]


def test_a_condition_is_written_in_rows_and_told_as_a_sentence(begun):
    a_question(begun, "s1", "仓库地址", "address")
    page = f"/desk/catalog/{COMMITMENT}/draft/condition/field/q3/"
    assert "一律适用" in text_of(begun.get(page))
    answer = post(
        begun, page, act="save",
        **{"row-joined": "all", "row-0-field": "q1", "row-0-how": "is_not", "row-0-value": "个体户", "group-joined": "any",
           "group-0-field": "q2", "group-0-how": "more", "group-0-value": "500000", "group-1-field": "q2", "group-1-how": "empty"},
    )  # fmt: skip
    assert answer.url == f"{PAGE}#field-q3"
    assert content().form.field("q3").condition == Every(
        (Not(Equals("q1", "self")), Either((Greater("q2", 500000), Equals("q2", ""))))
    )
    told = "当“主体类型”不是“个体户”，并且（“注册资本”大于500000，或者“注册资本”没有填写）时"
    assert told in text_of(begun.get(PAGE))
    again = begun.get(page).content.decode()
    assert "个体户</textarea>" in again
    post(begun, page, act="clear")
    assert content().form.field("q3").condition is None


def test_a_row_that_cannot_be_stays_as_typed_with_the_fault_beside_it(begun):
    page = f"/desk/catalog/{COMMITMENT}/draft/condition/field/q2/"
    answer = post(begun, page, act="save", **{"row-0-field": "q1", "row-0-how": "is", "row-0-value": "外星人"})
    assert answer.status_code == 422
    assert "“外星人”不在选项里，可以写：公司、个体户" in text_of(answer)
    assert "外星人</textarea>" in answer.content.decode()
    assert content().form.field("q2").condition is None
    more = post(begun, page, act="more", **{"row-0-field": "q1", "row-0-how": "is", "row-0-value": "公司"})
    assert 'name="row-4-field"' in more.content.decode()


def test_papers_and_options_use_the_same_page(begun, officer):
    save(officer, "materials", materials=(Material("m1", "仓库证明"), Material("m2", "章程")))
    save(officer, "options", options=(OptionText("01", "首次"),))
    row = {"row-0-field": "q1", "row-0-how": "is", "row-0-value": "Company", "act": "save"}
    post(begun, f"/desk/catalog/{COMMITMENT}/draft/condition/material/m1/", **row)
    answer = post(begun, f"/desk/catalog/{COMMITMENT}/draft/condition/option/01/?back=/desk/catalog/{COMMITMENT}/", **row)
    assert answer.url == f"/desk/catalog/{COMMITMENT}/"
    assert content().materials == (Material("m1", "仓库证明", when=Equals("q1", "c1")), Material("m2", "章程"))
    assert content().options == (OptionText("01", "首次", condition=Equals("q1", "c1")),)
    assert begun.get(f"/desk/catalog/{COMMITMENT}/draft/condition/material/m9/").status_code == 404


def test_what_refers_to_a_question_is_told_before_it_is_deleted_and_after(begun, officer):
    save(officer, "materials", materials=(Material("m1", "公司章程", when=Equals("q1", "c1")),))
    page = f"{PAGE}remove/field/q1/"
    assert "公司章程" in text_of(begun.get(page))
    post(begun, page)
    assert [each.key for each in content().form.fields] == ["q2"]
    said = text_of(begun.get(PAGE))
    assert "公司章程" in said
    assert "送审前要改正 1 处" in said
    with pytest.raises(Invalid):
        editing.submit_for_review(draft().id, effective_from=MONDAY.date(), by=officer, at=MONDAY)


def test_a_key_is_never_given_twice_even_when_its_question_was_deleted(begun):
    post(begun, f"{PAGE}remove/field/q2/")
    published = ItemVersion.objects.get(item__code=COMMITMENT, status="published")
    a_question(begun, "s1", "新问题", "text")
    assert content().form.fields[-1].key not in {each["key"] for each in published.content["form"]["fields"]}


def test_of_two_officers_the_second_learns_of_the_first_and_loses_nothing(begun, officer):
    page = f"{PAGE}field/q2/"
    read = mark_on(begun.get(page))
    other = an_officer("20002")
    save(
        other,
        "form",
        form=replace(content().form, fields=(content().form.field("q1"), replace(content().form.field("q2"), label="认缴资本"))),
    )
    answer = begun.post(page, {"act": "save", "mark": read, "label": "实缴资本", "type": "money"})
    assert answer.status_code == 422
    assert "认缴资本" in text_of(answer)
    assert 'value="实缴资本"' in answer.content.decode()
    assert content().form.field("q2").label == "认缴资本"
    begun.post(page, {"act": "save", "mark": mark_on(answer), "label": "实缴资本", "type": "money"})
    assert content().form.field("q2").label == "实缴资本"


def test_moving_what_somebody_else_has_changed_shows_the_form_as_it_is(begun):
    read = mark_on(begun.get(PAGE))
    a_question(begun, "s1", "别人加的", "text")
    answer = begun.post(PAGE, {"act": "up_field", "key": "q2", "mark": read}, follow=True)
    assert "刚才有人改了这份表单" in text_of(answer)
    assert content().form.sections[0].fields == ("q1", "q2", "q3")
    typed = begun.post(PAGE, {"act": "add_field", "key": "s1", "s1-label": "我加的", "s1-type": "text", "mark": read})
    assert 'value="我加的"' in typed.content.decode()


def test_a_source_is_named_and_must_fit(begun):
    a_question(begun, "s1", "许可证编号", "text")
    page = f"{PAGE}field/q3/"
    answer = post(begun, page, act="save", label="许可证编号", type="text", source="certificate.number")
    assert answer.status_code == 422
    post(begun, page, act="save", label="许可证编号", type="text", source="certificate.number", certificate="食品经营许可证")
    assert content().form.field("q3").prefill == "certificate.number:食品经营许可证"
    assert "免填，来自本市证照：证照编号（食品经营许可证）" in text_of(begun.get(PAGE))


def test_the_preview_shows_what_depends_on_an_answer(begun):
    a_question(begun, "s1", "章程", "text")
    post(
        begun,
        f"/desk/catalog/{COMMITMENT}/draft/condition/field/q3/",
        act="save",
        **{"row-0-field": "q1", "row-0-how": "is", "row-0-value": "公司"},
    )
    assert "有 1 个问题不问" in text_of(begun.get(f"{PAGE}preview/"))
    assert "章程" in text_of(begun.get(f"{PAGE}preview/?q1=c1"))


def test_the_blank_form_is_a_pdf_that_the_worker_makes(begun, run_jobs):
    waiting = begun.get(f"{PAGE}paper/")
    assert "正在制作" in text_of(waiting)
    assert waiting["Refresh"] == "2"
    run_jobs()
    answer = begun.get(f"{PAGE}paper/")
    assert answer["Content-Type"] == "application/pdf"
    with pikepdf.open(io.BytesIO(b"".join(answer.streaming_content))) as paper:
        assert len(paper.pages) == 1
    a_question(begun, "s1", "章程", "text")
    assert "正在制作" in text_of(begun.get(f"{PAGE}paper/")), "another form is another paper"


def test_nobody_else_comes_in(begun, city):
    for path in (PAGE, f"{PAGE}preview/", f"{PAGE}field/q1/", f"/desk/catalog/{COMMITMENT}/draft/condition/field/q1/"):
        assert at_desk(city.clerk).get(path).status_code == 403
    assert begun.get("/desk/catalog/130300-FG-10-0001/draft/form/").status_code == 404
    assert begun.get(f"{PAGE}field/q99/").status_code == 404
    assert begun.post(PAGE, {"act": "explode", "key": "q1"}).status_code == 404


def test_what_was_handed_in_is_shown_but_not_changed(begun, officer):
    mark = mark_on(begun.get(PAGE))
    editing.submit_for_review(draft().id, effective_from=MONDAY.date(), by=officer, at=MONDAY)
    assert "已经送审" in text_of(begun.get(PAGE))
    assert 'name="act"' not in begun.get(PAGE).content.decode()
    assert begun.post(PAGE, {"act": "up_field", "key": "q2", "mark": mark}).status_code == 409
