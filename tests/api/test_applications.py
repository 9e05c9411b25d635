"""Applications filed, followed, corrected and taken back by other systems."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from onedoor.casework.models import Application, MaterialFile
from onedoor.casework.services import intake
from onedoor.catalog import queries as catalog
from onedoor.catalog.services import changes
from onedoor.catalog.services.changes import NewChange
from onedoor.documents.models import File
from onedoor.journal import queries as journal
from onedoor.journal.models import RequestKey
from onedoor.kernel.actor import system_actor
from onedoor.kernel.clock import local_date
from onedoor.kernel.ids import new_id
from onedoor.kernel.subjects import Subject
from onedoor.people import services as people
from tests.api.situations import a_body, a_token, filed, post, uploaded
from tests.casework.situations import COMMITMENT, HOUSE, City

ORGANISATION = {"organisation": {"name": "海岸小馆", "credit_code": "91130302MA07ABCD0N"}}


def test_whole_application_is_filed_in_one_request(city: City, web: Client) -> None:
    token = a_token()
    body = a_body(city, web, token)
    answer = filed(web, body, token)
    assert answer.status_code == 201, answer.content
    told = answer.json()
    application = Application.objects.get()
    assert (told["reference"], told["status"], application.status) == (application.reference, "submitted", "submitted")
    assert (application.channel, application.filed_by, application.applicant_name) == ("api", None, "王秀英")
    assert told["submitted_at"].endswith("+08:00")
    assert MaterialFile.objects.count() == len(body["materials"])
    assert not File.objects.filter(loose_since__isnull=False).exists()
    (entry,) = [e for e in journal.entries_of(Subject("casework.application", application.id)) if e.act == "casework.submit"]
    assert "省政务平台" in str(entry.sentence)
    state = web.get(f"/api/v1/applications/{told['reference']}", headers=token).json()
    assert (state["status"], state["limit"]["kind"], state["next"]) == ("submitted", "notice", ["withdraw"])
    assert state["limit"]["due_at"].endswith("+08:00")


def test_organisation_files_too_and_is_known_again(city: City, web: Client) -> None:
    token = a_token()
    for number in range(2):
        assert filed(web, a_body(city, web, token, applicant=ORGANISATION), token, key=f"key-number-{number}").status_code == 201
    first, second = Application.objects.order_by("pk")
    assert first.applicant_organisation_id == second.applicant_organisation_id is not None
    assert first.applicant_person_id is None


def test_same_key_and_body_get_the_same_answer_and_file_once(city: City, web: Client) -> None:
    token = a_token()
    body = a_body(city, web, token)
    first = filed(web, body, token)
    Application.objects.update(status="received")
    again = filed(web, body, token)
    assert (again.status_code, again.content) == (201, first.content)
    assert Application.objects.count() == 1
    assert first.json()["query_code"] not in str(RequestKey.objects.get().answer)


def test_same_key_with_another_body_is_refused(city: City, web: Client) -> None:
    token = a_token()
    body = a_body(city, web, token)
    filed(web, body, token)
    refused = filed(web, body | {"applicant": ORGANISATION}, token)
    assert (refused.status_code, refused.json()["code"]) == (409, "key_reused")
    assert Application.objects.count() == 1


def test_another_client_may_use_the_same_key(city: City, web: Client) -> None:
    for name in ("一", "二"):
        token = a_token(name)
        assert filed(web, a_body(city, web, token), token).status_code == 201
    assert Application.objects.values("client_id").distinct().count() == 2


def test_refused_application_leaves_its_key_free(city: City, web: Client) -> None:
    token = a_token()
    body = a_body(city, web, token)
    assert filed(web, body | {"materials": []}, token).status_code == 422
    assert not RequestKey.objects.exists()
    assert filed(web, body, token).status_code == 201


def test_key_is_compulsory(city: City, web: Client) -> None:
    token = a_token()
    refused = post(web, "", a_body(city, web, token), token)
    assert (refused.status_code, set(refused.json()["errors"])) == (422, {"Idempotency-Key"})


def test_every_fault_is_told_at_once_by_its_place_in_the_request(city: City, web: Client) -> None:
    token = a_token()
    body = a_body(city, web, token)
    phone = next(key for key in body["answers"] if key.endswith("phone"))
    missing = body["materials"].pop()["key"]
    body["answers"] |= {phone: "123", "no_such_question": "x"}
    body["materials"].append({"key": "no_such_material", "files": [uploaded(web, token)]})
    body["applicant"] = {"person": {"name": " ", "identity": "130302199003077717", "phone": "1"}}
    body["option"] = "ZZ"
    refused = filed(web, body, token)
    assert (refused.status_code, refused.json()["code"]) == (422, "invalid")
    place = f"answers.{missing.removeprefix('file:')}" if missing.startswith("file:") else f"materials.{missing}"
    assert {
        f"answers.{phone}", "answers.no_such_question", "materials.no_such_material", place, "option", "applicant.name",
        "applicant.identity", "applicant.phone",
    } <= set(refused.json()["errors"])  # fmt: skip
    assert not Application.objects.exists()


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"colour": "red"}, "colour"),
        ({"service_item": "x"}, "service_item"),
        ({"applicant": {}}, "applicant"),
        ({"applicant": {"person": {"name": "王"}}}, "applicant.person.identity"),
        ({"applicant": {"person": {"name": "王", "identity": "1", "sex": "f"}}}, "applicant.person.sex"),
        ({"materials": [{"key": "m1", "files": []}]}, "materials.0.files"),
        ({"answers": []}, "answers"),
        ({"answers": {"a b": 1}}, "answers.a b.[key]"),
        ({"applicant": {"person": {"name": "王\x00", "identity": "1"}}}, "applicant.person.name"),
    ],
)
def test_wrong_shapes_are_refused_by_field(city: City, web: Client, change: dict[str, Any], place: str) -> None:
    token = a_token()
    body = {"service_item": str(city.offers[COMMITMENT]), "applicant": ORGANISATION} | change
    refused = filed(web, body, token)
    assert (refused.status_code, set(refused.json()["errors"])) == (422, {place})


def test_bodies_that_cannot_be_read_are_refused(city: City, web: Client) -> None:
    token = a_token() | {"Idempotency-Key": "0123456789"}
    for body in ("{", b'{"a": "\xff"}', b"[1,"):
        refused = web.post("/api/v1/applications", body, content_type="application/json", headers=token)
        assert (refused.status_code, refused.json()["code"]) == (400, "unreadable")
    large = web.post("/api/v1/applications", b" " * 3_000_000, content_type="application/json", headers=token)
    assert (large.status_code, large.json()["code"]) == (413, "too_large")
    broken = web.post("/api/v1/files", b"x", content_type="multipart/form-data", headers=token)
    assert (broken.status_code, broken.json()["code"]) == (400, "unreadable")


def test_wrong_files_are_refused(city: City, web: Client) -> None:
    token = a_token()
    for upload in (SimpleUploadedFile("a.pdf", b"MZ\x90 this is a program"), SimpleUploadedFile("a.pdf", b"")):
        refused = web.post("/api/v1/files", {"file": upload}, headers=token)
        assert refused.status_code == 422
        assert refused.json()["message"]
    assert web.post("/api/v1/files", {}, headers=token).json()["errors"].keys() == {"file"}


def test_files_of_another_client_cannot_be_used(city: City, web: Client) -> None:
    mine, theirs = a_token("一"), a_token("二")
    body = a_body(city, web, mine)
    body["materials"][0]["files"] = [uploaded(web, theirs)]
    refused = filed(web, body, mine)
    assert (refused.status_code, refused.json()["code"]) == (404, "not_found")
    body["materials"][0]["files"] = [str(new_id())]
    assert filed(web, body, mine).status_code == 404
    assert not Application.objects.exists()


def test_item_that_is_not_open_is_refused(city: City, web: Client) -> None:
    token = a_token()
    refused = filed(web, a_body(city, web, token, service_item=str(new_id())), token)
    assert (refused.status_code, refused.json()["code"]) == (409, "refused")


@pytest.mark.parametrize(
    ("limits", "status"),
    [
        ({"agencies": ["SP"]}, 201),
        ({"agencies": ["XX"]}, 403),
        ({"region": "130300000000"}, 201),
        ({"region": "130302000000"}, 403),
    ],
)
def test_client_files_only_where_it_may(city: City, web: Client, limits: dict[str, Any], status: int) -> None:
    token = a_token(**limits)
    answer = filed(web, a_body(city, web, token), token)
    assert answer.status_code == status
    assert Application.objects.count() == (status == 201)


ADDRESSES = {
    "": ("GET", "applications:read"),
    "/{0}": ("GET", "applications:read"),
    "/{0}/papers": ("GET", "papers:read"),
    "/{0}/correction": ("POST", "applications:write"),
    "/{0}/withdrawal": ("POST", "applications:write"),
}


@pytest.mark.parametrize("address", ADDRESSES)
def test_addresses_open_to_owner_and_scope_only(city: City, web: Client, address: str) -> None:
    owner = a_token("一")
    reference = filed(web, a_body(city, web, owner), owner).json()["reference"]
    method, scope = ADDRESSES[address]
    path = "/api/v1/applications" + address.format(reference)
    body = {"reason": "x"} if address.endswith("withdrawal") else {}

    def ask(token: dict[str, str]) -> Any:
        return web.generic(method, path, json_of(body), content_type="application/json", headers=token)

    others = [each for each in ("applications:read", "applications:write", "papers:read") if each != scope]
    assert ask({}).json()["code"] == "no_token"
    assert ask({"Authorization": "Basic eA=="}).json()["code"] == "no_token"
    assert ask({"Authorization": "Bearer eA=="}).json()["code"] == "wrong_token"
    assert (ask(a_token("二", tuple(others))).status_code, ask(a_token("三", tuple(others))).json()["code"]) == (
        403,
        "missing_scope",
    )
    stranger = ask(a_token("四", (scope,)))
    if address:
        assert (stranger.status_code, stranger.json()["code"]) == (404, "not_found")
    else:
        assert stranger.json() == {"applications": [], "next": None}
    assert Application.objects.get().status == "submitted"
    assert ask(owner).status_code in {200, 409}  # nothing is missing that could be handed in


def json_of(body: object) -> bytes:
    return json.dumps(body).encode()


def test_expired_and_revoked_tokens_and_rates(city: City, web: Client) -> None:
    at = timezone.now()
    old = a_token("旧", at=at - timedelta(days=2), expires_at=at - timedelta(days=1))
    gone = a_token("退")
    people.revoke_client(name="退", by=system_actor("test"), at=at)
    for token in (old, gone):
        assert web.get("/api/v1/applications", headers=token).json()["code"] == "wrong_token"
    slow = a_token("慢", rate_per_minute=2)
    assert [web.get("/api/v1/applications", headers=slow).status_code for _ in range(3)] == [200, 200, 429]


def test_own_applications_come_a_page_at_a_time(city: City, web: Client) -> None:
    token = a_token()
    references = [filed(web, a_body(city, web, token), token, key=f"key-number-{n}").json()["reference"] for n in range(3)]
    first = web.get("/api/v1/applications?size=2", headers=token).json()
    second = web.get("/api/v1/applications", {"size": 2, "after": first["next"]}, headers=token).json()
    assert [each["reference"] for each in first["applications"] + second["applications"]] == references[::-1]
    assert second["next"] is None


def test_what_is_missing_is_handed_in_and_reviewed_anew(city: City, web: Client) -> None:
    token = a_token()
    body = a_body(city, web, token)
    reference = filed(web, body, token).json()["reference"]
    key = next(each["key"] for each in body["materials"] if ":" not in each["key"])
    phone = next(name for name in body["answers"] if name.endswith("phone"))
    points = [intake.Point(key, "布局图", "看不清", "请重新拍一张"), intake.Point(f"field:{phone}", "电话", "打不通", "请核对")]
    intake.ask_for_correction(application_id=Application.objects.get().pk, points=points, by=city.clerk, at=timezone.now())
    state = web.get(f"/api/v1/applications/{reference}", headers=token).json()
    assert (state["status"], state["must_act"], state["next"]) == ("correcting", True, ["correct", "withdraw"])
    assert [point["key"] for point in state["correction"]["points"]] == [key, f"field:{phone}"]

    def correct(**given: Any) -> Any:
        return post(web, f"/{reference}/correction", given, token)

    assert correct().json()["code"] == "materials_missing"
    new = [{"key": key, "files": [uploaded(web, token)]}]
    assert set(correct(answers={phone: "1"}, materials=new).json()["errors"]) == {f"answers.{phone}"}
    assert set(correct(answers={"nothing": "1"}, materials=new).json()["errors"]) == {"answers.nothing"}
    assert set(correct(materials=[{"key": "m99", "files": [uploaded(web, token)]}]).json()["errors"]) == {"materials.m99"}
    assert Application.objects.get().status == "correcting"
    answer = correct(answers={phone: "13800005073"}, materials=new)
    assert (answer.status_code, answer.json()["status"], answer.json()["correction"]) == (200, "received", None)
    assert Application.objects.get().answers[phone] == "13800005073"
    assert correct(materials=new).json()["code"] == "wrong_state"


def test_application_is_taken_back_with_a_reason(city: City, web: Client) -> None:
    token = a_token()
    reference = filed(web, a_body(city, web, token), token).json()["reference"]
    assert post(web, f"/{reference}/withdrawal", {"reason": " "}, token).json()["errors"].keys() == {"reason"}
    answer = post(web, f"/{reference}/withdrawal", {"reason": "选址有变"}, token).json()
    assert (answer["status"], answer["outcome"], answer["reason"], answer["next"]) == ("closed", "withdrawn", "选址有变", [])
    assert post(web, f"/{reference}/withdrawal", {"reason": "又变"}, token).status_code == 409


def test_the_materials_say_how_far_they_can_be_trusted(city: City, web: Client) -> None:
    token = a_token()
    reference = filed(web, a_body(city, web, token), token).json()["reference"]
    told = {each["key"]: each for each in web.get(f"/api/v1/applications/{reference}/materials", headers=token).json()["materials"]}
    assert {(each["state"], each["trust_level"]) for each in told.values() if each["files"]} == {("provided", "C")}
    assert all(each["trust_level"] in {"", "D"} for each in told.values() if not each["files"])
    assert web.get(f"/api/v1/applications/{reference}/materials", headers=a_token("二")).status_code == 404


def test_sealed_papers_are_fetched_by_the_owner_only(city: City, web: Client, run_jobs: Callable[[], int]) -> None:
    token = a_token()
    reference = filed(web, a_body(city, web, token), token).json()["reference"]
    (waiting,) = web.get(f"/api/v1/applications/{reference}/papers", headers=token).json()["papers"]
    assert (waiting["kind"], waiting["number"], waiting["url"]) == ("submission_receipt", reference, "")
    assert web.get(f"/api/v1/papers/{waiting['id']}", headers=token).status_code == 409
    run_jobs()
    (paper,) = web.get(f"/api/v1/applications/{reference}/papers", headers=token).json()["papers"]
    answer = web.get(paper["url"], headers=token)
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")
    assert b"".join(answer.streaming_content).startswith(b"%PDF-")
    assert web.get(paper["url"], headers=a_token("二")).status_code == 404
    assert web.get(f"/api/v1/papers/{new_id()}", headers=token).status_code == 404


def test_progress_is_told_to_whoever_has_reference_and_query_code(city: City, web: Client) -> None:
    token = a_token()
    told = filed(web, a_body(city, web, token), token).json()
    address = f"/api/v1/tracking/{told['reference']}"
    assert web.get(address, headers={"Query-Code": told["query_code"]}).json()["status"] == "submitted"
    wrong = web.get(address, headers={"Query-Code": "AAAAAAAA"})
    assert (wrong.status_code, wrong.json()["code"]) == (404, "not_found")
    unknown = web.get("/api/v1/tracking/261124004219", headers={"Query-Code": told["query_code"]})
    assert unknown.json() == wrong.json()
    answers = [web.get(address, headers={"Query-Code": "AAAAAAAA"}).status_code for _ in range(20)]
    assert answers[-1] == 429


def test_filing_takes_few_statements(city: City, web: Client, count_statements: Callable[[], Any]) -> None:
    token = a_token()
    filed(web, a_body(city, web, token), token)
    body = a_body(city, web, token)
    with count_statements() as sent:
        assert filed(web, body, token, key="another-key").status_code == 201
    statements = [each["sql"] for each in sent if "SAVEPOINT" not in each["sql"]]
    assert len(statements) <= 2 + 12, "\n".join(each[:150] for each in statements)
    assert UUID(str(Application.objects.latest("pk").client_id))


def test_after_the_last_day_nothing_is_filed_although_nobody_closed_the_item(city: City, web: Client) -> None:
    token, today = a_token(), local_date(timezone.now())
    body = a_body(city, web, token)
    before = timezone.now() - timedelta(days=2)
    changes.decide_change(NewChange("suspended", (COMMITMENT,), "示例", today), by=HOUSE, at=before)
    assert catalog.published_guide(COMMITMENT).status == "published"
    refused = filed(web, body, token)
    assert refused.status_code == 409
    assert "cannot be applied for at present" in refused.json()["message"]
    assert Application.objects.count() == 0
