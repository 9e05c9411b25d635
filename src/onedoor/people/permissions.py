"""Who may do what with people's data. Duties come with the actor, so that this room need not know posts."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from uuid import UUID

    from onedoor.kernel.actor import Actor

UNMASK = "people.unmask"
KEEP_PERSONS = "people.keep_persons"
MANAGE_ACCOUNTS = "people.manage_accounts"
MANAGE_CLIENTS = "people.manage_clients"


def may_unmask(actor: Actor) -> bool:
    """Tell whether the actor's post may look at masked data."""
    return actor.is_staff and actor.has(UNMASK)


def keeps_persons(actor: Actor) -> bool:
    """Tell whether the actor's post enters what papers say of persons: mandates, guardians, deaths, mergers."""
    return actor.is_staff and actor.has(KEEP_PERSONS)


def may_manage_accounts(actor: Actor) -> bool:
    """Tell whether the actor may create, unlock and close accounts: the security administrator, or the installation itself."""
    return actor.has(MANAGE_ACCOUNTS) or actor.client.startswith("system:")


def keeps_accounts(actor: Actor) -> bool:
    """Tell whether the actor's post keeps the accounts of civil servants."""
    return actor.has(MANAGE_ACCOUNTS)


def may_manage_clients(actor: Actor) -> bool:
    """Tell whether the actor may let other systems in: an administrator with the duty, or the installation itself."""
    return actor.has(MANAGE_CLIENTS) or actor.client.startswith("system:")


def keeps_clients(actor: Actor) -> bool:
    """Tell whether the actor's post keeps the systems that use the API."""
    return actor.has(MANAGE_CLIENTS)


def may_correct_names(actor: Actor) -> bool:
    """Tell whether the actor may correct a name: a clerk with the paper at hand."""
    return actor.is_staff or actor.client.startswith("system:")


def is_self(actor: Actor, person: UUID) -> bool:
    """Tell whether the actor is the person."""
    return actor.person == person
