"""Acts on other systems that use the API: letting one in, and shutting it out."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from onedoor.journal import services as journal
from onedoor.kernel.actor import Actor
from onedoor.kernel.errors import Invalid, NotAllowed, NotFound, Refused, Text
from onedoor.kernel.subjects import Subject
from onedoor.people import acts, permissions, queries
from onedoor.people.models import Client
from onedoor.people.states import Scope

TOKEN_PREFIX = "onedoor_"  # noqa: S105 - by it a token is recognised where it was left lying about
TOKEN_BYTES = 32
LONGEST_NAME = 50
RATE_PER_MINUTE = 120


class NameTaken(Refused):
    """Another client has this name, perhaps one that was revoked: names in the journal stay unmistakable."""

    code = "name_taken"
    default = _("Another client has or had this name. Please choose another one.")


@transaction.atomic(durable=True)
def create_client(
    *,
    name: str,
    scopes: Sequence[str],
    by: Actor,
    at: datetime,
    agencies: Sequence[str] = (),
    region: str = "",
    rate_per_minute: int = RATE_PER_MINUTE,
    expires_at: datetime | None = None,
) -> tuple[Client, str]:
    """Let another system use the API, and return it with its token, which is told this once and never again.

    :param agencies: codes of the agencies with which it may file; none for all.
    :param region: region within which it may file; empty for everywhere.
    :raises NotAllowed: when the actor may not manage clients.
    :raises Invalid: when name, scopes, rate or end cannot be.
    :raises NameTaken: when a client has or had this name.
    """
    if not permissions.may_manage_clients(by):
        raise NotAllowed
    token = TOKEN_PREFIX + secrets.token_urlsafe(TOKEN_BYTES)
    client = Client(
        name=name.strip(),
        token_hash=queries.token_hash(token),
        scopes=sorted(set(scopes)),
        agencies=sorted(set(agencies)),
        region=region,
        rate_per_minute=rate_per_minute,
        created_at=at,
        expires_at=expires_at,
    )
    if faults := _faults(client, at):
        raise Invalid(faults)
    if Client.objects.filter(name=client.name).exists():
        raise NameTaken
    try:
        client.save(force_insert=True)
    except IntegrityError as collision:
        raise NameTaken from collision
    facts = {
        "name": client.name, "scopes": client.scopes, "agencies": client.agencies, "region": region,
        "rate_per_minute": rate_per_minute, "expires_at": expires_at.isoformat() if expires_at else None,
    }  # fmt: skip
    journal.record(acts.CREATE_CLIENT, subject=Subject(queries.CLIENT, client.id), by=by, at=at, facts=facts)
    return client, token


def _faults(client: Client, at: datetime) -> dict[str, Text]:
    found: dict[str, Text] = {}
    if not 1 <= len(client.name) <= LONGEST_NAME:
        found["name"] = _("Please give the system a name of at most 50 characters.")
    if not client.scopes or set(client.scopes) - set(Scope.values):
        found["scopes"] = _("Please choose from: %(scopes)s.") % {"scopes": ", ".join(Scope.values)}
    if client.rate_per_minute < 1:
        found["rate_per_minute"] = _("At least one request a minute, or it needs no token.")
    if client.expires_at is not None and client.expires_at <= at:
        found["expires_at"] = _("Please choose a day that is still to come.")
    if client.region and not (client.region.isdecimal() and len(client.region) == 12):
        found["region"] = _("A region has twelve digits.")
    return found


@transaction.atomic(durable=True)
def revoke_client(*, name: str, by: Actor, at: datetime) -> Client:
    """Shut another system out at once; revoking again changes nothing.

    :raises NotAllowed: when the actor may not manage clients.
    :raises NotFound: when there is no client of this name.
    """
    if not permissions.may_manage_clients(by):
        raise NotAllowed
    client = Client.objects.select_for_update().filter(name=name.strip()).first()
    if client is None:
        raise NotFound(_("There is no client of this name."))
    if client.revoked_at is None:
        client.revoked_at = at
        client.save(update_fields=["revoked_at"])
        journal.record(acts.REVOKE_CLIENT, subject=Subject(queries.CLIENT, client.id), by=by, at=at, facts={"name": client.name})
    return client
