"""What a level implements, or receives and passes on, decides what its windows may do: at the desk, in lists, in the guide, in the API."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
import time_machine
from django.test import Client

from onedoor.casework import worklist
from onedoor.casework.models import Application
from onedoor.casework.norm import ALL_MET
from onedoor.casework.permissions import NotTakenHere, PassedOn
from onedoor.casework.services import drafts, intake, window
from onedoor.catalog import queries as catalog
from onedoor.catalog.services import NewVersion, publish_version
from onedoor.journal import queries as journal
from onedoor.kernel.actor import Actor
from onedoor.kernel.errors import Refused
from onedoor.kernel.subjects import Subject
from onedoor.network import entries, places
from onedoor.network import queries as network
from onedoor.network import services as network_services
from onedoor.people import services as people
from tests.casework.desk import at_desk, text_of, url
from tests.casework.situations import COMMITMENT, HOUSE, MONDAY, City, all_checked, submitted
from tests.casework.test_desk_intake import begun, filled
from tests.people.factories import GOOD_PASSWORD

pytestmark = pytest.mark.django_db
TOWNSHIP, VILLAGE = "130302001000", "130302001001"
START = "/desk/intake/"


@pytest.fixture(autouse=True)
def monday() -> Iterator[None]:
    with time_machine.travel(MONDAY, tick=True):
        yield


def said(*levels: str, passing_on: tuple[str, ...] = ()) -> None:
    """Publish the next version of the commitment item, done at some levels and passed on by others."""
    terms = catalog.published_guide(COMMITMENT)
    content = terms.content.to_json() | {"receiving_levels": list(passing_on)}
    publish_version(
        NewVersion(COMMITMENT, terms.case_kind, terms.legal_length, terms.legal_unit, terms.promise_length, terms.promise_unit,
                   levels, True, True, type(terms.content).from_json(content)),
        by=HOUSE, at=MONDAY,
    )  # fmt: skip


@pytest.fixture
def agent(city: City) -> Actor:
    """Return somebody in the room of a village, with the right to receive the commitment item."""
    at = datetime(2026, 9, 1, 1, 0, tzinfo=UTC)
    network_services.create_regions(
        [
            entries.NewRegion(TOWNSHIP, "文化路街道", "township", parent="130302000000"),
            entries.NewRegion(VILLAGE, "文化里社区", "village", parent=TOWNSHIP),
        ],
        by=HOUSE, at=at,
    )  # fmt: skip
    network_services.create_sites(
        [entries.NewSite("ROOM", "文化里社区便民服务室", "room", "village", VILLAGE, "文化里")], by=HOUSE, at=at
    )
    post = network_services.create_posts(
        [entries.NewPost("agent", "代办岗", "SP", "village_agent", site="ROOM")], by=HOUSE, at=at
    )["agent"]  # fmt: skip
    network_services.grant_authorisations(
        [entries.NewAuthorisation(post, city.agency, COMMITMENT, "receive", starts_at=at)], by=HOUSE, at=at
    )
    account = people.create_staff(username="20001", name="代办", password=GOOD_PASSWORD, must_change=False, by=HOUSE, at=at)
    network_services.post_people([entries.NewPosting(account.id, "agent", starts_at=at)], by=HOUSE, at=at)
    return network.actor_for(account.id, at=MONDAY)


def opened(city: City, by: Actor) -> Application:
    return drafts.open_draft(service_item_id=city.offers[COMMITMENT], applicant=None, channel="window", by=by, at=MONDAY)


def test_a_post_knows_the_level_of_its_place(city: City, agent: Actor) -> None:
    assert (city.clerk.level, agent.level, city.citizen.level) == ("city", "village", "")


def test_a_level_that_neither_implements_nor_receives_takes_nothing_in(city: City, agent: Actor) -> None:
    with pytest.raises(NotTakenHere):
        opened(city, agent)
    assert not Application.objects.exists()
    assert worklist.items_to_receive(actor=agent, text="食品经营许可", at=MONDAY) == []
    application = submitted(city)
    with pytest.raises(NotTakenHere):
        intake.receive_application(application_id=application.id, checks=all_checked(application), by=agent, at=MONDAY)
    application.refresh_from_db()
    assert application.status == "submitted"
    acts = [each.act for each in journal.entries_of(Subject("casework.application", application.id))]
    assert acts[0] == "journal.refuse"


def test_a_level_that_passes_on_receives_and_leaves_the_answer_to_the_office(city: City, agent: Actor) -> None:
    said("city", passing_on=("village",))
    assert [each.service_item_id for each in worklist.items_to_receive(actor=agent, text="", at=MONDAY)] == [
        city.offers[COMMITMENT]
    ]
    application = submitted(city)
    with pytest.raises(PassedOn):
        intake.receive_and_accept(application_id=application.id, checks=all_checked(application), by=agent, at=MONDAY)
    application.refresh_from_db()
    assert application.status == "submitted"
    intake.receive_application(application_id=application.id, checks=all_checked(application), by=agent, at=MONDAY)
    for refused in (
        lambda: intake.accept_application(application_id=application.id, by=agent, at=MONDAY),
        lambda: intake.not_accept_application(
            application_id=application.id, reason="不属于本机关职权范围", competent="", by=agent, at=MONDAY
        ),
    ):
        with pytest.raises(PassedOn):
            refused()
    assert intake.accept_application(application_id=application.id, by=city.clerk, at=MONDAY, answers=ALL_MET).status == "accepted"


def test_a_case_keeps_the_levels_of_the_version_it_was_filed_under(city: City) -> None:
    application = submitted(city)
    said("county")
    intake.receive_application(application_id=application.id, checks=all_checked(application), by=city.clerk, at=MONDAY)
    with pytest.raises(Refused):
        opened(city, city.clerk)


def test_an_office_whose_level_no_longer_implements_an_item_offers_it_no_more(city: City) -> None:
    assert [each.level for each in catalog.service_items_for(COMMITMENT)] == ["city"]
    said("county")
    assert catalog.service_items_for(COMMITMENT) == []
    assert catalog.open_service_items([city.offers[COMMITMENT]], today=MONDAY.date()) == {}
    assert COMMITMENT not in catalog.implemented_by(city.agency)
    assert catalog.service_offer(city.offers[COMMITMENT]).level == "city", "its running cases still know it"


def test_an_agent_takes_in_at_the_desk_and_passes_on(city: City, agent: Actor) -> None:
    said("city", passing_on=("village",))
    desk = at_desk(agent)
    application = begun(desk, "食品经营许可")
    page = desk.get(f"{START}{application.id}/").content.decode()
    assert "收件并转报" in page
    assert url("intake_accept", application) not in page
    refused = desk.post(url("intake_accept", application), filled(application))
    assert refused.status_code == 403
    application.refresh_from_db()
    assert application.status == "draft"
    done = desk.post(url("intake_pass_on", application), filled(application))
    assert done.status_code == 302, text_of(done)
    application.refresh_from_db()
    assert (application.status, application.accepted_at) == ("received", None)
    shown = desk.get(url("case", application)).content.decode()
    assert url("notice", application) in shown
    assert url("not_accept", application) not in shown
    assert desk.post(url("intake_pass_on", application), filled(application))["Location"] == done["Location"], "a second click"


def test_a_case_that_came_from_home_is_only_received_where_it_is_passed_on(city: City, agent: Actor) -> None:
    said("city", passing_on=("village",))
    application = submitted(city)
    page = at_desk(agent).get(url("case", application)).content.decode()
    assert "收件并转报" in page
    assert url("accept", application) not in page


def test_missing_papers_are_refused_as_everywhere(city: City, agent: Actor) -> None:
    said("city", passing_on=("village",))
    application = opened(city, agent)
    with pytest.raises(Refused):
        window.pass_on_at_window(application_id=application.id, checks=[], by=agent, at=MONDAY)
    application.refresh_from_db()
    assert application.status == "draft"


def test_the_guide_and_the_api_name_the_places_that_pass_it_on(city: City, agent: Actor) -> None:
    visitor = Client()
    address = f"/items/{COMMITMENT}/"
    visitor.cookies[places.COOKIE] = VILLAGE
    assert "文化里社区便民服务室" not in visitor.get(address).content.decode()
    said("city", passing_on=("village",))
    page = visitor.get(address).content.decode()
    assert "文化里社区便民服务室" in page
    assert "村（社区）代办" in page
    told = visitor.get("/api/v1/items?q=食品经营许可").json()["items"]
    assert [(each["levels"], each["receiving_levels"]) for each in told if each["code"] == COMMITMENT] == [(["city"], ["village"])]
    told_places = visitor.get(f"/api/v1/items/{COMMITMENT}/service-items?region={VILLAGE}").json()
    assert [(each["level"], each["site"]["code"]) for each in told_places["passing_on"]] == [("village", "ROOM")]
