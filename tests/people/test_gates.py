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
ROLES = ("anonymous", "citizen", "new clerk", "clerk", "unmasker")
LOGIN, FACTOR = "to log-in", "to setting up"
OPEN = (200, 200, FACTOR, 200, 200)
OWN = (LOGIN, 200, FACTOR, 200, 200)
TABLE = {
    "account_login": (200, "onward", FACTOR, "onward", "onward"),
    "account_code_login": OPEN,
    "account_code_login_code": ("back", "back", FACTOR, "back", "back"),
    "mfa_authenticate": (LOGIN, "onward", FACTOR, "onward", "onward"),
    "account_logout": (405,) * 5,
    "account_register": OPEN,
    "account_register_code": ("back", "back", FACTOR, "back", "back"),
    "account_register_identity": ("back", "back", FACTOR, "back", "back"),
    "account_register_password": ("back", "back", FACTOR, "back", "back"),
    "account_reset": OPEN,
    "account_reset_password": ("back", "back", FACTOR, "back", "back"),
    "account_change_password": OWN,
    "account_second_factor": (LOGIN, 200, 200, "onward", "onward"),
    "account_recovery_codes": OWN,
    "my_account": OWN,
    "my_data": OWN,
    "people_unmask": (LOGIN, 403, FACTOR, 404, 200),
}


def test_every_address_stands_in_the_table():
    assert {pattern.name for pattern in urlpatterns} == set(TABLE)


@pytest.mark.parametrize("role", ROLES)
def test_roles_by_addresses(client, citizen, clerk_account, house, monkeypatch, role):
    duties = frozenset({"people.unmask"} if role == "unmasker" else ())
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
    found = {pattern.name: seen(client.get(address(pattern, citizen))) for pattern in urlpatterns}
    assert found == {name: row[ROLES.index(role)] for name, row in TABLE.items()}


def address(pattern, citizen):
    route = str(pattern.pattern)
    return "/" + route.replace("<slug:kind>", "person").replace("<uuid:subject_id>", str(citizen.person_id)).replace(
        "<slug:field>", "phone"
    )


def seen(response):
    target = response.get("Location", "")
    if not target:
        return response.status_code
    if target == "/accounts/factor/":
        return FACTOR
    if target.startswith("/accounts/login/") and "/code/" not in target:
        return LOGIN
    return "onward" if target in {"/my/", "/desk/"} else "back"
