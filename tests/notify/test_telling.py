"""What is told is stored with the act, in one INSERT and one job statement, and says nothing it should not."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest
from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy, override

from onedoor.kernel.actor import system_actor
from onedoor.kernel.subjects import Subject
from onedoor.notify import queries, services, templates
from onedoor.notify.models import Channel, DeliveryState, Message
from onedoor.notify.services import NewMessage
from onedoor.people import codes
from onedoor.people.codes import CodeMessage
from onedoor.people.models import Account
from onedoor.people.services import create_staff
from tests.people.test_pages import step_in

AT = datetime(2026, 11, 24, 2, tzinfo=UTC)
READY = "test.ready"


@pytest.fixture(autouse=True)
def ready_template() -> Iterator[None]:
    templates.register(READY, gettext_lazy("%(item)s"), "「%(item)s」已办好，办件号 %(reference)s。")
    yield
    del templates._templates[READY]


def ready(**given: object) -> NewMessage:
    values = {"item": "项目备案", "item_en": "Project filing", "reference": "2611 1812 0485"}
    fields = {"account_id": None, "phone": None, "email": None, "subject": None, "values": values, **given}
    return NewMessage(template=READY, **fields)


def an_account() -> UUID:
    return create_staff("s-1", "王敏", None, by=system_actor("test"), at=AT, email="wang@example.org", must_change=False).id


def jobs_queued() -> list[dict[str, list[str]]]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT args FROM procrastinate_jobs WHERE task_name = %s ORDER BY id", [services.DELIVER])
        return [row[0] if isinstance(row[0], dict) else __import__("json").loads(row[0]) for row in cursor.fetchall()]


@pytest.mark.django_db
def test_inbox_phone_and_address_get_a_row_each_and_one_job() -> None:
    account = an_account()
    services.tell([ready(account_id=account, phone="13800000001", email="a@example.org")], at=AT)
    rows = {row.channel: row for row in Message.objects.all()}
    assert {channel: (row.state, row.address) for channel, row in rows.items()} == {
        Channel.INBOX: (DeliveryState.DELIVERED, None),
        Channel.SMS: (DeliveryState.CREATED, "13800000001"),
        Channel.EMAIL: (DeliveryState.CREATED, "a@example.org"),
    }
    (job,) = jobs_queued()
    assert set(job["messages"]) == {str(rows[Channel.SMS].id), str(rows[Channel.EMAIL].id)}


@pytest.mark.django_db
def test_account_without_given_address_is_reached_where_it_is_known() -> None:
    services.tell([ready(account_id=an_account())], at=AT)
    assert sorted(Message.objects.values_list("channel", flat=True)) == ["email", "inbox"]


@pytest.mark.django_db
def test_many_cost_as_many_statements_as_one(django_assert_num_queries) -> None:
    for count in (1, 50):
        messages = [ready(phone=f"1380000{number:04d}") for number in range(count)]
        with django_assert_num_queries(2):
            services.tell(messages, at=AT)
    assert Message.objects.count() == 51


@pytest.mark.django_db(transaction=True)
def test_nobody_is_told_what_rolled_back() -> None:
    class Stopped(Exception):
        pass

    with pytest.raises(Stopped), transaction.atomic():  # noqa: PT012 - the act and its end
        services.tell([ready(phone="13800000001")], at=AT)
        raise Stopped
    assert not Message.objects.exists()
    assert jobs_queued() == []


@pytest.mark.django_db(transaction=True)
def test_telling_outside_a_transaction_is_a_fault() -> None:
    with pytest.raises(services.OutsideTransaction):
        services.tell([ready(phone="13800000001")], at=AT)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("message", "fault"),
    [
        (NewMessage("test.unknown", None, "13800000001", None, None), templates.UnknownTemplate),
        (NewMessage(READY, None, "13800000001", None, None, {"item": "项目备案"}), KeyError),
    ],
)
def test_message_that_could_not_be_read_is_not_stored(message: NewMessage, fault: type[Exception]) -> None:
    with pytest.raises(fault):
        services.tell([message], at=AT)
    assert not Message.objects.exists()


@pytest.mark.django_db
def test_address_and_values_are_encrypted_at_rest() -> None:
    services.tell([ready(phone="13800000001")], at=AT)
    with connection.cursor() as cursor:
        cursor.execute('SELECT address, "values" FROM notify_message')
        stored = b"".join(bytes(column) for column in cursor.fetchone())
    assert b"13800000001" not in stored
    assert "项目备案".encode() not in stored


@pytest.mark.django_db
def test_inbox_is_read_in_the_reader_s_language_newest_first() -> None:
    account = an_account()
    subject = Subject("casework.application", uuid4())
    services.tell([ready(account_id=account, subject=subject), ready(account_id=account)], at=AT)
    with override("en"):
        page = queries.inbox(account, size=1)
        assert (page.rows[0].title, page.has_more) == ("Project filing", True)
        (older,) = queries.inbox(account, after=page.rows[0].id, size=1).rows
    with override("zh-hans"):
        assert queries.told_about([subject.id])[subject.id][0].text == "「项目备案」已办好，办件号 2611 1812 0485。"
    assert not older.is_read
    assert queries.count_unread(account)
    assert services.mark_read(account_id=account, at=AT) == 2
    assert not queries.count_unread(account)


@pytest.mark.parametrize("number", ["13039919900307771X", "130399199003077716"])
def test_identity_number_never_leaves_the_house(number: str) -> None:
    words = templates.render(READY, "zh-hans", {"item": f"证号{number}", "reference": "261118120485"})
    assert number not in words.text + words.title
    assert "261118120485" in words.text


@pytest.mark.parametrize(
    ("text", "parts"),
    [("办" * 70, 1), ("办" * 71, 2), ("办" * 134, 2), ("办" * 135, 3), ("𠮷" * 35, 1), ("𠮷" * 36, 2)],
)
def test_length_is_counted_as_the_network_counts(text: str, parts: int) -> None:
    assert templates.sms_parts(text) == parts


def test_long_text_is_cut_to_five_messages() -> None:
    cut = templates.short("办" * 1000)
    assert templates.sms_parts(cut) == templates.SMS_MAX_PARTS
    assert cut.endswith("…")


@pytest.mark.django_db
def test_code_by_text_message_is_short_and_forgotten_once_sent(settings, tmp_path) -> None:
    settings.ONEDOOR_OUTBOX = tmp_path
    settings.ONEDOOR_SMS = "file"
    with override("zh-hans"):
        codes.hand_over(CodeMessage("13800000001", "481205", "login", 10, None), AT)
    message = Message.objects.get()
    words = templates.render(message.template, message.language, message.values)
    assert "481205" in words.text
    assert templates.sms_parts(f"{settings.ONEDOOR_SMS_SIGNATURE}{words.text}") == 1
    services._sent(message, at=AT)
    message.refresh_from_db()
    assert (message.state, message.values) == (DeliveryState.SENT, {})


@pytest.mark.django_db
def test_inbox_page_shows_and_marks(client) -> None:
    account = Account.objects.get(id=an_account())
    services.tell([ready(account_id=account.id)], at=AT)
    Account.objects.update(password_changed_at=timezone.now())
    step_in(client, account)
    page = client.get("/my/messages/")
    assert "办件号 2611 1812 0485" in page.content.decode()
    assert "新消息" in page.content.decode()
    client.post("/my/messages/")
    assert "新消息" not in client.get("/my/messages/").content.decode()


@pytest.mark.django_db
def test_inbox_page_shows_only_one_s_own_and_pages_by_key(client) -> None:
    account = Account.objects.get(id=an_account())
    Account.objects.update(password_changed_at=timezone.now())
    services.tell([ready(account_id=account.id, email="a@example.org") for _ in range(25)], at=AT)
    services.tell([ready(account_id=uuid4(), values={"item": "别人的事", "reference": "1"}, email="b@example.org")], at=AT)
    step_in(client, account)
    first = client.get("/my/messages/")
    assert "别人的事" not in first.content.decode()
    (rest,) = re.findall(r'rel="next" href="([^"]+)"', first.content.decode())
    assert client.get(rest).content.decode().count('class="message"') == 5
    assert client.get("/my/messages/?after=nonsense").status_code == 404
