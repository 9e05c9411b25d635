"""The pages of the door as a person goes through them, with nothing but links and forms."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
import time_machine
from django.contrib.auth.models import AnonymousUser
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.http import HttpRequest
from django.test import Client
from django.utils import timezone

from onedoor.journal.queries import entries_of
from onedoor.kernel.actor import Actor
from onedoor.kernel.ids import new_id
from onedoor.kernel.subjects import Subject
from onedoor.people import actors, acts, queries, services, sessions
from onedoor.people.models import Account
from tests.people.factories import GOOD_PASSWORD, a_card, a_phone
from tests.people.test_access import app_code, secret_of

pytestmark = pytest.mark.django_db
PAGES = (
    "/accounts/login/",
    "/accounts/login/?as=staff",
    "/accounts/login/code/",
    "/accounts/register/",
    "/accounts/reset/",
)
MINE = ("/accounts/password/", "/accounts/factor/", "/accounts/recovery-codes/", "/my/account/", "/my/data/")


def text_of(response):
    return re.sub(r"\s+", " ", response.content.decode())


def step_in(client, account):
    """Log an account in, second factor included, as the sample city does."""
    request = HttpRequest()
    request.session = client.session
    request.COOKIES["session"] = "x"
    request.user = AnonymousUser()
    sessions.demo_step_in(request, account, at=timezone.now())
    request.session.save()
    client.cookies["session"] = request.session.session_key


@pytest.mark.parametrize("path", PAGES)
def test_pages_of_the_door_open_for_everybody_without_a_session(client, path):
    response = client.get(path)
    assert response.status_code == 200
    assert "<form" in text_of(response)
    assert "style=" not in text_of(response)
    assert not Session.objects.exists()
    assert "session" not in response.cookies


@pytest.mark.parametrize("path", MINE)
def test_pages_of_ones_own_ask_to_log_in_first(client, path):
    response = client.get(path)
    assert response.status_code == 302
    assert response["Location"].startswith("/accounts/login/?next=")


@pytest.mark.parametrize("path", MINE[0:1] + MINE[3:])
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_pages_of_ones_own_speak_both_languages(client, citizen, path, language):
    step_in(client, citizen)
    client.cookies["language"] = language
    response = client.get(path)
    assert response.status_code == 200
    assert f'lang="{"en" if language == "en" else "zh-CN"}"' in text_of(response)


def test_a_citizen_registers_in_three_steps_and_is_logged_in(client, sent):
    phone, card = a_phone(4242), a_card(42)
    assert client.post("/accounts/register/", {"phone": " 138 0000 4242 "})["Location"] == "/accounts/register/code/"
    wrong = client.post("/accounts/register/code/", {"code": "12"})
    assert wrong.status_code == 422
    assert client.post("/accounts/register/code/", {"code": sent[0].code})["Location"] == "/accounts/register/identity/"
    wrong = client.post("/accounts/register/identity/", {"name": "𠮷小㛃", "identity_kind": "111", "identity": card[:-1]})
    assert wrong.status_code == 422
    assert card[:-1] in text_of(wrong), "what was typed stays"
    good = {"name": "𠮷小㛃", "identity_kind": "111", "identity": card}
    assert client.post("/accounts/register/identity/", good)["Location"] == "/accounts/register/password/"
    for session in Session.objects.all():
        decoded = str(session.get_decoded())
        assert phone not in decoded
        assert card not in decoded
    assert client.post("/accounts/register/password/", {"password": "short"}).status_code == 422
    done = client.post("/accounts/register/password/", {"password": GOOD_PASSWORD})
    assert done["Location"] == "/my/"
    page = text_of(client.get("/my/account/"))
    assert "𠮷小㛃" in page
    assert card not in page
    account = Account.objects.get()
    assert (account.phone, account.person.name) == (phone, "𠮷小㛃")
    assert [entry.act for entry in entries_of(Subject(queries.ACCOUNT, account.id))] == [acts.LOG_IN.code, acts.REGISTER.code]


@pytest.mark.parametrize("path", ["code", "identity", "password"])
def test_no_step_of_registering_can_be_skipped(client, path):
    response = client.get(f"/accounts/register/{path}/")
    assert response["Location"] == "/accounts/register/"
    client.post("/accounts/register/", {"phone": a_phone(4242)})
    assert client.post("/accounts/register/password/", {"password": GOOD_PASSWORD})["Location"] == "/accounts/register/"
    assert not Account.objects.exists()


def test_logging_in_and_out(client, citizen):
    response = client.post("/accounts/login/", {"login": citizen.phone, "password": GOOD_PASSWORD, "next": "/my/data/"})
    assert response["Location"] == "/my/data/"
    assert client.get("/my/data/").status_code == 200
    assert client.get("/accounts/logout/").status_code == 405
    assert client.post("/accounts/logout/")["Location"] == "/"
    assert client.get("/my/data/").status_code == 302
    assert [entry.act for entry in entries_of(Subject(queries.ACCOUNT, citizen.id))][:2] == [acts.LOG_OUT.code, acts.LOG_IN.code]


def test_nobody_is_sent_to_another_site(client, citizen):
    for target in ("https://evil.example/", "//evil.example/", "javascript:alert(1)"):
        response = Client().post("/accounts/login/", {"login": citizen.phone, "password": GOOD_PASSWORD, "next": target})
        assert response["Location"] == "/my/"


def test_wrong_log_in_says_one_thing_for_all_and_keeps_the_number(client, citizen):
    pages = set()
    for login in (citizen.phone, a_phone(9999)):
        response = client.post("/accounts/login/", {"login": login, "password": "my wrong one"})
        assert response.status_code == 422
        page = text_of(response)
        assert login in page
        assert "my wrong one" not in page
        pages.add(re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", page.replace(login, "")))
    assert len(pages) == 1


def test_log_in_with_a_code(client, citizen, sent):
    known = client.post("/accounts/login/code/", {"phone": citizen.phone})
    unknown = Client().post("/accounts/login/code/", {"phone": a_phone(9999)})
    assert known["Location"] == unknown["Location"] == "/accounts/login/code/enter/"
    assert client.post("/accounts/login/code/enter/", {"code": sent[0].code})["Location"] == "/my/"


def test_a_forgotten_password(client, citizen, sent):
    client.post("/accounts/reset/", {"phone": citizen.phone})
    assert client.post("/accounts/reset/password/", {"code": sent[0].code, "password": "short"}).status_code == 422
    response = client.post("/accounts/reset/password/", {"code": sent[0].code, "password": "another morning 8"})
    assert response["Location"] == "/my/"
    assert Client().post("/accounts/login/", {"login": citizen.phone, "password": "another morning 8"}).status_code == 302


# Civil servants


def log_in_staff(client, account, password=GOOD_PASSWORD, **more):
    return client.post("/accounts/login/", {"as": "staff", "login": account.username, "password": password, **more})


def test_a_civil_servant_passes_the_second_factor(client, clerk_account):
    response = log_in_staff(client, clerk_account)
    assert response["Location"] == "/accounts/login/factor/"
    assert client.get("/my/account/").status_code == 302, "not logged in yet"
    assert client.post("/accounts/login/factor/", {"code": "abc"}).status_code == 422
    cache.clear()
    assert client.post("/accounts/login/factor/", {"code": app_code(secret_of(clerk_account))})["Location"] == "/desk/"
    assert client.get("/my/account/").status_code == 200


def test_the_second_factor_leads_on_to_the_page_that_was_asked_for(client, clerk_account):
    log_in_staff(client, clerk_account, next="/desk/cases/")
    assert client.post("/accounts/login/factor/", {"code": app_code(secret_of(clerk_account))})["Location"] == "/desk/cases/"


def test_without_second_factor_a_civil_servant_reaches_only_its_setting_up(client, house):
    account = services.create_staff("B7", "赵六", GOOD_PASSWORD, by=house, at=timezone.now(), must_change=True)
    assert log_in_staff(client, account)["Location"] == "/desk/"
    for path in ("/desk/", "/my/account/", "/accounts/password/", "/"):
        assert client.get(path)["Location"] == "/accounts/factor/", path
    page = text_of(client.get("/accounts/factor/"))
    secret = "".join(re.search(r'<code class="key-text">([A-Z2-7 ]+)</code>', page)[1].split())
    assert "<svg" in page
    assert client.post("/accounts/factor/", {"code": "000000"}).status_code == 422
    done = text_of(client.post("/accounts/factor/", {"code": app_code(secret)}))
    assert len(re.findall(r'<code class="ref">(\d{8})</code>', done)) == 10
    assert client.get("/my/account/")["Location"] == "/accounts/password/", "then the first password has to be changed"
    changed = client.post("/accounts/password/", {"present": GOOD_PASSWORD, "password": "another morning 8"})
    assert changed.status_code == 200
    assert client.get("/my/account/").status_code == 200


def test_before_the_second_factor_a_civil_servant_has_no_post(rf, clerk_account, monkeypatch):
    monkeypatch.setattr(actors, "_resolvers", [lambda account, request: Actor(client="web", account=account.id, posting=new_id())])
    request = rf.get("/")
    request.COOKIES["session"] = "x"
    request.user, request.session = clerk_account, {}
    assert not sessions.actor_of(request).is_staff
    sessions.mark_second_factor(request, clerk_account)
    assert sessions.actor_of(request).is_staff


def test_an_idle_civil_servant_is_logged_out_and_comes_back_where_it_was(client, clerk_account):
    step_in(client, clerk_account)
    now = timezone.now()
    with time_machine.travel(now + timedelta(minutes=14), tick=False):
        assert client.get("/my/account/").status_code == 200
    with time_machine.travel(now + timedelta(minutes=28), tick=False):
        assert client.get("/my/account/").status_code == 200
    with time_machine.travel(now + timedelta(minutes=44), tick=False):
        response = client.get("/my/account/?tab=1")
        assert response["Location"] == "/accounts/login/?idle=1&next=%2Fmy%2Faccount%2F%3Ftab%3D1"
        assert client.get("/my/account/")["Location"].startswith("/accounts/login/")
    assert entries_of(Subject(queries.ACCOUNT, clerk_account.id))[0].facts == {"idle": True}


def test_an_idle_swap_of_htmx_leads_the_whole_page_to_log_in(client, clerk_account):
    step_in(client, clerk_account)
    with time_machine.travel(timezone.now() + timedelta(minutes=20), tick=False):
        response = client.get("/my/account/", headers={"HX-Request": "true"})
    assert (response.status_code, response["HX-Redirect"][:17]) == (204, "/accounts/login/?")


def test_a_citizen_stays_logged_in_for_days(client, citizen):
    step_in(client, citizen)
    with time_machine.travel(timezone.now() + timedelta(days=6), tick=False):
        assert client.get("/my/account/").status_code == 200
    with time_machine.travel(timezone.now() + timedelta(days=8), tick=False):
        assert client.get("/my/account/").status_code == 302


def test_a_password_of_90_days_has_to_be_changed(client, clerk_account):
    with time_machine.travel(clerk_account.password_changed_at + timedelta(days=91), tick=False):
        step_in(client, clerk_account)
        assert client.get("/my/account/")["Location"] == "/accounts/password/"


def test_a_new_password_ends_all_other_sessions(client, citizen):
    other = Client()
    step_in(client, citizen)
    step_in(other, citizen)
    client.post("/accounts/password/", {"present": GOOD_PASSWORD, "password": "another morning 8"})
    assert client.get("/my/account/").status_code == 200
    assert other.get("/my/account/").status_code == 302


def test_the_present_password_is_asked_for_and_counted(client, citizen):
    step_in(client, citizen)
    for _ in range(5):
        response = client.post("/accounts/password/", {"present": "wrong", "password": "another morning 8"})
        assert response.status_code == 422
    assert "30" in text_of(client.post("/accounts/password/", {"present": GOOD_PASSWORD, "password": "another morning 8"}))
    citizen.refresh_from_db()
    assert citizen.check_password(GOOD_PASSWORD)


def test_a_closed_account_is_logged_out_at_once(client, citizen, house):
    step_in(client, citizen)
    services.close_account(account_id=citizen.id, by=house, at=timezone.now())
    assert client.get("/my/account/").status_code == 302


def test_a_logged_in_page_costs_session_and_account_only(client, citizen, count_statements):
    step_in(client, citizen)
    client.get("/accounts/login/code/")  # what the frame keeps for all pages is read once
    with count_statements() as sent:
        client.get("/accounts/login/code/")
    assert len(sent) == 2, [each["sql"] for each in sent]


def test_an_anonymous_page_costs_nothing(client, count_statements):
    client.get("/accounts/register/")
    with count_statements() as sent:
        client.get("/accounts/register/")
    assert len(sent) == 0


# Looking at masked data


@pytest.fixture
def with_duty(monkeypatch, clerk):
    """Return a setter of the duties that the clerk's session has."""

    def give(*duties):
        monkeypatch.setattr(actors, "_resolvers", [lambda account, request: clerk(*duties)])

    return give


def test_a_clerk_sees_a_number_once_and_the_citizen_sees_who_and_why(client, citizen, clerk_account, with_duty):
    with_duty("people.unmask")
    step_in(client, clerk_account)
    path = f"/desk/unmask/person/{citizen.person_id}/identity/"
    assert a_card(771) not in text_of(client.get(path))
    assert client.post(path, {"reason": ""}).status_code == 422
    part = client.post(path, {"reason": "核对申请材料"}, headers={"HX-Request": "true"})
    assert a_card(771) in text_of(part)
    assert "<html" not in text_of(part)
    assert part["Cache-Control"].startswith("max-age=0, no-cache, no-store")
    mine = Client()
    step_in(mine, citizen)
    page = text_of(mine.get("/my/data/"))
    assert "李四" in page
    assert "核对申请材料" in page


@pytest.mark.parametrize(
    ("who", "get", "post"), [("anonymous", 302, 302), ("citizen", 403, 403), ("clerk without duty", 404, 403), ("clerk", 200, 200)]
)
def test_who_may_look(client, citizen, clerk_account, with_duty, who, get, post):
    with_duty(*(["people.unmask"] if who == "clerk" else []))
    if who != "anonymous":
        step_in(client, citizen if who == "citizen" else clerk_account)
    path = f"/desk/unmask/person/{citizen.person_id}/phone/"
    assert client.get(path).status_code == get
    response = client.post(path, {"reason": "核对申请材料"})
    assert response.status_code == post
    assert (citizen.phone in text_of(response)) is (who == "clerk")
    assert len(queries.looks_at(citizen.person_id)) == (1 if who == "clerk" else 0)
