"""The home page: quick, small, honest."""

import re
from contextlib import closing
from datetime import time

import pytest
from django.test import Client

from onedoor.network.opening import Period
from onedoor.portal.figures import share
from onedoor.portal.hours import Line, lines

LARGEST_ON_THE_WIRE = 60_000
GZIP = {"host": "127.0.0.1", "accept-encoding": "gzip"}


@pytest.fixture
def visitor(db):
    return Client(headers=GZIP)


def test_home_page_costs_few_statements(visitor, count_statements):
    with count_statements() as cold:
        visitor.get("/")
    with count_statements() as warm:
        visitor.get("/")
    assert len(cold) <= 6
    assert len(warm) <= 2


def test_home_page_with_its_styles_and_scripts_is_small(visitor):
    page = visitor.get("/", headers={"accept-encoding": "identity"}).content.decode()
    packed = len(visitor.get("/").content)
    parts = re.findall(r'(?:href|src)="(/static/[^"]+\.(?:css|js|svg)[^"]*)"', page)
    assert len(parts) == 5
    for part in parts:
        with closing(visitor.get(part)) as response:
            packed += int(response.headers["Content-Length"])
    assert packed <= LARGEST_ON_THE_WIRE


def test_nothing_on_the_page_leads_nowhere(visitor):
    page = visitor.get("/", headers={"accept-encoding": "identity"}).content.decode()
    dead = {
        address
        for address in re.findall(r'href="(/[^"#?]*)', page)
        if not address.startswith("/static/") and visitor.get(address).status_code == 404
    }
    assert dead == set()


@pytest.mark.parametrize(("part", "whole", "said"), [(1, 1, "100"), (9999, 10000, "99.9"), (884, 1000, "88.4"), (0, 3, "0.0")])
def test_a_share_is_100_only_when_it_is_exactly_so(part, whole, said):
    assert share(part, whole) == said


def test_hours_stand_as_on_a_sign():
    day = (Period(time(8, 30), time(17, 30)),)
    week = dict.fromkeys(range(5), day) | {5: (Period(time(8, 30), time(11, 30)),)}
    assert lines(week) == [Line("周一至周五", ("08:30–17:30",)), Line("周六", ("08:30–11:30",))]


def test_hours_with_a_gap_are_two_lines():
    day = (Period(time(9), time(11)), Period(time(14), time(16)))
    assert lines({0: day, 2: day, 3: day}) == [
        Line("周一", ("09:00–11:00", "14:00–16:00")),
        Line("周三至周四", ("09:00–11:00", "14:00–16:00")),
    ]


def test_what_is_promised_to_everybody_is_written_down(visitor):
    page = visitor.get("/accessibility/", headers={"accept-encoding": "identity"}).content.decode()
    assert "WCAG 2.2 AA" in page
    assert "12345" in page
