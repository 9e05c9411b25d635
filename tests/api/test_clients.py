"""Other systems: let in and shut out, with a token that only they know."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from onedoor.config.cli import main
from onedoor.journal import queries as journal
from onedoor.kernel.actor import Actor, system_actor
from onedoor.kernel.errors import Invalid, NotAllowed
from onedoor.kernel.subjects import Subject
from onedoor.people import queries, services
from onedoor.people.models import Client

pytestmark = pytest.mark.django_db
HOUSE = system_actor("test")


def test_token_is_found_by_its_hash_and_kept_nowhere() -> None:
    at = timezone.now()
    client, token = services.create_client(name="省政务平台", scopes=["applications:read"], by=HOUSE, at=at)
    assert queries.client_by_token(token, at=at) == client
    assert token.encode() not in bytes(Client.objects.get().token_hash)
    entry = journal.entries_of(Subject("people.client", client.id))[0]
    assert entry.act == "people.create_client"
    assert token not in str(entry)


def test_expired_and_revoked_tokens_open_nothing() -> None:
    at = timezone.now()
    _one, short = services.create_client(name="短", scopes=["papers:read"], by=HOUSE, at=at, expires_at=at + timedelta(days=1))
    _two, gone = services.create_client(name="退", scopes=["papers:read"], by=HOUSE, at=at)
    assert queries.client_by_token(short, at=at + timedelta(hours=23)) is not None
    assert queries.client_by_token(short, at=at + timedelta(days=1)) is None
    services.revoke_client(name="退", by=HOUSE, at=at)
    again = services.revoke_client(name="退", by=HOUSE, at=at + timedelta(days=1))
    assert again.revoked_at == at
    assert queries.client_by_token(gone, at=at) is None


def test_only_who_may_manage_clients_lets_systems_in() -> None:
    at = timezone.now()
    with pytest.raises(NotAllowed):
        services.create_client(name="x", scopes=["papers:read"], by=Actor(client="web"), at=at)
    with pytest.raises(NotAllowed):
        services.revoke_client(name="x", by=Actor(client="web"), at=at)
    keeper = Actor(client="web", duties=frozenset({"people.manage_clients"}))
    assert services.create_client(name="x", scopes=["papers:read"], by=keeper, at=at)[0].name == "x"


def test_every_fault_is_told_at_once_and_names_stay_unmistakable() -> None:
    at = timezone.now()
    with pytest.raises(Invalid) as refusal:
        services.create_client(name=" ", scopes=["all"], region="1303", rate_per_minute=0, expires_at=at, by=HOUSE, at=at)
    assert set(refusal.value.errors) == {"name", "scopes", "region", "rate_per_minute", "expires_at"}
    services.create_client(name="税务", scopes=["papers:read"], by=HOUSE, at=at)
    services.revoke_client(name="税务", by=HOUSE, at=at)
    with pytest.raises(services.NameTaken):
        services.create_client(name="税务", scopes=["papers:read"], by=HOUSE, at=at)


def test_command_line_prints_the_token_once(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("onedoor.config.cli._stand", lambda needs: None)
    assert main(["client", "create", "bank", "--scopes", "applications:read", "papers:read", "--until", "2099-12-31"]) == 0
    token = capsys.readouterr().out.strip()
    client = queries.client_by_token(token, at=timezone.now())
    assert client is not None
    assert (client.scopes, str(client.expires_at)) == (["applications:read", "papers:read"], "2099-12-31 16:00:00+00:00")
    assert main(["client", "create", "bank", "--scopes", "papers:read"]) == 1
    assert main(["client", "revoke", "bank"]) == 0
    capsys.readouterr()
    assert main(["client", "list"]) == 0
    listed = capsys.readouterr().out
    assert "bank" in listed
    assert "revoked" in listed
    assert token not in listed
    assert main(["client", "revoke", "nobody"]) == 1
