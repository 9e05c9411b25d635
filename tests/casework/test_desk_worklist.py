"""The work list: what is in it, under which heading, what it costs, and what the search finds."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from onedoor.casework import worklist
from onedoor.casework.services import intake, review
from onedoor.catalog import queries as catalog
from tests.casework.desk import at_desk, text_of, url
from tests.casework.situations import MONDAY, City, a_draft, accepted, all_checked, before_decision, submitted

WORK = "/desk/work/"
TUESDAY = MONDAY + timedelta(days=1)


@pytest.fixture(autouse=True)
def monday() -> Iterator[None]:
    with time_machine.travel(MONDAY, tick=True):
        yield


def references(client: Client, tab: str = "todo") -> list[str]:
    body = client.get(WORK, {"tab": tab}).content.decode()
    return [found.replace(" ", "") for found in re.findall(r'<a class="ref" href="[^"]+">([\d ]+)</a>', body)]


def test_each_post_sees_its_own_work_and_a_stranger_none(city: City) -> None:
    waiting, handled, deciding = submitted(city), accepted(city), before_decision(city)
    assert references(at_desk(city.clerk)) == [waiting.reference]
    assert references(at_desk(city.reviewer)) == [handled.reference]
    assert set(references(at_desk(city.approver))) == {deciding.reference, handled.reference}
    assert references(at_desk(city.stranger)) == []
    assert "没有待办" in text_of(at_desk(city.stranger).get(WORK))


def test_what_a_colleague_took_leaves_my_list_and_stands_in_his_hand(city: City) -> None:
    application = accepted(city)
    review.take_stage(application_id=application.id, by=city.approver, at=MONDAY)
    assert references(at_desk(city.reviewer)) == []
    assert references(at_desk(city.approver), "mine") == [application.reference]


def test_what_waits_for_the_applicant_and_what_i_did(city: City) -> None:
    application = submitted(city)
    key = all_checked(application)[0].key
    intake.ask_for_correction(
        application_id=application.id, points=[intake.Point(key, "材料", "缺", "补")], by=city.clerk, at=MONDAY
    )
    assert references(at_desk(city.clerk), "waiting") == [application.reference]
    assert references(at_desk(city.stranger), "waiting") == []
    decided = before_decision(city)
    assert references(at_desk(city.reviewer), "done") == [decided.reference]
    with time_machine.travel(MONDAY + timedelta(days=15)):
        assert references(at_desk(city.reviewer, at=MONDAY + timedelta(days=15)), "done") == []


def test_rows_stand_under_what_is_due(city: City) -> None:
    accepted(city)
    for days, heading in ((0, "明天到期"), (1, "今天到期"), (3, "已超期")):
        at = MONDAY + timedelta(days=days)
        groups = worklist.grouped(worklist.work_list(actor=city.reviewer, at=at).rows)
        assert [str(group.name) for group in groups] == [heading], days


def test_tabs_count_what_is_there_and_stop_counting_at_a_hundred(city: City, monkeypatch: pytest.MonkeyPatch) -> None:
    for _each in range(3):
        submitted(city)
    counts = {tab.code: tab.count_text for tab in worklist.tabs(actor=city.clerk, at=MONDAY)}
    assert counts == {"todo": "3", "mine": "0", "asked": "0", "waiting": "0", "done": "0"}
    monkeypatch.setattr(worklist, "COUNTED", 2)
    assert worklist.tabs(actor=city.clerk, at=MONDAY)[0].count_text == "1+"


def test_the_list_costs_the_same_for_two_rows_and_for_twenty(city: City, count_statements) -> None:
    client = at_desk(city.clerk)
    for _each in range(2):
        submitted(city)
    client.get(WORK)
    with count_statements() as two:
        client.get(WORK)
    for _each in range(18):
        submitted(city)
    with count_statements() as twenty:
        assert len(references(client)) == 20
    assert len(two) == len(twenty)
    assert len(twenty) <= 15, "\n".join(each["sql"][:120] for each in twenty)


def test_a_case_costs_few_statements(city: City, count_statements) -> None:
    application = before_decision(city)
    client = at_desk(city.approver)
    client.get(url("case", application))
    with count_statements() as sent:
        assert client.get(url("case", application)).status_code == 200
    assert len(sent) <= 20, "\n".join(each["sql"][:120] for each in sent)


def test_the_preview_shows_the_next_act(city: City) -> None:
    application = accepted(city)
    shown = at_desk(city.reviewer).get(url("preview", application))
    assert url("take", application) in shown.content.decode()
    assert "<html" not in shown.content.decode()
    assert at_desk(city.stranger).get(url("preview", application)).status_code == 404


def test_search_by_reference_name_and_item(city: City) -> None:
    application = submitted(city)
    client, search = at_desk(city.clerk), reverse("casework:desk_search")
    spaced = f"{application.reference[:4]} {application.reference[4:8]}-{application.reference[8:]}"
    assert client.get(search, {"q": spaced})["Location"] == url("case", application)
    item = catalog.case_terms(application.version_id).name
    for words in ("张海", item, item[:4]):
        assert application.reference[:4] in text_of(client.get(search, {"q": words})), words
    for words in ("海燕燕", "260101000000", "\x00", "%", "' OR 1=1"):
        assert client.get(search, {"q": words}).status_code == 200, words
    assert application.reference[:4] not in text_of(at_desk(city.stranger).get(search, {"q": "张海"}))


def test_drafts_are_nobodys_work_and_are_not_found(city: City) -> None:
    a_draft(city)
    assert references(at_desk(city.clerk)) == []
    assert "没有找到" in text_of(at_desk(city.clerk).get(reverse("casework:desk_search"), {"q": "张海"}))


def test_lists_show_names_masked(city: City) -> None:
    submitted(city)
    page = text_of(at_desk(city.clerk).get(WORK))
    assert "张＊燕" in page
    assert "张海燕" not in page


def test_a_day_at_the_desk_begins_with_the_work_list(city: City) -> None:
    assert at_desk(city.clerk).get("/desk/")["Location"] == WORK


def test_pages_beyond_the_last_are_empty_and_harmless(city: City) -> None:
    client = at_desk(city.clerk)
    for page in ("0", "2", "999", "x", "-1"):
        assert client.get(WORK, {"page": page}).status_code == 200
    assert client.get(WORK, {"tab": "nonsense"}).status_code == 200
