"""Recording: with the act, in one statement, personal facts apart; and the database refuses what comes after."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from onedoor.journal import acts, queries, services
from onedoor.journal.canonical import personal_hash
from onedoor.journal.models import Entry, NeverChanged, PersonalFacts, Unsealed
from onedoor.kernel.actor import Actor
from onedoor.kernel.errors import NotAllowed
from onedoor.kernel.ids import first_id_at, new_id
from onedoor.kernel.subjects import Subject
from tests.journal.situations import ACT, CLERK, SYSTEM, findings, insert_by_hand, recorded, sealed

pytestmark = pytest.mark.django_db


def test_entry_says_who_did_what_and_when() -> None:
    subject, at, behalf = Subject("test.paper", new_id()), timezone.now() - timedelta(days=3), new_id()
    key = services.record(ACT, subject=subject, by=CLERK, at=at, on_behalf_of=behalf, facts={"n": 7})
    entry = Entry.objects.get(pk=key)
    assert (entry.act, entry.subject_kind, entry.subject_id, entry.at) == ("test.accept", "test.paper", subject.id, at)
    assert (entry.account_id, entry.posting_id, entry.site_id) == (CLERK.account, CLERK.posting, CLERK.site)
    assert (entry.on_behalf_of, entry.region, entry.client, entry.request_id) == (behalf, "130302000000", "desk", CLERK.request)
    assert entry.facts == {"n": 7}
    assert abs(timezone.now() - entry.recorded_at) < timedelta(seconds=10)
    (view,) = queries.entries_of(subject)
    assert (str(view.sentence), view.id, view.sealed) == ("李华 accepted paper 7", key, False)


def test_many_entries_with_personal_facts_are_one_statement() -> None:
    records = [services.Record(Subject("test.paper", new_id()), {"n": n, "name": "王芳"}) for n in range(50)]
    with CaptureQueriesContext(connection) as sent:
        ids = services.record_many(ACT, records, by=CLERK, at=timezone.now())
    assert len(sent) == 1
    kept = Entry.objects.filter(pk__in=ids).order_by("pk").values_list("subject_id", flat=True)
    assert list(kept) == [each.subject.id for each in records]
    assert Unsealed.objects.count() == PersonalFacts.objects.count() == 50


def test_personal_facts_lie_encrypted_beside_the_entry() -> None:
    (key,) = recorded(name="王芳", phone="13800000000")
    with connection.cursor() as cursor:
        cursor.execute("SELECT e::text FROM journal_entry e WHERE id = %s", [key])
        (row,) = cursor.fetchone()
        cursor.execute("SELECT facts FROM journal_personalfacts WHERE entry_id = %s", [key])
        (kept,) = cursor.fetchone()
    assert "王芳" not in row
    assert "13800000000" not in row
    assert "王芳".encode() not in bytes(kept)
    assert queries.personal_facts([key]) == {key: {"name": "王芳", "phone": "13800000000"}}
    facts = PersonalFacts.objects.get(pk=key)
    assert len(facts.salt) == 32
    assert bytes(Entry.objects.get(pk=key).personal_hash) == personal_hash(bytes(facts.salt), facts.facts)


def test_a_citizens_name_does_not_stand_in_the_entry() -> None:
    citizen = Actor(client="web", account=new_id(), person=new_id(), label="王芳")
    (key,) = recorded(by=citizen)
    entry = Entry.objects.get(pk=key)
    assert entry.actor_label == ""
    assert entry.account_id == citizen.account


def test_unregistered_act_is_an_error() -> None:
    stranger, forged = acts.Act("test.stranger", "nobody knows"), acts.Act(ACT.code, "without personal facts")
    for act in (stranger, forged):
        with pytest.raises(acts.UnregisteredAct):
            services.record(act, subject=Subject("test.paper", new_id()), by=CLERK, at=timezone.now())
    with pytest.raises(acts.ActRegisteredTwice):
        acts.register(ACT.code, "again")


@pytest.mark.django_db(transaction=True)
def test_recording_outside_a_transaction_is_refused() -> None:
    with pytest.raises(services.OutsideTransaction):
        services.record(ACT, subject=Subject("test.paper", new_id()), by=CLERK, at=timezone.now())
    assert not Entry.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_refusal_is_kept_although_the_act_rolled_back() -> None:
    subject = Subject("test.paper", new_id())
    try:
        with transaction.atomic():
            services.record(ACT, subject=subject, by=CLERK, at=timezone.now())
            raise NotAllowed  # noqa: TRY301
    except NotAllowed as refusal:
        services.record_refusal(ACT, subject=subject, by=CLERK, at=timezone.now(), reason=refusal.message)
    (view,) = queries.entries_of(subject)
    assert view.act == "journal.refuse"
    assert view.facts["act"] == "test.accept"
    with transaction.atomic(), pytest.raises(RuntimeError):
        services.record_refusal(ACT, subject=subject, by=CLERK, at=timezone.now(), reason="inside")


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE journal_entry SET act = 'x'",
        "DELETE FROM journal_entry",
        "TRUNCATE journal_entry CASCADE",
        "TRUNCATE journal_entry_other",
        "UPDATE {partition} SET act = 'x'",
        "DELETE FROM {partition}",
        "TRUNCATE {partition}",
        "UPDATE journal_leaf SET position = 5",
        "DELETE FROM journal_leaf",
        "TRUNCATE journal_leaf",
        "UPDATE journal_batch SET count = 5",
        "DELETE FROM journal_batch",
        "TRUNCATE journal_batch CASCADE",
        "UPDATE journal_personalfacts SET salt = ''",
        "TRUNCATE journal_personalfacts",
    ],
)
def test_database_refuses_to_change_what_was_recorded(statement: str) -> None:
    (key,) = sealed(name="王芳")
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SELECT tableoid::regclass::text FROM journal_entry WHERE id = %s", [key])
        (partition,) = cursor.fetchone()
        assert partition != "journal_entry_other"
        with pytest.raises(IntegrityError, match="refused"), transaction.atomic():
            cursor.execute(statement.format(partition=partition))
    assert findings() == []


def test_python_refuses_as_well() -> None:
    (key,) = recorded()
    entry = Entry.objects.get(pk=key)
    everything = Entry.objects.all()
    for change in (entry.save, entry.delete, everything.delete, lambda: everything.update(act="x"), Entry.objects.create):
        with pytest.raises(NeverChanged):
            change()


def test_months_are_made_ahead_and_a_wrong_clock_is_caught_by_the_default() -> None:
    later = timezone.now() + timedelta(days=30 * 24)
    assert services.make_months(at=later) > 0
    assert services.make_months(at=later) == 0
    recorded()
    wrong = first_id_at(timezone.now() + timedelta(days=3000))
    insert_by_hand(wrong, timezone.now(), queued=False)
    with connection.cursor() as cursor:
        cursor.execute("SELECT tableoid::regclass::text FROM journal_entry WHERE id = %s", [wrong])
        assert cursor.fetchone() == ("journal_entry_other",)


def test_at_least_six_months_are_ready() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_inherits WHERE inhparent = 'journal_entry'::regclass")
        assert cursor.fetchone()[0] >= 8


def test_shredding_needs_the_duty_and_leaves_the_proof() -> None:
    subject = Subject("test.paper", new_id())
    (key,) = recorded(subject=subject, name="王芳")
    services.seal(at=timezone.now())
    before = queries.proof_of(key)
    with pytest.raises(NotAllowed), transaction.atomic():
        services.shred_personal_facts(subjects=[subject], by=CLERK, at=timezone.now(), basis="period over")
    assert services.shred_personal_facts(subjects=[subject], by=SYSTEM, at=timezone.now(), basis="period over") == 1
    assert not PersonalFacts.objects.exists()
    assert findings() == []
    after = queries.proof_of(key)
    assert after == before
    assert after is not None
    assert after.holds
    assert [each.act for each in queries.entries_of(subject)] == ["journal.shred", "test.accept"]
