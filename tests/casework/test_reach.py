"""How people are reached: a mobile number that changed hands, an e-mail address proved by a code, what comes by which way, and when."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.test import Client

from onedoor.journal import queries as journal
from onedoor.kernel.subjects import Subject
from onedoor.notify import services as notify
from onedoor.notify.models import Message
from onedoor.people import queries
from onedoor.people import services as people
from onedoor.people.models import Account, Person
from tests.casework.situations import MONDAY, City, submitted
from tests.people.factories import GOOD_PASSWORD, a_card, a_phone
from tests.people.test_pages import step_in


@pytest.fixture(autouse=True)
def monday():
    with time_machine.travel(MONDAY, tick=True):
        yield


def browser(city: City, who: str) -> Client:
    client = Client()
    step_in(client, Account.objects.get(pk=getattr(city, who).account))
    return client


def last_code(channel: str) -> str:
    message = Message.objects.filter(template="notify.code", channel=channel).latest("id")
    return str(message.values["code"])


def change(client: Client, phone: str) -> None:
    sent = client.post("/my/account/phone/", {"phone": phone, "present": GOOD_PASSWORD})
    assert sent["Location"] == "/my/account/phone/code/"
    assert client.post("/my/account/phone/code/", {"code": "000000x"}).status_code == 422
    assert client.post("/my/account/phone/code/", {"code": last_code("sms")})["Location"] == "/my/account/"


def test_a_number_that_changed_hands_is_its_new_owners(city: City) -> None:
    application = submitted(city)
    Message.objects.all().delete()
    change(browser(city, "other_citizen"), a_phone(1))
    former, new = (Account.objects.get(pk=each.account) for each in (city.citizen, city.other_citizen))
    assert (former.phone, former.phone_hash) == (None, None)
    assert (new.phone, Person.objects.get(pk=new.person_id).phone) == (a_phone(1), a_phone(1))
    assert Person.objects.get(pk=former.person_id).phone is None
    told = Message.objects.get(template="people.phone_taken")
    assert (told.account_id, told.channel) == (former.id, "inbox")
    assert journal.entries_of(Subject("people.account", former.id))[0].act == "people.lose_phone"
    assert queries.account_by_phone(a_phone(1)) == new
    assert queries.contacts_of([former.person_id])[former.person_id].phone is None
    assert application.filed_by_id == former.id


def test_nothing_for_the_former_owner_goes_to_the_number_any_more(city: City) -> None:
    application = submitted(city)
    waiting = Message.objects.get(channel="sms", template="casework.submitted")
    Message.objects.filter(pk=waiting.pk).update(address=a_phone(1))
    change(browser(city, "other_citizen"), a_phone(1))
    notify.deliver(at=MONDAY + timedelta(minutes=1))
    waiting.refresh_from_db()
    assert (waiting.state, waiting.attempts) == ("failed", 1)
    assert "somebody else" in waiting.problem
    own = notify.NewMessage("people.phone_changed", city.other_citizen.account, None, None, None)
    notify.tell([own], at=MONDAY)
    notify.deliver(at=MONDAY + timedelta(minutes=2))
    assert Message.objects.filter(template="people.phone_changed", channel="sms", state="sent").count() == 2
    assert application.reference


def test_who_registers_with_a_number_that_another_account_had_gets_it(city: City) -> None:
    account = people.register_citizen(
        name="王芳", identity_kind="111", identity=a_card(3), phone=a_phone(1), password=GOOD_PASSWORD, by=city.citizen, at=MONDAY
    )
    assert account.phone == a_phone(1)
    assert Account.objects.get(pk=city.citizen.account).phone is None


def test_a_number_that_comes_back_works_again(city: City) -> None:
    change(browser(city, "other_citizen"), a_phone(1))
    with time_machine.travel(MONDAY + timedelta(minutes=5)):
        change(browser(city, "citizen"), a_phone(1))
    assert not queries.changed_hands(a_phone(1), city.citizen.account)
    assert queries.changed_hands(a_phone(1), city.other_citizen.account)


def test_the_password_is_asked_before_a_code_goes_out(city: City) -> None:
    page = browser(city, "citizen").post("/my/account/phone/", {"phone": a_phone(9), "present": "falsch falsch 1"})
    assert page.status_code == 422
    assert not Message.objects.filter(template="notify.code").exists()
    assert Account.objects.get(pk=city.citizen.account).phone == a_phone(1)


def test_an_address_is_proved_by_a_code_and_then_news_come_there(city: City) -> None:
    client = browser(city, "citizen")
    assert client.post("/my/account/email/", {"email": "zhang@example"}).status_code == 422
    assert client.post("/my/account/email/", {"email": "zhang@example.org"})["Location"] == "/my/account/email/code/"
    assert not Account.objects.get(pk=city.citizen.account).email
    submitted(city)
    assert not Message.objects.filter(template="casework.submitted", channel="email").exists()
    assert client.post("/my/account/email/code/", {"code": last_code("email")})["Location"] == "/my/account/news/"
    submitted(city)
    mail = Message.objects.get(template="casework.submitted", channel="email")
    assert mail.address == "zhang@example.org"
    client.post("/my/account/email/", {"drop": "1"})
    account = Account.objects.get(pk=city.citizen.account)
    assert (account.email, account.email_verified_at) == ("", None)


def test_what_is_not_wanted_by_a_way_comes_by_the_others(city: City) -> None:
    client = browser(city, "citizen")
    page = client.get("/my/account/news/").content.decode()
    kinds = re.findall(r'name="sms" value="(\w+)"', page)
    assert kinds == ["case", "message", "mandate"]
    client.post("/my/account/news/", {"sms": ["message"], "email": kinds})
    account = Account.objects.get(pk=city.citizen.account)
    assert (account.no_sms, account.no_email) == (["case", "mandate"], [])
    submitted(city)
    assert list(Message.objects.filter(template="casework.submitted").values_list("channel", flat=True)) == ["inbox"]
    notify.tell([notify.NewMessage("people.phone_changed", account.id, None, None, None)], at=MONDAY)
    assert Message.objects.filter(template="people.phone_changed", channel="sms").exists(), "safety always comes"


@pytest.mark.parametrize(
    ("told", "leaves"),
    [
        (datetime(2026, 11, 16, 1, 30, tzinfo=UTC), datetime(2026, 11, 16, 1, 30, tzinfo=UTC)),  # 09:30 in Shanghai
        (datetime(2026, 11, 16, 12, 0, tzinfo=UTC), datetime(2026, 11, 17, 0, 0, tzinfo=UTC)),  # 20:00, so at 08:00
        (datetime(2026, 11, 15, 18, 0, tzinfo=UTC), datetime(2026, 11, 16, 0, 0, tzinfo=UTC)),  # 02:00, so at 08:00 of that day
    ],
)
def test_what_the_clock_tells_wakes_nobody_up(city: City, told: datetime, leaves: datetime) -> None:
    values = {"reference": "1", "item": "x", "item_en": ""}
    for template, due in (("casework.lapsed", leaves), ("casework.accepted", told)):
        message = notify.NewMessage(template, None, a_phone(1), None, None, values)
        notify.tell([message], at=told)
        assert Message.objects.get(template=template).next_try_at == due
