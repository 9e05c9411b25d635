"""Acting for somebody else: offered, agreed to, shown on every page, checked at every act, ended by either side."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, timedelta
from uuid import UUID

import pytest
import time_machine
from django.db import IntegrityError, connection
from django.test import Client
from django.urls import reverse

from onedoor.casework import queries
from onedoor.casework.models import Application
from onedoor.casework.services import drafts, handover, submission, talking
from onedoor.journal import queries as journal
from onedoor.kernel.clock import local_date
from onedoor.kernel.errors import AlreadyDone, Invalid, NotAllowed, NotFound, Refused, TooManyTries, WrongState
from onedoor.kernel.subjects import Subject
from onedoor.notify.models import Message
from onedoor.people import mandates
from onedoor.people import services as people
from onedoor.people.models import Account, Mandate
from onedoor.people.services.mandates import OFFERS_A_DAY
from onedoor.sample.answers import sample_answers
from tests.casework.desk import text_of
from tests.casework.situations import COMMITMENT, HOUSE, INSTANT, MONDAY, City, with_papers
from tests.people.factories import a_credit_code, a_phone
from tests.people.test_pages import step_in

TODAY = local_date(MONDAY)
LAST = TODAY + timedelta(days=30)
LIST, NEW = "/my/mandates/", "/my/mandates/new/"


@pytest.fixture(autouse=True)
def monday():
    with time_machine.travel(MONDAY, tick=True):
        yield


def offered(
    city: City, *, items: Sequence[str] = (), first: date = TODAY, last: date = LAST, name: str = "李建国", phone: int = 2
) -> UUID:
    return people.offer_mandate(
        principal=Subject("people.person", city.citizen.person), name=name, phone=a_phone(phone), items=items, first_day=first,
        last_day=last, by=city.citizen, at=MONDAY,
    )  # fmt: skip


def given(city: City, **how) -> UUID:
    mandate = offered(city, **how)
    people.accept_mandate(mandate_id=mandate, by=city.other_citizen, at=MONDAY)
    return mandate


def begun(city: City, code: str = INSTANT, at=MONDAY) -> Application:
    applicant = drafts.Applicant(name="张海燕", person_id=city.citizen.person)
    return drafts.open_draft(service_item_id=city.offers[code], applicant=applicant, channel="online", by=city.other_citizen, at=at)


def handed_in(city: City) -> Application:
    draft = begun(city)
    form = queries.catalog.version_form(draft.version_id)
    answers = sample_answers(form, today=TODAY, region="130302000000", file_for=lambda field: "")
    drafts.save_answers(application_id=draft.id, answers=answers, by=city.other_citizen, at=MONDAY)
    with_papers(draft, by=city.other_citizen)
    return submission.submit_application(application_id=draft.id, by=city.other_citizen, at=MONDAY)


def browser(city: City, who: str) -> Client:
    client = Client()
    step_in(client, Account.objects.get(pk=getattr(city, who).account))
    return client


def test_both_agree_in_the_browser_and_the_proxy_applies(city: City) -> None:
    principal, proxy = browser(city, "citizen"), browser(city, "other_citizen")
    assert principal.get(NEW).status_code == 200
    sent = {
        "principal": f"people.person:{city.citizen.person}", "name": "李建国", "phone": a_phone(2), "scope": "named",
        "last_day": LAST.isoformat(), "agreed": "on", "q": "食品经营",
    }  # fmt: skip
    found = principal.post(NEW, {**sent, "find": "1"})
    assert f'value="{COMMITMENT}"' in found.content.decode()
    assert "李建国" in found.content.decode(), "what was typed stays while items are looked for"
    assert principal.post(NEW, sent).status_code == 422
    assert principal.post(NEW, {**sent, "item": COMMITMENT})["Location"] == LIST
    mandate = Mandate.objects.get()
    assert (mandate.items, mandate.proxy_id) == ([COMMITMENT], None)
    assert Message.objects.filter(template="people.mandate_offered", channel="sms").count() == 1

    assert "张＊燕请您代办" in text_of(proxy.get(LIST))
    page = reverse("casework:mandate", args=[mandate.id])
    assert proxy.post(page, {"accept": "1"})["Location"] == LIST
    assert Message.objects.filter(template="people.mandate_accepted", account_id=city.citizen.account, channel="inbox").exists()
    start = reverse("casework:start", args=[COMMITMENT])
    assert "张海燕" in text_of(proxy.get(start))
    begun_at = proxy.post(
        start, {"applicant": f"people.person:{city.citizen.person}", "service_item": str(city.offers[COMMITMENT])}
    )
    assert "您正在代 张海燕 办理" in text_of(proxy.get(begun_at["Location"]))
    application = Application.objects.get()
    question = reverse("casework:ask", args=[application.id, "applicant_name"])
    for name in (question, reverse("casework:papers", args=[application.id]), reverse("casework:check", args=[application.id])):
        page_of_it = proxy.get(name)
        assert page_of_it.status_code == 302 or "您正在代 张海燕 办理" in text_of(page_of_it), name
    assert "张海燕" not in text_of(proxy.get(reverse("casework:start", args=[INSTANT]))), "the mandate is for one item only"


def test_what_the_proxy_does_is_recorded_for_the_applicant(city: City) -> None:
    given(city)
    application = handed_in(city)
    entries = journal.entries_of(Subject("casework.application", application.id))
    submitted = next(each for each in entries if each.act == "casework.submit")
    assert submitted.facts["proxy"] is True
    assert submitted.actor == "代办人（代申请人）"
    assert submitted.id in {each.id for each in journal.entries_on_behalf_of(city.citizen.person)}
    assert [row.id for row in queries.my_applications(actor=city.citizen, at=MONDAY).rows] == [application.id]
    assert [row.id for row in queries.my_applications(actor=city.other_citizen, at=MONDAY).rows] == [application.id]


def test_without_a_mandate_for_this_item_and_day_nobody_begins(city: City) -> None:
    for before in (None, lambda: offered(city), lambda: given(city, items=[COMMITMENT], last=LAST + timedelta(days=1))):
        if before:
            before()
        with pytest.raises(NotAllowed):
            begun(city)
    given(city, first=TODAY + timedelta(days=3))
    with pytest.raises(NotAllowed):
        begun(city)
    assert begun(city, at=MONDAY + timedelta(days=3)).applicant_person_id == city.citizen.person
    with pytest.raises(NotAllowed):
        begun(city, at=MONDAY + timedelta(days=31))


@pytest.mark.parametrize("who", ["citizen", "other_citizen"])
def test_after_the_end_the_proxy_reaches_nothing_any_more(city: City, who: str) -> None:
    mandate = given(city)
    draft, application = begun(city), handed_in(city)
    people.end_mandate(mandate_id=mandate, by=getattr(city, who), at=MONDAY)
    acts = (
        lambda by: drafts.save_answers(application_id=draft.id, answers={"x": "y"}, by=by, at=MONDAY),
        lambda by: submission.submit_application(application_id=draft.id, by=by, at=MONDAY),
        lambda by: talking.write_message(application_id=application.id, text="请问", by=by, at=MONDAY),
        lambda by: handover.withdraw_application(application_id=application.id, reason="不办了", by=by, at=MONDAY),
    )
    for act in acts:
        with pytest.raises(NotAllowed):
            act(city.other_citizen)
    with pytest.raises(NotFound):
        queries.application_for(actor=city.other_citizen, application_id=application.id, at=MONDAY)
    assert queries.my_applications(actor=city.other_citizen, at=MONDAY).rows == []
    handover.withdraw_application(application_id=application.id, reason="不办了", by=city.citizen, at=MONDAY)
    told = Message.objects.get(template="people.mandate_ended", channel="inbox")
    assert told.account_id == (city.other_citizen if who == "citizen" else city.citizen).account
    with pytest.raises(AlreadyDone):
        people.end_mandate(mandate_id=mandate, by=city.citizen, at=MONDAY)


def test_only_who_was_meant_agrees(city: City) -> None:
    wrong_name, wrong_phone = offered(city, name="李建"), offered(city, phone=77)
    for mandate in (wrong_name, wrong_phone):
        with pytest.raises(NotFound):
            people.accept_mandate(mandate_id=mandate, by=city.other_citizen, at=MONDAY)
        with pytest.raises(NotFound):
            mandates.mandate_of(city.other_citizen.account, mandate, at=MONDAY)
    assert mandates.mandates_of(city.other_citizen.account, at=MONDAY).offers == []
    declined = offered(city)
    people.end_mandate(mandate_id=declined, by=city.other_citizen, at=MONDAY)
    with pytest.raises(WrongState):
        people.accept_mandate(mandate_id=declined, by=city.other_citizen, at=MONDAY)
    assert Mandate.objects.get(pk=declined).ended_how == "declined"


def test_an_offer_says_nothing_about_who_has_an_account(city: City) -> None:
    known, unknown = offered(city), offered(city, phone=78)
    views = [mandates.mandate_of(city.citizen.account, each, at=MONDAY) for each in (known, unknown)]
    assert [view.state for view in views] == ["offered", "offered"]
    assert Message.objects.filter(template="people.mandate_offered", channel="sms").count() == 2


@pytest.mark.parametrize(
    ("how", "field"),
    [
        ({"last": TODAY - timedelta(days=1)}, "last_day"),
        ({"first": TODAY - timedelta(days=1)}, "last_day"),
        ({"last": TODAY + timedelta(days=366)}, "last_day"),
        ({"phone": 1}, "phone"),
        ({"items": [f"x{number}" for number in range(21)]}, "items"),
    ],
)
def test_what_cannot_be_offered(city: City, how: dict, field: str) -> None:
    with pytest.raises(Invalid) as refused:
        offered(city, **how)
    assert set(refused.value.errors) == {field}
    assert not Mandate.objects.exists()


def test_nobody_offers_in_the_name_of_others(city: City) -> None:
    with pytest.raises(NotAllowed):
        people.offer_mandate(
            principal=Subject("people.person", city.other_citizen.person), name="李建国", phone=a_phone(2), items=(),
            first_day=TODAY, last_day=LAST, by=city.citizen, at=MONDAY,
        )  # fmt: skip


def test_a_day_takes_so_many_offers_and_no_more(city: City) -> None:
    for _each in range(OFFERS_A_DAY):
        offered(city)
    with pytest.raises(TooManyTries):
        offered(city)


def test_the_head_of_an_organisation_lets_somebody_act_for_it(city: City) -> None:
    shop = people.find_or_create_organisation("海燕商贸有限公司", a_credit_code(7), "张海燕", by=HOUSE, at=MONDAY)
    account = Account.objects.get(pk=city.citizen.account)
    people.add_members([people.NewMember(account, shop, people.REPRESENTATIVE)], by=HOUSE, at=MONDAY)
    subject = Subject("people.organisation", shop.id)
    mandate = people.offer_mandate(
        principal=subject, name="李建国", phone=a_phone(2), items=(), first_day=TODAY, last_day=LAST, by=city.citizen, at=MONDAY
    )
    people.accept_mandate(mandate_id=mandate, by=city.other_citizen, at=MONDAY)
    applicant = drafts.Applicant(name=shop.name, organisation_id=shop.id)
    made = drafts.open_draft(
        service_item_id=city.offers[INSTANT], applicant=applicant, channel="online", by=city.other_citizen, at=MONDAY
    )
    entry = journal.entries_of(Subject("casework.application", made.id))[0]
    assert entry.facts["proxy"] is True
    with pytest.raises(NotAllowed):
        people.offer_mandate(
            principal=subject,
            name="王芳",
            phone=a_phone(3),
            items=(),
            first_day=TODAY,
            last_day=LAST,
            by=city.other_citizen,
            at=MONDAY,
        )


def test_two_mandates_of_one_pair_and_scope_share_no_day(city: City) -> None:
    given(city)
    again = offered(city, first=LAST, last=LAST + timedelta(days=5))
    with pytest.raises(people.Overlaps):
        people.accept_mandate(mandate_id=again, by=city.other_citizen, at=MONDAY)
    given(city, items=[COMMITMENT])
    given(city, first=LAST + timedelta(days=1), last=LAST + timedelta(days=5))
    first = Mandate.objects.order_by("pk")[0]
    with pytest.raises(IntegrityError):
        Mandate.objects.filter(pk=first.pk).update(last_day=LAST + timedelta(days=1))


@contextmanager
def without_the_trigger() -> Iterator[None]:
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE people_mandate DISABLE TRIGGER people_mandate_no_overlap")
        try:
            yield
        finally:
            cursor.execute("ALTER TABLE people_mandate ENABLE TRIGGER people_mandate_no_overlap")


def accepted_at_once(city: City, both: Sequence[UUID]) -> int:
    ready, won = threading.Barrier(2), []

    def accept(mandate: UUID) -> None:
        try:
            ready.wait(timeout=30)
            people.accept_mandate(mandate_id=mandate, by=city.other_citizen, at=MONDAY)
            won.append(mandate)
        except Refused:
            pass
        finally:
            connection.close()

    threads = [threading.Thread(target=accept, args=[each]) for each in both]
    for each in threads:
        each.start()
    for each in threads:
        each.join(timeout=60)
    return len(won)


@pytest.mark.django_db(transaction=True)
def test_two_offers_agreed_to_at_once_give_one_mandate(furnished: City) -> None:
    assert accepted_at_once(furnished, [offered(furnished), offered(furnished)]) == 1
    Mandate.objects.filter(accepted_at__isnull=False).update(ended_at=MONDAY, ended_how="withdrawn")
    with without_the_trigger():
        assert accepted_at_once(furnished, [offered(furnished), offered(furnished)]) == 2, (
            "the control: without the trigger both count"
        )
        Mandate.objects.update(ended_at=MONDAY, ended_how="withdrawn")
