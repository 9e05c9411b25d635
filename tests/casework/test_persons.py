"""What goes wrong in people's lives: a child, somebody who died, one person with two accounts, a company that was merged."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction

from onedoor.casework import queries
from onedoor.casework.services import drafts, handover, window
from onedoor.documents.models import File
from onedoor.journal import queries as journal
from onedoor.kernel.actor import Actor
from onedoor.kernel.clock import local_date
from onedoor.kernel.errors import Invalid, NotAllowed, NotFound
from onedoor.kernel.identity import birthday, birthday_in
from onedoor.kernel.ids import new_id
from onedoor.kernel.subjects import Subject
from onedoor.network.models import Post
from onedoor.people import capacity, mandates
from onedoor.people import services as people
from onedoor.people.models import Account, Mandate, Organisation, Person
from onedoor.people.services import NewOrganisation, NewPerson
from tests.casework.desk import at_desk, text_of
from tests.casework.situations import HOUSE, INSTANT, MONDAY, PDF, City, submitted
from tests.people.factories import GOOD_PASSWORD, a_card, a_credit_code, a_phone

TODAY = local_date(MONDAY)
CHILD = a_card(50, "20151117")  # 11 on the next day
TEEN = a_card(51, "20100101")


@pytest.fixture(autouse=True)
def monday():
    with time_machine.travel(MONDAY, tick=True):
        yield


@pytest.fixture
def keeper(city: City) -> Actor:
    Post.objects.filter(code="clerk").update(duties=["people.keep_persons"])
    return replace(city.clerk, duties=frozenset({"people.keep_persons"}))


def a_person(city: City, number: int = 1) -> NewPerson:
    return NewPerson({1: "张海燕", 2: "李建国"}[number], "111", a_card(number))


def guarded(city: City, keeper: Actor) -> Person:
    people.record_guardian(
        child=NewPerson("张小燕", "111", CHILD), guardian=a_person(city), paper_id=new_id(), by=keeper, at=MONDAY
    )
    return Person.objects.get(name="张小燕")


def open_for(city: City, person: Person, *, by: Actor, at=MONDAY):
    applicant = drafts.Applicant(name=person.name, person_id=person.id)
    return drafts.open_draft(service_item_id=city.offers[INSTANT], applicant=applicant, channel="online", by=by, at=at)


def at_window(city: City, card: str):
    draft = drafts.open_draft(service_item_id=city.offers[INSTANT], applicant=None, channel="window", by=city.clerk, at=MONDAY)
    return window.name_applicant_at_window(
        application_id=draft.id, applicant=NewPerson("张小燕", "111", card), answers={}, by=city.clerk, at=MONDAY
    )


@pytest.mark.parametrize(
    ("card", "born"), [(CHILD, "2015-11-17"), ("91030019900101001X", None), (a_card(1, "20120229"), "2012-02-29")]
)
def test_birthdays_of_cards(card: str, born: str | None) -> None:
    found = birthday("111", card)
    assert (found.isoformat() if found else None) == born


def test_who_is_born_on_a_leap_day_is_of_age_on_the_first_of_march() -> None:
    assert birthday_in(birthday("111", a_card(1, "20120229")), 18).isoformat() == "2030-03-01"


def test_a_guardian_applies_for_a_child_until_it_is_of_age(city: City, keeper: Actor) -> None:
    child = guarded(city, keeper)
    assert open_for(city, child, by=city.citizen).applicant_person_id == child.id
    with pytest.raises(people.NeedsGuardian):
        open_for(city, child, by=city.other_citizen)
    assert Mandate.objects.get().last_day.isoformat() == "2033-11-16"
    of_age = MONDAY + (birthday_in(birthday("111", CHILD), 18) - TODAY)
    assert mandates.principals_of(city.citizen.person, at=of_age - timedelta(days=1))
    assert mandates.principals_of(city.citizen.person, at=of_age) == []
    with pytest.raises(NotAllowed):
        open_for(city, child, by=city.citizen, at=of_age)
    mandate = Mandate.objects.get()
    with pytest.raises(Exception, match="18"):
        people.end_mandate(mandate_id=mandate.id, by=city.citizen, at=MONDAY)


def test_a_child_does_not_apply_for_itself(city: City, keeper: Actor) -> None:
    (account,) = people.register_citizens(
        [people.NewCitizen("张小燕", "111", TEEN, a_phone(51), GOOD_PASSWORD)], by=HOUSE, at=MONDAY
    )
    teen = Actor(client="web", account=account.id, person=account.person_id)
    with pytest.raises(people.NeedsGuardian):
        open_for(city, Person.objects.get(pk=account.person_id), by=teen)
    with pytest.raises(people.NeedsGuardian):
        people.offer_mandate(
            principal=Subject("people.person", account.person_id), name="李建国", phone=a_phone(2), items=(), first_day=TODAY,
            last_day=TODAY, by=teen, at=MONDAY,
        )  # fmt: skip


def test_at_a_window_a_child_needs_an_entered_guardian_and_from_16_on_the_clerk_sees(city: City, keeper: Actor) -> None:
    with pytest.raises(people.NeedsGuardian):
        at_window(city, CHILD)
    guarded(city, keeper)
    assert at_window(city, CHILD).applicant_name == "张小燕"
    assert at_window(city, TEEN).applicant_name == "张小燕"


def test_who_is_below_14_has_no_account(city: City) -> None:
    with pytest.raises(Exception, match="14"):
        people.register_citizen(
            name="张小燕",
            identity_kind="111",
            identity=CHILD,
            phone=a_phone(52),
            password=GOOD_PASSWORD,
            by=Actor(client="web"),
            at=MONDAY,
        )
    assert not Person.objects.filter(name="张小燕").exists()


def test_a_mandate_on_paper_is_entered_at_the_window_and_ended_there(city: City, keeper: Actor) -> None:
    desk = at_desk(city.clerk)
    sent = {
        "principal_name": "张海燕", "principal_kind": "111", "principal_number": a_card(1), "proxy_name": "李建国", "proxy_kind": "111",
        "proxy_number": a_card(2), "items": "", "last_day": (TODAY + timedelta(days=9)).isoformat(),
    }  # fmt: skip
    page = "/desk/persons/mandate/"
    assert "人员与委托" in text_of(desk.get("/desk/persons/"))
    assert desk.get(page).status_code == 200
    assert "扫描件" in text_of(desk.post(page, sent)), "the paper is missing"
    assert not Mandate.objects.exists()
    assert desk.post(page, {**sent, "paper": SimpleUploadedFile("委托书.pdf", PDF)}).status_code == 302
    mandate = Mandate.objects.get()
    assert (mandate.basis, File.objects.get(pk=mandate.paper_id).loose_since) == ("paper", None)
    assert mandates.acting_for(
        city.other_citizen.person, Subject("people.person", city.citizen.person), item_code=INSTANT, at=MONDAY
    )
    again = desk.post(page, {**sent, "paper": SimpleUploadedFile("委托书.pdf", PDF)})
    assert again.status_code == 422
    assert File.objects.filter(loose_since__isnull=False).count() == 1, "the paper of what was refused is let go"

    page = "/desk/persons/end-mandate/"
    who = {"person_name": "李建国", "person_kind": "111", "person_number": a_card(2), "reason": "委托人到场收回"}
    found = desk.post(page, who)
    assert "李＊国代张＊燕" in text_of(found)
    assert desk.post(page, {**who, "mandate": str(mandate.id)}).status_code == 302
    mandate.refresh_from_db()
    assert mandate.ended_how == "window"


def test_the_case_page_says_who_filed_it_for_the_applicant(city: City, keeper: Actor) -> None:
    last = TODAY + timedelta(days=9)
    people.record_mandate(
        principal=a_person(city), proxy=a_person(city, 2), items=(), last_day=last, paper_id=new_id(), by=keeper, at=MONDAY
    )
    from tests.casework.test_mandates import handed_in

    application = handed_in(city)
    assert "由李＊国代申请人提交（窗口核验的书面委托书）" in text_of(at_desk(city.clerk).get(f"/desk/cases/{application.id}/"))
    own = submitted(city)
    assert "代申请人提交" not in text_of(at_desk(city.clerk).get(f"/desk/cases/{own.id}/"))


def test_nothing_is_done_any_more_in_the_name_of_who_has_died(city: City, keeper: Actor) -> None:
    application = submitted(city)
    people.record_mandate(
        principal=a_person(city), proxy=a_person(city, 2), items=(), last_day=TODAY, paper_id=new_id(), by=keeper, at=MONDAY
    )
    desk = at_desk(city.clerk)
    sent = {
        "person_name": "张海燕",
        "person_kind": "111",
        "person_number": a_card(1),
        "day": "2026-11-15",
        "reason": "死亡证明第7号",
    }
    assert desk.post("/desk/persons/death/", {**sent, "day": "2026-11-17"}).status_code == 422
    assert desk.post("/desk/persons/death/", sent).status_code == 302
    person = Person.objects.get(pk=city.citizen.person)
    assert person.died_day.isoformat() == "2026-11-15"
    assert not Account.objects.get(pk=city.citizen.account).is_active
    assert Mandate.objects.get().ended_how == "death"
    assert "据登记，申请人已死亡" in text_of(desk.get(f"/desk/cases/{application.id}/"))
    with pytest.raises(people.Died), transaction.atomic():
        people.find_or_create_person("张海燕", "111", a_card(1), by=city.clerk, at=MONDAY)
    with pytest.raises(people.Died):
        capacity.require_capacity([Subject("people.person", person.id)], by=city.citizen, at=MONDAY)
    entry = journal.entries_of(Subject("people.person", person.id))[0]
    assert (entry.act, "day" in entry.facts) == ("people.record_death", False)

    undo = {**sent, "reason": "本人持身份证到场"}
    assert desk.post("/desk/persons/undo-death/", undo).status_code == 302
    assert Account.objects.get(pk=city.citizen.account).is_active
    people.find_or_create_person("张海燕", "111", a_card(1), by=city.clerk, at=MONDAY)


def test_two_entries_of_one_person_become_one(city: City, keeper: Actor) -> None:
    application = submitted(city)
    kept = NewPerson("张海燕", "414", "E12345678")
    (account,) = people.register_citizens(
        [people.NewCitizen("张海燕", "414", "E12345678", a_phone(61), GOOD_PASSWORD)], by=HOUSE, at=MONDAY
    )
    new = Actor(client="web", account=account.id, person=account.person_id)
    with pytest.raises(NotFound):
        queries.application_for(actor=new, application_id=application.id, at=MONDAY)
    people.merge_persons(double=a_person(city), kept=kept, reason="两证核对为同一人", by=keeper, at=MONDAY)
    assert [row.id for row in queries.my_applications(actor=new, at=MONDAY).rows] == [application.id]
    handover.withdraw_application(application_id=application.id, reason="不办了", by=new, at=MONDAY)
    entry = journal.entries_of(Subject("casework.application", application.id))[0]
    assert "proxy" not in entry.facts, "it is the same person"
    old = Account.objects.get(pk=city.citizen.account)
    assert (old.is_active, old.phone_hash) == (False, None)
    assert people.find_or_create_person("张海燕", "111", a_card(1), by=city.clerk, at=MONDAY).id == account.person_id
    with pytest.raises(Invalid):
        people.merge_persons(double=a_person(city), kept=kept, reason="再来一次", by=keeper, at=MONDAY)


def test_who_acts_for_the_other_company_goes_on_with_the_merged_ones_applications(city: City, keeper: Actor) -> None:
    gone, goes_on = (
        people.find_or_create_organisation(name, a_credit_code(number), by=HOUSE, at=MONDAY)
        for name, number in (("海燕商贸有限公司", 7), ("港城集团有限公司", 8))
    )
    for account, organisation in ((city.citizen.account, gone), (city.other_citizen.account, goes_on)):
        people.add_members([people.NewMember(Account.objects.get(pk=account), organisation)], by=HOUSE, at=MONDAY)
    applicant = drafts.Applicant(name=gone.name, organisation_id=gone.id)
    made = drafts.open_draft(
        service_item_id=city.offers[INSTANT], applicant=applicant, channel="online", by=city.citizen, at=MONDAY
    )
    sent = {"credit_code": a_credit_code(7), "into_code": a_credit_code(8), "reason": "登记机关合并公告"}
    assert at_desk(city.clerk).post("/desk/persons/merged/", sent).status_code == 302
    assert Organisation.objects.get(pk=gone.id).merged_into_id == goes_on.id
    assert queries.application_for(actor=city.other_citizen, application_id=made.id, at=MONDAY).id == made.id
    assert [row.id for row in queries.my_applications(actor=city.other_citizen, at=MONDAY).rows] == [made.id]
    with pytest.raises(NotFound):
        queries.application_for(actor=city.citizen, application_id=made.id, at=MONDAY)
    with pytest.raises(people.WentUp):
        drafts.open_draft(
            service_item_id=city.offers[INSTANT], applicant=applicant, channel="online", by=city.other_citizen, at=MONDAY
        )
    with pytest.raises(people.WentUp):
        people.find_or_create_organisation("海燕商贸有限公司", a_credit_code(7), by=city.clerk, at=MONDAY)


def test_nobody_without_the_duty_enters_anything(city: City) -> None:
    person, organisation = a_person(city), NewOrganisation("无", a_credit_code(1))
    tries = (
        lambda: people.record_mandate(principal=organisation, proxy=person, items=(), last_day=TODAY, paper_id=new_id(), by=city.clerk, at=MONDAY),
        lambda: people.record_guardian(child=person, guardian=person, paper_id=new_id(), by=city.clerk, at=MONDAY),
        lambda: people.record_death(
            name="张海燕", identity_kind="111", identity=a_card(1), died_day=TODAY, reason="试试看", by=city.clerk, at=MONDAY),
        lambda: people.merge_persons(double=person, kept=person, reason="试试看", by=city.clerk, at=MONDAY),
        lambda: people.merge_organisations(credit_code="x", into_code="y", reason="试试看", by=city.clerk, at=MONDAY),
    )  # fmt: skip
    for each in tries:
        with pytest.raises(NotAllowed):
            each()
    refused = [each for each in journal.entries_of(Subject("people.account", city.clerk.account)) if each.act == "journal.refuse"]
    assert len(refused) == len(tries)
    assert not Mandate.objects.exists()
