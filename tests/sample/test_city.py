"""The sample city: every state is there, made through the acts, and whoever is to log in can."""

from __future__ import annotations

import json
import re
import stat

import pytest
from django.conf import settings
from django.db import connection, transaction
from django.test import Client
from django.utils import timezone

from onedoor.casework import queries as casework
from onedoor.casework import worklist
from onedoor.casework.models import Application
from onedoor.casework.states import Outcome, Status
from onedoor.catalog.models import ServiceItem
from onedoor.documents.models import Paper
from onedoor.journal import services as journal
from onedoor.journal.models import Entry
from onedoor.journal.queries import Verification
from onedoor.kernel.actor import Actor
from onedoor.kernel.identity import parse_credit_code, parse_identity
from onedoor.network import queries as network
from onedoor.network.entries import NewRegion
from onedoor.network.models import Agency, Authorisation, Site
from onedoor.network.services import create_regions
from onedoor.people.models import Organisation, Person
from onedoor.sample import accounts, mark, offices, queries, services, staff
from onedoor.sample import city as making
from onedoor.sample.models import Mark
from tests.people.test_access import app_code
from tests.sample.conftest import NOW, SMALL

ROLES = {
    "citizen", "org_user", "window_clerk", "handler", "reviewer", "approver", "dept_head", "county_clerk", "county_handler",
    "county_reviewer", "county_approver", "township_clerk", "village_agent", "center_biz", "sysadmin", "secadmin", "auditor",
}  # fmt: skip


def told():
    return json.loads((settings.ONEDOOR_DATA / accounts.FILE).read_text())


def actor_of(city, post):
    return network.actor_for(city.staff.accounts[post][0].id, at=NOW)


def test_places_and_offices_follow_the_files(city):
    assert Site.objects.count() == 1 + 4 + 1 + 2 + 4
    departments = Agency.objects.filter(level="city").exclude(department_code="").values_list("department_code", flat=True)
    assert set(departments) == {"RS", "YJ", "MZ"}
    codes = [each.credit_code for each in Agency.objects.all()]
    assert len(set(codes)) == len(codes)
    assert all(parse_credit_code(code)[2:8] == "130399" for code in codes)


def test_papers_of_two_offices_never_share_a_series():
    words = [agency.paper_word for agency in offices.agencies(making.read(making.Scale()))]
    assert len(set(words)) == len(words)
    assert all(words)


def test_every_item_is_implemented_at_its_levels(city):
    for item in city.source.items:
        agencies = ServiceItem.objects.filter(item__code=item.code).values_list("agency__level", flat=True)
        assert set(agencies) == item.levels & {"city", "county", "township"}


def test_every_status_and_every_outcome_is_there(city):
    assert set(Application.objects.values_list("status", flat=True)) == set(Status.values)
    assert set(Application.objects.values_list("outcome", flat=True)) >= {
        "", Outcome.GRANTED, Outcome.REFUSED, Outcome.NOT_ACCEPTED, Outcome.LAPSED, Outcome.WITHDRAWN,
    }  # fmt: skip
    assert {"review", "handle", "approve"} <= set(
        Application.objects.filter(status=Status.IN_REVIEW).values_list("stage", flat=True)
    )
    assert Application.objects.filter(accepted_as_deemed=True).count() == 1


def test_acts_lie_in_the_past_and_are_recorded_today(city):
    assert not Entry.objects.filter(at__gt=NOW).exists()
    assert Entry.objects.earliest("at").at == city.founded
    assert (timezone.now() - Entry.objects.earliest("recorded_at").recorded_at).total_seconds() < 600


def test_journal_of_the_sample_is_found_whole(city):
    while journal.seal(at=timezone.now()):
        pass
    assert [str(each) for each in Verification(now=timezone.now()).findings()] == []


def test_papers_are_marked_as_a_sample(city):
    assert Paper.objects.exists()
    assert not Paper.objects.filter(is_sample=False).exists()


def test_rare_names_and_cards_of_other_places_are_among_the_people(city):
    names = set(Person.objects.values_list("name", flat=True))
    assert {"李𠮷", "王㑇", "赵䶮", "孙㛃"} <= names
    for person in Person.objects.all():
        assert parse_identity(person.identity_kind, person.identity, today=NOW.date()) == person.identity
    assert {person.identity[:6] for person in Person.objects.filter(identity_kind="B11")} == {"810000"}
    assert any(code.startswith("N2") for code in Organisation.objects.values_list("credit_code", flat=True))


@pytest.mark.parametrize("role", ["HANDLE", "REVIEW", "APPROVE"])
def test_desks_of_the_demonstration_have_work(city, role):
    for agency in (offices.department_code("RS"), offices.bureau_code(city.source.counties[0])):
        rows = worklist.work_list(actor=actor_of(city, staff.post_of(agency, role)), at=NOW).rows
        assert 5 <= len(rows) <= 15


def test_windows_of_the_demonstration_have_work(city):
    for post in (staff.CLERK, staff.post_of(offices.bureau_code(city.source.counties[0]), "CLERK")):
        assert 5 <= len(worklist.work_list(actor=actor_of(city, post), at=NOW).rows) <= 15
    agent = staff.post_of(offices.township_code(city.source.townships[0]), "AGENT")
    assert worklist.work_list(actor=actor_of(city, agent), at=NOW).rows


def test_citizen_of_the_demonstration_sees_one_of_each(city):
    role = queries.account_of_role("citizen")
    mine = casework.my_applications(actor=Actor(client="web", account=role.id, person=role.person_id), at=NOW).rows
    assert {each.status for each in mine} >= {Status.DRAFT, Status.CORRECTING, Status.IN_REVIEW}
    assert {each.outcome for each in mine} >= {Outcome.GRANTED, Outcome.REFUSED}


def test_nobody_approves_what_he_handled(city):
    handler = city.staff.accounts[staff.post_of(offices.department_code("RS"), "HANDLE")][0]
    assert not Authorisation.objects.filter(post__postings__account=handler, stage="approve").exists()


def test_accounts_are_told_to_the_owner_of_the_installation_only(city):
    assert {each["role"] for each in told()} == ROLES
    assert stat.S_IMODE((settings.ONEDOOR_DATA / accounts.FILE).stat().st_mode) == 0o600
    assert len({each["password"] for each in told()}) == len(ROLES)


def test_everybody_who_is_told_logs_in_by_the_real_form(city):
    for each in told():
        client = Client()
        as_staff = "?as=staff" if "totp" in each else ""
        response = client.post(f"/accounts/login/{as_staff}", {"login": each["username"], "password": each["password"]})
        assert response.status_code == 302, each["role"]
        if "totp" in each:
            assert response.url.startswith("/accounts/login/factor/")
            response = client.post("/accounts/login/factor/", {"code": app_code(each["totp"])})
            assert response.status_code == 302, each["role"]
            assert client.get("/desk/", follow=True).status_code == 200
        else:
            assert client.get("/my/").status_code == 200


def test_second_city_is_refused(city):
    with pytest.raises(services.HoldsData):
        making.build(lambda _text: None, scale=SMALL, now=NOW)


@pytest.mark.django_db
def test_city_is_refused_where_somebody_has_worked():
    create_regions([NewRegion("130300000000", "秦皇岛市", "city")], by=making.HOUSE, at=NOW)
    with pytest.raises(services.HoldsData):
        making.build(lambda _text: None, scale=SMALL, now=NOW)
    assert not Mark.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_city_whose_making_was_interrupted_is_made_anew():
    services.begin_city(at=NOW)
    with transaction.atomic():
        create_regions([NewRegion("130300000000", "秦皇岛市", "city")], by=making.HOUSE, at=NOW)
    services.clear_half_built()
    assert not queries.holds_data()
    assert not Mark.objects.exists()


@pytest.mark.django_db
def test_page_of_the_demonstration_is_absent_without_the_mark(client):
    assert client.get("/demo/").status_code == 404
    assert client.post("/demo/enter/citizen/").status_code == 404
    assert "/demo/" not in client.get("/").content.decode()


def test_finished_mark_is_seen_before_django_is_loaded(city):
    connection.ensure_connection()
    assert mark.is_set(connection.connection)


def test_page_of_the_demonstration_lets_step_into_every_role(city):
    client = Client()
    page = client.get("/demo/").content.decode()
    assert set(re.findall(r'action="/demo/enter/(\w+)/"', page)) == ROLES
    assert "style=" not in page
    for role in sorted(ROLES):
        response = client.post(f"/demo/enter/{role}/")
        assert response.status_code == 302
        assert client.get(response.url, follow=True).status_code == 200, role
    assert client.post("/demo/enter/mayor/").status_code == 404


def test_step_into_a_role_asks_for_the_token(city):
    assert Client(enforce_csrf_checks=True).post("/demo/enter/citizen/").status_code == 403


def test_every_page_bears_the_mark(city):
    client = Client()
    for path in ("/", "/items/", "/departments/", "/demo/"):
        assert 'class="sample"' in client.get(path).content.decode(), path
