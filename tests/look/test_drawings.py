"""Icons, states and figures as they stand in a page."""

import re
from pathlib import Path

import pytest
from django.template import Context, RequestContext, Template
from django.test import RequestFactory

import onedoor
from onedoor.look.icons import ICONS, LIMIT, SHAPES

pytestmark = pytest.mark.django_db  # the frame asks once whether this is a sample city

ROOM = Path(onedoor.__file__).parent
TEMPLATES = sorted(ROOM.glob("*/templates/**/*.html"))


def draw(source, request=None, **values):
    template = Template("{% load look %}" + source)
    return template.render(RequestContext(request, values) if request else Context(values))


def test_the_house_has_at_most_48_icons():
    assert len(ICONS) <= LIMIT == 48


def test_a_page_defines_each_drawing_once_and_only_what_it_uses():
    page = draw(
        '{% sprite_start %}{% icon "search" %}{% icon "search" %}{% state "ok" "done" %}{% sprite %}', RequestFactory().get("/")
    )
    assert re.findall(r'<symbol id="([^"]+)"', page) == ["i-search", "s-ok"]
    assert page.count('<use href="#i-search"/>') == 2


def test_a_part_without_a_frame_draws_in_place():
    assert "<use" not in draw('{% icon "search" %}', RequestFactory().get("/"))
    assert ICONS["search"] in draw('{% icon "search" %}')


def test_a_state_has_shape_word_and_colour():
    said = draw('{% state "due" "可以后补" shape="later" %}')
    assert "st-due" in said
    assert SHAPES["later"] in said
    assert "可以后补" in said


@pytest.mark.parametrize("source", ['{% icon "no-such" %}', '{% state "green" "x" %}', '{% shape "no-such" %}'])
def test_an_unknown_drawing_is_a_bug(source):
    with pytest.raises((KeyError, ValueError)):
        draw(source)


def test_every_icon_named_in_a_template_exists():
    named = {(template.name, name) for template in TEMPLATES for name in re.findall(r'{%\s*icon "([^"]+)"', template.read_text())}
    assert {(where, name) for where, name in named if name not in ICONS} == set()


def test_no_template_needs_what_the_policy_forbids():
    forbidden = re.compile(
        r"""<style|\sstyle=|\son[a-z]+=["']|javascript:|<script(?![^>]*\s(?:src=|type="application/ld\+json"))"""
    )
    found = [
        f"{template.relative_to(ROOM)}: {match[0]}"
        for template in TEMPLATES
        if "/pdf/" not in str(template) and "papers" not in template.parts
        for match in [forbidden.search(template.read_text())]
        if match
    ]
    assert found == []


def test_time_bar_says_its_figures_and_marks_the_promise():
    bar = draw("{% timebar 2 5 10 %}")
    assert 'aria-label="承诺 5 个工作日，已用 2；法定 10"' in bar
    assert 'class="u" width="128"' in bar
    assert 'd="M320 0v14"' in bar


def test_time_bar_turns_when_the_promise_is_broken():
    assert 'class="over" width="640"' in draw("{% timebar 7 5 %}")


def test_who_held_it_fills_the_bar():
    bar = draw("{% held parts %}", parts=[("win", 1), ("app", 8), ("dep", 1), ("rest", 0)])
    assert re.findall(r'class="h-(\w+)" x="([\d.]+)"', bar) == [("win", "0.0"), ("app", "100.0"), ("dep", "900.0")]


def test_qr_code_is_drawn_in_place_with_a_name():
    code = draw("{% qr text label %}", text="https://example.cn/q/ABC", label='"本指南" 的码')
    assert code.count("<svg") == 1
    assert 'role="img" aria-label="&quot;本指南&quot; 的码"' in code


def test_reference_is_shown_in_groups_of_four():
    assert draw('{% ref "261118120482" %}') == '<span class="ref">2611 1812 0482</span>'
