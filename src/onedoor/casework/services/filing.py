"""Filing by another system: a whole application in one act, and what it does with it later."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from onedoor.casework import acts, queries
from onedoor.casework.correction import NotAsked
from onedoor.casework.models import Application, Channel, Material, MaterialFile, MaterialState
from onedoor.casework.permissions import require_owner, require_state
from onedoor.casework.services import core
from onedoor.casework.services.drafts import ITEM_CLOSED, MOST_FILES, papers_wanted
from onedoor.casework.services.intake import correct_locked
from onedoor.casework.services.options import settle_option
from onedoor.casework.services.submission import check_answers, submit_new
from onedoor.casework.states import CORRECT
from onedoor.casework.trust import level_of_upload
from onedoor.catalog import form_rules
from onedoor.catalog import queries as catalog
from onedoor.documents import services as documents
from onedoor.journal import services as journal
from onedoor.kernel import identity, jobs
from onedoor.kernel.actor import Actor
from onedoor.kernel.clock import local_date
from onedoor.kernel.errors import Invalid, NotAllowed, Refused, Text
from onedoor.kernel.ids import new_id
from onedoor.network.regions import lies_in
from onedoor.people import capacity
from onedoor.people import services as people
from onedoor.people.names import LONGEST_ORGANISATION, LONGEST_PERSON, WrongName, clean_name

NO_QUESTION = _("The form of this item has no such question.")
NO_MATERIAL = _("This item asks for no such material.")
Files = Mapping[str, Sequence[UUID]]


class NotHere(NotAllowed):
    """The client may file elsewhere, but not with this agency."""

    code = "not_here"
    default = _("Your system may not file with this agency. Ask the service centre to widen its token.")


@dataclass(frozen=True, slots=True)
class RequestKey:
    """By what a repeated request is known: whose key it is, the key, and the body it came with."""

    scope: str
    key: str
    body: bytes


@dataclass(frozen=True, slots=True)
class Filing:
    """A whole application. ``files`` holds uploaded files by the key of the material they are for."""

    service_item_id: UUID
    applicant: people.NewPerson | people.NewOrganisation
    answers: Mapping[str, object]
    files: Files
    option_code: str = ""


@transaction.atomic(durable=True)
def file_application(
    *, filing: Filing, request: RequestKey, agencies: Sequence[str] = (), region: str = "", by: Actor, at: datetime
) -> Application:
    """File an application for somebody; the same request sent again, or twice at once, files one and gets the same answer.

    :param agencies: codes of the agencies with which the client may file; none for all.
    :param region: region within which it may file; empty for everywhere.
    :raises KeyReused: when the key came with another body before.
    :raises Refused: when the item is not open for applications.
    :raises NotHere: when the client may not file with this agency.
    :raises Invalid: when applicant, answers or materials are missing or wrong; all of them are told at once.
    :raises NotFound: when a file is not there or somebody else's.
    """
    application_id = new_id()
    try:
        # First of all, so that the same request sent at the same time waits here; it goes when anything below refuses.
        journal.keep_answer(request.scope, request.key, request.body, {"application": str(application_id)}, at)
    except journal.AnsweredMeanwhile as earlier:
        return core.lock_one(UUID(str(earlier.answer["application"])))
    application = _new_application(application_id, filing, agencies=agencies, region=region, by=by, at=at)
    materials, attached = _materials(application, filing.files, at=at)
    application.answers = _checked(application, materials, filing, at=at)
    settle_option(application)
    _enter_applicant(application, filing.applicant, by=by, at=at)
    documents.use_files({each.file_id for each in attached}, subject=core.subject_of(application), by=by, at=at)
    with jobs.queued_together():
        submit_new([application], {application.id: materials}, attached, by=by, at=at)
    return application


def _new_application(
    application_id: UUID, filing: Filing, *, agencies: Sequence[str], region: str, by: Actor, at: datetime
) -> Application:
    offer = catalog.open_service_items([filing.service_item_id], today=local_date(at)).get(filing.service_item_id)
    if offer is None or not offer.accepts_online:
        raise Refused(ITEM_CLOSED)
    if (agencies and offer.agency.code not in agencies) or not lies_in(offer.region, region):
        raise NotHere
    return Application(
        id=application_id,
        channel=Channel.API,
        item_code=offer.item_code,
        version_id=offer.version_id,
        service_item_id=offer.service_item_id,
        agency=offer.agency,
        region=offer.region,
        case_kind=offer.case_kind,
        option_code=filing.option_code,
        applicant_name=filing.applicant.name,
        client_id=by.client_id,
        answers=dict(filing.answers),
        edited_at=at,
    )


def _materials(application: Application, files: Files, *, at: datetime) -> tuple[list[Material], list[MaterialFile]]:
    """Return a row for each material of the version, and one for each file that serves as one."""
    rows, attached = [], []
    norm = {each.key: each for each in catalog.case_terms(application.version_id).materials}
    for key, name, state in papers_wanted(application):
        given = list(dict.fromkeys(files.get(key, ())))
        row = Material(application=application, key=key, name=name, state=state)
        if given:
            row.state, row.trust_level = MaterialState.PROVIDED, level_of_upload(norm.get(key))
            attached += [MaterialFile(material=row, file_id=each, position=place, added_at=at) for place, each in enumerate(given)]
        rows.append(row)
    return rows, attached


def _checked(application: Application, materials: Sequence[Material], filing: Filing, *, at: datetime) -> dict[str, object]:
    """Return the checked answers.

    :raises Invalid: with every fault of applicant, answers and materials, named by where it stands in the request.
    """
    faults = _faults_of_applicant(filing.applicant, today=local_date(at))
    faults |= _unknown(application, filing)
    clean: dict[str, object] = {}
    try:
        clean = check_answers(application, materials, at=at, strict=True)
    except Invalid as refusal:
        faults |= {_place(key): text for key, text in refusal.errors.items()}
    if faults:
        raise Invalid(faults)
    return clean


def _place(key: str) -> str:
    if key == "applicant":
        return "applicant.name"
    return f"materials.{key.removeprefix('material:')}" if key.startswith("material:") else f"answers.{key}"


def _unknown(application: Application, filing: Filing) -> dict[str, Text]:
    terms = catalog.case_terms(application.version_id)
    questions = {each.key for each in terms.content.form.fields if each.type != "file"}
    wanted = {key for key, _name, _state in papers_wanted(application)}
    faults: dict[str, Text] = {f"answers.{key}": NO_QUESTION for key in filing.answers if key not in questions}
    faults |= {f"materials.{key}": NO_MATERIAL for key in filing.files if key not in wanted}
    if filing.option_code and filing.option_code not in {each.code for each in terms.options}:
        faults["option"] = _("This item has no such option.")
    return faults


def _faults_of_applicant(applicant: people.NewPerson | people.NewOrganisation, *, today: date) -> dict[str, Text]:
    longest = LONGEST_ORGANISATION if isinstance(applicant, people.NewOrganisation) else LONGEST_PERSON
    checks: dict[str, Text | None] = {"name": _wrong(lambda: clean_name(applicant.name, longest=longest))}
    if isinstance(applicant, people.NewOrganisation):
        checks["credit_code"] = _wrong(lambda: identity.parse_credit_code(applicant.credit_code))
    else:
        checks["identity"] = _wrong(lambda: identity.parse_identity(applicant.identity_kind, applicant.identity, today=today))
        checks["phone"] = _wrong(lambda: identity.parse_mobile(applicant.phone or "")) if applicant.phone else None
    return {f"applicant.{key}": text for key, text in checks.items() if text is not None}


def _wrong(parse: Callable[[], str]) -> Text | None:
    """Return what is wrong with a value that a parser refuses."""
    try:
        parse()
    except (identity.WrongCode, WrongName) as refusal:
        return refusal.message
    return None


def _enter_applicant(
    application: Application, applicant: people.NewPerson | people.NewOrganisation, *, by: Actor, at: datetime
) -> None:
    if isinstance(applicant, people.NewOrganisation):
        (organisation,) = people.find_or_create_organisations([applicant], by=by, at=at)
        application.applicant_organisation_id, application.applicant_name = organisation.id, organisation.name
    else:
        (person,) = people.find_or_create_persons([applicant], by=by, at=at)
        capacity.require_guardian(person, by=by, at=at)
        application.applicant_person_id, application.applicant_name = person.id, person.name


@core.recorded_act(acts.CORRECT)
def hand_in_correction(
    *, application_id: UUID, answers: Mapping[str, object], files: Files, by: Actor, at: datetime
) -> Application:
    """Hand in at once everything that a one-time notice names: answers put right, and files for the papers.

    :raises NotAllowed: when the application is somebody else's.
    :raises WrongState: when nothing is missing at present.
    :raises Invalid: when an answer is wrong, or when the notice asks for an answer or a paper not at all.
    :raises MaterialsMissing: when a point of the notice is still open.
    """
    application = core.lock_one(application_id)
    require_owner(by, [application], at=at)
    require_state([application], CORRECT)
    _require_asked(application, answers, files, at=at)
    clean = _corrected(application, answers, at=at)
    _attach(application, files, by=by, at=at)
    correct_locked(application, clean, by=by, at=at)
    return application


def _require_asked(application: Application, answers: Mapping[str, object], files: Files, *, at: datetime) -> None:
    """Let only pass what the form knows and the open notice asks for."""
    form, asked = catalog.case_terms(application.version_id).content.form, queries.correctable(application, at=at)
    questions = {each.key for each in form.fields if each.type != "file"}
    wanted = {key for key, _name, _state in papers_wanted(application)}
    faults: dict[str, Text] = {
        f"answers.{key}": NotAsked.default if key in questions else NO_QUESTION
        for key in answers
        if key not in asked.questions & questions
    }
    faults |= {
        f"materials.{key}": NotAsked.default if key in wanted else NO_MATERIAL for key in files if key not in asked.materials
    }
    if faults:
        raise Invalid(faults)


def _corrected(application: Application, answers: Mapping[str, object], *, at: datetime) -> dict[str, object]:
    """Return the answers put right; only these are judged, the others were judged when they were filed."""
    form = catalog.case_terms(application.version_id).content.form
    clean, errors = form_rules.validate(form, {**application.answers, **answers}, today=local_date(at), only=list(answers))
    if errors:
        raise Invalid({f"answers.{key}": text for key, text in errors.items()})
    return {key: clean[key] for key in answers if key in clean}


def _attach(application: Application, files: Files, *, by: Actor, at: datetime) -> None:
    """Put the files to the materials they are for; what was rejected counts as provided again."""
    rows = {row.key: row for row in Material.objects.filter(application=application, key__in=list(files))}
    given = [(row, each) for key, row in rows.items() for each in dict.fromkeys(files[key])]
    documents.use_files({each for _row, each in given}, subject=core.subject_of(application), by=by, at=at)
    MaterialFile.objects.bulk_create(
        [
            MaterialFile(material=row, file_id=each, position=MOST_FILES + place, added_at=at)
            for place, (row, each) in enumerate(given)
        ],
        ignore_conflicts=True,
    )
    norm = {each.key: each for each in catalog.case_terms(application.version_id).materials}
    for row, _each in given:
        row.state, row.trust_level, row.is_original_seen = MaterialState.PROVIDED, level_of_upload(norm.get(row.key)), False
    Material.objects.bulk_update({row.pk: row for row, _each in given}.values(), ["state", "trust_level", "is_original_seen"])
