"""Who acts: the chosen post, or the one held longest."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from onedoor.network import queries, services
from onedoor.network.entries import NewPosting
from tests.network.factories import BUILDER, VILLAGE, SmallCity, a_small_city

NOW = datetime(2026, 11, 24, 2, tzinfo=UTC)


def test_actor_carries_post_place_and_duties(city: SmallCity, django_assert_num_queries) -> None:
    with django_assert_num_queries(1):
        actor = queries.actor_for(city.accounts["approver"], at=NOW)
    assert (actor.posting, actor.post) == (city.postings["approver"], city.posts["fg.approver"])
    assert (actor.agency, actor.site) == (city.agencies["130300-FG"], city.sites["HALL"])
    assert actor.duties == {"people.unmask"}
    assert actor.label == "李强（审批岗）"


def test_village_agent_acts_at_his_own_room(city: SmallCity) -> None:
    actor = queries.actor_for(city.accounts["agent"], at=NOW)
    assert (actor.site, actor.region) == (city.sites["ROOM"], VILLAGE)


def test_chosen_post_is_taken_and_a_stranger_s_is_passed_over(city: SmallCity) -> None:
    (second,) = services.post_people([NewPosting(city.accounts["clerk"], "sp.clerk")], by=BUILDER, at=NOW)
    account = city.accounts["clerk"]
    assert queries.actor_for(account, at=NOW).posting == city.postings["clerk"]
    assert queries.actor_for(account, second, at=NOW).posting == second
    assert queries.actor_for(account, city.postings["approver"], at=NOW).posting == city.postings["clerk"]
    assert [each.posting for each in queries.posts_of(account, NOW)] == [city.postings["clerk"], second]


def test_without_a_post_nothing_may_be_done(city: SmallCity) -> None:
    actor = queries.actor_for(uuid4(), at=NOW)
    assert not actor.is_staff
    assert not actor.duties


@pytest.mark.django_db(transaction=True)
def test_ended_posting_is_gone() -> None:
    city = a_small_city()
    services.end_posting(posting=city.postings["clerk"], by=BUILDER, at=NOW)
    assert queries.actor_for(city.accounts["clerk"], at=NOW - timedelta(seconds=1)).is_staff
    assert not queries.actor_for(city.accounts["clerk"], at=NOW).is_staff
