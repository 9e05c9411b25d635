"""S15: the same items online. Check what applies to me, fill in, upload, follow, put right, get the certificate."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.utils import timezone

from onedoor.casework import journey
from onedoor.casework import queries as casework
from onedoor.casework.models import Application
from onedoor.casework.norm import ALL_MET
from onedoor.casework.services import intake, review
from onedoor.catalog import queries as catalog
from onedoor.documents import queries as documents
from onedoor.kernel.clock import local_date
from onedoor.sample.answers import sample_answers
from tests.browser import WIDTHS, follow
from tests.casework.situations import COMMITMENT, PDF, City
from tests.people.factories import GOOD_PASSWORD, a_card, a_credit_code, a_phone
from tests.stories.camera import look

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
SHOP = "海港区𠮷㛃小饭馆"


@dataclass
class Citizen:
    """Somebody at home with a browser."""

    page: Any
    home: str
    with_script: bool

    def go(self, path: str) -> None:
        self.page.goto(self.home + path)

    @property
    def path(self) -> str:
        return urlsplit(self.page.url).path

    def press(self, name: str) -> None:
        """Press a button and wait for the page behind it."""
        follow(self.page.get_by_role("button", name=name, exact=True).first)

    def lose_session(self) -> None:
        self.page.context.clear_cookies(name="session")

    def log_in(self) -> None:
        self.page.locator("#id_login").fill(a_phone(1))
        self.page.locator("#id_password").fill(GOOD_PASSWORD)
        follow(self.page.locator("main button", has_text="登录"))


@pytest.mark.parametrize(
    ("width", "script"),
    [(WIDTHS["phone"], True), (WIDTHS["desk"], True), (WIDTHS["phone"], False)],
    ids=["phone", "desk", "no-script"],
)
def test_from_peoples_words_to_a_certificate_that_anybody_can_verify(
    story: City, live_server: Any, new_page: Callable[..., Any], worker: Callable[[], int], tmp_path: Path,
    pdfsig: Callable[[Path], str], scan_pdf: Callable[[Path], list[str]], width: int, script: bool,
) -> None:  # fmt: skip
    page = new_page(width, java_script_enabled=script, accept_downloads=True)
    citizen = Citizen(page, live_server.url, script)
    find_the_item(citizen)
    application = start(citizen)
    answer_everything(citizen, application)
    add_papers(citizen, application, tmp_path)
    check_and_submit(citizen)
    application.refresh_from_db()
    see_the_receipt(citizen, application, worker)
    follow_without_account(citizen, new_page(width, java_script_enabled=script), application)
    be_told_what_is_missing_and_put_it_right(citizen, story, application, tmp_path)
    be_granted(story, application)
    collect_and_verify(citizen, new_page(width, java_script_enabled=script), application, worker, tmp_path, pdfsig, scan_pdf)


def seen(citizen: Citizen, name: str) -> None:
    """Look a page over; axe needs script, so the walk without script only looks at what is there."""
    if citizen.with_script:
        look(citizen.page, name)


def find_the_item(citizen: Citizen) -> None:
    page = citizen.page
    citizen.go("/")
    seen(citizen, "home")
    page.locator("main input[name=q]").first.fill("开饭店")
    follow(page.locator("main form button").first)
    assert citizen.path == "/items/"
    seen(citizen, "items")
    follow(page.get_by_role("link", name="食品经营许可（新办）").first)
    assert citizen.path == f"/items/{COMMITMENT}/"
    seen(citizen, "guide")
    follow(page.get_by_role("link", name="在线办理").first)
    assert citizen.path == "/accounts/login/", "applying asks who one is"
    seen(citizen, "login")
    citizen.log_in()
    assert citizen.path == f"/apply/{COMMITMENT}/", "after logging in one is where one wanted to be"


def start(citizen: Citizen) -> Application:
    seen(citizen, "start")
    citizen.press("开始填写")
    assert Application.objects.count() == 1
    seen(citizen, "tasks")
    return Application.objects.get()


def answer_everything(citizen: Citizen, application: Application) -> None:
    """Answer question by question as they come, with the mistakes that people make."""
    form = catalog.version_form(application.version_id)
    known = sample_answers(form, today=local_date(timezone.now()), region="130302000000")
    known |= {"org_name": SHOP, "org_uscc": a_credit_code(77, "92"), "org_legal_id": a_card(3), "contact_name": "欧阳䶮㑇",
              "manager_id": a_card(4), "by_agent": "no", "get_way": "elec"}  # fmt: skip
    follow(citizen.page.locator(".govuk-task-list a").first)
    for _ in range(60):
        found = re.fullmatch(rf"/apply/d/{application.id}/q/(.+)/", citizen.path)
        if not found:
            return
        key = found[1]
        field = next(each for each in form if each.key == key)
        if key == "org_legal_id":
            be_refused_a_wrong_number(citizen, str(known[key]))
        elif key == "contact_name":
            lose_the_session_and_nothing_else(citizen, key, str(known[key]))
        else:
            fill(citizen.page, field, known.get(key, ""))
        if key == "org_name":
            seen(citizen, "question")
        citizen.press("继续")


def fill(page: Any, field: Any, value: Any) -> None:
    if field.type == "choice":
        page.locator(f'input[name="{field.key}"][value="{value}"]').check()
    elif field.type == "multichoice":
        for each in value:
            page.locator(f'input[name="{field.key}"][value="{each}"]').check()
    elif field.type == "region":
        page.locator(f'select[name="{field.key}"]').select_option(str(value))
    else:
        page.locator(f'[name="{field.key}"]').fill(str(value))


def be_refused_a_wrong_number(citizen: Citizen, good: str) -> None:
    """One digit too few is refused in words; full-width digits are taken as what they mean."""
    box = citizen.page.locator('input[name="org_legal_id"]')
    box.fill(good[:-1])
    citizen.press("继续")
    said = citizen.page.locator(".govuk-error-summary")
    assert "18" in said.inner_text()
    assert "17" in said.inner_text(), "it says how many were typed"
    assert citizen.page.title().startswith("错误：")
    assert box.input_value() == good[:-1], "nothing typed is lost"
    seen(citizen, "question-error")
    box.fill(good.translate(str.maketrans("0123456789X", "０１２３４５６７８９Ｘ")))


def lose_the_session_and_nothing_else(citizen: Citizen, key: str, value: str) -> None:
    """The session is gone when the answer is sent: one logs in again and the answer is still there."""
    box = citizen.page.locator(f'input[name="{key}"]')
    box.fill(value)
    citizen.lose_session()
    citizen.press("继续")
    assert citizen.path == "/accounts/login/"
    citizen.log_in()
    assert citizen.path.endswith(f"/q/{key}/")
    assert box.input_value() == value, "nothing typed is lost"
    seen(citizen, "question-after-login")


def add_papers(citizen: Citizen, application: Application, folder: Path) -> None:
    page = citizen.page
    if not citizen.path.endswith("/papers/"):
        citizen.go(f"/apply/d/{application.id}/papers/")
    good, wrong = folder / "布局图.pdf", folder / "照片.jpg"
    good.write_bytes(PDF)
    wrong.write_bytes(b"MZ\x90\x00" + b"\x00" * 300)
    application.refresh_from_db()
    terms = catalog.case_terms(application.version_id)
    wanted = [each.key for each in terms.materials if each.is_handed_in and each.is_owed]
    wanted += [
        journey.file_key(each.key)
        for each in terms.content.form.file_questions
        if journey.asks_for_file(terms.content.form, application.answers, journey.file_key(each.key))
    ]
    send_file(page, wanted[0], wrong)
    assert "照片.jpg" in page.locator(".govuk-error-summary").inner_text()
    seen(citizen, "papers-error")
    for key in wanted:
        send_file(page, key, good)
        assert page.locator(f'[id="paper-{key}"]').get_by_text("布局图.pdf").first.is_visible()
    seen(citizen, "papers")
    page.get_by_role("link", name="布局图.pdf").first.wait_for()
    follow(page.locator("main a.govuk-button", has_text="继续"))


def send_file(page: Any, key: str, file: Path) -> None:
    box = page.locator(f'[id="paper-{key}"]')
    box.locator("input[type=file]").set_input_files(file)
    follow(box.locator("button.govuk-button"))


def check_and_submit(citizen: Citizen) -> None:
    page = citizen.page
    assert citizen.path.endswith("/check/")
    assert page.get_by_text(SHOP).is_visible()
    seen(citizen, "check")
    citizen.press("提交申请")
    assert page.locator(".govuk-error-summary").is_visible(), "the promise of truth is not taken for granted"
    page.locator("#truth").check()
    citizen.press("提交申请")
    assert citizen.path.endswith("/done/")


def see_the_receipt(citizen: Citizen, application: Application, worker: Callable[[], int]) -> None:
    page = citizen.page
    assert application.status == "submitted"
    assert application.answers["org_legal_id"] == a_card(3), "full-width digits are kept as plain ones"
    shown = re.sub(r"\s", "", page.locator("main").inner_text())
    assert application.reference in shown
    assert application.query_code in shown
    worker()
    if not citizen.with_script:
        page.reload()
    page.get_by_role("link", name=re.compile("申请回执")).first.wait_for()
    seen(citizen, "done")


def follow_without_account(citizen: Citizen, page: Any, application: Application) -> None:
    """Somebody else's phone: reference and query code open the progress and the receipt, and no name."""
    guest = Citizen(page, citizen.home, citizen.with_script)
    guest.go("/track/")
    seen(guest, "track-ask")
    page.get_by_label("办件号").fill(application.reference)
    page.get_by_label("查询码").fill("ZZZZZZZZ")
    guest.press("查进度")
    assert page.locator(".govuk-error-summary").is_visible()
    page.get_by_label("查询码").fill((application.query_code or "").lower())
    guest.press("查进度")
    assert "张海燕" not in page.locator("body").inner_text()
    assert page.get_by_role("heading", name="食品经营许可（新办）").is_visible()
    link = page.get_by_role("link", name=re.compile("申请回执")).first
    answer = page.request.get(guest.home + link.get_attribute("href"))
    assert (answer.status, answer.body()[:5]) == (200, b"%PDF-")
    seen(guest, "track")


def be_told_what_is_missing_and_put_it_right(citizen: Citizen, city: City, application: Application, folder: Path) -> None:
    page, now = citizen.page, timezone.now()
    material = next(each for each in casework.materials_of(application) if each.state == "provided" and each.files.exists())
    points = [
        intake.Point(material.key, material.name, "照片太暗，看不清面积", "请在亮处重新拍一张"),
        intake.Point("field:staff", "从业人员数", "与健康证明份数不一致", "请按实际人数填写"),
    ]
    intake.ask_for_correction(application_id=application.id, points=points, by=city.clerk, at=now)
    citizen.go("/my/")
    seen(citizen, "my")
    follow(page.get_by_role("link", name="补材料").first)
    assert page.get_by_text("照片太暗，看不清面积").first.is_visible()
    seen(citizen, "correct")
    citizen.press("补好了，交上去")
    assert page.locator(".govuk-error-summary").is_visible(), "what is still open is said, not swallowed"
    better = folder / "重拍的布局图.pdf"
    better.write_bytes(PDF + b"\n% better\n")
    send_file(page, material.key, better)
    assert citizen.path.endswith("/correct/"), "one stays with what has to be put right"
    follow(page.locator("main .sum a").last)
    page.locator('input[name="staff"]').fill("６")
    citizen.press("继续")
    assert citizen.path.endswith("/correct/")
    citizen.press("补好了，交上去")
    application.refresh_from_db()
    assert application.status == "received"
    assert str(application.answers["staff"]) == "6"
    seen(citizen, "detail-received")


def be_granted(city: City, application: Application) -> None:
    """The officers do their part through the acts; their pages have a story of their own."""
    now = timezone.now()
    application = intake.accept_application(application_id=application.id, answers=ALL_MET, by=city.clerk, at=now)
    while application.stage != "approve":
        review.take_stage(application_id=application.id, by=city.reviewer, at=now)
        application = review.pass_stage(
            application_id=application.id, opinion="材料齐全，拟同意。", answers=ALL_MET, by=city.reviewer, at=now
        )
    review.take_stage(application_id=application.id, by=city.approver, at=now)
    review.decide_application(
        application_id=application.id, granted=True, reason="符合条件", answers=ALL_MET, by=city.approver, at=now
    )
    review.close_application(application_id=application.id, by=city.clerk, at=now)


def collect_and_verify(
    citizen: Citizen, stranger: Any, application: Application, worker: Callable[[], int], folder: Path,
    pdfsig: Callable[[Path], str], scan_pdf: Callable[[Path], list[str]],
) -> None:  # fmt: skip
    page = citizen.page
    worker()
    citizen.go(f"/my/applications/{application.id}/")
    citizen.press("网上领取结果")
    application.refresh_from_db()
    assert application.status == "delivered"
    seen(citizen, "detail")
    certificate = next(each for each in documents.papers_of(application.id) if each.kind == "certificate")
    link = page.locator(f'a[href="{certificate.url}"]').first
    genuine = folder / "certificate.pdf"
    genuine.write_bytes(page.request.get(citizen.home + (link.get_attribute("href") or "")).body())
    assert "Signature is Valid" in pdfsig(genuine)
    addresses = scan_pdf(genuine)
    assert addresses == [certificate.verify_url]
    guest = Citizen(stranger, citizen.home, citizen.with_script)
    stranger.goto(addresses[0])
    assert stranger.get_by_text("这份文书是真的").is_visible()
    assert "张海燕" not in stranger.locator("body").inner_text()
    assert "张＊燕" in stranger.locator("body").inner_text(), "a stranger sees a masked holder"
    seen(guest, "verify")
    content = genuine.read_bytes()
    changed = folder / "changed.pdf"
    changed.write_bytes(content[:2000] + bytes([content[2000] ^ 1]) + content[2001:])
    guest.go("/verify/")
    stranger.get_by_label("PDF 原文件").set_input_files(changed)
    guest.press("比对这个文件")
    assert stranger.get_by_text("被改动过").first.is_visible()
    seen(guest, "verify-changed")
