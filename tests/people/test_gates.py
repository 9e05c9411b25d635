"""Who reaches which page of this room: role by address, read from the room's own list of addresses."""

from __future__ import annotations

import pytest
from django.utils import timezone

from onedoor.kernel.actor import Actor
from onedoor.kernel.ids import new_id
from onedoor.people import actors, services
from onedoor.people.urls import urlpatterns
from tests.people.factories import GOOD_PASSWORD
from tests.people.test_pages import step_in

pytestmark = pytest.mark.django_db
ROLES = ("anonymous", "citizen", "new clerk", "clerk", "unmasker", "keeper", "systems' keeper")
LOGIN, FACTOR = "to log-in", "to setting up"
OPEN = (200, 200, FACTOR, 200, 200, 200, 200)
OWN = (LOGIN, 200, FACTOR, 200, 200, 200, 200)
CITIZENS = (LOGIN, 200, FACTOR, 403, 403, 403, 403)
MEMBERS = (LOGIN, 404, FACTOR, 403, 403, 403, 403)
KEEPERS = (LOGIN, 403, FACTOR, 403, 403, 200, 403)
SYSTEMS = (LOGIN, 403, FACTOR, 403, 403, 403, 200)
TABLE = {
    "account_login": (200, "onward", FACTOR, "onward", "onward", "onward", "onward"),
    "account_code_login": OPEN,
    "account_code_login_code": ("back", "back", FACTOR, "back", "back", "back", "back"),
    "mfa_authenticate": (LOGIN, "onward", FACTOR, "onward", "onward", "onward", "onward"),
    "account_logout": (405,) * 7,
    "account_register": OPEN,
    "account_register_code": ("back", "back", FACTOR, "back", "back", "back", "back"),
    "account_register_identity": ("back", "back", FACTOR, "back", "back", "back", "back"),
    "account_register_password": ("back", "back", FACTOR, "back", "back", "back", "back"),
    "account_reset": OPEN,
    "account_reset_password": ("back", "back", FACTOR, "back", "back", "back", "back"),
    "account_change_password": OWN,
    "account_second_factor": (LOGIN, 200, 200, "onward", "onward", "onward", "onward"),
    "account_recovery_codes": OWN,
    "my_account": OWN,
    "my_data": OWN,
    "my_data_close": CITIZENS,
    "my_data_export": (LOGIN, 405, FACTOR, 403, 403, 403, 403),
    "my_phone": CITIZENS,
    "my_phone_code": (LOGIN, "back", FACTOR, 403, 403, 403, 403),
    "my_email": CITIZENS,
    "my_email_code": (LOGIN, "back", FACTOR, 403, 403, 403, 403),
    "my_news": CITIZENS,
    "people_unmask": (LOGIN, 403, FACTOR, 404, 200, 404, 404),
    "my_organisations": CITIZENS,
    "my_organisation_register": CITIZENS,
    "my_organisation": MEMBERS,
    "my_organisation_add": MEMBERS,
    "my_organisation_code": (LOGIN, "back", FACTOR, 403, 403, 403, 403),
    "my_organisation_end": MEMBERS,
    "people_accounts": KEEPERS,
    "people_account_new": KEEPERS,
    "people_account": KEEPERS,
    "people_account_manage": KEEPERS,
    "people_clients": SYSTEMS,
    "people_client_new": SYSTEMS,
    "people_client": (LOGIN, 403, FACTOR, 403, 403, 403, 404),
}


def test_every_address_stands_in_the_table():
    assert {pattern.name for pattern in urlpatterns} == set(TABLE)


@pytest.mark.parametrize("role", ROLES)
def test_roles_by_addresses(client, citizen, clerk_account, house, monkeypatch, role):
    duties = frozenset(
        {"unmasker": {"people.unmask"}, "keeper": {"people.manage_accounts"}, "systems' keeper": {"people.manage_clients"}}.get(
            role, ()
        )
    )
    monkeypatch.setattr(
        actors, "_resolvers", [lambda account, request: Actor(client="web", account=account.id, posting=new_id(), duties=duties)]
    )
    if role == "citizen":
        step_in(client, citizen)
    elif role == "new clerk":
        new = services.create_staff("B9", "赵六", GOOD_PASSWORD, by=house, at=timezone.now())
        client.post("/accounts/login/", {"as": "staff", "login": new.username, "password": GOOD_PASSWORD})
    elif role != "anonymous":
        step_in(client, clerk_account)
    found = {pattern.name: seen(client.get(address(pattern, citizen, clerk_account))) for pattern in urlpatterns}
    assert found == {name: row[ROLES.index(role)] for name, row in TABLE.items()}


def address(pattern, citizen, clerk_account):
    route = str(pattern.pattern)
    values = {"<slug:kind>": "person", "<uuid:subject_id>": str(citizen.person_id), "<slug:field>": "phone", "<slug:act>": "lock"}
    values |= {"<uuid:organisation_id>": str(citizen.person_id), "<uuid:account_id>": str(clerk_account.id)}
    values["<uuid:client_id>"] = str(new_id())
    for name, value in values.items():
        route = route.replace(name, value)
    return "/" + route


def seen(response):
    target = response.get("Location", "")
    if not target:
        return response.status_code
    if target == "/accounts/factor/":
        return FACTOR
    if target.partition("?")[0] == "/accounts/login/":
        return LOGIN
    return "onward" if target in {"/my/", "/desk/"} else "back"
