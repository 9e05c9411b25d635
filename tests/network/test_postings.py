"""Posts are given and taken by who keeps the network, never one's own; system, security and audit stay in three hands."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client

from onedoor.kernel.actor import Actor
from onedoor.kernel.errors import NotAllowed, WrongState
from onedoor.network import queries, services
from onedoor.network.entries import NewPost, NewPosting
from onedoor.network.models import Posting
from tests.network.factories import BUILDER, BUILT_AT, SmallCity, a_small_city
from tests.network.test_pages import logged_in, text_of

POWERS = {"system": ["network.manage"], "security": ["people.manage_accounts"], "audit": ["journal.audit"]}


def with_powers() -> None:
    new = [NewPost(f"fg.{name}", name, "130300-FG", name, site="HALL", duties=duties) for name, duties in POWERS.items()]
    services.create_posts(new, by=BUILDER, at=BUILT_AT)


@pytest.fixture
def powers(city: SmallCity) -> SmallCity:
    with_powers()
    return city


@pytest.fixture
def keeper(powers: SmallCity) -> SmallCity:
    """Let the head keep the network as well."""
    services.post_people([NewPosting(powers.accounts["head"], "fg.system")], by=BUILDER, at=BUILT_AT - timedelta(days=1))
    return powers


def give(city: SmallCity, who: str, post: str, **times: Any) -> None:
    services.post_people([NewPosting(city.accounts[who], post, **times)], by=BUILDER, at=BUILT_AT)


def held() -> list[Any]:
    return list(Posting.objects.order_by("pk").values_list("account_id", "post_id", "ends_at"))


@pytest.mark.parametrize(("first", "second"), [(one, two) for one in POWERS for two in POWERS if one != two])
def test_nobody_holds_two_of_the_three_powers(powers: SmallCity, first: str, second: str) -> None:
    give(powers, "clerk", f"fg.{first}")
    before = held()
    with pytest.raises(services.SeparatedDuties), transaction.atomic():
        give(powers, "clerk", f"fg.{second}")
    assert held() == before


def test_two_powers_in_one_list_are_refused_too(powers: SmallCity) -> None:
    both = [NewPosting(powers.accounts["clerk"], "fg.system"), NewPosting(powers.accounts["clerk"], "fg.audit")]
    with pytest.raises(services.SeparatedDuties), transaction.atomic():
        services.post_people(both, by=BUILDER, at=BUILT_AT)


def test_one_post_never_has_two_powers(city: SmallCity) -> None:
    new = NewPost("x", "兼任岗", "130300-FG", "x", duties=["network.manage", "journal.shred"])
    with pytest.raises(services.SeparatedDuties), transaction.atomic():
        services.create_posts([new], by=BUILDER, at=BUILT_AT)


def test_one_power_after_the_other_is_no_conflict(powers: SmallCity) -> None:
    change = BUILT_AT + timedelta(days=30)
    give(powers, "clerk", "fg.system", ends_at=change)
    with pytest.raises(services.SeparatedDuties), transaction.atomic():
        give(powers, "clerk", "fg.audit", starts_at=change - timedelta(seconds=1))
    give(powers, "clerk", "fg.audit", starts_at=change)


def test_other_posts_ask_nothing_more(powers: SmallCity, count_statements: Any) -> None:
    give(powers, "clerk", "fg.system")
    with count_statements() as sent:
        give(powers, "agent", "fg.clerk")
    assert len([each for each in sent.captured_queries if "SAVEPOINT" not in each["sql"]]) <= 5


@pytest.mark.django_db(transaction=True)
def test_two_powers_given_at_once_are_not_both_given() -> None:
    city = a_small_city()
    with_powers()
    start, outcomes = threading.Barrier(2), []

    def giving(post: str) -> None:
        start.wait()
        try:
            with transaction.atomic():
                give(city, "clerk", post)
            outcomes.append("given")
        except services.SeparatedDuties:
            outcomes.append("refused")
        finally:
            connection.close()

    threads = [threading.Thread(target=giving, args=(post,)) for post in ("fg.system", "fg.audit")]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert sorted(outcomes) == ["given", "refused"]


def test_only_who_keeps_the_network_gives_and_ends_posts(powers: SmallCity) -> None:
    stranger, before = queries.actor_for(powers.accounts["approver"]), held()
    with pytest.raises(NotAllowed):
        services.give_post(posting=NewPosting(powers.accounts["agent"], "fg.clerk"), by=stranger, at=BUILT_AT)
    with pytest.raises(NotAllowed):
        services.end_posting(posting=powers.postings["clerk"], by=stranger, at=BUILT_AT)
    assert held() == before


def test_nobody_changes_the_own_posts(keeper: SmallCity) -> None:
    by: Actor = queries.actor_for(keeper.accounts["head"])
    assert by.has("network.manage")
    before = held()
    with pytest.raises(services.OwnAccount):
        services.give_post(posting=NewPosting(keeper.accounts["head"], "fg.approver"), by=by, at=BUILT_AT)
    with pytest.raises(services.OwnAccount):
        services.end_posting(posting=keeper.postings["head"], by=by, at=BUILT_AT)
    assert held() == before


def test_pages_find_a_person_give_a_post_and_end_it(client: Client, keeper: SmallCity) -> None:
    logged_in(client, keeper, "head")
    agent = keeper.accounts["agent"]
    assert "田秀" in text_of(client.get("/desk/postings/?q=s-ag"))
    there = f"/desk/postings/{agent}/"
    assert "窗口受理岗" in text_of(client.get(f"{there}?agency=130300-FG"))
    assert client.post(there, {"agency": "130300-FG", "post": ""}).status_code == 422
    assert client.post(there, {"agency": "130300-FG", "post": "fg.approver"}).status_code == 302
    given = Posting.objects.get(account=agent, post=keeper.posts["fg.approver"])
    assert client.post(there, {"agency": "130300-FG", "post": "fg.approver"}).status_code == 409
    end = f"{there}end/{given.id}/"
    assert "审批岗" in text_of(client.get(end))
    assert client.post(end).status_code == 302
    assert not queries.post_ids_of(agent) & {keeper.posts["fg.approver"]}
    assert client.get(end).status_code == 404
    with pytest.raises(WrongState):
        services.end_posting(posting=given.id, by=BUILDER, at=BUILT_AT)


def test_the_page_refuses_a_second_power_and_says_why(client: Client, keeper: SmallCity) -> None:
    logged_in(client, keeper, "head")
    give(keeper, "clerk", "fg.security")
    before = held()
    answer = client.post(f"/desk/postings/{keeper.accounts['clerk']}/", {"agency": "130300-FG", "post": "fg.audit"})
    assert answer.status_code == 403
    assert "不能由一人兼任" in text_of(answer)
    assert held() == before


def test_others_do_not_see_these_pages(client: Client, powers: SmallCity) -> None:
    logged_in(client, powers, "approver")
    before = held()
    for path in ("/desk/postings/", f"/desk/postings/{powers.accounts['agent']}/"):
        assert client.get(path).status_code == 403
    assert (
        client.post(f"/desk/postings/{powers.accounts['agent']}/", {"agency": "130300-FG", "post": "fg.clerk"}).status_code == 403
    )
    end = f"/desk/postings/{powers.accounts['clerk']}/end/{powers.postings['clerk']}/"
    assert client.post(end).status_code == 403
    assert held() == before
    assert 'href="/desk/postings/"' not in client.get("/desk/posts/").content.decode()
