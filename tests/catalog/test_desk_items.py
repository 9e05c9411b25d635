"""The desk of the catalogue: who sees which items, and what somebody may do next with them."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone

from onedoor.catalog import life, queries
from onedoor.catalog.models import CatalogItem, ItemVersion
from onedoor.catalog.services import editing
from tests.catalog.keepers import Keepers, furnish, import_items

pytestmark = pytest.mark.django_db
CODE, FOREIGN = "130300-YJ-01-0001", "130300-FG-10-0001"
OTHERS = ("130300-YJ-01-0002", "130300-YJ-01-0003")


@pytest.fixture
def keepers(db: None) -> Keepers:
    import_items(CODE, FOREIGN, *OTHERS)
    return furnish("YJ")


def text_of(response: Any) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", response.content.decode()))


def test_a_department_sees_its_own_items_and_no_others(keepers: Keepers) -> None:
    page = keepers.head.get("/desk/catalog/")
    assert CODE in text_of(page)
    assert FOREIGN not in text_of(page)
    assert keepers.head.get(f"/desk/catalog/{CODE}/").status_code == 200
    assert keepers.head.get(f"/desk/catalog/{FOREIGN}/").status_code == 403
    assert keepers.head.get("/desk/catalog/", {"department": "FG"}).content.count(FOREIGN.encode()) == 0


def test_the_publisher_sees_all_and_narrows_them(keepers: Keepers) -> None:
    assert FOREIGN in text_of(keepers.centre.get("/desk/catalog/", {"department": "FG"}))
    assert CODE not in text_of(keepers.centre.get("/desk/catalog/", {"department": "FG"}))
    assert CODE in text_of(keepers.centre.get("/desk/catalog/", {"q": "YJ-01-0001"}))
    assert CODE not in text_of(keepers.centre.get("/desk/catalog/", {"q": CODE, "state": "draft"}))
    editing.begin_draft(CODE, by=keepers.head_actor, at=timezone.now())
    assert CODE in text_of(keepers.centre.get("/desk/catalog/", {"q": CODE, "state": "draft"}))
    assert "没有这样的事项" in text_of(keepers.centre.get("/desk/catalog/", {"q": "'; DROP TABLE \x00🙈"}))


def test_the_list_goes_on_where_it_ended(keepers: Keepers, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(life, "PAGE_SIZE", 2)
    first = keepers.centre.get("/desk/catalog/").content.decode()
    following = re.search(r'rel="next" href="([^"]+)"', first)[1].replace("&amp;", "&")
    second = keepers.centre.get("/desk/catalog/" + following).content.decode()
    codes = [re.findall(r"/desk/catalog/(\d{6}-[^/]+)/", page) for page in (first, second)]
    assert len(set(codes[0])) == 2
    assert max(codes[0]) < min(codes[1])


def test_who_works_on_cases_only_has_no_door_to_the_catalogue(keepers: Keepers) -> None:
    assert keepers.clerk.get("/desk/catalog/").status_code == 403
    assert "/desk/catalog/" not in keepers.clerk.get("/desk/posts/").content.decode()
    assert "/desk/catalog/" in keepers.head.get("/desk/posts/").content.decode()


def test_an_item_page_offers_only_what_the_acts_would_let_happen(keepers: Keepers) -> None:
    begin = f"/desk/catalog/{CODE}/begin/"
    assert begin in keepers.head.get(f"/desk/catalog/{CODE}/").content.decode()
    assert keepers.head.post(begin).status_code == 302
    assert begin not in keepers.head.get(f"/desk/catalog/{CODE}/").content.decode()
    assert keepers.clerk.post(begin).status_code == 403
    assert ItemVersion.objects.filter(item__code=CODE, status="draft").count() == 1


def test_an_item_page_says_what_the_rules_find_and_when_versions_were_in_force(keepers: Keepers) -> None:
    said = text_of(keepers.head.get(f"/desk/catalog/{CODE}/"))
    assert "有办理结果，但没有结果样本" in said
    assert queries.published_guide(CODE).effective_from.isoformat() in said


def test_a_new_item_gets_its_code_and_its_first_draft(keepers: Keepers) -> None:
    sent = {"department": "YJ", "item_type": "01", "board": "enterprise", "name": "全新许可"}
    answer = keepers.head.post("/desk/catalog/new/", sent)
    item = CatalogItem.objects.get(name="全新许可")
    assert answer["Location"] == f"/desk/catalog/{item.code}/"
    assert item.versions.get().status == "draft"
    assert keepers.head.post("/desk/catalog/new/", {**sent, "department": "FG"}).status_code == 422
    assert keepers.head.post("/desk/catalog/new/", {**sent, "name": ""}).status_code == 422


def test_pages_of_the_desk_keep_their_budgets(keepers: Keepers, django_assert_max_num_queries: Callable[..., Any]) -> None:
    for path, most in (("/desk/catalog/", 9), (f"/desk/catalog/{CODE}/", 12)):
        keepers.head.get(path)
        with django_assert_max_num_queries(most):
            keepers.head.get(path)
