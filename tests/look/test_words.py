"""Times, limits and amounts as people read them."""

from dataclasses import dataclass
from datetime import UTC, date, datetime

import pytest
import time_machine
from django.template import Context, Template
from django.utils import translation

from onedoor.look.words import amount_text, day_text, moment_text, short_moment_text

NOW = datetime(2026, 11, 23, 2, 42, tzinfo=UTC)
DUE = datetime(2026, 11, 25, 9, 30, tzinfo=UTC)


def test_moment_in_both_languages():
    today = date(2026, 11, 23)
    assert moment_text(DUE, today=today) == "11 月 25 日（周三）17:30"
    with translation.override("en"):
        assert moment_text(DUE, today=today) == "Wed 25 Nov 17:30"


def test_the_year_stands_where_it_is_another():
    assert day_text(date(2027, 1, 4), today=date(2026, 11, 23)) == "2027 年 1 月 4 日（周一）"
    assert short_moment_text(DUE, today=date(2027, 1, 4)) == "2026-11-25 17:30"


def test_a_moment_after_midnight_in_shanghai_has_the_local_date():
    assert day_text(datetime(2026, 11, 24, 17, tzinfo=UTC), today=date(2026, 11, 24)) == "11 月 25 日（周三）"


@pytest.mark.parametrize(("fen", "said"), [(2000, "20 元"), (50, "0.50 元"), (0, "0 元")])
def test_amounts_are_integer_fen_shown_in_yuan(fen, said):
    assert amount_text(fen) == said


@dataclass
class View:
    due_at: datetime
    paused: bool = False

    def light(self, now):
        return "pause" if self.paused else "ok"

    def left_text(self, now):
        return "还剩 2 个工作日"


def limit(view):
    with time_machine.travel(NOW, tick=False):
        return Template("{% load look %}{% limit view %}").render(Context({"view": view}))


def test_a_limit_says_what_is_left_and_when_it_ends():
    said = limit(View(DUE))
    assert "limit--ok" in said
    assert "还剩 2 个工作日" in said
    assert said.endswith("<small>11-25</small>")


def test_a_limit_that_ends_today_says_the_hour():
    assert limit(View(datetime(2026, 11, 23, 9, 30, tzinfo=UTC))).endswith("<small>17:30</small>")


def test_a_limit_that_stands_still_has_no_end():
    assert "<small>" not in limit(View(DUE, paused=True))
