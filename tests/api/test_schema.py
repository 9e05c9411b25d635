"""The API against its own description."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.wsgi import get_wsgi_application
from django.db import connections
from django.test import Client
from hypothesis import HealthCheck, given, settings

from onedoor.people import tokens
from tests.api.situations import a_body, a_token, filed
from tests.casework.situations import City


def described(web: Client) -> dict[str, Any]:
    answer = web.get("/api/v1/openapi.json")
    assert answer.status_code == 200
    return dict(answer.json())


@pytest.fixture
def api_schema(db: None, monkeypatch: pytest.MonkeyPatch) -> Any:
    """The API as a server calls it; only the connection stays open between requests, since the test's transaction lives in it."""
    import schemathesis  # here, so that only the process that needs it loads it

    monkeypatch.setattr(tokens, "OPEN_RATE_PER_MINUTE", 1_000_000)
    monkeypatch.setattr(connections["default"], "close_if_unusable_or_obsolete", lambda: None)
    return schemathesis.openapi.from_wsgi("/api/v1/openapi.json", get_wsgi_application())


def test_description_is_valid_openapi_3_1(web: Client, api_schema: Any) -> None:
    import schemathesis

    told = described(web)
    assert told["openapi"] == "3.1.0"
    api_schema.validate()
    told["paths"]["/api/v1/items"]["get"]["responses"] = "none"  # the control: the check does refuse what is wrong
    with pytest.raises(Exception, match="responses"):
        schemathesis.openapi.from_dict(told).validate()


def test_description_tells_of_every_operation_who_may_and_how_it_refuses(web: Client) -> None:
    told = described(web)
    operations = {(method, path): operation for path, methods in told["paths"].items() for method, operation in methods.items()}
    assert len(operations) == 13
    open_to_all = {operation["operationId"] for operation in operations.values() if "security" not in operation}
    assert open_to_all == {"list_items", "read_guide", "list_service_items", "track_application"}
    for operation in operations.values():
        assert operation["description"]
        assert {"401", "422", "429"} <= set(operation["responses"])
    properties = [field for each in told["components"]["schemas"].values() for field in each.get("properties", {}).items()]
    assert [name for name, field in properties if name.endswith("_fen") and "integer" not in str(field)] == []
    described_by_us = [
        name for name, each in told["components"]["schemas"].items() if not each.get("description") and name != "JsonValue"
    ]
    assert described_by_us == []


def test_answers_are_those_that_are_described(city: City, web: Client, api_schema: Any) -> None:
    from schemathesis.checks import positive_data_acceptance

    # What a request may be by its shape and still be refused by its sense: a file that is none, an answer that does not fit the form.
    not_asked = [positive_data_acceptance]
    token = a_token(rate_per_minute=1_000_000)
    filed(web, a_body(city, web, token), token)
    for operation in (each.ok() for each in api_schema.get_all_operations()):

        @settings(max_examples=10, deadline=None, database=None, derandomize=True, suppress_health_check=list(HealthCheck))
        @given(case=operation.as_strategy())
        def ask(case: Any) -> None:
            case.call_and_validate(headers={**token, "Accept-Encoding": "identity"}, excluded_checks=not_asked)

        ask()
