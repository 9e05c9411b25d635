"""A very small city, furnished through the acts: two items, one hall, and the people who work on applications."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from django.core.files.uploadedfile import SimpleUploadedFile

from onedoor.casework import journey
from onedoor.casework.models import Application, Consultation
from onedoor.casework.norm import ALL_MET
from onedoor.casework.services import consulting, drafts, extension, intake, review, special, submission, tolerance, window
from onedoor.catalog import queries as catalog
from onedoor.catalog import services as catalog_services
from onedoor.documents import services as documents
from onedoor.kernel.actor import Actor, system_actor
from onedoor.kernel.clock import local_date
from onedoor.kernel.subjects import Subject
from onedoor.network import entries
from onedoor.network import queries as network
from onedoor.network import services as network_services
from onedoor.people import services as people
from onedoor.people.models import Account
from onedoor.sample.answers import sample_answers
from onedoor.workdays.services import seed_calendar
from tests.catalog.sources import guides_file, items_file
from tests.people.factories import GOOD_PASSWORD, a_card, a_phone

INSTANT, COMMITMENT = "130300-FG-10-0001", "130300-YJ-01-0001"
MONDAY = datetime(2026, 11, 16, 1, 30, tzinfo=UTC)  # 09:30 in Asia/Shanghai, an ordinary working day
HOUSE = Actor(
    client="system:test",
    label="test",
    duties=frozenset({"network.manage", "catalog.publish", "people.manage_accounts", "workdays.enter_notice"}),
)
PDF = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj 2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
    b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
)


@dataclass
class City:
    """The furnished city: service items by code, and actors by role."""

    agency: UUID
    offers: dict[str, UUID]
    clerk: Actor
    reviewer: Actor
    approver: Actor
    stranger: Actor
    head: Actor
    citizen: Actor
    other_citizen: Actor


def furnish(at: datetime = MONDAY - timedelta(days=60)) -> City:
    """Build the city as of ``at``."""
    seed_calendar(by=HOUSE, at=at)
    network_services.create_regions(
        [
            entries.NewRegion("130300000000", "秦皇岛市", "city"),
            entries.NewRegion("130302000000", "海港区", "county", parent="130300000000"),
        ],
        by=HOUSE, at=at,
    )  # fmt: skip
    network_services.create_sites(
        [entries.NewSite("QHD-C-0001", "秦皇岛市政务服务中心", "center", "city", "130300000000", "示例路 1 号", hours_code="HALL-CITY")],
        by=HOUSE, at=at,
    )  # fmt: skip
    agency = network_services.create_agencies(
        [entries.NewAgency("SP", "秦皇岛市行政审批局", "city", "130300000000", credit_code="11130300MB0A1C016F", paper_word="秦审",
                           site="QHD-C-0001")],
        by=HOUSE, at=at,
    )["SP"]  # fmt: skip
    network_services.create_windows([entries.NewWindow("QHD-C-0001", "3", "综合窗口")], by=HOUSE, at=at)
    _import_two_items(at)
    offers = {code: catalog.service_items_for(code)[0].service_item_id for code in (INSTANT, COMMITMENT)}
    posts = network_services.create_posts(
        [entries.NewPost(code, name, "SP", role, site="QHD-C-0001", duties=duties) for code, name, role, duties in (
            ("clerk", "综合受理岗", "window_clerk", ()), ("reviewer", "审核岗", "reviewer", ()),
            ("approver", "审批岗", "approver", ()), ("stranger", "外单位岗", "handler", ()),
            ("head", "局长", "dept_head", ("casework.head", "casework.void")))],
        by=HOUSE, at=at,
    )  # fmt: skip
    _grant(posts, agency, at)
    actors = {role: _staff(role, number, at) for number, role in enumerate(posts, start=1)}
    return City(
        agency=agency, offers=offers, citizen=_citizen("张海燕", 1, at), other_citizen=_citizen("李建国", 2, at), **actors
    )  # fmt: skip


def _import_two_items(at: datetime) -> None:
    rows = list(csv.DictReader(io.StringIO(items_file().decode("utf-8-sig"))))
    kept = [row | {"levels": "city;county"} for row in rows if row["code"] in (INSTANT, COMMITMENT)]
    text = io.StringIO()
    writer = csv.DictWriter(text, fieldnames=list(rows[0]))
    writer.writeheader()
    writer.writerows(kept)
    guides = [each for each in json.loads(guides_file()) if each["code"] in (INSTANT, COMMITMENT)]
    catalog_services.import_items(
        items=text.getvalue().encode(),
        guides=json.dumps(guides, ensure_ascii=False).encode(),
        basis="测试",
        by=HOUSE,
        at=at,
    )
    agency = network.agency_for("SP").id
    catalog_services.create_service_items(
        [catalog_services.NewServiceItem(code, agency, "city", "11130300MB0A1C016F") for code in (INSTANT, COMMITMENT)],
        by=HOUSE, at=at,
    )  # fmt: skip


def _grant(posts: dict[str, UUID], agency: UUID, at: datetime) -> None:
    rights = [(posts["clerk"], code, stage) for code in (INSTANT, COMMITMENT) for stage in ("receive", "issue", "deliver")]
    rights += [(posts["clerk"], INSTANT, stage) for stage in ("handle", "review", "approve")]
    rights += [(posts["reviewer"], COMMITMENT, stage) for stage in ("handle", "review")]
    rights += [(posts["approver"], COMMITMENT, stage) for stage in ("handle", "review", "approve")]
    network_services.grant_authorisations(
        [entries.NewAuthorisation(post, agency, code, stage, starts_at=at) for post, code, stage in rights], by=HOUSE, at=at
    )


def _staff(role: str, number: int, at: datetime) -> Actor:
    account = people.create_staff(
        username=f"1000{number}", name=f"岗{number}", password=GOOD_PASSWORD, must_change=False, by=HOUSE, at=at
    )
    network_services.post_people([entries.NewPosting(account.id, role, starts_at=at)], by=HOUSE, at=at)
    return network.actor_for(account.id, at=at)


def _citizen(name: str, number: int, at: datetime) -> Actor:
    (account,) = people.register_citizens(
        [people.NewCitizen(name=name, identity_kind="111", identity=a_card(number), phone=a_phone(number), password=GOOD_PASSWORD)],
        by=HOUSE, at=at,
    )  # fmt: skip
    return Actor(client="web", account=account.id, person=account.person_id, label=name)


def a_draft(city: City, code: str = COMMITMENT, *, by: Actor | None = None, at: datetime = MONDAY) -> Application:
    """Return a filled draft of the citizen, without papers; a clerk writes it at the window."""
    by = by or city.citizen
    applicant = city.citizen if by.is_staff else by
    application = drafts.open_draft(
        service_item_id=city.offers[code],
        applicant=drafts.Applicant(name=applicant.label, person_id=applicant.person),
        channel="window" if by.is_staff else "online",
        by=by,
        at=at,
    )
    form = catalog.version_form(application.version_id)
    answers = sample_answers(form, today=local_date(at), region="130302000000", file_for=lambda field: "")
    return drafts.save_answers(application_id=application.id, answers=answers, by=by, at=at)


def with_papers(application: Application, *, by: Actor, at: datetime = MONDAY, only: Sequence[str] = ()) -> Application:
    """Upload one file for each paper that has to be handed in, or for those named."""
    terms = catalog.case_terms(application.version_id)
    wanted = [each.key for each in terms.materials if each.is_handed_in and each.is_owed]
    wanted += [journey.file_key(each.key) for each in terms.content.form.file_questions]
    for number, key in enumerate(only or wanted):
        upload = SimpleUploadedFile(f"paper{number}.pdf", PDF, content_type="application/pdf")
        file = documents.store_upload(upload, by=by, at=at, subject=Subject("casework.application", application.id))
        drafts.attach_file(application_id=application.id, key=key, file_id=file.id, by=by, at=at)
    return application


def submitted(city: City, code: str = COMMITMENT, *, at: datetime = MONDAY) -> Application:
    """Return an application submitted by the citizen."""
    draft = with_papers(a_draft(city, code, at=at), by=city.citizen, at=at)
    return submission.submit_application(application_id=draft.id, by=city.citizen, at=at)


def all_checked(application: Application) -> list[intake.Check]:
    """Return a check of every paper that has to be handed in, all fine."""
    terms = catalog.case_terms(application.version_id)
    keys = [each.key for each in terms.materials if each.is_handed_in and each.is_owed]
    keys += [journey.file_key(each.key) for each in terms.content.form.file_questions]
    return [intake.Check(key=key, accepted=True, copies=1, is_original_seen=True) for key in keys]


def accepted(city: City, *, at: datetime = MONDAY) -> Application:
    """Return an application that waits for its first stage."""
    application = submitted(city, at=at)
    return intake.receive_and_accept(
        application_id=application.id, checks=all_checked(application), answers=ALL_MET, by=city.clerk, at=at
    )


def entered_at_window(city: City, *, at: datetime = MONDAY) -> Application:
    """Return an application that a clerk wrote down and submitted at the window."""
    application = drafts.open_draft(service_item_id=city.offers[COMMITMENT], applicant=None, channel="window", by=city.clerk, at=at)
    window.name_applicant_at_window(
        application_id=application.id, applicant=people.NewPerson("来窗口的人", "111", a_card(88), a_phone(88)), answers={},
        by=city.clerk, at=at,
    )  # fmt: skip
    return intake.submit_at_window(application_id=application.id, by=city.clerk, at=at)


FOLLOWS = "m3"  # a paper of the commitment item that may follow its acceptance (容缺)


def one_wanted() -> list[intake.Check]:
    """Return the check of a clerk who sees that the paper that may follow is not as it should be."""
    return [intake.Check(key=FOLLOWS, accepted=False, remark="没有盖章")]


def one_missing(city: City, *, at: datetime = MONDAY) -> Application:
    """Return an application that the citizen submitted without the paper that may follow."""
    draft = a_draft(city, at=at)
    keys = [each.key for each in all_checked(draft) if each.key != FOLLOWS]
    with_papers(draft, by=city.citizen, at=at, only=keys)
    return submission.submit_application(application_id=draft.id, by=city.citizen, at=at)


def with_gap(city: City, *, at: datetime = MONDAY) -> Application:
    """Return an application accepted against the promise that one paper follows."""
    application = submitted(city, at=at)
    checks = [each for each in all_checked(application) if each.key != FOLLOWS] + one_wanted()
    return tolerance.receive_and_tolerate(
        application_id=application.id, signed=True, checks=checks, answers=ALL_MET, by=city.clerk, at=at
    )


def before_decision(city: City, *, at: datetime = MONDAY) -> Application:
    """Return an application that waits for its decision."""
    application = accepted(city, at=at)
    while application.stage != "approve":
        review.take_stage(application_id=application.id, by=city.reviewer, at=at)
        application = review.pass_stage(
            application_id=application.id, opinion="材料齐全，拟同意。", answers=ALL_MET, by=city.reviewer, at=at
        )
    review.take_stage(application_id=application.id, by=city.approver, at=at)
    return application


def other_office(city: City, *, at: datetime = MONDAY) -> Actor:
    """Return the head of another office, which may be asked for its opinion; made when first needed."""
    if network.agencies().filter(code="SW").exists():
        return network.actor_for(Account.objects.get(username="100020").id, at=at)
    site = "QHD-C-0001"
    network_services.create_agencies(
        [entries.NewAgency("SW", "秦皇岛市水务局", "city", "130300000000", credit_code="11130300MB0A1C0241", paper_word="秦水", site=site)],
        by=HOUSE, at=at,
    )  # fmt: skip
    network_services.create_posts(
        [entries.NewPost("water", "水务局局长", "SW", "dept_head", site=site, duties=("casework.head",))], by=HOUSE, at=at
    )
    return _staff("water", 20, at - timedelta(days=1))


def consulted(city: City, *, at: datetime = MONDAY) -> Consultation:
    """Return a question to another office about an application in review, asked by its reviewer."""
    office = other_office(city, at=at)
    application = accepted(city, at=at)
    review.take_stage(application_id=application.id, by=city.reviewer, at=at)
    return consulting.consult(
        application_id=application.id, office=office.agency, question="取水许可是否影响本事项？", length=5, by=city.reviewer, at=at
    )


def asked(city: City, *, at: datetime = MONDAY) -> Application:
    """Return an application in review for which its reviewer asked for a special procedure and for more time."""
    application = accepted(city, at=at)
    review.take_stage(application_id=application.id, by=city.reviewer, at=at)
    special.ask_special(
        application_id=application.id, choice="expert_review", length=10, reason="需要专家评审。", by=city.reviewer, at=at
    )
    extension.ask_extension(application_id=application.id, length=5, reason="案情复杂。", by=city.reviewer, at=at)
    consulting.consult(
        application_id=application.id, office=other_office(city, at=at).agency, question="取水许可是否影响本事项？", length=5, by=city.reviewer,
        at=at,
    )  # fmt: skip
    return Application.objects.get(pk=application.id)


def paused(city: City, *, at: datetime = MONDAY) -> Application:
    """Return an application whose limits stand still for a special procedure."""
    application = accepted(city, at=at)
    review.take_stage(application_id=application.id, by=city.reviewer, at=at)
    special.ask_special(
        application_id=application.id, choice="expert_review", length=10, reason="需要专家评审。", by=city.reviewer, at=at
    )
    special.start_special(application_id=application.id, by=city.approver, at=at)
    return Application.objects.get(pk=application.id)


def system() -> Actor:
    return system_actor("test")
