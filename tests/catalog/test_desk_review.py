"""From the draft to the version in force at the desk: two people, a reason where rules are broken, nothing shown that is refused."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.test import Client
from django.utils import timezone

from onedoor.catalog import parts, queries
from onedoor.catalog.content import Content
from onedoor.catalog.models import ItemVersion
from onedoor.catalog.services import NewVersion, editing, publish_version
from onedoor.catalog.telling import differences
from onedoor.kernel.clock import local_date
from onedoor.look.pagecache import shelf
from tests.catalog.city import BY
from tests.catalog.keepers import Keepers, furnish, import_items

pytestmark = pytest.mark.django_db
CODE = "130300-YJ-01-0001"
ITEM = f"/desk/catalog/{CODE}/"


@pytest.fixture
def keepers(db: None) -> Keepers:
    import_items(CODE)
    return furnish("YJ")


@pytest.fixture
def draft(keepers: Keepers) -> UUID:
    key = editing.begin_draft(CODE, by=keepers.head_actor, at=timezone.now())
    write(keepers, key, summary="改过的简介")
    return key


def write(keepers: Keepers, version: UUID, **changes: object) -> None:
    row = ItemVersion.objects.get(pk=version)
    part = parts.PART_BY_KEY["names"]
    editing.save_part(
        version, part_key="names", changes=changes, mark=parts.seen(row, part), by=keepers.head_actor, at=timezone.now()
    )


def act(client: Client, name: str, **sent: object) -> str:
    answer = client.post(f"{ITEM}act/{name}/", sent, follow=True)
    return text_of(answer) if answer.status_code == 200 else str(answer.status_code)


def hand_in(keepers: Keepers, days: int = 0) -> str:
    return act(keepers.head, "submit", effective_from=(local_date(timezone.now()) + timedelta(days=days)).isoformat())


def text_of(response: Any) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", response.content.decode()))


def status_of(version: UUID) -> str:
    return str(ItemVersion.objects.get(pk=version).status)


def test_a_draft_is_handed_in_approved_with_a_reason_and_read_by_everybody(draft: UUID, keepers: Keepers, client: Client) -> None:
    assert "改过的简介" not in text_of(client.get(f"/items/{CODE}/"))
    shelf.clear()
    assert "已提交审核" in hand_in(keepers)
    assert CODE in text_of(keepers.centre.get("/desk/catalog/review/"))
    assert "不符合指南规则" in act(keepers.centre, "approve")
    assert status_of(draft) == "in_review"
    assert "已审核通过" in act(keepers.centre, "approve", reason="结果样本下周补上")
    assert status_of(draft) == "published"
    guide = text_of(client.get(f"/items/{CODE}/"))
    assert "改过的简介" in guide
    assert "这份指南还在完善" in guide
    assert ItemVersion.objects.get(pk=draft).accepted_reason == "结果样本下周补上"
    keepers_page = text_of(keepers.head.get(ITEM))
    assert "办理结果有样本" in keepers_page
    assert "结果样本下周补上" in keepers_page


def test_who_wrote_it_is_not_shown_what_would_be_refused(keepers: Keepers) -> None:
    version = editing.begin_draft(CODE, by=keepers.centre_actor, at=timezone.now())
    hand_in(keepers)
    page = keepers.centre.get(ITEM).content.decode()
    assert "act/approve/" not in page
    assert "act/send-back/" in page
    assert act(keepers.centre, "approve", reason="自己批") == "403"
    assert status_of(version) == "in_review"
    assert "act/send-back/" not in keepers.head.get(ITEM).content.decode()
    assert act(keepers.head, "approve", reason="越权") == "403"


def test_sent_back_says_why_and_is_a_draft_again(draft: UUID, keepers: Keepers) -> None:
    hand_in(keepers)
    assert "请写明需要改正的内容" in act(keepers.centre, "send-back")
    act(keepers.centre, "send-back", reason="依据要写到条款")
    assert "依据要写到条款" in text_of(keepers.head.get(ITEM))
    assert status_of(draft) == "draft"


def test_a_day_in_the_past_or_none_is_told_and_changes_nothing(draft: UUID, keepers: Keepers) -> None:
    assert "这一天已经过去" in hand_in(keepers, days=-1)
    assert "请填写生效日期" in act(keepers.head, "submit", effective_from="2026-13-45")
    assert status_of(draft) == "draft"


def test_what_waits_for_its_day_can_be_taken_back(draft: UUID, keepers: Keepers) -> None:
    hand_in(keepers, days=9)
    act(keepers.centre, "approve", reason="样例")
    assert status_of(draft) == "approved"
    assert "已收回" in act(keepers.head, "take-back")
    assert status_of(draft) == "draft"


def test_a_draft_that_is_out_of_date_is_brought_up_to_date_first(draft: UUID, keepers: Keepers) -> None:
    now = queries.published_guide(CODE)
    publish_version(
        NewVersion(CODE, now.case_kind, now.legal_length, now.legal_unit, now.promise_length, now.promise_unit, now.levels,
                   accepts_online=True, is_complete=True, content=now.content),
        by=BY, at=timezone.now(),
    )  # fmt: skip
    page = keepers.head.get(ITEM).content.decode()
    assert "act/submit/" not in page
    assert "act/update/" in page
    assert "已更新到现行版本" in act(keepers.head, "update")
    assert "act/submit/" in keepers.head.get(ITEM).content.decode()


def test_a_draft_is_discarded_and_the_version_in_force_stays(draft: UUID, keepers: Keepers) -> None:
    act(keepers.head, "discard")
    assert not ItemVersion.objects.filter(pk=draft).exists()
    assert queries.published_guide(CODE).number == 1


def test_acts_that_do_not_exist_or_have_nothing_to_act_on_are_not_found(keepers: Keepers) -> None:
    assert act(keepers.head, "submit") == "404"
    assert act(keepers.head, "nonsense") == "404"


def test_the_comparison_marks_differences_by_sign_and_word(draft: UUID, keepers: Keepers) -> None:
    said = text_of(keepers.head.get(f"{ITEM}compare/"))
    assert "1 项要素不同" in said
    assert "+ 仅此版有 改过的简介" in said
    assert "− 仅此版有" in said
    same = ItemVersion.objects.get(pk=draft).based_on_id
    assert "两边内容相同" in text_of(keepers.head.get(f"{ITEM}compare/", {"left": same, "right": same}))
    assert keepers.head.get(f"{ITEM}compare/", {"left": "x", "right": "\x00"}).status_code == 200


def test_a_row_that_moved_is_marked_and_the_others_are_not() -> None:
    one = {"faqs": [{"q": "甲", "a": "一"}, {"q": "乙", "a": "二"}], "case_kind": "1"}
    other = {"faqs": [{"q": "乙", "a": "二"}, {"q": "丙", "a": "三"}], "case_kind": "2"}
    kind, faqs = differences(one, other)
    assert [(line.text, line.mark) for line in (*kind.left, *kind.right)] == [("即办件", "gone"), ("承诺件", "new")]
    assert [line.mark for line in faqs.left] == ["gone", "gone", ""]
    assert [line.mark for line in faqs.right] == ["", "new", "new"]


def test_every_guide_can_be_told_in_lines(keepers: Keepers) -> None:
    row = ItemVersion.objects.get(item__code=CODE)
    empty = Content().to_json()
    found = differences(empty, parts.standard_of(row))
    assert {"materials", "form", "steps", "legal_bases"} <= {each.element for each in found}
    assert all(line.text.strip() for each in found for line in each.right)


def test_only_the_publisher_sees_what_was_handed_in(keepers: Keepers) -> None:
    assert keepers.head.get("/desk/catalog/review/").status_code == 403
    assert "没有待审核的版本" in text_of(keepers.centre.get("/desk/catalog/review/"))
