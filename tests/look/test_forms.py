"""One set of parts draws Django's forms and field definitions alike."""

import re

import pytest
from django import forms
from django.template import Context, Template
from django.utils.datastructures import MultiValueDict

from onedoor.look.parts import errors_of, part_of


class Application(forms.Form):
    name = forms.CharField(label="姓名", help_text="与身份证一致", max_length=20)
    kind = forms.ChoiceField(label="种类", choices=[("a", "甲"), ("b", "乙")], widget=forms.RadioSelect)
    needs = forms.MultipleChoiceField(label="需要", choices=[("x", "一"), ("y", "二")], widget=forms.CheckboxSelectMultiple)
    town = forms.ChoiceField(label="乡镇", choices=[("", "—"), ("1", "海阳镇")], required=False)
    day = forms.DateField(label="日期", widget=forms.DateInput)
    scan = forms.FileField(label="扫描件")
    agreed = forms.BooleanField(label="我核对过了")
    note = forms.CharField(label="说明", widget=forms.Textarea, required=False)


@pytest.fixture
def filled():
    return Application(
        MultiValueDict({"name": ['"><script>alert(1)</script>'], "kind": ["b"], "needs": ["x", "y"], "day": ["2026-11-25"]})
    )


def test_every_field_has_a_label_and_says_what_describes_it(filled):
    page = str(filled)
    ids = re.findall(r'\sid="([^"]+)"', page)
    assert len(ids) == len(set(ids))
    for control in re.findall(r"<(?:input|select|textarea)\b[^>]*>", page):
        ident = re.search(r'\sid="([^"]+)"', control)[1]
        assert f'for="{ident}"' in page
        for described in re.findall(r'aria-describedby="([^"]+)"', control):
            assert set(described.split()) <= set(ids)


def test_what_was_typed_is_kept_and_harmless(filled):
    page = str(filled)
    assert "<script>" not in page
    assert 'value="&quot;&gt;&lt;script&gt;alert(1)&lt;/script&gt;"' in page
    assert 'value="b" checked' in page
    assert page.count(" checked") == 3
    assert 'type="date" id="id_day" name="day" value="2026-11-25"' in page


def test_the_summary_leads_to_each_field_that_needs_something(filled):
    page = str(filled)
    ids = set(re.findall(r'\sid="([^"]+)"', page))
    targets = re.findall(r'<a href="#([^"]+)">', page)
    assert set(targets) == {"id_name", "id_scan", "id_agreed"}
    assert set(targets) <= ids
    assert page.index("govuk-error-summary") < page.index("govuk-form-group")


def test_errors_of_choices_lead_to_the_first_choice():
    assert ("id_kind_0", "种类：请填写这一项。") in errors_of(Application({}))


def test_a_text_that_is_too_long_says_by_how_much():
    assert ("id_name", "姓名：最多 20 个字，您填了 21 个。") in errors_of(Application({"name": "长" * 21}))


def test_optional_is_marked_and_required_is_not(filled):
    assert str(filled).count("（选填）") == 2


@pytest.mark.parametrize(
    ("definition", "kind"),
    [
        ({"key": "a", "label": "甲", "type": "idcard"}, "input"),
        ({"key": "a", "label": "甲", "type": "choice", "choices": ["是", "否"]}, "radios"),
        ({"key": "a", "label": "甲", "type": "choice", "choices": [str(n) for n in range(40)]}, "select"),
        ({"key": "a", "label": "甲", "type": "multichoice", "choices": [{"value": "1", "label": "一"}]}, "checkboxes"),
        ({"key": "a", "label": "甲", "type": "region"}, "input"),
        ({"key": "a", "label": "甲", "type": "region", "choices": [("130302", "海港区")]}, "select"),
    ],
)
def test_a_definition_finds_its_part(definition, kind):
    assert part_of(definition).kind == kind


def test_a_definition_with_an_error_is_drawn_like_a_form_field():
    definition = {
        "key": "uscc",
        "label": "代码",
        "type": "uscc",
        "help": "18 位",
        "error": "应是 18 位，您填了 17 位",
        "value": "9113",
    }
    page = Template("{% load look %}{% field f is_title=True %}").render(Context({"f": definition}))
    assert '<h1><label class="h-1" for="id_uscc">代码</label></h1>' in page
    assert 'aria-describedby="id_uscc-hint id_uscc-error" aria-invalid="true"' in page
    assert "错误：" in page


def test_an_unknown_kind_is_a_bug():
    with pytest.raises(KeyError):
        part_of({"key": "a", "label": "甲", "type": "hologram"})
