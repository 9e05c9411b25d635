"""``onedoor calendar`` as an operator calls it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

from onedoor.config.cli import main
from onedoor.workdays.models import CalendarDay, Notice
from onedoor.workdays.services import enter_notice
from tests.workdays.factories import KEEPER, NOTICES, NOW, notice

ONEDOOR = Path(sys.executable).with_name("onedoor")


@pytest.fixture
def onedoor(tmp_path: Path):
    """Return a caller of the command where there is no database at all."""

    def call(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        clean = {name: value for name, value in os.environ.items() if not name.startswith(("ONEDOOR_", "DJANGO_"))}
        return subprocess.run(
            [ONEDOOR, "calendar", *arguments],
            cwd=tmp_path,
            env=clean | environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=30,
        )

    return call


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ("2026-02-13 10", "2026-03-05T17:30:00+08:00 confirmed"),
        ("2026-11-23 45", "2027-01-26T17:30:00+08:00 provisional (holidays of 2027 not announced yet)"),
        ("2026-09-18 15 --unit natural-days", "2026-10-08T17:30:00+08:00 confirmed"),
        ("2026-01-31 1 --unit months", "2026-02-28T17:30:00+08:00 confirmed"),
        ("2025-11-24 1 --unit years", "2026-11-24T17:30:00+08:00 confirmed"),
        ("2026-09-30T16:30 4 --unit working-hours", "2026-10-08T11:30:00+08:00 confirmed"),
        ("2026-09-30T08:30Z 24 --unit hours", "2026-10-01T16:30:00+08:00 confirmed"),
        ("2026-10-12 10 --pause 2026-10-14 2026-10-16 --pause 2026-10-16 2026-10-20", "2026-10-30T17:30:00+08:00 confirmed"),
        ("2026-09-18 20 --pause 2026-09-21 2026-09-24 --extend 10", "2026-11-10T17:30:00+08:00 confirmed"),
        ("2026-10-17 0", "2026-10-17T17:30:00+08:00 confirmed"),
    ],
)
def test_due_prints_the_moment_and_whether_it_is_sure(onedoor, arguments: str, expected: str):
    done = onedoor("due", *arguments.split())
    assert (done.stdout, done.stderr, done.returncode) == (f"{expected}\n", "", 0)


def test_due_leaves_nothing_behind(onedoor, tmp_path: Path):
    onedoor("due", "2026-02-13", "10")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "arguments",
    [
        "2026-13-01 10",
        "yesterday 10",
        "2026-02-13 ten",
        "2026-02-13 -1",
        "2026-02-13 1.5",
        "2026-02-13",
        "2026-02-13 10 --unit weeks",
        "2026-02-13 10 --pause 2026-02-24",
        "2026-02-13 10 --pause 2026-02-26 2026-02-24",
        "2026-02-13 10 --pause 2026-02-24 2026-02-27 --pause 2026-02-26 2026-03-02",
        "2026-02-13 10 --extend x",
        "2026-02-13 10 --extend 3 --extend 4",
        "2026-02-13 4 --unit hours",
        "2026-02-13 99999999999999999999",
        "2026-02-13 99999999 --unit natural-days",
        "2026-02-13 99999999999 --unit months",
        "2026-02-13T10:00 99999999999999 --unit hours",
        "2026-02-13T10:00 99999999999999 --unit working-hours",
        "1800-01-01 10",
    ],
)
def test_wrong_input_is_one_line_and_two(onedoor, arguments: str):
    done = onedoor("due", *arguments.split())
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.count("\n") == 1
    assert done.stderr.startswith("onedoor calendar due: ")


def test_due_falls_back_when_the_database_does_not_answer(onedoor, tmp_path: Path):
    done = onedoor("due", "2026-02-13", "10", ONEDOOR_DATABASE_URL=f"postgresql://nobody@/none?host={tmp_path}")
    assert done.stdout == "2026-03-05T17:30:00+08:00 confirmed\n"
    assert done.stderr.startswith("No database answers, so the calendar of the release is used.")


@pytest.fixture
def database_url(transactional_db) -> str:
    database = settings.DATABASES["default"]
    return f"postgresql://{database['USER']}@/{database['NAME']}?host={database['HOST']}&port={database['PORT']}"


def test_due_honours_a_notice_that_was_entered(onedoor, database_url: str):
    enter_notice(text=notice(2027), by=KEEPER, at=NOW)
    done = onedoor("due", "2026-11-23", "54", ONEDOOR_DATABASE_URL=database_url)
    assert (done.stdout, done.stderr) == ("2027-02-14T17:30:00+08:00 confirmed\n", "")


@pytest.mark.django_db
class TestInTheDatabase:
    @pytest.fixture(autouse=True)
    def _standing(self, monkeypatch) -> None:
        """The tests' own database stands already."""
        monkeypatch.setattr("onedoor.config.cli._stand", lambda _: None)

    def test_a_dry_run_changes_nothing_and_the_entry_does(self, capsys):
        file = str(NOTICES / "2027.txt")
        assert main(["calendar", "notice", file, "--dry-run"]) == 0
        looked = capsys.readouterr().out
        assert "2027-01-30 周末 → 调休上班 春节" in looked
        assert not Notice.objects.exists()
        assert main(["calendar", "notice", file]) == 0
        assert capsys.readouterr().out in looked
        assert Notice.objects.get().year == 2027

    def test_a_notice_that_cannot_be_read_is_one_line_and_two(self, tmp_path: Path, capsys):
        (tmp_path / "n.txt").write_text(notice(2027).replace("共9天", "共8天"), encoding="utf-8")
        with pytest.raises(SystemExit) as end:
            main(["calendar", "notice", str(tmp_path / "n.txt")])
        assert end.value.code == 2
        assert "列出的却有 9 天" in capsys.readouterr().err
        assert main(["calendar", "notice", str(tmp_path / "none.txt")]) == 2

    def test_seed_and_recompute(self, capsys):
        assert main(["calendar", "seed"]) == 0
        assert capsys.readouterr().out == f"{CalendarDay.objects.count()}\n" == "11688\n"
        assert main(["calendar", "recompute"]) == 0
        assert capsys.readouterr().out == "0 0\n"
