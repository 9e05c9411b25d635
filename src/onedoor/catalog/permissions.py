"""Who may change the catalogue: departments write their own items, the centre's office of the catalogue publishes them."""

from __future__ import annotations

from uuid import UUID

from onedoor.catalog.models import CatalogItem
from onedoor.kernel.actor import Actor
from onedoor.kernel.errors import NotAllowed
from onedoor.network import queries as network

PUBLISH_DUTY = "catalog.publish"
EDIT_DUTY = "catalog.edit"


def may_publish(actor: Actor) -> bool:
    """Return whether the actor's post may publish versions; the command line of the house may."""
    return actor.has(PUBLISH_DUTY) or (actor.account is None and actor.client.startswith("system:"))


def keeps_items(actor: Actor) -> bool:
    """Return whether the actor's post has to do with the making of items at all."""
    return actor.has(EDIT_DUTY) or may_publish(actor)


def may_edit(actor: Actor, department_code: str) -> bool:
    """Return whether the actor may write items of a department: its own people may, and the centre for all. One statement."""
    return may_publish(actor) or (actor.has(EDIT_DUTY) and _department_of(actor.agency) == department_code)


def edited_department(actor: Actor) -> str | None:
    """Return the department whose items the actor writes, ``None`` where it is all. One statement."""
    return None if may_publish(actor) else _department_of(actor.agency)


def may_open_files(actor: Actor, item_id: UUID) -> bool:
    """Return whether the actor may open the forms and samples of an item that is being written: its keepers may. One statement."""
    department = CatalogItem.objects.filter(id=item_id).values_list("department_code", flat=True).first()
    return keeps_items(actor) and department is not None and may_edit(actor, department)


def require_publisher(actor: Actor) -> None:
    """Let only publishers pass.

    :raises NotAllowed: when the actor has not the duty ``catalog.publish``.
    """
    if not may_publish(actor):
        raise NotAllowed


def require_editor(actor: Actor, department_code: str) -> None:
    """Let only those pass who write the items of a department.

    :raises NotAllowed: when the actor has not the duty ``catalog.edit`` there.
    """
    if not may_edit(actor, department_code):
        raise NotAllowed


def _department_of(agency: UUID | None) -> str:
    return "" if agency is None else network.agency_by_id(agency).department_code
