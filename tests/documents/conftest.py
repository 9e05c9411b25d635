"""Somebody who hands in, a subject with a guard, a paper, and the tools that check from outside."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from onedoor.documents import guards, keeping, seal_keys, services
from onedoor.documents.making import make_paper
from onedoor.documents.models import Paper
from onedoor.kernel.actor import Actor, system_actor
from onedoor.kernel.ids import new_id
from onedoor.kernel.subjects import Subject
from tests.undone import Undone

AT = datetime(2026, 11, 24, 2, 30, tzinfo=UTC)
KIND = "tests.case"
ISSUER = "秦皇岛市海港区行政审批局"


@pytest.fixture
def citizen() -> Actor:
    return Actor(client="web", account=new_id())


@pytest.fixture
def case(citizen: Actor) -> Iterator[Subject]:
    """A subject whose papers and files ``citizen`` may open, and nobody else."""
    subject = Subject(KIND, new_id())
    guards._guards[KIND] = lambda actor, subject_id: actor == citizen and subject_id == subject.id
    yield subject
    del guards._guards[KIND]


def new_paper(case: Subject, kind: str = "acceptance", **given: Any) -> services.NewPaper:
    content = {"item": "食品经营许可", "reference": "261118120482", **given.pop("content", {})}
    whole = {"holder": "王䶮㛃", "title": "受理通知书", "issuer": ISSUER, "series_word": "海审受", **given}
    return services.NewPaper(kind=kind, subject=case, content=content, **whole)


@pytest.fixture
def issue(citizen: Actor, case: Subject) -> Callable[..., Paper]:
    """Issue one paper."""

    def act(kind: str = "acceptance", at: datetime = AT, **given: Any) -> Paper:
        (paper,) = services.issue_papers([new_paper(case, kind, **given)], by=citizen, at=at)
        return paper

    return act


def seal(paper: Paper, make: Callable[[Paper], bytes]) -> Paper:
    made = services.seal_newest(make=make, by=system_actor("documents.seal_papers"), at=AT)
    assert made is not None
    assert made.pk == paper.pk
    return made


@pytest.fixture
def sealed(issue: Callable[..., Paper]) -> Callable[..., Paper]:
    """Issue and seal one paper for those who don't open its file: to set a page in type takes a quarter of a second."""
    return lambda *args, **given: seal(issue(*args, **given), lambda paper: f"%PDF-1.7 {paper.code}".encode())


@pytest.fixture
def made(issue: Callable[..., Paper]) -> Callable[..., Paper]:
    """Issue, make and seal one paper."""
    return lambda *args, **given: seal(issue(*args, **given), make_paper)


@pytest.fixture(scope="module")
def example(django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory) -> tuple[Paper, Path]:
    """Return a paper, made once for all who only look at its file, and the file."""
    file = tmp_path_factory.mktemp("example") / "paper.pdf"
    with django_db_blocker.unblock(), Undone():
        (paper,) = services.issue_papers([new_paper(Subject(KIND, new_id()))], by=Actor(client="web", account=new_id()), at=AT)
        with keeping.open_stored(seal(paper, make_paper).storage_key) as stored:
            file.write_bytes(stored.read())
    return paper, file


@pytest.fixture
def pdfsig(tmp_path: Path) -> Callable[[Path], str]:
    """Return what poppler says of a file's signature, when it trusts our CA and nobody else."""
    database = tmp_path / "nss"
    database.mkdir()
    where = f"sql:{database}"
    subprocess.run(["certutil", "-N", "-d", where, "--empty-password"], check=True)
    subprocess.run(
        ["certutil", "-A", "-d", where, "-n", "onedoor", "-t", "C,C,C", "-i", str(seal_keys.ca_certificate())], check=True
    )
    return lambda file: subprocess.run(["pdfsig", "-nssdir", where, str(file)], capture_output=True, text=True, check=False).stdout
