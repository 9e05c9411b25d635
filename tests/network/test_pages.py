"""What the codes at the counter open, and the desk page on which a head gives rights."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlencode

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from onedoor.network import panels, queries, services
from onedoor.network.entries import NewPost, NewPosting
from onedoor.network.models import Authorisation
from onedoor.network.panels import ItemChoice
from onedoor.people.models import Account
from tests.network.factories import BUILDER, BUILT_AT, ITEM, OTHER_ITEM, SmallCity
from tests.people.test_pages import step_in


def text_of(response: Any) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def logged_in(client: Client, city: SmallCity, who: str) -> Client:
    account = Account.objects.get(id=city.accounts[who])
    Account.objects.update(password_changed_at=timezone.now())
    step_in(client, account)
    return client


@pytest.fixture
def named_items(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        panels, "_items", [lambda agency: [ItemChoice(ITEM, "企业投资项目备案"), ItemChoice(OTHER_ITEM, "节能审查")]]
    )


def test_department_says_duties_place_hours_and_phone(client: Client, city: SmallCity) -> None:
    said = text_of(client.get("/departments/FG/"))
    for word in ("市发展和改革委员会", "管项目备案和价格。", "市政务服务中心", "行政审批科", "0335-5550310"):
        assert word in said
    client.cookies["language"] = "en"
    assert "Development and Reform Commission" in text_of(client.get("/departments/FG/"))


def test_departments_are_listed(client: Client, city: SmallCity) -> None:
    said = client.get("/departments/").content.decode()
    assert 'href="/departments/FG/"' in said
    assert "海港区行政审批局" not in said


def test_site_says_hours_windows_and_whom_to_call_after_hours(client: Client, city: SmallCity) -> None:
    said = text_of(client.get("/sites/HALL/"))
    for word in (
        "海港区示例路 1 号",
        "值班 0335-5550300",
        "08:30–12:00、13:30–17:30",
        "12 号窗口 综合窗口",
        "无障碍通道、母婴室",
        "六",
    ):
        assert word in re.sub(r"\s*、\s*", "、", said)


def test_window_says_who_serves(client: Client, city: SmallCity) -> None:
    said = text_of(client.get("/sites/HALL/windows/12/"))
    assert "王敏" in said
    assert "窗口受理岗" in said


@pytest.mark.parametrize("path", ["/departments/XX/", "/sites/NOWHERE/", "/sites/HALL/windows/99/"])
def test_unknown_place_is_not_found(client: Client, city: SmallCity, path: str) -> None:
    assert client.get(path).status_code == 404


def test_head_sees_and_changes_the_rights_of_an_item(client: Client, city: SmallCity, named_items: None) -> None:
    logged_in(client, city, "head")
    address = f"{reverse('network:authorisations')}?{urlencode({'item': ITEM})}"
    page = client.get(address)
    held = {f"{city.posts['fg.clerk']}:receive", f"{city.posts['fg.approver']}:approve"}
    assert set(re.findall(r'name="was" value="([^"]+)"', page.content.decode())) == held
    for word in ("企业投资项目备案", "窗口受理岗", "王敏", "李强"):
        assert word in text_of(page)
    wanted = {f"{city.posts['fg.clerk']}:receive", f"{city.posts['fg.clerk']}:deliver"}
    answer = client.post(address, {"was": sorted(held), "may": sorted(wanted)}, follow=True)
    assert "权限已更改" in text_of(answer)
    open_ones = Authorisation.objects.filter(agency=city.agencies["130300-FG"], item_code=ITEM, ends_at__isnull=True)
    assert {f"{row.post_id}:{row.stage}" for row in open_ones} == wanted


def test_two_heads_do_not_undo_each_other(client: Client, city: SmallCity, named_items: None) -> None:
    """The second head's page still shows the right that the first has withdrawn; saving something else keeps it withdrawn."""
    logged_in(client, city, "head")
    address = f"{reverse('network:authorisations')}?{urlencode({'item': ITEM})}"
    seen = [f"{city.posts['fg.clerk']}:receive", f"{city.posts['fg.approver']}:approve"]
    services.withdraw_authorisations([city.rights[1]], by=BUILDER, at=timezone.now())
    client.post(address, {"was": seen, "may": [*seen, f"{city.posts['fg.clerk']}:issue"]})
    open_ones = Authorisation.objects.filter(agency=city.agencies["130300-FG"], item_code=ITEM, ends_at__isnull=True)
    assert {row.stage for row in open_ones} == {"receive", "issue"}


@pytest.mark.parametrize("posted", ["nonsense", "0190:receive", "{post}:destroy"])
def test_nonsense_from_outside_changes_nothing(client: Client, city: SmallCity, named_items: None, posted: str) -> None:
    logged_in(client, city, "head")
    before = Authorisation.objects.count()
    address = f"{reverse('network:authorisations')}?{urlencode({'item': ITEM})}"
    answer = client.post(address, {"may": posted.replace("{post}", str(city.posts["fg.clerk"]))})
    assert answer.status_code == 422
    assert Authorisation.objects.count() == before


def test_clerk_neither_sees_nor_changes_rights(client: Client, city: SmallCity, named_items: None) -> None:
    logged_in(client, city, "clerk")
    address = f"{reverse('network:authorisations')}?{urlencode({'item': ITEM})}"
    assert client.get(address).status_code == 403
    assert client.post(address, {"may": f"{city.posts['fg.clerk']}:approve"}).status_code == 403
    assert Authorisation.objects.count() == 3


def test_stranger_is_sent_to_log_in(client: Client, city: SmallCity) -> None:
    for name in ("network:posts", "network:authorisations", "notify:inbox"):
        assert client.get(reverse(name))["Location"].startswith("/accounts/login/")


def test_somebody_with_two_posts_chooses(client: Client, city: SmallCity) -> None:
    (second,) = services.post_people([NewPosting(city.accounts["clerk"], "sp.clerk")], by=BUILDER, at=BUILT_AT)
    logged_in(client, city, "clerk")
    assert "区窗口受理岗" in text_of(client.get("/desk/posts/"))
    client.post("/desk/posts/", {"posting": str(second)})
    assert client.get("/desk/posts/").context["current"] == second
    assert client.post("/desk/posts/", {"posting": str(city.postings["approver"])}).status_code == 404


def test_matrix_costs_the_same_with_many_posts(city: SmallCity, count_statements: Any) -> None:
    with count_statements() as few:
        queries.authorised_posts(city.agencies["130300-FG"], ITEM)
    new = [NewPost(f"fg.{number}", f"岗 {number}", "130300-FG", "handler") for number in range(20)]
    services.create_posts(new, by=BUILDER, at=BUILT_AT)
    with count_statements() as many:
        assert len(queries.authorised_posts(city.agencies["130300-FG"], ITEM)) == 23
    assert len(few) == len(many)
