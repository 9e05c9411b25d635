"""The auditor's page: what was refused, who failed to log in, who looked; masked, read only, whatever the size."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.utils import timezone

from onedoor.journal import acts, queries, services
from onedoor.journal.models import Entry
from onedoor.journal.queries import auditing
from onedoor.kernel.actor import Actor, system_actor
from onedoor.kernel.errors import NotAllowed
from onedoor.kernel.ids import new_id
from onedoor.kernel.subjects import Subject
from onedoor.people import actors
from onedoor.people import services as people
from onedoor.people.models import Account
from tests.journal.situations import CLERK, recorded
from tests.people.factories import GOOD_PASSWORD, a_card, a_phone
from tests.people.test_pages import step_in

pytestmark = pytest.mark.django_db
LOOK = acts.registered("people.unmask")
FAIL = acts.registered("people.fail_log_in")


def text_of(response):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def a_citizen():
    return people.register_citizen(
        name="张小三", identity_kind="111", identity=a_card(3), phone=a_phone(3), password=GOOD_PASSWORD,
        by=Actor(client="web"), at=timezone.now(),
    )  # fmt: skip


def note(act, /, *, subject=None, by=CLERK, count=1, **facts):
    records = [services.Record(subject or Subject("test.paper", new_id()), facts) for _ in range(count)]
    with transaction.atomic():
        services.record_many(act, records, by=by, at=timezone.now())


def today():
    now = timezone.now()
    return {"since": now - timedelta(days=1), "until": now + timedelta(days=1)}


@pytest.fixture
def auditor(client, monkeypatch):
    """Return a browser in which an auditor is logged in."""
    account = people.create_staff("A1", "郑审", GOOD_PASSWORD, by=system_actor("test"), at=timezone.now(), must_change=False)
    duties = frozenset({"journal.audit"})
    monkeypatch.setattr(
        actors,
        "_resolvers",
        [lambda account, request: Actor(client="web", account=account.id, posting=new_id(), label="郑审", duties=duties)],
    )
    step_in(client, account)
    return client


def test_every_watched_act_is_registered_and_in_the_index():
    for code in auditing.ALL_WATCHED:
        assert acts.registered(code).code == code
    with connection.cursor() as cursor:
        cursor.execute("SELECT indexdef FROM pg_indexes WHERE indexname = 'journal_entry_watched'")
        indexed = set(re.findall(r"'([a-z_]+\.[a-z_]+)'", cursor.fetchone()[0]))
    assert indexed == set(auditing.ALL_WATCHED)


def test_what_is_watched_is_found_and_nothing_else():
    recorded(3)
    note(LOOK, field="phone")
    note(FAIL)
    note(acts.REFUSE, act=LOOK.code, reason="not allowed")
    assert [len(queries.watched(kind, **today()).rows) for kind in ("", "looks", "logins", "refusals", "accounts")] == [
        3,
        1,
        1,
        1,
        0,
    ]


def test_the_range_of_days_is_kept_and_pages_follow_the_key():
    note(FAIL, count=7)
    range_ = today()
    first = queries.watched("", size=5, **range_)
    rest = queries.watched("", size=5, before=first.rows[-1].id, **range_)
    assert (len(first.rows), first.has_more, len(rest.rows), rest.has_more) == (5, True, 2, False)
    assert not {each.id for each in first.rows} & {each.id for each in rest.rows}
    earlier = {"since": range_["since"] - timedelta(days=30), "until": range_["since"]}
    assert queries.watched("", **earlier).rows == []


def test_citizens_are_masked_and_reasons_are_not_shown(auditor):
    citizen = a_citizen()
    services_subject = Subject("people.account", citizen.id)
    note(FAIL, subject=services_subject, by=Actor(client="web"))
    note(LOOK, subject=Subject("people.person", citizen.person_id), field="identity", reason="核对居住地址")
    page = text_of(auditor.get("/desk/audit/"))
    assert "张＊三" in page
    for hidden in ("张小三", "核对居住地址", a_phone(3), a_card(3)):
        assert hidden not in page


def test_kinds_and_days_are_chosen(auditor):
    note(FAIL)
    note(LOOK, field="phone")
    assert "登录失败" in text_of(auditor.get("/desk/audit/?kind=logins"))
    assert "这些天没有此类记录" in text_of(auditor.get("/desk/audit/?since=2020-01-01&until=2020-01-02"))
    assert "请重选" in text_of(auditor.get("/desk/audit/?since=2026-02-02&until=2026-02-01"))
    for odd in ("kind=x", "since=x&until=y", "before=x", "since=0001-01-01&until=0001-01-01", "until=9999-12-31"):
        assert auditor.get(f"/desk/audit/?{odd}").status_code == 200


def test_the_page_writes_no_more_than_that_somebody_looked_and_costs_the_same_for_many(auditor, count_statements):
    before = Entry.objects.count()
    note(FAIL, count=2, subject=Subject("people.account", new_id()))
    auditor.get("/desk/audit/")
    with count_statements() as few:
        auditor.get("/desk/audit/")
    note(FAIL, count=40, subject=Subject("people.account", new_id()))
    with count_statements() as many:
        auditor.get("/desk/audit/")
    sent = [each["sql"] for each in many if "SAVEPOINT" not in each["sql"]]
    assert len(few) == len(many), "\n".join(sent)
    assert len(sent) <= 7, "\n".join(sent)
    assert Entry.objects.exclude(act="journal.audit").count() == before + 42
    assert Entry.objects.filter(act="journal.audit").count() == 3
    assert auditor.post("/desk/audit/").status_code == 405


def test_others_are_refused_and_do_not_see_the_door(client, auditor, monkeypatch):
    assert 'href="/desk/audit/"' in auditor.get("/desk/audit/").content.decode()
    monkeypatch.setattr(
        actors, "_resolvers", [lambda account, request: Actor(client="web", account=account.id, posting=new_id(), label="郑审")]
    )
    refused = client.get("/desk/audit/")
    assert refused.status_code == 403
    assert 'href="/desk/audit/"' not in refused.content.decode()
    assert type(client)().get("/desk/audit/").status_code == 302
    assert Account.objects.filter(username="a1").exists()


def test_who_looks_through_the_journal_is_in_the_journal(auditor):
    auditor.get("/desk/audit/", {"kind": "logins", "since": "2026-11-02", "until": "2026-11-03"})
    (look,) = Entry.objects.filter(act="journal.audit")
    assert look.facts == {"kind": "logins", "since": "2026-11-02", "until": "2026-11-03"}
    assert look.subject_id == look.account_id == Account.objects.get(username="a1").id
    assert "查阅了审计日志" not in text_of(auditor.get("/desk/audit/")), "looks would push down what is looked for"
    looks = text_of(auditor.get("/desk/audit/", {"kind": "audits"}))
    assert "郑审查阅了审计日志" in looks
    assert "2026-11-02 – 2026-11-03" in looks


def test_nobody_notes_a_look_without_the_duty(client):
    with pytest.raises(NotAllowed):
        services.note_audit(kind="", since=timezone.now().date(), until=timezone.now().date(), by=CLERK, at=timezone.now())
    assert not Entry.objects.filter(act="journal.audit").exists()


def test_a_hidden_answer_of_an_application_that_was_looked_at_is_among_the_looks():
    note(acts.registered("casework.unmask"), field="applicant_id", reason="核对")
    (row,) = queries.watched("looks", **today()).rows
    assert (row.detail, "核对" in row.text) == ("applicant_id", False)
