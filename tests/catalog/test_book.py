"""The catalogue as a book: one A4 for each guide, page numbers that are right, made at the desk and by the command line."""

from __future__ import annotations

import argparse
import io
import re
import subprocess
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from django.urls import reverse
from django.utils import timezone

from onedoor.catalog import commands
from onedoor.catalog.book import entries as found
from onedoor.catalog.book import making, pages
from onedoor.catalog.book.making import Book, NothingToPrint, make_book
from onedoor.catalog.content import Question
from onedoor.catalog.models import ExchangeRun, ItemVersion
from onedoor.catalog.services import exchange
from onedoor.documents.binding import Binder
from onedoor.journal import queries as journal
from onedoor.kernel.subjects import Subject
from tests.catalog.keepers import Keepers, furnish, import_items

DAY = date(2026, 11, 24)
A4 = (595, 842)
pytestmark = pytest.mark.django_db


def printed(book: Book) -> tuple[making.Made, bytes]:
    out = io.BytesIO()
    return make_book(book, out), out.getvalue()


def texts(pdf: bytes) -> list[str]:
    """Return what stands on each page, without blanks."""
    said = subprocess.run(["pdftotext", "-layout", "-", "-"], input=pdf, capture_output=True, check=True).stdout.decode()
    return [re.sub(r"\s", "", page) for page in said.split("\f")[:-1]]


def led_by_contents(pdf: bytes, last: int) -> list[int]:
    """Return the pages to which the links of the contents lead, in their order."""
    with pikepdf.open(io.BytesIO(pdf)) as book:
        numbers = {page.objgen: place for place, page in enumerate(book.pages, start=1)}
        return [numbers[link["/Dest"][0].objgen] for page in book.pages[1:last] for link in page.get("/Annots", pikepdf.Array())]


DEPARTMENT = "GJ"
"""Has few items, some with a norm of their own and some that share one."""


@dataclass(frozen=True)
class Printed:
    """A book, and how many pages waited in memory each time."""

    made: making.Made
    pdf: bytes
    said: list[str]
    waited: list[int]


@pytest.fixture(scope="module")
def example(whole_city: None, django_db_blocker: Any) -> Printed:
    """Return the whole book of a department, bound in portions of four pages and printed once for all who only look at it."""
    waited, keep = [], Binder._keep

    def watched(self: Binder, document: Any) -> None:
        keep(self, document)
        waited.append(sum(len(each.pages) for each in self._waiting))

    with pytest.MonkeyPatch.context() as patch, django_db_blocker.unblock():
        patch.setattr("onedoor.documents.binding.PORTION", 4)
        patch.setattr(Binder, "_keep", watched)
        made, pdf = printed(Book(DAY, department=DEPARTMENT, is_sample=True))
    return Printed(made, pdf, texts(pdf), waited)


def test_each_guide_has_one_page_and_the_contents_say_which(whole_city: None, example: Printed) -> None:
    made, pdf, said = example.made, example.pdf, example.said
    listed = found.entries(DEPARTMENT)
    assert made.guides == len(listed) > 3
    assert made.pages == len(said)
    first = next(place for place, page in enumerate(said, start=1) if place > 1 and "事项编码" in page)
    contents = "".join(said[1 : first - 1])
    for place, entry in enumerate(listed, start=first):
        assert entry.code in said[place - 1], entry.name
        assert said[place - 1].endswith(str(place))
        assert sum(f"事项编码：{entry.code}" in page and "办事指南" in page[:60] for page in said) == 1
        assert f"{_bare(entry.name)}{place}" in contents
    leads = list(dict.fromkeys(led_by_contents(pdf, first - 1)))
    assert leads[: len(listed)] == list(range(first, first + len(listed)))
    assert all("示例数据" in page for page in said)
    with pikepdf.open(io.BytesIO(pdf)) as book:
        assert {tuple(round(float(edge)) for edge in page.mediabox[2:]) for page in book.pages} == {A4}
        marks = [(str(each.title), [str(below.title) for below in each.children]) for each in book.open_outline().root]
    assert marks[0][0] == "目录"
    assert marks[1] == ("办事指南", [listed[0].department])


def _bare(text: str) -> str:
    return re.sub(r"\s", "", text)


def test_norms_follow_with_their_review_points_and_shared_ones_are_said_once(whole_city: None, example: Printed) -> None:
    norms, said = found.norms(found.entries(DEPARTMENT)), example.said
    assert example.made.norms == len(norms)
    shared = [each for each in norms if each.is_shared]
    assert 0 < len(shared) < len(norms)
    assert sum(len(each.entries) for each in norms) == example.made.guides
    assert len(shared) < sum(len(each.entries) for each in shared)
    for norm in norms:
        points = [point for paper in norm.content.materials for point in paper.review_points]
        page = next(page for page in said[2:] if _bare(pages.title_of(norm)) in page and "业务指导规范" in page)
        assert all(_bare(point) in page for point in points[:1])


def test_norms_are_printed_without_guides(whole_city: None) -> None:
    made, pdf = printed(Book(DAY, with_guides=False, department="DA"))
    assert (made.guides, made.norms) == (0, 1)
    assert "办事指南" not in "".join(texts(pdf)[2:])


def test_a_guide_that_is_far_too_long_still_has_one_page_and_says_that_more_is_on_the_web(whole_city: None) -> None:
    entry = found.entries(DEPARTMENT)[0]
    version = ItemVersion.objects.select_related("item").get(id=entry.version_id)
    words = pages.guide_words(entry, version, pages.NO_PLACES, "AB2CD")
    faqs = tuple(Question(f"问题{n}" * 8, "回答" * 60) for n in range(30))
    conditions = tuple(f"条件{n}" * 6 for n in range(20))
    long = {**words, "faqs": faqs, "content": replace(words["content"], faqs=faqs, conditions=conditions), "book": "x"}
    with Binder() as binder:
        maker = making._Maker(Book(DAY, department=DEPARTMENT), binder, lambda _share: None)
        maker._number(front=2)
        maker._set_guide(long, entry)
        assert binder.pages == 1
        out = io.BytesIO()
        binder.bind(out, title="x", author="y", outline=[])
    (said,) = texts(out.getvalue())
    assert "本页未能全部刊载" in said
    assert "条件19" in said


def test_memory_does_not_grow_with_the_book(example: Printed) -> None:
    assert example.made.pages > 8
    assert max(example.waited) <= 4


def test_nothing_to_print_is_said(whole_city: None) -> None:
    with pytest.raises(NothingToPrint):
        printed(Book(DAY, department="XX"))


def run(*words: str) -> int:
    parser = argparse.ArgumentParser()
    commands.add_commands(parser.add_subparsers())
    chosen = parser.parse_args(["print", "book", *words])
    assert chosen.needs == "database"
    return int(chosen.run(chosen))


def test_the_command_prints_guides_or_norms_of_a_department(
    whole_city: None, db: None, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(str(tmp_path / "book.txt")) == 1
    assert run(str(tmp_path / "none.pdf"), "--agency", "XX") == 1
    assert not list(tmp_path.iterdir())
    assert run(str(tmp_path / "book.pdf"), "--agency", "DA", "--public") == 0
    assert "3 页" in capsys.readouterr().out
    said = texts((tmp_path / "book.pdf").read_bytes())
    assert len(said) == 3
    assert "业务指导规范" not in "".join(said)


@pytest.fixture
def keepers(db: None, settings: Any, tmp_path: Path) -> Keepers:
    settings.STORAGES = settings.STORAGES | {
        "files": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": str(tmp_path)}}
    }
    return furnish("FG")


def test_the_desk_prints_a_book_in_the_worker_and_hands_it_out(keepers: Keepers) -> None:
    import_items("130300-FG-10-0007")
    page, centre = reverse("catalog:desk_exchange"), keepers.centre
    assert "印成手册" in centre.get(page).content.decode()
    wrong = centre.post(page, {"act": "book", "parts": "everything"})
    assert wrong.status_code == 422
    asked = centre.post(page, {"act": "book", "parts": "all", "department": "FG"})
    assert asked.status_code == 302
    run = ExchangeRun.objects.get(kind="book")
    assert "<progress" in centre.get(asked["Location"]).content.decode()
    exchange.do_run(run_id=run.id, at=timezone.now())
    run.refresh_from_db()
    assert run.state == "done", run.reason
    assert f"手册共 {run.report['pages']} 页" in centre.get(asked["Location"]).content.decode()
    file = centre.get(reverse("catalog:desk_exchange_file", args=[run.id]))
    assert b"".join(file.streaming_content).startswith(b"%PDF")
    assert run.name in file["Content-Disposition"]
    acts = [each.act for each in journal.entries_of(Subject("catalog.exchange_run", run.id))]
    assert acts[0] == "catalog.print_book"


def test_a_book_without_items_says_why(keepers: Keepers) -> None:
    ItemVersion.objects.filter(status="published").update(status="cancelled")
    keepers.centre.post(reverse("catalog:desk_exchange"), {"act": "book", "parts": "all", "department": "FG"})
    run = ExchangeRun.objects.get(kind="book")
    exchange.do_run(run_id=run.id, at=timezone.now())
    run.refresh_from_db()
    assert run.state == "failed"
    assert "没有可以印" in run.reason


def test_reading_the_book_takes_a_fixed_number_of_statements_for_a_portion(
    whole_city: None, django_assert_max_num_queries: Any
) -> None:
    book = found.entries(DEPARTMENT)
    with django_assert_max_num_queries(3):
        rows = list(found.versions(book[: found.AT_ONCE]))
        found.places_of([entry.code for entry, _version in rows])
