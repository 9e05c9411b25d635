"""Where things are: regions, offices, sites that offer an item."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import transaction

from onedoor.kernel.actor import Actor
from onedoor.kernel.errors import NotAllowed, NotFound
from onedoor.network import queries, services
from onedoor.network.entries import NewAgency, NewPost, NewRegion, NewSite
from onedoor.network.models import Region, Site
from onedoor.network.regions import codes_above, digits_of
from tests.network.factories import BUILDER, BUILT_AT, CITY, COUNTY, ITEM, OTHER_ITEM, TOWN, VILLAGE, SmallCity


def test_region_codes_tell_what_lies_above() -> None:
    assert codes_above(VILLAGE) == [CITY, COUNTY, TOWN, VILLAGE]
    assert codes_above(COUNTY) == [CITY, COUNTY]
    assert (digits_of(CITY), digits_of(TOWN), digits_of(VILLAGE)) == ("1303", "130302001", VILLAGE)


def test_region_path_and_choices(city: SmallCity) -> None:
    assert queries.region_path(VILLAGE) == "海港区文化路街道文化里社区"
    assert queries.region_choices(COUNTY) == [(TOWN, "文化路街道")]
    services.create_regions(
        [NewRegion("130302099000", "旧乡", "township", COUNTY, valid_to=date(2015, 7, 1))], by=BUILDER, at=BUILT_AT
    )
    assert queries.region_choices(COUNTY) == [(TOWN, "文化路街道")]
    assert ("130302099000", "旧乡") in queries.region_choices(COUNTY, on=date(2015, 6, 30))


def test_sites_offering_are_those_where_somebody_may_receive(city: SmallCity) -> None:
    assert [site.code for site in queries.sites_offering(ITEM)] == ["HALL"]
    assert [site.code for site in queries.sites_offering(OTHER_ITEM)] == ["ROOM"]
    assert [site.code for site in queries.sites_offering(OTHER_ITEM, region=TOWN)] == ["ROOM"]
    assert queries.sites_offering(ITEM, region=COUNTY) == []
    assert queries.sites_offering(ITEM, agency_ids=[city.agencies["130302-SP"]]) == []


def test_items_received_at_a_window_and_a_site(city: SmallCity) -> None:
    assert queries.received_items(window_id=city.windows["HALL", "12"]) == [ITEM]
    assert queries.received_items(site_id=city.sites["HALL"]) == [ITEM]
    assert queries.received_items(site_id=city.sites["ROOM"]) == [OTHER_ITEM]


def test_department_is_found_by_either_code(city: SmallCity) -> None:
    assert queries.agency_for("FG").id == queries.agency_for("130300-FG").id == city.agencies["130300-FG"]
    with pytest.raises(NotFound):
        queries.agency_for("XX")


def test_only_who_keeps_the_network_builds_it(city: SmallCity) -> None:
    with pytest.raises(NotAllowed), transaction.atomic():
        services.create_sites([NewSite("X", "某地", "room", "village", VILLAGE, "某路")], by=Actor(client="web"), at=BUILT_AT)
    assert not Site.objects.filter(code="X").exists()


def test_code_in_use_is_refused_and_nothing_of_the_load_stays(city: SmallCity) -> None:
    new = [NewAgency("130300-JY", "市教育局", "city", CITY), NewAgency("130300-FG", "又一个", "city", CITY)]
    with pytest.raises(services.AlreadyThere), transaction.atomic():
        services.create_agencies(new, by=BUILDER, at=BUILT_AT)
    assert set(queries.agencies_by_code(["130300-JY", "130300-FG"])) == {"130300-FG"}


def test_unknown_office_or_place_is_named(city: SmallCity) -> None:
    with pytest.raises(NotFound, match="130399-XX"), transaction.atomic():
        services.create_posts([NewPost("p", "岗", "130399-XX", "handler")], by=BUILDER, at=BUILT_AT)
    with pytest.raises(NotFound, match="NOWHERE"), transaction.atomic():
        services.create_posts([NewPost("p", "岗", "130300-FG", "handler", site="NOWHERE")], by=BUILDER, at=BUILT_AT)


def test_many_villages_cost_as_many_statements_as_few(city: SmallCity, django_assert_num_queries) -> None:
    def villages(first: int, count: int) -> list[NewRegion]:
        return [NewRegion(f"{TOWN[:9]}{number:03d}", f"村{number}", "village", TOWN) for number in range(first, first + count)]

    with django_assert_num_queries(2):
        services.create_regions(villages(200, 2), by=BUILDER, at=BUILT_AT)
    with django_assert_num_queries(2):
        services.create_regions(villages(300, 300), by=BUILDER, at=BUILT_AT)
    assert Region.objects.filter(parent=TOWN).count() == 303
