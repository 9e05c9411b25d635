"""At a window: what a clerk writes for somebody who stands before him, from the draft to the first answer in one transaction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from onedoor.casework import acts, states
from onedoor.casework.identity_papers import is_identity_paper
from onedoor.casework.models import Application, MaterialFile
from onedoor.casework.norm import NOTHING, Given
from onedoor.casework.permissions import owns
from onedoor.casework.services import core, norm
from onedoor.casework.services.fetching import use_what_is_known
from onedoor.casework.services.intake import Check, Point, accept_checked, ask_one, receive_many, write_checks
from onedoor.casework.services.submission import submit_many
from onedoor.casework.states import Status
from onedoor.catalog import queries as catalog
from onedoor.journal import services as journal
from onedoor.kernel.actor import Actor
from onedoor.kernel.errors import Invalid, NotAllowed, NotFound, WrongState
from onedoor.network.queries import works_on
from onedoor.people import capacity
from onedoor.people import services as people
from onedoor.people.services import NewOrganisation, NewPerson

UNMASK_DUTY = "people.unmask"
SHORTEST_REASON = 4


@core.recorded_act(acts.OPEN_DRAFT)
def name_applicant_at_window(
    *, application_id: UUID, applicant: NewPerson | NewOrganisation, answers: Mapping[str, object], by: Actor, at: datetime
) -> Application:
    """Say for whom a clerk writes, by the paper on the counter, and keep what the paper says as answers too.

    :raises NotAllowed: when somebody else's draft is meant.
    :raises WrongState: when it was submitted meanwhile.
    :raises WrongCode: when the number on the paper cannot be right.
    :raises NameDiffers: when the number is known under another name.
    """
    application = _own_draft(application_id, by=by, at=at)
    if isinstance(applicant, NewPerson):
        (person,) = people.find_or_create_persons([applicant], by=by, at=at)
        capacity.require_guardian(person, by=by, at=at)
        application.applicant_person_id, application.applicant_organisation_id = person.id, None
        application.applicant_name = person.name
    else:
        (organisation,) = people.find_or_create_organisations([applicant], by=by, at=at)
        application.applicant_person_id, application.applicant_organisation_id = None, organisation.id
        application.applicant_name = organisation.name
    application.answers = {**application.answers, **answers}
    use_what_is_known(application, at=at)
    application.edited_at = at
    core.write([application], ("applicant_person", "applicant_organisation", "applicant_name", "answers", "edited_at"))
    return application


@core.recorded_act(acts.ACCEPT)
def accept_at_window(
    *, application_id: UUID, checks: Sequence[Check], by: Actor, at: datetime, answers: Given = NOTHING
) -> Application:
    """Submit, receive and accept a clerk's draft at once: everything is on the counter, and the clocks run.

    :raises NotAllowed: when the clerk did not open it or may not receive this item.
    :raises Invalid: when answers or papers are missing; all of them are told at once.
    :raises WrongState: when it was submitted before.
    :raises NormOpen: when a point of the check list is not answered.
    :raises NormNotMet: when one that forbids acceptance was answered with no.
    """
    application = _own_draft(application_id, by=by, at=at)
    core.authorise([application], states.RECEIVE, by=by, at=at)
    write_checks({application.id: checks}, by=by)
    submit_many([application], by=by, at=at, must_be_complete=True)
    receive_many([application], {}, by=by, at=at)
    accept_checked(application, answers, by=by, at=at)
    return application


@core.recorded_act(acts.RECEIVE)
def pass_on_at_window(
    *, application_id: UUID, checks: Sequence[Check], by: Actor, at: datetime, answers: Given = NOTHING
) -> Application:
    """Submit and receive a clerk's draft at a place that passes it on: the office in charge answers whether it is accepted.

    :raises NotAllowed: when the clerk did not open it or may not receive this item.
    :raises Invalid: when answers or papers are missing; all of them are told at once.
    :raises WrongState: when it was submitted before.
    """
    application = _own_draft(application_id, by=by, at=at)
    core.authorise([application], states.RECEIVE, by=by, at=at)
    write_checks({application.id: checks}, by=by)
    submit_many([application], by=by, at=at, must_be_complete=True)
    receive_many([application], {}, by=by, at=at)
    norm.keep_answers(application, answers, by=by, at=at)
    return application


@core.recorded_act(acts.ASK_FOR_CORRECTION)
def tell_at_window(
    *,
    application_id: UUID,
    checks: Sequence[Check],
    points: Sequence[Point],
    by: Actor,
    at: datetime,
    answers: Given = NOTHING,
) -> Application:
    """Submit and receive a clerk's draft and tell at once, in writing, everything that is missing.

    :raises NotAllowed: when the clerk did not open it or may not receive this item.
    :raises Invalid: when an answer is wrong or nobody is named as applicant.
    :raises NothingMissing: when no point is named.
    :raises WrongState: when it was submitted before.
    """
    application = _own_draft(application_id, by=by, at=at)
    core.authorise([application], states.RECEIVE, by=by, at=at)
    submit_many([application], by=by, at=at, must_be_complete=False)
    receive_many([application], {application.id: checks}, by=by, at=at)
    norm.keep_answers(application, answers, by=by, at=at)
    ask_one(application, points, by=by, at=at)
    return application


def _own_draft(application_id: UUID, *, by: Actor, at: datetime) -> Application:
    application = core.lock_one(application_id)
    if not owns(by, application, at=at):
        raise NotAllowed
    if application.status != Status.DRAFT:
        raise WrongState(_("This intake was already sent off. Here is how it stands."))
    return application


@core.recorded_act(acts.OPEN_ORIGINAL)
def open_original(*, application_id: UUID, file_id: UUID, reason: str, by: Actor, at: datetime) -> UUID:
    """Let an officer open an identity paper without its mark, this once; who did and why stays in the journal. Return the file.

    :raises NotAllowed: when the post may not look at hidden data, or does not work on this item.
    :raises Invalid: when no reason is given.
    :raises NotFound: when it is no file of an identity paper of the application.
    """
    application = core.lock_one(application_id)
    _require_look(application, reason, by=by, at=at)
    used = MaterialFile.objects.filter(file=file_id, material__application=application).select_related("material").first()
    if used is None:
        raise NotFound
    used.material.application = application
    if not is_identity_paper(used.material):
        raise NotFound
    facts = {"file": str(file_id), "material": used.material.name, "reason": reason.strip()}
    journal.record(acts.OPEN_ORIGINAL, subject=core.subject_of(application), by=by, at=at, facts=facts)
    return file_id


def _require_look(application: Application, reason: str, *, by: Actor, at: datetime) -> None:
    if not by.has(UNMASK_DUTY) or not works_on(by, application.item_code, application.agency_id, at):
        raise NotAllowed(_("Your post may not look at hidden numbers. Ask the head of your office."))
    if len(reason.strip()) < SHORTEST_REASON:
        raise Invalid({"reason": _("Please say why you need to see this; the applicant can read the reason.")})


@core.recorded_act(acts.UNMASK)
def unmask_answer(*, application_id: UUID, key: str, reason: str, by: Actor, at: datetime) -> str:
    """Return a hidden answer in full, once; who looked and why stays in the journal.

    :raises NotAllowed: when the post may not look at hidden data, or does not work on this item.
    :raises Invalid: when no reason is given.
    :raises NotFound: when there is no such hidden answer.
    """
    application = core.lock_one(application_id)
    _require_look(application, reason, by=by, at=at)
    field = next((each for each in catalog.version_form(application.version_id).fields if each.key == key), None)
    if field is None or not field.is_personal or key not in application.answers:
        raise NotFound
    journal.record(acts.UNMASK, subject=core.subject_of(application), by=by, at=at, facts={"field": key, "reason": reason.strip()})
    return str(application.answers[key])
