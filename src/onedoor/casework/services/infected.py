"""Papers in which the virus check found something: nobody can open them, so they are asked for anew."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from onedoor.casework import acts, messages
from onedoor.casework.models import Application, Material, MaterialState
from onedoor.casework.services import core
from onedoor.casework.states import Status
from onedoor.kernel.actor import Actor
from onedoor.notify import services as notify

OVER = (Status.CLOSED, Status.DELIVERED)


@transaction.atomic(durable=True)
def turn_away_infected(file_id: UUID, *, by: Actor, at: datetime) -> list[Application]:
    """Mark what an infected file stands for as to be replaced, and tell whoever filed it; return the applications it was used in.

    Applications that are over stay as they are. Twice is once.
    """
    using = Application.objects.filter(materials__files__file=file_id).exclude(status__in=OVER)
    found = core.lock(using.values_list("pk", flat=True))
    wanted = Material.objects.filter(application__in=found, files__file=file_id).exclude(state=MaterialState.REJECTED)
    names: dict[UUID, list[str]] = {}
    for row in wanted.order_by("pk"):
        names.setdefault(row.application_id, []).append(row.name)
    hit = [each for each in found if each.id in names]
    Material.objects.filter(application__in=hit, files__file=file_id).update(state=MaterialState.REJECTED)
    core.record(hit, acts.TURN_AWAY_INFECTED, by=by, at=at)
    notify.tell([messages.infected(each, names[each.id]) for each in hit], at=at)
    return hit
