"""The catalogue's health: counted once for each edition, by department and by rule, down to the items."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone

from onedoor.catalog import health
from onedoor.catalog.lint import faults_of
from onedoor.catalog.models import ItemVersion
from onedoor.catalog.services import changes
from onedoor.kernel.clock import local_date
from tests.catalog.city import BY
from tests.catalog.keepers import Keepers, furnish, import_items

pytestmark = pytest.mark.django_db
CODE, OTHER, FOREIGN = "130300-YJ-01-0001", "130300-YJ-01-0002", "130300-FG-10-0001"
HEALTH = "/desk/catalog/health/"


@pytest.fixture
def keepers(db: None) -> Keepers:
    import_items(CODE, OTHER, FOREIGN)
    return furnish("YJ")


def text_of(response: Any) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", response.content.decode()))


def test_the_counts_are_those_of_the_rules(keepers: Keepers) -> None:
    found = health.health()
    broken = {row.item.code: faults_of(row) for row in ItemVersion.objects.select_related("item")}
    assert found.items == 3
    assert found.broken == sum(bool(faults) for faults in broken.values()) > 0
    assert sum(each.faults for each in found.departments) == sum(map(len, broken.values()))
    for each in found.rules:
        assert each.items == sum(each.rule in {fault.rule for fault in faults} for faults in broken.values())


def test_a_department_sees_its_own_faults_only(keepers: Keepers) -> None:
    page = text_of(keepers.head.get(HEALTH, {"department": "FG"}))
    assert CODE in page
    assert FOREIGN not in page
    assert FOREIGN in text_of(keepers.centre.get(HEALTH, {"department": "FG"}))
    assert keepers.clerk.get(HEALTH).status_code == 403


def test_from_a_rule_to_the_items_that_break_it(keepers: Keepers) -> None:
    page = keepers.centre.get(HEALTH, {"rule": "12"}).content.decode()
    assert f"/desk/catalog/{CODE}/" in page
    for odd in ("99", "x", "²", "-1", "\x00"):
        assert keepers.centre.get(HEALTH, {"rule": odd}).status_code == 200


def test_what_is_not_published_any_more_is_not_counted(keepers: Keepers) -> None:
    assert health.health().items == 3
    changes.enter_changes([changes.NewChange("suspended", (CODE,), "测试", local_date(timezone.now()))], by=BY, at=timezone.now())
    assert health.health().items == 2


def test_it_is_counted_once_for_each_edition(keepers: Keepers, django_assert_num_queries: Callable[..., Any]) -> None:
    health.checked()
    with django_assert_num_queries(1):
        health.checked()


def test_the_page_of_health_keeps_its_budget(keepers: Keepers, django_assert_max_num_queries: Callable[..., Any]) -> None:
    keepers.centre.get(HEALTH)
    with django_assert_max_num_queries(9):
        keepers.centre.get(HEALTH, {"rule": "12"})
