"""Deciding what happens to items: today or on a day to come, revoked in time, counted by year."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from onedoor.catalog import queries, yearly
from onedoor.catalog.models import ItemChange
from onedoor.kernel.clock import local_date
from onedoor.sample import catalogue as sample
from tests.catalog.city import AT, BY
from tests.catalog.keepers import Keepers, furnish, import_items

pytestmark = pytest.mark.django_db
CODE, OTHER, THIRD = "130300-YJ-01-0001", "130300-YJ-01-0002", "130300-YJ-01-0003"
CHANGES = "/desk/catalog/changes/"


@pytest.fixture
def keepers(db: None) -> Keepers:
    import_items(CODE, OTHER, THIRD)
    return furnish("YJ")


def decided(keepers: Keepers, days: int = 0, **changed: Any) -> Any:
    day = local_date(timezone.now()) + timedelta(days=days)
    sent = {"kind": "suspended", "touched": CODE, "basis": "市政府令第 1 号", "effective_on": day.isoformat(), **changed}
    return keepers.centre.post(CHANGES, sent)


def text_of(response: Any) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", response.content.decode()))


def test_what_is_decided_for_today_is_done_at_once(keepers: Keepers) -> None:
    assert decided(keepers).status_code == 302
    assert queries.published_guide(CODE).status == "suspended"
    page = text_of(keepers.head.get(CHANGES))
    assert "市政府令第 1 号" in page
    assert "决定调整" not in page
    assert "市政府令第 1 号" in text_of(keepers.head.get(f"/desk/catalog/{CODE}/"))


def test_a_planned_change_can_be_revoked_until_its_day(keepers: Keepers) -> None:
    decided(keepers, days=30)
    change = ItemChange.objects.get()
    assert queries.published_guide(CODE).status == "published"
    assert keepers.head.post(f"{CHANGES}{change.id}/revoke/").status_code == 403
    assert "待执行的调整已撤销" in text_of(keepers.centre.post(f"{CHANGES}{change.id}/revoke/", follow=True))
    assert "没有待执行的调整" in text_of(keepers.centre.get(CHANGES))
    assert "待执行的调整已撤销" not in text_of(keepers.centre.post(f"{CHANGES}{change.id}/revoke/", follow=True))


def test_a_merger_says_in_what_it_ends(keepers: Keepers) -> None:
    touched = f"{OTHER}、{THIRD}"
    assert decided(keepers, kind="merged", touched=touched).status_code == 422
    assert not ItemChange.objects.exists()
    assert decided(keepers, kind="merged", touched=touched, results=CODE).status_code == 302
    assert {queries.published_guide(code).status for code in (OTHER, THIRD)} == {"cancelled"}
    assert queries.published_guide(CODE).status == "published"


@pytest.mark.parametrize(
    "changed", [{"touched": ""}, {"touched": "130300-XX-01-9999"}, {"basis": ""}, {"days": -1}, {"kind": "resumed"}, {"kind": "x"}]
)
def test_what_cannot_be_decided_is_told_with_what_was_typed(keepers: Keepers, changed: dict[str, Any]) -> None:
    answer = decided(keepers, **{"note": "留着的备注", **changed})
    assert answer.status_code == 422
    assert "留着的备注" in answer.content.decode()
    assert not ItemChange.objects.exists()


def test_a_department_decides_nothing(keepers: Keepers) -> None:
    assert keepers.head.post(CHANGES, {"kind": "cancelled", "touched": CODE}).status_code == 403


def test_the_history_of_the_sample_shows_the_numbers_that_are_told_of_the_hall(city: None) -> None:
    sample.make_history(by=BY, at=AT)
    counted = {str(line.label): (tuple(line.counts), line.total) for line in yearly.yearly().lines}
    assert yearly.yearly().years == [2024, 2025]
    assert counted["进驻大厅"] == ((255, 52), 307)
    assert counted["流程再造"] == ((0, 113), 113)
    assert counted["取消"][1] + counted["下放"][1] == 11  # of the 64 told of, those that the catalogue still has


def test_the_page_of_changes_keeps_its_budget(keepers: Keepers, django_assert_max_num_queries: Callable[..., Any]) -> None:
    decided(keepers)
    decided(keepers, days=3, touched=OTHER)
    keepers.centre.get(CHANGES)
    with django_assert_max_num_queries(12):
        keepers.centre.get(CHANGES)


def test_items_are_put_on_the_list_by_their_names_without_typing_codes(keepers: Keepers) -> None:
    assert f'href="{CHANGES}?touched={CODE}#decide"' in keepers.centre.get(f"/desk/catalog/{CODE}/").content.decode()
    assert "#decide" not in keepers.head.get(f"/desk/catalog/{CODE}/").content.decode()
    found = keepers.centre.get(CHANGES, {"touched": CODE, "find": "0002"}).content.decode()
    assert re.search(r"加上<span class=\"vh\"> [^<]+<", found), "the name stands beside the code"
    address = re.search(r'href="(\?touched=[^"]+)#decide"', found)
    assert address is not None
    picked = keepers.centre.get(CHANGES + address[1].replace("&amp;", "&")).content.decode()
    assert f"{CODE}\n{OTHER}</textarea>" in picked
    assert "名称或编码里没有" in text_of(keepers.centre.get(CHANGES, {"find": "没有这样的事项"}))
