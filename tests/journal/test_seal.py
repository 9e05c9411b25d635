"""Sealing and verifying: each way of tampering is told, with the entry it concerns."""

from __future__ import annotations

import argparse
import hashlib
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from onedoor.journal import commands, merkle, queries, roots, services
from onedoor.journal.models import Batch, Leaf, Unsealed
from onedoor.journal.services import sealing
from onedoor.kernel.ids import first_id_at
from tests.journal.situations import findings, insert_by_hand, recorded, seal_everything_anew, sealed, tamper

pytestmark = pytest.mark.django_db


def _as_in_the_rfc(leaves: list[bytes]) -> bytes:
    """RFC 6962, section 2.1, word for word."""
    if len(leaves) < 2:
        return leaves[0] if leaves else hashlib.sha256(b"").digest()
    half = 1
    while half * 2 < len(leaves):
        half *= 2
    return hashlib.sha256(b"\x01" + _as_in_the_rfc(leaves[:half]) + _as_in_the_rfc(leaves[half:])).digest()


@given(st.integers(0, 70), st.data())
def test_tree_is_that_of_the_rfc_and_every_path_leads_to_its_root(count: int, data: st.DataObject) -> None:
    leaves = [hashlib.sha256(bytes([n])).digest() for n in range(count)]
    assert merkle.root(leaves) == _as_in_the_rfc(leaves)
    if leaves:
        place = data.draw(st.integers(0, count - 1))
        assert merkle.climb(leaves[place], merkle.path(leaves, place)) == merkle.root(leaves)


def test_untouched_journal_is_found_whole() -> None:
    sealed(3, name="王芳")
    sealed(2)
    recorded(1)
    assert findings() == []
    assert list(Batch.objects.order_by("number").values_list("number", "count")) == [(1, 3), (2, 2)]
    assert Unsealed.objects.count() == 1


def test_altered_entry_is_named() -> None:
    ids = sealed(5)
    tamper("UPDATE journal_entry SET facts = %s WHERE id = %s", '{"n": 99}', ids[2])
    (found,) = findings()
    assert (found.kind, found.entry_id, found.batch) == ("altered", ids[2], 1)
    assert "test.accept on test.paper" in str(found)


def test_dropped_entry_is_named() -> None:
    ids = sealed(5)
    tamper("DELETE FROM journal_entry WHERE id = %s", ids[3])
    (found,) = findings()
    assert (found.kind, found.entry_id) == ("dropped", ids[3])


def test_entry_dropped_with_its_leaf_is_named() -> None:
    ids = sealed(5)
    tamper("DELETE FROM journal_entry WHERE id = %s", ids[3])
    tamper("DELETE FROM journal_leaf WHERE entry_id = %s", ids[3])
    (found,) = findings()
    assert (found.kind, found.entry_id) == ("dropped", ids[3])


def test_entry_dropped_before_it_was_sealed_is_named() -> None:
    ids = recorded(3)
    tamper("DELETE FROM journal_entry WHERE id = %s", ids[1])
    services.seal(at=timezone.now())
    (found,) = findings()
    assert (found.kind, found.entry_id) == ("dropped", ids[1])


def test_inserted_entry_is_named() -> None:
    sealed(2)
    key = first_id_at(timezone.now())
    insert_by_hand(key, timezone.now(), queued=False)
    (found,) = findings()
    assert (found.kind, found.entry_id) == ("inserted", key)


def test_entry_inserted_into_the_past_and_sealed_is_named() -> None:
    services.seal(at=timezone.now() - timedelta(hours=1))
    sealed(2)
    then = timezone.now() - timedelta(hours=3)
    insert_by_hand(first_id_at(then), then, queued=True)
    services.seal(at=timezone.now())
    (found,) = findings()
    assert (found.kind, found.entry_id, found.batch) == ("back-dated", first_id_at(then), 3)


def test_back_dated_entry_is_named_sealed_or_not() -> None:
    ids = sealed(3)
    tamper("UPDATE journal_entry SET recorded_at = recorded_at - interval '2 days' WHERE id = %s", ids[0])
    assert {(each.kind, each.entry_id) for each in findings()} == {("altered", ids[0]), ("back-dated", ids[0])}
    (waiting,) = recorded()
    tamper("UPDATE journal_entry SET recorded_at = recorded_at - interval '2 days' WHERE id = %s", waiting)
    assert ("back-dated", waiting) in {(each.kind, each.entry_id) for each in findings()}


def test_late_seal_after_a_standstill_is_no_accusation() -> None:
    services.seal(at=timezone.now() - timedelta(days=2))
    recorded(2)
    services.seal(at=timezone.now() + timedelta(hours=5))
    assert findings() == []


def test_sealing_everything_anew_is_told_by_kept_roots_only_and_the_entry_is_named() -> None:
    sealed(3)
    ids = sealed(4)
    sealed(2)
    tamper("UPDATE journal_entry SET act = 'test.reject' WHERE id = %s", ids[1])
    seal_everything_anew()
    assert findings(kept=False) == []  # within itself the database is consistent again
    found = findings()
    assert ("altered", ids[1], 2) in {(each.kind, each.entry_id, each.batch) for each in found}
    assert {(each.kind, each.batch) for each in found if each.entry_id is None} == {("resealed", 2), ("resealed", 3)}


def test_sealing_anew_without_a_dropped_entry_is_told() -> None:
    ids = sealed(4)
    tamper("DELETE FROM journal_leaf WHERE entry_id = %s", ids[1])
    tamper("DELETE FROM journal_entry WHERE id = %s", ids[1])
    seal_everything_anew()
    assert findings(kept=False) == []
    assert ("dropped", ids[1]) in {(each.kind, each.entry_id) for each in findings()}


def test_somebody_elses_copy_of_the_roots_tells_without_our_files(data_folder: Path) -> None:
    ids = sealed(3)
    copy = data_folder / "kept by a citizen.txt"
    (roots.folder() / "roots.txt").rename(copy)
    for file in (roots.folder() / "leaves").iterdir():
        file.unlink()
    tamper("UPDATE journal_entry SET act = 'test.reject' WHERE id = %s", ids[1])
    seal_everything_anew()
    sealed(1)
    assert findings() == []
    found = list(queries.Verification(kept=roots.read(copy), now=timezone.now()).findings())
    assert [(each.kind, each.batch) for each in found if each.kind == "resealed"] == [("resealed", 1)]


def test_lost_batches_are_told_by_kept_roots() -> None:
    sealed(1)
    ids = sealed(1)
    tamper("DELETE FROM journal_leaf WHERE entry_id = %s", ids[0])
    tamper("DELETE FROM journal_entry WHERE id = %s", ids[0])
    tamper("DELETE FROM journal_batch WHERE number = 2")
    assert findings(kept=False) == []
    assert [(each.kind, each.batch) for each in findings()] == [("dropped", 2)]


def test_altered_personal_facts_are_told() -> None:
    first, second = (sealed(1, name=name)[0] for name in ("王芳", "李娜"))
    tamper(
        "UPDATE journal_personalfacts p SET facts = o.facts FROM journal_personalfacts o WHERE o.entry_id = %s AND p.entry_id = %s",
        second,
        first,
    )
    assert [(each.kind, each.entry_id) for each in findings()] == [("personal", first)]


def test_altered_batch_is_told() -> None:
    sealed(2)
    sealed(2)
    tamper("UPDATE journal_batch SET sealed_at = sealed_at - interval '1 day' WHERE number = 1")
    assert ("chain", 1) in {(each.kind, each.batch) for each in findings(kept=False)}


def test_quiet_nights_leave_empty_batches_and_nothing_more() -> None:
    start = timezone.now()
    sealed(1)
    for minute in range(1, 46):
        services.seal(at=start + timedelta(minutes=minute))
    assert list(Batch.objects.order_by("number").values_list("count", flat=True)) == [1, 0, 0]
    assert findings() == []


def test_roots_missing_after_a_crash_are_made_up_for_and_torn_lines_stay(monkeypatch: pytest.MonkeyPatch) -> None:
    sealed(1)
    with monkeypatch.context() as crashing:
        crashing.setattr(sealing, "keep_roots", lambda: 0)
        sealed(1)
    file = roots.folder() / "roots.txt"
    with file.open("a") as out:
        out.write("2 2026-11-2")
    before = file.read_bytes()
    sealed(1)
    assert file.read_bytes().startswith(before)
    assert [each.number for each in roots.read(file)] == [1, 2, 3]
    assert findings() == []


def test_batches_hold_no_more_than_their_size(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sealing, "BATCH_SIZE", 3)
    monkeypatch.setattr("onedoor.journal.queries.verifying.BATCH_SIZE", 3)
    sealed(8)
    assert list(Batch.objects.order_by("number").values_list("count", flat=True)) == [3, 3, 2]
    assert findings() == []


def test_five_thousand_entries_cost_twenty_statements(count_statements) -> None:
    recorded(5)
    with count_statements() as few:
        assert services.seal(at=timezone.now()) == 5
    recorded(5000)
    with count_statements() as many:
        assert services.seal(at=timezone.now()) == 5000
    assert len(few) <= 12
    assert len(many) <= 20
    assert Leaf.objects.count() == 5005


def test_a_queue_row_for_a_sealed_entry_does_not_stop_the_sealer() -> None:
    ids = sealed(1)
    tamper("INSERT INTO journal_unsealed VALUES (%s)", ids[0])
    sealed(1)
    assert [(each.kind, each.entry_id) for each in findings()] == [("inserted", ids[0])]


def test_finding_what_waits_walks_over_no_history() -> None:
    sealed(2000)
    recorded(3)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE journal_entry, journal_leaf, journal_unsealed")
        cursor.execute(f"EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF, SUMMARY OFF) {sealing._WAITING}", [5000])
        walked = [line for (line,) in cursor.fetchall() if "Seq Scan" in line and "never executed" not in line]
    assert all("journal_unsealed" in line for line in walked)


def test_a_batch_is_sealed_in_few_statements() -> None:
    recorded(100)
    with CaptureQueriesContext(connection) as sent:
        sealing._seal_batch(at=timezone.now())
    assert len([each for each in sent if "SAVEPOINT" not in each["sql"]]) == 6


def _command(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str]:
    parser = argparse.ArgumentParser()
    commands.add_commands(parser.add_subparsers())
    chosen = parser.parse_args(["journal", *words])
    code = chosen.run(chosen)
    return code, capsys.readouterr().out


def test_command_says_all_is_well_or_which_entry_is_not(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    ids = sealed(3)
    code, text = _command(capsys, "verify")
    assert code == 0
    assert "3 entries in 1 batches" in text
    tamper("UPDATE journal_entry SET region = '130303000000' WHERE id = %s", ids[1])
    code, text = _command(capsys, "verify", "--roots", str(roots.folder() / "roots.txt"))
    assert code == 1
    assert text.startswith(f"altered: entry {ids[1]} (test.accept on test.paper ")
    (tmp_path / "empty").touch()
    assert _command(capsys, "verify", "--roots", str(tmp_path / "empty"))[0] == 2
