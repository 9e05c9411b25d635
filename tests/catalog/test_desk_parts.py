"""Writing a draft part by part: nothing is lost on the way through a form, and of two writers neither loses work."""

from __future__ import annotations

import dataclasses
import re
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

import pytest
from django.test import Client
from django.utils import timezone
from django.utils.datastructures import MultiValueDict

from onedoor.catalog import elements, parts
from onedoor.catalog.content import Content
from onedoor.catalog.forms.part import MOST_ROWS, PartEditor, row_type
from onedoor.catalog.models import CatalogItem, ItemVersion
from onedoor.catalog.services import editing
from onedoor.catalog.views.desk.drafts import MOST_FIELDS
from onedoor.kernel.long_forms import FORM
from tests.catalog.form_reader import sent_by
from tests.catalog.keepers import Keepers, furnish, import_items
from tests.catalog.sources import sample_records

pytestmark = pytest.mark.django_db
CODE = "130300-YJ-01-0001"
WRITTEN = [part for part in parts.PARTS if part.key != "form"]


@pytest.fixture
def keepers(db: None) -> Keepers:
    import_items(CODE)
    return furnish("YJ")


@pytest.fixture
def draft(keepers: Keepers) -> UUID:
    return editing.begin_draft(CODE, by=keepers.head_actor, at=timezone.now())


def at(part: str, code: str = CODE) -> str:
    return f"/desk/catalog/{code}/draft/{part}/"


def text_of(response: Any) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", response.content.decode()))


def content_of(version: UUID) -> Content:
    return Content.from_json(ItemVersion.objects.get(pk=version).content)


def filled(client: Client, part: str, do: str = "save", **changed: Any) -> dict[str, Any]:
    page = client.get(at(part))
    assert page.status_code == 200, part
    return {**sent_by(page.content), **changed, "do": do}


def test_every_element_and_every_column_of_a_row_has_a_name() -> None:
    named = set(elements.NAMES)
    for part in parts.PARTS:
        for element in (*part.columns, *part.fields):
            assert element in named, element
            kind = row_type(element)
            if kind is not None:
                assert {f"{element}.{each.name}" for each in dataclasses.fields(kind)} - named <= {f"{element}.key"}


@pytest.mark.parametrize("part", WRITTEN, ids=lambda part: part.key)
def test_saving_what_the_page_shows_changes_nothing(draft: UUID, keepers: Keepers, part: parts.Part) -> None:
    before = parts.standard_of(ItemVersion.objects.get(pk=draft))
    answer = keepers.head.post(at(part.key), filled(keepers.head, part.key))
    assert answer.status_code == 302, text_of(answer)
    assert parts.standard_of(ItemVersion.objects.get(pk=draft)) == before


def as_posted(editor: PartEditor) -> MultiValueDict[str, Any]:
    posted: MultiValueDict[str, Any] = MultiValueDict()
    for bound in [*editor.main, *(bound for rows in editor.row_forms.values() for row in rows for bound in row)]:
        value = bound.value()
        if isinstance(value, (list, tuple)):
            posted.setlist(bound.html_name, list(value))
        elif value is not None and value is not False:
            posted[bound.html_name] = str(value)
    for element, rows in editor.row_forms.items():
        posted[f"{element}-rows"] = str(len(rows))
    return posted


@pytest.mark.parametrize("part", WRITTEN, ids=lambda part: part.key)
def test_every_guide_of_the_city_goes_through_the_forms_unchanged(part: parts.Part) -> None:
    guides = [each for each in sample_records() if each.is_complete]
    assert len(guides) > 60
    for guide in guides:
        columns = {name: getattr(guide, name.replace("_length", "_limit")) for name in parts.COLUMNS}
        columns["levels"] = list(guide.levels)
        content = dataclasses.replace(guide.content, name=guide.name).to_json()
        version = ItemVersion(item=CatalogItem(code=guide.code), content=content, **columns)
        editor = PartEditor(version, part, as_posted(PartEditor(version, part)))
        assert editor.is_valid(), (guide.code, list(editor.errors()))
        after = parts.value_of(editing.preview(version, part, editor.changes()), part)
        assert after == parts.value_of(version, part), guide.code


def test_what_is_written_is_kept_typed(draft: UUID, keepers: Keepers) -> None:
    changed = {"summary": ["第一行\r\n第二行"], "keywords": ["开店\r\n\r\n 办证 "], "board": ["enterprise"]}
    assert keepers.head.post(at("names"), filled(keepers.head, "names", **changed)).status_code == 302
    content = content_of(draft)
    assert (content.summary, content.keywords) == ("第一行\n第二行", ("开店", "办证"))


def test_rows_are_added_moved_and_removed_without_saving_and_without_script(draft: UUID, keepers: Keepers) -> None:
    before = content_of(draft).faqs
    page = keepers.head.post(at("contact"), filled(keepers.head, "contact", do="add:faqs"))
    place = len(before)
    sent = {**sent_by(page.content), f"faqs-{place}-q": "能代办吗？", f"faqs-{place}-a": "可以。"}
    assert content_of(draft).faqs == before
    page = keepers.head.post(at("contact"), {**sent, "do": f"up:faqs:{place}"})
    assert keepers.head.post(at("contact"), {**sent_by(page.content), "do": "save"}).status_code == 302
    after = content_of(draft).faqs
    assert [each.q for each in after] == [*(each.q for each in before[:-1]), "能代办吗？", before[-1].q]
    page = keepers.head.post(at("contact"), filled(keepers.head, "contact", do=f"remove:faqs:{place - 1}"))
    keepers.head.post(at("contact"), {**sent_by(page.content), "do": "save"})
    assert content_of(draft).faqs == before


def test_a_new_paper_gets_a_key_and_the_old_ones_keep_theirs_and_their_conditions(draft: UUID, keepers: Keepers) -> None:
    before = content_of(draft).materials
    page = keepers.head.post(at("materials"), filled(keepers.head, "materials", do="add:materials"))
    place = len(before)
    sent = {
        **sent_by(page.content),
        f"materials-{place}-name": "房屋平面图",
        f"materials-{place}-review_points": "图与现场一致\r\n有尺寸",
    }
    answer = keepers.head.post(at("materials"), {**sent, "do": "save"})
    assert answer.status_code == 302, text_of(answer)[:3000]
    after = content_of(draft).materials
    assert after[:-1] == before
    assert after[-1].review_points == ("图与现场一致", "有尺寸")
    assert len({each.key for each in after}) == len(after)
    assert all(each.key for each in after)


def test_something_wrong_is_told_at_its_field_and_nothing_typed_is_lost(draft: UUID, keepers: Keepers) -> None:
    page = keepers.head.post(at("fees"), filled(keepers.head, "fees", do="add:fees"))
    place = int(sent_by(page.content)["fees-rows"][0]) - 1
    sent = {**sent_by(page.content), f"fees-{place}-name": "工本费", f"fees-{place}-amount_fen": "十元", "do": "save"}
    answer = keepers.head.post(at("fees"), sent)
    assert answer.status_code == 422
    assert "金额（元）：请填写以元为单位的金额，例如 20 或者 12.50。" in text_of(answer)
    assert sent_by(answer.content)[f"fees-{place}-amount_fen"] == ["十元"]
    keepers.head.post(at("fees"), {**sent, f"fees-{place}-amount_fen": "12.5"})
    assert content_of(draft).fees[-1].amount_fen == 1250


def test_of_two_who_write_one_part_neither_loses_work(draft: UUID, keepers: Keepers) -> None:
    mine = filled(keepers.head, "names", summary="后保存的说明")
    keepers.centre.post(at("names"), filled(keepers.centre, "names", summary="先保存的说明"))
    answer = keepers.head.post(at("names"), mine)
    assert answer.status_code == 409
    assert "先保存的说明" in text_of(answer)
    assert sent_by(answer.content)["summary"] == ["后保存的说明"]
    assert content_of(draft).summary == "先保存的说明"
    again = keepers.head.post(at("names"), {**sent_by(answer.content), "summary": "两人商定的说明", "do": "save"})
    assert again.status_code == 302
    assert content_of(draft).summary == "两人商定的说明"


def test_faults_stand_beside_what_they_concern(draft: UUID, keepers: Keepers) -> None:
    page = keepers.head.get(at("result")).content.decode()
    fault, field = page.index("有办理结果，但没有结果样本"), page.index('name="result-sample"')
    assert fault < field
    assert "有办理结果，但没有结果样本" not in keepers.head.get(at("names")).content.decode()


def test_without_a_draft_there_is_nothing_to_write_in(keepers: Keepers) -> None:
    answer = keepers.head.get(at("names"), follow=True)
    assert "这个事项现在没有可以编辑的草稿" in text_of(answer)
    assert keepers.head.get(at("nonsense")).status_code == 404


def test_a_stranger_writes_nothing(draft: UUID, keepers: Keepers) -> None:
    sent = filled(keepers.head, "names", summary="偷偷改的")
    assert keepers.clerk.post(at("names"), sent).status_code == 403
    assert content_of(draft).summary != "偷偷改的"


@pytest.mark.parametrize("act", ["remove:faqs:999", "up:faqs:0", "add:materials", "remove:faqs:x", "add:", "x" * 5000])
def test_buttons_that_no_page_has_do_no_harm(draft: UUID, keepers: Keepers, act: str) -> None:
    before = content_of(draft)
    assert keepers.head.post(at("contact"), filled(keepers.head, "contact", do=act)).status_code in (200, 302)
    assert content_of(draft) == before


def test_a_part_of_a_hundred_papers_is_saved_whole(draft: UUID, keepers: Keepers) -> None:
    version = ItemVersion.objects.get(pk=draft)
    papers = [
        {**version.content["materials"][0], "key": f"m{number}", "name": f"材料{number}"} for number in range(1, MOST_ROWS + 1)
    ]
    ItemVersion.objects.filter(pk=draft).update(content={**version.content, "materials": papers})
    sent = filled(keepers.head, "materials", **{f"materials-{MOST_ROWS - 1}-name": "最后一份材料"})
    assert len(sent) > 1000, "more than Django reads by itself"
    assert keepers.head.post(at("materials"), urlencode(sent, doseq=True), content_type=FORM).status_code == 302
    saved = content_of(draft).materials
    assert (len(saved), saved[-1].name) == (MOST_ROWS, "最后一份材料")


def test_no_form_is_read_without_end(draft: UUID, keepers: Keepers) -> None:
    for address, count in ((at("materials"), MOST_FIELDS + 1), ("/desk/catalog/new/", 1001)):
        body = urlencode([("x", "1")] * count)
        assert keepers.head.post(address, body, content_type=FORM).status_code == 400, address


def test_a_long_form_still_needs_its_token(draft: UUID, keepers: Keepers) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = keepers.head.cookies
    assert strict.post(at("materials"), urlencode([("x", "1")] * 2000), content_type=FORM).status_code == 403
