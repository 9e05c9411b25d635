"""A new version from its first word to the day on which it is in force; two people, and nobody's work lost."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID, uuid4

import pytest
from django.db import connection, transaction
from django.db.utils import IntegrityError

from onedoor.catalog import parts, queries
from onedoor.catalog.content import Content, LegalBasis, Question
from onedoor.catalog.models import CatalogItem, ItemVersion
from onedoor.catalog.services import NewVersion, changes, editing, publish_version
from onedoor.catalog.services.editing import NeedsReason, NewItem, OutOfDate, PartChanged
from onedoor.journal.models import Entry
from onedoor.kernel.actor import Actor
from onedoor.kernel.clock import local_date
from onedoor.kernel.errors import Invalid, NotAllowed, WrongState
from tests.catalog.city import AT, BY

CODE = "130300-FG-10-0001"
WRITER = Actor(client="web", account=uuid4(), duties=frozenset({"catalog.publish"}), label="写的人")
OTHER = Actor(client="web", account=uuid4(), duties=frozenset({"catalog.publish"}), label="另一个写的人")
CHECKER = Actor(client="web", account=uuid4(), duties=frozenset({"catalog.publish"}), label="审的人")
STRANGER = Actor(client="web", account=uuid4(), label="别人")
TODAY = local_date(AT)


@pytest.fixture
def draft(city: None) -> UUID:
    return editing.begin_draft(CODE, by=WRITER, at=AT)


def mark_of(version: UUID, part: str) -> str:
    return parts.seen(ItemVersion.objects.get(pk=version), parts.PART_BY_KEY[part])


def write(version: UUID, part: str, by: Actor = WRITER, **changes: object) -> str:
    return editing.save_part(version, part_key=part, changes=changes, mark=mark_of(version, part), by=by, at=AT)


def hand_in(version: UUID, day: date = TODAY) -> None:
    editing.submit_for_review(version, effective_from=day, by=WRITER, at=AT)


def test_every_element_of_the_record_belongs_to_one_part():
    named = [name for part in parts.PARTS for name in part.fields]
    assert len(named) == len(set(named))
    assert set(Content.__dataclass_fields__) == set(named)


def test_an_approved_draft_is_what_the_next_reader_sees(draft):
    write(draft, "names", summary="改过的说明", name="企业投资项目备案（改）")
    hand_in(draft)
    editing.approve(draft, reason="样例", by=CHECKER, at=AT)
    guide = queries.published_guide(CODE)
    assert (guide.number, guide.content.summary, guide.name) == (2, "改过的说明", "企业投资项目备案（改）")
    assert guide.version_id == draft


def test_nobody_sees_a_draft(draft):
    write(draft, "names", summary="还没定")
    assert queries.published_guide(CODE).number == 1


def test_a_draft_begun_twice_is_one_draft(draft):
    assert editing.begin_draft(CODE, by=OTHER, at=AT) == draft


def test_who_wrote_it_does_not_approve_it_even_when_somebody_else_handed_it_in(draft):
    write(draft, "names", by=OTHER, summary="另一个人也写了")
    hand_in(draft)
    for by in (WRITER, OTHER):
        with pytest.raises(NotAllowed):
            editing.approve(draft, reason="样例", by=by, at=AT)


def test_the_database_refuses_an_approval_by_the_writer(draft):
    hand_in(draft)
    with pytest.raises(IntegrityError, match="two_people"), transaction.atomic():
        ItemVersion.objects.filter(pk=draft).update(status="approved", approved_by=WRITER.account)


def test_of_two_who_write_one_part_the_second_learns_of_the_first(draft):
    read = mark_of(draft, "names")
    write(draft, "names", by=OTHER, summary="先保存的")
    with pytest.raises(PartChanged) as refused:
        editing.save_part(draft, part_key="names", changes={"summary": "后保存的"}, mark=read, by=WRITER, at=AT)
    assert refused.value.theirs["summary"] == "先保存的"
    editing.save_part(draft, part_key="names", changes={"summary": "两人商定的"}, mark=refused.value.mark, by=WRITER, at=AT)
    assert ItemVersion.objects.get(pk=draft).content["summary"] == "两人商定的"


def test_two_who_write_different_parts_do_not_meet(draft):
    read = mark_of(draft, "contact")
    write(draft, "names", by=OTHER, summary="甲写的")
    editing.save_part(draft, part_key="contact", changes={"faqs": (Question("问", "答"),)}, mark=read, by=WRITER, at=AT)
    content = Content.from_json(ItemVersion.objects.get(pk=draft).content)
    assert (content.summary, content.faqs) == ("甲写的", (Question("问", "答"),))


def test_a_version_that_came_into_force_meanwhile_is_taken_over_field_by_field(draft):
    write(draft, "names", summary="草稿里改的")
    other = queries.published_guide(CODE)
    publish_version(
        NewVersion(CODE, "1", 0, "working-days", 0, "working-days", other.levels, True, True,
                   replace(other.content, summary="别处也改了", quantity_limit="每年一百件")),
        by=BY, at=AT,
    )  # fmt: skip
    hand_in(draft)
    with pytest.raises(OutOfDate):
        editing.approve(draft, reason="样例", by=CHECKER, at=AT)
    editing.take_back(draft, by=WRITER, at=AT)
    assert editing.rebase_draft(draft, by=WRITER, at=AT) == ("summary",)
    hand_in(draft)
    editing.approve(draft, reason="样例", by=CHECKER, at=AT)
    guide = queries.published_guide(CODE)
    assert (guide.content.summary, guide.content.quantity_limit, guide.number) == ("草稿里改的", "每年一百件", 3)


def test_a_version_that_breaks_rules_needs_a_reason_and_keeps_it(draft):
    hand_in(draft)
    with pytest.raises(NeedsReason):
        editing.approve(draft, by=CHECKER, at=AT)
    editing.approve(draft, reason="结果样本下周补上", by=CHECKER, at=AT)
    version = ItemVersion.objects.get(pk=draft)
    assert 12 in version.accepted_faults
    assert version.accepted_reason == "结果样本下周补上"


def test_a_day_that_has_passed_is_refused(draft):
    with pytest.raises(Invalid):
        hand_in(draft, TODAY - timedelta(days=1))


def test_a_version_waits_for_its_day_and_the_clock_may_be_late_and_come_twice(draft):
    new_year = date(2027, 1, 1)  # a holiday: standards begin on the day they name, offices open or not
    write(draft, "names", summary="明年起")
    hand_in(draft, new_year)
    editing.approve(draft, reason="样例", by=CHECKER, at=AT)
    assert changes.honour_dates(by=BY, at=AT) == 0
    assert queries.published_guide(CODE).number == 1
    late = AT + timedelta(days=60)
    assert changes.honour_dates(by=BY, at=late) == 1
    assert changes.honour_dates(by=BY, at=late) == 0
    assert queries.published_guide(CODE).content.summary == "明年起"
    assert Entry.objects.filter(act="catalog.publish", subject_id=draft).count() == 1


def test_a_department_may_take_back_what_waits_for_its_day(draft):
    hand_in(draft, TODAY + timedelta(days=9))
    editing.approve(draft, reason="样例", by=CHECKER, at=AT)
    editing.take_back(draft, by=WRITER, at=AT)
    assert changes.honour_dates(by=BY, at=AT + timedelta(days=30)) == 0
    assert ItemVersion.objects.get(pk=draft).status == "draft"


def test_who_withdraws_after_the_approval_came_first_is_told(draft):
    hand_in(draft)
    editing.approve(draft, reason="样例", by=CHECKER, at=AT)
    with pytest.raises(WrongState):
        editing.take_back(draft, by=WRITER, at=AT)


def test_a_stranger_does_nothing(draft):
    for act in (
        lambda: editing.begin_draft(CODE, by=STRANGER, at=AT),
        lambda: editing.save_part(draft, part_key="names", changes={"summary": "x"}, mark="", by=STRANGER, at=AT),
        lambda: editing.submit_for_review(draft, effective_from=TODAY, by=STRANGER, at=AT),
        lambda: editing.discard_draft(draft, by=STRANGER, at=AT),
        lambda: editing.create_item(NewItem("FG", "10", "新事项", "enterprise"), by=STRANGER, at=AT),
    ):
        with pytest.raises(NotAllowed):
            act()


def test_a_new_item_gets_the_next_code_of_its_department_and_type(draft):
    version = editing.create_item(NewItem("FG", "10", "全新事项", "enterprise"), by=WRITER, at=AT)
    taken = CatalogItem.objects.filter(code__startswith="130300-FG-10-").order_by("-code").values_list("code", flat=True)
    assert ItemVersion.objects.get(pk=version).item.code == taken[0]
    write(version, "power", legal_bases=(LegalBasis("企业投资项目核准和备案管理条例", "第十三条"),))
    hand_in(version)
    editing.approve(version, reason="样例", by=CHECKER, at=AT)
    assert queries.published_guide(taken[0]).name == "全新事项"


def test_a_draft_can_be_thrown_away_and_the_journal_remembers(draft):
    editing.discard_draft(draft, by=WRITER, at=AT)
    assert not ItemVersion.objects.filter(pk=draft).exists()
    assert Entry.objects.filter(act="catalog.discard_draft", subject_id=draft).count() == 1


def test_what_an_item_was_called_before_is_kept_with_who_changed_it(draft):
    write(draft, "names", name="改名以后")
    hand_in(draft)
    editing.approve(draft, reason="样例", by=CHECKER, at=AT)
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, pgh_context->>'account' FROM catalog_catalogitemevent WHERE code = %s", [CODE])
        assert cursor.fetchall() == [("企业投资项目备案", str(CHECKER.account))]
