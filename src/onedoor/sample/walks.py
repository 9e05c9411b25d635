"""How one application of the sample walks through the house: each step through its act, at its moment, by whoever may do it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from onedoor.casework import journey, requests, stages
from onedoor.casework.norm import ALL_MET
from onedoor.casework.services import drafts, extension, handover, intake, review, special, submission, tolerance
from onedoor.catalog import queries as catalog
from onedoor.documents import services as documents
from onedoor.kernel.actor import Actor
from onedoor.kernel.clock import local_date
from onedoor.kernel.subjects import Subject
from onedoor.network import queries as network
from onedoor.sample import offices, staff, uploads
from onedoor.sample.answers import sample_answers
from onedoor.sample.applicants import Citizen, Organisation
from onedoor.sample.office_time import OfficeTime

if TYPE_CHECKING:
    from onedoor.casework.models import Application
    from onedoor.people.models import Account

OPINIONS = {
    "review": ("材料齐全，内容与核验结果一致，拟同意。", "经核对，申请人符合条件，建议准予。", "材料真实有效，提请审批。"),
    "handle": ("已到现场核查，与申报情况相符。", "已组织核查（评审），符合要求。", "核查记录已附，拟同意。"),
    "approve": ("同意。", "准予办理。", "符合规定，同意。"),
}
AT_ONCE = ("材料齐全，符合法定形式，当场办结。", "核验无误，当场办结。", "符合条件，即时办结。")
Applicant = Citizen | Organisation


@dataclass
class Crew:
    """Who works at which post, as actors."""

    posts: Mapping[str, Sequence[Account]]
    windows: dict[UUID, UUID]
    _actors: dict[UUID, Actor] = field(default_factory=dict)

    def at(self, post: str, place: int = 0) -> Actor:
        """Return one of those who hold a post."""
        held = self.posts[post]
        account = held[place % len(held)].id
        if account not in self._actors:
            self._actors[account] = network.actor_for(account)
        return self._actors[account]

    def clerk(self, agency: str, place: int = 0) -> Actor:
        """Return a clerk who receives for an office: those of the hall for departments, else its own."""
        return self.at(staff.CLERK if _is_department(agency) else staff.post_of(agency, "CLERK"), place)

    def worker(self, agency: str, stage: str) -> Actor:
        """Return who works on a stage of commitment items for an office."""
        role = {"handle": "HANDLE", "review": "REVIEW", "approve": "APPROVE"}[stage]
        if agency.endswith("-BM") and role == "HANDLE":
            role = "REVIEW"
        return self.at(staff.post_of(agency, role))


def _is_department(agency: str) -> bool:
    return agency.startswith(offices.CITY_PREFIX) and agency != offices.CENTER


@dataclass
class Walk:
    """One application on its way."""

    crew: Crew
    time: OfficeTime
    agency: str
    applicant: Applicant
    application: Application
    last: datetime
    place: int = 0

    @property
    def citizen(self) -> Citizen:
        return self.applicant if isinstance(self.applicant, Citizen) else self.applicant.head

    @property
    def clerk(self) -> Actor:
        return self.crew.clerk(self.agency, self.place)

    def tick(self, day: date | None = None) -> datetime:
        """Move on to a moment of a day, after the last step."""
        self.last = self.time.moment(max(day or local_date(self.last), local_date(self.last)), self.last)
        return self.last

    def checks(self) -> list[intake.Check]:
        """Return what the clerk notes of each paper, those that the form asks for included: all fine."""
        terms = catalog.case_terms(self.application.version_id)
        keys = [each.key for each in terms.materials if each.is_handed_in and each.is_owed]
        asked = [journey.file_key(each.key) for each in terms.content.form.file_questions]
        keys += [key for key in asked if journey.asks_for_file(terms.content.form, self.application.answers, key)]
        return [intake.Check(key=key, accepted=True, copies=1, is_original_seen=True) for key in keys]

    def papers(self) -> None:
        """Hand in a file for every paper that is wanted, from home."""
        terms = catalog.case_terms(self.application.version_id)
        wanted = [each.key for each in terms.materials if each.is_handed_in and each.is_owed]
        wanted += [journey.file_key(each.key) for each in terms.content.form.file_questions]
        subject = Subject("casework.application", self.application.id)
        for number, key in enumerate(wanted):
            upload = uploads.photo() if number % 3 == 1 else uploads.pdf()
            file = documents.store_upload(upload, by=self.citizen.actor, at=self.last, subject=subject)
            drafts.attach_file(application_id=self.application.id, key=key, file_id=file.id, by=self.citizen.actor, at=self.last)

    def submit(self) -> Walk:
        """Submit from home."""
        self.last += timedelta(minutes=self.time.random.randint(6, 25))
        self.application = submission.submit_application(application_id=self.application.id, by=self.citizen.actor, at=self.last)
        return self

    def submit_here(self) -> Walk:
        """Submit what a clerk wrote down at the window."""
        self.application = intake.submit_at_window(application_id=self.application.id, by=self.clerk, at=self.tick())
        return self

    def receive(self, day: date) -> Walk:
        self.application = intake.receive_application(
            application_id=self.application.id, checks=self.checks(), answers=ALL_MET, by=self.clerk, at=self.tick(day)
        )
        return self

    def accept(self, day: date) -> Walk:
        """Receive and accept in one go."""
        self.application = intake.receive_and_accept(
            application_id=self.application.id, checks=self.checks(), answers=ALL_MET, by=self.clerk, at=self.tick(day)
        )
        return self

    def take(self, day: date | None = None) -> Walk:
        worker = self.crew.worker(self.agency, self.application.stage)
        self.application = review.take_stage(application_id=self.application.id, by=worker, at=self.tick(day))
        return self

    def pass_on(self, day: date | None = None) -> Walk:
        """Finish the current stage with an opinion."""
        worker, said = self.crew.worker(self.agency, self.application.stage), OPINIONS[self.application.stage]
        self.application = review.pass_stage(
            application_id=self.application.id, opinion=self.time.random.choice(said), answers=ALL_MET, by=worker, at=self.tick(day)
        )
        return self

    @property
    def head(self) -> Actor:
        """Return the head of the office: at a township whoever approves."""
        return self.crew.at(staff.post_of(self.agency, "APPROVE" if self.agency.endswith("-BM") else "HEAD"))

    def ask_special(self, length: int, reason: str, day: date | None = None) -> Walk:
        """Ask for the first special procedure that the item allows, by who works on the stage."""
        worker, choice = self.crew.worker(self.agency, self.application.stage), requests.choices(self.application)[0]
        special.ask_special(
            application_id=self.application.id, choice=choice.key, length=min(length, choice.max_length), reason=reason,
            by=worker, at=self.tick(day),
        )  # fmt: skip
        return self

    def start_special(self, day: date | None = None) -> Walk:
        """Let the head approve the special procedure."""
        special.start_special(application_id=self.application.id, by=self.head, at=self.tick(day))
        return self

    def end_special(self, result: str, day: date | None = None) -> Walk:
        worker = self.crew.worker(self.agency, self.application.stage)
        special.end_special(application_id=self.application.id, result=result, by=worker, at=self.tick(day))
        return self

    def ask_extension(self, length: int, reason: str, day: date | None = None) -> Walk:
        worker = self.crew.worker(self.agency, self.application.stage)
        extension.ask_extension(application_id=self.application.id, length=length, reason=reason, by=worker, at=self.tick(day))
        return self

    def extend(self, day: date | None = None) -> Walk:
        extension.extend_application(application_id=self.application.id, by=self.head, at=self.tick(day))
        return self

    def decide(self, *, granted: bool = True, reason: str = "", day: date | None = None) -> Walk:
        worker = self.crew.worker(self.agency, "approve")
        said = reason or self.time.random.choice(OPINIONS["approve"])
        self.application = review.decide_application(
            application_id=self.application.id, granted=granted, reason=said, answers=ALL_MET, by=worker, at=self.tick(day)
        )
        return self

    def close(self) -> Walk:
        self.application = review.close_application(application_id=self.application.id, by=self.clerk, at=self.tick())
        return self

    def deliver(self, day: date, way: str = "window") -> Walk:
        self.application = handover.deliver_application(
            application_id=self.application.id, way=way, recipient=self.citizen.name, by=self.clerk, at=self.tick(day)
        )
        return self

    def deliver_now(self) -> Walk:
        """Hand the result over at the window a minute later."""
        self.last += timedelta(minutes=1)
        self.application = handover.deliver_application(
            application_id=self.application.id, way="window", recipient=self.citizen.name, by=self.clerk, at=self.last
        )
        return self

    def collect(self, day: date) -> Walk:
        """Collect the result online."""
        self.application = handover.collect_result(application_id=self.application.id, by=self.citizen.actor, at=self.tick(day))
        return self

    def ask(self, points: Sequence[intake.Point], day: date) -> Walk:
        """Tell what is missing."""
        self.application = intake.ask_for_correction(
            application_id=self.application.id, points=points, by=self.clerk, at=self.tick(day)
        )
        return self

    def tolerate(self, day: date) -> Walk:
        """Receive and accept in one go what lacks a paper that may follow; the applicant signs the promise at the window."""
        follows = self.follows()
        checks = [each for each in self.checks() if each.key not in follows[:1]]
        self.application = tolerance.receive_and_tolerate(
            application_id=self.application.id, signed=True, answers=ALL_MET, by=self.clerk, at=self.tick(day),
            checks=[*checks, intake.Check(key=follows[0], accepted=False, remark="原件未带")],
        )  # fmt: skip
        return self

    def follows(self) -> list[str]:
        """Return the papers of the item that may follow its acceptance."""
        terms = catalog.case_terms(self.application.version_id)
        needed = terms.content.needed_materials(self.application.answers)
        return [each.key for each in needed if each.is_owed and each.may_follow and each.is_handed_in]

    def fill(self, day: date) -> Walk:
        """Let the applicant bring to the window what was to follow."""
        self.application = tolerance.fill_gap(
            application_id=self.application.id, by=self.clerk, at=self.tick(day),
            checks=[intake.Check(key=key, accepted=True, copies=1, is_original_seen=True) for key in self.follows()],
        )  # fmt: skip
        return self

    def missing(self) -> list[intake.Point]:
        """Return a plausible point of a one-time notice: the first paper, or the form where no paper is handed in."""
        terms = catalog.case_terms(self.application.version_id)
        for each in terms.materials:
            if each.is_handed_in and each.is_required:
                return [
                    intake.Point(
                        each.key, each.name, "照片不清楚，看不到印章和编号", "请重新拍照或扫描原件，四角拍全，单张不超过 10 MB"
                    )
                ]
        first = next(iter(terms.content.form))
        return [intake.Point(f"field:{first.key}", first.label, "与证件上写的不一致", "请按证件重新填写")]

    def bring(self, day: date) -> Walk:
        """Let the applicant bring to the window what was missing."""
        self.application = intake.correct_application(
            application_id=self.application.id, answers={}, checks=self.checks(), by=self.clerk, at=self.tick(day)
        )
        return self

    def accept_received(self, day: date) -> Walk:
        self.application = intake.accept_application(
            application_id=self.application.id, answers=ALL_MET, by=self.clerk, at=self.tick(day)
        )
        return self

    def not_accept(self, day: date) -> Walk:
        self.application = intake.not_accept_application(
            application_id=self.application.id, reason="申请事项不属于本机关职权范围，应当向经营所在地提出。",
            competent="经营所在地县（区）行政审批局", by=self.clerk, at=self.tick(day),
        )  # fmt: skip
        return self

    def withdraw(self, day: date) -> Walk:
        self.application = handover.withdraw_application(
            application_id=self.application.id, reason="计划有变，暂时不办了。", by=self.citizen.actor, at=self.tick(day)
        )
        return self


@dataclass
class Door:
    """Begins applications, at a window or from home."""

    crew: Crew
    time: OfficeTime
    offers: dict[tuple[str, str], UUID]
    counties: dict[str, str]
    _versions: dict[str, UUID] = field(init=False)

    def __post_init__(self) -> None:
        one_of_each = {item: key for (_agency, item), key in self.offers.items()}
        found = catalog.open_service_items([*one_of_each.values()], today=local_date(self.time.now))
        self._versions = {each.item_code: each.version_id for each in found.values()}

    def at_window(self, agency: str, item: str, applicant: Applicant, at: datetime, place: int = 0) -> Walk:
        """Begin an application that a clerk writes down."""
        clerk = self.crew.clerk(agency, place)
        return self._open(agency, item, applicant, clerk, "window", at, place)

    def at_once(self, agency: str, item: str, applicant: Applicant, at: datetime, place: int = 0, *, minutes: int = 0) -> Walk:
        """Do an item wholly at the window, in one visit (S01)."""
        walk = self.at_window(agency, item, applicant, at, place)
        walk.last = at + timedelta(minutes=minutes or self.time.random.randint(6, 24))
        walk.application = review.finish_on_the_spot(
            application_id=walk.application.id,
            checks=walk.checks(),
            opinion=self.time.random.choice(AT_ONCE),
            answers=ALL_MET,
            by=walk.clerk,
            at=walk.last,
        )
        return walk

    def from_home(self, agency: str, item: str, applicant: Applicant, at: datetime, *, place: int = 0, filled: bool = True) -> Walk:
        """Begin an application at home, with its papers."""
        citizen = applicant if isinstance(applicant, Citizen) else applicant.head
        walk = self._open(agency, item, applicant, citizen.actor, "online", at, place, filled=filled)
        if filled:
            walk.papers()
        return walk

    def knows_gaps(self, item: str) -> bool:
        """Tell whether an item can be accepted with papers to follow."""
        terms = catalog.case_terms(self._versions[item])
        handed_in = [
            each for each in terms.materials if each.may_follow and each.is_owed and each.is_handed_in and each.when is None
        ]
        return bool(handed_in) and not terms.is_instant

    def steps(self, item: str) -> list[tuple[str, int]]:
        """Return stage and length of the steps that are worked on, in their order."""
        return [(step.stage, step.length) for step in stages.worked_steps(catalog.case_terms(self._versions[item]).steps)]

    def _open(
        self,
        agency: str,
        item: str,
        applicant: Applicant,
        by: Actor,
        channel: str,
        at: datetime,
        place: int,
        *,
        filled: bool = True,
    ) -> Walk:
        service_item, version = self.offers[agency, item], self._versions[item]
        answers = self._answers(version, applicant, agency, at) if filled else self._few_answers(version, applicant, agency, at)
        application = drafts.open_draft(
            service_item_id=service_item, applicant=_named(applicant), channel=channel, by=by, at=at, answers=answers,
            site_id=by.site if channel == "window" else None,
            window_id=self.crew.windows.get(by.account) if channel == "window" and by.account else None,
        )  # fmt: skip
        return Walk(self.crew, self.time, agency, applicant, application, at, place)

    def _answers(self, version: UUID, applicant: Applicant, agency: str, at: datetime) -> dict[str, object]:
        form = catalog.version_form(version)
        region = self.counties.get(agency[:6], next(iter(self.counties.values())))
        return sample_answers(
            form, today=local_date(at), random=self.time.random, region=region, given=_given(applicant), file_for=lambda _field: ""
        )

    def _few_answers(self, version: UUID, applicant: Applicant, agency: str, at: datetime) -> dict[str, object]:
        return dict(list(self._answers(version, applicant, agency, at).items())[:3])


def _named(applicant: Applicant) -> drafts.Applicant:
    if isinstance(applicant, Citizen):
        return drafts.Applicant(applicant.name, person_id=applicant.person)
    return drafts.Applicant(applicant.name, organisation_id=applicant.key)


def _given(applicant: Applicant) -> dict[str, object]:
    """Return the answers that the applicant's own papers give."""
    if isinstance(applicant, Organisation):
        head = applicant.head
        return {
            "applicant_kind": "organisation", "org_name": applicant.name, "org_uscc": applicant.credit_code, "org_legal_id": head.card,
            "contact_name": head.name, "contact_phone": head.phone, "shop_name": applicant.name, "company_name": applicant.name,
        }  # fmt: skip
    return {
        "applicant_kind": "person", "applicant_name": applicant.name, "applicant_id": applicant.card,
        "applicant_phone": applicant.phone, "contact_phone": applicant.phone,
    }  # fmt: skip


def worked(application: Application) -> list[stages.StageStep]:
    """Return the stages between acceptance and decision."""
    return stages.worked_steps(catalog.case_terms(application.version_id).steps)
