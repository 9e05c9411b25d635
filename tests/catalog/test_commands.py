"""``onedoor import items`` as an operator types it."""

from __future__ import annotations

import argparse

import openpyxl
import pytest

from onedoor.catalog import commands
from onedoor.catalog.models import CatalogItem, ItemVersion, Synonym
from onedoor.catalog.services import NewSynonym, UnknownSynonymItem, add_synonyms
from tests.catalog.city import AT, BY
from tests.catalog.sources import DATA
from tests.catalog.test_import import CODE, table

pytestmark = pytest.mark.django_db


def run(*words: str, act: str = "import", basis: str = "试运行决定") -> int:
    parser = argparse.ArgumentParser()
    commands.add_commands(parser.add_subparsers())
    chosen = parser.parse_args([act, "items", *words, *(["--basis", basis] if act == "import" else [])])
    assert chosen.needs == "database"
    return int(chosen.run(chosen))


def test_the_sample_is_taken_over(capsys):
    assert run(str(DATA / "items_full.csv"), "--guides", str(DATA / "guides.json")) == 0
    assert "362" in capsys.readouterr().out
    assert CatalogItem.objects.count() == 362


def test_a_trial_says_so(tmp_path, capsys):
    (tmp_path / "items.csv").write_bytes(table())
    assert run(str(tmp_path / "items.csv"), "--dry-run") == 0
    assert "没有改动" in capsys.readouterr().out
    assert not CatalogItem.objects.exists()


def test_faults_are_told_in_plain_words_and_nothing_is_changed(tmp_path, capsys):
    (tmp_path / "items.csv").write_bytes(table({"name": ""}, {"board": "其他"}))
    assert run(str(tmp_path / "items.csv")) == 1
    told = capsys.readouterr().err
    assert "第 2 行, name: 不能为空。" in told
    assert "第 3 行, board: 不认识“其他”。" in told
    assert "共 2 处错误，一条也没有导入。" in told
    assert not CatalogItem.objects.exists()


@pytest.mark.parametrize("kind", ["csv", "json", "xlsx"])
@pytest.mark.parametrize("profile", ["own", "exchange"])
def test_what_is_taken_out_and_in_again_changes_nothing(tmp_path, capsys, kind, profile):
    (tmp_path / "few.csv").write_bytes(table(rows=9))
    run(str(tmp_path / "few.csv"))
    file = tmp_path / f"items.{kind}"
    assert run(str(file), "--profile", profile, act="export") == 0
    assert run(str(file)) == 0
    assert "9" in capsys.readouterr().out.splitlines()[-2]
    assert ItemVersion.objects.count() == 9
    again = tmp_path / f"again.{kind}"
    assert run(str(again), "--profile", profile, act="export") == 0
    assert again.read_bytes() == file.read_bytes()
    assert not list(tmp_path.glob("*.part"))


def test_the_faults_are_marked_in_a_workbook(tmp_path):
    (tmp_path / "items.csv").write_bytes(table({"name": ""}, {"board": "其他"}))
    assert run(str(tmp_path / "items.csv"), "--report", str(tmp_path / "marked.xlsx")) == 1
    book = openpyxl.load_workbook(tmp_path / "marked.xlsx")
    assert [row[1].value for row in book["faults"].iter_rows(min_row=2)] == ["2", "3"]
    assert {cell.coordinate for row in book["items"].iter_rows() for cell in row if cell.comment} == {"B2", "I3"}
    assert "其他" in book["items"]["I3"].comment.text


def test_a_name_of_no_format(tmp_path, capsys):
    assert run(str(tmp_path / "items.pdf"), act="export") == 1
    assert ".xlsx" in capsys.readouterr().err


def test_a_file_that_is_not_there(tmp_path, capsys):
    assert run(str(tmp_path / "none.csv")) == 1
    assert "none.csv" in capsys.readouterr().err


def test_synonyms_are_added_once_and_must_mean_something(tmp_path):
    (tmp_path / "items.csv").write_bytes(table())
    run(str(tmp_path / "items.csv"))
    words = [NewSynonym("立项", "企业投资项目备案", CODE), NewSynonym("社保", "社会保险")]
    for _ in range(2):
        add_synonyms(words, by=BY, at=AT)
    assert Synonym.objects.count() == 2
    with pytest.raises(UnknownSynonymItem):
        add_synonyms([NewSynonym("x", "y", "130300-XX-10-0001")], by=BY, at=AT)
