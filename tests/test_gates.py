"""Who gets in where: every address of the project, by method and role. A new address has to take its place in the table.

A letter for each role says what happens: ``+`` is let in (the page, or an answer about what was sent), ``L`` is asked to log in,
``-`` is refused (403), ``0`` finds nothing there (404), ``T`` is asked for a token (401).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from copy import copy
from dataclasses import dataclass
from functools import cache
from typing import Any
from uuid import UUID

import pytest
import time_machine
from django.db import connection, transaction
from django.http import HttpRequest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from onedoor.casework import requests
from onedoor.casework.services import drafts
from onedoor.catalog.services import editing
from onedoor.documents import access, queries
from onedoor.journal import queries as journal
from onedoor.kernel.clock import local_date
from onedoor.kernel.subjects import Subject
from onedoor.network import entries
from onedoor.network import services as network
from onedoor.people import services as people
from onedoor.people.models import Account
from onedoor.people.states import Scope
from tests.casework.situations import COMMITMENT, HOUSE, MONDAY, City, a_draft, submitted, with_papers
from tests.people.factories import GOOD_PASSWORD, a_card, a_credit_code, a_phone
from tests.people.test_pages import step_in

pytestmark = pytest.mark.django_db
ROLES = (
    "nobody",
    "client",
    "owner",
    "other citizen",
    "organisation",
    "clerk",
    "reviewer",
    "approver",
    "stranger",
    "centre",
    "administrator",
    "auditor",
)
OPEN = "++++++++++++"  # everybody
ACCOUNT = "LL++++++++++"  # whoever logged in
CITIZEN = "LL+++-------"  # whoever logged in for themselves
OWNER = "LL+00-------"  # the one whose application it is
STAFF = "LL---+++++++"  # whoever holds a post
WORKERS = "LL---+++0000"  # posts that work on the item
INTAKE = "LL---+000000"  # the clerk who began it
NOTHING = "000000000000"  # nobody; there is nothing
TOKEN = "T+TTTTTTTTTT"  # another system by its token
ITS_OWN = "T0TTTTTTTTTT"  # another system by its token, and only what it filed
ADMIN = "LL--------+-"  # the duty of keeping accounts
CENTRE = "LL-------+--"  # the duty that the centre has
NO_SUCH = "LL-------0--"  # the centre, which asks for what is not there
AUDITOR = "LL---------+"  # the duty of auditing
TABLE: dict[str, tuple[str, str]] = {  # who gets in with GET, and with POST
    "": (OPEN, OPEN),
    "-/elder": (OPEN, OPEN),
    "-/language": (OPEN, OPEN),
    "accessibility/": (OPEN, OPEN),
    "accounts/factor/": (ACCOUNT, ACCOUNT),
    "accounts/login/": (OPEN, OPEN),
    "accounts/login/code/": (OPEN, OPEN),
    "accounts/login/code/enter/": (OPEN, OPEN),
    "accounts/login/factor/": (OPEN, OPEN),
    "accounts/logout/": (OPEN, OPEN),
    "accounts/password/": (ACCOUNT, ACCOUNT),
    "accounts/recovery-codes/": (ACCOUNT, ACCOUNT),
    "accounts/register/": (OPEN, OPEN),
    "accounts/register/code/": (OPEN, OPEN),
    "accounts/register/identity/": (OPEN, OPEN),
    "accounts/register/password/": (OPEN, OPEN),
    "accounts/reset/": (OPEN, OPEN),
    "accounts/reset/password/": (OPEN, OPEN),
    "api/v1/": (NOTHING, NOTHING),
    "api/v1/applications": (TOKEN, TOKEN),
    "api/v1/applications/<reference>": (ITS_OWN, OPEN),
    "api/v1/applications/<reference>/correction": (OPEN, TOKEN),
    "api/v1/applications/<reference>/materials": (ITS_OWN, OPEN),
    "api/v1/applications/<reference>/papers": (ITS_OWN, OPEN),
    "api/v1/applications/<reference>/withdrawal": (OPEN, TOKEN),
    "api/v1/files": (OPEN, TOKEN),
    "api/v1/guides/<code>": (OPEN, OPEN),
    "api/v1/items": (OPEN, OPEN),
    "api/v1/items/<code>/service-items": (OPEN, OPEN),
    "api/v1/openapi.json": (OPEN, OPEN),
    "api/v1/papers/<paper_id>": (ITS_OWN, OPEN),
    "api/v1/tracking/<reference>": (OPEN, OPEN),
    "apply/<str:code>/": (CITIZEN, CITIZEN),
    "apply/d/<uuid:draft_id>/": (OWNER, CITIZEN),
    "apply/d/<uuid:draft_id>/check/": (OWNER, OWNER),
    "apply/d/<uuid:draft_id>/done/": (OWNER, CITIZEN),
    "apply/d/<uuid:draft_id>/papers/": (OWNER, CITIZEN),
    "apply/d/<uuid:draft_id>/papers/<str:key>/<uuid:file_id>/move/": (CITIZEN, OWNER),
    "apply/d/<uuid:draft_id>/papers/<str:key>/<uuid:file_id>/remove/": (CITIZEN, OWNER),
    "apply/d/<uuid:draft_id>/papers/<str:key>/add/": (CITIZEN, OWNER),
    "apply/d/<uuid:draft_id>/q/<str:key>/": (OWNER, OWNER),
    "demo/": (NOTHING, OPEN),
    "demo/enter/<slug:role>/": (OPEN, NOTHING),
    "departments/": (OPEN, OPEN),
    "departments/<str:code>/": (OPEN, OPEN),
    "desk/": (STAFF, STAFF),
    "desk/accounts/": (ADMIN, ADMIN),
    "desk/accounts/<uuid:account_id>/": (ADMIN, ADMIN),
    "desk/accounts/<uuid:account_id>/<slug:act>/": (ADMIN, ADMIN),
    "desk/accounts/new/": (ADMIN, ADMIN),
    "desk/authorisations/": (CENTRE, CENTRE),
    "desk/audit/": (AUDITOR, AUDITOR),
    "desk/calendar/": (STAFF, STAFF),
    "desk/calendar/<int:year>/": (STAFF, STAFF),
    "desk/calendar/notice/": (CENTRE, CENTRE),
    "desk/cases/<uuid:case_id>/": (WORKERS, STAFF),
    "desk/cases/<uuid:case_id>/accept/": (STAFF, "LL---+--0000"),
    "desk/cases/<uuid:case_id>/bring/": (WORKERS, WORKERS),
    "desk/cases/<uuid:case_id>/check/": (STAFF, "LL---+------"),
    "desk/cases/<uuid:case_id>/close/": (STAFF, "LL---+------"),
    "desk/cases/<uuid:case_id>/deliver/": (STAFF, "LL---+------"),
    "desk/cases/<uuid:case_id>/entry-error/": (WORKERS, WORKERS),
    "desk/cases/<uuid:case_id>/fill/": (WORKERS, WORKERS),
    "desk/cases/<uuid:case_id>/grant/": (STAFF, "LL-----+----"),
    "desk/cases/<uuid:case_id>/messages/": (STAFF, WORKERS),
    "desk/cases/<uuid:case_id>/not-accept/": (WORKERS, WORKERS),
    "desk/cases/<uuid:case_id>/notice/": (WORKERS, WORKERS),
    "desk/cases/<uuid:case_id>/original/": (STAFF, "LL---0000000"),  # the file is no identity paper
    "desk/cases/<uuid:case_id>/pass/": (STAFF, "LL---+------"),
    "desk/cases/<uuid:case_id>/preview/": (WORKERS, STAFF),
    "desk/cases/<uuid:case_id>/receive/": (STAFF, "LL---+--0000"),
    "desk/cases/<uuid:case_id>/refuse/": (WORKERS, WORKERS),
    "desk/cases/<uuid:case_id>/special/": (WORKERS, "LL---+------"),
    "desk/cases/<uuid:case_id>/special/decide/": (WORKERS, "LL-----+----"),
    "desk/cases/<uuid:case_id>/special/end/": (WORKERS, WORKERS),
    "desk/cases/<uuid:case_id>/extension/": (WORKERS, "LL---+------"),
    "desk/cases/<uuid:case_id>/extension/decide/": (WORKERS, "LL----------"),
    "desk/cases/<uuid:case_id>/consult/": (WORKERS, "LL---+------"),
    "desk/cases/<uuid:case_id>/consult/<uuid:consultation_id>/recall/": (STAFF, "LL---+------"),
    "desk/opinions/": ("LL---+++----", STAFF),
    "desk/opinions/<uuid:consultation_id>/": ("LL---0000000", "LL---0000000"),
    "desk/to-decide/": (STAFF, STAFF),
    "desk/special-kinds/": (CENTRE, CENTRE),
    "desk/special-kinds/<uuid:kind_id>/": (CENTRE, CENTRE),
    "desk/cases/<uuid:case_id>/return/": (WORKERS, WORKERS),
    "desk/cases/<uuid:case_id>/take/": (STAFF, "LL---+------"),
    "desk/cases/<uuid:case_id>/tolerate/": (WORKERS, WORKERS),
    "desk/cases/<uuid:case_id>/void/": (WORKERS, WORKERS),
    "desk/cases/<uuid:case_id>/unmask/": (STAFF, "LL------0000"),
    "desk/clients/": (CENTRE, CENTRE),
    "desk/clients/<uuid:client_id>/": (CENTRE, CENTRE),
    "desk/clients/new/": (CENTRE, CENTRE),
    "desk/catalog/": (CENTRE, STAFF),
    "desk/catalog/<str:code>/": (CENTRE, STAFF),
    "desk/catalog/<str:code>/act/<slug:act>/": (STAFF, "LL-------0--"),  # no version is coming
    "desk/catalog/<str:code>/begin/": (STAFF, CENTRE),
    "desk/catalog/<str:code>/offices/": (CENTRE, CENTRE),
    "desk/catalog/<str:code>/compare/": (CENTRE, STAFF),
    "desk/catalog/changes/": (CENTRE, CENTRE),
    "desk/catalog/changes/<uuid:change_id>/revoke/": (STAFF, "LL-------0--"),
    "desk/catalog/health/": (CENTRE, STAFF),
    "desk/catalog/review/": (CENTRE, STAFF),
    "desk/catalog/<str:code>/draft/<str:key>/": ("LL-------0--", "LL-------0--"),  # the key is no part
    "desk/catalog/exchange/": (CENTRE, CENTRE),
    "desk/catalog/exchange/<uuid:run_id>/": ("LL-------0--", CENTRE),
    "desk/catalog/exchange/<uuid:run_id>/file/": ("LL-------0--", CENTRE),
    "desk/catalog/exchange/<uuid:run_id>/take-over/": (CENTRE, "LL-------0--"),
    "desk/catalog/exchange/<uuid:run_id>/decide/": (CENTRE, "LL-------0--"),
    "desk/catalog/new/": (CENTRE, CENTRE),
    "desk/catalog/<str:code>/draft/condition/<str:kind>/<str:key>/": (CENTRE, CENTRE),
    "desk/catalog/<str:code>/draft/files/<str:key>/": (NO_SUCH, NO_SUCH),  # the key is no paper
    "desk/catalog/<str:code>/draft/form/": (CENTRE, NO_SUCH),
    "desk/catalog/<str:code>/draft/form/field/<str:key>/": (CENTRE, CENTRE),
    "desk/catalog/<str:code>/draft/form/field/<str:key>/<str:column_key>/": (NO_SUCH, NO_SUCH),
    "desk/catalog/<str:code>/draft/form/paper/": (CENTRE, STAFF),
    "desk/catalog/<str:code>/draft/form/preview/": (CENTRE, STAFF),
    "desk/catalog/<str:code>/draft/form/remove/<str:kind>/<str:key>/": (CENTRE, CENTRE),
    "desk/catalog/<str:code>/draft/form/section/<str:key>/": (CENTRE, CENTRE),
    "desk/catalog/words/": (CENTRE, CENTRE),
    "desk/catalog/words/<uuid:synonym>/": (NO_SUCH, NO_SUCH),
    "desk/catalog/words/<uuid:synonym>/remove/": (CENTRE, NO_SUCH),
    "desk/catalog/words/searches/": (CENTRE, CENTRE),
    "desk/intake/": (STAFF, STAFF),
    "desk/intake/<uuid:draft_id>/": (INTAKE, INTAKE),
    "desk/intake/<uuid:draft_id>/accept/": (STAFF, INTAKE),
    "desk/intake/<uuid:draft_id>/asked/": (STAFF, INTAKE),
    "desk/intake/<uuid:draft_id>/done/": (INTAKE, STAFF),
    "desk/intake/<uuid:draft_id>/finish/": (STAFF, INTAKE),
    "desk/intake/<uuid:draft_id>/notice/": (STAFF, INTAKE),
    "desk/intake/<uuid:draft_id>/papers-follow/": (STAFF, INTAKE),
    "desk/intake/<uuid:draft_id>/pass-on/": (STAFF, INTAKE),
    "desk/messages/": (STAFF, STAFF),
    "desk/papers/": (CENTRE, CENTRE),
    "desk/persons/": ("LL----------", "LL----------"),
    "desk/persons/<slug:kind>/": ("LL----------", "LL----------"),
    "desk/postings/": (CENTRE, CENTRE),
    "desk/postings/<uuid:account_id>/": (CENTRE, CENTRE),
    "desk/postings/<uuid:account_id>/end/<uuid:posting_id>/": (CENTRE, CENTRE),
    "desk/posts/": (STAFF, "LL---0000000"),
    "desk/qr/": (STAFF, STAFF),
    "desk/search/": (STAFF, STAFF),
    "desk/unmask/<slug:kind>/<uuid:subject_id>/<slug:field>/": ("LL---0000000", "LL----------"),
    "desk/work/": (STAFF, STAFF),
    "figures/": (OPEN, OPEN),
    "files/bound/<str:token>/": (NOTHING, OPEN),
    "files/<str:token>/": ("00+000000000", OPEN),
    "healthz": (OPEN, OPEN),
    "items/": (OPEN, OPEN),
    "items/<str:code>/form/": (OPEN, OPEN),
    "items/<str:code>/": (OPEN, OPEN),
    "items/<str:code>/files/<uuid:file_id>/": (NOTHING, OPEN),
    "items/suggest": (OPEN, OPEN),
    "journal/": (OPEN, OPEN),
    "journal/entries/<uuid:entry_id>/": (OPEN, OPEN),
    "journal/entries/<uuid:entry_id>/proof.json": (NOTHING, OPEN),
    "journal/roots.txt": (OPEN, OPEN),
    "my/": (CITIZEN, CITIZEN),
    "my/account/": (ACCOUNT, ACCOUNT),
    "my/account/email/": (CITIZEN, CITIZEN),
    "my/account/email/code/": (CITIZEN, CITIZEN),
    "my/account/news/": (CITIZEN, CITIZEN),
    "my/account/phone/": (CITIZEN, CITIZEN),
    "my/account/phone/code/": (CITIZEN, CITIZEN),
    "my/applications/<uuid:draft_id>/": (OWNER, CITIZEN),
    "my/applications/<uuid:draft_id>/collect/": (CITIZEN, OWNER),
    "my/applications/<uuid:draft_id>/correct/": (OWNER, OWNER),
    "my/applications/<uuid:draft_id>/fill/": (OWNER, OWNER),
    "my/applications/<uuid:draft_id>/messages/": (OWNER, OWNER),
    "my/applications/<uuid:draft_id>/promise/": (OWNER, OWNER),
    "my/applications/<uuid:draft_id>/withdraw/": (OWNER, OWNER),
    "my/data/": (ACCOUNT, ACCOUNT),
    "my/data/close/": (CITIZEN, CITIZEN),
    "my/data/export/": (CITIZEN, CITIZEN),
    "my/mandates/": (CITIZEN, CITIZEN),
    "my/mandates/<uuid:mandate_id>/": ("LL+00-------", "LL+00-------"),
    "my/mandates/new/": (CITIZEN, CITIZEN),
    "my/messages/": (ACCOUNT, ACCOUNT),
    "my/organisations/": (CITIZEN, CITIZEN),
    "my/organisations/<uuid:organisation_id>/": ("LL00+-------", CITIZEN),
    "my/organisations/<uuid:organisation_id>/add/": ("LL00--------", "LL00--------"),
    "my/organisations/<uuid:organisation_id>/add/code/": (CITIZEN, CITIZEN),
    "my/organisations/<uuid:organisation_id>/end/<uuid:account_id>/": ("LL00--------", "LL00--------"),
    "my/organisations/register/": (CITIZEN, CITIZEN),
    "papers/<uuid:paper_id>/": ("00+00+++0000", OPEN),
    "papers/of/<str:kind>/<uuid:subject_id>/": ("00+00+++0000", OPEN),
    "q/<str:code>": (NOTHING, OPEN),
    "readyz": (OPEN, OPEN),
    "region/": (OPEN, OPEN),
    "sites/<str:code>/": (OPEN, OPEN),
    "sites/<str:code>/windows/<str:number>/": (OPEN, OPEN),
    "track/": (OPEN, OPEN),
    "verify/": (OPEN, OPEN),
    "verify/<str:code>": (OPEN, OPEN),
    "verify/<str:code>/": (OPEN, OPEN),
    "verify/ca.crt": (OPEN, OPEN),
}


def patterns(resolver: URLResolver | None = None, before: str = "") -> Iterator[str]:
    """Walk the resolver and return every address as it is written."""
    for each in (resolver or get_resolver()).url_patterns:
        address = before + str(each.pattern)
        if isinstance(each, URLPattern):
            yield address
        else:
            yield from patterns(each, address)


@dataclass
class Ground:
    """The city with one application, one draft, one intake, and somebody for each role."""

    accounts: dict[str, UUID]
    token: str
    arguments: dict[str, str]

    def client(self, role: str, **how: Any) -> Client:
        client = Client(**how)
        if role == "client":
            client.defaults["HTTP_AUTHORIZATION"] = f"Bearer {self.token}"
        elif role != "nobody":
            step_in(client, Account.objects.get(pk=self.accounts[role]))
        return client

    def address(self, pattern: str) -> str:
        """Fill in the arguments of an address: the owner's application, draft and files, the clerk's intake."""
        filled = dict(self.arguments)
        if pattern.startswith(("apply/", "desk/intake/")):
            filled["draft_id"] = filled["intake" if pattern.startswith("desk/") else "draft"]
        if pattern.startswith(("desk/accounts/", "desk/postings/")):
            filled["account_id"] = str(self.accounts["clerk"])
        if pattern.startswith("desk/catalog/"):
            filled |= {
                "change_id": filled["case_id"],
                "kind": "field",
                "column_key": "c1",
                "key": "applicant" if "/section/" in pattern else "area",
            }
        if pattern.startswith("desk/persons/"):
            filled["kind"] = "death"
        if pattern.startswith("verify/"):
            filled["code"] = filled["paper_code"]
        if pattern.startswith("q/"):
            filled["code"] = "no-such"
        if pattern.startswith(("departments/", "sites/")):
            filled["code"] = "SP" if pattern.startswith("departments/") else "QHD-C-0001"
        if pattern.startswith(("desk/unmask/", "papers/of/")):
            filled["kind"] = "person" if pattern.startswith("desk/") else "casework.application"
            filled["subject_id"] = filled["person" if pattern.startswith("desk/") else "case_id"]
        return "/" + re.sub(r"<(?:\w+:)?(\w+)>", lambda found: filled[found[1]], pattern)


@pytest.fixture(scope="module")
def laid(furnished: City, django_db_blocker: Any) -> Iterator[Ground]:
    """Lay the ground once, in a transaction around those of the tests."""
    around = transaction.atomic()
    around._from_testcase = True  # acts are durable
    with django_db_blocker.unblock(), time_machine.travel(MONDAY):
        around.__enter__()
        laid = _lay(furnished)
    yield laid
    with django_db_blocker.unblock():
        transaction.set_rollback(True)
        around.__exit__(None, None, None)


@pytest.fixture(autouse=True)
def ground(laid: Ground, db: None) -> Iterator[Ground]:
    with time_machine.travel(MONDAY):
        yield laid


def _lay(city: City) -> Ground:
    application = submitted(city)
    draft = with_papers(a_draft(city), by=city.citizen)
    intake = drafts.open_draft(service_item_id=city.offers[COMMITMENT], applicant=None, channel="window", by=city.clerk, at=MONDAY)
    editing.begin_draft(COMMITMENT, by=HOUSE, at=MONDAY)
    request = HttpRequest()
    request.actor = city.citizen
    file = draft.materials.exclude(files=None).first().files.first()
    (entry, *_) = journal.entries_of(Subject("casework.application", application.id))
    (paper, *_) = queries.papers_of(application.id)
    who = {"owner": city.citizen, "other citizen": city.other_citizen, "clerk": city.clerk, "reviewer": city.reviewer,
           "approver": city.approver, "stranger": city.stranger}  # fmt: skip
    accounts = {role: actor.account for role, actor in who.items()}
    accounts["centre"] = _somebody(
        "10008", "center_biz", "network.manage", "catalog.publish", "workdays.enter_notice", "people.manage_clients",
        "casework.keep_kinds",
    )  # fmt: skip
    accounts["auditor"] = _somebody("10007", "auditor", "journal.audit")
    accounts["administrator"] = _somebody("10009", "sysadmin", "people.manage_accounts")
    accounts["organisation"], organisation = _somebody_for_an_organisation()
    mandate = people.offer_mandate(
        principal=Subject("people.person", city.citizen.person), name="赵六", phone=a_phone(66), items=(), first_day=local_date(MONDAY),
        last_day=local_date(MONDAY), by=city.citizen, at=MONDAY,
    )  # fmt: skip
    system, token = people.create_client(name="测试系统", scopes=Scope.values, by=HOUSE, at=MONDAY)
    return Ground(
        accounts=accounts, token=token,
        arguments={
            "draft_id": str(application.id), "case_id": str(application.id), "draft": str(draft.id), "intake": str(intake.id),
            "code": COMMITMENT, "key": file.material.key, "file_id": str(file.file_id), "entry_id": str(entry.id),
            "paper_id": str(paper.id), "paper_code": paper.code, "person": str(city.citizen.person), "field": "phone",
            "number": "3", "year": "2026", "token": access.file_link(request, file.file_id).strip("/").split("/")[-1],
            "reference": str(application.reference), "organisation_id": str(organisation), "account_id": str(city.other_citizen.account),
            "act": "lock", "client_id": str(system.id), "posting_id": str(city.clerk.posting), "role": "citizen",
            "run_id": str(application.id), "consultation_id": str(application.id), "kind_id": str(requests.kinds()[0].id),
            "mandate_id": str(mandate),
            "synonym": "00000000-0000-7000-8000-000000000000",
        },
    )  # fmt: skip


def _somebody(number: str, role: str, *duties: str) -> UUID:
    """Make somebody in a post with general duties and without a right on any item."""
    network.create_posts([entries.NewPost(role, role, "SP", role, site="QHD-C-0001", duties=duties)], by=HOUSE, at=MONDAY)
    account = people.create_staff(username=number, name=role, password=GOOD_PASSWORD, must_change=False, by=HOUSE, at=MONDAY)
    network.post_people([entries.NewPosting(account.id, role, starts_at=MONDAY)], by=HOUSE, at=MONDAY)
    return account.id


def _somebody_for_an_organisation() -> tuple[UUID, UUID]:
    (account,) = people.register_citizens(
        [people.NewCitizen(name="王芳", identity_kind="111", identity=a_card(3), phone=a_phone(3), password=GOOD_PASSWORD)],
        by=HOUSE, at=MONDAY,
    )  # fmt: skip
    with transaction.atomic():
        organisation = people.find_or_create_organisation("港城食品有限公司", a_credit_code(1), by=HOUSE, at=MONDAY)
    people.add_members([people.NewMember(account, organisation)], by=HOUSE, at=MONDAY)
    return account.id, organisation.id


def seen(response: Any) -> str:
    target = response.get("Location", "")
    if target.startswith("/accounts/login/?next="):
        return "L"
    assert response.status_code < 500, response.status_code
    return {401: "T", 403: "-", 404: "0"}.get(response.status_code, "+")


def ask(ground: Ground, client: Client, method: str, pattern: str) -> str:
    """Send one request, and undo what it did."""
    save, cookies = transaction.savepoint(), client.cookies
    client.cookies = copy(cookies)
    try:
        response = client.generic(method, ground.address(pattern))
        if response.streaming:
            response.getvalue()  # to its end, which closes the file
        return seen(response)
    finally:
        transaction.savepoint_rollback(save)
        client.cookies = cookies


@cache
def truths() -> tuple[str, ...]:
    """Return the tables in which acts leave something."""
    with connection.cursor() as cursor:
        tables = connection.introspection.table_names(cursor)
    rooms = ("casework_", "catalog_", "documents_", "network_", "notify_message", "workdays_")
    return tuple(sorted(each for each in tables if each.startswith(rooms) and each != "catalog_searchentry"))


def everything() -> dict[str, str]:
    """Return a fingerprint of all rows of each table, and of the journal without its records of refusals."""
    parts = [f"SELECT '{each}', md5(coalesce(string_agg(t::text, '|' ORDER BY t::text), '')) FROM {each} t" for each in truths()]
    parts.append("SELECT 'journal', count(*)::text FROM journal_entry WHERE act <> 'journal.refuse'")
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(parts))
        return dict(cursor.fetchall())


TRIED = {"reason": "试试", "opinion": "同意", "truth": "on", "checked": "all"}  # what a form of somebody allowed would say


def test_every_address_stands_in_the_table() -> None:
    assert set(patterns()) == set(TABLE)


@pytest.mark.parametrize("role", ROLES)
def test_roles_by_pages(ground: Ground, role: str) -> None:
    client, expected = ground.client(role), {pattern: row[0][ROLES.index(role)] for pattern, row in TABLE.items()}
    assert {each: ask(ground, client, "GET", each) for each in TABLE} == expected


@pytest.mark.parametrize("role", ROLES)
def test_roles_by_acts_and_what_is_refused_changes_nothing(ground: Ground, role: str) -> None:
    client, place, before = ground.client(role), ROLES.index(role), everything()
    expected = {pattern: row[1][place] for pattern, row in TABLE.items()}
    refused = [pattern for pattern, said in expected.items() if said != "+"]
    # A refusal is told as part of a page where htmx asks: the same answer, without the frame of the desk around it.
    how = {} if role in ("nobody", "client") else {"HX-Request": "true"}
    found = {pattern: seen(client.post(ground.address(pattern), TRIED, headers=how)) for pattern in refused}
    assert everything() == before
    found |= {pattern: ask(ground, client, "POST", pattern) for pattern in expected if pattern not in found}
    assert found == expected


@pytest.mark.parametrize("role", ["nobody", "owner", "clerk"])
def test_nothing_is_taken_from_a_form_of_somebody_elses_page(ground: Ground, role: str) -> None:
    client = ground.client(role, enforce_csrf_checks=True)
    pages = [pattern for pattern in patterns() if not pattern.startswith("api/")]  # the API asks for a token, never for a session
    assert [pattern for pattern in pages if client.post(ground.address(pattern)).status_code != 403] == []
