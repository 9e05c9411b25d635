"""What went wrong once, or would: each test is named after the trouble, and says how it ends well."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from onedoor.casework import queries as casework
from onedoor.casework.counter import Counter, judge, known_answers
from onedoor.casework.models import Application, Channel, MaterialFile
from onedoor.casework.services import drafts, intake
from onedoor.catalog import form_rules
from onedoor.catalog import queries as catalog
from onedoor.catalog.content import Form, FormField, Section
from onedoor.documents import keeping
from onedoor.documents import services as documents
from onedoor.documents.models import File, Paper
from onedoor.kernel.actor import Actor
from onedoor.kernel.errors import Invalid, NotFound
from onedoor.kernel.identity import card_check
from onedoor.kernel.subjects import Subject
from onedoor.people import services as people
from onedoor.people.models import Account
from tests.casework.situations import COMMITMENT, HOUSE, MONDAY, PDF, City, a_draft, submitted, with_papers
from tests.people.factories import GOOD_PASSWORD, a_card, a_credit_code, a_phone
from tests.people.test_pages import step_in

RARE = "𠮷㑇䶮㛃"
DECEMBER = datetime(2026, 12, 28, 2, 0, tzinfo=UTC)


@pytest.fixture
def city(furnished: City, db: None) -> City:
    return furnished


@pytest.fixture
def at_home(city: City, client: Client) -> Client:
    step_in(client, Account.objects.get(pk=city.citizen.account))
    return client


def text_of(answer: Any) -> str:
    return answer.content.decode()


def test_a_name_of_rare_characters_stays_itself_in_form_database_and_pdf(
    city: City, client: Client, run_jobs: Callable[[], int], tmp_path: Path
) -> None:
    (account,) = people.register_citizens(
        [people.NewCitizen(name=RARE, identity_kind="111", identity=a_card(88), phone=a_phone(88), password=GOOD_PASSWORD)],
        by=HOUSE, at=MONDAY,
    )  # fmt: skip
    citizen = Actor(client="web", account=account.id, person=account.person_id, label=RARE)
    draft = with_papers(a_draft(city, by=citizen), by=citizen)
    step_in(client, Account.objects.get(pk=account.id))
    url = reverse("casework:ask", args=[draft.id, "org_name"])
    assert client.post(url, {"asked": "org_name", "org_name": f"{RARE}饭馆"}).status_code == 302
    assert f"{RARE}饭馆" in text_of(client.get(url))
    done = client.post(reverse("casework:check", args=[draft.id]), {"truth": "on"}, follow=True)
    assert done.status_code == 200
    draft.refresh_from_db()
    assert (draft.applicant_name, draft.answers["org_name"]) == (RARE, f"{RARE}饭馆")
    run_jobs()
    paper = Paper.objects.get(subject_id=draft.id, kind="submission_receipt")
    file = tmp_path / "receipt.pdf"
    with keeping.open_stored(paper.storage_key) as stored:
        file.write_bytes(stored.read())
    said = subprocess.run(["pdftotext", str(file), "-"], capture_output=True, text=True, check=True).stdout
    assert RARE in said.replace("\n", "")


def card(body: str) -> str:
    return body + card_check(body)


@pytest.mark.parametrize(
    ("who", "number"),
    [
        ("resident of Hong Kong", card("81000019850307123")),
        ("resident of Macao", card("82000019850307123")),
        ("resident of Taiwan", card("83000019850307123")),
        ("foreigner with a permanent card", card("91313001985030712")),
        ("born before 1983 in an old county", card("13032119620418301")),
        ("foreigner with a passport", "E12345678"),
        ("foreigner with a card from before 2023", "USA110085031207"),
        ("resident of Hong Kong with a travel permit", "H12345678"),
        ("resident of Taiwan with a travel permit", "03456789"),
        ("typed with full-width digits and blanks", "１３０３２１ １９６２０４１８ " + card("13032119620418301")[14:]),
    ],
)
def test_an_unusual_identity_number_was_refused_by_the_form(who: str, number: str) -> None:
    _clean, errors = form_rules.validate(one_field("idcard"), {"x": number}, today=date(2026, 11, 24))
    assert errors == {}, who


@pytest.mark.parametrize("number", ["1303991980030700", "19850307", "一三〇三", "ABCDEFGH", card("81000019850307123")[:-1] + "?"])
def test_what_is_no_number_of_a_paper_is_refused(number: str) -> None:
    _clean, errors = form_rules.validate(one_field("idcard"), {"x": number}, today=date(2026, 11, 24))
    assert "x" in errors


@pytest.mark.parametrize(
    ("kind", "number"),
    [
        ("111", card("13032119620418301")),
        ("414", "E12345678"),
        ("511", "03456789"),
        ("516", "H1234567801"),
        ("553", card("91313001985030712")),
        ("553", "USA110085031207"),
        ("B11", card("83000019850307123")),
    ],
)
def test_the_number_of_a_passport_was_taken_at_the_counter_and_refused_by_the_form(kind: str, number: str) -> None:
    today = date(2026, 11, 24)
    who = Counter(name="玛丽", identity_kind=kind, identity=number)
    assert judge(who, today=today) == {}
    form = Form(
        sections=(Section("s", "部分", fields=("applicant_id",)),),
        fields=(FormField("applicant_id", "证件号码", "idcard", required=True),),
    )
    _clean, errors = form_rules.validate(form, known_answers(form, who), today=today)
    assert errors == {}


@pytest.mark.parametrize("kind", ["N2", "N1", "A1", "92", "93"])
def test_the_code_of_a_village_collective_was_refused_by_the_form(kind: str) -> None:
    _clean, errors = form_rules.validate(one_field("uscc"), {"x": a_credit_code(7, kind)}, today=date(2026, 11, 24))
    assert errors == {}


def one_field(kind: str) -> Any:
    return Form(sections=(Section("s", "部分", fields=("x",)),), fields=(FormField("x", "号码", kind, required=True),))


def test_the_session_was_gone_and_without_script_the_answer_was_lost(city: City, at_home: Client) -> None:
    draft = a_draft(city)
    url = reverse("casework:ask", args=[draft.id, "org_legal"])
    at_home.cookies.pop("session")
    sent = at_home.post(
        url, urlencode({"asked": "org_legal", "org_legal": RARE}), content_type="application/x-www-form-urlencoded",
        headers={"referer": f"http://testserver{url}?back=check"},
    )  # fmt: skip
    assert sent.status_code == 302
    assert "next=" in sent["Location"]
    assert "back" in sent["Location"], "one comes back to the page as it was"
    kept = at_home.session
    assert RARE not in str(dict(kept.items())), "what is kept is encrypted"
    answer = at_home.post(sent["Location"], {"as": "citizen", "login": a_phone(1), "password": GOOD_PASSWORD, "next": url})
    assert answer.status_code == 302
    page = at_home.get(url)
    assert f'value="{RARE}"' in text_of(page)
    assert f'value="{RARE}"' not in text_of(at_home.get(url)), "once, so that an old answer never comes up again"


def test_logging_in_after_a_lost_upload_led_to_a_page_that_only_takes_uploads(city: City, at_home: Client) -> None:
    draft = a_draft(city)
    page = reverse("casework:papers", args=[draft.id])
    key = next(each.key for each in catalog.case_terms(draft.version_id).materials if each.is_handed_in)
    at_home.cookies.pop("session")
    sent = at_home.post(
        reverse("casework:add_file", args=[draft.id, key]),
        {f"file-{key}": SimpleUploadedFile("a.pdf", PDF)},
        headers={"referer": f"http://testserver{page}"},
    )
    assert sent["Location"].endswith(f"?next={page}")
    elsewhere = at_home.post(reverse("casework:add_file", args=[draft.id, key]), headers={"referer": "https://evil.example/x"})
    assert "evil" not in elsewhere["Location"]


def test_a_file_of_200_mb_is_refused_by_its_announced_length(city: City, at_home: Client) -> None:
    draft = a_draft(city)
    key = next(each.key for each in catalog.case_terms(draft.version_id).materials if each.is_handed_in)
    answer = at_home.post(
        reverse("casework:add_file", args=[draft.id, key]), data=b"x", content_type="multipart/form-data; boundary=b",
        CONTENT_LENGTH="200000000",
    )  # fmt: skip
    assert answer.status_code == 413
    assert "20 MB" in text_of(answer), "it says how large a file may be"
    assert File.objects.count() == 0


def test_the_file_of_somebody_else_could_be_attached_by_its_key(city: City) -> None:
    mine, theirs = a_draft(city), a_draft(city, by=city.other_citizen)
    key = next(each.key for each in catalog.case_terms(mine.version_id).materials if each.is_handed_in)
    file = documents.store_upload(
        SimpleUploadedFile("secret.pdf", PDF), by=city.other_citizen, at=MONDAY, subject=Subject("casework.application", theirs.id)
    )
    with pytest.raises(NotFound):
        drafts.attach_file(application_id=mine.id, key=key, file_id=file.id, by=city.citizen, at=MONDAY)
    assert not MaterialFile.objects.filter(material__application=mine).exists()


def test_a_removed_file_was_kept_for_ever(city: City, at_home: Client) -> None:
    draft = with_papers(a_draft(city), by=city.citizen)
    used = MaterialFile.objects.select_related("material").filter(material__application=draft).first()
    assert used is not None
    answer = at_home.post(reverse("casework:remove_file", args=[draft.id, used.material.key, used.file_id]))
    assert answer.status_code == 302
    assert File.objects.get(pk=used.file_id).loose_since is not None, "the sweep takes it in seven days"


def in_correction(city: City) -> Application:
    application = submitted(city, at=timezone.now())
    material = next(each for each in casework.materials_of(application) if each.state == "provided" and each.files.exists())
    points = [
        intake.Point(material.key, material.name, "看不清", "请重新拍"),
        intake.Point("field:staff", "从业人员数", "不一致", "请改"),
    ]
    return intake.ask_for_correction(application_id=application.id, points=points, by=city.clerk, at=timezone.now())


def test_adding_a_paper_in_a_correction_led_away_from_the_notice(city: City, at_home: Client) -> None:
    application = in_correction(city)
    notice = reverse("casework:correct", args=[application.id])
    material = next(each for each in casework.materials_of(application) if each.state == "rejected")
    add = reverse("casework:add_file", args=[application.id, material.key])
    wrong = at_home.post(add, {f"file-{material.key}": SimpleUploadedFile("x.jpg", b"MZ" + b"\0" * 300)})
    assert wrong.status_code == 422
    assert "x.jpg" in text_of(wrong)
    assert "看不清" in text_of(wrong), "the fault is shown on the notice"
    right = at_home.post(add, {f"file-{material.key}": SimpleUploadedFile("x.pdf", PDF)})
    assert right["Location"].startswith(notice)
    question = reverse("casework:ask", args=[application.id, "staff"])
    assert at_home.post(question, {"asked": "staff", "staff": "6"})["Location"] == notice
    for page in ("tasks", "papers"):
        assert at_home.get(reverse(f"casework:{page}", args=[application.id]))["Location"] == notice, page


def test_a_wrong_answer_slipped_in_while_a_correction_was_written(city: City) -> None:
    application, now = in_correction(city), timezone.now()
    asked = next(each.key for each in casework.materials_of(application) if each.state == "rejected")
    with_papers(application, by=city.citizen, at=now, only=[asked])
    drafts.save_answers(application_id=application.id, answers={"staff": "许多"}, by=city.citizen, at=now)
    with pytest.raises(Invalid) as refused:
        intake.correct_application(application_id=application.id, answers={}, by=city.citizen, at=now)
    assert "staff" in refused.value.errors
    application.refresh_from_db()
    assert application.status == "correcting"


def test_a_date_in_a_year_without_calendar_looked_certain(city: City, at_home: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timezone, "now", lambda: DECEMBER)
    step_in(at_home, Account.objects.get(pk=city.citizen.account))
    application = submitted(city, at=DECEMBER)
    view = casework.limit_of_kind(application, "notice")
    assert view is not None
    assert (view.due_date.year, view.confirmed) == (2027, False)
    for page in ("done", "mine"):
        assert "2027 年的放假安排还没有公布" in text_of(at_home.get(reverse(f"casework:{page}", args=[application.id]))), page
    asked = {"reference": application.reference, "query_code": application.query_code}
    assert "暂定" in text_of(at_home.post(reverse("casework:track"), asked))


def test_the_receipt_could_not_be_opened_where_progress_was_followed_without_account(
    city: City, client: Client, run_jobs: Callable[[], int]
) -> None:
    application = submitted(city, at=timezone.now())
    run_jobs()
    paper = next(each for each in casework.papers_of(application) if each.kind == "submission_receipt")
    assert client.get(paper.url).status_code == 404, "nobody opens it by its address alone"
    asked = {"reference": application.reference, "query_code": application.query_code}
    assert paper.url in text_of(client.post(reverse("casework:track"), asked))
    opened = client.get(paper.url)
    assert opened.status_code == 200
    opened.close()


def test_a_draft_begun_twice_with_the_same_key_is_one_draft(city: City) -> None:
    first = a_draft(city)
    again = drafts.open_draft(
        service_item_id=city.offers[COMMITMENT], applicant=drafts.Applicant(name="张海燕", person_id=city.citizen.person),
        channel=Channel.ONLINE, draft_id=first.id, by=city.citizen, at=MONDAY,
    )  # fmt: skip
    assert again.id == first.id
    assert Application.objects.count() == 1
