"""What people see of applications: their own, their post's work, one case whole. Fetching for somebody is the permission check."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from hmac import compare_digest
from uuid import UUID

from django.conf import settings
from django.db.models import Prefetch, Q, QuerySet

from onedoor.casework import annexes, consulting, progress, requests, stages, states, talk
from onedoor.casework.correction import Scope, scope
from onedoor.casework.holding import holding_of
from onedoor.casework.models import Application, CorrectionNotice, Material, MaterialFile, NormAnswer, StageRun, Tolerance
from onedoor.casework.permissions import (
    STAGE_OF_ACT,
    WITHOUT_THE_CASE,
    applicant_of,
    heads,
    may_void,
    may_with,
    offered,
    owns,
    refusal_at_level,
)
from onedoor.casework.progress import Progress
from onedoor.casework.requests import NO_REQUESTS, Requests
from onedoor.casework.states import CLOCKS_THAT_PAUSE, KIND, Door, Status, Transition
from onedoor.catalog import queries as catalog
from onedoor.documents import queries as documents
from onedoor.journal import queries as journal
from onedoor.kernel import references, vault
from onedoor.kernel.actor import Actor
from onedoor.kernel.clock import local_date
from onedoor.kernel.errors import NotFound, Text
from onedoor.kernel.paging import Page, first_page
from onedoor.kernel.subjects import Subject
from onedoor.network import queries as network
from onedoor.people import mandates
from onedoor.people import queries as people
from onedoor.workdays import queries as limits
from onedoor.workdays.standing import LimitView

PAGE_SIZE = 50
LIMITS_THAT_BIND = ("notice", "stage", "promise", "legal", "delivery")


@dataclass(frozen=True, slots=True)
class CasePage:
    """Everything an officer sees of one application."""

    application: Application
    terms: catalog.Terms
    materials: Sequence[Material]
    limits: Sequence[LimitView]
    runs: Sequence[StageRun]
    corrections: Sequence[CorrectionNotice]
    entries: Sequence[journal.EntryView]
    papers: Sequence[documents.PaperView]
    next_acts: Sequence[Transition]
    norm: Sequence[NormAnswer]
    requests: Requests
    promise: Tolerance | None = None


def application_for(*, actor: Actor, application_id: UUID, at: datetime) -> Application:
    """Return an application that the actor may see: his own, or one on which his post may work at any stage.

    :raises NotFound: for everybody else, so that nobody learns what exists.
    """
    return _seen(Application.objects.filter(pk=application_id), actor=actor, at=at)


def application_by_reference(*, actor: Actor, reference: str, at: datetime) -> Application:
    """Return the application of a reference under the same rule as ``application_for``.

    :raises NotFound: when there is none or the actor may not see it.
    """
    return _seen(Application.objects.filter(reference=references.parse_reference(reference) or ""), actor=actor, at=at)


def _seen(found: QuerySet[Application], *, actor: Actor, at: datetime) -> Application:
    found = annexes.told(found).annotate(stands_still=limits.is_paused(*CLOCKS_THAT_PAUSE))
    application = found.select_related(
        "version", "service_item", "agency", "site", "applicant_person", "filed_by", "tolerance"
    ).first()
    if application is None:
        raise NotFound
    if owns(actor, application, at=at):
        return application
    if application.status == Status.DRAFT or not (
        heads(actor, application) or may_void(actor) or network.works_on(actor, application.item_code, application.agency_id, at)
    ):
        raise NotFound
    return application


def tracked(*, reference: str, query_code: str) -> Application:
    """Return the application that reference and query code open without an account; tries are counted by the caller.

    :raises NotFound: when the two do not belong together, with the same answer for an unknown reference.
    """
    digits = references.parse_reference(reference)
    given = vault.keyed_hash(references.parse_code(query_code), purpose="casework.query")
    application = (
        Application.objects.select_related("version", "agency", "site", "tolerance").filter(reference=digits or "").first()
    )
    if application is None or not compare_digest(bytes(application.query_hash or b""), given):
        raise NotFound
    return application


def my_applications(*, actor: Actor, at: datetime, after: UUID | None = None) -> Page[Application]:
    """Return one's own applications and those of whoever one may act for today, newest first."""
    mine = Q(filed_by=actor.account, applicant_person__isnull=True, applicant_organisation__isnull=True)
    if actor.person is not None:
        mine |= Q(applicant_person__in=people.absorbed_by(actor.person))
        mine |= Q(applicant_person=actor.person) & (~Q(status=Status.DRAFT) | Q(filed_by=actor.account))
    organisations = people.organisations_of(actor.account) if actor.account is not None else []
    if organisations:
        mine |= Q(applicant_organisation__in=organisations)
    for each in mandates.principals_of(actor.person, at=at) if actor.person is not None else []:
        mine |= _of_principal(each, actor)
    found = Application.objects.filter(mine).select_related("version", "agency")
    if after is not None:
        found = found.filter(pk__lt=after)
    return first_page(list(found.order_by("-pk")[: PAGE_SIZE + 1]), PAGE_SIZE)


def _of_principal(principal: mandates.Principal, actor: Actor) -> Q:
    """Return which applications of somebody a proxy sees: those the mandate is good for; drafts only if the proxy began them."""
    key = "applicant_person" if principal.subject.kind == people.PERSON else "applicant_organisation"
    found = Q(**{key: principal.subject.id}) & (~Q(status=Status.DRAFT) | Q(filed_by=actor.account))
    return found & Q(item_code__in=principal.items) if principal.items else found


def applications_looked_into(person_id: UUID) -> list[UUID]:
    """Return the newest applications of a person, into whose hidden answers somebody may have looked."""
    return list(Application.objects.filter(applicant_person=person_id).order_by("-pk").values_list("id", flat=True)[:PAGE_SIZE])


def filed_by_client(*, client_id: UUID, after: UUID | None = None, size: int = PAGE_SIZE) -> Page[Application]:
    """Return the applications that another system filed, newest first."""
    found = Application.objects.filter(client_id=client_id).select_related("agency").order_by("-pk")
    if after is not None:
        found = found.filter(pk__lt=after)
    return first_page(list(found[: size + 1]), size)


def binding(views: Sequence[LimitView]) -> LimitView | None:
    """Return the open limit that ends first and binds the city."""
    running = [view for view in views if view.ended_at is None and view.kind in LIMITS_THAT_BIND]
    return min(running, key=lambda view: view.due_at, default=None)


def case_page(*, actor: Actor, application_id: UUID, at: datetime) -> CasePage:
    """Return one application with everything an officer needs to decide its next step.

    :raises NotFound: when the actor may not see it.
    """
    application = application_for(actor=actor, application_id=application_id, at=at)
    subject = Subject(KIND, application.id)
    runs = list(StageRun.objects.filter(application=application).order_by("started_at", "position", "pk"))
    asked = requests.of_case(application)
    return CasePage(
        application=application,
        terms=catalog.case_terms(application.version_id),
        materials=materials_of(application),
        limits=limits.limits_of([application.id]).get(application.id, []),
        runs=runs,
        corrections=corrections_of(application),
        entries=journal.entries_of(subject),
        papers=documents.papers_of(application.id),
        next_acts=next_acts(actor=actor, application=application, runs=runs, requests=asked, at=at),
        norm=list(NormAnswer.objects.filter(application=application).order_by("pk")),
        requests=asked,
        promise=promise_of(application),
    )


def corrections_of(application: Application) -> list[CorrectionNotice]:
    """Return the notices of what was missing, in their order."""
    if not application.corrections_asked:
        return []
    return list(CorrectionNotice.objects.filter(application=application).order_by("number"))


def proxy_of(application: Application) -> mandates.MandateView | None:
    """Return the mandate by which an application was filed, as of its submission; one query, and none where it was filed for oneself."""
    applicant, filer = applicant_of(application), application.filed_by
    if application.channel != "online" or applicant is None or application.submitted_at is None:
        return None
    if filer is None or filer.person_id is None or filer.person_id == applicant.id:
        return None
    return mandates.acting_for(filer.person_id, applicant, item_code=application.item_code, at=application.submitted_at)


def promise_of(application: Application) -> Tolerance | None:
    """Return the applicant's promise to hand in papers later, where there is one; read together with the application."""
    return getattr(application, "tolerance", None)


def materials_of(application: Application) -> list[Material]:
    """Return the materials in the order of the guide, with their files."""
    order = [each.key for each in catalog.case_terms(application.version_id).materials]
    rows = Material.objects.filter(application=application).select_related("certificate").defer("certificate__content")
    place = {key: number for number, key in enumerate(order)}
    files = Prefetch("files", MaterialFile.objects.select_related("file").order_by("position", "pk"))
    return sorted(rows.prefetch_related(files), key=lambda row: (place.get(row.key, len(order)), row.pk))


def next_acts(
    *,
    actor: Actor,
    application: Application,
    runs: Sequence[StageRun],
    at: datetime,
    requests: Requests = NO_REQUESTS,
) -> list[Transition]:
    """Return the transitions that the actor may do now; whatever is not here is not shown and is refused if tried."""
    if not actor.is_staff:
        return offered(application, Door.APPLICANT) if owns(actor, application, at=at) else []
    possible = [move for move in offered(application, Door.STAFF) if _fits_stage(move, application)]
    possible = [move for move in possible if requests.leave_room_for(move, actor)]
    if application.status == Status.CORRECTING:
        possible.append(states.CORRECT)  # somebody may bring what is missing to a window
    if application.has_gap:
        possible.append(states.FILL_GAP)
    if application.taken_by is not None and application.taken_by != actor.posting:
        possible = [move for move in possible if move in STAGE_OF_ACT or move in WITHOUT_THE_CASE]
    allowed = network.stages_of(actor, application.item_code, application.agency_id, at)
    barred: frozenset[str] = frozenset()
    if stages.needs_four_eyes(application.case_kind) and application.stage == stages.APPROVE:
        worked = {run.account_id for run in runs if run.stage != stages.APPROVE}
        barred = frozenset({stages.APPROVE}) if actor.account in worked else barred
    terms = catalog.case_terms(application.version_id)
    return [
        move for move in possible
        if may_with(actor, move, application, allowed, barred=barred) and refusal_at_level(actor, move, terms) is None
    ]  # fmt: skip


def _fits_stage(move: Transition, application: Application) -> bool:
    if move is states.DECIDE:
        return application.stage == stages.APPROVE
    if move is states.PASS_STAGE:
        return application.stage != stages.APPROVE
    if move is states.RETURN_STAGE:
        return (
            stages.step_before(stages.worked_steps(catalog.case_terms(application.version_id).steps), _place(application))
            is not None
        )
    return True


def _place(application: Application) -> int:
    """Return the place of the current step in the version's list, -1 before the first one."""
    return -1 if application.stage_position is None else application.stage_position


@dataclass(frozen=True, slots=True)
class MyRow:
    """One of my applications in the list: how it stands and until when."""

    application: Application
    terms: catalog.Terms
    light: str
    sentence: Text
    limit: LimitView | None
    is_asked: bool = False

    @property
    def is_draft(self) -> bool:
        return self.application.status == Status.DRAFT

    @property
    def kept_until(self) -> date:
        """Return the last day on which a draft is still there, if nobody touches it."""
        return local_date(self.application.edited_at + timedelta(days=settings.ONEDOOR_DRAFT_DAYS))

    @property
    def waits_for_me(self) -> bool:
        return self.is_asked or self.application.has_gap or self.application.status in (Status.DRAFT, Status.CORRECTING)


def my_certificates(*, actor: Actor, at: datetime) -> list[documents.PaperView]:
    """Return the certificates of a person that are valid today, newest first. Two queries."""
    if actor.person is None:
        return []
    own = Application.objects.filter(applicant_person=actor.person, outcome__in=("granted", "done")).order_by("-pk")
    found = documents.valid_certificates(list(own.values_list("pk", flat=True)[:PAGE_SIZE]), today=local_date(at))
    return [paper for _subject, paper in reversed(found)]


def my_rows(applications: Sequence[Application]) -> list[MyRow]:
    """Return the lines of the list of one's own applications, what waits for the applicant first. Two statements."""
    keys = [each.pk for each in applications]
    views, asked = limits.limits_of(keys), talk.asked_by_office(keys)
    rows = [
        MyRow(
            each,
            catalog.case_terms(each.version_id),
            progress.light_of(each),
            progress.sentence_of(each, views.get(each.pk, ())),
            _shown_to_applicant(each, views.get(each.pk, [])),
            each.pk in asked,
        )
        for each in applications
    ]
    return sorted(rows, key=lambda row: not row.waits_for_me)


def _shown_to_applicant(application: Application, views: Sequence[LimitView]) -> LimitView | None:
    kinds = ("correction",) if application.status == Status.CORRECTING else ("notice", "promise", "legal")
    running = [view for view in views if view.ended_at is None and view.kind in kinds]
    return min(running, key=lambda view: view.due_at, default=None)


def progress_of(application: Application, *, now: datetime) -> Progress:
    """Return how an application stands, for its applicant. Three statements."""
    views = limits.limits_of([application.id]).get(application.id, [])
    runs = list(StageRun.objects.filter(application=application).order_by("started_at", "position", "pk"))
    corrections = corrections_of(application)
    terms = catalog.case_terms(application.version_id)
    ahead = [step.title for step in stages.worked_steps(terms.steps) if step.position > _place(application)]
    return Progress(
        light=progress.light_of(application),
        status=application.get_status_display(),
        sentence=progress.sentence_of(application, views),
        special=next((view for view in views if view.kind == "special" and view.ended_at is None), None),
        must_act=application.status in (Status.DRAFT, Status.CORRECTING) or application.has_gap,
        gap=promise_of(application) if application.has_gap else None,
        gap_limit=_of_kind(views, "tolerance") if application.has_gap else None,
        limit=_shown_to_applicant(application, views),
        bar=progress.bar_of(_of_kind(views, "promise"), _of_kind(views, "legal"), now=now),
        lines=progress.lines(application, runs, corrections, ahead, consulting.lines_of(application)),
        holding=holding_of(application, runs, corrections, views, now=now),
        sums=progress.sums(views),
        correction=next((each for each in corrections if each.answered_at is None), None),
    )


def _of_kind(views: Sequence[LimitView], kind: str) -> LimitView | None:
    return max((view for view in views if view.kind == kind), key=lambda view: view.started_at, default=None)


def limit_of_kind(application: Application, kind: str) -> LimitView | None:
    """Return the newest limit of a kind."""
    return _of_kind(limits.limits_of([application.id]).get(application.id, []), kind)


def papers_of(application: Application) -> Sequence[documents.PaperView]:
    """Return the official papers of an application, oldest first."""
    return documents.papers_of(application.id)


def submission_entry(application: Application) -> UUID | None:
    """Return the journal entry of the submission, whose proof anybody may check."""
    entries = journal.entries_of(Subject(KIND, application.id))
    return next((each.id for each in entries if each.act == "casework.submit"), None)


def tracking_address(application: Application) -> str:
    """Return the address behind the receipt's QR code: the reference is filled in, the query code is not."""
    return f"{settings.ONEDOOR_BASE_URL}/track/?reference={application.reference}"


def open_correction(application: Application) -> CorrectionNotice | None:
    """Return the notice that the applicant has still to answer."""
    return CorrectionNotice.objects.filter(application=application, answered_at__isnull=True).first()


def correctable(application: Application, *, at: datetime) -> Scope:
    """Return the questions and materials that the open notice of an application lets be put right."""
    notice = open_correction(application)
    points = [point["key"] for point in notice.points] if notice else []
    content = catalog.version_content(application.version_id)
    return scope(content, application.answers, points, today=local_date(at))


def may_see(*, actor: Actor, application_id: UUID, at: datetime) -> bool:
    """Tell whether the actor may open the files and papers of an application: the guard that ``documents`` asks."""
    try:
        application_for(actor=actor, application_id=application_id, at=at)
    except NotFound:
        return consulting.is_asked(actor, application_id)
    return True


def files_of(application: Application) -> list[MaterialFile]:
    """Return all files of an application."""
    found = MaterialFile.objects.filter(material__application=application).select_related("file", "material")
    return list(found.order_by("material__key", "position", "pk"))
