"""Sending: at least once, never twice at the same time, tried again for four hours."""

from __future__ import annotations

import contextlib
import json
import socket
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

import pytest
from aiosmtpd.controller import Controller
from django.db import connection, transaction

from onedoor.kernel.clock import local
from onedoor.kernel.ids import moment_of
from onedoor.notify import backends, services, templates
from onedoor.notify.backends import KannelBackend, Letter, NotSent, SmtpBackend
from onedoor.notify.models import DeliveryState, Message
from onedoor.notify.services import NewMessage

AT = datetime(2026, 11, 24, 2, tzinfo=UTC)
PLAIN = "test.plain"

pytestmark = pytest.mark.django_db
OWN_TRANSACTIONS = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def plain_template() -> Iterator[None]:
    templates.register(PLAIN, "消息", "第 %(number)s 条")
    yield
    del templates._templates[PLAIN]


class Recorder:
    """A way out that remembers what it took, and may be told to fail."""

    def __init__(self) -> None:
        self.taken: list[Letter] = []
        self.fault: Exception | None = None
        self.during: Callable[[], None] = lambda: None

    def send(self, letter: Letter) -> None:
        self.during()
        if self.fault is not None:
            raise self.fault
        self.taken.append(letter)


@pytest.fixture
def way_out(monkeypatch: pytest.MonkeyPatch) -> Recorder:
    recorder = Recorder()
    monkeypatch.setattr(services, "backend_for", lambda channel: recorder)
    return recorder


def told(count: int = 1) -> list[Message]:
    with transaction.atomic():
        services.tell([NewMessage(PLAIN, None, f"1380000{n:04d}", None, None, {"number": n}) for n in range(count)], at=AT)
    return list(Message.objects.order_by("id"))


def test_message_goes_out_once(way_out: Recorder) -> None:
    (message,) = told()
    assert services.deliver(at=AT, messages=[message.id]).sent == 1
    assert services.deliver(at=AT, messages=[message.id]).tried == 0
    assert services.deliver(at=AT + timedelta(days=1)).tried == 0
    message.refresh_from_db()
    assert (message.state, message.sent_at, message.attempts) == (DeliveryState.SENT, AT, 1)
    assert [letter.text for letter in way_out.taken] == ["第 0 条"]


def test_lost_job_is_swept_up(way_out: Recorder) -> None:
    told(3)
    assert services.deliver(at=AT).sent == 3


def test_failure_is_tried_every_five_minutes_for_four_hours(way_out: Recorder) -> None:
    (message,) = told()
    way_out.fault = NotSent("gateway answered 503", final=False)
    tries = []
    for minute in range(5 * 60):
        now = AT + timedelta(minutes=minute)
        if services.deliver(at=now).tried:
            tries.append(minute)
    assert tries == list(range(0, 4 * 60 + 1, 5))
    message.refresh_from_db()
    assert (message.state, message.problem) == (DeliveryState.FAILED, "gateway answered 503")


def test_gateway_that_comes_back_gets_the_message(way_out: Recorder) -> None:
    told()
    way_out.fault = NotSent("TimeoutError", final=False)
    services.deliver(at=AT)
    way_out.fault = None
    assert services.deliver(at=AT + timedelta(minutes=4)).tried == 0
    assert services.deliver(at=AT + timedelta(minutes=5)).sent == 1


def test_final_refusal_is_not_tried_again(way_out: Recorder) -> None:
    (message,) = told()
    way_out.fault = NotSent("gateway answered 400", final=True)
    assert services.deliver(at=AT).failed == 1
    message.refresh_from_db()
    assert message.state == DeliveryState.FAILED
    assert services.deliver(at=AT + timedelta(hours=1)).tried == 0


def test_worker_killed_between_sending_and_marking_sends_again_later(way_out: Recorder, monkeypatch: pytest.MonkeyPatch) -> None:
    told()

    class Killed(BaseException):
        pass

    def die(*_args: Any, **_kwargs: Any) -> None:
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(services, "_sent", die)
        with pytest.raises(Killed):
            services.deliver(at=AT)
    assert services.deliver(at=AT + services.CLAIM - timedelta(seconds=1)).tried == 0
    assert services.deliver(at=AT + services.CLAIM).sent == 1
    assert len(way_out.taken) == 2
    assert len({letter.id for letter in way_out.taken}) == 1


@OWN_TRANSACTIONS
def test_no_transaction_is_open_while_the_gateway_thinks(way_out: Recorder) -> None:
    told()
    seen: list[bool] = []
    way_out.during = lambda: seen.append(connection.in_atomic_block)
    services.deliver(at=AT)
    assert seen == [False]


def race(claim: Callable[..., Any]) -> list[str]:
    """Let two workers deliver the same messages, each holding its first one until the other has claimed too."""
    taken: list[str] = []
    both_claimed = threading.Barrier(2, timeout=5)
    problems: list[Exception] = []

    def worker() -> None:
        try:
            rows = claim()
            with contextlib.suppress(threading.BrokenBarrierError):
                both_claimed.wait()
            taken.extend(str(row.id) for row in rows)
        except Exception as error:  # noqa: BLE001 - told to the test below
            problems.append(error)
        finally:
            connection.close()

    workers = [threading.Thread(target=worker) for _ in range(2)]
    for each in workers:
        each.start()
    for each in workers:
        each.join()
    assert not problems
    return taken


@OWN_TRANSACTIONS
def test_two_workers_never_hold_one_message_at_the_same_time(way_out: Recorder) -> None:
    told(15)
    taken = race(lambda: services._claim(None, at=AT))
    assert len(taken) == len(set(taken)) == 15


@OWN_TRANSACTIONS
def test_control_without_the_claim_both_workers_hold_the_same(way_out: Recorder) -> None:
    told(15)
    taken = race(lambda: list(Message.objects.filter(state=DeliveryState.CREATED, next_try_at__lte=AT)))
    assert len(taken) == 30
    assert len(set(taken)) == 15


def test_late_failure_of_an_overtaken_worker_does_not_undo_the_other(way_out: Recorder) -> None:
    told()
    (slow,) = services._claim(None, at=AT)
    later = AT + services.CLAIM
    assert services.deliver(at=later).sent == 1
    services._not_sent(slow, NotSent("TimeoutError", final=True), at=later)
    assert Message.objects.get().state == DeliveryState.SENT


def test_messages_lie_in_the_partition_of_their_month() -> None:
    (message,) = told()
    month = f"{local(moment_of(message.id)):%Y_%m}"
    with connection.cursor() as cursor:
        cursor.execute("SELECT tableoid::regclass::text FROM notify_message WHERE id = %s", [message.id])
        assert cursor.fetchone() == (f"notify_message_{month}",)


def test_months_are_made_ahead_once() -> None:
    far = datetime(2031, 1, 1, tzinfo=UTC)
    assert services.prepare_months(at=far, months=3) == 3
    assert services.prepare_months(at=far, months=3) == 0


def letter(channel: str = "sms", address: str = "13800000001", title: str = "消息", text: str = "办好了") -> Letter:
    return Letter(uuid4(), channel, address, title, text, AT)


def test_file_back_end_keeps_letters_for_the_owner_only(settings: Any, tmp_path: Path) -> None:
    settings.ONEDOOR_OUTBOX, settings.ONEDOOR_SMS, settings.ONEDOOR_EMAIL = tmp_path / "outbox", "file", "file"
    for each in (letter(), letter(text="第二条")):
        backends.backend_for("sms").send(each)
    (path,) = (tmp_path / "outbox").iterdir()
    assert path.name == "sms-2026-11-24.jsonl"
    assert [json.loads(line)["text"] for line in path.read_text().splitlines()] == ["办好了", "第二条"]
    assert path.stat().st_mode & 0o077 == 0


def test_console_back_end_prints(settings: Any, capsys: pytest.CaptureFixture[str]) -> None:
    settings.ONEDOOR_SMS = "console"
    backends.backend_for("sms").send(letter())
    assert "13800000001" in capsys.readouterr().out


class Gateway(BaseHTTPRequestHandler):
    status = 202
    asked: list[dict[str, list[str]]] = []

    def do_GET(self) -> None:
        self.asked.append(parse_qs(urlsplit(self.path).query))
        self.send_response(self.status)
        self.end_headers()
        self.wfile.write(b"0: Accepted for delivery")

    def log_message(self, *_args: Any) -> None:
        return


@pytest.fixture
def kannel() -> Iterator[KannelBackend]:
    Gateway.asked = []
    Gateway.status = 202
    server = HTTPServer(("127.0.0.1", 0), Gateway)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield KannelBackend(f"http://127.0.0.1:{server.server_port}/cgi-bin/sendsms", "onedoor", "secret", "12345")
    server.shutdown()
    thread.join()
    server.server_close()


def test_kannel_gets_signed_chinese_text(kannel: KannelBackend, settings: Any) -> None:
    kannel.send(letter(text="𠮷先生，办好了"))
    (asked,) = Gateway.asked
    assert asked["text"] == [f"{settings.ONEDOOR_SMS_SIGNATURE}𠮷先生，办好了"]
    assert (asked["to"], asked["coding"], asked["charset"]) == (["13800000001"], ["2"], ["UTF-8"])


@pytest.mark.parametrize(("status", "final"), [(400, True), (403, False), (503, False)])
def test_kannel_refusals_are_told_apart(kannel: KannelBackend, status: int, final: bool) -> None:
    Gateway.status = status
    with pytest.raises(NotSent) as refused:
        kannel.send(letter())
    assert refused.value.final is final


def test_gateway_that_is_down_or_hangs_is_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(NotSent) as refused:
        KannelBackend("http://127.0.0.1:9/cgi-bin/sendsms", "a", "b", "c").send(letter())
    assert not refused.value.final


def test_smtp_server_that_is_down_is_tried_again(settings: Any) -> None:
    settings.ONEDOOR_SMTP_HOST, settings.ONEDOOR_SMTP_PORT = "127.0.0.1", 9
    with pytest.raises(NotSent) as refused:
        SmtpBackend().send(letter("email", "a@example.org"))
    assert not refused.value.final


class Mailbox:
    """What a real mail server was handed, and what it answers to a recipient or to the letter itself."""

    def __init__(self) -> None:
        self.taken: list[EmailMessage] = []
        self.to_recipient = self.to_letter = ""

    async def handle_RCPT(self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any) -> str:  # noqa: N802
        if not self.to_recipient:
            envelope.rcpt_tos.append(address)
        return self.to_recipient or "250 OK"

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802
        if self.to_letter:
            return self.to_letter
        self.taken.append(message_from_bytes(envelope.content, policy=policy.default))
        return "250 OK"


@pytest.fixture
def mail(settings: Any) -> Iterator[Mailbox]:
    mailbox = Mailbox()
    controller = Controller(mailbox, hostname="127.0.0.1", port=free_port())
    controller.start()
    settings.ONEDOOR_SMTP_HOST, settings.ONEDOOR_SMTP_PORT = "127.0.0.1", controller.port
    yield mailbox
    controller.stop()


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def test_mail_server_gets_chinese_and_a_message_id_of_the_message(mail: Mailbox) -> None:
    sent = letter("email", "a@example.org", title="项目\n备案", text="𠮷先生，办好了")
    SmtpBackend().send(sent)
    (taken,) = mail.taken
    assert taken["Subject"] == "项目 备案"
    assert taken.get_content().strip() == "𠮷先生，办好了"
    assert str(sent.id) in taken["Message-ID"]


@pytest.mark.parametrize(
    ("to_recipient", "to_letter", "final"),
    [("550 no such user", "", True), ("451 try later", "", False), ("", "554 refused", True), ("", "451 busy", False)],
)
def test_mail_server_s_refusals_are_told_apart(mail: Mailbox, to_recipient: str, to_letter: str, final: bool) -> None:
    mail.to_recipient, mail.to_letter = to_recipient, to_letter
    with pytest.raises(NotSent) as refused:
        SmtpBackend().send(letter("email", "a@example.org"))
    assert refused.value.final is final
