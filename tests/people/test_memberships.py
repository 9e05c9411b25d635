"""Who may act for an organisation: its representative registers it, names staff who agree by a code, and sees who did what."""

from __future__ import annotations

import threading

import pytest
from django.db import connection
from django.utils import timezone

from onedoor.journal.queries import entries_of
from onedoor.kernel.actor import Actor
from onedoor.kernel.errors import AlreadyDone, NotFound, TooManyTries
from onedoor.kernel.identity import WrongCode
from onedoor.kernel.subjects import Subject
from onedoor.people import actors, acts, memberships, queries, services, verification
from onedoor.people.models import Account, Membership, Organisation
from onedoor.people.verification import Answer
from tests.people.conftest import AT
from tests.people.factories import GOOD_PASSWORD, a_card, a_credit_code, a_phone
from tests.people.test_pages import step_in, text_of

FIRM = {"name": "港城商贸有限公司", "credit_code": a_credit_code(17), "legal_representative": "张小三"}


def a_citizen(name, order):
    return services.register_citizen(
        name=name, identity_kind="111", identity=a_card(order), phone=a_phone(order), password=GOOD_PASSWORD,
        by=Actor(client="web"), at=AT,
    )  # fmt: skip


@pytest.fixture
def boss(db):
    return a_citizen("张小三", 501)


@pytest.fixture
def colleague(db):
    return a_citizen("李四", 502)


@pytest.fixture
def firm(boss):
    return services.register_organisation(**FIRM, by=actors.citizen(boss), at=AT)


@pytest.fixture
def agent(boss, colleague, firm, sent):
    name_colleague(boss, colleague, firm, sent)
    return colleague


def name_colleague(boss, colleague, firm, sent):
    by = actors.citizen(boss)
    services.invite_member(organisation_id=firm.id, phone=colleague.phone, name=colleague.display_name, address="::1", by=by, at=AT)
    services.add_member(
        organisation_id=firm.id, phone=colleague.phone, name=colleague.display_name, code=sent[-1].code, by=by, at=AT
    )


def acts_on(organisation):
    return [entry.act for entry in entries_of(Subject("people.organisation", organisation.id))]


def rows():
    return list(Membership.objects.order_by("pk").values_list("account_id", "organisation_id", "role", "ends_at"))


# Registering


def test_a_representative_registers_an_organisation_and_acts_for_it(boss, firm):
    assert [each.is_organisation for each in queries.applicants_for(boss)] == [False, True]
    (own,) = memberships.organisations_of(boss.id)
    assert (own.id, own.is_representative, own.since) == (firm.id, True, AT)
    assert "not asked" in own.verified_how
    assert set(acts_on(firm)) == {acts.ADD_ORGANISATION.code, acts.ADD_MEMBER.code}


def test_somebody_of_another_name_does_not_become_the_representative(colleague):
    with pytest.raises(services.CannotClaim):
        services.register_organisation(**FIRM, by=actors.citizen(colleague), at=AT)
    assert not Organisation.objects.exists()
    assert rows() == []


def test_a_second_claim_is_refused_recorded_and_sent_to_a_window(boss, firm):
    namesake = a_citizen("张小三", 503)
    before = rows()
    with pytest.raises(services.CannotClaim, match="any window"):
        services.register_organisation(**FIRM, by=actors.citizen(namesake), at=AT)
    assert rows() == before
    newest = entries_of(Subject("people.organisation", firm.id))[0]
    assert (newest.act, newest.facts["act"], newest.account_id) == ("journal.refuse", acts.ADD_MEMBER.code, namesake.id)


@pytest.mark.parametrize("held", [{"name": "另一家公司"}, {"legal_representative": "王五"}])
def test_an_organisation_that_the_city_knows_otherwise_is_not_claimed(boss, house, held):
    services.find_or_create_organisation(**{**FIRM, **held}, by=house, at=AT)
    with pytest.raises(services.CannotClaim):
        services.register_organisation(**FIRM, by=actors.citizen(boss), at=AT)
    assert rows() == []


def test_an_organisation_entered_at_a_window_is_claimed_by_its_representative(boss, clerk):
    known = services.find_or_create_organisation(**FIRM, by=clerk(), at=AT)
    claimed = services.register_organisation(**FIRM, by=actors.citizen(boss), at=AT)
    assert claimed.id == known.id
    assert "window" in memberships.own_organisation(boss.id, known.id).verified_how


def test_what_the_register_of_enterprises_denies_is_refused(boss, settings, monkeypatch):
    asked = []
    monkeypatch.setattr(verification, "deny", lambda *given: asked.append(given) or Answer(False, ""), raising=False)
    settings.ONEDOOR_ORGANISATION_CHECK = "onedoor.people.verification.deny"
    with pytest.raises(services.CannotClaim):
        services.register_organisation(**FIRM, by=actors.citizen(boss), at=AT)
    assert asked == [tuple(FIRM.values())]


def test_a_wrong_code_says_so_and_tries_are_limited(boss):
    by = actors.citizen(boss)
    for _ in range(4):
        with pytest.raises(WrongCode):
            services.register_organisation(**{**FIRM, "credit_code": FIRM["credit_code"][:-1] + "Z"}, by=by, at=AT)
    with pytest.raises(WrongCode):
        services.register_organisation(**{**FIRM, "credit_code": "1"}, by=by, at=AT)
    with pytest.raises(TooManyTries):
        services.register_organisation(**FIRM, by=by, at=AT)


@pytest.mark.django_db(transaction=True)
def test_of_two_namesakes_at_once_one_becomes_the_representative():
    claimants = [a_citizen("张小三", 504), a_citizen("张小三", 505)]
    start, outcomes = threading.Barrier(2), []

    def claim(account):
        start.wait()
        try:
            services.register_organisation(**FIRM, by=actors.citizen(account), at=AT)
            outcomes.append("registered")
        except services.CannotClaim:
            outcomes.append("refused")
        finally:
            connection.close()

    threads = [threading.Thread(target=claim, args=(each,)) for each in claimants]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert sorted(outcomes) == ["refused", "registered"]
    assert Membership.objects.count() == 1


# Naming staff


def test_a_colleague_who_tells_the_code_may_act(boss, agent, firm, sent):
    assert queries.may_act_for(agent.id, Subject("people.organisation", firm.id), item_code="", at=AT)
    assert sent[-1].organisation == firm.name
    with pytest.raises(AlreadyDone):
        name_again(boss, agent, firm, sent)


def name_again(boss, agent, firm, sent):
    by, later = actors.citizen(boss), timezone.now()
    services.invite_member(organisation_id=firm.id, phone=agent.phone, name="李四", address="::1", by=by, at=later)
    services.add_member(organisation_id=firm.id, phone=agent.phone, name="李四", code=sent[-1].code, by=by, at=later)


def test_no_code_goes_to_a_strangers_mobile_and_the_answer_is_the_same(boss, colleague, firm, sent):
    by = actors.citizen(boss)
    for name, phone in (("王五", colleague.phone), ("李四", a_phone(999))):
        assert services.invite_member(organisation_id=firm.id, phone=phone, name=name, address="::1", by=by, at=AT) is None
    assert sent == []


def test_a_code_for_one_organisation_opens_no_other(boss, colleague, firm, sent):
    by = actors.citizen(boss)
    other = services.register_organisation(**{**FIRM, "name": "二公司", "credit_code": a_credit_code(18)}, by=by, at=AT)
    services.invite_member(organisation_id=firm.id, phone=colleague.phone, name="李四", address="::1", by=by, at=AT)
    with pytest.raises(services.WrongTextCode):
        services.add_member(organisation_id=other.id, phone=colleague.phone, name="李四", code=sent[-1].code, by=by, at=AT)
    assert not queries.may_act_for(colleague.id, Subject("people.organisation", other.id), item_code="", at=AT)


def test_invitations_are_limited(boss, firm):
    by = actors.citizen(boss)
    for last in range(10):
        services.invite_member(organisation_id=firm.id, phone=a_phone(800 + last), name="李四", address="::1", by=by, at=AT)
    with pytest.raises(TooManyTries):
        services.invite_member(organisation_id=firm.id, phone=a_phone(900), name="李四", address="::1", by=by, at=AT)


def test_an_agent_names_nobody_and_ends_nobody_else(boss, agent, firm):
    third, by, before = a_citizen("王五", 506), actors.citizen(agent), rows()
    with pytest.raises(services.OnlyRepresentative):
        services.invite_member(organisation_id=firm.id, phone=third.phone, name="王五", address="::1", by=by, at=AT)
    with pytest.raises(services.OnlyRepresentative):
        services.add_member(organisation_id=firm.id, phone=third.phone, name="王五", code="000000", by=by, at=AT)
    with pytest.raises(services.OnlyRepresentative):
        services.end_membership(account_id=boss.id, organisation_id=firm.id, by=by, at=AT)
    assert rows() == before
    assert acts_on(firm)[:3] == ["journal.refuse"] * 3


def test_strangers_learn_of_no_organisation_and_change_nothing(agent, firm):
    stranger, before = actors.citizen(a_citizen("王五", 506)), rows()
    with pytest.raises(NotFound):
        services.invite_member(organisation_id=firm.id, phone=a_phone(506), name="王五", address="::1", by=stranger, at=AT)
    with pytest.raises(NotFound):
        services.end_membership(account_id=agent.id, organisation_id=firm.id, by=stranger, at=AT)
    assert rows() == before


def test_the_representative_ends_a_right_and_an_agent_leaves(boss, agent, firm):
    services.end_membership(account_id=agent.id, organisation_id=firm.id, by=actors.citizen(boss), at=AT)
    assert not queries.may_act_for(agent.id, Subject("people.organisation", firm.id), item_code="", at=AT)
    with pytest.raises(NotFound):
        services.end_membership(account_id=agent.id, organisation_id=firm.id, by=actors.citizen(boss), at=AT)


def test_the_representative_stays_until_a_window_changes_it(boss, firm, clerk):
    with pytest.raises(services.RepresentativeStays, match="window"):
        services.end_membership(account_id=boss.id, organisation_id=firm.id, by=actors.citizen(boss), at=AT)
    services.end_membership(account_id=boss.id, organisation_id=firm.id, by=clerk(), at=AT)
    assert memberships.organisations_of(boss.id) == []


def test_who_already_may_is_not_added_or_recorded_again(colleague, house):
    firm = services.find_or_create_organisation(**FIRM, by=house, at=AT)
    new = [services.NewMember(colleague, firm)]
    assert len(services.add_members(new, by=house, at=AT)) == 1
    assert services.add_members(new, by=house, at=AT) == []
    assert acts_on(firm).count(acts.ADD_MEMBER.code) == 1


# Pages


def test_the_pages_walk_from_registering_to_ending(client, boss, colleague, sent):
    step_in(client, boss)
    assert "您还不代表任何单位" in text_of(client.get("/my/organisations/"))
    answer = client.post("/my/organisations/register/", {**FIRM, "legal_representative": "王五"})
    assert answer.status_code == 422
    assert "任一窗口" in text_of(answer)
    there = client.post("/my/organisations/register/", FIRM)["Location"]
    assert client.post(f"{there}add/", {"name": "李四", "phone": colleague.phone}).status_code == 302
    wrong = client.post(f"{there}add/code/", {"code": "1"})
    assert wrong.status_code == 422
    client.post(f"{there}add/code/", {"code": sent[-1].code})
    page = text_of(client.get(there))
    assert "李＊" in page
    assert "李四" not in page
    assert a_phone(502) not in page
    client.post(f"{there}end/{colleague.id}/")
    assert "已结束" in text_of(client.get(there))
    assert not Membership.objects.filter(account=colleague, ends_at__isnull=True).exists()


def test_agents_see_neither_colleagues_nor_records_and_strangers_nothing(client, boss, agent, firm):
    step_in(client, agent)
    there = f"/my/organisations/{firm.id}/"
    page = text_of(client.get(there))
    assert "张＊三" not in page
    assert client.get(f"{there}add/").status_code == 403
    assert client.get(f"{there}end/{boss.id}/").status_code == 403
    assert client.post(f"{there}end/{boss.id}/").status_code == 403
    client.post(f"{there}end/{agent.id}/")
    assert client.get(there).status_code == 404
    assert Membership.objects.filter(account=boss, ends_at__isnull=True).exists()


def test_civil_servants_have_no_organisations_page(client, clerk_account, clerk, monkeypatch):
    actor = clerk()
    monkeypatch.setattr(actors, "_resolvers", [lambda account, request: actor])
    Account.objects.update(password_changed_at=timezone.now())
    step_in(client, clerk_account)
    assert client.get("/my/organisations/").status_code == 403


def test_the_page_of_an_organisation_costs_few_statements(client, boss, agent, firm, count_statements):
    step_in(client, boss)
    client.get(f"/my/organisations/{firm.id}/")
    with count_statements() as sent:
        client.get(f"/my/organisations/{firm.id}/")
    assert len(sent) <= 7, [each["sql"] for each in sent]
