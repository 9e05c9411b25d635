"""Other systems that use the API."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from onedoor.catalog import queries as catalog
from onedoor.kernel.actor import system_actor
from onedoor.kernel.clock import local_date
from onedoor.people import services as people
from onedoor.sample.answers import sample_answers
from tests.casework.situations import COMMITMENT, PDF, City
from tests.people.factories import a_card, a_phone

ALL = ("applications:read", "applications:write", "papers:read")


def a_token(name: str = "省政务平台", scopes: tuple[str, ...] = ALL, *, at: datetime | None = None, **given: Any) -> dict[str, str]:
    """Return the header by which a new client shows itself."""
    _client, token = people.create_client(name=name, scopes=scopes, by=system_actor("test"), at=at or timezone.now(), **given)
    return {"Authorization": f"Bearer {token}"}


def uploaded(web: Client, token: dict[str, str], name: str = "paper.pdf") -> str:
    """Hand in a file and return its id."""
    answer = web.post("/api/v1/files", {"file": SimpleUploadedFile(name, PDF)}, headers=token)
    assert answer.status_code == 201, answer.content
    return str(answer.json()["id"])


def a_body(city: City, web: Client, token: dict[str, str], code: str = COMMITMENT, **changes: Any) -> dict[str, Any]:
    """Return a whole application with its papers uploaded, as a client sends it."""
    form = catalog.version_form(catalog.published_guide(code).version_id)
    guide = web.get(f"/api/v1/guides/{code}").json()["content"]
    answers = sample_answers(form, today=local_date(timezone.now()), region="130302000000")
    asked_files = {each["key"] for each in guide["form"]["fields"] if each["type"] == "file"}
    wanted = [each["key"] for each in guide["materials"] if each["is_handed_in"] and each["necessity"] == "required"]
    wanted += [f"file:{key}" for key in sorted(asked_files)]
    body = {
        "service_item": str(city.offers[code]),
        "applicant": {"person": {"name": "王秀英", "identity": a_card(31), "phone": a_phone(31)}},
        "answers": {key: value for key, value in answers.items() if key not in asked_files},
        "materials": [{"key": key, "files": [uploaded(web, token)]} for key in wanted],
    }
    return body | changes


def post(web: Client, address: str, body: object, token: dict[str, str], **headers: str) -> Any:
    """Send JSON to an address below ``/api/v1/applications``."""
    return web.post(f"/api/v1/applications{address}", body, content_type="application/json", headers={**token, **headers})


def filed(web: Client, body: object, token: dict[str, str], key: str = "0123456789") -> Any:
    """File an application under a request key."""
    return post(web, "", body, token, **{"Idempotency-Key": key})
