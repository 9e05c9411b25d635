"""Applications for other systems: file, follow, correct, take back; and progress for whoever has reference and query code."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from ninja import Field, Header, Path, Query, Router, Schema, Status
from pydantic import ConfigDict, JsonValue, StringConstraints, model_validator

from onedoor.casework import queries, tracking, trust
from onedoor.casework.models import Application
from onedoor.casework.permissions import offered
from onedoor.casework.services import filing, handover
from onedoor.casework.states import CORRECT, WITHDRAW, Door, finish_code
from onedoor.catalog import queries as catalog
from onedoor.kernel.clock import local
from onedoor.kernel.errors import Invalid, NotFound
from onedoor.people import services as people
from onedoor.people.tokens import Anyone, Token, caller_of

router = Router(tags=["applications"])
Key = Annotated[str, StringConstraints(pattern=r"^[0-9A-Za-z_.:-]{1,120}$")]
Line = Annotated[str, StringConstraints(pattern=r"^[^\x00]*$", max_length=200)]
Reference = Annotated[
    str, Path(pattern=r"^[0-9]{12}$", description="Reference of the application: 12 digits, the last one checks", examples=["261124004219"])
]  # fmt: skip
WAYS_ON = {CORRECT: "correct", WITHDRAW: "withdraw"}
FILE, FOLLOW, PAPERS = Token("applications:write"), Token("applications:read"), Token("papers:read")


class Given(Schema):
    """What clients send: fields that are not known are refused."""

    model_config = ConfigDict(extra="forbid")


class PersonGiven(Given):
    """A natural person."""

    name: Line = Field(examples=["张海燕"])
    identity_kind: str = Field(
        "111",
        max_length=4,
        description="Kind of paper (GA/T 2000.156): 111 resident identity card, 414 passport …",
        examples=["111"],
    )
    identity: Line = Field(description="Number of the paper", examples=["130399199003077715"])
    phone: Line | None = Field(None, description="Mobile number", examples=["13800005072"])


class OrganisationGiven(Given):
    """A legal person or other organisation."""

    name: Line = Field(examples=["秦皇岛市海岸小馆餐饮有限公司"])
    credit_code: Line = Field(description="Unified social credit code", examples=["91130302MA07ABCD0N"])
    legal_representative: Line = Field("", examples=["张海燕"])


class ApplicantGiven(Given):
    """For whom it is filed: a person or an organisation."""

    person: PersonGiven | None = None
    organisation: OrganisationGiven | None = None

    @model_validator(mode="after")
    def _one(self) -> ApplicantGiven:
        if (self.person is None) == (self.organisation is None):
            raise ValueError("one of person and organisation")
        return self


class MaterialGiven(Given):
    """The files that serve as one material."""

    key: Key = Field(description="Key of the material in the guide; `file:` and the key of the question for a file question")
    files: list[UUID] = Field(min_length=1, max_length=20, description="Ids of uploaded files")


Answers = Annotated[
    dict[Key, JsonValue], Field(description="Answers by key of the question, as in the guide's form", max_length=300)
]
Materials = Annotated[list[MaterialGiven], Field(max_length=100)]


class NewApplication(Given):
    """A whole application."""

    service_item: UUID = Field(description="`id` of a service item: the item, and the agency that is in charge")
    applicant: ApplicantGiven
    answers: Answers = Field(default_factory=dict, examples=[{"contact_phone": "13800005072"}])
    materials: Materials = Field(default_factory=list)
    option: Annotated[str, StringConstraints(pattern=r"^[0-9A-Z]{0,2}$")] = Field("", description="Code of a handling option")


class Correction(Given):
    """Everything that the notice names, handed in at once."""

    answers: Answers = Field(default_factory=dict)
    materials: Materials = Field(default_factory=list)


class Withdrawal(Given):
    """Why it is taken back."""

    reason: Annotated[str, StringConstraints(pattern=r"^[^\x00]*$", max_length=500)] = Field(examples=["选址有变，重新申请"])


class Filed(Schema):
    """The answer to an application that was filed; the same request gets the same answer again."""

    reference: str = Field(description="By this people and systems ask for it", examples=["261124004219"])
    query_code: str = Field(description="With the reference it opens the progress page; hand it to the applicant only")
    item: str
    status: str = Field(examples=["submitted"])
    submitted_at: datetime


class ApplicationLine(Schema):
    """An application in a list."""

    reference: str
    item: str
    agency_name: str
    status: str
    outcome: str
    submitted_at: datetime


class ApplicationPage(Schema):
    """A page of applications, newest first."""

    applications: list[ApplicationLine]
    next: UUID | None = Field(description="Hand it in as `after` for the next page; null on the last one")


class LimitState(Schema):
    """A time limit that runs now."""

    kind: str = Field(description="notice, correction, stage, promise or legal")
    due_at: datetime
    due_date: date
    confirmed: bool = Field(description="False where the calendar of that year is not published yet")
    paused: bool
    left: str = Field(description="What is left, in words")


class StepState(Schema):
    """One step of the way."""

    name: str
    state: str = Field(description="done, now or ahead")
    at: datetime | None


class Point(Schema):
    """One thing to be put right."""

    key: str = Field(description="Key of a material, or `field:` and the key of a question")
    name: str
    problem: str
    how: str


class CorrectionNotice(Schema):
    """What is missing, told once and in full."""

    number: int
    told_at: datetime
    points: list[Point]


class ApplicationState(Schema):
    """How an application stands."""

    reference: str
    item: str
    item_name: str
    agency_name: str
    status: str = Field(description="submitted, received, correcting, accepted, in_review, decided, closed or delivered")
    outcome: str = Field(
        description="granted, refused, not_accepted, lapsed, withdrawn, void, entry_error, forwarded or done; empty while it is open"
    )
    finish_code: int | None = Field(description="How it ended as 办结结果代码 (0 to 6); none while it is open")
    sentence: str = Field(description="The same for people")
    must_act: bool = Field(description="Whether the applicant has to do something")
    reason: str = Field(description="Why it was refused, not accepted or taken back")
    submitted_at: datetime
    accepted_at: datetime | None
    decided_at: datetime | None
    closed_at: datetime | None
    delivered_at: datetime | None
    limit: LimitState | None = Field(description="The limit that ends first")
    steps: list[StepState]
    correction: CorrectionNotice | None = Field(description="The notice that has to be answered")
    next: list[str] = Field(description="What can be done now: `correct`, `withdraw`")


class MaterialThere(Schema):
    """A material of an application as the office has it."""

    key: str = Field(description="Key of the material in the guide, or `file:` and the key of a question")
    name: str
    state: str = Field(description="missing, provided, checked, rejected or not_needed")
    trust_level: str = Field(
        description="By 国办函〔2016〕108号: A issued by an authority, B compared with the original at a window, C uploaded, "
        "D self-made and answered for by the applicant; empty while it is not there"
    )
    is_original_seen: bool
    copies: int
    remark: str = Field(description="What the office said about it")
    files: int = Field(description="How many files serve as it")


class MaterialsThere(Schema):
    """The materials of an application in the order of the guide."""

    materials: list[MaterialThere]


class Paper(Schema):
    """An official paper."""

    id: UUID
    kind: str
    title: str
    number: str
    issued_at: datetime
    issuer: str
    is_sealed: bool = Field(description="Whether its file is ready; it takes some seconds")
    is_revoked: bool
    verify_url: str = Field(description="Where anybody can check it")
    url: str = Field(description="Where its PDF is; empty until it is sealed")


class Papers(Schema):
    """The official papers of an application, oldest first."""

    papers: list[Paper]


def _moment(at: datetime | None) -> datetime | None:
    return None if at is None else local(at)


def _own(request: HttpRequest, reference: str) -> Application:
    """Return an application that the client filed; everybody else's is not there."""
    return queries.application_by_reference(actor=caller_of(request).actor, reference=reference, at=timezone.now())


def _files(materials: Sequence[MaterialGiven]) -> dict[str, list[UUID]]:
    found: dict[str, list[UUID]] = {}
    for each in materials:
        found.setdefault(each.key, []).extend(each.files)
    return found


def _applicant(given: ApplicantGiven) -> people.NewPerson | people.NewOrganisation:
    if given.organisation is not None:
        return people.NewOrganisation(**given.organisation.model_dump())
    assert given.person is not None  # noqa: S101 - the schema lets exactly one through
    return people.NewPerson(**given.person.model_dump())


@router.post("/applications", response={201: Filed}, auth=FILE, operation_id="file_application", summary="File an application")
def file_application(
    request: HttpRequest,
    new: NewApplication,
    key: Annotated[
        str,
        Header(
            alias="Idempotency-Key", pattern=r"^[\x21-\x7e]{8,200}$", examples=["0b7c1f9e-6a52-4f0e-9a86-2f5d3f0f6c11"],
            description="A new random key for each application. The same key with the same body gets the same answer, "
            "with another body 409. Keys are kept for a day.",
        ),
    ],
) -> Status[dict[str, Any]]:  # fmt: skip
    """File a whole application: applicant, answers and materials are checked as on the city's own pages, all faults told at once."""
    caller = caller_of(request)
    application = filing.file_application(
        filing=filing.Filing(
            service_item_id=new.service_item,
            applicant=_applicant(new.applicant),
            answers=new.answers,
            files=_files(new.materials),
            option_code=new.option,
        ),
        request=filing.RequestKey(f"api:{caller.actor.client_id}", key, request.body),
        agencies=caller.agencies,
        region=caller.region,
        by=caller.actor,
        at=timezone.now(),
    )
    return Status(
        201,
        {
            "reference": application.reference,
            "query_code": application.query_code,
            "item": application.item_code,
            "status": "submitted",
            "submitted_at": _moment(application.submitted_at),
        },
    )


@router.get(
    "/applications", response=ApplicationPage, auth=FOLLOW, operation_id="list_applications", summary="List one's own applications"
)
def list_applications(
    request: HttpRequest,
    after: Annotated[UUID | None, Query(description="`next` of the page before")] = None,
    size: Annotated[int, Query(ge=1, le=100)] = 20,
) -> dict[str, Any]:
    """Return the applications that the client filed, newest first."""
    client_id = caller_of(request).actor.client_id
    assert client_id is not None  # noqa: S101 - a token always belongs to a client
    page = queries.filed_by_client(client_id=client_id, after=after, size=size)
    rows = [
        {"reference": each.reference, "item": each.item_code, "agency_name": each.agency.name, "status": each.status,
         "outcome": each.outcome, "submitted_at": _moment(each.submitted_at)}
        for each in page.rows
    ]  # fmt: skip
    return {"applications": rows, "next": page.rows[-1].pk if page.has_more else None}


@router.get(
    "/applications/{reference}", response=ApplicationState, auth=FOLLOW, operation_id="read_application",
    summary="See how an application stands",
)  # fmt: skip
def read_application(request: HttpRequest, reference: Reference) -> dict[str, Any]:
    """Return how an application stands that the client filed."""
    return _state(_own(request, reference))


@router.get(
    "/tracking/{reference}", response=ApplicationState, auth=Anyone(), operation_id="track_application",
    summary="See how an application stands, by its query code",
)  # fmt: skip
def track_application(
    request: HttpRequest,
    reference: Reference,
    query_code: Annotated[
        str, Header(alias="Query-Code", pattern=r"^[\x20-\x7e]{1,20}$", description="It stands on the receipt, below the reference")
    ],
) -> dict[str, Any]:
    """Return how an application stands to whoever has its reference and query code; 20 tries an hour."""
    tracking.spend_tries(request.META.get("REMOTE_ADDR", ""), reference, at=timezone.now())
    try:
        return _state(queries.tracked(reference=reference, query_code=query_code))
    except NotFound:
        raise NotFound(_("Reference and query code do not belong together. Please compare both with the receipt.")) from None


def _state(application: Application) -> dict[str, Any]:
    now = timezone.now()
    terms, progress = catalog.case_terms(application.version_id), queries.progress_of(application, now=now)
    moments = ("submitted_at", "accepted_at", "decided_at", "closed_at", "delivered_at")
    limit, notice = progress.limit, progress.correction
    return {
        "reference": application.reference,
        "item": application.item_code,
        "item_name": terms.title,
        "agency_name": application.agency.name,
        "status": application.status,
        "outcome": application.outcome,
        "finish_code": finish_code(application.outcome),
        "sentence": str(progress.sentence),
        "must_act": progress.must_act,
        "reason": application.reason,
        **{name: _moment(getattr(application, name)) for name in moments},
        "limit": limit and {
            "kind": limit.kind, "due_at": local(limit.due_at), "due_date": limit.due_date, "confirmed": limit.confirmed,
            "paused": limit.paused, "left": limit.left_text(now),
        },
        "steps": [{"name": str(each.name), "state": each.state, "at": _moment(each.at)} for each in progress.lines],
        "correction": notice and {"number": notice.number, "told_at": local(notice.told_at), "points": notice.points},
        "next": [name for move, name in WAYS_ON.items() if move in offered(application, Door.APPLICANT)],
    }  # fmt: skip


@router.post(
    "/applications/{reference}/correction", response=ApplicationState, auth=FILE, operation_id="correct_application",
    summary="Hand in what is missing",
)  # fmt: skip
def correct_application(request: HttpRequest, reference: Reference, correction: Correction) -> dict[str, Any]:
    """Answer a notice of what is missing, everything at once; the city then has five working days again."""
    filing.hand_in_correction(
        application_id=_own(request, reference).pk,
        answers=correction.answers,
        files=_files(correction.materials),
        by=caller_of(request).actor,
        at=timezone.now(),
    )
    return _state(_own(request, reference))


@router.post(
    "/applications/{reference}/withdrawal", response=ApplicationState, auth=FILE, operation_id="withdraw_application",
    summary="Take an application back",
)  # fmt: skip
def withdraw_application(request: HttpRequest, reference: Reference, withdrawal: Withdrawal) -> dict[str, Any]:
    """Take an application back before it is decided."""
    if not withdrawal.reason.strip():
        raise Invalid({"reason": _("Please write in a few words why you take it back.")})
    handover.withdraw_application(
        application_id=_own(request, reference).pk, reason=withdrawal.reason, by=caller_of(request).actor, at=timezone.now()
    )
    return _state(_own(request, reference))


@router.get(
    "/applications/{reference}/materials", response=MaterialsThere, auth=FOLLOW, operation_id="list_materials",
    summary="List what was handed in for an application",
)  # fmt: skip
def list_materials(request: HttpRequest, reference: Reference) -> dict[str, Any]:
    """Return the materials of an application that the client filed, with how far each can be trusted and what the office said."""
    application = _own(request, reference)
    norm = {each.key: each for each in catalog.case_terms(application.version_id).materials}
    rows = [
        {"key": row.key, "name": row.name, "state": row.state, "trust_level": trust.level_of(row, norm.get(row.key)) or "",
         "is_original_seen": row.is_original_seen, "copies": row.copies, "remark": row.remark, "files": len(row.files.all())}
        for row in queries.materials_of(application)
    ]  # fmt: skip
    return {"materials": rows}


@router.get(
    "/applications/{reference}/papers", response=Papers, auth=PAPERS, operation_id="list_papers",
    summary="List the official papers of an application",
)  # fmt: skip
def list_papers(request: HttpRequest, reference: Reference) -> dict[str, Any]:
    """Return the receipts, notices, decisions and certificates of an application that the client filed."""
    rows = [
        {**{name: getattr(each, name) for name in Paper.model_fields}, "issued_at": local(each.issued_at),
         "url": f"/api/v1/papers/{each.id}" if each.is_sealed else ""}
        for each in queries.papers_of(_own(request, reference))
    ]  # fmt: skip
    return {"papers": rows}
