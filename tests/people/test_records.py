"""What the city holds about a person: one list, whichever rooms there are."""

from __future__ import annotations

import pytest

from onedoor.people import records, services
from onedoor.people.records import HeldRecord
from tests.people.conftest import AT

pytestmark = pytest.mark.django_db


def test_people_tells_of_person_accounts_and_organisations_masked(citizen, house):
    firm = services.find_or_create_organisation("港城商贸有限公司", "91130302MA07ABCD0N", "张小三", by=house, at=AT)
    services.add_members([services.NewMember(citizen, firm)], by=house, at=AT)
    found = records.records_about(citizen.person_id)["people"]
    assert [record.kind for record in found] == ["people.person", "people.account", "people.organisation"]
    assert citizen.person.identity not in repr(found)
    assert "张＊三" in found[0].facts.values()


def test_every_room_that_registers_is_asked(citizen, monkeypatch):
    monkeypatch.setattr(records, "_providers", dict(records._providers))
    records.register_provider("casework", lambda person_id: [HeldRecord("casework.application", str(person_id))])
    found = records.records_about(citizen.person_id)
    assert next(iter(found)) == "people"
    assert found["casework"][0].title == str(citizen.person_id)
