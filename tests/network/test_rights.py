"""S03: a right is given per item, stage and place, to a post, for a time; nothing else opens the door."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from django.db import ProgrammingError, connection, transaction

from onedoor.journal.queries import entries_of
from onedoor.kernel.actor import Actor
from onedoor.kernel.errors import NotAllowed, NotFound, WrongState
from onedoor.kernel.subjects import Subject
from onedoor.network import queries, services
from onedoor.network.entries import NewAuthorisation, NewPosting
from onedoor.network.models import Authorisation, Posting
from onedoor.network.queries import NotAuthorised
from tests.network.factories import BUILDER, BUILT_AT, ITEM, OTHER_ITEM, SmallCity, a_small_city

NOW = datetime(2026, 11, 24, 2, tzinfo=UTC)


def approver(city: SmallCity) -> Actor:
    return queries.actor_for(city.accounts["approver"], at=NOW)


def head(city: SmallCity) -> Actor:
    return queries.actor_for(city.accounts["head"], at=NOW)


def in_database(posting: UUID, stage: str, item: str, agency: UUID, at: datetime) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT network_is_authorised(%s, %s, %s, %s, %s)", [posting, stage, item, agency, at])
        (answer,) = cursor.fetchone()
    return bool(answer)


def test_authorised_post_passes(city: SmallCity) -> None:
    queries.require_authorised(approver(city), "approve", {(ITEM, city.agencies["130300-FG"])}, NOW)


@pytest.mark.parametrize(
    ("stage", "item", "agency", "at"),
    [
        ("receive", ITEM, "130300-FG", NOW),
        ("approve", OTHER_ITEM, "130300-FG", NOW),
        ("approve", ITEM, "130302-SP", NOW),
        ("approve", ITEM, "130300-FG", BUILT_AT - timedelta(seconds=1)),
    ],
    ids=["wrong stage", "wrong item", "wrong place", "wrong time"],
)
def test_wrong_stage_item_place_or_time_is_refused(city: SmallCity, stage: str, item: str, agency: str, at: datetime) -> None:
    pair = (item, city.agencies[agency])
    with pytest.raises(NotAuthorised) as refused:
        queries.require_authorised(approver(city), stage, {pair}, at)
    assert refused.value.pairs == {pair}
    assert not queries.may(approver(city), stage, item, pair[1], at)
    assert not in_database(city.postings["approver"], stage, item, pair[1], at)


def test_one_missing_right_among_many_is_named(city: SmallCity) -> None:
    fg = city.agencies["130300-FG"]
    with pytest.raises(NotAuthorised) as refused:
        queries.require_authorised(approver(city), "approve", {(ITEM, fg), (OTHER_ITEM, fg)}, NOW)
    assert refused.value.pairs == {(OTHER_ITEM, fg)}


def test_many_pairs_cost_one_statement(city: SmallCity, django_assert_num_queries) -> None:
    pairs = {(ITEM, city.agencies["130300-FG"])}
    by = approver(city)
    with django_assert_num_queries(1):
        queries.require_authorised(by, "approve", pairs, NOW)


def test_nothing_to_check_is_refused(city: SmallCity) -> None:
    with pytest.raises(NotAuthorised):
        queries.require_authorised(approver(city), "approve", set(), NOW)


@pytest.mark.parametrize("change", [{"posting": None}, {"account": None}, {"account": uuid4()}, {"posting": uuid4()}])
def test_actor_without_a_post_of_his_own_has_no_rights(city: SmallCity, change: dict[str, UUID | None]) -> None:
    with pytest.raises(NotAuthorised):
        queries.require_authorised(replace(approver(city), **change), "approve", {(ITEM, city.agencies["130300-FG"])}, NOW)


def test_right_ends_with_the_posting(city: SmallCity) -> None:
    by = approver(city)
    pair = (ITEM, city.agencies["130300-FG"])
    left = NOW + timedelta(hours=1)
    Posting.objects.filter(id=city.postings["approver"]).update(ends_at=left)
    queries.require_authorised(by, "approve", {pair}, left - timedelta(seconds=1))
    with pytest.raises(NotAuthorised):
        queries.require_authorised(by, "approve", {pair}, left)
    assert in_database(city.postings["approver"], "approve", *pair, left - timedelta(seconds=1))
    assert not in_database(city.postings["approver"], "approve", *pair, left)


def test_withdrawn_right_counts_no_more_and_stays_in_the_history(city: SmallCity) -> None:
    services.withdraw_authorisations([city.rights[1]], by=head(city), at=NOW)
    pair = (ITEM, city.agencies["130300-FG"])
    assert queries.may(approver(city), "approve", *pair, NOW - timedelta(seconds=1))
    assert not queries.may(approver(city), "approve", *pair, NOW)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pgh_label, ends_at, pgh_context->>'account' FROM network_authorisationevent WHERE id = %s", [city.rights[1]]
        )
        assert cursor.fetchall() == [("changed", None, str(city.accounts["head"]))]


def test_withdrawing_twice_is_answered(city: SmallCity) -> None:
    services.withdraw_authorisations([city.rights[1]], by=head(city), at=NOW)
    with pytest.raises(WrongState):
        services.withdraw_authorisations([city.rights[1]], by=head(city), at=NOW)


def test_history_cannot_be_changed(city: SmallCity) -> None:
    services.withdraw_authorisations([city.rights[1]], by=BUILDER, at=NOW)
    with connection.cursor() as cursor, pytest.raises(ProgrammingError, match="Cannot"), transaction.atomic():
        cursor.execute("DELETE FROM network_authorisationevent")


def test_head_gives_rights_in_his_own_office_only(city: SmallCity) -> None:
    ours = NewAuthorisation(city.posts["fg.clerk"], city.agencies["130300-FG"], OTHER_ITEM, "receive")
    theirs = replace(ours, agency=city.agencies["130302-SP"])
    services.grant_authorisations([ours], by=head(city), at=NOW)
    with pytest.raises(NotAllowed), transaction.atomic():
        services.grant_authorisations([theirs], by=head(city), at=NOW)
    assert Authorisation.objects.filter(item_code=OTHER_ITEM, stage="receive", agency=theirs.agency, post=theirs.post).count() == 0


def test_head_reaches_posts_of_another_office_only_where_the_centre_let_them_in(city: SmallCity) -> None:
    right = NewAuthorisation(city.posts["sp.clerk"], city.agencies["130300-FG"], ITEM, "receive")
    with pytest.raises(NotAllowed), transaction.atomic():
        services.grant_authorisations([right], by=head(city), at=NOW)
    services.grant_authorisations([right], by=BUILDER, at=NOW)
    services.grant_authorisations([replace(right, item_code=OTHER_ITEM)], by=head(city), at=NOW)


def test_unknown_post_is_not_found(city: SmallCity) -> None:
    with pytest.raises(NotFound):
        services.grant_authorisations(
            [NewAuthorisation(uuid4(), city.agencies["130300-FG"], ITEM, "receive")], by=head(city), at=NOW
        )


def test_nobody_gives_himself_a_right(city: SmallCity) -> None:
    with pytest.raises(services.OwnPost):
        services.grant_authorisations(
            [NewAuthorisation(city.posts["fg.head"], city.agencies["130300-FG"], ITEM, "approve")], by=head(city), at=NOW
        )


def test_clerk_gives_no_rights(city: SmallCity) -> None:
    by = queries.actor_for(city.accounts["clerk"], at=NOW)
    right = NewAuthorisation(city.posts["fg.approver"], city.agencies["130300-FG"], OTHER_ITEM, "approve")
    with pytest.raises(NotAllowed), transaction.atomic():
        services.grant_authorisations([right], by=by, at=NOW)
    with pytest.raises(NotAllowed), transaction.atomic():
        services.withdraw_authorisations([city.rights[1]], by=by, at=NOW)
    with pytest.raises(NotAllowed), transaction.atomic():
        services.post_people([NewPosting(city.accounts["clerk"], "fg.approver")], by=by, at=NOW)


def test_right_is_given_once(city: SmallCity) -> None:
    again = NewAuthorisation(city.posts["fg.approver"], city.agencies["130300-FG"], ITEM, "approve")
    with pytest.raises(services.AlreadyThere):
        services.grant_authorisations([again], by=head(city), at=NOW)


def test_granting_is_journalled_for_the_office(city: SmallCity) -> None:
    right = NewAuthorisation(city.posts["fg.clerk"], city.agencies["130300-FG"], OTHER_ITEM, "receive")
    services.grant_authorisations([right], by=head(city), at=NOW)
    codes = [entry.act for entry in entries_of(Subject("network.agency", city.agencies["130300-FG"]))]
    assert codes.count("network.grant_authorisations") == 2  # the small city's own, and this one


def test_work_list_condition_and_stages_agree_with_the_rule(city: SmallCity) -> None:
    by = approver(city)
    fg = city.agencies["130300-FG"]
    mine = Authorisation.objects.filter(queries.authorised(by, NOW, agency="agency_id", item_code="item_code", stage="stage"))
    assert {(row.item_code, row.agency_id, row.stage) for row in mine} == {(ITEM, fg, "approve")}
    assert queries.stages_of(by, ITEM, fg, NOW) == {"approve"}
    assert queries.works_on(by, ITEM, fg, NOW)
    assert not queries.works_on(by, OTHER_ITEM, fg, NOW)
    nobody = Actor(client="web")
    assert not Authorisation.objects.filter(queries.authorised(nobody, NOW)).exists()


@pytest.mark.django_db(transaction=True)
def test_refusal_is_recorded_after_the_act_has_rolled_back() -> None:
    city = a_small_city()
    subject = Subject("casework.application", uuid4())
    services.record_unauthorised(
        subject=subject, stage="approve", pairs={(ITEM, city.agencies["130302-SP"])}, by=approver(city), at=NOW
    )
    (entry,) = entries_of(subject)
    assert entry.act == "journal.refuse"
    assert f"approve: {ITEM}" in entry.sentence
