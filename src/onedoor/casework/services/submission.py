"""Submitting: the moment from which the city owes an answer."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import connection, transaction
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from onedoor.casework import acts, journey, messages, papers, stages, states
from onedoor.casework.models import Application, Material, MaterialFile, MaterialState
from onedoor.casework.permissions import require_owner, require_state
from onedoor.casework.services import core
from onedoor.casework.services.fetching import drop_void
from onedoor.casework.services.options import settle_option
from onedoor.casework.states import Status
from onedoor.catalog import form_rules
from onedoor.catalog import queries as catalog
from onedoor.catalog.content import Form
from onedoor.documents import services as documents
from onedoor.kernel import jobs, references, vault
from onedoor.kernel.actor import Actor
from onedoor.kernel.clock import local_date
from onedoor.kernel.errors import Invalid, Refused
from onedoor.kernel.prepared import Prepared
from onedoor.look.words import day_text
from onedoor.notify import services as notify
from onedoor.workdays import services as limits

if TYPE_CHECKING:
    from onedoor.workdays.models import Limit

NOTICE_WORKING_DAYS = 5  # 行政许可法 art. 32


class ItemClosed(Refused):
    """The last day of the item has passed, although nobody has closed it yet."""

    code = "item_closed"
    default = _("This item is not taken any more.")

    def __init__(self, last_day: date) -> None:
        super().__init__(
            gettext(
                "Applications for this item were taken until %(day)s; that day has passed. What you wrote is kept, nothing was "
                "submitted. The guide says what is possible instead, or call 12345."
            )
            % {"day": day_text(last_day)}
        )


class ItemChanged(Refused):
    """The version of a draft is not in force any more: another one is, or the item is closed."""

    code = "item_changed"
    default = _(
        "The guide of this item changed or was closed while you were writing. Your answers are kept; please start again from the guide."
    )


@transaction.atomic(durable=True)
def submit_application(*, application_id: UUID, by: Actor, at: datetime) -> Application:
    """Submit a draft: it gets its reference and query code, and the five working days of the first answer begin.

    Submitting again returns the same application, so that a double click or a lost answer does no harm.

    :raises Invalid: when answers or materials are missing or wrong; all of them are told at once.
    :raises NotAllowed: when somebody else's draft is submitted.
    :raises ItemChanged: when the item's version is no longer open.
    :raises ItemClosed: when the item's last day has passed.
    """
    applications = core.lock([application_id], with_serial=True)
    require_owner(by, applications, at=at)
    if applications[0].reference is not None:
        return applications[0]
    with jobs.queued_together():
        submit_many(applications, by=by, at=at, must_be_complete=True)
    return applications[0]


@transaction.atomic(savepoint=False)
def submit_many(applications: Sequence[Application], *, by: Actor, at: datetime, must_be_complete: bool, tell: bool = True) -> None:
    """Submit locked drafts. ``must_be_complete`` is False at a window, where the clerk tells in writing what is missing."""
    require_state(applications, states.SUBMIT)
    materials = _materials_of(applications)
    for application in applications:
        _require_open(application, at=at)
        drop_void(application, materials[application.id], at=at)
        application.answers = check_answers(application, materials[application.id], at=at, strict=must_be_complete)
        settle_option(application)
    _number(applications, at=at)
    entries = core.move(
        applications, states.SUBMIT, acts.SUBMIT, by=by, at=at,
        fields=("reference", "query_code", "query_hash", "answers", "option_code", "submitted_at", "arrived_at", "stage"),
        facts=_facts(applications),
    )  # fmt: skip
    _promise(applications, materials, entries, by=by, at=at, tell=tell)


@transaction.atomic(savepoint=False)
def submit_new(
    applications: Sequence[Application],
    materials: Mapping[UUID, Sequence[Material]],
    files: Sequence[MaterialFile],
    *,
    by: Actor,
    at: datetime,
) -> None:  # fmt: skip
    """Write applications that come whole, with checked answers, as submitted: without a draft, which nobody typed."""
    require_state(applications, states.SUBMIT)
    _number(applications, at=at)
    for application in applications:
        application.status = Status.SUBMITTED
    Application.objects.bulk_create(applications)
    _write_materials([row for rows in materials.values() for row in rows], files)
    entries = core.record(applications, acts.SUBMIT, by=by, at=at, facts=_facts(applications))
    _promise(applications, materials, entries, by=by, at=at, tell=True)


# Materials and their files in one statement: the foreign key between them is judged at the end of the transaction.
_MATERIALS = """
WITH materials AS (
    INSERT INTO casework_material (id, application_id, key, name, state, trust_level, copies, is_original_seen, remark)
    SELECT id, application, key, name, state, trust, 0, false, ''
    FROM unnest(%s::uuid[], %s::uuid[], %s::text[], %s::text[], %s::text[], %s::text[]) AS given(id, application, key, name, state, trust)
)
INSERT INTO casework_materialfile (id, material_id, file_id, position, added_at)
SELECT * FROM unnest(%s::uuid[], %s::uuid[], %s::uuid[], %s::int[], %s::timestamptz[])
"""


def _write_materials(rows: Sequence[Material], files: Sequence[MaterialFile]) -> None:
    columns = [[getattr(row, name) for row in rows] for name in ("id", "application_id", "key", "name", "state", "trust_level")]
    columns += [[getattr(file, name) for file in files] for name in ("id", "material_id", "file_id", "position", "added_at")]
    with connection.cursor() as cursor:
        cursor.execute(_MATERIALS, columns)


def _facts(applications: Sequence[Application]) -> dict[UUID, dict[str, object]]:
    return {
        each.id: {"item": each.item_code, "version": catalog.case_terms(each.version_id).number, "channel": each.channel}
        for each in applications
    }


def _promise(
    applications: Sequence[Application],
    materials: Mapping[UUID, Sequence[Material]],
    entries: Mapping[UUID, UUID],
    *,
    by: Actor,
    at: datetime,
    tell: bool,
) -> None:
    """Start the clock of the first answer, issue the receipts and tell the applicants."""
    started = start_notice_limit(applications, at=at)
    documents.issue_papers(
        [papers.submission_receipt(each, materials[each.id], started[each.id], entries[each.id]) for each in applications],
        by=by, at=at,
    )  # fmt: skip
    if tell:
        notify.tell(messages.submitted(applications), at=at)


def start_notice_limit(applications: Sequence[Application], *, at: datetime) -> dict[UUID, Limit]:
    """Start the five working days within which the city must answer, from the arrival of the materials."""
    started = limits.start_limits(
        [
            limits.NewLimit(
                subject=core.subject_of(each),
                kind="notice",
                unit="working-days",
                length=NOTICE_WORKING_DAYS,
                started_at=at,
                region=each.region,
            )
            for each in applications
        ]
    )
    return {limit.subject_id: limit for limit in started}


def check_answers(application: Application, materials: Sequence[Material], *, at: datetime, strict: bool) -> dict[str, object]:
    """Return the checked answers of an application.

    :raises Invalid: when something is missing or wrong, with every fault at once; at a window (not ``strict``) only wrong
        values are refused, since what is missing is told in the one-time notice.
    """
    terms = catalog.case_terms(application.version_id)
    answers = {**application.answers, **_files_as_answers(terms.content.form, materials)}
    clean, errors = form_rules.validate(terms.content.form, answers, today=local_date(at))
    faults = {key: text for key, text in errors.items() if strict or not _is_absent(answers, key)}
    if not application.applicant_name:
        faults["applicant"] = _("Please say for whom this application is made.")
    if strict:
        required = {
            each.key for each in terms.content.needed_materials(clean)
            if each.is_required and each.is_handed_in and not each.may_follow
        }  # fmt: skip
        for material in materials:
            if material.key in required and material.state in (MaterialState.MISSING, MaterialState.REJECTED):
                faults[f"material:{material.key}"] = _("Please add “%(name)s”; a photo taken with the phone will do.") % {
                    "name": material.name
                }
    if faults:
        raise Invalid(faults)
    return clean


def check_correction(application: Application, materials: Sequence[Material], *, at: datetime) -> dict[str, object]:
    """Return the checked answers of an application that its applicant puts right.

    :raises Invalid: when an answer is missing or wrong; papers are checked against the notice, which named all of them.
    """
    form = catalog.case_terms(application.version_id).content.form
    clean, faults = form_rules.validate(form, {**application.answers, **_files_as_answers(form, materials)}, today=local_date(at))
    files = {each.key for each in form.file_questions}
    if errors := {key: text for key, text in faults.items() if key not in files}:
        raise Invalid(errors)
    return clean


def _files_as_answers(form: Form, materials: Sequence[Material]) -> dict[str, object]:
    """Answer the questions that ask for a file by whether one was added."""
    there = {each.key for each in materials if each.state in (MaterialState.PROVIDED, MaterialState.CHECKED)}
    return {field.key: "added" if journey.file_key(field.key) in there else "" for field in form.file_questions}


def _is_absent(answers: Mapping[str, object], key: str) -> bool:
    """Tell whether nothing was answered to a question; a fault in a row of a repetition always counts."""
    return "." not in key and not answers.get(key)


def _materials_of(applications: Sequence[Application]) -> dict[UUID, list[Material]]:
    found: dict[UUID, list[Material]] = defaultdict(list)
    for material in _materials(applications):
        found[material.application_id].append(material)
    for application in applications:
        _fill_forms(application, found[application.id])
    return found


def _materials(applications: Sequence[Application]) -> Sequence[Material]:
    if len(applications) == 1:
        return _materials_of_one.rows(applications[0].id)
    return list(Material.objects.filter(application__in=applications).order_by("application_id", "key"))


_materials_of_one = Prepared(lambda key: Material.objects.filter(application=key).order_by("key"), UUID(int=1))


def _fill_forms(application: Application, materials: Sequence[Material]) -> None:
    """Count the application form itself as handed in: it is made from the answers."""
    forms = {each.key for each in catalog.case_terms(application.version_id).materials if each.is_generated}
    for material in materials:
        if material.key in forms and material.state == MaterialState.MISSING:
            material.state = MaterialState.PROVIDED


def _require_open(application: Application, *, at: datetime) -> None:
    last_day = catalog.closed_since(application.version, today=local_date(at))
    if last_day is not None:
        raise ItemClosed(last_day)
    if not catalog.is_open(application.version, today=local_date(at)) or not application.service_item.is_open:
        raise ItemChanged


def _number(applications: Sequence[Application], *, at: datetime) -> None:
    day = local_date(at)
    for application, serial in zip(applications, _serials(applications), strict=True):
        code = references.new_query_code()
        application.reference = references.make_reference(day, serial)
        application.query_code = code
        application.query_hash = vault.keyed_hash(code, purpose="casework.query")
        application.submitted_at = application.arrived_at = at
        application.stage = stages.RECEIVE


def _serials(applications: Sequence[Application]) -> list[int]:
    """Return serials of five digits from a sequence that goes round: gaps are allowed, so nobody waits for another's commit."""
    taken = [each.serial for each in applications if hasattr(each, "serial")]
    if len(taken) == len(applications):
        return taken
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('casework_serial') FROM generate_series(1, %s)", [len(applications)])
        return [row[0] for row in cursor.fetchall()]
