"""Applying from home through HTTP, as a person would, without JavaScript."""

from __future__ import annotations

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from onedoor.casework import journey
from onedoor.casework.models import Application
from onedoor.catalog import queries as catalog
from onedoor.people.models import Account
from onedoor.sample.answers import sample_answers
from tests.casework.situations import COMMITMENT, MONDAY, PDF, City, a_draft, submitted, with_papers
from tests.people.test_pages import step_in


@pytest.fixture
def at_home(city: City, client: Client) -> Client:
    step_in(client, Account.objects.get(pk=city.citizen.account))
    return client


def text_of(response) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def test_a_citizen_applies_from_home_and_follows_it(city: City, at_home: Client) -> None:
    start = at_home.get(reverse("casework:start", args=[COMMITMENT]))
    assert start.status_code == 200
    draft_id = re.search(r'name="draft" value="([^"]+)"', start.content.decode())[1]
    begun = {"draft": draft_id, "applicant": f"people.person:{city.citizen.person}", "service_item": str(city.offers[COMMITMENT])}
    assert at_home.post(reverse("casework:start", args=[COMMITMENT]), begun).status_code == 302
    again = at_home.post(reverse("casework:start", args=[COMMITMENT]), begun)
    assert Application.objects.count() == 1, "a double click begins one draft"
    application = Application.objects.get()
    assert application.answers, "what the city knows is not asked again"
    page = at_home.get(again["Location"])
    assert page.status_code == 200

    _answer_everything(at_home, application)
    _add_every_paper(at_home, application)
    check = at_home.get(reverse("casework:check", args=[application.id]))
    assert check.status_code == 200
    unticked = at_home.post(reverse("casework:check", args=[application.id]))
    assert unticked.status_code == 422
    done = at_home.post(reverse("casework:check", args=[application.id]), {"truth": "on"}, follow=True)
    application.refresh_from_db()
    assert application.status == "submitted", text_of(done)
    assert application.query_code in text_of(done)
    assert application.reference[:4] in text_of(at_home.get(reverse("casework:my")))
    assert at_home.get(reverse("casework:mine", args=[application.id])).status_code == 200


def test_submitting_costs_at_most_twelve_statements_with_session_and_jobs(city: City, at_home: Client, count_statements) -> None:
    first, second = (with_papers(a_draft(city), by=city.citizen) for _ in range(2))
    at_home.post(reverse("casework:check", args=[first.id]), {"truth": "on"})
    with count_statements() as sent:
        answer = at_home.post(reverse("casework:check", args=[second.id]), {"truth": "on"})
    assert answer["Location"] == reverse("casework:done", args=[second.id])
    statements = [each["sql"] for each in sent if not re.match("BEGIN|COMMIT|SAVEPOINT|RELEASE", each["sql"])]
    assert len(statements) <= 12, statements
    assert sum("procrastinate_defer_jobs" in each for each in statements) == 1, "all jobs of the act go out together"


def test_a_form_made_from_the_answers_was_called_missing_after_submission(city: City, at_home: Client) -> None:
    application = submitted(city)
    terms = catalog.case_terms(application.version_id)
    assert any(not each.is_handed_in for each in terms.materials)
    page = text_of(at_home.get(reverse("casework:mine", args=[application.id])))
    for each in terms.materials:
        if not each.is_handed_in:
            assert f"{each.name} 免交" in page, each.name


def test_a_page_after_something_that_is_no_key_was_a_fault(city: City, at_home: Client) -> None:
    assert at_home.get(reverse("casework:my"), {"after": "x"}).status_code == 200


def test_nobody_submits_or_sees_a_strangers_draft(city: City, at_home: Client) -> None:
    draft = with_papers(a_draft(city, by=city.other_citizen), by=city.other_citizen)
    answer = at_home.post(reverse("casework:check", args=[draft.id]), {"truth": "on"})
    assert answer.status_code == 404
    draft.refresh_from_db()
    assert draft.status == "draft"


def _answer_everything(at_home: Client, application: Application) -> None:
    form = catalog.version_form(application.version_id)
    wanted = sample_answers(form, today=MONDAY.date(), region="130302000000")
    for _ in range(80):
        application.refresh_from_db()
        todo = [
            each.field for each in journey.questions(form, application.answers) if not journey.is_answered(each.field, application.answers)
            and each.field.required
        ]  # fmt: skip
        if not todo:
            return
        field = todo[0]
        url = reverse("casework:ask", args=[application.id, field.key])
        assert at_home.get(url).status_code == 200
        value = wanted.get(field.key, "")
        sent = {"asked": field.key}
        if field.type == "repeat":
            sent |= {f"{field.key}.{n}.{key}": cell for n, row in enumerate(value, 1) for key, cell in row.items()}
        else:
            sent[field.key] = value
        answer = at_home.post(url, sent)
        assert answer.status_code == 302, (field.key, value, text_of(answer))


def _add_every_paper(at_home: Client, application: Application) -> None:
    terms = catalog.case_terms(application.version_id)
    page = at_home.get(reverse("casework:papers", args=[application.id]))
    assert page.status_code == 200
    wanted = [each.key for each in terms.materials if each.is_handed_in and each.is_owed]
    application.refresh_from_db()
    wanted += [
        journey.file_key(each.key)
        for each in terms.content.form.file_questions
        if journey.asks_for_file(terms.content.form, application.answers, journey.file_key(each.key))
    ]
    for key in wanted:
        upload = SimpleUploadedFile("photo.pdf", PDF, content_type="application/pdf")
        answer = at_home.post(reverse("casework:add_file", args=[application.id, key]), {f"file-{key}": upload})
        assert answer.status_code == 302, text_of(answer)


def test_a_file_that_is_not_what_it_says_is_refused_by_name(city: City, at_home: Client) -> None:
    draft = a_draft(city)
    key = next(each.key for each in catalog.case_terms(draft.version_id).materials if each.is_handed_in)
    upload = SimpleUploadedFile("photo.jpg", b"MZ\x90\x00" + b"\x00" * 200, content_type="image/jpeg")
    answer = at_home.post(reverse("casework:add_file", args=[draft.id, key]), {f"file-{key}": upload})
    assert answer.status_code == 422
    assert "photo.jpg" in text_of(answer)


def test_a_wrong_answer_is_shown_again_with_what_to_do(city: City, at_home: Client) -> None:
    draft = a_draft(city)
    url = reverse("casework:ask", args=[draft.id, "contact_phone"])
    answer = at_home.post(url, {"asked": "contact_phone", "contact_phone": "12345"})
    assert answer.status_code == 422
    assert 'value="12345"' in answer.content.decode(), "nothing typed is lost"


def test_progress_opens_with_reference_and_query_code_only(city: City, client: Client) -> None:
    application = submitted(city)
    right = client.post(reverse("casework:track"), {"reference": application.reference, "query_code": application.query_code})
    assert right.status_code == 200
    assert "张海燕" not in text_of(right)
    wrong = client.post(reverse("casework:track"), {"reference": application.reference, "query_code": "AAAAAAAA"})
    assert wrong.status_code == 422
    assert client.post(reverse("casework:track"), {"reference": "123", "query_code": "x"}).status_code == 422


def test_tries_at_the_query_code_are_limited(city: City, client: Client) -> None:
    application = submitted(city)
    codes = [
        client.post(reverse("casework:track"), {"reference": application.reference, "query_code": "AAAAAAAA"}).status_code
        for _ in range(22)
    ]
    assert codes[0] == 422
    assert codes[-1] == 429


def test_somebody_elses_draft_is_not_there(city: City, client: Client) -> None:
    draft = a_draft(city)
    step_in(client, Account.objects.get(pk=city.other_citizen.account))
    for name in ("tasks", "papers", "check", "done", "mine", "correct", "withdraw"):
        assert client.get(reverse(f"casework:{name}", args=[draft.id])).status_code == 404, name
    client.logout()
    assert client.get(reverse("casework:tasks", args=[draft.id])).status_code == 302


def test_a_fault_on_the_last_page_names_its_question(city: City, at_home: Client) -> None:
    draft = with_papers(a_draft(city), by=city.citizen)
    form = catalog.version_form(draft.version_id)
    phone = next(each for each in form.fields if each.type == "phone" and each.condition is None)
    Application.objects.filter(pk=draft.pk).update(answers={**draft.answers, phone.key: "138"})
    page = at_home.post(reverse("casework:check", args=[draft.id]), {"truth": "on"})
    assert page.status_code == 422
    assert f"{phone.text}：" in text_of(page)
