"""What a citizen can check without an account."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from django.test import Client
from django.utils import timezone

from onedoor.journal import roots, services
from onedoor.kernel.ids import new_id
from tests.journal.situations import SYSTEM, recorded, sealed, tamper

pytestmark = pytest.mark.django_db
CHECKER = Path(__file__).parents[2] / "docs" / "check_proof.py"


@pytest.fixture
def citizen() -> Client:
    client = Client()
    client.cookies["language"] = "en"
    return client


def _check(*words: object) -> tuple[int, str]:
    run = subprocess.run([sys.executable, "-I", CHECKER, *map(str, words)], capture_output=True, text=True, check=False)
    return run.returncode, run.stdout + run.stderr


def _proof(citizen: Client, key: object, folder: Path) -> Path:
    answer = citizen.get(f"/journal/entries/{key}/proof.json")
    assert answer.status_code == 200
    file = folder / "proof.json"
    file.write_bytes(answer.content)
    return file


def test_entry_page_says_that_the_seal_holds_and_shows_no_personal_facts(citizen: Client) -> None:
    ids = sealed(7, name="王芳", phone="13800000000")
    page = citizen.get(f"/journal/entries/{ids[4]}/").content.decode()
    assert "The seal holds." in page
    assert "李华 accepted paper 4" in page
    for personal in ("王芳", "13800000000"):
        assert personal not in page
        assert personal not in citizen.get(f"/journal/entries/{ids[4]}/proof.json").content.decode()


def test_entry_page_in_chinese() -> None:
    ids = sealed(1)
    page = Client().get(f"/journal/entries/{ids[0]}/").content.decode()
    assert "封存有效" in page
    assert "The seal" not in page


def test_entry_page_tells_an_altered_entry(citizen: Client) -> None:
    ids = sealed(7)
    tamper("UPDATE journal_entry SET facts = %s WHERE id = %s", '{"n": 99}', ids[4])
    assert "The seal does not hold." in citizen.get(f"/journal/entries/{ids[4]}/").content.decode()
    assert "The seal holds." in citizen.get(f"/journal/entries/{ids[3]}/").content.decode()


def test_entry_that_waits_for_its_seal_says_so_and_an_unknown_one_is_not_found(citizen: Client) -> None:
    (key,) = recorded()
    assert "not sealed yet" in citizen.get(f"/journal/entries/{key}/").content.decode()
    assert citizen.get(f"/journal/entries/{key}/proof.json").status_code == 404
    assert citizen.get(f"/journal/entries/{new_id()}/").status_code == 404


def test_checker_needs_only_the_proof_and_a_kept_root(citizen: Client, tmp_path: Path) -> None:
    sealed(3)
    ids = sealed(11)
    kept = roots.folder() / "roots.txt"
    for key in ids:
        proof = _proof(citizen, key, tmp_path)
        code, text = _check(proof, kept)
        assert (code, text.split(":")[0]) == (0, "RIGHT")
        assert key.hex in text
    root = json.loads(proof.read_text())["batch"]["root"]
    assert _check(proof, root)[0] == 0
    assert "agrees with itself" in _check(proof)[1]


@pytest.mark.parametrize("part", ["entry", "path", "sealed_at", "count", "root", "other root"])
def test_checker_finds_each_forgery(citizen: Client, tmp_path: Path, part: str) -> None:
    ids = sealed(6)
    file = _proof(citizen, ids[2], tmp_path)
    proof = json.loads(file.read_text())
    kept = json.loads(file.read_text())["batch"]["root"]
    if part == "entry":
        proof["entry"] = proof["entry"].replace('"n":2', '"n":3')
    elif part == "path":
        proof["path"].pop()
    elif part == "sealed_at":
        proof["batch"]["sealed_at"] = "2020-01-01T00:00:00.000000+00:00"
    elif part == "count":
        proof["batch"]["count"] = 5
    elif part == "root":
        proof["batch"]["root"] = "00" * 32
    else:
        kept = "00" * 32
    file.write_text(json.dumps(proof))
    code, text = _check(file, kept)
    assert code == 1
    assert text.startswith("WRONG")


def test_proof_survives_shredding(citizen: Client, tmp_path: Path) -> None:
    ids = sealed(5, name="王芳")
    kept = (roots.folder() / "roots.txt").read_text()
    assert services.shred_personal_facts(entry_ids=[ids[2]], by=SYSTEM, at=timezone.now(), basis="asked for") == 1
    file = tmp_path / "roots kept.txt"
    file.write_text(kept)
    assert _check(_proof(citizen, ids[2], tmp_path), file)[0] == 0


def test_roots_are_published_page_by_page_and_as_lines(citizen: Client) -> None:
    for _ in range(53):
        sealed(1)
    first = citizen.get("/journal/").content.decode()
    assert first.count("<tr ") == 51
    assert "?before=4" in first
    assert citizen.get("/journal/?before=4").content.decode().count("<tr ") == 4
    assert citizen.get("/journal/?before=x").status_code == 200
    feed = citizen.get("/journal/roots.txt").content.decode()
    assert feed == (roots.folder() / "roots.txt").read_text()
    assert citizen.get("/journal/roots.txt?after=52").content.decode().count("\n") == 1
