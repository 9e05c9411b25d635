"""Applications of an organisation belong to whoever may act for it today."""

from __future__ import annotations

import pytest

from onedoor.casework import queries
from onedoor.casework.services import drafts, handover
from onedoor.kernel.errors import NotAllowed, NotFound
from onedoor.people import services as people
from onedoor.people.models import Account
from tests.casework.situations import HOUSE, INSTANT, MONDAY, City
from tests.people.factories import a_credit_code


@pytest.fixture
def shop(city: City):
    organisation = people.find_or_create_organisation("海燕商贸有限公司", a_credit_code(7), "张海燕", by=HOUSE, at=MONDAY)
    account = Account.objects.get(pk=city.citizen.account)
    people.add_members([people.NewMember(account, organisation, "handler")], by=HOUSE, at=MONDAY)
    return organisation


def a_shop_draft(city: City, shop, by):
    applicant = drafts.Applicant(name=shop.name, organisation_id=shop.id)
    return drafts.open_draft(service_item_id=city.offers[INSTANT], applicant=applicant, channel="online", by=by, at=MONDAY)


def test_who_is_no_member_cannot_apply_for_the_organisation(city: City, shop) -> None:
    with pytest.raises(NotAllowed):
        a_shop_draft(city, shop, city.other_citizen)


def test_a_colleague_sees_it_and_who_left_does_not(city: City, shop) -> None:
    application = a_shop_draft(city, shop, city.citizen)
    with pytest.raises(NotFound):
        queries.application_for(actor=city.other_citizen, application_id=application.id, at=MONDAY)
    colleague = Account.objects.get(pk=city.other_citizen.account)
    people.add_members([people.NewMember(colleague, shop, "handler")], by=HOUSE, at=MONDAY)
    assert queries.application_for(actor=city.other_citizen, application_id=application.id, at=MONDAY).id == application.id
    assert [row.id for row in queries.my_applications(actor=city.other_citizen, at=MONDAY).rows] == [application.id]
    people.end_membership(account_id=city.citizen.account, organisation_id=shop.id, by=HOUSE, at=MONDAY)
    with pytest.raises(NotFound):
        queries.application_for(actor=city.citizen, application_id=application.id, at=MONDAY)
    with pytest.raises(NotAllowed):
        handover.withdraw_application(application_id=application.id, reason="不办了", by=city.citizen, at=MONDAY)
    assert queries.my_applications(actor=city.citizen, at=MONDAY).rows == []


def test_nobody_applies_in_another_persons_name(city: City) -> None:
    applicant = drafts.Applicant(name="李建国", person_id=city.other_citizen.person)
    with pytest.raises(NotAllowed):
        drafts.open_draft(service_item_id=city.offers[INSTANT], applicant=applicant, channel="online", by=city.citizen, at=MONDAY)
