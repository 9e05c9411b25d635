"""Drafts: begun at home, at a window or by another system; saved while typing; nothing typed is ever lost."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Count, Max
from django.utils.translation import gettext_lazy as _

from onedoor.casework import acts, queries, states
from onedoor.casework.correction import NotAsked
from onedoor.casework.journey import file_key
from onedoor.casework.known import Known, filled, known_of, locked
from onedoor.casework.models import Application, Channel, Material, MaterialFile, MaterialState, Tolerance
from onedoor.casework.permissions import owns, refusal_at_level
from onedoor.casework.services import core
from onedoor.casework.services.fetching import fetch_certificates
from onedoor.casework.services.options import settle_option
from onedoor.casework.states import Status
from onedoor.casework.trust import level_of_upload
from onedoor.catalog import queries as catalog
from onedoor.documents import services as documents
from onedoor.kernel.actor import Actor
from onedoor.kernel.clock import local_date
from onedoor.kernel.errors import NotAllowed, NotFound, Refused, WrongState
from onedoor.kernel.subjects import Subject
from onedoor.network import queries as network
from onedoor.people import capacity
from onedoor.people import queries as people

ITEM_CLOSED = _("This item cannot be applied for at present. The guide says why and what else is possible.")


MOST_FILES = 30
"""Files that one material may have: more pages than that belong into a file of their own."""


class TooManyFiles(Refused):
    """A material has as many files as one may have."""

    code = "too_many_files"
    http_status = 422
    default = _("This paper has 30 files already. Please put further pages into one PDF, or remove some first.")


@dataclass(frozen=True, slots=True)
class Applicant:
    """For whom an application is made: a person or an organisation, and the name shown to officers."""

    name: str
    person_id: UUID | None = None
    organisation_id: UUID | None = None


def subject_of(applicant: Applicant) -> Subject:
    """Return the applicant as ``people`` knows it."""
    if applicant.organisation_id is not None:
        return Subject(people.ORGANISATION, applicant.organisation_id)
    assert applicant.person_id is not None  # noqa: S101 - one of the two is there
    return Subject(people.PERSON, applicant.person_id)


def applicant_of(subject: Subject, name: str) -> Applicant:
    """Return the applicant that ``people`` names by a subject."""
    if subject.kind == people.PERSON:
        return Applicant(name=name, person_id=subject.id)
    return Applicant(name=name, organisation_id=subject.id)


@core.recorded_act(acts.OPEN_DRAFT)
def open_draft(
    *,
    service_item_id: UUID,
    applicant: Applicant | None,
    channel: str,
    by: Actor,
    at: datetime,
    draft_id: UUID | None = None,
    site_id: UUID | None = None,
    window_id: UUID | None = None,
    option_code: str = "",
    answers: Mapping[str, object] | None = None,
) -> Application:
    """Begin an application for one agency's item; a repeated call with the same ``draft_id`` returns the first draft.

    :raises NotAllowed: when a window opens it without authority to receive the item for that agency.
    :raises NotTakenHere: when places of the window's level do not take the item in.
    :raises Refused: when the item is not open for applications.
    """
    return open_many(
        [
            Opening(service_item_id=service_item_id, applicant=applicant, draft_id=draft_id, option_code=option_code,
                    answers=dict(answers or {}))
        ],
        channel=channel, site_id=site_id, window_id=window_id, by=by, at=at,
    )[0]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Opening:
    """One draft to begin."""

    service_item_id: UUID
    applicant: Applicant | None
    draft_id: UUID | None
    option_code: str
    answers: dict[str, object]


@transaction.atomic(savepoint=False)
def open_many(
    openings: Sequence[Opening], *, channel: str, site_id: UUID | None, window_id: UUID | None, by: Actor, at: datetime
) -> list[Application]:
    """Begin drafts, with a row for each material of their versions."""
    known = {
        each.id: each
        for each in Application.objects.filter(pk__in=[one.draft_id for one in openings if one.draft_id]).order_by("pk")
    }
    if any(not owns(by, each, at=at) for each in known.values()):
        raise NotAllowed
    wanted = [one.service_item_id for one in openings if one.draft_id not in known]
    terms = catalog.open_service_items(wanted, today=local_date(at))
    capacity.require_capacity({subject_of(one.applicant) for one in openings if one.applicant}, by=by, at=at)
    if channel == Channel.ONLINE:
        _require_own_applicants({key: each.item_code for key, each in terms.items()}, openings, by=by, at=at)
    if channel == Channel.WINDOW and terms:
        for each in terms.values():
            if refusal := refusal_at_level(by, states.RECEIVE, catalog.case_terms(each.version_id)):
                raise refusal
        network.require_authorised(by, "receive", {(each.item_code, each.agency_id) for each in terms.values()}, at)
    made = [
        _draft(one, terms.get(one.service_item_id), channel=channel, site_id=site_id, window_id=window_id, by=by, at=at)
        for one in openings
        if one.draft_id not in known
    ]
    facts = known_of(made, at=at)
    for application in made:
        application.answers = filled(application, facts.get(application.id))
        settle_option(application)
    Application.objects.bulk_create(made)
    Material.objects.bulk_create(row for application in made for row in _materials_of(application, facts.get(application.id)))
    core.record(made, acts.OPEN_DRAFT, by=by, at=at)
    return [*known.values(), *made]


def _materials_of(application: Application, known: Known | None) -> list[Material]:
    """Return the papers of a new draft; those that the city issued itself and that are valid are there already."""
    rows = [Material(application=application, key=key, name=name, state=state) for key, name, state in papers_wanted(application)]
    fetch_certificates(application, rows, known)
    return rows


def papers_wanted(application: Application) -> list[tuple[str, str, MaterialState]]:
    """Return the materials of the version, and the questions of its form that are answered with a file."""
    terms = catalog.case_terms(application.version_id)
    listed = [
        (each.key, each.name, MaterialState.NOT_NEEDED if each.is_fetched else MaterialState.MISSING) for each in terms.materials
    ]
    return listed + [(file_key(each.key), each.label, MaterialState.MISSING) for each in terms.content.form.file_questions]


def _require_own_applicants(items: Mapping[UUID, str], openings: Sequence[Opening], *, by: Actor, at: datetime) -> None:
    """Let nobody apply for a person or an organisation that they may not act for, whatever the page offered."""
    for one in openings:
        applicant, item = one.applicant, items.get(one.service_item_id, "")
        if applicant is None or (applicant.person_id is not None and applicant.person_id == by.person):
            continue
        person, organisation = applicant.person_id, applicant.organisation_id
        if organisation is not None:
            if by.account is None or not people.may_act_for(
                by.account, Subject(people.ORGANISATION, organisation), item_code=item, at=at
            ):
                raise NotAllowed(_("You may not act for this organisation. Its representative can add you."))
        elif (
            person is None
            or by.account is None
            or not people.may_act_for(by.account, Subject(people.PERSON, person), item_code=item, at=at)
        ):
            raise NotAllowed(_("You can apply for yourself, for an organisation, or for somebody who lets you act in this matter."))


def _draft(
    one: Opening,
    offer: catalog.OpenServiceItem | None,
    *,
    channel: str,
    site_id: UUID | None,
    window_id: UUID | None,
    by: Actor,
    at: datetime,
) -> Application:
    if offer is None or (channel == Channel.ONLINE and not offer.accepts_online):
        raise Refused(ITEM_CLOSED)
    application = Application(
        channel=channel,
        item_code=offer.item_code,
        version_id=offer.version_id,
        service_item_id=offer.service_item_id,
        agency_id=offer.agency_id,
        region=offer.region,
        case_kind=offer.case_kind,
        site_id=site_id,
        window_id=window_id,
        option_code=one.option_code,
        filed_by_id=by.account,
        answers=one.answers,
        edited_at=at,
    )
    if one.draft_id:
        application.id = one.draft_id
    _set_applicant(application, one.applicant)
    return application


def _set_applicant(application: Application, applicant: Applicant | None) -> None:
    if applicant is not None:
        application.applicant_person_id = applicant.person_id
        application.applicant_organisation_id = applicant.organisation_id
        application.applicant_name = applicant.name


def _editable(application_id: UUID, *, by: Actor, at: datetime) -> Application:
    """Return a locked draft or correction that its filer may still write in."""
    application = core.lock_one(application_id)
    if not owns(by, application, at=at):
        raise NotAllowed
    _require_editable(application)
    return application


def _takes_papers(application_id: UUID, key: str, *, by: Actor, at: datetime) -> Material:
    """Return the locked material of a draft or a correction to which its filer may add papers, or of one that is to follow.

    In a correction, and for what is to follow, a window may too.

    :raises NotAsked: when neither the notice nor the promise names it.
    """
    application = core.lock_one(application_id)
    if not owns(by, application, at=at):
        if not by.is_staff or not (application.status == Status.CORRECTING or application.has_gap):
            raise NotAllowed
        core.authorise([application], states.CORRECT, by=by, at=at)
    if application.has_gap:
        if not Tolerance.objects.filter(application=application, papers__contains=[{"key": key}]).exists():
            raise NotAsked
    else:
        _require_editable(application)
    if application.status == Status.CORRECTING and key not in queries.correctable(application, at=at).materials:
        raise NotAsked
    material = Material.objects.select_for_update().filter(application=application, key=key).first()
    if material is None:
        raise Refused(_("This item asks for no such material."))
    material.application = application
    return material


def _require_editable(application: Application) -> None:
    if application.status not in (Status.DRAFT, Status.CORRECTING):
        raise WrongState(_("This application was already submitted, so it can no longer be edited here."))


@transaction.atomic(durable=True)
def save_answers(
    *, application_id: UUID, answers: Mapping[str, object], by: Actor, at: datetime, option_code: str | None = None
) -> Application:
    """Keep what was typed so far, complete or not, question by question: two open pages do not undo each other.

    What comes from an official record stays as that says; a clerk, who sees the papers, may write otherwise.
    ``option_code`` is the handling option where the page asks for it; where a situation decides, or the item has none such, it
    counts for nothing.

    :raises NotAllowed: when the draft is somebody else's.
    :raises WrongState: when it was submitted meanwhile.
    :raises NotAsked: when a notice is to be answered that does not ask for one of them.
    """
    application = _editable(application_id, by=by, at=at)
    if application.status == Status.CORRECTING and answers.keys() - queries.correctable(application, at=at).questions:
        raise NotAsked
    fixed = frozenset() if by.is_staff else locked(application.answers)
    application.answers = {**application.answers, **{key: value for key, value in answers.items() if key not in fixed}}
    application.edited_at = at
    if option_code is not None:
        application.option_code = option_code
    settle_option(application)
    application.save(update_fields=["answers", "edited_at", "option_code"])
    return application


@transaction.atomic(durable=True)
def attach_file(*, application_id: UUID, key: str, file_id: UUID, by: Actor, at: datetime) -> Material:
    """Add an uploaded file to a material of a draft or of a correction.

    :raises NotAllowed: when the application is somebody else's.
    :raises NotFound: when the file is somebody else's or belongs to another application.
    :raises NotAsked: when a notice is to be answered that does not ask for this material.
    :raises TooManyFiles: when the material has as many files as one may have.
    """
    material = _takes_papers(application_id, key, by=by, at=at)
    there = MaterialFile.objects.filter(material=material).aggregate(files=Count("pk"), last=Max("position"))
    if there["files"] >= MOST_FILES:
        raise TooManyFiles
    documents.use_files([file_id], subject=core.subject_of(material.application), by=by, at=at)
    place = 0 if there["last"] is None else there["last"] + 1
    MaterialFile.objects.bulk_create(
        [MaterialFile(material=material, file_id=file_id, position=place, added_at=at)], ignore_conflicts=True
    )
    norm = catalog.case_terms(material.application.version_id).materials
    material.state, material.certificate, material.is_original_seen = MaterialState.PROVIDED, None, False
    material.trust_level = level_of_upload(next((each for each in norm if each.key == key), None))
    material.save(update_fields=["state", "trust_level", "certificate", "is_original_seen"])
    return material


@transaction.atomic(durable=True)
def move_file(*, application_id: UUID, key: str, file_id: UUID, step: int, by: Actor, at: datetime) -> Material:
    """Move a page of a material before (``step`` -1) or behind (1) its neighbour; at the end of the pages nothing changes.

    :raises NotAllowed: when the application is somebody else's.
    :raises NotFound: when the file is not one of the material's.
    """
    material = _takes_papers(application_id, key, by=by, at=at)
    pages = list(MaterialFile.objects.filter(material=material).order_by("position", "pk"))
    here = next((place for place, page in enumerate(pages) if page.file_id == file_id), None)
    if here is None:
        raise NotFound
    there = min(max(here + step, 0), len(pages) - 1)
    pages.insert(there, pages.pop(here))
    for place, page in enumerate(pages):
        page.position = place
    MaterialFile.objects.bulk_update(pages, ["position"])
    material.application.edited_at = at
    material.application.save(update_fields=["edited_at"])
    return material


@transaction.atomic(durable=True)
def detach_file(*, application_id: UUID, key: str, file_id: UUID, by: Actor, at: datetime) -> Material:
    """Take a file away from a material again; ``at`` marks the draft as edited."""
    material = _takes_papers(application_id, key, by=by, at=at)
    removed, _kinds = MaterialFile.objects.filter(material=material, file_id=file_id).delete()
    if removed and not MaterialFile.objects.filter(file_id=file_id).exists():
        documents.release_files([file_id], at=at)
    if not MaterialFile.objects.filter(material=material).exists():
        material.state, material.trust_level, material.is_original_seen = MaterialState.MISSING, "", False
        material.save(update_fields=["state", "trust_level", "is_original_seen"])
    elif material.state == MaterialState.REJECTED and material.application.status == Status.DRAFT:
        material.state = MaterialState.PROVIDED  # what was infected is gone, and no officer has looked yet
        material.save(update_fields=["state"])
    material.application.edited_at = at
    material.application.save(update_fields=["edited_at"])
    return material
