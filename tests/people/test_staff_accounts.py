"""Accounts of civil servants, kept by the security administrator: nobody else, nobody's own, each change with a reason."""

from __future__ import annotations

import re

import pytest
from django.utils import timezone

from onedoor.journal.queries import entries_of, personal_facts
from onedoor.kernel.errors import Invalid, NotAllowed, NotFound
from onedoor.kernel.ids import new_id
from onedoor.kernel.subjects import Subject
from onedoor.people import actors, acts, directory, queries, services
from onedoor.people.models import Account
from onedoor.people.states import AccountKind
from tests.people.conftest import AT
from tests.people.factories import GOOD_PASSWORD
from tests.people.test_access import app_code
from tests.people.test_pages import step_in, text_of

pytestmark = pytest.mark.django_db
WHY = "本人到场，核对工作证"
CHANGES = {
    "lock": services.lock_account,
    "unlock": services.unlock_account,
    "password": services.give_first_password,
    "factor": services.reset_second_factor,
    "close": services.close_staff_account,
}


@pytest.fixture
def keeper(house, clerk):
    """Return the actor of a security administrator who is somebody else than the clerk."""
    account = services.create_staff("S1", "周安", GOOD_PASSWORD, by=house, at=AT, must_change=False)
    actor = clerk("people.manage_accounts")
    return type(actor)(client="web", account=account.id, posting=new_id(), label="周安", duties=actor.duties)


@pytest.fixture
def desk(client, keeper, monkeypatch):
    """Return a browser in which the security administrator is logged in."""
    monkeypatch.setattr(actors, "_resolvers", [lambda account, request: keeper])
    Account.objects.update(password_changed_at=timezone.now())
    step_in(client, Account.objects.get(pk=keeper.account))
    return client


def row(account):
    return Account.objects.filter(pk=account.pk).values().get()


def log_in(password, username="b1024"):
    return services.check_login(
        login=username, password=password, kind=AccountKind.STAFF, address="::1", by=actors.Actor(client="web"), at=timezone.now()
    )


@pytest.mark.parametrize("change", CHANGES)
def test_only_who_keeps_accounts_changes_them_and_a_refusal_is_recorded(clerk_account, clerk, keeper, change):
    stranger, before = clerk("people.unmask"), row(clerk_account)
    for by, account_id in (
        (stranger, clerk_account.id),
        (keeper, keeper.account),
        (clerk("people.manage_accounts"), clerk_account.id),
    ):
        with pytest.raises(NotAllowed):
            CHANGES[change](account_id=account_id, reason=WHY, by=by, at=AT)
    assert row(clerk_account) == before
    assert entries_of(Subject("people.account", keeper.account))[0].act == "journal.refuse"


@pytest.mark.parametrize("change", CHANGES)
def test_each_change_needs_a_reason_that_is_kept(clerk_account, keeper, change):
    before = row(clerk_account)
    with pytest.raises(Invalid):
        CHANGES[change](account_id=clerk_account.id, reason="  x ", by=keeper, at=AT)
    assert row(clerk_account) == before
    CHANGES[change](account_id=clerk_account.id, reason=WHY, by=keeper, at=AT)
    newest = entries_of(Subject("people.account", clerk_account.id))[0]
    assert personal_facts([newest.id])[newest.id]["reason"] == WHY


@pytest.mark.parametrize("change", [name for name in CHANGES if name != "unlock"])
def test_accounts_of_citizens_are_not_managed_here(citizen, keeper, change):
    before = row(citizen)
    with pytest.raises(NotFound):
        CHANGES[change](account_id=citizen.id, reason=WHY, by=keeper, at=AT)
    assert row(citizen) == before


def test_a_locked_account_does_not_log_in_until_unlocked(clerk_account, keeper):
    services.lock_account(account_id=clerk_account.id, reason=WHY, by=keeper, at=AT)
    with pytest.raises(services.WrongLogin):
        log_in(GOOD_PASSWORD)
    services.unlock_account(account_id=clerk_account.id, reason=WHY, by=keeper, at=AT)
    assert log_in(GOOD_PASSWORD).id == clerk_account.id


def test_locking_ends_open_sessions_at_once(client, clerk_account, keeper):
    Account.objects.update(password_changed_at=timezone.now())
    step_in(client, clerk_account)
    assert client.get("/my/account/").status_code == 200
    services.lock_account(account_id=clerk_account.id, reason=WHY, by=keeper, at=AT)
    assert client.get("/my/account/").status_code == 302


def test_closing_is_for_good(clerk_account, keeper):
    services.close_staff_account(account_id=clerk_account.id, reason=WHY, by=keeper, at=AT)
    with pytest.raises(NotFound):
        services.unlock_account(account_id=clerk_account.id, reason=WHY, by=keeper, at=AT)
    assert not Account.objects.get(pk=clerk_account.pk).is_active


def test_removing_the_second_factor_ends_sessions_and_starts_anew(client, clerk_account, keeper):
    Account.objects.update(password_changed_at=timezone.now())
    step_in(client, clerk_account)
    password = services.reset_second_factor(account_id=clerk_account.id, reason=WHY, by=keeper, at=timezone.now())
    assert client.get("/my/account/").status_code == 302
    assert not queries.has_second_factor(clerk_account)
    with pytest.raises(services.WrongLogin):
        log_in(GOOD_PASSWORD)
    assert log_in(password).must_change_password


def test_a_new_first_password_keeps_the_second_factor(clerk_account, keeper):
    password = services.give_first_password(account_id=clerk_account.id, reason=WHY, by=keeper, at=AT)
    assert queries.has_second_factor(clerk_account)
    assert log_in(password).must_change_password


# Pages


def test_from_opening_an_account_to_the_first_day_at_the_desk(client, desk):
    page = text_of(desk.post("/desk/accounts/new/", {"username": "B2048", "name": "王敏", "email": ""}))
    password = re.search(r'first-password">([^<]+)<', page)[1]
    assert password not in text_of(desk.get("/desk/accounts/?q=b2048"))
    fresh = type(client)()
    assert fresh.post("/accounts/login/", {"as": "staff", "login": "B2048", "password": password}).status_code == 302
    setting_up = text_of(fresh.get("/accounts/factor/"))
    secret = re.search(r"key-text[^>]*>([^<]+)<", setting_up)[1].replace(" ", "")
    assert text_of(fresh.post("/accounts/factor/", {"code": app_code(secret)})).count('<code class="ref">') == 10
    assert fresh.get("/my/account/")["Location"] == "/accounts/password/"


def test_a_taken_or_wrong_staff_number_is_told_at_its_field(desk, clerk_account):
    for number in ("b1024", "B 1", "张三", "-x"):
        answer = desk.post("/desk/accounts/new/", {"username": number, "name": "王敏"})
        assert answer.status_code == 422
        assert 'id="id_username-error"' in text_of(answer)
    assert Account.objects.filter(kind=AccountKind.STAFF).count() == 2


def test_accounts_are_found_by_number_and_name_and_paged_by_key(desk, house, clerk_account):
    services.create_staff_accounts([services.NewStaff(f"Z{n:03}", "赵六", None) for n in range(60)], by=house, at=AT)
    assert [each.username for each in directory.staff_accounts("b10").rows] == ["b1024"]
    assert [each.name for each in directory.staff_accounts("李").rows] == ["李四"]
    first = directory.staff_accounts("赵")
    rest = directory.staff_accounts("赵", after=first.rows[-1].username)
    assert (len(first.rows), first.has_more, len(rest.rows), rest.has_more) == (50, True, 10, False)
    assert "after=z049" in text_of(desk.get("/desk/accounts/?q=赵"))
    assert "没有这个工号或姓名" in text_of(desk.get("/desk/accounts/?q=nobody"))


def test_the_list_costs_the_same_however_many_there_are(desk, house, count_statements):
    desk.get("/desk/accounts/")
    with count_statements() as few:
        desk.get("/desk/accounts/")
    services.create_staff_accounts([services.NewStaff(f"Z{n:03}", "赵六", None) for n in range(60)], by=house, at=AT)
    with count_statements() as many:
        desk.get("/desk/accounts/")
    assert len(many) == len(few) <= 5, [each["sql"] for each in many]


@pytest.mark.parametrize("change", ["lock", "unlock", "password", "factor", "close"])
def test_each_change_is_made_on_its_page(desk, clerk_account, change):
    path = f"/desk/accounts/{clerk_account.id}/{change}/"
    assert desk.get(path).status_code == 200
    before = row(clerk_account)
    assert desk.post(path, {"reason": ""}).status_code == 422
    assert row(clerk_account) == before
    assert desk.post(path, {"reason": WHY}).status_code in {200, 302}
    assert row(clerk_account) != before or change == "unlock"
    assert WHY not in text_of(desk.get(f"/desk/accounts/{clerk_account.id}/"))


def test_ones_own_account_offers_nothing(desk, keeper):
    page = text_of(desk.get(f"/desk/accounts/{keeper.account}/"))
    assert "另一名安全管理员" in page
    assert "/lock/" not in page
    assert desk.post(f"/desk/accounts/{keeper.account}/lock/", {"reason": WHY}).status_code == 403
    assert Account.objects.get(pk=keeper.account).is_active


def test_the_rail_shows_the_door_only_to_whom_it_is_for(desk, clerk, clerk_account, monkeypatch):
    assert 'href="/desk/accounts/"' in text_of(desk.get("/desk/accounts/"))
    actor = clerk("people.unmask")
    monkeypatch.setattr(actors, "_resolvers", [lambda account, request: actor])
    shown = text_of(desk.get("/desk/", follow=True))
    assert 'href="/desk/accounts/"' not in shown


def test_acts_of_this_room_are_told_in_words(clerk_account, keeper):
    services.lock_account(account_id=clerk_account.id, reason=WHY, by=keeper, at=AT)
    assert entries_of(Subject("people.account", clerk_account.id))[0].act == acts.LOCK_ACCOUNT.code
