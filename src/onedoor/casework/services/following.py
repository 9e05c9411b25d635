"""A draft follows its item: when another version comes into force, it goes on under that one, and its applicant learns what changed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from onedoor.casework import acts
from onedoor.casework.models import Application, Material, MaterialFile
from onedoor.casework.permissions import require_owner
from onedoor.casework.services import core
from onedoor.casework.services.drafts import papers_wanted
from onedoor.casework.services.fetching import use_what_is_known
from onedoor.casework.services.options import settle_option
from onedoor.casework.states import Status
from onedoor.catalog import queries as catalog
from onedoor.catalog.content import Form, FormField
from onedoor.kernel.actor import Actor
from onedoor.kernel.clock import local_date


@dataclass(frozen=True, slots=True)
class Led:
    """What changed for a draft: questions that are gone with their answers, questions that are new, and their names in words."""

    dropped: tuple[str, ...]
    added: tuple[str, ...]


@transaction.atomic(durable=True)
def follow_version(*, application_id: UUID, by: Actor, at: datetime) -> Led | None:
    """Lead a draft to the version in force; ``None`` where it stands under it already, or the item cannot be applied for now.

    Answers stay with the key of their question, however it is called now; answers to questions that are gone are dropped.

    :raises NotAllowed: when the draft is somebody else's.
    """
    application = core.lock_one(application_id)
    require_owner(by, [application], at=at)
    offer = catalog.open_service_items([application.service_item_id], today=local_date(at)).get(application.service_item_id)
    if application.status != Status.DRAFT or offer is None or offer.version_id == application.version_id:
        return None
    before, after = _form(application.version_id), _form(offer.version_id)
    led = Led(_dropped(before, after, application), tuple(each.text for each in _only_in(after, before)))
    gone = {each.key for each in _only_in(before, after)}
    application.answers = {key: value for key, value in application.answers.items() if key not in gone}
    application.version_id, application.case_kind = offer.version_id, offer.case_kind
    settle_option(application)
    _follow_papers(application)
    use_what_is_known(application, at=at)
    application.edited_at = at
    core.write([application], ("version", "case_kind", "option_code", "answers", "edited_at"))
    core.record([application], acts.FOLLOW_VERSION, by=by, at=at)
    return led


def _form(version_id: UUID) -> Form:
    return catalog.case_terms(version_id).content.form


def _only_in(one: Form, other: Form) -> list[FormField]:
    return [field for field in one.fields if field.key not in {each.key for each in other.fields}]


def _dropped(before: Form, after: Form, application: Application) -> tuple[str, ...]:
    return tuple(each.text for each in _only_in(before, after) if application.answers.get(each.key))


def _follow_papers(application: Application) -> None:
    """Ask for the papers of the new version; what was added already stays, and is shown where the new version asks for it."""
    there = {row.key: row for row in Material.objects.filter(application=application).order_by("pk")}
    wanted = papers_wanted(application)
    keys = {key for key, _name, _state in wanted}
    used = set(MaterialFile.objects.filter(material__application=application).values_list("material__key", flat=True))
    Material.objects.filter(application=application, key__in=there.keys() - keys - used).delete()
    for key, name, state in wanted:
        if key in there:
            row = there[key]
            row.name, row.state = name, row.state if key in used else state
            row.certificate = row.certificate if key in used else None
    Material.objects.bulk_update([there[key] for key in keys & there.keys()], ["name", "state", "certificate"])
    Material.objects.bulk_create(
        Material(application=application, key=key, name=name, state=state) for key, name, state in wanted if key not in there
    )
