"""Other systems at the desk: let in with a token that is shown once, seen, shut out; each act in the journal."""

from __future__ import annotations

import re

import pytest
from django.utils import timezone

from onedoor.journal.models import Entry
from onedoor.journal.queries import entries_of
from onedoor.kernel.ids import new_id
from onedoor.people import actors, queries, services
from onedoor.people.models import Account, Client
from tests.people.conftest import AT
from tests.people.factories import GOOD_PASSWORD
from tests.people.test_pages import step_in, text_of

pytestmark = pytest.mark.django_db
NEW = {"name": "市民卡 App", "scopes": ["applications:write", "applications:read"], "rate_per_minute": "60"}


@pytest.fixture
def desk(client, house, clerk, monkeypatch):
    """Return a browser in which a system administrator is logged in."""
    account = services.create_staff("S2", "罗系", GOOD_PASSWORD, by=house, at=AT, must_change=False)
    made = clerk("people.manage_clients")
    actor = type(made)(client="web", account=account.id, posting=new_id(), label="罗系", duties=made.duties)
    monkeypatch.setattr(actors, "_resolvers", [lambda _account, _request: actor])
    Account.objects.update(password_changed_at=timezone.now())
    step_in(client, Account.objects.get(pk=account.id))
    return client


def test_a_token_is_shown_once_and_opens_what_was_chosen(desk):
    page = desk.post("/desk/clients/new/", NEW | {"last_day": "2099-12-31", "agencies": "A01，A02 A03"})
    token = re.search(r"onedoor_[\w-]+", page.content.decode())[0]
    opened = queries.client_by_token(token, at=timezone.now())
    assert (opened.name, opened.scopes, opened.rate_per_minute) == ("市民卡 App", ["applications:read", "applications:write"], 60)
    assert opened.agencies == ["A01", "A02", "A03"]
    assert queries.client_view(opened.id, at=timezone.now()).last_day.isoformat() == "2099-12-31"
    for path in ("/desk/clients/", f"/desk/clients/{opened.id}/"):
        shown = text_of(desk.get(path))
        assert "市民卡 App" in shown
        assert token not in shown
    (entry,) = entries_of(queries.client_view(opened.id, at=timezone.now()).subject)
    assert (entry.act, entry.actor) == ("people.create_client", "罗系")


def test_what_cannot_be_is_told_at_its_field_and_leaves_nothing(desk):
    wrong = {"name": " ", "rate_per_minute": "viele", "region": "1303", "last_day": "morgen"}
    page = desk.post("/desk/clients/new/", wrong)
    assert page.status_code == 422
    for said in (
        "请填写系统名称。",
        "请至少选择一项可以做的事。",
        "请填数字，例如 120。",
        "区划代码是 12 位数字。",
        "日期请写成 2027-12-31 的样子。",
    ):
        assert said in text_of(page)
    assert desk.post("/desk/clients/new/", NEW | {"last_day": "2020-01-01"}).status_code == 422
    assert not Client.objects.exists()
    assert desk.post("/desk/clients/new/", NEW).status_code == 200
    again = desk.post("/desk/clients/new/", NEW)
    assert again.status_code == 422
    assert "id_name-error" in again.content.decode()


def test_a_system_is_shut_out_at_once_and_for_good(desk):
    token = re.search(r"onedoor_[\w-]+", desk.post("/desk/clients/new/", NEW).content.decode())[0]
    path = f"/desk/clients/{Client.objects.get().id}/"
    assert desk.post(path).status_code == 302
    assert queries.client_by_token(token, at=timezone.now()) is None
    shown = text_of(desk.get(path))
    assert "已停用" in shown
    assert "停用这个系统" not in shown
    desk.post(path)
    assert Entry.objects.filter(act="people.revoke_client").count() == 1


def test_the_day_of_a_system_administrator_begins_here_and_nobody_else_sees_the_door(desk, clerk, monkeypatch):
    assert desk.get("/desk/")["Location"] == "/desk/clients/"
    assert "还没有接入外部系统" in text_of(desk.get("/desk/clients/"))
    other = clerk("people.unmask")
    monkeypatch.setattr(actors, "_resolvers", [lambda _account, _request: other])
    assert 'href="/desk/clients/"' not in desk.get("/desk/", follow=True).content.decode()
    assert desk.post("/desk/clients/new/", NEW).status_code == 403
    assert not Client.objects.exists()
