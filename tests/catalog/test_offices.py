"""Which offices implement an item: added, ended and taken up again by the centre, with a basis, and what then can be filed."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from onedoor.casework.services import drafts, submission
from onedoor.catalog import codes, queries
from onedoor.catalog.content import LegalBasis
from onedoor.catalog.models import CatalogItem, ItemVersion, ServiceItem
from onedoor.catalog.parts import PART_BY_KEY, seen
from onedoor.catalog.services import editing
from onedoor.catalog.services.editing import NewItem
from onedoor.catalog.services.offices import OfficeChange, add_offices, end_offices, reopen_offices
from onedoor.catalog.subjects import ITEM
from onedoor.journal import queries as journal
from onedoor.kernel.clock import local_date
from onedoor.kernel.errors import Invalid, NotAllowed, NotFound, Refused, WrongState
from onedoor.kernel.subjects import Subject
from onedoor.network import entries
from onedoor.network import services as network
from tests.casework.situations import COMMITMENT, HOUSE, MONDAY, City, a_draft, with_papers
from tests.catalog.officers import an_officer, desk_of

pytestmark = pytest.mark.django_db
BASIS = "市政府令第 1 号"


@pytest.fixture
def city(furnished: City, db: None) -> City:
    return furnished


def an_office(code: str = "HG-SP", credit_code: str = "11130302MB0A1C0168") -> UUID:
    return network.create_agencies(
        [entries.NewAgency(code, "海港区行政审批局", "county", "130302000000", credit_code=credit_code)], by=HOUSE, at=MONDAY
    )[code]


def change(*offices: UUID, code: str = COMMITMENT, basis: str = BASIS) -> OfficeChange:
    return OfficeChange(code, offices, basis)


def text_of(response: Any) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", response.content.decode()))


def a_new_item() -> str:
    """Make an item at the desk of the catalogue and put its first version into force; returns its code."""
    writer, checker = an_officer("7"), an_officer("8")
    version = editing.create_item(NewItem("SP", "10", "全新事项", "enterprise"), by=writer, at=MONDAY)
    parts: dict[str, dict[str, Any]] = {
        "power": {"legal_bases": (LegalBasis("企业投资项目核准和备案管理条例", "第十三条"),), "levels": ["city"]},
        "channels": {"channels": ("1", "2")},
    }
    for key, changes in parts.items():
        mark = seen(ItemVersion.objects.select_related("item").get(pk=version), PART_BY_KEY[key])
        editing.save_part(version, part_key=key, changes=changes, mark=mark, by=writer, at=MONDAY)
    editing.submit_for_review(version, effective_from=local_date(MONDAY), by=writer, at=MONDAY)
    editing.approve(version, reason="样例", by=checker, at=MONDAY)
    return ItemVersion.objects.get(pk=version).item.code


def test_an_item_made_at_the_desk_can_be_applied_for_once_an_office_implements_it(city: City) -> None:
    code = a_new_item()
    assert queries.service_items_for(code) == []
    desk = desk_of(an_officer("9"))
    address = f"/desk/catalog/{code}/offices/"
    assert "秦皇岛市行政审批局" in text_of(desk.get(address))
    assert desk.post(address, {"act": "add", "office": [str(city.agency)], "basis": BASIS}).status_code == 302
    (offer,) = queries.service_items_for(code)
    assert offer.agency_id == city.agency
    item = CatalogItem.objects.get(code=code)
    assert offer.task_code == codes.task_code("11130300MB0A1C016F", "city", item.catalog_code)
    assert any(BASIS in str(each.sentence) for each in journal.entries_of(Subject(ITEM, item.id)))
    city.offers[code] = offer.service_item_id
    draft = with_papers(a_draft(city, code), by=city.citizen)
    assert submission.submit_application(application_id=draft.id, by=city.citizen, at=MONDAY).reference is not None


def test_an_office_that_was_ended_takes_nothing_new_until_it_is_taken_up_again(city: City) -> None:
    draft = with_papers(a_draft(city), by=city.citizen)
    code = ServiceItem.objects.get(pk=city.offers[COMMITMENT]).task_code
    end_offices(change(city.agency), by=HOUSE, at=MONDAY)
    assert queries.service_items_for(COMMITMENT) == []
    with pytest.raises(Refused):
        a_draft(city)
    with pytest.raises(submission.ItemChanged):
        submission.submit_application(application_id=draft.id, by=city.citizen, at=MONDAY)
    reopen_offices(change(city.agency), by=HOUSE, at=MONDAY + timedelta(hours=1))
    assert queries.service_items_for(COMMITMENT)[0].task_code == code
    assert submission.submit_application(application_id=draft.id, by=city.citizen, at=MONDAY).reference is not None


def test_a_draft_at_a_window_can_still_be_read_after_its_office_was_ended(city: City) -> None:
    draft = drafts.open_draft(service_item_id=city.offers[COMMITMENT], applicant=None, channel="window", by=city.clerk, at=MONDAY)
    end_offices(change(city.agency), by=HOUSE, at=MONDAY)
    assert queries.service_offer(draft.service_item_id).agency_id == city.agency


def test_what_cannot_be_decided_is_refused_and_changes_nothing(city: City) -> None:
    office, without = an_office(), an_office("HG-X", "")
    before = list(ServiceItem.objects.order_by("id").values_list("id", "is_open"))
    refused: list[tuple[Any, OfficeChange, type[Refused]]] = [
        (add_offices, change(), Invalid),
        (add_offices, change(office, basis="  "), Invalid),
        (add_offices, change(without), Invalid),
        (add_offices, change(city.agency), WrongState),
        (add_offices, change(UUID(int=1)), NotFound),
        (add_offices, change(office, code="130300-XX-01-9999"), NotFound),
        (end_offices, change(office), WrongState),
        (reopen_offices, change(city.agency), WrongState),
    ]
    for act, wanted, kind in refused:
        with pytest.raises(kind):
            act(wanted, by=HOUSE, at=MONDAY)
    for act in (add_offices, end_offices, reopen_offices):
        with pytest.raises(NotAllowed):
            act(change(office), by=city.head, at=MONDAY)
    assert list(ServiceItem.objects.order_by("id").values_list("id", "is_open")) == before


def test_the_page_says_what_is_wrong_and_keeps_what_was_typed(city: City) -> None:
    office, desk = an_office(), desk_of(an_officer("9"))
    address = f"/desk/catalog/{COMMITMENT}/offices/"
    nothing = desk.post(f"{address}?level=county", {"act": "add", "basis": "留着的依据"})
    assert nothing.status_code == 422
    assert "留着的依据" in nothing.content.decode()
    assert "请至少选择一个部门" in text_of(nothing)
    assert desk.post(address, {"act": "add", "office": ["no-key"], "basis": BASIS}).status_code == 422
    again = desk.post(address, {"act": "reopen", "office": [str(city.agency)], "basis": BASIS})
    assert again.status_code == 422
    assert re.search(rf'value="{city.agency}" checked', again.content.decode())
    assert "海港区行政审批局" in text_of(desk.get(address, {"level": "county", "find": "海港"}))
    assert desk.post(address, {"act": "add", "office": [str(office)], "basis": BASIS}).status_code == 302
    assert "没有其他符合条件的部门" in text_of(desk.get(address, {"level": "county", "find": "海港"}))
