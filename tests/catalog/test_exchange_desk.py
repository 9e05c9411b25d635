"""Files of items in and out at the desk: kept first, done by the worker, once."""

from __future__ import annotations

import io
from datetime import timedelta
from typing import Any

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction
from django.test import Client
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from onedoor.catalog.models import CatalogItem, ExchangeRun, ItemVersion
from onedoor.catalog.services import editing, exchange, imports
from onedoor.journal.models import Entry
from onedoor.kernel.errors import NotAllowed
from onedoor.network.models import Posting
from tests.catalog.city import BY
from tests.catalog.keepers import Keepers, furnish
from tests.catalog.test_import import CODE, table

pytestmark = pytest.mark.django_db
PAGE = "/desk/catalog/exchange/"


@pytest.fixture
def keepers(db: None, settings: Any, tmp_path: Any) -> Keepers:
    settings.STORAGES = settings.STORAGES | {
        "files": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": str(tmp_path)}}
    }
    return furnish("FG")


def hand_in(keepers: Keepers, data: bytes, act: str, name: str = "items.csv") -> ExchangeRun:
    answer = keepers.centre.post(PAGE, {"file": SimpleUploadedFile(name, data), "act": act})
    assert answer.status_code == 302, answer.content.decode()
    return ExchangeRun.objects.get(id=answer["Location"].strip("/").split("/")[-1])


def done(run: ExchangeRun) -> ExchangeRun:
    """Do what the worker does."""
    exchange.do_run(run_id=run.id, at=timezone.now())
    run.refresh_from_db()
    return run


def decide(client: Client, run: ExchangeRun, act: str, reason: str = "") -> str:
    """Decide on a file and return what is said then."""
    answer = client.post(f"{PAGE}{run.id}/decide/", {"act": act, "reason": reason}, follow=True)
    run.refresh_from_db()
    return answer.content.decode() if answer.status_code == 200 else str(answer.status_code)


def acts() -> list[str]:
    return list(Entry.objects.filter(subject_kind="catalog.exchange_run").order_by("id").values_list("act", flat=True))


def test_what_a_file_brings_waits_for_somebody_else_and_comes_into_force_as_a_whole(keepers: Keepers, client: Client) -> None:
    run = hand_in(keepers, table(), "import")
    assert (run.state, CatalogItem.objects.count()) == ("waiting", 0)
    assert ProcrastinateJob.objects.filter(task_name="catalog.exchange", args={"run_id": str(run.id)}).count() == 1
    waiting = keepers.centre.get(f"{PAGE}{run.id}/")
    assert b"<progress" in waiting.content
    assert b"hx-get" in waiting.content
    done(run)
    assert (run.state, run.report["created"], set(ItemVersion.objects.values_list("status", flat=True))) == (
        "proposed",
        3,
        {"in_review"},
    )
    assert client.get(f"/items/{CODE}/").status_code == 404
    assert run.name in keepers.second.get("/desk/catalog/review/").content.decode()
    part = keepers.centre.get(f"{PAGE}{run.id}/", headers={"HX-Request": "true"}).content.decode()
    assert "要由别人批准" in part
    assert "<html" not in part
    assert "hx-get" not in part
    assert decide(keepers.centre, run, "approve", "自己批") == "403"
    assert "请写明为什么仍然发布" in decide(keepers.second, run, "approve")
    assert run.state == "proposed"
    decide(keepers.second, run, "approve", "短指南，部门月底补齐")
    assert done(run).state == "done"
    version = ItemVersion.objects.get(item__code=CODE)
    assert (version.status, version.number, version.approved_by) == ("published", 1, keepers.second_actor.account)
    assert (12 in version.accepted_faults, version.accepted_reason) == (True, "短指南，部门月底补齐")
    assert client.get(f"/items/{CODE}/").status_code == 200
    assert acts() == ["catalog.hand_in_file", "catalog.propose_file", "catalog.approve_file", "catalog.take_over_file"]
    page = keepers.centre.get(f"{PAGE}{run.id}/").content.decode()
    assert "内容已经发布" in page
    assert "赵敏" in page


def test_sent_back_nothing_is_left_of_it_but_the_journal(keepers: Keepers) -> None:
    imports.import_items(basis="测试", items=table(rows=1), by=BY, at=timezone.now())
    run = done(hand_in(keepers, table({"plain_name": "别名"}), "import"))
    assert (run.report["created"], run.report["changed"]) == (2, 1)
    decide(keepers.second, run, "send-back")
    assert run.state == "proposed"
    decide(keepers.second, run, "send-back", "先补依据")
    assert (run.state, run.reason, CatalogItem.objects.count(), ItemVersion.objects.count()) == ("returned", "先补依据", 1, 1)
    assert acts()[-1] == "catalog.return_file"
    assert decide(keepers.second, run, "approve", "再批") != "403"
    assert run.state == "returned"
    assert done(hand_in(keepers, table({"plain_name": "别名"}), "import")).state == "proposed"


def test_what_changed_meanwhile_stops_the_whole_file_which_waits_again(keepers: Keepers) -> None:
    imports.import_items(basis="测试", items=table(), by=BY, at=timezone.now())
    run = done(hand_in(keepers, table({"plain_name": "甲"}, {"plain_name": "乙"}), "import"))
    imports.import_items(basis="测试", items=table({"plain_name": "丙"}), by=BY, at=timezone.now())
    decide(keepers.second, run, "approve", "样例")
    done(run)
    assert (run.state, run.decided_by) == ("proposed", None)
    assert CODE in run.reason
    assert ItemVersion.objects.filter(status="in_review").count() == 2
    assert not ItemVersion.objects.filter(status="published", content__plain_name="乙").exists()


def test_one_item_of_a_file_is_neither_approved_nor_taken_back_alone(keepers: Keepers) -> None:
    done(hand_in(keepers, table(), "import"))
    version = ItemVersion.objects.get(item__code=CODE)
    at = timezone.now()
    for refused in (
        lambda: editing.approve(version.id, reason="样例", by=keepers.second_actor, at=at),
        lambda: editing.send_back(version.id, reason="样例", by=keepers.second_actor, at=at),
        lambda: editing.take_back(version.id, by=keepers.head_actor, at=at),
    ):
        with pytest.raises(editing.PartOfFile):
            refused()
    page = keepers.head.get(f"/desk/catalog/{CODE}/").content.decode()
    assert "随文件导入" in page
    assert "act/take-back/" not in page


def test_a_draft_in_work_and_a_status_are_told_as_mistakes(keepers: Keepers) -> None:
    imports.import_items(basis="测试", items=table(), by=BY, at=timezone.now())
    editing.begin_draft(CODE, by=keepers.head_actor, at=timezone.now())
    changes: list[dict[str, str]] = [{"plain_name": "甲"}, {"status": "cancelled"}, {}]
    run = done(hand_in(keepers, table(*changes), "import"))
    assert [(fault["row"], fault["column"]) for fault in run.faults] == [("2", "code"), ("3", "status")]
    assert ItemVersion.objects.filter(status="in_review").count() == 0


def test_who_lost_the_duty_after_approving_puts_nothing_into_force(keepers: Keepers) -> None:
    run = done(hand_in(keepers, table(), "import"))
    decide(keepers.second, run, "approve", "样例")
    Posting.objects.filter(id=keepers.second_actor.posting).update(ends_at=timezone.now())
    assert done(run).state == "proposed"
    assert not ItemVersion.objects.filter(status="published").exists()


def test_a_whole_catalogue_is_approved_in_few_statements(keepers: Keepers, count_statements: Any) -> None:
    run = done(hand_in(keepers, table(rows=11), "import"))
    decide(keepers.second, run, "approve", "样例")
    with count_statements() as sent:
        done(run)
    assert ItemVersion.objects.filter(status="published").count() == 11
    assert len(sent) < 40


def test_a_dry_run_changes_nothing_and_can_be_handed_in_then(keepers: Keepers) -> None:
    run = done(hand_in(keepers, table(), "trial"))
    assert (run.state, run.report["created"], CatalogItem.objects.count()) == ("done", 3, 0)
    answer = keepers.centre.post(f"{PAGE}{run.id}/take-over/")
    handed_in = done(ExchangeRun.objects.get(id=answer["Location"].strip("/").split("/")[-1]))
    assert (handed_in.state, CatalogItem.objects.count()) == ("proposed", 3)
    assert acts() == ["catalog.hand_in_file", "catalog.check_file", "catalog.hand_in_file", "catalog.propose_file"]


def test_what_the_command_line_put_into_force_is_seen_at_the_desk_with_its_basis(keepers: Keepers) -> None:
    imports.import_items(basis="秦政字〔2026〕1号", items=table(), name="目录.csv", by=BY, at=timezone.now())
    run = ExchangeRun.objects.get()
    assert (run.state, run.asked_by, run.basis, run.report["created"]) == ("done", None, "秦政字〔2026〕1号", 3)
    assert acts() == ["catalog.publish_file"]
    page = keepers.centre.get(f"{PAGE}{run.id}/").content.decode()
    assert "秦政字〔2026〕1号" in page
    with pytest.raises(imports.NeedsBasis):
        imports.import_items(items=table(), by=BY, at=timezone.now())


def test_mistakes_are_shown_and_marked(keepers: Keepers) -> None:
    run = done(hand_in(keepers, table({"name": ""}, {"board": "其他"}), "import"))
    assert (run.state, run.fault_count, CatalogItem.objects.count()) == ("faulty", 2, 0)
    page = keepers.centre.get(f"{PAGE}{run.id}/").content.decode()
    assert "共 2 处错误" in page
    assert "不认识“其他”" in page
    marked = openpyxl.load_workbook(io.BytesIO(keepers.centre.get(f"{PAGE}{run.id}/file/").getvalue()))
    assert marked["items"]["B2"].comment.text.startswith("name")
    assert acts() == ["catalog.hand_in_file", "catalog.refuse_file"]
    assert keepers.centre.post(f"{PAGE}{run.id}/take-over/").status_code == 404


@pytest.mark.parametrize("kind", ["xlsx", "csv", "json"])
def test_what_is_taken_out_can_be_saved_and_taken_in(keepers: Keepers, kind: str) -> None:
    imports.import_items(basis="测试", items=table(), by=BY, at=timezone.now())
    answer = keepers.centre.post(PAGE, {"act": "export", "format": kind, "profile": "exchange"})
    run = done(ExchangeRun.objects.get(id=answer["Location"].strip("/").split("/")[-1]))
    saved = keepers.centre.get(f"{PAGE}{run.id}/file/")
    assert f".{kind}" in saved["Content-Disposition"]
    again = done(hand_in(keepers, saved.getvalue(), "import", f"x.{kind}"))
    assert (again.state, again.report["unchanged"]) == ("done", 3)


@pytest.mark.django_db(transaction=True)
def test_how_far_it_is_is_seen_while_the_import_is_one_open_transaction(keepers: Keepers) -> None:
    run = hand_in(keepers, table(), "import")
    ExchangeRun.objects.filter(id=run.id).update(state="running")
    beside = connection.copy()
    with exchange._Progress(run) as progress, transaction.atomic():
        CatalogItem.objects.count()
        progress.show(0.5)
        with beside.cursor() as cursor:
            cursor.execute("SELECT percent FROM catalog_exchangerun WHERE id = %s", [run.id])
            assert cursor.fetchone() == (49,)
    beside.close()


def test_killed_and_begun_again_it_is_done_once(keepers: Keepers, monkeypatch: pytest.MonkeyPatch) -> None:
    run = hand_in(keepers, table(), "import")
    monkeypatch.setattr(exchange, "_finish", lambda *_a, **_k: (_ for _ in ()).throw(KeyboardInterrupt))
    with pytest.raises(KeyboardInterrupt):
        exchange.do_run(run_id=run.id, at=timezone.now())
    assert CatalogItem.objects.count() == 0
    monkeypatch.undo()
    for _ in range(2):
        done(run)
    assert (run.state, run.report["created"], ItemVersion.objects.count()) == ("proposed", 3, 3)
    assert acts() == ["catalog.hand_in_file", "catalog.propose_file"]


def test_whoever_lost_the_duty_meanwhile_takes_over_nothing(keepers: Keepers) -> None:
    run = hand_in(keepers, table(), "import")
    Posting.objects.filter(id=keepers.centre_actor.posting).update(ends_at=timezone.now())
    done(run)
    assert (run.state, CatalogItem.objects.count()) == ("failed", 0)
    assert run.reason


def test_only_publishers_have_the_page_and_a_dry_run_needs_the_duty_too(keepers: Keepers) -> None:
    for client in (keepers.head, keepers.clerk):
        assert client.get(PAGE).status_code == 403
        assert client.post(PAGE, {"file": SimpleUploadedFile("items.csv", table()), "act": "trial"}).status_code == 403
    with pytest.raises(NotAllowed):
        exchange.ask_import(upload=SimpleUploadedFile("x.csv", b"x"), is_trial=True, by=keepers.head_actor, at=timezone.now())
    assert not ExchangeRun.objects.exists()


def test_no_file_and_an_empty_one_are_told_at_the_field(keepers: Keepers) -> None:
    for given in ({}, {"file": SimpleUploadedFile("items.csv", b"")}):
        answer = keepers.centre.post(PAGE, {"act": "import", **given})
        assert answer.status_code == 422
        assert 'id="file-error"' in answer.content.decode()
    assert keepers.centre.post(PAGE, {"act": "export", "format": "pdf", "profile": "own"}).status_code == 422


def test_files_go_after_thirty_days_and_what_the_runs_said_stays(keepers: Keepers) -> None:
    run = done(hand_in(keepers, table({"name": ""}), "import"))
    assert exchange.sweep_files(at=timezone.now()) == 0
    assert exchange.sweep_files(at=run.asked_at + timedelta(days=31)) == 1
    run.refresh_from_db()
    assert (run.storage_key, run.result_key, run.fault_count) == ("", "", 1)
    assert keepers.centre.get(f"{PAGE}{run.id}/file/").status_code == 404
    assert keepers.centre.get(f"{PAGE}{run.id}/").status_code == 200
